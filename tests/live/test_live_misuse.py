"""Mistakes in the use of live lists are refused or shown, and a subscription lasts by itself."""

from __future__ import annotations

import gc

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
