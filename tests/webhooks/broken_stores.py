"""Stores with a typical bug each, which the crash tests must detect."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from cstar_async.webhooks.inbox.postgres import queries as on_server
from cstar_async.webhooks.inbox.postgres.store import PostgresStore
from cstar_async.webhooks.inbox.sqlite import queries as on_file
from cstar_async.webhooks.inbox.sqlite.base import LocalStore

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from cstar_async.webhooks.inbox.records import Incoming, Lease

DONE = "UPDATE cstar_inbox_work SET state = 1 WHERE place = "


def acknowledge_before_commit() -> None:
    """Send the 200 while the event is still being written to the database."""
    for store in (LocalStore, PostgresStore):
        accept: Callable[[Any, Incoming], Any] = getattr(store, "accept")
        kept: set[asyncio.Future[Any]] = set()

        async def late(self: Any, event: Incoming, accept: Any = accept) -> None:
            await asyncio.sleep(0.2)  # without it the database is sometimes faster than the kill
            await accept(self, event)

        async def early(self: Any, event: Incoming, late: Any = late, kept: Any = kept) -> bool:
            kept.add(asyncio.ensure_future(late(self, event)))
            return True

        setattr(store, "accept", early)


def mark_with_the_settlement() -> None:
    """Commit the effect alone, and mark the event done only when the handler has returned."""

    def commit(database: sqlite3.Connection, now: float, held: Lease, work: Callable[[Any], Any]) -> Any:
        return work(database)

    async def mark(connection: Any, now: float | None, held: Lease) -> str:
        return "cstar_inbox_open"

    _commit_by(commit, mark)


def do_without_fencing() -> None:
    """Commit effect and mark in one transaction, without checking that the lease is still valid."""

    def commit(database: sqlite3.Connection, now: float, held: Lease, work: Callable[[Any], Any]) -> Any:
        database.execute(f"{DONE}?", (held.sequence,))
        return work(database)

    async def mark(connection: Any, now: float | None, held: Lease) -> str:
        await connection.execute(f"{DONE}$1", held.sequence)
        return "cstar_inbox_open"

    _commit_by(commit, mark)


def _commit_by(commit: Callable[..., Any], mark: Callable[..., Any]) -> None:
    setattr(on_file, "commit", commit)
    setattr(on_server, "mark", mark)


BREAKS: dict[str, Callable[[], None]] = {
    each.__name__: each for each in (acknowledge_before_commit, mark_with_the_settlement, do_without_fencing)
}
