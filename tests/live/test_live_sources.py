"""Where the events of live lists come from: the stream, webhooks, or nowhere."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from cstar_async._generated.events import decode_event
from cstar_async.clock import SystemClock
from cstar_async.errors import CStarError, NotFoundError
from cstar_async.live import view
from cstar_async.sandbox import Sandbox, VirtualClock
from cstar_async.webhooks import EventDispatcher, sign
from tests.support import server as script
from tests.support.server import TEAM, serve
from tests.support.time_travel import leap

from .desks import running, until
from .streams import frame, streaming
from .test_live import aclosing_subscription, create, reads, titles

if TYPE_CHECKING:
    from cstar_async import CStarClient
    from cstar_async.live import Live


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stale lists are read sooner."""
    monkeypatch.setattr(view, "SETTLE", 0.005)


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_without_a_stream_lists_are_polled(status: int) -> None:
    """If the stream is refused, lists are read every `poll` seconds; after a while the stream is tried again."""
    async with running(poll=30) as (sandbox, cstar, live):
        fault = sandbox.faults.add(path="events.stream", status=status, times=None)
        errors: list[Exception] = []
        live.on_error(errors.append)
        await create(cstar, "one")
        tickets = live.list(cstar.tickets.list())
        with aclosing_subscription(tickets):
            state = await tickets.ready()
            assert (titles(state), state.connected, live.connected) == (["one"], False, False)
            assert [each.status for each in errors if isinstance(each, CStarError)] == [status]  # type: ignore[attr-defined]
            await create(cstar, "two")
            await asyncio.sleep(0.03)
            assert titles(tickets.state) == ["one"]
            leap(30)
            await until(lambda: titles(tickets.state) == ["two", "one"])
            assert reads(sandbox, "/events/stream") == 1
            sandbox.faults.clear()
            leap(900)
            await until(lambda: live.connected)
            assert fault is not None


async def test_polls_keep_within_the_share_of_the_quota() -> None:
    """Many lists are polled less often, so that they stay within their share together."""
    async with running(share=0.1, poll=10, source="poll", quota=True) as (sandbox, cstar, live):
        views = [live.list(cstar.tickets.list(page_size=size)) for size in range(1, 9)]
        offs = [each.subscribe(lambda _: None) for each in views]
        await asyncio.gather(*(each.ready() for each in views))
        before = [reads(sandbox)]
        for _ in range(400):
            leap(9)
            await asyncio.sleep(0.001)
        assert 50 <= reads(sandbox) - before[0] <= 101
        assert reads(sandbox, "/events/stream") == 0
        for off in offs:
            off()


async def test_lists_that_no_event_announces_are_polled() -> None:
    """A list without events is polled, while others follow the stream."""
    async with running(poll=30) as (sandbox, cstar, live):
        tags = live.list(cstar.tags.list())
        tickets = live.list(cstar.tickets.list())
        with aclosing_subscription(tags), aclosing_subscription(tickets):
            await asyncio.gather(tags.ready(), tickets.ready())
            assert (tags.state.connected, tickets.state.connected) == (False, True)
            before = reads(sandbox)
            leap(30)
            await until(lambda: reads(sandbox, "/tags") == 2)
            assert reads(sandbox) == before


async def test_a_new_connection_makes_every_list_stale() -> None:
    """Events that were missed while there was no connection are made up for by a read."""
    async with Sandbox(clock=VirtualClock(running=True)) as sandbox, sandbox.client() as direct:
        (ticket,) = await create(direct, "one")
        page = json.dumps({"data": [{"id": ticket.id, "title": "1"}], "pagination": {"page": 1, "total": 1}}).encode()
        lists = script.raw(page, content_type="application/json")
        answers = [streaming(end="break"), lists, streaming(end="hang"), lists]
        async with serve(*answers) as server, server.client() as cstar, cstar.live() as live:
            connections: list[bool] = []
            live.on_connection(connections.append)
            tickets = live.list(cstar.tickets.list())
            with aclosing_subscription(tickets):
                await tickets.ready()
                await until(lambda: server.attempts == 4)
            assert connections[:3] == [True, False, True]


async def test_events_that_cannot_be_read_or_are_unknown_do_not_end_the_stream() -> None:
    """After an event that cannot be read, lists are read again; unknown types make lists stale."""
    bad = b'id: 1\ndata: {"id": "1", "type": "ticket.created", "created_at": "soon", "team_id": "t", "data": {}}\n\n'
    streams = iter(
        [streaming(bad, end="hang"), streaming(frame("2").replace(b"ticket.created", b"ticket.merged"), end="hang")]
    )

    async def answer(request: web.Request) -> web.StreamResponse:
        return await (next(streams) if request.path.endswith("/stream") else script.data([]))(request)

    async with serve(*[answer] * 9) as server, server.client(team_id="t") as cstar, cstar.live() as live:
        errors: list[Exception] = []
        types: list[str] = []
        live.on_error(errors.append)
        live.on("*", lambda event: types.append(event.type))
        tickets = live.list(cstar.tickets.list())
        with aclosing_subscription(tickets):
            await until(lambda: types == ["ticket.merged"])
            await until(lambda: server.attempts >= 4)
        assert ["event 1 does not match" in str(each) for each in errors] == [True]


async def test_events_of_another_team_are_ignored() -> None:
    """An event of another team reaches neither handlers nor lists."""
    async with running() as (sandbox, cstar, live):
        seen: list[object] = []
        live.on("*", seen.append)
        tickets = live.list(cstar.tickets.list())
        with aclosing_subscription(tickets):
            await tickets.ready()
            before = reads(sandbox)
            raw = {"id": "e", "type": "ticket.created", "created_at": "2026-01-01T00:00:00Z", "team_id": TEAM}
            await live.feed(decode_event({**raw, "data": {"id": "tkt_1"}}))
            await asyncio.sleep(0.02)
            assert (seen, reads(sandbox)) == ([], before)
    await live.feed(decode_event({**raw, "data": {"id": "tkt_1"}}))


async def test_webhooks_are_a_source() -> None:
    """With a dispatcher as the source there is no stream; deliveries may be late, repeated and out of order."""
    async with Sandbox(clock=VirtualClock(running=True)) as sandbox, sandbox.client() as cstar:
        (ticket,) = await create(cstar, "one")
        dispatcher = EventDispatcher(secrets="whsec_test", inbox="memory:")
        async with cstar.live(source=dispatcher) as live, dispatcher:
            tickets = live.list(cstar.tickets.list())
            with aclosing_subscription(tickets):
                assert not (await tickets.ready()).connected  # the dispatcher does not run
                run = asyncio.create_task(dispatcher.run())
                await until(lambda: tickets.state.connected and not tickets.state.stale)
                await cstar.tickets.update(ticket.id, title="2")
                await cstar.tickets.update(ticket.id, title="3")
                newest_first = (await cstar.events.list(limit=2)).data
                for stored in [*newest_first, *newest_first]:
                    await deliver(dispatcher, {**stored.raw} if hasattr(stored, "raw") else stored)
                await dispatcher.drain()
                await until(lambda: titles(tickets.state) == ["3"] and not tickets.state.stale)
                before = reads(sandbox)
                await cstar.tickets.update(ticket.id, title="4")
                await deliver(dispatcher, (await cstar.events.list(limit=1)).data[0])
                await dispatcher.drain()
                await until(lambda: titles(tickets.state) == ["4"])
                assert (reads(sandbox), reads(sandbox, "/events/stream")) == (before, 0)
                run.cancel()
                await until(lambda: not live.connected)
                assert not tickets.state.connected


async def deliver(dispatcher: EventDispatcher, stored: Any) -> None:
    """Deliver a stored event."""
    made = {"id": stored.id, "type": stored.type, "team_id": stored.team_id, "data": stored.data}
    body = json.dumps({**made, "created_at": stored.created_at.astimezone(dt.UTC).isoformat()}, default=str).encode()
    reply = await dispatcher.accept({"X-Signature": sign(body, "whsec_test")}, body)
    assert reply.status == 200


async def test_a_quota_that_is_used_up_makes_lists_wait() -> None:
    """With no requests left, background reads wait for the next window, and the list says that it is stale."""
    async with Sandbox() as sandbox:
        key = sandbox.default_team.publishable_key  # 100 requests
        async with sandbox.client(clock=SystemClock(), api_key=key) as cstar, cstar.live() as live:
            await wait_for_the_next_window(sandbox, cstar, live)


async def wait_for_the_next_window(sandbox: Sandbox, cstar: CStarClient, live: Live) -> None:
    tickets = live.list(cstar.tickets.list())
    with aclosing_subscription(tickets):
        await tickets.ready()
        while cstar.quota.remaining:
            await cstar.tickets.list(page_size=1)
        before = reads(sandbox)
        await feed_created(live)
        await until(lambda: tickets.state.refreshing)
        await asyncio.sleep(0.05)
        assert (tickets.state.stale, reads(sandbox)) == (True, before)


async def feed_created(live: Live) -> None:
    raw = {
        "id": "e",
        "type": "ticket.created",
        "created_at": "2026-01-01T00:00:00Z",
        "team_id": live._hub.requester.team,
    }
    await live.feed(decode_event({**raw, "data": {"id": "tkt_1"}}))


async def test_a_missing_object_is_tried_again_when_an_event_names_it() -> None:
    """A request that was refused for good is repeated when an event concerns it."""
    async with running() as (sandbox, cstar, live):
        ticket = live.one(cstar.tickets.get("tkt_1"))
        with aclosing_subscription(ticket):  # type: ignore[arg-type]
            with pytest.raises(NotFoundError):
                await ticket.ready()
            await feed_created(live)
            await until(lambda: reads(sandbox, "/tkt_1") == 2)
            await asyncio.sleep(0.02)
            assert reads(sandbox, "/tkt_1") == 2
