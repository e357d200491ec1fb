"""One attempt: one request of one aiohttp session. The only module that talks to the network."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Final

import aiohttp
from yarl import URL

from .answer import Answer

if TYPE_CHECKING:
    from multidict import CIMultiDict

MAX_BODY: Final = 64 * 1024 * 1024
"""Bytes of one answer, decompressed. A bigger one is given up, so that no answer can fill the memory."""

CONNECTIONS: Final = 100
"""How many connections the client's own session has at most (aiohttp's default)."""

_LARGE: Final = 2**20
"""Bytes of a body. aiohttp warns of more in one piece, which would hold up everything else; so it gets it as a file."""
SILENCE: Final = 90.0
"""Seconds without a byte after which a stream is taken for broken; a comment keeps it alive."""

FAILURES: Final = (TimeoutError, aiohttp.ClientError)
"""What `exchange` raises when no whole answer came. (aiohttp's own timeouts are both; look for TimeoutError first.)"""


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

    def __init__(self, session: aiohttp.ClientSession | None, base_url: str, proxy: str | None) -> None:
        self._session = session
        self._owned = session is None
        self.closed = False
        self._base_url = base_url
        # The environment's proxy is for our own session; a caller's session has its own settings.
        self._proxy = URL(proxy) if proxy is not None and session is None else None

    @property
    def decompresses(self) -> bool:
        """Whether bodies arrive decompressed."""
        return self._session is None or self._session.auto_decompress

    @property
    def connections(self) -> float:
        """How many requests can be under way at once, infinity for any number.

        More of them would queue inside aiohttp, which counts that towards the time limit of the attempt.
        """
        connector = None if self._session is None else self._session.connector
        if connector is None:
            return CONNECTIONS
        return min(limit or math.inf for limit in (connector.limit, connector.limit_per_host))

    def _open(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            cookie_jar=aiohttp.DummyCookieJar(),
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, timeout_ceil_threshold=math.inf),
        )
        return self._session

    async def exchange(
        self,
        method: str,
        target: str,
        headers: CIMultiDict[str],
        body: bytes | None,
        timeout: aiohttp.ClientTimeout,  # noqa: ASYNC109  # bounds the socket, which asyncio.timeout would cost more
    ) -> Answer:
        """Send once and read the whole answer, whatever its status.

        Raises one of FAILURES, or BodyTooLargeError.
        """
        if self.closed:
            raise RuntimeError("the client is closed")
        session = self._session or self._open()
        sending = session.request(
            method,
            URL(self._base_url + target, encoded=True),
            headers=headers,
            data=body if body is None or len(body) <= _LARGE else io.BytesIO(body),
            timeout=timeout,
            allow_redirects=False,
            raise_for_status=False,
            proxy=self._proxy,
        )
        # Awaited first, and not `async with sending`: that is the same in two more coroutines.
        try:
            response = await sending
        except (AttributeError, AssertionError) as error:
            # aiohttp sends a GET again by itself, without a look whether its session has been closed meanwhile.
            if session.closed:
                raise aiohttp.ClientConnectionError("the session was closed") from error
            raise
        if response.content.is_eof() and "Content-Encoding" not in response.headers:
            # A small body has come together with the headers; with its last byte the connection went back.
            body = response.content.read_nowait()
            if len(body) > MAX_BODY:
                raise BodyTooLargeError(response.status)
            return Answer(response.status, response.headers, body)
        async with response:
            return Answer(response.status, response.headers, await read_body(response))

    async def connect(
        self, method: str, target: str, headers: CIMultiDict[str], connecting: float, whole: float
    ) -> aiohttp.ClientResponse:
        """Send once and give the response as soon as its headers are there, whatever its status.

        `connecting` is the limit of that, `whole` that of everything, in seconds. Raises one of FAILURES.
        """
        if self.closed:
            raise RuntimeError("the client is closed")
        session = self._session or self._open()
        limit = aiohttp.ClientTimeout(
            total=None if math.isinf(whole) else whole,
            sock_connect=None if math.isinf(connecting) else connecting,
            sock_read=SILENCE,
            ceil_threshold=math.inf,
        )
        return await session.request(
            method,
            URL(self._base_url + target, encoded=True),
            headers=headers,
            timeout=limit,
            allow_redirects=False,
            raise_for_status=False,
            proxy=self._proxy,
        )

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
