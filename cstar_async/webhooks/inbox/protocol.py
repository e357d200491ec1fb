"""The interface of a store. `memory:`, SQLite and PostgreSQL behave the same (one suite tests all)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Collection, Sequence

    from .records import DeadLetter, Group, GroupStats, Incoming, Lease, Outcome, Pruned, Seen

T = TypeVar("T")


class Store(Protocol):
    """An inbox: events, the groups that handle them, and the state of each event in each group.

    **Durable.** When a method that writes returns, its change is one committed transaction and survives the loss of
    power (not in memory). A method that raises or is cancelled may or may not have changed something, never half of it.

    **Order.** `accept` gives each event a sequence number, `place` in the tables. If one `accept` returned before
    another was called, its number is lower. An ordering key within a group is a *lane*; in a group that is not ordered,
    each event is one of its own. The pending events of a lane are leased in their sequence, and never two at a time.

    **Fencing.** A lease is on the lane, of which it lends the first pending event. While one has not expired, no
    other is given for that lane. Its token is valid until it is settled, or until the lane is leased again after
    it expired; whatever a holder does with a token that is not valid any more changes nothing.

    **Time.** Moments are the Unix seconds of the clock that the store was made with, `clock.time()`; where callers are
    on several machines, the store sees to it that they agree. That clock may be set while the store is used. So a lease
    expires when the store that is asked to lease has itself seen it stand unrenewed for its length, by
    `clock.monotonic()`; a store that was opened later begins to watch with its first `lease`. What is due is not put
    off by a clock that is set back, but by its own wait at the most.

    **Errors** of the database are raised as they are. The store must be usable again when the database is.
    """

    wake: asyncio.Event
    """Set when work may have become due: after accept, settle, redrive and replay. Clear it, *then* look for work."""

    @property
    def name(self) -> str:
        """What errors call it: a file, or host and database; never with a password."""
        ...

    async def check_exists(self) -> None:
        """Raise InboxError, with the place that was looked at, unless an inbox is there that `open` would find.

        It needs no `open`, and writes nothing.
        """
        ...

    async def open(self) -> None:
        """Connect, make or migrate the tables. Raises InboxError for a schema of a newer version."""
        ...

    async def close(self) -> None:
        """Finish what was called, then disconnect."""
        ...

    async def listen(self) -> None:
        """From now on set `wake` also for what other processes write; as a hint, not as a promise."""
        ...

    async def register(self, groups: Sequence[Group]) -> None:
        """Save groups, replacing those of the same names. Other groups stay.

        A new group gets the events accepted from now on; a changed one keeps what it has.
        """
        ...

    async def accept(self, event: Incoming) -> bool:
        """Keep the event and a row of work for each group that matches. False if (team, id) is known already.

        An event is committed with its work or not at all, and a known one changes nothing, whatever its body.
        """
        ...

    async def lease(
        self, groups: Collection[str], *, limit: int, seconds: float, attempts: int, held: Collection[int] = ()
    ) -> list[Lease]:
        """Lease at most `limit` events of these groups that are due, one per lane, oldest due first.

        Each has its attempt counted in the same transaction. An event whose lease expired is leased again; if that was
        its attempt number `attempts`, it becomes a dead letter instead, since it seems to kill its process.
        `held` are the tokens of the caller, which does not take over from itself, though it may have stood still.
        """
        ...

    async def renew(self, leases: Collection[Lease], *, seconds: float) -> set[int]:
        """Have these leases last `seconds` from now. Returns the tokens that are still valid."""
        ...

    async def settle(self, lease: Lease, outcome: Outcome) -> bool:
        """End a lease: the event is done, pending again, or dead, and the lane is free. False if it was not valid.

        An event that `commit` has marked done stays done; then only the lane is freed.
        """
        ...

    async def commit(self, lease: Lease, work: Callable[[Any], T]) -> T:
        """Mark the event done and call `work(connection)`, in one transaction; its result.

        SQLite and memory call a plain function with a `sqlite3.Connection`, on the thread that writes; PostgreSQL
        awaits a coroutine function with an `asyncpg.Connection`. TypeError for the other kind, before anything is
        done. LeaseLostError if the token is not valid or the event is not pending; `work` is not called then. An
        exception of `work` is raised as it is, and nothing has happened. `work` cannot end the transaction, nor break
        the connection for others. InboxError if the database could not be used, which is not a fault of `work`.
        The lane stays leased until `settle`, so that order holds for what the handler does afterwards.
        """
        ...

    async def next_due(self, groups: Collection[str]) -> float | None:
        """Seconds until `lease` may find something that it would not find now: a retry or the end of a lease.

        None if there is no pending event; 0 or less if there is something now.
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
        """Dead letters by (sequence, group), from after the given pair."""
        ...

    async def redrive(self, *, group: str | None = None, event_id: str | None = None) -> int:
        """Make dead letters pending again, due now, with no attempt counted; how many."""
        ...

    async def replay(self, *, group: str | None, since: float, types: Sequence[str] = ()) -> int:
        """Have groups handle again what was received at or after `since` and matches their patterns; how many.

        What is pending stays as it is; all else (done, dead, never given to the group) becomes pending, due now.
        `types` are patterns that narrow it down. Events whose content is pruned are left out.
        """
        ...

    async def stats(self) -> dict[str, GroupStats]:
        """The work of each registered group."""
        ...

    async def groups(self) -> list[Group]:
        """The registered groups, by name."""
        ...

    async def forget(self, group: str) -> int:
        """Remove a group with all of its work, finished or not; return how many of its events were pending."""
        ...

    async def seen(self, *, since: float) -> list[Seen]:
        """The events created at or after a moment, handled or not."""
        ...

    async def prune(self, *, bodies_before: float, ids_before: float) -> Pruned:
        """Forget what is finished in every group, in small transactions.

        The content of events received before `bodies_before` is removed. Events received *and* created before
        `ids_before` are removed altogether. What is pending or dead anywhere is kept, however old.
        """
        ...
