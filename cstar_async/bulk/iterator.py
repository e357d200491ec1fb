"""The iterator over a job's reports: the job ends as soon as the iterator is dropped."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .report import BulkReport, ImportReport

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from .journal import Journal
    from .runner import Runner

R = TypeVar("R", BulkReport, ImportReport)


class Holdings(Generic[R]):
    """What a running job has to release."""

    def __init__(self) -> None:
        self.run: Runner[R] | None = None
        self.journal: Journal | None = None
        self._loop = asyncio.get_running_loop()

    def release(self) -> None:
        """Cancel the tasks without waiting for them, and release the journal."""
        if self._loop.is_closed() or (self.run is None and self.journal is None):
            return
        try:
            here = asyncio.get_running_loop() is self._loop
        except RuntimeError:
            here = False
        if here:
            self._release()
        else:  # garbage-collected on another thread
            self._loop.call_soon_threadsafe(self._release)

    def _release(self) -> None:
        if self.run is not None:
            self.run.stop()
        if self.journal is not None:
            self.journal.close()


class ReportIterator(AsyncGenerator[R, None]):
    """An asynchronous generator that ends its job as soon as it is dropped, for example after a `break`.

    The event loop closes a plain generator some iterations later, and until then the journal would be locked, also for
    the next run of the same job.
    """

    def __init__(self, reports: AsyncGenerator[R, None], holdings: Holdings[R]) -> None:
        self._reports: AsyncGenerator[R, None] = reports
        self._holdings: Holdings[R] = holdings

    def __anext__(self) -> Coroutine[Any, Any, R]:
        return self._reports.__anext__()

    def asend(self, value: None, /) -> Coroutine[Any, Any, R]:
        """See `AsyncGenerator`."""
        return self._reports.asend(value)

    def athrow(self, *error: Any) -> Coroutine[Any, Any, R]:
        """See `AsyncGenerator`."""
        return self._reports.athrow(*error)

    def aclose(self) -> Coroutine[Any, Any, None]:
        """End the job, and wait until its requests in flight have ended."""
        return self._reports.aclose()

    def __del__(self) -> None:
        holdings: Holdings[R] | None = getattr(self, "_holdings", None)  # __init__ may have failed before it was set
        if holdings is not None:
            holdings.release()
