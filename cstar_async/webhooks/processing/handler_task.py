"""One leased event: call its handler, decide the outcome, and save it."""

from __future__ import annotations

import asyncio
import logging
from enum import Enum
from random import random
from typing import TYPE_CHECKING, Any

from cstar_async._core.event import handling
from cstar_async.errors import DecodeError, InboxError, LeaseLostError
from cstar_async.webhooks.inbox.records import DONE, Outcome, State
from cstar_async.webhooks.receiving.parsing import read_event
from cstar_async.webhooks.timing import until

from .retry_policy import SPREAD, RejectEvent, describe, leaves_of, outcome_of, where

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Callable

    from cstar_async._core.event import Event
    from cstar_async.clock import Clock
    from cstar_async.webhooks.inbox import Store
    from cstar_async.webhooks.inbox.records import Lease
    from cstar_async.webhooks.router import Handler

logger = logging.getLogger("cstar_async.webhooks")

NO_HANDLER_WAIT = 10.0
"""Seconds until an event without a handler in this process is due again; another process may have a handler."""
SHORTEST_REFUSAL = 2.0
LONGEST_REFUSAL = 60.0
"""Seconds until an event is due again after the database refused its commit."""
SETTLE_AGAIN = 1.0
"""Seconds between attempts to save an outcome, while the database is unavailable."""


class Reason(Enum):
    """Why a handler was cancelled."""

    TIMEOUT = "timeout"
    SHUTDOWN = "shutdown"
    LOST = "lost"


class HandlerTask:
    """A leased event with its handler, in a task."""

    def __init__(self, lease: Lease, handler: Handler | None, store: Store, clock: Clock, counts: Counter[str]) -> None:
        self.lease = lease
        self.task: asyncio.Task[None] | None = None
        self.deadline = clock.monotonic() + (handler.timeout if handler else 60.0)
        self.fatal: BaseException | None = None
        """SystemExit or KeyboardInterrupt of the handler, to be raised by the dispatcher."""
        self._handler = handler
        self._store = store
        self._clock = clock
        self._counts = counts
        self._reason: Reason | None = None
        self._begun = self._over = False
        self._stopping = asyncio.Event()
        self._event: Event[Any] | None = None
        self._committed = False
        self._refused = False
        """Whether the database failed in the handler's `commit`."""

    @property
    def event(self) -> Event[Any]:
        """See Handling."""
        assert self._event is not None
        return self._event

    async def commit(self, work: Callable[[Any], Any]) -> Any:
        """See Event.commit."""
        if self._committed:
            raise RuntimeError(f"{self.lease.event_id} has already been committed")
        try:
            result = await self._store.commit(self.lease, work)
        except InboxError:
            self._refused = True
            raise
        self._committed = True
        return result

    def cancel(self, reason: Reason) -> None:
        """Cancel the handler if it is running."""
        if reason is not Reason.TIMEOUT:
            self._stopping.set()
        if self._over or self.task is None:
            return
        if self._reason is not None:
            logger.error("the handler of %s is still running after it was cancelled", self._name())
        self._reason = self._reason or reason
        if self._begun:  # a task cancelled before its first step could not save an outcome
            self.task.cancel()

    async def run(self) -> None:
        """Handle the event and settle it. Does not raise."""
        try:
            await self._call()
        except BaseException as error:  # whatever the handler raises, the event needs an outcome
            self._over = True
            outcome = self._postpone(error) if self._is_refused(error) else self._judge(error)
            self.fatal = next((e for e in leaves_of(error) if isinstance(e, SystemExit | KeyboardInterrupt)), None)
        else:
            self._over = True
            outcome = DONE
        if outcome is not None:
            await self._settle(outcome)

    async def _call(self) -> None:
        self._begun = True
        if self._reason is not None:
            raise asyncio.CancelledError
        if self._handler is None:
            return
        self._event = read_event(self.lease.body)
        self._event.attempt = self.lease.attempt
        self._event.synthetic = self.lease.synthetic
        handling.set(self)  # only for this task and those that the handler starts
        await self._handler.function(self._event)

    def _is_refused(self, error: BaseException) -> bool:
        """Whether the handler failed because the database did. `RejectEvent` still takes precedence."""
        if not self._refused or self._committed or self._reason is not None:
            return False
        return not any(isinstance(leaf, RejectEvent) for leaf in leaves_of(error))

    def _postpone(self, error: BaseException) -> Outcome:
        """Give the attempt back; the event waits as long as it has waited so far, within limits."""
        now = self._clock.time()
        wait = min(max(now - self.lease.received_at, SHORTEST_REFUSAL), LONGEST_REFUSAL)
        wait *= 1 - SPREAD * random()  # noqa: S311  # a jitter is not secret
        self._counts["given_back"] += 1
        logger.warning("%s: the inbox could not commit, retry in %.1f s: %s", self._name(), wait, where(error))
        return Outcome(State.PENDING, now + wait, describe(error), counts=False)

    def _judge(self, error: BaseException) -> Outcome | None:
        now = self._clock.time()
        if any(isinstance(leaf, LeaseLostError) for leaf in leaves_of(error)):
            self._reason = Reason.LOST
        if self._reason is Reason.LOST:
            self._counts["lost"] += 1
            logger.warning("%s: its lease was lost; another worker has it", self._name())
            return None
        if self._reason is Reason.SHUTDOWN:
            self._counts["given_back"] += 1
            return Outcome(State.PENDING, now, counts=False)
        if self._reason is Reason.TIMEOUT:
            assert self._handler is not None
            error = TimeoutError(f"the handler was cancelled after {self._handler.timeout:g} s").with_traceback(None)
            self._counts["timeouts"] += 1
        else:
            error = _without_decode_errors(error)
        outcome = outcome_of(error, self.lease, now, random)
        if self._committed:
            logger.warning("%s: %s after the commit; the event is done", self._name(), where(error))
        elif outcome.state is State.DEAD:
            self._counts["dead"] += 1
            logger.error("%s: attempt %d failed, now a dead letter: %s", self._name(), self.lease.attempt, where(error))
        else:
            self._counts["failed"] += 1
            wait = outcome.due - now
            logger.warning(
                "%s: attempt %d failed, retry in %.1f s: %s", self._name(), self.lease.attempt, wait, where(error)
            )
        logger.debug("%s", self._name(), exc_info=error)
        return outcome

    async def _settle(self, outcome: Outcome) -> None:
        if self._handler is None:
            logger.warning("%s: no handler in this process; left to another one", self._name())
            outcome = Outcome(State.PENDING, self._clock.time() + NO_HANDLER_WAIT, counts=False)
        end = self._clock.monotonic() + outcome.due - self._clock.time()
        while True:
            try:
                valid = await self._store.settle(self.lease, outcome)
            except Exception as error:
                logger.error("%s: its outcome could not be saved: %s", self._name(), type(error).__name__)
                if self._stopping.is_set():
                    return  # the lease expires, and the event is handled once more
                await self._pause()
                if outcome.state is State.PENDING:  # on the monotonic clock, since the wall clock may be set
                    outcome = outcome._replace(due=self._clock.time() + end - self._clock.monotonic())
                continue
            if not valid:
                self._counts["lost"] += 1
                logger.warning("%s: handled, but its lease was lost to another worker", self._name())
            elif outcome is DONE:
                self._counts["handled"] += 1
            return

    async def _pause(self) -> None:
        waits = [
            asyncio.ensure_future(self._stopping.wait()),
            asyncio.ensure_future(until(self._clock, self._clock.monotonic() + SETTLE_AGAIN)),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _name(self) -> str:
        return f"{self.lease.event_id} ({self.lease.type}) in group {self.lease.group!r}"


def _without_decode_errors(error: BaseException) -> BaseException:
    """Return the error with `RejectEvent` in place of each DecodeError, since another attempt would fail too."""
    leaves = leaves_of(error)
    if not any(isinstance(leaf, DecodeError) for leaf in leaves):
        return error
    judged = [RejectEvent(str(leaf)) if isinstance(leaf, DecodeError) else leaf for leaf in leaves]
    return judged[0] if len(judged) == 1 else BaseExceptionGroup("errors of a handler", judged)
