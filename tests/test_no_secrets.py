"""Nothing that a user can print contains a secret, of any kind and in any situation."""

from __future__ import annotations

import asyncio
import contextlib
import html
import logging
import socket
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import aiohttp
import orjson
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from cstar_async._core.call import Call
from cstar_async._core.response import RawResponse, read_result
from cstar_async._core.secrets import clean_lines, clean_text, redact_json, without_secrets
from cstar_async._generated import operations
from cstar_async._http.error_mapping import AttemptInfo, api_error, connection_error, timeout_error
from cstar_async._postgres import cause
from cstar_async.client import CStarClient
from cstar_async.errors import CStarError, DecodeError, InboxError
from tests.support.clock import FakeClock
from tests.support.decoding import decode
from tests.support.secrets import ALL, FORMS, KEYS, TOKEN, Secret, assert_hidden
from tests.support.server import Answer as Scripted
from tests.support.server import raw as answering
from tests.support.server import serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cstar_async._core.response import Response


def without_own_frame(error: CStarError) -> CStarError:
    """The error without the frame of the test, whose locals have the secret."""
    assert error.__traceback__ is not None
    error.__traceback__ = error.__traceback__.tb_next
    return error


def attempt_with(secret: Secret) -> AttemptInfo:
    """An attempt that knows the client's own secrets only; others are found by their form."""
    own = (secret.text,) if secret in KEYS.values() else ()
    return AttemptInfo("GET", "/api/v1/teams/{teamId}/things", 1, 4, None, own)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ALL)
def test_an_error_of_the_service_hides_echoed_secrets(name: str, form: str) -> None:
    """A secret in the answer is in no attribute, text, pickle or traceback of the error."""
    secret = ALL[name]
    raw = FORMS[form](secret.text)
    for kind in ("application/json", "text/html; charset=utf-8", "text/plain; charset=latin-1", ""):
        headers = {"Content-Type": kind, "X-Request-Id": f"req {secret.text}", "Retry-After": secret.text}
        assert_hidden(secret, api_error(attempt_with(secret), RawResponse(401, headers, raw), 0.0))


@pytest.mark.parametrize("name", ALL)
def test_the_error_about_a_body_hides_its_secrets(name: str) -> None:
    """A DecodeError shows no secret of the body, nor do its causes and frames."""
    secret = ALL[name]
    operation = operations.load("tickets.get")
    fields = dict.fromkeys(("title", "createdAt", "messages"), secret.text)
    ticket = {"id": "tkt_1", **fields, "customer": [secret.text]}
    bodies = [
        orjson.dumps({"data": ticket}),
        orjson.dumps({"error": {"message": secret.text}}),
        orjson.dumps({"data": ticket})[:-3],
        orjson.dumps([secret.text]),
        orjson.dumps({"data": {**ticket, "messageCount": 1}}).replace(b":1}", b":123456789012345678901234567890}"),
        f"<html><title>{html.escape(secret.text)}</title></html>".encode(),
        b"",
    ]
    for raw in bodies:
        answer = RawResponse(200, {"X-Request-Id": secret.text}, raw)
        answer.secrets = attempt_with(secret).secrets
        error = _error_of(answer, operation)
        assert_hidden(secret, error)


def _error_of(answer: RawResponse, operation: Any) -> CStarError:
    with pytest.raises(DecodeError) as caught:
        read_result(operation, answer, lambda value: decode(operation, value))
    return without_own_frame(caught.value)


@pytest.mark.parametrize("name", ALL)
def test_a_failed_connection_hides_its_secrets(name: str) -> None:
    """The cause of a connection error keeps its class and errno, and shows no secret."""
    secret = ALL[name]
    attempt = attempt_with(secret)
    address = f"http://ada:{quote(secret.text, safe='')}@proxy.example:3128"
    for cause_ in _causes(address, secret):
        kind, errno = type(cause_), getattr(cause_, "errno", None)
        for error in (connection_error(attempt, cause_), timeout_error(attempt, 3.0, cause_)):
            assert_hidden(secret, error)
            assert type(error.__cause__) is kind
            assert getattr(error.__cause__, "errno", None) == errno


def _causes(address: str, secret: Secret) -> list[BaseException]:
    """Errors of aiohttp, with tracebacks through frames that have the secret."""
    from aiohttp.client_reqrep import ConnectionKey, RequestInfo
    from multidict import CIMultiDict, CIMultiDictProxy
    from yarl import URL

    key = ConnectionKey(
        host="proxy.example",
        port=3128,
        is_ssl=False,
        ssl=True,
        proxy=URL(address),
        proxy_auth=cast("Any", ("ada", secret.text)),
        proxy_headers_hash=1,
        server_hostname=secret.text,
    )
    refused = ConnectionRefusedError(111, f"Connect call failed {secret.text}")
    info = RequestInfo(URL(address), "GET", CIMultiDictProxy(CIMultiDict({"X-Token": secret.text})), URL(address))
    made: list[BaseException] = [
        aiohttp.ClientProxyConnectionError(key, refused),
        aiohttp.ClientConnectorError(key, OSError(secret.text)),
        aiohttp.ClientHttpProxyError(info, (), status=407, message=f"who is {secret.text}", headers=info.headers),
        aiohttp.InvalidURL(address, f"no {secret.text}"),
        aiohttp.ServerDisconnectedError(f"bad {secret.text}"),
        aiohttp.ClientPayloadError(secret.text),
        aiohttp.ConnectionTimeoutError(f"to {address}"),
        TimeoutError(),
        ExceptionGroup("several", [OSError(5, secret.text), ValueError(secret.text)]),
    ]

    def connect(error: BaseException) -> BaseException:
        proxy_password = secret.text
        try:
            try:
                raise ValueError(proxy_password)
            except ValueError as first:
                first.add_note(proxy_password)
                raise error from first
        except BaseException as raised:
            return raised

    return [connect(error) for error in made]


def test_the_cause_of_a_failed_connection_keeps_its_host() -> None:
    """The cleaned cause keeps its text, host and port."""
    error = connection_error(
        AttemptInfo("GET", "/x", 1, 1, None), _causes("http://ada:pw@proxy.example:3128", KEYS["a live key"])[0]
    )
    cause_ = error.__cause__
    assert isinstance(cause_, aiohttp.ClientProxyConnectionError)
    assert (cause_.host, cause_.port, cause_.os_error.errno) == ("proxy.example", 3128, 111)
    assert "Cannot connect to host proxy.example:3128" in str(cause_)
    assert isinstance(cause_.os_error, ConnectionRefusedError)


def test_a_cycle_of_errors_is_cleaned() -> None:
    """Errors that are each other's context are cleaned without endless recursion."""
    one, two = ValueError("1"), ValueError("2")
    one.__context__, two.__context__ = two, one
    assert without_secrets(one) is one


def _echoing_answers(secret: Secret) -> list[Scripted]:
    """Answers in which the service repeats the secret."""

    def make(status: int, body: bytes, kind: str, reason: str | None = None) -> Scripted:
        async def answer(_: web.Request) -> web.StreamResponse:
            headers = {"X-Request-Id": secret.text, "Content-Type": kind, "X-RateLimit-Limit": secret.text}
            return web.Response(body=body, status=status, headers=headers, reason=reason)

        return answer

    body = orjson.dumps({"error": {"code": secret.text, "message": f"bad {secret.text}"}})
    return [
        make(503, body, "application/json", secret.text),
        make(401, body, "application/json", secret.text),
        make(404, FORMS["a page"](secret.text), "text/html"),
        make(200, body, "application/json"),
        make(
            200,
            orjson.dumps({"data": {"id": "t", "createdAt": secret.text}, "meta": {"requestId": secret.text}}),
            "application/json",
        ),
        make(200, b"{" + secret.text.encode(), "application/json"),
    ]


@pytest.mark.parametrize("name", KEYS)
async def test_the_key_in_use_is_shown_nowhere(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """The key in use is in no error, log, call or client."""
    caplog.set_level(logging.DEBUG)
    secret = KEYS[name]
    operation = operations.load("tickets.get")
    for scripted in _echoing_answers(secret):
        async with serve(scripted) as server, server.client(secret.text, clock=FakeClock(), max_retries=1) as client:
            call = Call[Any](client, operation, ("t",), None, None, lambda value: decode(operation, value))
            with pytest.raises(CStarError) as caught:
                await call
            assert_hidden(secret, without_own_frame(caught.value), call, client, client.tickets, vars(client))
    for record in caplog.records:
        assert secret.part not in logging.Formatter().format(record)
        assert secret.part not in repr(vars(record))


async def test_a_response_hides_the_key_in_its_request_id() -> None:
    """A response redacts its request id and leaves its data as it is."""
    secret = KEYS["a key of an unknown kind"]

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response({"data": {"id": "t", "title": secret.text}}, headers={"X-Request-Id": secret.text})

    async with serve(answer) as server, server.client(secret.text) as client:
        response: Response[Any] = await client.tickets.get("t").response()
    assert response.data.title == secret.text
    assert_hidden(secret, response, response.request_id)


async def test_a_customers_token_is_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    """Customers' tokens and passwords are in no error and no log, also if the service echoes them."""
    caplog.set_level(logging.DEBUG)
    secrets = [
        Secret(TOKEN, TOKEN[9:]),
        Secret("rt_unknown_0123456789", "unknown_0123"),
        Secret("correct horse", "correct horse"),
    ]

    async def answer(request: web.Request) -> web.StreamResponse:
        echoed = {"token": request.headers["Authorization"], "sent": await request.json()}
        message = f"bad {request.headers['Authorization'].split()[-1]}"
        return web.json_response({"error": {"message": message, "received": echoed}}, status=422)

    async with serve(answer) as server, server.client() as client:
        for call in (
            client.customer_auth.refresh("acme", refresh_token=secrets[1].text),
            client.customer_auth.login("acme", email="ada@example.com", password=secrets[2].text),
        ):
            with pytest.raises(CStarError) as caught:
                await call.options(headers={"Authorization": f"Bearer {TOKEN}"})
            error = without_own_frame(caught.value)
            for secret in secrets:
                assert_hidden(secret, error, call)
    for record in caplog.records:
        assert not any(secret.part in repr(vars(record)) for secret in secrets)


async def test_the_password_of_the_proxy_is_shown_nowhere(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The proxy's password is in no error and no log."""
    caplog.set_level(logging.DEBUG)
    await _use_proxy(monkeypatch, "authenticate")
    assert not any(PROXY.part in logging.Formatter().format(record) for record in caplog.records)


async def test_a_password_that_the_proxy_repeats_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """A password that the proxy repeats in its reason phrase is not shown."""
    await _use_proxy(monkeypatch, f"who is {PROXY.text}")


PROXY = Secret("pr0xy-passw0rd", "pr0xy-passw0rd")


async def _use_proxy(monkeypatch: pytest.MonkeyPatch, reason: str) -> None:
    """Call through an unreachable proxy, and through one that refuses; neither error shows the password."""

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(f"HTTP/1.1 407 {reason}\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()

    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        proxy = await asyncio.start_server(refuse, "127.0.0.1", 0)
        async with proxy:
            for port in (bound.getsockname()[1], proxy.sockets[0].getsockname()[1]):
                monkeypatch.setenv("HTTPS_PROXY", f"http://ada:{PROXY.text}@127.0.0.1:{port}")
                monkeypatch.delenv("NO_PROXY", raising=False)
                key = KEYS["a live key"].text
                async with CStarClient(key, team_id="t", base_url="https://cstar.example", max_retries=0) as client:
                    with pytest.raises(CStarError) as caught:
                        await client.tickets.get("t")
                    assert_hidden(PROXY, without_own_frame(caught.value), client, vars(client))


async def outcome(work: Callable[[], Any]) -> object:
    """The result, or the error without the frame of the test."""
    try:
        return await work()
    except CStarError as error:
        return without_own_frame(error)


def list_calls(client: CStarClient, folder: Path) -> dict[str, Callable[[], Any]]:
    """Calls that read lists."""

    async def all_of(items: Any) -> None:
        async for _ in items:
            pass

    return {
        "a page": lambda: client.tickets.list().send(),
        "an iteration": lambda: all_of(client.tickets.list()),
        "its pages": lambda: all_of(client.tickets.list().pages()),
        "an export": lambda: all_of(client.tickets.export()),
        "a deletion of many": lambda: client.tickets.delete_many(["tkt_1"]),
        "an export to a file": lambda: client.tickets.export().to_ndjson(folder / "rows"),
    }


@pytest.mark.parametrize("name", ["a live key", "a signing secret", "a JSON Web Token"])
async def test_the_error_about_a_list_hides_its_secrets(name: str, tmp_path: Path) -> None:
    """The error about an unreadable list shows no secret of its rows."""
    secret = ALL[name]
    bad = {"id": "tkt_1", "title": secret.text, "createdAt": secret.text}
    rows: list[Any] = [[bad], [secret.text], secret.text]
    for data in (
        *rows,
        {secret.text: secret.text},
        {"resources": secret.text},
        *({"resources": {"tickets": r}} for r in rows),
    ):
        async with serve(answering(orjson.dumps({"data": data}))) as server, server.client(clock=FakeClock()) as client:
            for work in list_calls(client, tmp_path).values():
                assert_hidden(secret, await outcome(work))


@pytest.mark.parametrize(
    "url",
    [
        "https://ada:{}@x.example",
        "https://x.example/?key={}",
        "ftp://x.example#{}",
        "{}",
        "https://[{}]",
        "https://{}/x",
    ],
)
@pytest.mark.parametrize("name", ["a live key", "a signing secret", "a JSON Web Token"])
def test_the_error_about_a_base_url_hides_its_secrets(url: str, name: str) -> None:
    """The error about a base URL shows no password or key in it."""
    secret = ALL[name]
    with pytest.raises(CStarError) as caught:
        CStarClient("sk_test_x", base_url=url.format(secret.text))
    assert_hidden(secret, without_own_frame(caught.value))


def test_the_error_of_a_database_is_one_line_without_its_password() -> None:
    """The error of a database is one clean line without its password."""
    secret = ALL["a database's password"]
    text = cause(InboxError(f"cannot reach {secret.text}\x1b[31m\nDETAIL: {secret.text}"))
    assert text == "InboxError: cannot reach postgresql://***@db.example/cstar [31m"


FILLER = st.text(st.characters(exclude_categories=[]), max_size=40)


@given(st.sampled_from(sorted(ALL)), FILLER, FILLER, st.integers(1, 60))
def test_text_around_a_secret_does_not_show_it(name: str, before: str, after: str, limit: int) -> None:
    """Cleaned text shows no secret, and is printable, bounded and encodable."""
    secret = ALL[name]
    known = attempt_with(secret).secrets
    # The spaces keep the secret a word of its own.
    text = f"{before} {secret.text} {after}"
    line = clean_text(text, known, limit=limit)
    assert secret.part not in line
    assert len(line) <= limit
    assert line.isprintable()
    lines = clean_lines(text, known)
    assert secret.part not in lines
    assert lines.encode()
    assert all(part.isprintable() for part in lines.replace("\t", "\n").split("\n"))
    assert secret.part not in repr(redact_json({text: [text, {"a": text}]}, known))


@given(st.text(max_size=300))
def test_text_without_secrets_stays(text: str) -> None:
    """Printable text without secrets stays as it is."""
    plain = "".join(each for each in text if each.isalpha() and each.isprintable()).replace("ey", "")
    with contextlib.suppress(ValueError):
        assert clean_text(plain) == plain[:500]
