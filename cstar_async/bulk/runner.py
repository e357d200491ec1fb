"""One run of a job: read the input, send the batches side by side, and put their outcomes into the report."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import uuid
from collections import deque
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import orjson

from cstar_async._core.json_body import encode_body
from cstar_async.errors import (
    APIConnectionError,
    APIError,
    CStarError,
    DecodeError,
    JournalError,
    QuotaUnavailableError,
)

from .inputs import items
from .jobs import about
from .outcome import is_final, refuses_all
from .report import BulkReport, ImportReport
from .results import BatchResult
from .sender import BatchSender

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
    from .sender import BatchRequest

R = TypeVar("R", BulkReport, ImportReport)


class Runner(Generic[R]):
    """A run that continues while `outcomes` is iterated. Leaving the iteration cancels the requests in flight."""

    def __init__(
        self,
        requester: Requester,
        job_kind: JobKind[R],
        report: R,
        *,
        options: Options,
        deadline: Deadline | None,
        concurrency: int,
        journal: Journal | None,
    ) -> None:
        self._requester = requester
        self._job_kind: JobKind[R] = job_kind
        self._report: R = report
        self._journal = journal
        self._sender: BatchSender[R] = BatchSender(
            requester, job_kind, report, options=options, deadline=deadline, journal=journal
        )
        self._slots = asyncio.Semaphore(concurrency)
        self._planner = job_kind.planner()
        self._ready: deque[Batch[Any]] = deque()
        """Batches that are not begun yet."""
        self._waiting: dict[int, Batch[Any]] = {}
        """By number, batches that were not sent: they wait for the quota, or were refused or cancelled before."""
        self._open: dict[int, Batch[Any]] = {}
        """By number, batches that were sent and have no outcome yet."""
        self._stopping_errors: dict[int, CStarError] = {}
        """By number of an open batch, the error that stopped the job."""
        self._blocked: list[Batch[Any]] = []
        """Batches that are not sent because an earlier change of one of their ids is in doubt."""
        self._blocked_ids: set[str] = set()
        """Ids with an earlier change in doubt or in a blocked batch."""
        self._stopped = False
        self._tasks_by_id: dict[Any, asyncio.Task[None]] = {}
        """By id, the task of its batch in flight."""
        self._tasks: set[asyncio.Task[None]] = set()
        # Tasks that have ended, of batches or of the feeder; None for a batch that an earlier run has settled.
        self._ended: asyncio.Queue[asyncio.Task[None] | None] = asyncio.Queue()

    async def outcomes(self, source: Source) -> AsyncGenerator[R, None]:
        """Yield the report after each batch. Raises the error that stops the job, once the other tasks have ended."""
        feeder = self._spawn(self._feed(source))
        stopping_error: Exception | None = None
        try:
            while self._tasks or not self._ended.empty():
                task = await self._ended.get()
                if task is not None:
                    self._tasks.discard(task)
                    error = None if task.cancelled() else task.exception()
                    if task.cancelled() and stopping_error is None:
                        self._requester.require_open()
                    if error is not None and not isinstance(error, Exception):
                        raise error
                    if error is not None and stopping_error is None:
                        stopping_error = error
                        feeder.cancel()
                if task is not feeder and stopping_error is None:
                    self._slots.release()
                    self._update_counts()
                    yield self._report
            if stopping_error is not None:
                raise stopping_error
            self._report.complete = not (self._report.in_doubt or self._blocked)
        finally:
            tasks = list(self._tasks)
            for task in tasks:
                task.cancel()
            if tasks:
                await asyncio.gather(*tasks, return_exceptions=True)
            self.stop()

    def stop(self) -> None:
        """Cancel the tasks without waiting for them, and complete the report: what is in doubt, what is unsent."""
        for task in self._tasks:
            task.cancel()
        self._update_counts()
        if not self._stopped:
            self._stopped = True
            self._report_rest()

    def _update_counts(self) -> None:
        self._report.total = self._planner.taken
        self._report.duplicates = self._planner.duplicates

    def _report_rest(self) -> None:
        """Add to the report what is neither done nor failed."""
        report: Any = self._report
        for batch in self._open.values():
            self._doubt(batch, self._stopping_errors.get(batch.number) or self._stop_error())
        for batch in (*self._waiting.values(), *self._ready, *self._blocked):
            if self._journal is not None and self._journal.left_open(batch.number):
                self._doubt(batch, self._stop_error())
            else:
                report.unsent.extend(batch.keys)
        report.unsent.extend(self._planner.buffered())

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
                # The members are sorted, since the same idempotency key must come with the same bytes.
                body, digest = canonical(body)
                entry = self._journal.find(batch.number, digest, batch.keys)
            if entry is not None and entry.settled is not None:
                self._ready.popleft()
                self._report.resumed += len(batch.keys)
                self._job_kind.settle(self._report, batch, entry.settled, {})
                self._ended.put_nowait(None)
                await asyncio.sleep(0)
                continue
            # A later change of an id in flight is sent after the earlier one.
            while earlier := {self._tasks_by_id[key] for key in batch.keys if key in self._tasks_by_id}:
                await asyncio.wait(earlier)
            self._ready.popleft()
            if self._blocked_ids and isinstance(batch.keys, tuple) and not self._blocked_ids.isdisjoint(batch.keys):
                self._blocked.append(batch)
                self._blocked_ids.update(batch.keys)
                self._ended.put_nowait(None)
                continue
            self._begin(batch, body, digest, entry)

    def _begin(self, batch: Batch[Any], body: dict[str, Any], digest: str, entry: Entry | None) -> None:
        self._waiting[batch.number] = batch
        task = self._spawn(self._carry_out(batch, body, digest, entry))
        if isinstance(batch.keys, tuple):  # of ids; records are independent of each other
            self._tasks_by_id.update(dict.fromkeys(batch.keys, task))
            task.add_done_callback(lambda _: self._release_ids(batch))

    def _release_ids(self, batch: Batch[Any]) -> None:
        for key in batch.keys:
            self._tasks_by_id.pop(key, None)

    async def _carry_out(self, batch: Batch[Any], body: dict[str, Any], digest: str, entry: Entry | None) -> None:
        """Send a batch until it has an outcome, and put that into the report and the journal.

        `entry` is of an earlier run, which sent the batch and does not know its outcome.
        """
        await self._sender.wait_for_quota()
        sending = await self._prepare(batch, body, digest, entry)
        answer: RawResponse | None = None
        final = True
        try:
            settled, answer = await self._send(sending)
        except (CStarError, TypeError, ValueError) as error:
            known = error if isinstance(error, CStarError) else None
            stops = not isinstance(error, _OF_ONE_BATCH) or refuses_all(error)
            if sending.in_doubt:
                if known is not None and not stops:
                    del self._open[batch.number]
                    self._leave_in_doubt(sending, known)
                    return
                if known is not None:
                    self._stopping_errors[batch.number] = known
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
        if self._journal is not None and final:  # a batch that was never sent is left to the next run
            await self._journal.done(batch.number, settled)

    async def _prepare(self, batch: Batch[Any], body: dict[str, Any], digest: str, entry: Entry | None) -> BatchRequest:
        """Make the request of a batch, and record it in the journal."""
        in_doubt, now = entry is not None, self._requester.clock.time()
        if self._journal is None:
            key = f"bulk-{uuid.uuid4().hex}"
        else:
            key = self._journal.key(batch.number, digest)
            try:
                entry = await self._journal.sent(batch.number, digest, now)
            except asyncio.CancelledError:
                if not in_doubt:
                    await self._take_back(batch)
                raise
        return self._sender.prepare(batch, body, key, entry, now, in_doubt=in_doubt)

    async def _send(self, sending: BatchRequest) -> tuple[BatchResult, RawResponse]:
        batch = sending.batch
        self._open[batch.number] = self._waiting.pop(batch.number)
        try:
            return await self._sender.send(sending)
        except asyncio.CancelledError:
            if not sending.in_doubt:  # it waited for the quota, a connection or the next attempt
                self._waiting[batch.number] = self._open.pop(batch.number)
                await self._take_back(batch)
            raise

    def _leave_in_doubt(self, sending: BatchRequest, error: CStarError) -> None:
        batch = sending.batch
        if sending.partial is None:
            self._doubt(batch, error)
        else:
            self._job_kind.settle(self._report, batch, sending.partial, {})
        # The next run sends it again, which must not happen after a later change of the same id.
        if self._journal is not None and isinstance(batch.keys, tuple) and self._sender.may_repeat(sending):
            self._blocked_ids.update(batch.keys)

    async def _take_back(self, batch: Batch[Any]) -> None:
        """Record in the journal that a batch was not sent. Without that, the next run treats it as in doubt."""
        if self._journal is not None:
            with contextlib.suppress(JournalError):
                await self._journal.unsent(batch.number)


_OF_ONE_BATCH: Final = (APIError, APIConnectionError, DecodeError, QuotaUnavailableError)
"""Errors that are the outcome of one batch, unless they refuse every batch. All others stop the job."""


def canonical(body: dict[str, Any]) -> tuple[dict[str, Any], str]:
    """A body with sorted members, and its hash."""
    text = orjson.dumps(orjson.loads(encode_body(body)), option=orjson.OPT_SORT_KEYS)
    return orjson.loads(text), hashlib.blake2b(text, digest_size=16).hexdigest()
