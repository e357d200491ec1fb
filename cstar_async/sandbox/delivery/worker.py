"""Deliveries of events to webhooks: signed, over HTTP, retried after 30 s, 2 min, 10 min, 1 h, 6 h and 24 h."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from functools import partial
from typing import TYPE_CHECKING, Any

import aiohttp

from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.service.events import WEBHOOKS
from cstar_async.webhooks.sending import AttemptResult

from .sender import Delivery, deliver

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cstar_async.sandbox.clock import VirtualClock
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.faults.fault import DeliveryFault
    from cstar_async.sandbox.faults.rules import Faults
    from cstar_async.sandbox.recording.timeline import Timeline
    from cstar_async.sandbox.storage.database import Database
    from cstar_async.sandbox.switches import Switches

logger = logging.getLogger("cstar_async.sandbox")

RETRY_AFTER = (30, 120, 600, 3600, 6 * 3600, 24 * 3600)
"""Seconds from one attempt to the next, on the sandbox's clock."""
WRONG_SECRET = "whsec_of_somebody_else"  # noqa: S105  # made up, for bad signatures

PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"
CANCELLED, DROPPED, TEST = "cancelled", "dropped", "test"
HELD, RELEASED = "held", "released"
"""HELD: a fault holds the delivery back until another one is sent. RELEASED: queued again after a fault.

SQL has 'held' as a literal, since SQLite does not use a partial index for a bound parameter.
"""
STATES = (PENDING, DELIVERED, FAILED, CANCELLED, DROPPED, TEST, HELD, RELEASED)


class Deliveries:
    """Sends the queued deliveries. A server has one instance.

    Each webhook gets at most `parallel` deliveries at a time; with one, their order is the same in every run. The
    queue is in the store, so a sandbox with a database file continues after a crash with the deliveries that were not
    acknowledged.
    """

    def __init__(
        self,
        store: Database,
        clock: VirtualClock,
        timeline: Timeline,
        faults: Faults,
        switches: Switches,
        *,
        parallel: int,
    ) -> None:
        self._store = store
        self._clock = clock
        self._timeline = timeline
        self._faults = faults
        self._switches = switches
        self._parallel = parallel
        self._session: aiohttp.ClientSession | None = None
        self._worker: asyncio.Task[None] | None = None
        self._attempts: dict[int, asyncio.Task[None]] = {}
        self._busy: dict[str, int] = {}
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()

    def start(self) -> None:
        """Start the worker; it continues with the deliveries of earlier runs."""
        self._store.execute("UPDATE deliveries SET state = ?, due = 0 WHERE state = 'held'", RELEASED)
        self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), trust_env=False)
        self._worker = asyncio.get_running_loop().create_task(self._run())

    async def stop(self) -> None:
        """Cancel running attempts; their deliveries stay in the queue."""
        tasks = [task for task in (self._worker, *self._attempts.values()) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()

    def wake(self) -> None:
        """Have the worker check the queue."""
        self._idle.clear()
        self._wake.set()

    async def settled(self) -> None:
        """Wait until no delivery is due at the clock's current time and none is running or held back."""
        self.wake()
        while True:
            await self._idle.wait()
            if not self._release():
                return

    async def attempt_now(self, number: int) -> AttemptResult:
        """Make one attempt outside of the queue, for `webhooks.test`."""
        delivery = self._load(number)
        assert delivery is not None  # the caller has just inserted it
        return await self._attempt(delivery, TEST)

    def is_in_flight(self, number: int) -> bool:
        """Whether an attempt of this delivery is running."""
        return number in self._attempts

    def resend(self, number: int) -> bool:
        """Queue a delivery again, due now; False if it does not exist."""
        sql = "UPDATE deliveries SET state = ?, due = ?, attempts = min(attempts, ?) WHERE number = ? RETURNING number"
        last = len(RETRY_AFTER)
        found = self._store.execute(sql, PENDING, self._clock.time(), last, number).fetchone() is not None
        self.wake()
        return found

    def cancel_all(self, team: str) -> None:
        """Cancel the queued and running deliveries of a team."""
        numbers = self._store.execute("SELECT number FROM deliveries WHERE team = ? AND due IS NOT NULL", team)
        for (number,) in numbers.fetchall():
            if number in self._attempts:
                self._attempts[number].cancel()
        # Two statements, since each uses its own index.
        queued = "UPDATE deliveries SET state = ?, due = NULL WHERE team = ? AND due IS NOT NULL"
        held = "UPDATE deliveries SET state = ?, due = NULL WHERE team = ? AND state = 'held'"
        for sql in (queued, held):
            self._store.execute(sql, CANCELLED, team)
        self.wake()

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            self._start_due()
            if self._attempts:
                await self._wake.wait()
                continue
            next_due = self._store.execute("SELECT min(due) FROM deliveries WHERE due IS NOT NULL").fetchone()[0]
            if next_due is not None and next_due <= self._clock.time():
                continue  # its webhook was busy in this round
            self._idle.set()
            waiting: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._wake.wait())]
            if next_due is not None:
                waiting.append(asyncio.ensure_future(self._clock.reached(next_due)))
            try:
                await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for each in waiting:
                    each.cancel()

    def _start_due(self) -> None:
        """Start an attempt at each delivery that is due and whose webhook is free."""
        for _, number, webhook in sorted(self._due()):
            if number in self._attempts or self._busy.get(webhook, 0) >= self._parallel:
                continue
            self._busy[webhook] = self._busy.get(webhook, 0) + 1
            task = asyncio.get_running_loop().create_task(self._deliver(number))
            self._attempts[number] = task
            task.add_done_callback(partial(self._attempt_ended, number, webhook))

    def _due(self) -> Iterator[tuple[float, int, str]]:
        """Yield due time, number and webhook of the first `parallel` due deliveries of each webhook.

        The cost depends on the number of webhooks with queued deliveries, not on the number of deliveries.
        """
        # Two statements, since one that compares (team, webhook) would read all queued deliveries of a team.
        other_webhook = """SELECT team, webhook FROM deliveries WHERE due IS NOT NULL AND team = ? AND webhook > ?
                           ORDER BY webhook LIMIT 1"""
        other_team = """SELECT team, webhook FROM deliveries WHERE due IS NOT NULL AND team > ?
                        ORDER BY team, webhook LIMIT 1"""
        first = """SELECT due, number, webhook FROM deliveries WHERE team = ? AND webhook = ? AND due <= ?
                   ORDER BY due, number LIMIT ?"""
        run, now, queue = self._store.execute, self._clock.time(), ("", "")
        while queue := run(other_webhook, *queue).fetchone() or run(other_team, queue[0]).fetchone():
            yield from run(first, *queue, now, self._parallel).fetchall()

    def _attempt_ended(self, number: int, webhook: str, task: asyncio.Task[None]) -> None:
        del self._attempts[number]
        self._busy[webhook] -= 1
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("delivery %d: internal error of the sandbox", number, exc_info=error)
            try:
                self._store.execute("UPDATE deliveries SET due = NULL, state = ? WHERE number = ?", FAILED, number)
            except sqlite3.Error:  # a full disk, for example; the next change wakes the worker again
                logger.exception("delivery %d: its result could not be saved", number)
                return
        self._wake.set()

    async def _deliver(self, number: int) -> None:
        delivery = self._load(number)
        if delivery is None:
            return
        is_first = delivery.state == PENDING and not delivery.attempts
        fault = None if not is_first else self._faults.take_delivery(delivery.type, delivery.webhook, delivery.team)
        if fault is not None and fault.drop:
            self._set_state(delivery, DROPPED, None)
            return
        if fault is not None and (fault.delay or fault.reorder):
            due = None if fault.reorder else delivery.due + fault.delay
            self._set_state(delivery, HELD if fault.reorder else RELEASED, due)
            return
        for _ in range(2 if fault is not None and fault.duplicate else 1):
            await self._attempt(delivery, PENDING, fault)
        self._release(delivery.webhook)

    async def _attempt(self, delivery: Delivery, state: str, fault: DeliveryFault | None = None) -> AttemptResult:
        """Send once and record the result."""
        webhook = self._store.get(delivery.team, WEBHOOKS, delivery.webhook)
        if webhook is None or (state != TEST and not webhook["isActive"]):
            self._set_state(delivery, CANCELLED, None)
            return AttemptResult(None, "the webhook is deleted or paused", None, 0.0)
        attempt = delivery.attempts + 1
        result = await self._post(webhook, delivery, attempt, fault)
        now = self._clock.time()
        if state != TEST:
            state, due = DELIVERED, None
            if not result.success:
                # Relative to when it was due, so that moving the clock far ahead makes all attempts of that time.
                last = attempt > len(RETRY_AFTER)
                state, due = (FAILED, None) if last else (PENDING, delivery.due + RETRY_AFTER[attempt - 1])
        else:
            due = None
        with self._store.transaction():
            sql = "UPDATE deliveries SET attempts = ?, state = ?, due = ? WHERE number = ?"
            self._store.execute(sql, attempt, state, due, delivery.number)
            sql = "INSERT OR REPLACE INTO attempts VALUES (?, ?, ?, ?, ?, ?, ?)"
            self._store.execute(sql, delivery.number, attempt, now, *result)
        self._timeline.add(
            "attempt",
            iso_time(now),
            delivery.team,
            delivery=delivery.number,
            event=delivery.event_id,
            type=delivery.type,
            url=webhook["url"],
            attempt=attempt,
            **result._asdict(),
            state=state,
            requestId=delivery.request_id,
            next=None if due is None else iso_time(due),
        )
        return result

    async def _post(
        self, webhook: Json, delivery: Delivery, attempt: int, fault: DeliveryFault | None
    ) -> AttemptResult:
        assert self._session is not None  # set by start()
        secret = WRONG_SECRET if fault is not None and fault.bad_signature else webhook["_secret"]
        has_time = self._switches.signature == "t"
        return await deliver(
            self._session, webhook["url"], delivery, attempt, now=self._clock.time(), secret=secret, has_time=has_time
        )

    def _set_state(self, delivery: Delivery, state: str, due: float | None) -> None:
        sql = "UPDATE deliveries SET state = ?, due = ? WHERE number = ?"
        self._store.execute(sql, state, due, delivery.number)
        self._timeline.add(
            "delivery",
            iso_time(self._clock.time()),
            delivery.team,
            delivery=delivery.number,
            event=delivery.event_id,
            type=delivery.type,
            state=state,
            requestId=delivery.request_id,
            next=None if due is None else iso_time(due),
        )

    def _release(self, webhook: str | None = None) -> bool:
        """Queue the deliveries that a `reorder` fault holds back; returns whether there were any."""
        sql = "UPDATE deliveries SET state = ?, due = ? WHERE state = 'held' RETURNING number"
        values: tuple[Any, ...] = (RELEASED, self._clock.time())
        if webhook is not None:
            sql = "UPDATE deliveries SET state = ?, due = ? WHERE state = 'held' AND webhook = ? RETURNING number"
            values = (*values, webhook)
        held = self._store.execute(sql, *values).fetchall()
        if held:
            self.wake()
        return bool(held)

    def _load(self, number: int) -> Delivery | None:
        sql = """SELECT deliveries.number, deliveries.team, webhook, attempts, coalesce(due, 0), state,
                        events.id, events.type, events.request_id, events.body
                 FROM deliveries JOIN events ON events.place = deliveries.event WHERE number = ?"""
        row = self._store.execute(sql, number).fetchone()
        return None if row is None else Delivery(*row)
