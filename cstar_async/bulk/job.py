"""`Bulk`: a job as an object. Nothing is sent before it is awaited or iterated."""

from __future__ import annotations

import asyncio
import os
import sys
import warnings
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from cstar_async._core.deadline import Deadline
from cstar_async._core.options import Options
from cstar_async._core.representation import safe_repr
from cstar_async._core.validation import check_whole

from .inputs import check_source, items, known_length, readable_again
from .iterator import Holdings, ReportIterator
from .jobs import Changes, Import
from .journal import Journal, read_contents
from .report import BulkReport, ImportReport, Plan
from .runner import Runner, canonical

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Generator, Mapping
    from typing import Self

    from cstar_async._core.call import BaseClient
    from cstar_async._core.operation import Operation

    from .inputs import Ids, Pairs, Records, Source
    from .jobs import JobKind

R = TypeVar("R", BulkReport, ImportReport)
JournalPath = str | os.PathLike[str]


class Bulk(Generic[R]):
    """Many changes in few requests: `await` it to make them, or iterate over it with `async for` to see its progress.

    `report = await job` gives the report at the end; `async for report in job` gives the same report object after each
    request. Failures of single items are in the report and are not raised. Errors that stop the whole job are raised
    (the key is refused, the deadline has passed, the input raised, the journal does not match); `job.report` then says
    where it stopped. Leaving the iteration, or a cancellation, ends the requests in flight and releases the journal.

    A job runs once. A job that is dropped without being used warns (RuntimeWarning), like a coroutine that was never
    awaited.
    """

    def __init__(
        self,
        client: BaseClient,
        job_kind: JobKind[R],
        source: Source,
        *,
        journal: JournalPath | None = None,
        concurrency: int = 4,
    ) -> None:
        self._used = True  # no warning if the arguments are invalid
        check_whole("concurrency", concurrency, least=1)
        self._requester = client._requester  # noqa: SLF001  # inside the package  # pyright: ignore[reportPrivateUsage]
        self._job_kind: JobKind[R] = job_kind
        self._source = source
        self._journal = None if journal is None else Path(journal)
        self._concurrency = concurrency
        self._options = Options(priority="bulk")
        self._started = False
        self.report: R = job_kind.report()
        """The result so far."""
        self.report.expected = known_length(source)
        self._used = False

    def options(
        self,
        *,
        timeout: float | None = None,
        deadline: float | None = None,
        max_retries: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Self:
        """Return the same job with other options; None leaves one as it is. Use the returned job in place of this one.

        Args:
            timeout: Seconds for one attempt of a request.
            deadline: Seconds for the whole job, including waits for the quota. The job stops when they have passed.
            max_retries: Retries of a request after a short backoff. If it still fails, it is sent again after pauses of
                up to 45 s, with the same idempotency key; 0 turns off both.
            headers: Headers to add to each request, and to those of earlier `options`.

        Raises:
            ValueError: A number is out of range.
            TypeError: An option has the wrong type.
        """
        self._used = True
        changed = self._options.changed(timeout=timeout, deadline=deadline, max_retries=max_retries, headers=headers)
        copy = type(self).__new__(type(self))
        report = self._job_kind.report()
        report.expected = self.report.expected
        copy.__dict__.update(self.__dict__, _options=changed, _used=False, report=report)
        return copy

    def __await__(self) -> Generator[Any, None, R]:
        return self.send().__await__()

    async def send(self) -> R:
        """Run the job; the coroutine of `await job`, for `TaskGroup.create_task`."""
        async with aclosing(self.__aiter__()) as reports:
            async for _ in reports:
                pass
        return self.report

    def __aiter__(self) -> AsyncGenerator[R, None]:
        if self._started:
            raise RuntimeError("this job has already run; create a new one")
        self._used = self._started = True
        holdings = Holdings[R]()
        return ReportIterator(self._reports(holdings), holdings)

    async def _reports(self, holdings: Holdings[R]) -> AsyncGenerator[R, None]:
        requester = self._requester
        requester.require_open()
        seconds = self._options.deadline
        deadline = None if seconds is None else Deadline(seconds, requester.clock)
        if self._journal is not None:
            holdings.journal = await self._open(self._journal)
        try:
            holdings.run = run = Runner(
                requester,
                self._job_kind,
                self.report,
                options=attrs.evolve(self._options, deadline=None),
                deadline=deadline,
                concurrency=self._concurrency,
                journal=holdings.journal,
            )
            async with aclosing(run.outcomes(self._source)) as reports:
                async for report in reports:
                    yield report
        finally:
            if holdings.journal is not None:
                holdings.journal.close()

    async def _open(self, path: Path) -> Journal:
        opening = asyncio.ensure_future(
            asyncio.to_thread(Journal.open, path, self._terms(), self._requester.key_identity)
        )
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            # A thread cannot be cancelled, and without this the journal would stay locked.
            await asyncio.wait({opening})
            if not opening.cancelled() and opening.exception() is None:
                opening.result().close()
            raise

    async def plan(self) -> Plan:
        """Estimate the cost of the job. Sends nothing; the job can be run afterwards.

        The whole input is read. An input that can be read only once, such as a generator, is kept in memory until the
        job runs; a list of the API is read page by page, which costs requests, and again by the job.

        Raises:
            JournalError: The job could not use its journal: it is of another job or of other items, or is in use.
        """
        self._used = True
        if self._started:
            raise RuntimeError("this job has already run; create a new one to plan")
        if not readable_again(self._source):
            self._source = [item async for item in items(self._source)]
            self.report.expected = len(self._source)
        path, contents = self._journal, None
        if path is not None:
            contents = await asyncio.to_thread(read_contents, path, self._terms())
        planner = self._job_kind.planner()
        requests = resumed = number = 0

        def count(batches: list[Any]) -> None:
            nonlocal requests, resumed, number
            for batch in batches:
                number += 1
                entry = None
                if path is not None and contents is not None and contents.head is not None:
                    entry = contents.find(path, batch.number, canonical(self._job_kind.body(batch))[1], batch.keys)
                if entry is not None and entry.settled is not None:
                    resumed += len(batch.keys)
                else:
                    requests += 1

        async with aclosing(items(self._source)) as found:
            async for item in found:
                count(planner.add(item))
        count(planner.finish())
        if path is not None and contents is not None:
            contents.check_length(path, number)
        quota, clock = self._requester.quota, self._requester.clock
        return Plan(
            total=planner.taken,
            requests=requests,
            resumed=resumed,
            duplicates=planner.duplicates,
            seconds=await quota.seconds_for(requests, clock.monotonic()),
            remaining=quota.remaining,
        )

    async def with_progress(self, description: str | None = None) -> R:
        """Run the job with a progress bar on stderr; needs rich (`pip install 'cstar-async[progress]'`).

        The default description is the action and the resource, such as `update tickets`.
        """
        self._used = True
        quota, clock = self._requester.quota, self._requester.clock
        from .progress import show  # rich is optional, and loads slowly

        return await show(
            self,
            self.report,
            description or f"{self._job_kind.action} {self._job_kind.resource}",
            lambda requests: quota.seconds_for(requests, clock.monotonic()),
        )

    def _terms(self) -> dict[str, Any]:
        return {"server": self._requester.base_url, "team": self._requester.team, **self._job_kind.terms()}

    @safe_repr
    def __repr__(self) -> str:
        return f"<Bulk: {self._job_kind.action} {self._job_kind.resource}>"

    def __del__(self) -> None:
        # __init__ may have failed before the attribute was set.
        if getattr(self, "_used", True) or sys.is_finalizing():
            return
        warnings.warn(f"{self!r} was never awaited, so nothing was sent", RuntimeWarning, stacklevel=2, source=self)


def update_many(
    client: BaseClient,
    item_operation: Operation,
    bulk_operation: Operation,
    ids: Ids,
    changes: Mapping[str, Any],
    **options: Any,
) -> Bulk[BulkReport]:
    """Make the same change to many ids."""
    check_source(ids, "ids")
    return Bulk(client, Changes(item_operation, bulk_operation, changes), ids, **options)


def update_each(
    client: BaseClient, item_operation: Operation, bulk_operation: Operation, changes: Pairs, **options: Any
) -> Bulk[BulkReport]:
    """Make a change of its own to each id."""
    check_source(changes, "changes by id")
    return Bulk(client, Changes(item_operation, bulk_operation, None, paired=True), changes, **options)


def delete_many(
    client: BaseClient, item_operation: Operation, bulk_operation: Operation, ids: Ids, **options: Any
) -> Bulk[BulkReport]:
    """Delete many ids."""
    check_source(ids, "ids")
    return Bulk(client, Changes(item_operation, bulk_operation, None), ids, **options)


def import_many(
    client: BaseClient,
    item_operation: Operation,
    bulk_operation: Operation,
    records: Records,
    merge_strategy: Any,
    **options: Any,
) -> Bulk[ImportReport]:
    """Import many records."""
    check_source(records, "records")
    if hasattr(records, "keys"):
        raise TypeError("expected records, got a single record; write [record]")
    return Bulk(client, Import(item_operation, bulk_operation, merge_strategy), records, **options)
