"""Send one batch until it has an outcome, with pauses while the service is away."""

from __future__ import annotations

import contextlib
import logging
import math
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs

from cstar_async._core.deadline import earliest_deadline
from cstar_async._core.idempotency import idempotency_key_for
from cstar_async._core.rate_limit import LONGEST_WINDOW
from cstar_async._core.representation import show_fields
from cstar_async._core.request import Request
from cstar_async.errors import (
    APIConnectionError,
    CStarError,
    DeadlineExceededError,
    DecodeError,
    QuotaUnavailableError,
    RateLimitError,
)

from .outcome import is_remembered, may_pass
from .report import BulkReport, ImportReport

if TYPE_CHECKING:
    from cstar_async._core.deadline import Deadline
    from cstar_async._core.options import Options
    from cstar_async._core.requester import Requester
    from cstar_async._core.response import RawResponse

    from .batching import Batch
    from .entries import Entry
    from .jobs import JobKind
    from .journal import Journal
    from .results import BatchResult

R = TypeVar("R", BulkReport, ImportReport)
logger = logging.getLogger("cstar_async")

RETRY_DELAYS: Final = (5.0, 15.0, 45.0)
"""Seconds of the pauses before a batch is sent again, after the request's own retries have failed."""


@attrs.define(repr=False)
class BatchRequest:
    """A batch with its request, until it has an outcome."""

    batch: Batch[Any]
    request: Request
    entry: Entry | None
    """Its entry in the journal."""
    first_sent: float
    """In seconds since 1970."""
    partial: BatchResult | None = None
    """The consistent part of an answer that contradicts itself."""

    __repr__ = show_fields

    @property
    def in_doubt(self) -> bool:
        """Whether it may have been carried out already."""
        return self.request.cell.in_doubt


class BatchSender(Generic[R]):
    """Sends the batches of one run, at the pace of the quota."""

    def __init__(
        self,
        requester: Requester,
        job_kind: JobKind[R],
        report: R,
        *,
        options: Options,
        deadline: Deadline | None,
        journal: Journal | None,
    ) -> None:
        self._requester = requester
        self._job_kind: JobKind[R] = job_kind
        self._report: R = report
        self._options = options
        self._deadline = deadline
        self._journal = journal
        self._outage = False
        """Whether the last batch failed after all pauses; the batches after it get none until one succeeds."""

    async def wait_for_quota(self) -> None:
        """Wait before the request and not in it, so that a job which is stopped knows what it has not sent."""
        deadline = earliest_deadline(self._deadline)
        max_wait = math.inf if deadline is None else deadline.remaining()
        with contextlib.suppress(QuotaUnavailableError):
            # If the wait is too long, or the quota unavailable, the request raises the error.
            await self._requester.quota.admit("bulk", self._requester.clock, max_wait)

    def prepare(
        self, batch: Batch[Any], body: dict[str, Any], key: str, entry: Entry | None, now: float, *, in_doubt: bool
    ) -> BatchRequest:
        """Make the request of a batch. `in_doubt`: an earlier run sent it and does not know its outcome."""
        operation = self._job_kind.bulk_operation
        options = attrs.evolve(self._options, idempotency_key=key)
        request = Request(operation, (), None, body, None, options, idempotency_key_for(operation))
        request.cell.in_doubt = in_doubt
        return BatchRequest(batch, request, entry, now if entry is None else entry.sent_at)

    async def send(self, sending: BatchRequest) -> tuple[BatchResult, RawResponse]:
        """Return the outcome, after pauses if the service is away. The idempotency key is the same in all attempts."""
        delays = iter(() if self._options.max_retries == 0 else RETRY_DELAYS)
        while True:
            if sending.in_doubt and not self.may_repeat(sending):
                raise self._too_old(sending)
            try:
                answer = await self._requester.send(sending.request, self._deadline)
                settled = self._job_kind.read(sending.batch, answer, again=not self._knows_key(sending))
                if settled.doubtful and isinstance(settled.error, CStarError):
                    sending.partial = settled
                    raise settled.error
            except CStarError as error:
                self._report.requests_used += error.attempts
                if isinstance(error, DecodeError) and error.path == self._job_kind.bulk_operation.path:
                    sending.request.cell.in_doubt = True
                error.outcome_unknown = sending.in_doubt
                if not may_pass(error, in_doubt=sending.in_doubt):
                    raise
                delay = None if self._outage else next(delays, None)
                if delay is None:
                    self._outage = True
                    raise
                await self._pause(delay, error)
                await self.wait_for_quota()
            else:
                self._outage = False
                self._report.requests_used += answer.attempts
                return settled, answer

    def may_repeat(self, sending: BatchRequest) -> bool:
        """Whether sending it again does nothing twice."""
        return self._job_kind.idempotent or self._knows_key(sending)

    def _knows_key(self, sending: BatchRequest) -> bool:
        """Whether the service still remembers the key that the batch was first sent with."""
        now = self._requester.clock.time()
        if self._journal is not None and sending.entry is not None:
            return self._journal.is_remembered(sending.entry, now)
        return is_remembered(sending.first_sent, now)

    def _too_old(self, sending: BatchRequest) -> CStarError:
        operation, hours = self._job_kind.bulk_operation, (self._requester.clock.time() - sending.first_sent) / 3600
        return APIConnectionError(
            f"{operation.method} {operation.path}: sent {hours:.1f} h ago without a final answer. The service "
            "remembers idempotency keys for 24 h, for the API key they came with, so sending it again could do it "
            "twice. Check what is in doubt, and give what is still to be done to a new job",
            transient=False,
            method=operation.method,
            path=operation.path,
            idempotency_key=sending.request.options.idempotency_key,
        )

    async def _pause(self, delay: float, error: CStarError) -> None:
        if isinstance(error, RateLimitError) and error.retry_after is not None:
            if error.retry_after > LONGEST_WINDOW:
                raise error  # no window of the service is so long, and the job would seem to hang for days
            delay = max(delay, error.retry_after)
        deadline = earliest_deadline(self._deadline)
        if deadline is not None and delay >= deadline.remaining():
            raise DeadlineExceededError(
                f"{error.method} {error.path}: the next attempt would be in {delay:.0f} s, beyond the deadline of "
                f"{deadline.seconds:g} s",
                method=error.method,
                path=error.path,
                attempts=error.attempts,
                request_id=error.request_id,
                idempotency_key=error.idempotency_key,
            ) from error
        logger.info("a bulk request had no final answer, the next attempt is in %.0f s: %s", delay, error)
        await self._requester.clock.sleep(delay)
