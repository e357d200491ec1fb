"""A database that refuses `event.commit`: the attempt does not count."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from cstar_async.errors import InboxError
from cstar_async.webhooks import Event, EventDispatcher, RejectEvent
from cstar_async.webhooks.inbox.postgres.connections import Connections
from cstar_async.webhooks.processing import worker

from .deliveries import deliver
from .stores import Postgres
from .waiting import released, settled

if TYPE_CHECKING:
    from .clock import ManualClock
    from .stores import StoreKind


class Refusing:
    """Has commits fail before the function is called, as if the database were away."""

    def __init__(self, kind: StoreKind, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
        self.active = True
        if isinstance(kind, Postgres):
            lent = Connections.lent

            def refuse(connections: Connections) -> Any:
                if self.active:
                    raise error
                return lent(connections)

            monkeypatch.setattr(Connections, "lent", refuse)
            return
        from cstar_async.webhooks.inbox.sqlite import queries

        commit = queries.commit

        def fail(database: sqlite3.Connection, *given: Any) -> Any:
            if self.active:
                database.execute("ROLLBACK")  # as SQLite does itself
                raise error
            return commit(database, *given)

        monkeypatch.setattr(queries, "commit", fail)


ERRORS: dict[str, list[BaseException]] = {
    "postgres": [
        ConnectionRefusedError("no"),
        TimeoutError(),
        asyncpg.TooManyConnectionsError("sorry, too many clients already"),
        asyncpg.CannotConnectNowError("the database system is starting up"),
        asyncpg.InvalidPasswordError("no"),
        asyncpg.InterfaceError("pool is closing"),
    ],
    "sqlite": [sqlite3.OperationalError("database is locked"), sqlite3.OperationalError("disk is full")],
    "memory": [sqlite3.OperationalError("out of memory")],
}


@pytest.mark.parametrize("number", range(max(map(len, ERRORS.values()))))
@pytest.mark.parametrize("how", ["as it is", "wrapped", "in a group"])
async def test_a_refused_commit_does_not_count(
    events: EventDispatcher,
    kind: StoreKind,
    clock: ManualClock,
    number: int,
    how: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """While the database refuses commits, an event is retried with growing waits, at the same attempt."""
    if number >= len(ERRORS[kind.name]):
        pytest.skip("this kind of store has fewer errors")
    monkeypatch.setattr(worker, "FAILED_LOOK", 0.005)
    monkeypatch.setattr(worker, "LONGEST_NAP", 0.05)
    refusing = Refusing(kind, ERRORS[kind.name][number], monkeypatch)
    attempts: list[int] = []

    @events.on("*", group="g")
    async def handle(event: Event[Any]) -> None:
        attempts.append(event.attempt)
        try:
            if how == "in a group":
                async with asyncio.TaskGroup() as group:
                    group.create_task(event.commit(kind.add("once")))
            else:
                await event.commit(kind.add("once"))
        except InboxError as error:
            if how == "wrapped":
                raise RuntimeError("not now") from error
            raise

    await events.open()
    await kind.values(events._store)
    await deliver(events, clock, 1)
    running = asyncio.create_task(events.run())
    waits: list[float] = []
    for turn in range(1, 13):
        await settled(events, "given_back", turn)
        await released(events)
        wait = await events._store.next_due(["g"])
        assert wait is not None
        waits.append(wait)
        refusing.active = turn < 12
        clock.advance(wait)
    assert 1 < waits[0] <= 2
    assert 2 < waits[3] < 20
    assert 40 < waits[-1] <= 60
    await settled(events, "handled")
    assert set(attempts) == {1}
    assert await kind.values(events._store) == ["once"]
    assert await events.dead_letters() == []
    await events.close()
    await running


async def test_a_handler_can_reject_after_a_refused_commit(
    events: EventDispatcher, kind: StoreKind, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`RejectEvent` instead of the InboxError makes a dead letter."""
    Refusing(kind, ERRORS[kind.name][0], monkeypatch)

    @events.on("*", group="g")
    async def handle(event: Event[Any]) -> None:
        try:
            await event.commit(kind.add("never"))
        except InboxError:
            raise RejectEvent("too late") from None

    await deliver(events, clock, 1)
    await events.drain()
    assert [each.error for each in await events.dead_letters()] == ["too late"]


async def test_the_functions_own_error_counts(events: EventDispatcher, kind: StoreKind, clock: ManualClock) -> None:
    """An error that the function itself raises counts as a failed attempt, also one of the database driver."""

    @events.on("*", group="g")
    async def handle(event: Event[Any]) -> None:
        error = asyncpg.TooManyConnectionsError("elsewhere") if kind.name == "postgres" else sqlite3.OperationalError()
        await event.commit(kind.add("never", error))

    await events.open()
    await kind.values(events._store)
    await deliver(events, clock, 1)
    for _ in range(9):
        await events.drain()
        clock.advance(90_000)
    assert [each.attempts for each in await events.dead_letters()] == [9]
    assert await kind.values(events._store) == []
