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

    from .settings import Proxy

MAX_BODY: Final = 64 * 1024 * 1024
"""Bytes of one answer, decompressed. A bigger one is given up, so that no answer can fill the memory."""

CONNECTIONS: Final = 100
"""How many calls have a connection of the client's own session at most (aiohttp's default). Streams come on top."""

_LONGEST_HEADER: Final = 65_536
"""Bytes of one header of an answer. aiohttp's default, 8,190, is less than what some proxies add."""

_LARGE: Final = 2**20
"""Bytes of a body. aiohttp warns of more in one piece, which would hold up everything else; so it gets it as a file."""
STREAM_IDLE_TIMEOUT: Final = 90.0
"""Seconds without a byte after which a stream is taken for broken; a comment keeps it alive."""

_BEGINNING: Final = 256 * 1024
"""Bytes of a body that is read for what it says of an error."""
_PATIENCE: Final = 5.0
"""Seconds for that: such a body need not end."""

TRANSPORT_ERRORS: Final = (TimeoutError, aiohttp.ClientError)
"""What `exchange` raises when no whole answer came. (aiohttp's own timeouts are both; look for TimeoutError first.)"""

NEVER_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)
"""Those of them that come before the first byte of the request: nothing can have been done."""

_PERMANENT: Final = (aiohttp.ServerFingerprintMismatch, aiohttp.InvalidURL, ssl.CertificateError, LineTooLong)
_PASSING_TLS: Final = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
_NEVER_REPEATED: Final = frozenset({"POST", "PATCH"})
_PERMANENT_ERRNO: Final = frozenset({errno.EACCES, errno.EPERM, errno.EAFNOSUPPORT})


def is_permanent(failure: BaseException) -> bool:
    """Whether one of FAILURES will be the same at every repetition: a certificate, a proxy's refusal, a firewall's."""
    error: BaseException | None = failure
    while error is not None:
        if isinstance(error, aiohttp.ClientHttpProxyError):
            return not is_transient_status(error.status)
        if isinstance(error, _PERMANENT) or (isinstance(error, ssl.SSLError) and not isinstance(error, _PASSING_TLS)):
            return True
        if isinstance(error, OSError) and error.errno in _PERMANENT_ERRNO:
            return True
        error = error.__cause__
    return False


class _NotSentAgainError(aiohttp.ClientError):
    """A connection that broke during an attempt, in a form that makes aiohttp leave it to us."""

    def __init__(self, failure: aiohttp.ClientConnectionError) -> None:
        super().__init__(str(failure))
        self.failure = failure


async def _send_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """A middleware: aiohttp sends what it takes for idempotent again by itself when a connection breaks.

    A DELETE that was done is then answered with 404, without our retry rules having been asked, and nobody counts it.
    """
    try:
        return await handler(request)
    except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
        raise  # which aiohttp does not repeat
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise _NotSentAgainError(error) from error


class BodyTooLargeError(Exception):
    """The body of an answer is bigger than MAX_BODY."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the body is bigger than {MAX_BODY} bytes")
        self.status = status


def attempt_timeout(seconds: float) -> aiohttp.ClientTimeout:
    """The limit of one attempt, to the very end of the body; infinity for none."""
    # Without the threshold aiohttp rounds what is over 5 s up to whole seconds, beyond the deadline.
    return aiohttp.ClientTimeout(total=None if math.isinf(seconds) else seconds, ceil_threshold=math.inf)


class Transport:
    """Sends through the caller's session, or through one of its own that is made at the first request."""

    def __init__(self, session: aiohttp.ClientSession | None, base_url: str, proxy: Proxy | None) -> None:
        self._session = session
        self._owned = session is None
        self.closed = False
        self.base_url = base_url
        # Our own session alone has a proxy of ours; a caller's session has its own settings.
        proxy = proxy if session is None else None
        self._proxy = None if proxy is None else URL(proxy.url)
        # To a proxy that opens a tunnel the credentials go with the request for it; otherwise with each request.
        signing_in = (
            {} if proxy is None or proxy.authorization is None else {"Proxy-Authorization": proxy.authorization}
        )
        tunnel = base_url.startswith("https:")
        self._proxy_headers = signing_in if tunnel and signing_in else None
        self._session_headers = None if tunnel else signing_in
        # Those of a request replace those of its session, so the caller's stay in front of ours.
        own: object = getattr(session, "_middlewares", ())  # a stand-in for a session may have anything there
        self._middlewares: tuple[Any, ...] = (*(own if isinstance(own, tuple | list) else ()), _send_once)

    @property
    def decompresses(self) -> bool:
        """Whether bodies arrive decompressed."""
        return getattr(self._session, "auto_decompress", True)

    @property
    def limiter(self) -> ConnectionLimiter:
        """What hands out the connections: calls that wait for one do not do so on the time of their attempt."""
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
            # Without a limit: the limiter has one for calls, and a stream that stays open is not to stand in their way.
            connector=aiohttp.TCPConnector(limit=0, timeout_ceil_threshold=math.inf),
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
        )
        return self._session

    def _request(
        self,
        method: str,
        target: str,
        headers: CIMultiDict[str],
        body: bytes | None,
        timeout: aiohttp.ClientTimeout,
    ) -> Awaitable[aiohttp.ClientResponse]:
        """What aiohttp is to send, exactly once. It is sent when this is awaited."""
        if self.closed:
            raise RuntimeError("the client is closed")
        session = self._session or self._open()
        return session.request(
            method,
            URL(self.base_url + target, encoded=True),
            headers=headers,
            data=body if body is None or len(body) <= _LARGE else io.BytesIO(body),
            timeout=timeout,
            allow_redirects=False,
            raise_for_status=False,
            proxy=self._proxy,
            proxy_headers=self._proxy_headers,
            # aiohttp repeats neither POST nor PATCH, and a middleware costs a hundredth of a request.
            middlewares=None if method in _NEVER_REPEATED else self._middlewares,
        )

    async def exchange(
        self,
        method: str,
        target: str,
        headers: CIMultiDict[str],
        body: bytes | None,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # bounds the socket, which asyncio.timeout would cost more
    ) -> RawResponse:
        """Send once and read the whole answer, whatever its status.

        Raises one of FAILURES, or BodyTooLargeError.
        """
        sending = self._request(method, target, headers, body, timeout)
        # Awaited first, and not `async with sending`: that is the same in two more coroutines.
        try:
            response = await sending
        except _NotSentAgainError as error:
            raise error.failure from error.failure.__cause__
        except (AttributeError, AssertionError) as error:
            # What aiohttp trips over when its session is closed under a request.
            if self._session is not None and self._session.closed:
                raise aiohttp.ClientConnectionError("the session was closed") from error
            raise
        if response.content.is_eof() and "Content-Encoding" not in response.headers:
            # A small body has come together with the headers; with its last byte the connection went back.
            body = response.content.read_nowait()
            if len(body) > MAX_BODY:
                raise BodyTooLargeError(response.status)
            return RawResponse(response.status, response.headers, body)
        async with response:
            return RawResponse(response.status, response.headers, await read_body(response))

    async def connect(
        self, method: str, target: str, headers: CIMultiDict[str], connecting: float, whole: float
    ) -> aiohttp.ClientResponse:
        """Send once and give the response as soon as its headers are there, whatever its status.

        `connecting` is the limit of that, `whole` that of everything, in seconds. Raises one of FAILURES.
        """
        limit = aiohttp.ClientTimeout(
            total=None if math.isinf(whole) else whole,
            sock_read=STREAM_IDLE_TIMEOUT,
            ceil_threshold=math.inf,
        )
        try:
            async with asyncio.timeout(None if math.isinf(connecting) else connecting):
                return await self._request(method, target, headers, None, limit)
        except _NotSentAgainError as error:
            raise error.failure from error.failure.__cause__

    async def close(self) -> None:
        """Send nothing more, and close the session if it is our own, which breaks off what is under way."""
        self.closed = True
        if self._owned and self._session is not None:
            await self._session.close()


async def read_body(response: aiohttp.ClientResponse) -> bytes:
    """The whole body. Raises one of FAILURES, or BodyTooLargeError."""
    content = response.content
    length = response.content_length
    if length is not None and length > MAX_BODY:
        response.close()
        raise BodyTooLargeError(response.status)
    chunks: list[bytes] = []
    size = 0
    while chunk := await content.readany():
        size += len(chunk)
        if size > MAX_BODY:  # of what comes out of the decompressor
            response.close()
            raise BodyTooLargeError(response.status)
        chunks.append(chunk)
    return b"".join(chunks)


async def read_beginning(response: aiohttp.ClientResponse) -> bytes:
    """What soon comes of a body that is read for what it says of an error. Raises nothing: the error is known."""
    found = bytearray()
    with contextlib.suppress(*TRANSPORT_ERRORS):
        async with asyncio.timeout(_PATIENCE):
            while len(found) < _BEGINNING and (chunk := await response.content.readany()):
                found += chunk
    return bytes(found[:_BEGINNING])
