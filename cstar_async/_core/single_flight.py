"""Work that several callers need at once, done once."""

from __future__ import annotations

import asyncio
import contextvars
import math
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cstar_async.errors import DeadlineExceededError

from .deadline import forget_deadline

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from .deadline import Deadline
    from .operation import Operation
    from .requester import Requester

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Runs work in a task of the client's: the first caller starts it, and all others wait for the same result.

    The cancellation or the deadline of a caller does not end the work; closing the client does. No result is kept.
    """

    __slots__ = ("_operation", "_requester", "_subject", "_task", "_work")

    def __init__(
        self,
        requester: Requester,
        work: Callable[[], Coroutine[Any, Any, T]],
        operation: Callable[[], Operation],
        subject: str,
    ) -> None:
        """Set it up.

        Args:
            requester: Starts the task.
            work: Makes the coroutine of the work.
            operation: Loads the operation that the work sends, for the error about a deadline.
            subject: What the callers wait for, for the same error.
        """
        self._requester = requester
        self._work = work
        self._operation = operation
        self._subject = subject
        self._task: asyncio.Task[T] | None = None

    async def run(self, deadline: Deadline | None) -> T:
        """Start the work, or join it, and return its result. Raises its error, or DeadlineExceededError."""
        self._requester.require_open()
        task = self._task
        if task is None:
            context = contextvars.copy_context()
            context.run(forget_deadline)
            task = context.run(self._requester.spawn, self._work())
            task.add_done_callback(self._finished)
            self._task = task
        remaining = math.inf if deadline is None else deadline.remaining()
        if remaining > 0:
            await asyncio.wait({task}, timeout=None if math.isinf(remaining) else remaining)
        if not task.done():
            operation = self._operation()
            raise DeadlineExceededError(
                f"the deadline passed while waiting for {self._subject} ({operation.method} {operation.path})",
                method=operation.method,
                path=operation.path,
            )
        if task.cancelled():
            self._requester.require_open()
        return task.result()

    def _finished(self, task: asyncio.Task[T]) -> None:
        self._task = None
        # Retrieving a failure keeps asyncio from logging it if no caller waits any more.
        if not task.cancelled():
            task.exception()
