"""Every framework passes deliveries on and answers them in the same way, over real sockets."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from yarl import URL

from cstar_async.webhooks import Event, EventDispatcher
from cstar_async.webhooks.receiving.content import LARGEST_BODY

from .deliveries import SECRET, event_body, signed
from .receivers import RECEIVERS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from .clock import ManualClock

JSON = {"Content-Type": "application/json"}


class Site:
    """A running receiver and a session that sends to it."""

    def __init__(self, events: EventDispatcher, url: str, session: aiohttp.ClientSession) -> None:
        self.events = events
        self.url = url
        self._session = session
        self.handled: list[str] = []

    async def post(self, body: Any, headers: dict[str, str] | None = None, method: str = "POST") -> tuple[int, bytes]:
        """Send a request; the status and body of the answer."""
        given = {**JSON, **(signed(body) if headers is None else headers)}
        async with self._session.request(method, self.url, data=body, headers=given) as answer:
            return answer.status, await answer.read()

    async def raw(self, *parts: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection on which these bytes have been sent."""
        url = URL(self.url)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(f"POST {url.path} HTTP/1.1\r\nHost: x\r\n".encode() + b"".join(parts))
        await writer.drain()
        return reader, writer


@pytest.fixture(params=RECEIVERS)
async def site(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[Site]:
    """A running receiver of each framework."""
    events = EventDispatcher(secrets=SECRET, inbox="memory:", clock=clock)
    handled: list[str] = []

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        handled.append(event.id)

    async with RECEIVERS[request.param](events) as url, aiohttp.ClientSession() as session, events:
        found = Site(events, url, session)
        found.handled = handled
        yield found


async def test_deliveries_arrive(site: Site, clock: ManualClock) -> None:
    """Body and headers reach the receiver unchanged, and its answer reaches the sender."""
    body = event_body(1, clock, data={"id": "tkt_1", "title": "Zoë \U0001f525"})
    assert await site.post(body) == (200, b'{"received":true,"duplicate":false}')
    assert await site.post(body) == (200, b'{"received":true,"duplicate":true}')
    assert (await site.post(body, {}))[0] == 401
    assert (await site.post(body, signed(body, **{"X-Event-ID": "evt_2"})))[0] == 400
    assert (await site.post(b"[]"))[0] == 400
    assert (await site.post(b"", {}, "GET"))[0] == 405
    await site.events.drain()
    assert site.handled == ["evt_1"]


async def test_a_body_of_10_mb_is_refused_without_reading_it(site: Site, clock: ManualClock) -> None:
    """A body over the limit is answered 413, with a length or in chunks, and the receiver goes on."""
    status, _ = await site.post(io.BytesIO(b"x" * (LARGEST_BODY + 1)), {})
    assert status == 413
    # Only a part of the announced length is sent: no more than the receiver reads. It would close the connection while
    # we still write, and whether we see its answer would then be a matter of chance.
    reader, writer = await site.raw(b"Content-Length: 10000000\r\n\r\n" + b"x" * (LARGEST_BODY + 1))
    async with asyncio.timeout(60):
        assert b" 413 " in await reader.readline()
    writer.close()
    # In chunks, so that the length is not announced.
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    whole = chunk * (LARGEST_BODY // 0x10000) + b"1\r\nx\r\n"
    reader, writer = await site.raw(b"Transfer-Encoding: chunked\r\n\r\n", whole)
    async with asyncio.timeout(60):
        assert b" 413 " in await reader.readline()
    writer.close()
    body = event_body(1, clock)
    assert (await site.post(body))[0] == 200


async def test_a_body_that_does_not_end(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A body that does not arrive within its time limit is answered 408."""
    for module in ("aiohttp", "asgi"):
        monkeypatch.setattr(f"cstar_async.webhooks.receiving.{module}.BODY_TIMEOUT", 0.1)
    reader, writer = await site.raw(b"Content-Length: 100\r\n\r\nx")
    async with asyncio.timeout(60):
        assert b" 408 " in await reader.readline()
    writer.close()


async def test_a_sender_that_disconnects_leaves_nothing(site: Site, clock: ManualClock) -> None:
    """An incomplete body is not an event, and the event is new when it is delivered again."""
    body = event_body(1, clock)
    for _ in range(5):
        _, writer = await site.raw(
            b"Content-Length: 500\r\nX-Signature: " + signed(body)["X-Signature"].encode(), b"\r\n\r\n", body
        )
        writer.close()
    assert await site.post(body) == (200, b'{"received":true,"duplicate":false}')
