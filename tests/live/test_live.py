"""Live lists: states, readers, and what they cost."""

from __future__ import annotations

import asyncio
import gc
import math
import tracemalloc
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async import CStarClient, RateLimitError
from cstar_async.errors import NotFoundError, ServerError
from cstar_async.live import Added, Changed, Live, LiveList, LiveState, Removed, view
from cstar_async.sandbox import Sandbox
from tests.support.stress import at_length
from tests.support.time_travel import leap

from .desks import Held, running, until

if TYPE_CHECKING:
    from cstar_async.models import Ticket


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stale lists are read sooner."""
    monkeypatch.setattr(view, "SETTLE", 0.005)


async def create(cstar: CStarClient, *titles: str, **fields: Any) -> list[Ticket]:
    return [await cstar.tickets.create(title=title, **{"status": "open", **fields}) for title in titles]


def titles(state: LiveState[tuple[Ticket, ...]]) -> list[str]:
    return [ticket.title for ticket in state.data]


def reads(sandbox: Sandbox, path: str = "/tickets") -> int:
    """The reads of a list so far."""
    return sum(each.method == "GET" and each.path.endswith(path) for each in sandbox.requests)


async def test_a_list_follows_its_events() -> None:
    """Changes of rows need no request; new rows need one; rows that do not change stay the same objects."""
    async with running() as (sandbox, cstar, live):
        first, second = await create(cstar, "one", "two")
        tickets = live.list(cstar.tickets.list(status="open"))
        assert (tickets.state.loading, tickets.state.data) == (True, ())
        off = tickets.subscribe(lambda _: None)
        state = await tickets.ready()
        assert (titles(state), state.connected, state.loading, state.pagination.total) == (
            ["two", "one"],
            True,
            False,
            2,
        )
        await cstar.tickets.update(second.id, title="2")
        await until(lambda: titles(tickets.state) == ["2", "one"])
        assert tickets.state.data[1] is state.data[1]
        assert tickets.state.version > state.version
        await cstar.tickets.update(first.id, status="closed")
        await until(lambda: titles(tickets.state) == ["2"])
        assert (tickets.state.pagination.total, reads(sandbox)) == (1, 1)
        await create(cstar, "three")
        await until(lambda: titles(tickets.state) == ["three", "2"])
        assert reads(sandbox) == 2
        await cstar.tickets.delete(second.id)
        await until(lambda: titles(tickets.state) == ["three"])
        off()


async def test_a_slow_reader_gets_the_newest_state() -> None:
    """A burst of 30 updates makes 30 states and takes no request; a slow reader sees the last."""
    async with running() as (sandbox, cstar, live):
        (ticket,) = await create(cstar, "one")
        tickets = live.list(cstar.tickets.list(status="open"))
        seen: list[str] = []

        async def read() -> None:
            async for state in tickets:
                seen.extend(titles(state)[:1])
                await asyncio.sleep(0.02)

        reader = asyncio.create_task(read())
        await tickets.ready()
        version, before = tickets.state.version, reads(sandbox)
        for number in range(30):
            await cstar.tickets.update(ticket.id, title=f"title {number}")
        await until(lambda: seen and seen[-1] == "title 29")
        assert tickets.state.version - version == 30
        assert len(seen) < 25
        assert reads(sandbox) == before
        reader.cancel()


async def test_changes_are_those_between_the_states() -> None:
    """`changes` gives the rows that are there as added, then what is different."""
    async with running() as (_, cstar, live):
        first, second = await create(cstar, "one", "two")
        found = []
        async with aclosing(live.list(cstar.tickets.list(status="open")).changes()) as changes:
            async for change in changes:
                found.append(change)
                if len(found) == 2:
                    await cstar.tickets.update(first.id, title="1")
                if len(found) == 3:
                    await cstar.tickets.update(second.id, status="closed")
                if len(found) == 4:
                    break
        assert [type(change) for change in found] == [Added, Added, Changed, Removed]
        assert isinstance(found[2], Changed)
        assert found[2].fields == ("title", "updated_at")
        assert found[3].row.id == second.id


async def test_equal_requests_have_one_list() -> None:
    """Equal requests share a list, whatever the order of the arguments; a list of another page size is another."""
    async with running() as (sandbox, cstar, live):
        await create(cstar, "one", "two", "three")
        one = live.list(cstar.tickets.list(status="open", page_size=2))
        assert live.list(cstar.tickets.list(page_size=2, status="open")) is one
        assert live.list(cstar.tickets.list(status="open", page_size=1)) is not one
        await asyncio.gather(one.ready(), one.ready())
        assert reads(sandbox) == 1


async def test_more_adds_the_next_page() -> None:
    """`more` adds pages, which are read again together; at the end of the list it does nothing."""
    async with running() as (sandbox, cstar, live):
        await create(cstar, *"abcde")
        tickets = live.list(cstar.tickets.list(page_size=2))
        with aclosing_subscription(tickets):
            await tickets.more()
            assert titles(tickets.state) == ["e", "d", "c", "b"]
            await create(cstar, "f")
            await until(lambda: titles(tickets.state) == ["f", "e", "d", "c"])
            await tickets.more()
            assert (len(tickets.state.data), tickets.state.pagination.has_more) == (6, False)
            before = reads(sandbox)
            await tickets.more()
            assert reads(sandbox) == before
            sandbox.faults.add(path="tickets.list", status=400)
        events = live.list(cstar.events.list(limit=2))
        with aclosing_subscription(events):
            await events.more()
            assert [each.id for each in events.state.data] == [
                each.id for each in await cstar.events.list(limit=2).collect(max_items=4)
            ]


def aclosing_subscription(tickets: LiveList[Any]) -> Any:
    from contextlib import closing

    class Subscription:
        close = staticmethod(tickets.subscribe(lambda _: None))

    return closing(Subscription())


async def test_a_list_without_readers_rests_and_starts_again() -> None:
    """After its last reader has left, a list is kept true for `linger` seconds, then rests with its stream."""
    async with running(linger=0.02) as (sandbox, cstar, live):
        (ticket,) = await create(cstar, "one")
        tickets = live.list(cstar.tickets.list(status="open"))
        await tickets.ready()
        await until(lambda: not live.connected)
        await cstar.tickets.update(ticket.id, title="1")
        assert titles(tickets.state) == ["one"]
        async for state in tickets:
            if titles(state) == ["1"]:
                break
        assert reads(sandbox) == 2
    assert "closed" in repr(live)


async def test_an_error_keeps_the_data() -> None:
    """While reads fail, the data stays, with the error and `stale`; then it is read again."""
    async with running() as (sandbox, cstar, live):
        await create(cstar, "one")
        tickets = live.list(cstar.tickets.list(status="open"))
        with aclosing_subscription(tickets):
            await tickets.ready()
            fault = sandbox.faults.add(path="tickets.list", status=500, times=None)
            await create(cstar, "two")
            await until(lambda: tickets.state.error is not None)
            assert isinstance(tickets.state.error, ServerError)
            assert (tickets.state.stale, titles(tickets.state)) == (True, ["one"])
            sandbox.faults.clear()
            assert fault is not None
            leap(60)
            await until(lambda: titles(tickets.state) == ["two", "one"])
            state = tickets.state
            assert (state.error, state.stale) == (None, False)


async def test_an_outage_of_an_hour_takes_few_requests() -> None:
    """While the service fails for an hour, the list tries again, less and less often."""
    async with running(share=0.1) as (sandbox, cstar, live):
        tickets = live.list(cstar.tickets.list())
        with aclosing_subscription(tickets):
            await tickets.ready()
            sandbox.faults.add(path="tickets.list", status=500, times=None)
            before = reads(sandbox)
            await create(cstar, "one")
            for _ in range(180):
                leap(20)
                await asyncio.sleep(0.003)
            assert 10 <= reads(sandbox) - before <= 106
            sandbox.faults.clear()
            leap(600)
            await until(lambda: titles(tickets.state) == ["one"])


async def test_the_first_error_is_raised_by_ready() -> None:
    """`ready` raises the error of the first request; the next `ready` sends another."""
    async with running() as (sandbox, cstar, live):
        sandbox.faults.add(path="tickets.list", status=429, times=None, retry_after=1)
        tickets = live.list(cstar.tickets.list())
        with pytest.raises(RateLimitError):
            await tickets.ready()
        sandbox.faults.clear()
        assert (await tickets.ready()).error is None


async def test_an_object_that_is_gone_is_none() -> None:
    """A live object follows its events; once it is deleted, its data is None, with the reason."""
    async with running() as (sandbox, cstar, live):
        first, other = await create(cstar, "one", "other")
        ticket = live.one(cstar.tickets.get(first.id))
        off = ticket.subscribe(lambda _: None)
        shown = (await ticket.ready()).data
        assert shown is not None
        assert (shown.title, shown.messages) == ("one", [])
        await cstar.tickets.messages.create(first.id, content="Hello")
        await until(lambda: ticket.state.data and ticket.state.data.messages)
        before = reads(sandbox, first.id)
        await cstar.tickets.update(other.id, title="2")
        await cstar.tickets.update(first.id, title="1")
        await until(lambda: ticket.state.data and ticket.state.data.title == "1")
        assert reads(sandbox, first.id) == before
        await cstar.tickets.delete(first.id)
        await until(lambda: ticket.state.data is None and isinstance(ticket.state.error, NotFoundError))
        with pytest.raises(NotFoundError):
            await live.one(cstar.tickets.get("tkt_0")).ready()
        off()


async def test_a_hundred_lists_use_one_connection() -> None:
    """A hundred lists have one stream, and each takes one request at first."""
    async with running() as (sandbox, cstar, live):
        views = [live.list(cstar.tickets.list(page_size=size)) for size in range(1, 101)]
        offs = [each.subscribe(lambda _: None) for each in views]
        await asyncio.gather(*(each.ready() for each in views))
        await create(cstar, "one")
        await until(lambda: all(titles(each.state) == ["one"] for each in views))
        assert (reads(sandbox, "/events/stream"), reads(sandbox)) == (1, 200)
        for off in offs:
            off()


async def test_an_hour_of_events_takes_its_share_of_the_quota() -> None:
    """In an hour with 10,000 events that need reads, all lists together take at most their share of the quota."""
    async with running(share=0.1, source="poll", quota=True) as (sandbox, cstar, live):
        await create(cstar, "one")
        (event,) = (await cstar.events.list(limit=1)).data
        live._hub.connected = True
        views = [live.list(cstar.tickets.list(page_size=size)) for size in range(1, 5)]
        offs = [each.subscribe(lambda _: None) for each in views]
        await asyncio.gather(*(each.ready() for each in views))
        before, created = reads(sandbox), await stream_event(cstar, event.id)
        count = at_length(1000, 10_000)
        for number in range(count):
            raw = {**created.raw, "data": {**created.raw["data"], "id": f"tkt_{number}"}}
            await live.feed(type(created)(id="e", type=created.type, created_at=created.created_at,
                                          team_id=created.team_id, data=created.data, raw=raw))  # fmt: skip
            leap(3600 / count)
            if number % (count // 500) == 0:
                await asyncio.sleep(0.001)
        await asyncio.sleep(0.05)
        assert 60 <= reads(sandbox) - before <= 100
        for off in offs:
            off()


async def stream_event(cstar: CStarClient, event_id: str) -> Any:
    """An event as the stream brings it."""
    async with aclosing(aiter(cstar.events.stream(last_event_id="none"))) as events:
        async for event in events:
            if event.id == event_id:
                return event
    return None


async def test_a_reader_that_never_reads_costs_no_memory() -> None:
    """Events that nobody looks at are kept nowhere."""
    async with running() as (_, cstar, live):
        (ticket,) = await create(cstar, "one")
        tickets = live.list(cstar.tickets.list(status="open"))
        states, changes = aiter(tickets), tickets.changes()
        await anext(states)
        await tickets.ready()
        await anext(changes)
        (stored,) = (await cstar.events.list(limit=1)).data
        created = await stream_event(cstar, stored.id)

        async def feed(start: int, count: int) -> None:
            for number in range(start, start + count):
                change = {"title": {"from": tickets.state.data[0].title, "to": f"title {number}"}}
                time = f"2030-01-01T00:00:00.{number:06}Z"
                raw = {**created.raw, "data": {"id": ticket.id, "updated_at": time, "changes": change}}
                fields = {"created_at": created.created_at, "team_id": created.team_id, "data": created.data}
                await live.feed(type(created)(id="e", type="ticket.updated", raw=raw, **fields))

        await feed(0, 200)
        tracemalloc.start()
        await feed(200, 200)
        gc.collect()
        before = tracemalloc.get_traced_memory()[0]
        await feed(400, 1000)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
        tracemalloc.stop()
        assert titles(await anext(states)) == ["title 1399"]
        assert grown < 20_000
        await states.aclose()
        await changes.aclose()


async def test_arguments_are_checked() -> None:
    """What is not a list, not a read, or out of range is refused, with the name of the argument."""
    cstar = CStarClient("sk_test_0123456789", team_id="t")
    live = cstar.live()
    assert isinstance(live, Live)
    with pytest.raises(TypeError, match="takes a Pager"):
        live.list(cstar.tickets.get("tkt_1"))  # type: ignore[arg-type]
    for wrong in (cstar.tickets.list(), cstar.tickets.delete("tkt_1")):
        with pytest.raises(TypeError, match="takes a call that reads"):
            live.one(wrong)
    with pytest.raises(ValueError, match="ticketId"):
        live.one(cstar.tickets.get(""))
    for name, value in (("share", 0), ("share", 2), ("poll", 0), ("poll", math.inf), ("linger", -1), ("source", "x")):
        with pytest.raises(ValueError, match=name):
            cstar.live(**{name: value})  # type: ignore[arg-type]
    for name in ("share", "poll", "linger", "source"):
        with pytest.raises(TypeError, match=name):
            cstar.live(**{name: None})  # type: ignore[arg-type]
    for register in (live.on_connection, live.on_error, live.list(cstar.tickets.list()).subscribe):
        with pytest.raises(TypeError, match="must be a function"):
            register(None)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="must be a plain function"):
            register(live.feed)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="handler must be a function"):
        live.on("*", None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not a pattern"):
        live.on("ticket*", print)
    await live.close()
    await cstar.close()


async def test_a_list_that_is_read_at_once_does_not_keep_its_turn() -> None:
    """Lists wait in turn for the pace; one that the program reads meanwhile gives its turn to the next."""
    async with running(share=0.1) as (_, cstar, live):
        views = [live.list(cstar.tickets.list(page_size=size)) for size in range(1, 9)]
        offs = [each.subscribe(lambda _: None) for each in views]
        await asyncio.gather(*(each.ready() for each in views))
        await create(cstar, "one")
        await until(lambda: sum(not each.state.stale for each in views) == 5)
        waiting = [each for each in views if each.state.stale]
        waiting[0].refetch()
        await until(lambda: not waiting[0].state.stale)
        leap(80)
        await until(lambda: not any(each.state.stale for each in views))
        for off in offs:
            off()


async def test_many_events_during_a_request_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """If more events come during a request than are remembered, the list is read again."""
    monkeypatch.setattr(view, "LONGEST_LOG", 1)
    async with running() as (sandbox, cstar, live):
        (ticket,) = await create(cstar, "one")
        tickets = live.list(cstar.tickets.list())
        with aclosing_subscription(tickets):
            await tickets.ready()
            held = Held(tickets)
            await until(lambda: held.answered)
            for number in range(2):
                await cstar.tickets.update(ticket.id, title=f"title {number}")
            await until(lambda: titles(tickets.state) == ["title 1"])
            held.release()
            await until(lambda: not tickets.state.stale and not tickets.state.refreshing)
            assert (titles(tickets.state), reads(sandbox)) == (["title 1"], 3)
