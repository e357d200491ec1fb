"""Optimistic updates: shown at once, undone on an error, and never shown, hidden and shown again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from cstar_async.errors import NotFoundError
from cstar_async.live import LiveList, view
from cstar_async.models import Ticket

from .desks import Held, running, until
from .test_live import create, reads, titles

if TYPE_CHECKING:
    from cstar_async import CStarClient


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stale lists are read sooner, and writes that no event confirms too."""
    monkeypatch.setattr(view, "SETTLE", 0.005)
    monkeypatch.setattr(view, "CONFIRMED_WITHIN", 0.03)


def recorded(tickets: LiveList[Ticket]) -> list[list[str]]:
    """The titles of each state from now on, without repetitions."""
    states: list[list[str]] = []

    def note(state: object) -> None:
        if not states or states[-1] != titles(tickets.state):
            states.append(titles(tickets.state))

    tickets.subscribe(note)
    return states


async def test_an_assumption_is_shown_at_once_and_stays() -> None:
    """The new value is shown before the request is sent, and remains; the event confirms it without a request."""
    async with running() as (sandbox, cstar, live):
        (ticket,) = await create(cstar, "old")
        tickets = live.list(cstar.tickets.list(status="open"))
        await tickets.ready()
        states = recorded(tickets)
        async with tickets.assume(ticket.id, title="new"):
            assert titles(tickets.state) == ["new"]
            await cstar.tickets.update(ticket.id, title="new")
        await until(lambda: tickets.state.data[0].updated_at > ticket.updated_at)
        await asyncio.sleep(0.06)
        assert states == [["old"], ["new"]]
        assert (tickets._assumptions, reads(sandbox)) == ([], 1)


async def test_a_failure_restores_the_row() -> None:
    """An error in the block is raised, and the row is as before; a row that was hidden is back."""
    async with running() as (sandbox, cstar, live):
        (ticket,) = await create(cstar, "old")
        tickets = live.list(cstar.tickets.list(status="open"))
        await tickets.ready()
        states = recorded(tickets)
        sandbox.faults.add(path="tickets.update", status=404)
        with pytest.raises(NotFoundError):
            async with tickets.assume(ticket.id, status="closed"):
                assert titles(tickets.state) == []
                await cstar.tickets.update(ticket.id, status="closed")
        assert states == [["old"], [], ["old"]]
        assert reads(sandbox) == 1


async def test_an_unknown_outcome_is_read() -> None:
    """If it is not known whether the write was done, the list is read again."""
    async with running() as (sandbox, cstar, live):
        (ticket,) = await create(cstar, "old")
        tickets = live.list(cstar.tickets.list(status="open"))
        tickets.subscribe(lambda _: None)
        await tickets.ready()
        with pytest.raises(asyncio.CancelledError):
            async with tickets.assume(ticket.id, title="new"):
                raise asyncio.CancelledError
        assert titles(tickets.state) == ["old"]
        await until(lambda: reads(sandbox) == 2)


async def write(cstar: CStarClient, tickets: LiveList[Ticket], ticket: Ticket, event_first: bool) -> None:
    """Write so that the event comes before the block ends, or after."""
    async with tickets.assume(ticket.id, title="new", status="pending"):
        await cstar.tickets.update(ticket.id, title="new", status="pending")
        if event_first:
            await until(lambda: tickets._rows[0].title == "new")


@pytest.mark.parametrize("event_first", [False, True])
@pytest.mark.parametrize("old_answer", [False, True])
async def test_the_old_value_never_comes_back(event_first: bool, old_answer: bool) -> None:
    """Neither the order of answer and event nor an answer that is older than the write brings the old value back."""
    async with running() as (_, cstar, live):
        (ticket,) = await create(cstar, "old")
        tickets = live.list(cstar.tickets.list())
        await tickets.ready()
        states = recorded(tickets)
        old = Held(tickets) if old_answer else None  # read before the write, and answered after it
        await until(lambda: old is None or old.answered)
        await write(cstar, tickets, ticket, event_first)
        if old is not None:
            old.release()
        await until(lambda: not tickets._assumptions and not tickets.state.refreshing)
        await asyncio.sleep(0.06)
        assert states == [["old"], ["new"]]
        assert tickets.state.data == tuple((await cstar.tickets.list()).data)


async def test_without_events_a_read_confirms_the_write() -> None:
    """Without a stream the list is read after the write; what the service made of the value is shown then."""
    async with running(source="poll") as (_, cstar, live):
        first, second = await create(cstar, "old", "other")
        tickets = live.list(cstar.tickets.list(status="open"))
        tickets.subscribe(lambda _: None)
        await tickets.ready()
        states = recorded(tickets)
        async with tickets.assume(first.id, title="assumed"):
            await cstar.tickets.update(first.id, title="of the service")
        async with tickets.assume(second.id, status="closed"):
            await cstar.tickets.update(second.id, status="closed")
        await until(lambda: not tickets._assumptions)
        assert titles(tickets.state) == ["of the service"]
        assert states[:2] == [["other", "old"], ["other", "assumed"]]
        assert ["other", "old"] not in states[1:]


async def test_the_change_of_another_is_shown_beside() -> None:
    """Another's change of another field is shown at once; of the same field, the last one counts in the end."""
    async with running() as (_, cstar, live):
        (ticket,) = await create(cstar, "old")
        tickets = live.list(cstar.tickets.list())
        tickets.subscribe(lambda _: None)
        await tickets.ready()
        async with tickets.assume(ticket.id, title="mine"):
            await cstar.tickets.update(ticket.id, priority="urgent")
            await until(lambda: tickets.state.data[0].priority == "urgent")
            assert titles(tickets.state) == ["mine"]
            await cstar.tickets.update(ticket.id, title="mine")
            await cstar.tickets.update(ticket.id, title="theirs")
        await until(lambda: titles(tickets.state) == ["theirs"])


async def test_objects_and_unknown_rows_can_be_assumed() -> None:
    """A live object is assumed by fields alone; a row that is not in the list is left alone; fields are checked."""
    async with running() as (_, cstar, live):
        (ticket,) = await create(cstar, "old")
        one, tickets = live.one(cstar.tickets.get(ticket.id)), live.list(cstar.tickets.list())
        await asyncio.gather(one.ready(), tickets.ready())
        async with one.assume(title="new"):
            assert one.state.data
            assert one.state.data.title == "new"
            await cstar.tickets.update(ticket.id, title="new")
        await until(lambda: titles(tickets.state) == ["new"])
        async with tickets.assume("tkt_0", title="nothing"):
            assert titles(tickets.state) == ["new"]
        with pytest.raises(TypeError, match=r"Ticket has no field 'titel'; did you mean 'title'\?"):
            async with tickets.assume(ticket.id, titel="x"):
                pass
