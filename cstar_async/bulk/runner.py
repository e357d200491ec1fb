"""One run of a job: batches out at the pace of the quota, outcomes in."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import math
import uuid
from collections import deque
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs
import orjson

from cstar_async._core.deadline import earliest_deadline
from cstar_async._core.idempotency import idempotency_key_for
from cstar_async._core.json_body import encode_body
from cstar_async._core.rate_limit import LONGEST_WINDOW
from cstar_async._core.representation import show_fields
from cstar_async._core.request import Request
from cstar_async.errors import (
    APIConnectionError,
    APIError,
    CStarError,
    DeadlineExceededError,
    DecodeError,
    JournalError,
    QuotaUnavailableError,
    RateLimitError,
)

from .inputs import items
from .jobs import about
from .outcome import is_final, is_remembered, may_pass, refuses_all
from .report import BulkReport, ImportReport
from .results import BatchResult

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from cstar_async._core.deadline import Deadline
    from cstar_async._core.options import Options
    from cstar_async._core.requester import Requester
    from cstar_async._core.response import RawResponse

    from .batching import Batch
    from .entries import Entry
    from .inputs import Source
    from .jobs import JobKind
    from .journal import Journal

R = TypeVar("R", BulkReport, ImportReport)
logger = logging.getLogger("cstar_async")

RETRY_DELAYS: Final = (5.0, 15.0, 45.0)
"""Seconds of rest before a batch is tried again, after all attempts of a request have failed. Nobody waits for it."""


@attrs.define(repr=False)
class _Sending:
    """A batch on its way to an outcome."""

    batch: Batch[Any]
    request: Request
    entry: Entry | None
    """What the journal has of it."""
    since: float
    """When it was first sent, in seconds since 1970."""
    told: BatchResult | None = None
    """What an answer that contradicts itself said all the same."""

    __repr__ = show_fields

    @property
    def in_doubt(self) -> bool:
        """Whether it may have been carried out already."""
        return self.request.cell.in_doubt


class Runner(Generic[R]):
    """A run that goes on while `outcomes` is iterated. Leaving the iteration cancels what is under way."""

    def __init__(
        self,
        requester: Requester,
        work: JobKind[R],
        report: R,
        *,
        options: Options,
        deadline: Deadline | None,
        concurrency: int,
        journal: Journal | None,
    ) -> None:
        self._requester = requester
        self._job_kind: JobKind[R] = work
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
        self._stopped_by: dict[int, CStarError] = {}
        """By number, the error of those of them that stopped the job."""
        self._held_back: list[Batch[Any]] = []
        """Those not sent because an earlier change of one of their ids is in doubt."""
        self._unsettled: set[str] = set()
        """The ids for which that holds."""
        self._ended_for_good = False
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
                        self._requester.require_open()
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
            self._report.complete = not (self._report.in_doubt or self._held_back)
        finally:
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.gather(*tasks, return_exceptions=True)
            self.stop()

    def stop(self) -> None:
        """End what is under way, and say in the report where it was. Does not wait for the tasks to end."""
        for task in self._tasks:
            task.cancel()
        self._note()
        if not self._ended_for_good:
            self._ended_for_good = True
            self._say_where()

    def _note(self) -> None:
        self._report.total = self._planner.taken
        self._report.duplicates = self._planner.duplicates

    def _say_where(self) -> None:
        """What is neither done nor failed, for the report."""
        report: Any = self._report
        for batch in self._open.values():
            self._doubt(batch, self._stopped_by.get(batch.number) or self._stop_error())
        for batch in (*self._waiting.values(), *self._ready, *self._held_back):
            if self._journal is not None and self._journal.left_open(batch.number):
                self._doubt(batch, self._stop_error())
            else:
                report.unsent.extend(batch.keys)
        report.unsent.extend(self._planner.held())

    def _doubt(self, batch: Batch[Any], error: CStarError) -> None:
        error.outcome_unknown = True
        self._job_kind.settle(self._report, batch, BatchResult(error=error, doubtful=batch.keys), {})

    def _stop_error(self) -> CStarError:
        bulk_operation = self._job_kind.bulk_operation
        return CStarError(
            f"{bulk_operation.method} {bulk_operation.path}: the job was stopped before there was an answer",
            method=bulk_operation.method,
            path=bulk_operation.path,
        )

    def _spawn(self, work: Any) -> asyncio.Task[None]:
        task: asyncio.Task[None] = self._requester.spawn(work)
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
            body, digest = self._job_kind.body(batch), ""
            entry: Entry | None = None
            if self._journal is not None:
                # Keys of objects in one order, whatever order they were given in: the same key means the same bytes.
                body, digest = _canonical(body)
                entry = self._journal.find(batch.number, digest, batch.keys)
            if entry is not None and entry.settled is not None:
                self._ready.popleft()
                self._report.resumed += len(batch.keys)
                self._job_kind.settle(self._report, batch, entry.settled, {})
                self._ended.put_nowait(None)
                await asyncio.sleep(0)
                continue
            # An id that is under way with an earlier change gets the later one after it.
            while holders := {self._holders[key] for key in batch.keys if key in self._holders}:
                await asyncio.wait(holders)
            self._ready.popleft()
            if self._unsettled and isinstance(batch.keys, tuple) and not self._unsettled.isdisjoint(batch.keys):
                self._held_back.append(batch)
                self._unsettled.update(batch.keys)
                self._ended.put_nowait(None)
                continue
            self._begin(batch, body, digest, entry)

    def _begin(self, batch: Batch[Any], body: dict[str, Any], digest: str, entry: Entry | None) -> None:
        self._waiting[batch.number] = batch
        task = self._spawn(self._carry_out(batch, body, digest, entry))
        if isinstance(batch.keys, tuple):  # of ids; a record is only itself
            self._holders.update(dict.fromkeys(batch.keys, task))
            task.add_done_callback(lambda _: self._let_go(batch))

    def _let_go(self, batch: Batch[Any]) -> None:
        for key in batch.keys:
            self._holders.pop(key, None)

    async def _wait_for_quota(self) -> None:
        """Wait before the request rather than in it, so that a job which is stopped knows what it has not sent."""
        deadline = earliest_deadline(self._deadline)
        patience = math.inf if deadline is None else deadline.remaining()
        with contextlib.suppress(QuotaUnavailableError):
            # Whether it does not fit, or cannot be known: the request says so.
            await self._requester.quota.admit("bulk", self._requester.clock, patience)

    async def _carry_out(self, batch: Batch[Any], body: dict[str, Any], digest: str, entry: Entry | None) -> None:
        """Send a batch until it has an outcome, and take it into the report and the journal.

        `entry` is what an earlier run wrote of it, which then does not know what came of it.
        """
        journal, doubtful = self._journal, entry is not None
        await self._wait_for_quota()
        now = self._requester.clock.time()
        if journal is None:
            key = f"bulk-{uuid.uuid4().hex}"
        else:
            key = journal.key(batch.number, digest)
            entry = await journal.sent(batch.number, digest, now)
        options = attrs.evolve(self._options, idempotency_key=key)
        request = Request(
            self._job_kind.bulk_operation,
            (),
            None,
            body,
            None,
            options,
            idempotency_key_for(self._job_kind.bulk_operation),
        )
        request.cell.in_doubt = doubtful
        sending = _Sending(batch, request, entry, now if entry is None else entry.sent_at)
        self._open[batch.number] = self._waiting.pop(batch.number)
        answer: RawResponse | None = None
        final = True
        try:
            settled, answer = await self._ask(sending)
        except (CStarError, TypeError, ValueError) as error:
            known = error if isinstance(error, CStarError) else None
            stops = not isinstance(error, _OF_ONE_BATCH) or refuses_all(error)
            if sending.in_doubt:
                if known is not None and not stops:
                    del self._open[batch.number]
                    self._leave_in_doubt(sending, known)
                    return
                if known is not None:
                    self._stopped_by[batch.number] = known
                raise
            if stops:
                self._waiting[batch.number] = self._open.pop(batch.number)
            final = known is not None and is_final(known, self._job_kind.bulk_operation)
            if stops or not final:
                await self._take_back(batch)
            if stops:
                raise
            settled = BatchResult(error=error)
        self._job_kind.settle(self._report, batch, settled, {} if answer is None else about(answer))
        self._open.pop(batch.number)
        if journal is not None and final:  # what was never sent is left to the next run
            await journal.done(batch.number, settled)

    def _leave_in_doubt(self, sending: _Sending, error: CStarError) -> None:
        told, batch = sending.told, sending.batch
        if told is None:
            self._doubt(batch, error)
        else:
            self._job_kind.settle(self._report, batch, told, {})
        # The next run sends it again, which must not come after a later change of the same id.
        if self._journal is not None and isinstance(batch.keys, tuple) and self._may_repeat(sending):
            self._unsettled.update(batch.keys)

    async def _take_back(self, batch: Batch[Any]) -> None:
        """Tell the journal that a batch was not sent. It need not know; then the next run takes it for open."""
        if self._journal is not None:
            with contextlib.suppress(JournalError):
                await self._journal.unsent(batch.number)

    def _knows_key(self, sending: _Sending) -> bool:
        """Whether the service still remembers the key that the batch was first sent with."""
        now = self._requester.clock.time()
        if self._journal is not None and sending.entry is not None:
            return self._journal.is_remembered(sending.entry, now)
        return is_remembered(sending.since, now)

    def _may_repeat(self, sending: _Sending) -> bool:
        return self._job_kind.harmless_again or self._knows_key(sending)

    async def _ask(self, sending: _Sending) -> tuple[BatchResult, RawResponse]:
        """The outcome, after rests if the service is away. The idempotency key is the same in all attempts."""
        rounds = iter(() if self._options.max_retries == 0 else RETRY_DELAYS)
        bulk_operation = self._job_kind.bulk_operation
        while True:
            if sending.in_doubt and not self._may_repeat(sending):
                raise self._too_old(sending)
            try:
                answer = await self._requester.send(sending.request, self._deadline)
                settled = self._job_kind.read(sending.batch, answer, again=not self._knows_key(sending))
                if settled.doubtful and isinstance(settled.error, CStarError):
                    sending.told = settled
                    raise settled.error
            except CStarError as error:
                self._report.requests_used += error.attempts
                if isinstance(error, DecodeError) and error.path == bulk_operation.path:
                    sending.request.cell.in_doubt = True
                error.outcome_unknown = sending.in_doubt
                if not may_pass(error, in_doubt=sending.in_doubt):
                    raise
                # While the service is away, one batch has all the patience and those after it none.
                wait = None if self._outage else next(rounds, None)
                if wait is None:
                    self._outage = True
                    raise
                await self._rest(wait, error)
                await self._wait_for_quota()
            else:
                self._outage = False
                self._report.requests_used += answer.attempts
                return settled, answer

    def _too_old(self, sending: _Sending) -> CStarError:
        bulk_operation, hours = self._job_kind.bulk_operation, (self._requester.clock.time() - sending.since) / 3600
        return APIConnectionError(
            f"{bulk_operation.method} {bulk_operation.path}: sent {hours:.1f} h ago without a final answer. The "
            "service remembers idempotency keys for 24 h, for the API key they came with; sent again now, it could be "
            "done twice. Look at what is in doubt, and give what is still to be done to a new job",
            transient=False,
            method=bulk_operation.method,
            path=bulk_operation.path,
            idempotency_key=sending.request.options.idempotency_key,
        )

    async def _rest(self, wait: float, error: CStarError) -> None:
        if isinstance(error, RateLimitError) and error.retry_after is not None:
            if error.retry_after > LONGEST_WINDOW:
                raise error  # no window of the service is so long, and a job that waits for days looks as if it hung
            wait = max(wait, error.retry_after)
        deadline = earliest_deadline(self._deadline)
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
        logger.info("a bulk request had no final answer, the next attempt is in %.0f s: %s", wait, error)
        await self._requester.clock.sleep(wait)


_OF_ONE_BATCH: Final = (APIError, APIConnectionError, DecodeError, QuotaUnavailableError)
"""Errors that are the outcome of a batch, unless they refuse every batch. All others stop the job."""


def _canonical(body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    text = orjson.dumps(orjson.loads(encode_body(body)), option=orjson.OPT_SORT_KEYS)
    return orjson.loads(text), hashlib.blake2b(text, digest_size=16).hexdigest()
