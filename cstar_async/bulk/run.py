"""One run of a job: batches out at the pace of the quota, outcomes in."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import math
from collections import deque
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs
import orjson

from cstar_async.body import encode_body
from cstar_async.deadline import nearest
from cstar_async.errors import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    CStarError,
    DeadlineExceededError,
    DecodeError,
    PermissionDeniedError,
    QuotaUnavailableError,
    RateLimitError,
)
from cstar_async.request import Request, key_cell
from cstar_async.retry import is_transient

from .journal import REMEMBERED
from .report import BulkReport, ImportReport
from .source import items
from .work import Settled, about

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from cstar_async.answer import Answer
    from cstar_async.call import Engine
    from cstar_async.deadline import Deadline
    from cstar_async.request import Options

    from .batches import Batch
    from .journal import Entry, Journal
    from .source import Source
    from .work import Work

R = TypeVar("R", BulkReport, ImportReport)
logger = logging.getLogger("cstar_async")

ROUNDS: Final = (5.0, 15.0, 45.0)
"""Seconds of rest before a batch is tried again, after all attempts of a request have failed. Nobody waits for it."""


class Run(Generic[R]):
    """A run that goes on while `outcomes` is iterated. Leaving the iteration cancels what is under way."""

    def __init__(
        self,
        engine: Engine,
        work: Work[R],
        report: R,
        *,
        options: Options,
        deadline: Deadline | None,
        concurrency: int,
        journal: Journal | None,
    ) -> None:
        self._engine = engine
        self._work: Work[R] = work
        self._report: R = report
        self._options = options
        self._deadline = deadline
        self._journal = journal
        self._slots = asyncio.Semaphore(concurrency)
        self._planner = work.planner()
        self._ready: deque[Batch[Any]] = deque()
        """Batches that are not begun yet."""
        self._waiting: dict[int, Batch[Any]] = {}
        """By number, those that wait for the quota, or were refused before they were sent."""
        self._open: dict[int, Batch[Any]] = {}
        """By number, those that were sent and have no outcome yet."""
        self._holders: dict[Any, asyncio.Task[None]] = {}
        """By id, the task of the batch that it is under way with."""
        self._tasks: set[asyncio.Task[None]] = set()
        # Everything that ends, a batch or the feeding of batches, is put here; None for a batch of an earlier run.
        self._ended: asyncio.Queue[asyncio.Task[None] | None] = asyncio.Queue()
        self._outage = False

    async def outcomes(self, source: Source) -> AsyncGenerator[R, None]:
        """The report, anew after each batch. Raises what stops the job, once what is under way has ended."""
        feeder = self._spawn(self._feed(source))
        stopped: Exception | None = None
        try:
            while self._tasks or not self._ended.empty():
                task = await self._ended.get()
                if task is not None:
                    self._tasks.discard(task)
                    error = None if task.cancelled() else task.exception()
                    if task.cancelled() and stopped is None:
                        self._engine.require_open()
                    if error is not None and not isinstance(error, Exception):
                        raise error
                    if error is not None and stopped is None:
                        stopped = error
                        feeder.cancel()
                if task is not feeder and stopped is None:
                    self._slots.release()
                    self._note()
                    yield self._report
            if stopped is not None:
                raise stopped
            self._report.complete = True
        finally:
            for task in self._tasks:
                task.cancel()
            if self._tasks:
                await asyncio.gather(*self._tasks, return_exceptions=True)
            self._note()
            self._say_where()

    def _note(self) -> None:
        self._report.total = self._planner.taken
        self._report.duplicates = self._planner.duplicates

    def _say_where(self) -> None:
        """What is neither done nor failed, for the report."""
        report: Any = self._report
        report.in_doubt = [key for batch in self._open.values() for key in batch.keys]
        waiting = [key for batch in (*self._waiting.values(), *self._ready) for key in batch.keys]
        report.unsent = waiting + self._planner.held()

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = self._engine.spawn(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended.put_nowait)
        return task

    async def _feed(self, source: Source) -> None:
        count = 0
        async with aclosing(items(source)) as found:
            async for item in found:
                ready = self._planner.add(item)
                if ready:
                    count += len(ready)
                    self._ready.extend(ready)
                    await self._begin_ready()
        ready = self._planner.finish()
        self._ready.extend(ready)
        await self._begin_ready()
        if self._journal is not None:
            await self._journal.finish(count + len(ready))

    async def _begin_ready(self) -> None:
        while self._ready:
            await self._slots.acquire()
            batch = self._ready[0]
            body, digest = self._work.body(batch), ""
            entry: Entry | None = None
            if self._journal is not None:
                # Keys of objects in one order, whatever order they were given in: the same key means the same bytes.
                body, digest = _canonical(body)
                entry = self._journal.find(batch.number, digest)
            if entry is not None and entry.settled is not None:
                self._ready.popleft()
                self._report.resumed += len(batch.keys)
                self._work.settle(self._report, batch, entry.settled, {})
                self._ended.put_nowait(None)
                await asyncio.sleep(0)
                continue
            # An id that is under way with an earlier change gets the later one after it.
            while holders := {self._holders[key] for key in batch.keys if key in self._holders}:
                await asyncio.wait(holders)
            self._ready.popleft()
            self._begin(batch, body, digest)

    def _begin(self, batch: Batch[Any], body: dict[str, Any], digest: str) -> None:
        self._waiting[batch.number] = batch
        task = self._spawn(self._carry_out(batch, body, digest))
        if isinstance(batch.keys, tuple):  # of ids; a record is only itself
            self._holders.update(dict.fromkeys(batch.keys, task))
            task.add_done_callback(lambda _: self._let_go(batch))

    def _let_go(self, batch: Batch[Any]) -> None:
        for key in batch.keys:
            self._holders.pop(key, None)

    async def _wait_for_quota(self) -> None:
        """Wait before the request rather than in it, so that a job which is stopped knows what it has not sent."""
        deadline = nearest(self._deadline)
        patience = math.inf if deadline is None else deadline.remaining()
        with contextlib.suppress(QuotaUnavailableError):
            # Whether it does not fit, or cannot be known: the request says so.
            await self._engine.quota.admit("bulk", self._engine.clock, patience)

    async def _carry_out(self, batch: Batch[Any], body: dict[str, Any], digest: str) -> None:
        """Send a batch until it has an outcome, and take it into the report and the journal."""
        await self._wait_for_quota()
        self._open[batch.number] = self._waiting.pop(batch.number)
        journal, clock = self._journal, self._engine.clock
        options, entry = self._options, None
        if journal is not None:
            entry = await journal.sent(batch.number, digest, clock.time())
            options = attrs.evolve(options, idempotency_key=journal.key(batch.number, digest))
        request = Request(self._work.carrier, (), None, body, None, options, key_cell(self._work.carrier))
        answer: Answer | None = None
        try:
            answer = await self._send(request)
            forgotten = entry is not None and clock.time() - entry.sent_at > REMEMBERED
            settled = self._work.read(batch, answer, again=forgotten)
        except _OF_ONE_BATCH as error:
            if answer is None and isinstance(error, _OF_ALL):
                self._refuse(batch)
                raise
            settled = Settled(error=error)
        except (CStarError, TypeError, ValueError) as error:
            # What stops the job. If it was never sent, it is not in doubt.
            if getattr(error, "attempts", 0) == 0:
                self._refuse(batch)
            raise
        self._work.settle(self._report, batch, settled, {} if answer is None else about(answer))
        del self._open[batch.number]
        # Without a final answer it may be done or not, so a journal leaves it to the next run.
        if journal is not None and not (answer is None and _is_passing(settled.error)):
            await journal.done(batch.number, settled)

    def _refuse(self, batch: Batch[Any]) -> None:
        self._waiting[batch.number] = self._open.pop(batch.number)

    async def _send(self, request: Request) -> Answer:
        """The answer, after rests if the service is away. The idempotency key is the same in all attempts."""
        rounds = iter(() if self._options.max_retries == 0 else ROUNDS)
        while True:
            try:
                answer = await self._engine.send(request, self._deadline)
            except CStarError as error:
                self._report.requests_used += error.attempts
                if not _is_passing(error):
                    raise
                # While the service is away, one batch has all the patience and those after it none.
                wait = None if self._outage else next(rounds, None)
                if wait is None:
                    self._outage = True
                    raise
                await self._rest(wait, error)
            else:
                self._outage = False
                self._report.requests_used += answer.attempts
                return answer

    async def _rest(self, wait: float, error: CStarError) -> None:
        if isinstance(error, RateLimitError) and error.retry_after is not None:
            wait = max(wait, error.retry_after)
        deadline = nearest(self._deadline)
        if deadline is not None and wait >= deadline.remaining():
            raise DeadlineExceededError(
                f"{error.method} {error.path}: the next attempt would be in {wait:.0f} s, beyond the deadline of "
                f"{deadline.seconds:g} s",
                method=error.method,
                path=error.path,
                attempts=error.attempts,
                request_id=error.request_id,
                idempotency_key=error.idempotency_key,
            ) from error
        logger.info("a bulk request had no answer, the next attempt is in %.0f s: %s", wait, error)
        await self._engine.clock.sleep(wait)


_OF_ONE_BATCH: Final = (APIError, APIConnectionError, DecodeError, QuotaUnavailableError)
"""Errors that are the outcome of a batch. All others stop the job, and so do those of them that all would meet:"""
_OF_ALL: Final = (AuthenticationError, PermissionDeniedError)


def _is_passing(error: Exception | None) -> bool:
    """Whether the same request may yet succeed: it had no final answer."""
    return error is not None and (is_transient(error) or isinstance(error, QuotaUnavailableError))


def _canonical(body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    text = orjson.dumps(orjson.loads(encode_body(body)), option=orjson.OPT_SORT_KEYS)
    return orjson.loads(text), hashlib.blake2b(text, digest_size=16).hexdigest()
