"""One attempt: one request of one aiohttp session. The only module that talks to the network."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import io
import math
import ssl
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from aiohttp.http_exceptions import LineTooLong
from yarl import URL

from cstar_async._core.http_semantics import is_transient_status
from cstar_async._core.response import RawResponse

from .connection_limiter import ConnectionLimiter, limiter_of

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from multidict import CIMultiDict

    from .proxy import Proxy

MAX_BODY: Final = 64 * 1024 * 1024
"""Bytes of one answer, decompressed. Reading stops there, so that no answer can fill the memory."""

CONNECTIONS: Final = 100
"""Connections of the client's own session for calls (aiohttp's default). Streams have theirs in addition."""

_LONGEST_HEADER: Final = 65_536
"""Bytes of one header of an answer. aiohttp's default, 8,190, is less than what some proxies add."""

_LARGE: Final = 2**20
"""Bytes of a body. aiohttp gets a larger one as a file, since writing it in one piece would block the event loop."""

STREAM_IDLE_TIMEOUT: Final = 90.0
"""Seconds without a byte after which a stream counts as broken; a comment keeps it alive."""

_MAX_ERROR_TEXT: Final = 256 * 1024
"""Bytes of a body that are read for the text of an error."""
_ERROR_TEXT_TIMEOUT: Final = 5.0
"""Seconds for reading it, since such a body may never end."""

TRANSPORT_ERRORS: Final = (TimeoutError, aiohttp.ClientError)
"""What `exchange` raises without a whole answer. (aiohttp's own timeouts are both; check for TimeoutError first.)"""

NEVER_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)
"""Transport errors before the first byte of the request: the service has done nothing."""

_PERMANENT: Final = (aiohttp.ServerFingerprintMismatch, aiohttp.InvalidURL, ssl.CertificateError, LineTooLong)
_TRANSIENT_TLS: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
_RETRY_SWITCH: Final = "_retry_connection"
_NOT_RETRIED: Final = frozenset({"POST", "PATCH"})
_PERMANENT_ERRNO: Final = frozenset({errno.EACCES, errno.EPERM, errno.EAFNOSUPPORT})


def is_permanent(failure: BaseException) -> bool:
    """Whether a transport error is the same at every attempt: a bad certificate, a refusing proxy or firewall."""
    error: BaseException | None = failure
    while error is not None:
        if isinstance(error, aiohttp.ClientHttpProxyError):
            return not is_transient_status(error.status)
        if isinstance(error, _PERMANENT) or (isinstance(error, ssl.SSLError) and not isinstance(error, _TRANSIENT_TLS)):
            return True
        if isinstance(error, OSError) and error.errno in _PERMANENT_ERRNO:
            return True
        error = error.__cause__
    return False


class _BrokenConnectionError(aiohttp.ClientError):
    """A connection that broke during an attempt, as an error that aiohttp does not retry."""

    def __init__(self, failure: aiohttp.ClientConnectionError) -> None:
        super().__init__(str(failure))
        self.failure = failure


async def _send_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """A middleware that turns off aiohttp's own retry of idempotent methods after a broken connection.

    With it, a DELETE that was done would be answered with 404, outside the retry rules and the quota of this package.
    """
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise  # aiohttp does not retry these
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _BrokenConnectionError(error) from error


class BodyTooLargeError(Exception):
    """The body of an answer is larger than MAX_BODY."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the body is larger than {MAX_BODY} bytes")
        self.status = status


def attempt_timeout(seconds: float) -> aiohttp.ClientTimeout:
    """The time limit of one attempt, to the end of the body; infinity for none."""
    # Without the threshold aiohttp rounds limits over 5 s up to whole seconds, beyond the deadline.
    return aiohttp.ClientTimeout(total=None if math.isinf(seconds) else seconds, ceil_threshold=math.inf)


class Transport:
    """Sends through the caller's session, or through its own, which is made at the first request."""

    def __init__(self, session: aiohttp.ClientSession | None, base_url: str, proxy: Proxy | None) -> None:
        self._session = session
        self._owned = session is None
        self.closed = False
        self.base_url = base_url
        # Only for the client's own session; a caller's session has its own proxy settings.
        proxy = proxy if session is None else None
        self._proxy = None if proxy is None else URL(proxy.url)
        # A proxy that opens a tunnel gets the credentials with the request for the tunnel, otherwise with each request.
        credentials = (
            {} if proxy is None or proxy.authorization is None else {"Proxy-Authorization": proxy.authorization}
        )
        tunnel = base_url.startswith("https:")
        self._proxy_headers = credentials if tunnel and credentials else None
        self._session_headers = None if tunnel else credentials
        # Middlewares of a request replace those of its session, so the caller's are put in front of ours.
        own: object = getattr(session, "_middlewares", ())  # a wrapper of a session may have anything there
        self._middlewares: tuple[Any, ...] | None = (*(own if isinstance(own, tuple | list) else ()), _send_once)

    @property
    def decompresses(self) -> bool:
        """Whether bodies arrive decompressed."""
        return getattr(self._session, "auto_decompress", True)

    @property
    def limiter(self) -> ConnectionLimiter:
        """Hands out the connections, so that waiting for one does not count as time of an attempt."""
        connector = getattr(self._session, "connector", None)
        return ConnectionLimiter(CONNECTIONS) if self._owned or connector is None else limiter_of(connector)

    @property
    def owned(self) -> bool:
        """Whether the session is the client's own."""
        return self._owned

    def _open(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            headers=self._session_headers,
            cookie_jar=aiohttp.DummyCookieJar(),
            # No limit here: the limiter limits calls, and open streams must not take their connections.
            connector=aiohttp.TCPConnector(limit=0, timeout_ceil_threshold=math.inf),
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
        )
        if hasattr(self._session, _RETRY_SWITCH):
            # The same as `_send_once`, as aiohttp's own test client does it, but at no cost for a request.
            setattr(self._session, _RETRY_SWITCH, False)
            self._middlewares = None
        return self._session

    def _request(
        self,
        method: str,
        target: str,
        headers: CIMultiDict[str],
        body: bytes | None,
        limit: aiohttp.ClientTimeout,
    ) -> Awaitable[aiohttp.ClientResponse]:
        """The request of aiohttp, which is sent exactly once, when it is awaited."""
        if self.closed:
            raise RuntimeError("the client is closed")
        session = self._session or self._open()
        return session.request(
            method,
            URL(self.base_url + target, encoded=True),
            headers=headers,
            data=body if body is None or len(body) <= _LARGE else io.BytesIO(body),
            timeout=limit,
            allow_redirects=False,
            raise_for_status=False,
            proxy=self._proxy,
            proxy_headers=self._proxy_headers,
            # aiohttp does not retry POST or PATCH, and a middleware costs a hundredth of a request.
            middlewares=None if method in _NOT_RETRIED else self._middlewares,
        )

    async def exchange(
        self,
        method: str,
        target: str,
        headers: CIMultiDict[str],
        body: bytes | None,
        limit: aiohttp.ClientTimeout,
    ) -> RawResponse:
        """Send once and read the whole answer, whatever its status.

        Raises one of TRANSPORT_ERRORS, or BodyTooLargeError.
        """
        sending = self._request(method, target, headers, body, limit)
        # Not `async with sending`, which does the same with two more coroutines.
        try:
            response = await sending
        except _BrokenConnectionError as error:
            raise error.failure from error.failure.__cause__
        except (AttributeError, AssertionError) as error:
            # aiohttp raises these when its session is closed during a request.
            if self._session is not None and self._session.closed:
                raise aiohttp.ClientConnectionError("the session was closed") from error
            raise
        if response.content.is_eof() and "Content-Encoding" not in response.headers:
            # A small body that came with the headers; its connection has already been returned to the pool.
            body = response.content.read_nowait()
            if len(body) > MAX_BODY:
                raise BodyTooLargeError(response.status)
            return RawResponse(response.status, response.headers, body)
        async with response:
            return RawResponse(response.status, response.headers, await read_body(response))

    async def connect(
        self,
        method: str,
        target: str,
        headers: CIMultiDict[str],
        body: bytes | None,
        connecting: float,
        whole: float,
    ) -> aiohttp.ClientResponse:
        """Send once and return the response as soon as its headers have come, whatever its status.

        `connecting` is the limit until the headers, `whole` the limit of the whole answer, both in seconds. Raises one
        of TRANSPORT_ERRORS.
        """
        limit = aiohttp.ClientTimeout(
            total=None if math.isinf(whole) else whole,
            sock_read=STREAM_IDLE_TIMEOUT,
            ceil_threshold=math.inf,
        )
        try:
            async with asyncio.timeout(None if math.isinf(connecting) else connecting):
                return await self._request(method, target, headers, body, limit)
        except _BrokenConnectionError as error:
            raise error.failure from error.failure.__cause__

    async def close(self) -> None:
        """Send nothing more, and close the session if it is the client's own, which ends all requests in flight."""
        self.closed = True
        if self._owned and self._session is not None:
            await self._session.close()


async def read_body(response: aiohttp.ClientResponse) -> bytes:
    """The whole body. Raises one of TRANSPORT_ERRORS, or BodyTooLargeError."""
    content = response.content
    length = response.content_length
    if length is not None and length > MAX_BODY:
        response.close()
        raise BodyTooLargeError(response.status)
    chunks: list[bytes] = []
    size = 0
    while chunk := await content.readany():
        size += len(chunk)
        if size > MAX_BODY:  # the decompressed size
            response.close()
            raise BodyTooLargeError(response.status)
        chunks.append(chunk)
    return b"".join(chunks)


async def read_beginning(response: aiohttp.ClientResponse) -> bytes:
    """The beginning of a body, for the text of an error. Raises nothing, since the error is already known."""
    found = bytearray()
    with contextlib.suppress(*TRANSPORT_ERRORS):
        async with asyncio.timeout(_ERROR_TEXT_TIMEOUT):
            while len(found) < _MAX_ERROR_TEXT and (chunk := await response.content.readany()):
                found += chunk
    return bytes(found[:_MAX_ERROR_TEXT])
