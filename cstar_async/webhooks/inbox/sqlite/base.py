"""The base of the stores on SQLite: each method of `Store` is a task for one connection."""

from __future__ import annotations

import abc
import asyncio
import inspect
import math
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from cstar_async._sqlite.group_commit import TaskQueue
from cstar_async.webhooks.inbox.chunks import CHUNK, THROUGH, PruneCursor
from cstar_async.webhooks.inbox.lease_watch import LeaseWatch
from cstar_async.webhooks.inbox.records import Pruned

from . import maintenance, queries
from .group_commit import Kind

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Sequence

    from cstar_async._sqlite.group_commit import Result
    from cstar_async.clock import Clock
    from cstar_async.webhooks.inbox.records import DeadLetter, Group, GroupStats, Incoming, Lease, Outcome, Seen

T = TypeVar("T")


class LocalStore(TaskQueue):
    """A `Store` on a SQLite connection. Subclasses decide on which thread it is used."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self.wake = asyncio.Event()
        self._leases = LeaseWatch(clock)
        """Used where the tasks are done."""
        self._registered: list[Group] = []
        """Registered again if the tables had to be created again."""

    @abc.abstractmethod
    async def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function that only reads and may take long."""

    @abc.abstractmethod
    async def check_exists(self) -> None:
        """See Store.check_exists."""

    @abc.abstractmethod
    async def open(self) -> None:
        """See Store.open."""

    @abc.abstractmethod
    async def close(self) -> None:
        """See Store.close."""

    @abc.abstractmethod
    async def listen(self) -> None:
        """See Store.listen."""

    def _resolve(self, results: Sequence[Result]) -> None:
        super()._resolve(results)
        # Not after tasks of kind OTHER: leases and renewals add no events; redrive and replay set it themselves.
        if any(task.kind is not Kind.OTHER for task, _, _ in results):
            self.wake.set()

    async def _run(self, work: Callable[[sqlite3.Connection, float], T]) -> T:
        result: T = await self._submit(Kind.OTHER, work)
        return result

    async def register(self, groups: Sequence[Group]) -> None:
        """See Store.register."""
        names = {group.name for group in groups}
        self._registered = [*(group for group in self._registered if group.name not in names), *groups]
        await self._run(lambda database, _: queries.register(database, groups))

    async def accept(self, event: Incoming) -> bool:
        """See Store.accept."""
        fresh: bool = await self._submit(Kind.ACCEPT, event)
        return fresh

    async def lease(
        self, groups: Collection[str], *, limit: int, seconds: float, attempts: int, held: Collection[int] = ()
    ) -> list[Lease]:
        """See Store.lease."""

        def check_leases(database: sqlite3.Connection, now: float) -> bool:
            queries.reap(database, now, attempts, self._leases.check(queries.leased(database), held, seconds))
            if self._leases.fell_back(now):
                return True
            self._leases.trust(now)
            return False

        def lease(database: sqlite3.Connection, now: float) -> list[Lease]:
            found = queries.lease(database, now, groups, limit, seconds)
            self._leases.hold([each.token for each in found], seconds)
            return found

        if self._leases.is_due() and await self._run(check_leases):
            await self._bring_forward()
        return await self._run(lease)

    async def _bring_forward(self) -> None:
        """Shorten the waits that became longer because the clock was set back."""
        last: int | None = 0
        while last is not None:
            last = await self._run(partial(maintenance.bring_forward, after=last))
        self._leases.trust(self._clock.time())

    async def renew(self, leases: Collection[Lease], *, seconds: float) -> set[int]:
        """See Store.renew."""

        def renew(database: sqlite3.Connection, now: float) -> set[int]:
            valid = queries.renew(database, now, leases, seconds)
            self._leases.hold(valid, seconds)
            return valid

        return await self._run(renew)

    async def settle(self, lease: Lease, outcome: Outcome) -> bool:
        """See Store.settle."""
        valid: bool = await self._submit(Kind.SETTLE, (lease, outcome))
        return valid

    async def commit(self, lease: Lease, work: Callable[[Any], T]) -> T:
        """See Store.commit."""
        if inspect.iscoroutinefunction(work):
            raise TypeError(
                "on SQLite, event.commit needs a plain function of a sqlite3.Connection, not a coroutine function, "
                "since it runs on a thread without an event loop"
            )
        result: T = await self._submit(Kind.COMMIT, (lease, work))
        return result

    async def next_due(self, groups: Collection[str]) -> float | None:
        """See Store.next_due."""

        def find_next(database: sqlite3.Connection, now: float) -> float | None:
            moment, tokens = queries.next_due(database, groups)
            due = min(math.inf if moment is None else moment - now, self._leases.first_end(tokens))
            return None if math.isinf(due) else due

        return await self._run(find_next)

    async def dead_letters(
        self,
        *,
        group: str | None = None,
        event_id: str | None = None,
        limit: int = 100,
        after: tuple[int, str] = (0, ""),
    ) -> list[DeadLetter]:
        """See Store.dead_letters."""
        return await self._read(lambda database: maintenance.dead_letters(database, group, event_id, limit, after))

    async def redrive(self, *, group: str | None = None, event_id: str | None = None) -> int:
        """See Store.redrive."""
        count = 0
        while True:
            revived: int = await self._run(lambda database, now: maintenance.redrive(database, now, group, event_id))
            count += revived
            self.wake.set()
            if revived < CHUNK:
                return count

    async def replay(self, *, group: str | None, since: float, types: Sequence[str] = ()) -> int:
        """See Store.replay."""
        count, last = 0, 0
        while True:
            found = await self._run(partial(maintenance.replay, group=group, since=since, types=types, after=last))
            count += found.revived
            self.wake.set()
            if found.last is None:
                return count
            last = found.last

    async def stats(self) -> dict[str, GroupStats]:
        """See Store.stats."""
        return await self._read(maintenance.stats)

    async def groups(self) -> list[Group]:
        """See Store.groups."""
        return await self._read(maintenance.groups)

    async def forget(self, group: str) -> int:
        """See Store.forget."""
        self._registered = [each for each in self._registered if each.name != group]
        return await self._run(lambda database, _: maintenance.forget(database, group))

    async def seen(self, *, since: float) -> list[Seen]:
        """See Store.seen."""
        return await self._read(lambda database: maintenance.seen(database, since))

    async def prune(self, *, bodies_before: float, ids_before: float) -> Pruned:
        """See Store.prune."""
        total, cursor = Pruned(0, 0), PruneCursor()
        while cursor != THROUGH:
            chunk, cursor = await self._run(
                lambda database, _, after=cursor: maintenance.prune(database, bodies_before, ids_before, after)  # type: ignore[misc]
            )
            total = Pruned(total.bodies + chunk.bodies, total.events + chunk.events)
        return total
