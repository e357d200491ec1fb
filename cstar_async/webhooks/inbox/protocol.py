"""The interface of a store. `memory:`, SQLite and PostgreSQL behave the same; one test suite covers all three."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Collection, Sequence

    from .records import DeadLetter, Group, GroupStats, Incoming, Lease, Outcome, Pruned, Seen

T = TypeVar("T")


class Store(Protocol):
    """An inbox: events, the groups that handle them, and the state of each event in each group.

    **Durability.** When a method that writes returns, its change has been committed in one transaction and survives a
    power failure (except in memory). If a method raises or is cancelled, all of its change is made or none.

    **Order.** `accept` gives each event a sequence number, `place` in the tables. If one `accept` returned before
    another was called, its number is lower. The events of one ordering key in one group are a *lane*; in a group that
    is not ordered, each event is a lane of its own. The pending events of a lane are leased in their order, and never
    two at a time.

    **Fencing.** A lease is on the lane, for its first pending event. No other lease of the lane is given until it
    expires. Its token is valid until it is settled, or until the lane is leased again after it expired. Operations with
    an invalid token change nothing.

    **Time.** Times are Unix seconds of the clock that the store was created with, `clock.time()`; if callers are on
    several machines, the store must make them agree. That clock may be set while the store is in use. So a lease
    expires when the store that is asked for leases has itself observed it without renewal for the length of a lease, by
    `clock.monotonic()`; a store that was opened later begins to observe at its first `lease`. If the clock is set back,
    an event waits at most for its original delay again.

    **Errors** of the database are raised unchanged. The store must work again when the database does.
    """

    wake: asyncio.Event
    """Set when an event may have become due: after accept, settle, redrive and replay. Clear it, *then* lease."""

    @property
    def name(self) -> str:
        """The name in errors: a file, or host and database; never with a password."""
        ...

    async def check_exists(self) -> None:
        """Raise InboxError, which names the file or database, if `open` would have to create the inbox.

        May be called before `open`, and writes nothing.
        """
        ...

    async def open(self) -> None:
        """Connect, then create or migrate the tables. Raises InboxError for a schema of a newer version."""
        ...

    async def close(self) -> None:
        """Disconnect, once running calls have finished."""
        ...

    async def listen(self) -> None:
        """From now on set `wake` for events of other processes too. Notifications may be lost."""
        ...

    async def register(self, groups: Sequence[Group]) -> None:
        """Save groups, replacing those of the same names. Other groups stay.

        A new group gets the events accepted from now on; a changed one keeps what it has.
        """
        ...

    async def accept(self, event: Incoming) -> bool:
        """Keep the event, and a row of work for each group that matches. Returns False if (team, id) is known.

        An event and its work are committed together. A known event changes nothing, whatever its body.
        """
        ...

    async def lease(
        self, groups: Collection[str], *, limit: int, seconds: float, attempts: int, held: Collection[int] = ()
    ) -> list[Lease]:
        """Lease at most `limit` events of these groups that are due, one per lane, oldest due first.

        The attempt is counted in the same transaction. An event whose lease expired is leased again; if that was
        attempt number `attempts`, it becomes a dead letter instead, since it may be what kills its process. `held` are
        the tokens of the caller, whose own leases are not taken over even if it was suspended.
        """
        ...

    async def renew(self, leases: Collection[Lease], *, seconds: float) -> set[int]:
        """Extend leases to `seconds` from now. Returns the tokens that are still valid."""
        ...

    async def settle(self, lease: Lease, outcome: Outcome) -> bool:
        """End a lease: the event is done, pending again, or dead, and the lane is free. False if it was not valid.

        An event that `commit` has marked done stays done, and only the lane is freed.
        """
        ...

    async def commit(self, lease: Lease, work: Callable[[Any], T]) -> T:
        """Mark the event done and call `work(connection)` in one transaction; return the result of `work`.

        SQLite and memory call a plain function with a `sqlite3.Connection`, on the thread that writes. PostgreSQL
        awaits a coroutine function with an `asyncpg.Connection`. `work` can neither end the transaction nor leave the
        connection changed. The lane stays leased until `settle`, so that what the handler does afterwards is in order
        too.

        Raises:
            TypeError: `work` is of the wrong kind. It is not called.
            LeaseLostError: The token is not valid, or the event is not pending. `work` is not called.
            InboxError: The database failed, not `work`.
            Exception: Whatever `work` raises, unchanged; the transaction is rolled back.
        """
        ...

    async def next_due(self, groups: Collection[str]) -> float | None:
        """Return the seconds until `lease` may find another event: a retry is due or a lease ends.

        None if no event is pending; 0 or less if an event is due now.
        """
        ...

    async def dead_letters(
        self,
        *,
        group: str | None = None,
        event_id: str | None = None,
        limit: int = 100,
        after: tuple[int, str] = (0, ""),
    ) -> list[DeadLetter]:
        """Return dead letters in the order of (sequence number, group), after the given pair."""
        ...

    async def redrive(self, *, group: str | None = None, event_id: str | None = None) -> int:
        """Make dead letters pending again, due now, with no attempt counted; return how many."""
        ...

    async def replay(self, *, group: str | None, since: float, types: Sequence[str] = ()) -> int:
        """Have groups handle events again that were received at or after `since` and match their patterns.

        Pending events stay as they are; all others (done, dead, new to the group) become pending, due now. `types` are
        patterns that the events must match too. Events whose content was pruned are left out. Returns how many.
        """
        ...

    async def stats(self) -> dict[str, GroupStats]:
        """Return the counts of each registered group."""
        ...

    async def groups(self) -> list[Group]:
        """Return the registered groups, ordered by name."""
        ...

    async def forget(self, group: str) -> int:
        """Remove a group and all of its work; return how many of its events were pending."""
        ...

    async def seen(self, *, since: float) -> list[Seen]:
        """Return the events created at or after a time, handled or not."""
        ...

    async def prune(self, *, bodies_before: float, ids_before: float) -> Pruned:
        """Remove events that are finished in every group, in small transactions.

        The content of events received before `bodies_before` is removed. Events received *and* created before
        `ids_before` are removed with their ids. An event that is pending or dead in any group is kept, however old.
        """
        ...
