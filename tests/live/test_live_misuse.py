"""Mistakes in the use of live lists are refused or shown, and a subscription lasts by itself."""

from __future__ import annotations

import asyncio
import gc
from typing import Any, cast

import pytest

from cstar_async.live import view

from .desks import running, until
from .test_live import create, titles


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stale lists are read sooner."""
    monkeypatch.setattr(view, "SETTLE", 0.005)


async def test_a_subscription_lasts_when_its_result_is_not_kept() -> None:
    """A subscription whose result was dropped goes on after the linger."""
    async with running(linger=0) as (_, cstar, live):
        tickets = live.list(cstar.tickets.list())
        seen: list[list[str]] = []
        tickets.subscribe(lambda state: seen.append(titles(state)))
        gc.collect()
        await tickets.ready()
        await create(cstar, "one")
        await until(lambda: seen[-1] == ["one"])
        assert tickets.state.connected


async def test_a_list_that_nobody_reads_is_not_connected() -> None:
    """After its linger a list is not connected, also while the stream goes on for others."""
    async with running(linger=0) as (_, cstar, live):
        live.on("*", lambda _: None)
        tickets = live.list(cstar.tickets.list())
        assert (await tickets.ready()).connected
        await until(lambda: not tickets.state.connected)
        assert (live.connected, tickets.state.stale) == (True, True)


async def test_calls_of_another_team_or_server_are_refused() -> None:
    """The calls of a client with another team or server are refused; those of an equal client are taken."""
    async with running() as (sandbox, cstar, live), sandbox.client() as equal, running() as (_, other, _live):
        assert live.list(equal.tickets.list()) is live.list(cstar.tickets.list())
        async with sandbox.client(team_id="other") as second:
            for client in (other, second):
                with pytest.raises(ValueError, match="another server, key or team"):
                    live.list(client.tickets.list())
                with pytest.raises(ValueError, match="another server, key or team"):
                    live.one(client.tickets.get("tkt_1"))


async def test_what_is_assumed_is_checked() -> None:
    """The id of a row is not a value that changes, and it is text."""
    async with running() as (_, cstar, live):
        (ticket,) = await create(cstar, "one")
        tickets = live.list(cstar.tickets.list())
        await tickets.ready()
        with pytest.raises(TypeError, match="id of a row cannot change"):
            async with tickets.assume(ticket.id, id="zz"):
                pass
        with pytest.raises(TypeError, match="as text, got int"):
            tickets.assume(cast("Any", 5), title="2")


async def test_what_is_not_confirmed_is_stale() -> None:
    """After a block that wrote nothing the list is stale, until a read shows what the service has."""
    async with running() as (_, cstar, live):
        (ticket,) = await create(cstar, "one")
        tickets = live.list(cstar.tickets.list())
        tickets.subscribe(lambda _: None)
        await tickets.ready()
        async with tickets.assume(ticket.id, title="2"):
            pass
        assert (titles(tickets.state), tickets.state.stale) == (["2"], True)
        await until(lambda: titles(tickets.state) == ["one"] and not tickets.state.stale)


async def test_a_closed_live_is_refused() -> None:
    """After `close` a `Live` cannot be entered, and its lists cannot be read or changed."""
    async with running() as (_, cstar, live):
        tickets = live.list(cstar.tickets.list())
        await tickets.ready()
        await live.close()
        with pytest.raises(RuntimeError, match="Live is closed"):
            async with live:
                pass
        with pytest.raises(RuntimeError, match="Live is closed"):
            tickets.refetch()
        with pytest.raises(RuntimeError, match="Live is closed"):
            async with tickets.assume("tkt_1", title="2"):
                pass


async def test_another_event_loop_is_refused() -> None:
    """`close` and `refetch` on another event loop name the reason, and change nothing."""
    async with running() as (_, cstar, live):
        tickets = live.list(cstar.tickets.list())
        tickets.subscribe(lambda _: None)
        await tickets.ready()

        async def refetch() -> None:
            tickets.refetch()

        for work in (live.close, refetch):
            with pytest.raises(RuntimeError, match="belongs to another event loop"):
                await asyncio.to_thread(asyncio.run, work())
        await create(cstar, "one")
        await until(lambda: titles(tickets.state) == ["one"])


async def test_only_events_are_fed() -> None:
    """What is not an event is refused by `feed`."""
    async with running() as (_, _cstar, live):
        mistakes: list[Any] = [None, {}]
        for wrong in mistakes:
            with pytest.raises(TypeError, match=r"feed\(\) takes an Event"):
                await live.feed(wrong)


async def test_an_unknown_event_type_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    """`on` warns of a type that does not exist, with the near name, and of no pattern that exists."""
    async with running() as (_, _cstar, live):
        for pattern in ("*", "ticket.*", "ticket.created"):
            live.on(pattern, print)
        assert not caplog.records
        live.on("ticket.creatid", print)
        assert "did you mean 'ticket.created'?" in caplog.text
