"""The inbox in PostgreSQL: each method of `Store` on a connection."""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import TYPE_CHECKING, Any, Final, TypeVar

from cstar_async._core.secrets import without_secrets
from cstar_async._postgres import cause, ends_session
from cstar_async.clock import SystemClock
from cstar_async.errors import InboxError
from cstar_async.webhooks.inbox.chunks import CHUNK, THROUGH, PruneCursor
from cstar_async.webhooks.inbox.lease_watch import LeaseWatch
from cstar_async.webhooks.inbox.records import Outcome, Pruned, State

from . import maintenance, queries
from .commit import check_function, commit
from .connections import TIMEOUT, Connections
from .driver import CUT_OFF, asyncpg
from .group_commit import Batches
from .in_flight import InFlight
from .listener import Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Coroutine, Generator, Sequence

    from cstar_async.clock import Clock
    from cstar_async.webhooks.inbox.records import DeadLetter, Group, GroupStats, Incoming, Lease, Seen

T = TypeVar("T")

DEADLOCKS: Final = 5
"""How often a transaction is retried after a deadlock, which is still possible for rows of several lanes."""
_OF_ONE: Final = (asyncpg.DataError, asyncpg.ProgramLimitExceededError)
"""Errors that may be caused by a single event of a batch."""


class PostgresStore:
    """See Store. Concurrent accepts share a transaction, and so do concurrent settlements."""

    def __init__(self, url: str, clock: Clock) -> None:
        """Raises InboxError for an invalid URL."""
        self._connections = Connections(url)
        self.name = self._connections.name
        self._clock = clock
        self._is_system_clock = isinstance(clock, SystemClock)
        self.wake = asyncio.Event()
        self._listener = Listener(self._connections.connect, self.wake)
        self._accepts = Batches(
            self._accept, size=lambda event: len(event.body), is_of_one=lambda error: isinstance(error, _OF_ONE)
        )
        self._settlements = Batches(self._settle)
        self._leases = LeaseWatch(clock)
        self._changing = asyncio.Lock()
        self._maintenance = asyncio.Lock()
        self._is_open = False
        self._in_flight = InFlight()

    async def check_exists(self) -> None:
        """See Store.check_exists."""
        await self._connections.check_exists()

    async def open(self) -> None:
        """See Store.open."""
        async with self._changing:
            if not self._is_open:
                await self._connections.open()
                self._leases = LeaseWatch(self._clock)
                self._is_open = True

    async def close(self) -> None:
        """See Store.close."""
        async with self._changing:
            if not self._is_open:
                return
            self._is_open = False
            await self._listener.stop()
            await self._in_flight.wait()
            await self._accepts.drain()
            await self._settlements.drain()
            await self._connections.close()

    async def listen(self) -> None:
        """See Store.listen. The connection is replaced when it is lost."""
        with self._called():
            await self._listener.start()

    @contextlib.contextmanager
    def _called(self) -> Generator[None]:
        """Keep the connections open until the block ends."""
        if not self._is_open:
            raise RuntimeError("the inbox is not open")
        with self._in_flight.call():
            yield

    def _now(self) -> float | None:
        """Return the time for statements: None, the time of the server, if the clock is that of this machine."""
        return None if self._is_system_clock else self._clock.time()

    def _base(self) -> float:
        """Return the time from which times in statements count."""
        return self._clock.time() if self._is_system_clock else 0.0

    async def register(self, groups: Sequence[Group]) -> None:
        """See Store.register."""
        await self._maintain(lambda connection: maintenance.register(connection, groups))

    async def accept(self, event: Incoming) -> bool:
        """See Store.accept."""
        with self._called():
            return await self._accepts.add(event)

    async def _accept(self, events: Sequence[Incoming]) -> list[bool]:
        found = await self._own(lambda connection: queries.accept(connection, self._now(), events))
        self.wake.set()
        return found

    async def lease(
        self, groups: Collection[str], *, limit: int, seconds: float, attempts: int, held: Collection[int] = ()
    ) -> list[Lease]:
        """See Store.lease. If it is cancelled, its leases are given back."""

        async def lease() -> list[Lease]:
            if self._leases.is_due():
                await self._look(attempts, held, seconds)
            found = await self._own(lambda connection: queries.lease(connection, self._now(), groups, limit, seconds))
            self._leases.hold([each.token for each in found], seconds)
            return found

        with self._called():
            leasing = asyncio.get_running_loop().create_task(lease())
            self._in_flight.hold(leasing)
            try:
                return await asyncio.shield(leasing)
            except asyncio.CancelledError:
                leasing.add_done_callback(self._give_back)
                raise

    async def _look(self, attempts: int, held: Collection[int], seconds: float) -> None:
        """Free the lanes whose leases have ended, and shorten waits if the clock was set back."""
        now, leases = await self._own(lambda connection: queries.leased(connection, self._now()))
        ended = {token: leases[token] for token in self._leases.check(leases.items(), held, seconds)}
        await self._own(lambda connection: queries.reap(connection, self._now(), attempts, ended))
        if self._leases.fell_back(now):
            last: tuple[int, str] | None = (0, "")
            while last is not None:
                last = await self._own(
                    lambda connection, after=last: maintenance.bring_forward(connection, self._now(), after)  # type: ignore[misc]
                )
        self._leases.trust(now)

    def _give_back(self, leasing: asyncio.Task[list[Lease]]) -> None:
        if not leasing.cancelled() and leasing.exception() is None and leasing.result():
            self._in_flight.hold(asyncio.get_running_loop().create_task(self._settle_unused(leasing.result())))

    async def _settle_unused(self, leases: Sequence[Lease]) -> None:
        outcome = Outcome(State.PENDING, self._clock.time() - self._base(), counts=False)
        # If that fails, the leases expire.
        await asyncio.gather(*(self._settlements.add((each, outcome)) for each in leases), return_exceptions=True)

    async def renew(self, leases: Collection[Lease], *, seconds: float) -> set[int]:
        """See Store.renew."""
        with self._called():
            valid = await self._own(lambda connection: queries.renew(connection, self._now(), leases, seconds))
            self._leases.hold(valid, seconds)
            return valid

    async def settle(self, lease: Lease, outcome: Outcome) -> bool:
        """See Store.settle."""
        with self._called():
            return await self._settlements.add((lease, outcome._replace(due=outcome.due - self._base())))

    async def _settle(self, settled: Sequence[tuple[Lease, Outcome]]) -> list[bool]:
        found = await self._own(lambda connection: queries.settle(connection, self._now(), settled))
        self.wake.set()
        return found

    async def _own(self, work: Callable[[Any], Coroutine[Any, Any, T]], *timeout: None) -> T:
        """Run a transaction; retry it after deadlocks, and once if the session was lost, perhaps while idle.

        Retrying is safe even if it was committed: the events are then duplicates, which are acknowledged too, and the
        leases are settled.
        """
        deadlocks, is_new = 0, False
        while True:
            try:
                async with self._connections.own(*timeout) as connection:
                    return await work(connection)
            except asyncpg.DeadlockDetectedError:
                deadlocks += 1
                if deadlocks > DEADLOCKS:
                    raise
            except CUT_OFF as error:
                if is_new or not ends_session(error):
                    raise
                is_new = True

    async def commit(self, lease: Lease, work: Callable[[Any], T]) -> T:
        """See Store.commit. Waits for one of the few connections for users' functions."""
        check_function(work)
        with self._called():
            result: T = await self._commit(lease, work)
        self.wake.set()
        return result

    async def _commit(self, lease: Lease, work: Callable[[Any], Any]) -> Any:
        is_begun = is_new = False

        async def begin(connection: Any) -> Any:
            nonlocal is_begun
            is_begun = True
            limit.reschedule(None)
            return await work(connection)

        while True:
            try:
                async with asyncio.timeout(TIMEOUT) as limit, self._connections.lent() as connection:
                    return await commit(connection, self._now(), lease, begin)
            except CUT_OFF as error:
                if is_begun:
                    raise
                if is_new or not ends_session(error):
                    raise InboxError(f"the inbox {self.name} cannot be used: {cause(error)}") from without_secrets(
                        error
                    )
                is_new = True

    async def next_due(self, groups: Collection[str]) -> float | None:
        """See Store.next_due."""
        with self._called():
            wait, tokens = await self._own(lambda connection: queries.next_due(connection, self._now(), groups))
        due = min(math.inf if wait is None else wait, self._leases.first_end(tokens))
        return None if math.isinf(due) else due

    async def _maintain(self, work: Callable[[Any], Coroutine[Any, Any, T]]) -> T:
        with self._called():
            return await self._run_maintenance(work)

    async def _run_maintenance(self, work: Callable[[Any], Coroutine[Any, Any, T]]) -> T:
        """Run one maintenance function at a time, so that other calls get connections."""
        async with self._maintenance:
            return await self._own(work, None)

    async def dead_letters(
        self,
        *,
        group: str | None = None,
        event_id: str | None = None,
        limit: int = 100,
        after: tuple[int, str] = (0, ""),
    ) -> list[DeadLetter]:
        """See Store.dead_letters."""
        return await self._maintain(
            lambda connection: maintenance.dead_letters(connection, group, event_id, limit, after)
        )

    async def redrive(self, *, group: str | None = None, event_id: str | None = None) -> int:
        """See Store.redrive."""
        count, revived = 0, CHUNK
        with self._called():
            while revived == CHUNK:
                revived = await self._run_maintenance(
                    lambda connection: maintenance.redrive(connection, self._now(), group, event_id)
                )
                count += revived
                self.wake.set()
        return count

    async def replay(self, *, group: str | None, since: float, types: Sequence[str] = ()) -> int:
        """See Store.replay."""
        count, last = 0, 0
        with self._called():
            while True:
                found = await self._run_maintenance(
                    lambda connection, last=last: maintenance.replay(  # type: ignore[misc]
                        connection, self._now(), group=group, since=since, types=types, after=last
                    )
                )
                count += found.revived
                self.wake.set()
                if found.last is None:
                    return count
                last = found.last

    async def stats(self) -> dict[str, GroupStats]:
        """See Store.stats."""
        return await self._maintain(maintenance.stats)

    async def groups(self) -> list[Group]:
        """See Store.groups."""
        return await self._maintain(maintenance.groups)

    async def forget(self, group: str) -> int:
        """See Store.forget."""
        return await self._maintain(lambda connection: maintenance.forget(connection, group))

    async def seen(self, *, since: float) -> list[Seen]:
        """See Store.seen."""
        return await self._maintain(lambda connection: maintenance.seen(connection, since))

    async def prune(self, *, bodies_before: float, ids_before: float) -> Pruned:
        """See Store.prune."""
        total, cursor = Pruned(0, 0), PruneCursor()
        with self._called():
            while cursor != THROUGH:
                chunk, cursor = await self._run_maintenance(
                    lambda connection, after=cursor: maintenance.prune(  # type: ignore[misc]
                        connection, bodies_before, ids_before, after
                    )
                )
                total = Pruned(total.bodies + chunk.bodies, total.events + chunk.events)
        return total
