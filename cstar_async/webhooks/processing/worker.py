"""The worker: leases events, runs their handlers, renews the leases, and gives unfinished events back when it ends."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, Final

from cstar_async.webhooks.receiving.envelope import KNOWN_TYPES
from cstar_async.webhooks.timing import until

from .handler_task import HandlerTask, Reason
from .retry_policy import ATTEMPTS

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Awaitable

    from cstar_async.clock import Clock
    from cstar_async.webhooks.inbox import Store
    from cstar_async.webhooks.inbox.records import Lease
    from cstar_async.webhooks.router import EventRouter

logger = logging.getLogger("cstar_async.webhooks")

LEASE: Final = 30.0
"""Seconds; events wait at most this long after a crash."""
RENEWAL: Final = LEASE / 3
FAILED_RENEWAL: Final = 2.0
"""Seconds until the leases are renewed again after the database failed."""
LONGEST_NAP: Final = 5.0
"""Real seconds between polls for events, in case a notification is lost."""
FAILED_LOOK: Final = 1.0
"""Real seconds until the next poll after the database failed."""
RECANCEL_INTERVAL: Final = 10.0
"""Seconds until a handler that ignored its cancellation is cancelled again."""
SHUTDOWN_GRACE: Final = 5.0
"""Real seconds for a cancelled handler to end and for the attempts to be given back."""


class Worker:
    """Handles the events of a router's groups, `concurrency` at a time, until `stop` is called."""

    def __init__(
        self, store: Store, router: EventRouter, clock: Clock, counts: Counter[str], *, concurrency: int
    ) -> None:
        self._store = store
        self._router = router
        self._clock = clock
        self._counts = counts
        self._concurrency = concurrency
        self._groups = [group.name for group in router.groups()]
        self._running: dict[int, HandlerTask] = {}
        self._stopping = asyncio.Event()
        self.fatal: BaseException | None = None
        """SystemExit or KeyboardInterrupt of a handler. The caller raises it; in a task it would stop the loop."""
        self._sooner = asyncio.Event()
        self._ticking_until = 0.0

    async def run(self, *, until_idle: bool = False) -> None:
        """Handle events. With `until_idle`, return once no event is due and no process holds a lease of these groups.

        Cancelling it cancels the handlers, whose attempts are given back.
        """
        await self._store.listen()
        ticker = asyncio.create_task(self._tick())
        try:
            while not self._stopping.is_set():
                if ticker.done():
                    ticker.result()  # without it, leases are no longer renewed
                self._store.wake.clear()
                found = await self._look()
                if found is None:
                    await self._nap(FAILED_LOOK, watch=False)
                elif not found and until_idle and not self._running and await self._idle():
                    break
                else:
                    await self._rest()
            await self._finish()
        finally:
            await self._end(ticker)

    def stop(self) -> None:
        """Stop leasing events; `run` returns when the running handlers have ended."""
        self._stopping.set()
        self._store.wake.set()

    async def _look(self) -> list[Lease] | None:
        """Lease due events, as many as may run at once, and start their handlers. None if the database failed."""
        room = self._concurrency - len(self._running)
        if room <= 0 or not self._groups:
            return []
        held = list(self._running)  # taking these over would run two handlers of one event at once
        asking = asyncio.ensure_future(
            self._store.lease(self._groups, limit=room, seconds=LEASE, attempts=ATTEMPTS, held=held)
        )
        try:
            leases = await asyncio.shield(asking)
        except asyncio.CancelledError:
            # Give the leased events back, so that they do not wait until their leases end.
            await asyncio.wait({asking}, timeout=SHUTDOWN_GRACE)
            if asking.done() and not asking.cancelled() and asking.exception() is None:
                for lease in asking.result():
                    self._begin(lease)
            raise
        except Exception as error:
            logger.error("events could not be leased: %s", type(error).__name__)
            logger.debug("events could not be leased", exc_info=error)
            return None
        for lease in leases:
            self._begin(lease)
        return leases

    def _begin(self, lease: Lease) -> None:
        handler = self._router.find(lease.group, lease.type, known=lease.type in KNOWN_TYPES)
        handler_task = HandlerTask(lease, handler, self._store, self._clock, self._counts)
        self._running[lease.token] = handler_task
        handler_task.task = asyncio.get_running_loop().create_task(handler_task.run())
        handler_task.task.add_done_callback(lambda _: self._ended(handler_task))
        if handler_task.deadline < self._ticking_until:
            self._sooner.set()

    def _ended(self, handler_task: HandlerTask) -> None:
        del self._running[handler_task.lease.token]
        if handler_task.fatal is not None:
            self.fatal = self.fatal or handler_task.fatal
            self._stopping.set()
        self._store.wake.set()

    async def _idle(self) -> bool:
        """Whether no event is due and no process holds a lease."""
        try:
            stats = await self._store.stats()
            due = await self._store.next_due(self._groups)
        except Exception:
            return False
        if any(stats[group].leased for group in self._groups if group in stats):
            return False
        return due is None or due > 0

    async def _rest(self) -> None:
        """Return when there may be events to lease."""
        if self._store.wake.is_set():
            await asyncio.sleep(0)
            return
        due: float | None = None
        if len(self._running) < self._concurrency and self._groups:
            try:
                due = await self._store.next_due(self._groups)
            except Exception:  # the next poll logs it
                due = None
        if due is not None and due <= 0:
            await self._nap(0.05)  # another worker is about to lease it
            return
        await self._nap(LONGEST_NAP, due)

    async def _nap(self, seconds: float, due: float | None = None, *, watch: bool = True) -> None:
        """Wait `seconds` of real time, `due` seconds of the clock, or until woken, whichever ends first."""
        waits: list[Awaitable[Any]] = [self._stopping.wait()]
        if watch:
            waits.append(self._store.wake.wait())
        if due is not None:
            waits.append(until(self._clock, self._clock.monotonic() + due))
        await _first(waits, seconds)

    async def _tick(self) -> None:
        """Renew leases, and cancel handlers that take too long."""
        renewal = self._clock.monotonic() + RENEWAL
        while True:
            self._sooner.clear()
            self._ticking_until = min([renewal, *(each.deadline for each in self._running.values())])
            await _first([until(self._clock, self._ticking_until), self._sooner.wait()], None)
            now = self._clock.monotonic()
            for each in list(self._running.values()):
                if each.deadline <= now:
                    each.deadline = now + RECANCEL_INTERVAL
                    each.cancel(Reason.TIMEOUT)
            if renewal <= now:
                renewal = now + RENEWAL if await self._renew() else self._clock.monotonic() + FAILED_RENEWAL

    async def _renew(self) -> bool:
        """Renew the leases of running handlers; False if the database failed."""
        running = list(self._running.values())
        if not running:
            return True
        try:
            valid = await self._store.renew([each.lease for each in running], seconds=LEASE)
        except Exception as error:  # if the leases end, other workers take over, and ours are fenced
            logger.error("leases could not be renewed: %s", type(error).__name__)
            return False
        for each in running:
            if each.lease.token not in valid and each.lease.token in self._running:
                each.cancel(Reason.LOST)
        return True

    async def _finish(self) -> None:
        """Wait for the running handlers, unless a handler has raised SystemExit or KeyboardInterrupt."""
        while self._running and self.fatal is None:
            tasks = {each.task for each in self._running.values() if each.task is not None}
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)

    async def _end(self, ticker: asyncio.Task[None]) -> None:
        """Cancel the remaining handlers; their attempts are not counted."""
        for each in list(self._running.values()):
            each.cancel(Reason.SHUTDOWN)
        tasks = [each.task for each in self._running.values() if each.task is not None]
        if tasks:
            _, left = await asyncio.wait(tasks, timeout=SHUTDOWN_GRACE)
            if left:
                logger.error("%d handlers did not end; their events are taken over when their leases end", len(left))
        ticker.cancel()
        await asyncio.wait({ticker})


async def _first(waits: list[Awaitable[Any]], seconds: float | None) -> None:
    """Return when the first one ends, or after `seconds`, and cancel the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
