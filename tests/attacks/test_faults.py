"""Faults of a server, byte by byte, and how the call ends.

The server is a bare socket: it writes what the case says, counts the requests, and creates an object for each new
idempotency key, whatever it answers.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import socket
import time
from collections.abc import AsyncGenerator, Callable
from email.utils import formatdate
from typing import Any, NamedTuple

import pytest

from cstar_async._http.transport import MAX_BODY
from cstar_async.client import CStarClient
from cstar_async.errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    CStarError,
    DeadlineExceededError,
    DecodeError,
    RateLimitError,
    ServerError,
)
from tests.support.internals import internals
from tests.support.server import KEY, TEAM
from tests.support.time_travel import leap

TIMEOUT = 30.0
"""Seconds for an attempt. A peer that does not answer moves the loop's clock by as much, so no test waits."""
CALL_TIMEOUT = 300.0
"""Seconds for a whole call, including those by which the clock is moved."""
DAY = 86_400.0
GOOD = b'{"success":true,"data":{"id":"tkt_1","title":"t"}}'


def answer(body: bytes = GOOD, *, status: str = "200 OK", kind: str = "application/json", more: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode() + body


def half(whole: bytes) -> bytes:
    return whole[: len(whole) - len(GOOD) // 2]


class Break(NamedTuple):
    """Write this, then abort the connection."""

    text: bytes


class Hang(NamedTuple):
    """Write this, then nothing, until the time of the attempt has passed."""

    text: bytes = b""


class Drip(NamedTuple):
    """Write this, then spaces without end, until the time of the attempt has passed."""

    text: bytes
    leaps: int = 5
    """The number of spaces with which a quarter of the attempt's time passes."""


class Flood(NamedTuple):
    """Write this, then `megabytes` of zeros."""

    text: bytes
    megabytes: int


Part = bytes | Break | Hang | Drip | Flood


class Peer:
    """The server."""

    def __init__(self, *script: Part) -> None:
        self.script = list(script)
        self.attempts = 0
        self.created: set[str] = set()
        self.connections = 0
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the client has gone, or was disconnected
        finally:
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
        await reader.readexactly(int(headers.get("content-length", 0)))
        self.attempts += 1
        if head.startswith("POST"):
            self.created.add(headers["idempotency-key"])
        part = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        await self._write(part, writer)

    async def _write(self, part: Part, writer: asyncio.StreamWriter) -> None:
        writer.write(part if isinstance(part, bytes) else part.text)
        await writer.drain()
        if isinstance(part, Break):
            writer.transport.abort()
        elif isinstance(part, Flood):
            for _ in range(part.megabytes):
                writer.write(bytes(1_000_000))
                await writer.drain()
        elif isinstance(part, Hang):
            leap(TIMEOUT + 1)
        elif isinstance(part, Drip):
            for number in itertools.count():
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.01)
                if number < part.leaps:
                    leap(TIMEOUT / 4)


@contextlib.asynccontextmanager
async def attacked(*script: Part, **options: Any) -> AsyncGenerator[tuple[CStarClient, Peer]]:
    """A client, and a peer that answers by this script; backoff takes no time."""
    peer = Peer(*script)
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(peer.serve(reader, writer))
        tasks.add(task)

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    peer.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with CStarClient(KEY, team_id=TEAM, base_url=peer.url, **{"timeout": TIMEOUT, **options}) as client:
        internals(client)._sending.random = lambda: 0.0
        yield client, peer
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


class Case(NamedTuple):
    """A fault, its outcome (an error or a good answer), and the number of attempts."""

    script: tuple[Part, ...]
    error: type[CStarError] | None
    attempts: int
    sure: Callable[[Any], bool] = lambda _: True


BOMB = gzip.compress(bytes(MAX_BODY + 1_000_000))
CHUNKED = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
HTML = b"<html><body><h1>Bad gateway</h1></body></html>"

CASES: dict[str, Case] = {
    # Transient faults are retried.
    "reset before the answer": Case((Break(b""),), APIConnectionError, 4),
    "reset in the body, once": Case((Break(half(answer())), answer()), None, 2),
    "reset in the headers": Case((Break(b"HTTP/1.1 200 OK\r\nContent-Ty"), answer()), None, 2),
    "a body shorter than promised": Case((Break(answer(more="")[:-3]),), APIConnectionError, 4),
    "chunks that stop": Case((Break(CHUNKED + b'5\r\n{"suc\r\n'), answer()), None, 2),
    "an invalid chunk size": Case((CHUNKED + b"zz\r\n{}\r\n", answer()), None, 2),
    "not HTTP": Case((Break(b"SSH-2.0-OpenSSH_9.6\r\n"),), APIConnectionError, 4),
    "a header of 60 KB": Case((answer(more=f"X-Long: {'x' * 60_000}\r\n"),), None, 1),
    "a header of 1 MB": Case((Break(answer(more=f"X-Long: {'x' * 1_000_000}\r\n")),), APIConnectionError, 1),
    "500 three times": Case((*[answer(b"{}", status="500 Oops")] * 3, answer()), None, 4),
    "500 for ever": Case((answer(b"{}", status="500 Oops"),), ServerError, 4),
    "HTML with 502": Case(
        (answer(HTML, status="502 Bad Gateway", kind="text/html"),), ServerError, 4, lambda e: e.status == 502
    ),
    "a hang": Case((Hang(), answer()), None, 2),
    "a hang in the body": Case((Hang(half(answer())), answer()), None, 2),
    "a hang for ever": Case((Hang(),), APITimeoutError, 4),
    "a slow drip": Case((Drip(CHUNKED + b"f4240\r\n"),), APITimeoutError, 4),
    "a body that does not gunzip": Case((answer(b"no gzip", more="Content-Encoding: gzip\r\n"), answer()), None, 2),
    "429 with seconds": Case((answer(b"{}", status="429 Slow", more="Retry-After: 0\r\n"), answer()), None, 2),
    "429 with a date": Case(
        (answer(b"{}", status="429 Slow", more=f"Retry-After: {formatdate(0, usegmt=True)}\r\n"), answer()), None, 2
    ),
    # Other answers are final.
    "429 with a long wait": Case(
        (answer(b"{}", status="429 Slow", more="Retry-After: 3600\r\n"),),
        RateLimitError,
        1,
        lambda e: e.retry_after == 3600,
    ),
    "429 with a date far off": Case(
        (answer(b"{}", status="429 Slow", more=f"Retry-After: {formatdate(time.time() + 10 * DAY, usegmt=True)}\r\n"),),
        RateLimitError,
        1,
        lambda e: 9 * DAY < e.retry_after <= 10 * DAY,  # the date is from the import of this module
    ),
    "HTML with 200": Case((answer(HTML, kind="text/html"),), DecodeError, 1),
    "truncated JSON, whole body": Case((answer(GOOD[:-9]),), DecodeError, 1),
    "an empty body": Case((answer(b""),), DecodeError, 1),
    "204": Case((b"HTTP/1.1 204 No Content\r\n\r\n",), DecodeError, 1),
    "null": Case((answer(b"null"),), DecodeError, 1),
    "a list for an object": Case((answer(b'{"success":true,"data":[1]}'),), DecodeError, 1),
    "a bad date": Case((answer(b'{"success":true,"data":{"id":"tkt_1","createdAt":"soon"}}'),), DecodeError, 1),
    "100,000 brackets": Case((answer(b"[" * 100_000 + b"]" * 100_000),), DecodeError, 1),
    "bytes that are not UTF-8": Case((answer(b'{"data":{"id":"tkt_1","title":"\xff"}}'),), None, 1),
    "half an emoji": Case((answer(rb'{"data":{"id":"tkt_1","title":"\ud83d"}}'),), None, 1),
    "a byte order mark": Case((answer(b'\xef\xbb\xbf{"data":{"id":"tkt_1"}}'),), None, 1),
    "a redirect to another host": Case(
        (answer(b"", status="302 Found", more="Location: http://127.0.0.2:9/\r\n"),),
        APIError,
        1,
        lambda e: e.status == 302,
    ),
    "a switch of protocols": Case(
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",),
        APIError,
        1,
        lambda e: e.status == 101,
    ),
    "rate limits of a thousand digits": Case((answer(more=f"X-RateLimit-Limit: {'9' * 5000}\r\n"),), None, 1),
    "an unknown status": Case((answer(b"{}", status="799 Odd"),), APIError, 1, lambda e: e.status == 799),
    "a body of 200 MB": Case((Flood(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n", 200),), DecodeError, 1),
    "a body of 200 MB, unannounced": Case((Flood(b"HTTP/1.1 200 OK\r\n\r\n", 200),), DecodeError, 1),
    "a gzip bomb": Case((answer(BOMB, more="Content-Encoding: gzip\r\n"),), DecodeError, 1),
    "an error that is a list": Case((answer(b"[1]", status="404 No"),), APIError, 1, lambda e: e.status == 404),
    "an error of odd types": Case(
        (answer(b'{"error":{"type":7,"code":[],"message":{},"param":1.5}}', status="400 No"),),
        APIError,
        1,
        lambda e: e.status == 400,
    ),
}


@pytest.mark.parametrize("name", CASES)
async def test_a_read_survives(name: str) -> None:
    """A read ends with the documented outcome and number of attempts."""
    case = CASES[name]
    async with attacked(*case.script) as (client, peer):
        async with asyncio.timeout(CALL_TIMEOUT):
            outcome = await _outcome(client.tickets.get("tkt_1"))
    _check(case, outcome, peer)


@pytest.mark.parametrize("name", [name for name in CASES if "MB" not in name and "bomb" not in name])
async def test_a_write_is_done_once(name: str) -> None:
    """A write ends with the documented outcome, and is done once."""
    case = CASES[name]
    async with attacked(*case.script) as (client, peer):
        async with asyncio.timeout(CALL_TIMEOUT):
            outcome = await _outcome(client.tickets.create(title="once"))
    _check(case, outcome, peer)
    assert len(peer.created) == 1


async def _outcome(call: Any) -> Any:
    try:
        return await call
    except CStarError as error:
        return error


def _check(case: Case, outcome: Any, peer: Peer) -> None:
    if case.error is None:
        assert not isinstance(outcome, BaseException), repr(outcome)
        assert outcome.id == "tkt_1"
    else:
        assert isinstance(outcome, case.error), repr(outcome)
        assert KEY not in repr(outcome) + str(outcome)
        assert case.sure(outcome)
    assert peer.attempts == case.attempts


@pytest.mark.parametrize(
    "part",
    [b"", Drip(CHUNKED + b"f4240\r\n", leaps=0), answer(b"{}", status="500 Oops"), Break(b"")],
    ids=["a hang for ever", "a slow drip", "500 for ever", "reset before the answer"],
)
async def test_a_deadline_limits_the_call(part: Part) -> None:
    """A call ends at its deadline, whatever the server does."""
    async with attacked(part, timeout=60) as (client, _):
        internals(client)._sending.random = lambda: 1.0
        started = time.monotonic()
        with pytest.raises((DeadlineExceededError, ServerError, APIConnectionError)):
            await client.tickets.get("tkt_1").options(deadline=0.2, max_retries=1000)
        assert time.monotonic() - started < 50


async def test_a_refused_connection() -> None:
    """A refused connection is retried, and then raised."""
    with socket.socket() as bound:  # reserves the port without listening
        bound.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        async with CStarClient(KEY, team_id=TEAM, base_url=url) as client:
            internals(client)._sending.random = lambda: 0.0
            with pytest.raises(APIConnectionError, match="attempt 4 of 4"):
                await client.tickets.get("tkt_1")


async def test_a_server_that_closes_kept_connections_at_random() -> None:
    """No call fails because the server has closed an idle connection."""
    lasting, closing = answer(), answer(more="Connection: close\r\n")
    script: list[Part] = []
    for number in range(60):
        script += [lasting] * (number % 3) + [closing if number % 2 else Break(answer())]
    async with attacked(*script, lasting) as (client, peer):
        for _ in range(150):
            assert (await client.tickets.get("tkt_1")).id == "tkt_1"
        assert peer.connections > 50
        assert client.quota.in_flight == 0
