"""One attempt over real sockets: size limit, compression, broken connections, redirects, sessions, proxies."""

from __future__ import annotations

import asyncio
import errno
import socket
import ssl
from typing import Any
from unittest.mock import Mock

import aiohttp
import pytest
import trustme
from aiohttp.http_exceptions import LineTooLong

from cstar_async._core.call import Call
from cstar_async._core.operation import Operation
from cstar_async._http import transport
from cstar_async._http.transport import is_permanent
from cstar_async.client import CStarClient
from cstar_async.errors import APIConnectionError, APIError, APITimeoutError, DecodeError
from tests.support.clock import FakeClock
from tests.support.operations import CREATE, DELETE, GET, UPDATE
from tests.support.server import chunked, data, failure, gzipped, raw, redirect, reset, serve, truncated


def thing(client: CStarClient) -> Call[Any]:
    return Call(client, GET, ("t1",), None, None, None)


def create(client: CStarClient) -> Call[Any]:
    return Call(client, CREATE, (), None, {}, None)


@pytest.mark.parametrize(
    "answer",
    [
        raw(b'{"data":"' + b"x" * 2000 + b'"}'),
        chunked(b'{"data":"', b"x" * 600, b"x" * 600, b'"}'),
        gzipped(b'{"data":"' + b"x" * 100_000 + b'"}'),
    ],
)
async def test_a_body_over_the_limit_is_an_error(answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body over the limit, by its decompressed size, is a DecodeError whose outcome is unknown."""
    monkeypatch.setattr(transport, "MAX_BODY", 1000)
    async with serve(answer) as server, server.client() as client:
        call = create(client)
        with pytest.raises(DecodeError, match="larger than 1000 bytes") as caught:
            await call
        assert caught.value.outcome_unknown
        with pytest.raises(DecodeError):
            await call
    assert server.attempts == 2
    assert server.received[0].headers["Idempotency-Key"] == server.received[1].headers["Idempotency-Key"]
    assert client.quota.in_flight == 0


async def test_a_body_up_to_the_limit_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body up to the limit is read, plain, compressed or chunked."""
    body = b'{"data":"' + b"x" * 1000 + b'"}'
    monkeypatch.setattr(transport, "MAX_BODY", len(body))
    async with serve(raw(body), gzipped(body), chunked(body[:500], body[500:])) as server, server.client() as client:
        for _ in range(3):
            assert len(await thing(client)) == 1000


async def test_a_large_request_goes_out_whole_each_time() -> None:
    """A request body of several megabytes is sent whole by each attempt."""
    script = [reset, failure(503), data(1)]
    async with serve(*script) as server, server.client(clock=FakeClock()) as client:
        text = "x" * 3_000_000
        assert await Call(client, CREATE, (), None, {"text": text}, None) == 1
    assert [len(received.json["text"]) for received in server.received] == [len(text)] * 3
    assert {received.headers["Content-Length"] for received in server.received} == {str(len(text) + 11)}


async def test_a_truncated_body_is_retried() -> None:
    """A truncated body is a broken connection and is retried."""
    async with serve(truncated, data(5)) as server, server.client(clock=FakeClock()) as client:
        assert await thing(client) == 5
    assert server.attempts == 2


async def test_broken_compression_is_a_broken_connection() -> None:
    """A body that does not decompress is an APIConnectionError."""
    garbage = raw(b"not gzip at all", headers={"Content-Encoding": "gzip"})
    async with serve(garbage, data(5)) as server, server.client(max_retries=0) as client:
        with pytest.raises(APIConnectionError):
            await thing(client)
        assert await thing(client) == 5


@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("operation", [GET, DELETE, CREATE, UPDATE])
async def test_aiohttp_itself_does_not_retry(operation: Operation, *, own: bool) -> None:
    """No request is repeated by aiohttp itself, in our session or in the user's."""
    async with aiohttp.ClientSession() as session, serve(data(1), reset, data(2)) as server:
        async with server.client(max_retries=0, session=None if own else session) as client:
            await thing(client)  # leaves a connection to reuse
            call = Call[Any](client, operation, ("t1",) if "{thingId}" in operation.path else (), None, None, None)
            with pytest.raises(APIConnectionError, match=r"attempt 1 of 1\)"):
                await call
            assert server.attempts == 2
            assert await call == 2


async def test_middlewares_of_the_callers_session_run() -> None:
    """The middlewares of the user's session run for each attempt."""
    seen: list[str] = []

    async def middleware(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        seen.append(request.method)
        return await handler(request)

    async with aiohttp.ClientSession(middlewares=[middleware]) as session, serve(failure(503), data(1)) as server:
        async with server.client(session=session, clock=FakeClock()) as client:
            assert await thing(client) == 1
    assert seen == ["GET", "GET"]


PERMANENT = [
    ssl.SSLCertVerificationError(1, "certificate verify failed"),
    ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"),
    aiohttp.ServerFingerprintMismatch(b"a", b"b", "host", 443),
    aiohttp.InvalidURL("http://"),
    aiohttp.ClientHttpProxyError(Mock(), (), status=407, message="Proxy Authentication Required"),
    aiohttp.ClientHttpProxyError(Mock(), (), status=403),
    PermissionError(errno.EACCES, "denied"),
    OSError(errno.EAFNOSUPPORT, "no IPv6 here"),
    LineTooLong(b"x", 1),
]
TRANSIENT = [
    aiohttp.ClientHttpProxyError(Mock(), (), status=503),
    aiohttp.ServerDisconnectedError(),
    aiohttp.ConnectionTimeoutError(),
    aiohttp.ClientPayloadError(),
    ssl.SSLEOFError(8, "EOF occurred in violation of protocol"),
    ConnectionRefusedError(errno.ECONNREFUSED, "refused"),
    OSError(errno.ENETUNREACH, "unreachable"),
    OSError(errno.EMFILE, "too many open files"),
    socket.gaierror(socket.EAI_AGAIN, "temporary failure"),
]


@pytest.mark.parametrize("cause", [*PERMANENT, *TRANSIENT], ids=lambda cause: type(cause).__name__)
def test_which_errors_are_permanent(cause: Exception) -> None:
    """Certificate errors and refusals by a proxy or firewall are permanent, also as a cause."""
    wrapped = aiohttp.ClientError()
    wrapped.__cause__ = cause
    assert is_permanent(cause) == is_permanent(wrapped) == (cause in PERMANENT)


async def test_a_bad_certificate_is_tried_once() -> None:
    """A bad certificate is not retried, and leaves no doubt."""
    context, authority = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), trustme.CA()
    authority.issue_cert("127.0.0.1").configure_cert(context)
    clock = FakeClock()
    async with serve(data(1), ssl=context) as server, server.client(clock=clock) as client:
        with pytest.raises(APIConnectionError, match=r"certificate.*attempt 1 of 1\)") as caught:
            await create(client)
    assert not caught.value.transient
    assert not caught.value.outcome_unknown
    assert (server.attempts, clock.slept) == (0, [])


async def test_a_refused_connection_is_a_connection_error() -> None:
    """A refused connection is an APIConnectionError with aiohttp's error as its cause."""
    async with serve(data(1)) as server:
        pass
    async with server.client(clock=FakeClock()) as client:
        with pytest.raises(APIConnectionError, match="attempt 4 of 4") as caught:
            await thing(client)
    assert isinstance(caught.value.__cause__, aiohttp.ClientError)
    assert caught.value.attempts == 4


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(status: int) -> None:
    """A redirect is an error and is not followed."""
    async with serve(data(1)) as elsewhere, serve(redirect(elsewhere.url, status)) as server, server.client() as client:
        with pytest.raises(APIError, match="redirect") as caught:
            await thing(client)
    assert type(caught.value) is APIError
    assert caught.value.status == status
    assert elsewhere.attempts == 0


async def test_not_modified_is_not_a_redirect() -> None:
    """A 304 is an APIError that says "not modified"."""
    async with serve(raw(b"", status=304)) as server, server.client() as client:
        with pytest.raises(APIError, match="304: not modified") as caught:
            await thing(client)
    assert "redirect" not in str(caught.value)


async def test_timeouts_bound_the_attempt_to_the_end_of_the_body() -> None:
    """`timeout` bounds each attempt to the end of its body."""
    async with serve(data(1)) as server:
        server.script = [server.hang(seconds=40)]
        async with server.client(timeout=30.5, max_retries=1, clock=FakeClock()) as client:
            with pytest.raises(APITimeoutError, match=r"no whole answer within 30.5 s .*attempt 2 of 2"):
                await create(client)
            with pytest.raises(APITimeoutError, match=r"within 20 s"):
                await create(client).options(timeout=20, max_retries=0)
        assert server.attempts == 3


def test_timeouts_are_not_rounded() -> None:
    """Timeouts over 5 s are not rounded up to whole seconds."""
    assert transport.attempt_timeout(7.3).total == 7.3
    assert transport.attempt_timeout(7.3).ceil_threshold == float("inf")
    assert transport.attempt_timeout(float("inf")).total is None


async def test_cookies_are_neither_kept_nor_sent() -> None:
    """Cookies are neither kept nor sent."""
    async with serve(raw(b'{"data":1}', headers={"Set-Cookie": "a=b"})) as server, server.client() as client:
        await thing(client)
        await thing(client)
    assert "Cookie" not in server.received[1].headers


async def test_a_session_of_the_user_is_used_and_not_closed() -> None:
    """The user's session is used with its headers, and stays open when the client is closed."""
    async with (
        serve(data(1)) as server,
        aiohttp.ClientSession(headers={"X-Mine": "1"}, raise_for_status=True) as session,
    ):
        async with server.client(session=session) as client:
            assert await thing(client) == 1
        assert not session.closed
        server.script = [raw(b"", status=404)]
        async with server.client(session=session) as client:
            with pytest.raises(APIError):
                await thing(client)
    assert server.received[0].headers["X-Mine"] == "1"


async def test_a_wrapper_of_a_session_works() -> None:
    """A wrapper that has only `request` works as a session, for calls and for streams."""

    class Wrapper:
        def __init__(self, session: aiohttp.ClientSession) -> None:
            self.session = session
            self.asked: list[str] = []

        def request(self, method: str, url: Any, **options: Any) -> Any:
            self.asked.append(method)
            return self.session.request(method, url, **options)

    async with serve(data(1)) as server, aiohttp.ClientSession() as session:
        wrapper: Any = Wrapper(session)
        async with server.client(session=wrapper) as client:
            assert await thing(client) == 1
            assert await create(client) == 1
            with pytest.raises(DecodeError, match="content type"):
                await anext(aiter(client.events.stream()))
        assert wrapper.asked == ["GET", "POST", "GET"]


async def test_a_session_that_does_not_decompress_gets_plain_bodies() -> None:
    """A session with auto_decompress=False asks for uncompressed bodies."""
    async with serve(data(1)) as server, aiohttp.ClientSession(auto_decompress=False) as session:
        async with server.client(session=session) as client:
            assert await thing(client) == 1
    assert server.received[0].headers["Accept-Encoding"] == "identity"


async def test_the_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The client uses the proxy that the environment named when the client was made."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    async with serve(data(1)) as server:
        monkeypatch.setenv("http_proxy", server.url)
        client = CStarClient("sk_test_x", team_id="t", base_url="http://desk.example:9", allow_http=True)
        monkeypatch.delenv("http_proxy")
        async with client:
            assert await thing(client) == 1
    assert server.received[0].headers["Host"] == "desk.example:9"


@pytest.mark.parametrize("fault", [AttributeError("_connector"), AssertionError()])
async def test_a_session_closed_during_a_request_is_a_lost_connection(fault: Exception) -> None:
    """An error of aiohttp from a session closed meanwhile is an APIConnectionError."""

    class Session:
        auto_decompress, connector, closed = True, None, False

        async def request(self, *_: object, **__: object) -> None:
            raise fault

    session: Any = Session()
    async with CStarClient("sk_test_x", team_id="t", session=session, max_retries=0) as client:
        with pytest.raises(type(fault)):
            await thing(client)
        session.closed = True
        with pytest.raises(APIConnectionError, match="the session was closed"):
            await thing(client)


async def test_no_session_before_the_first_send() -> None:
    """A client can be made without an event loop, and closed twice."""
    client = await asyncio.to_thread(CStarClient, "sk_test_x")
    await client.close()
    await client.close()
