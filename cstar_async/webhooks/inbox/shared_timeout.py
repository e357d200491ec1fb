"""A time limit for many waits at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable

T = TypeVar("T")


class SharedTimeout:
    """A time limit for each wait, like `asyncio.timeout`, with one timer, for the oldest wait.

    A timer for each wait would be a tenth of the cost of receiving a delivery.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds: Final = seconds
        self._begun: dict[asyncio.Task[Any], float] = {}
        """The current waits, oldest first."""
        self._late: set[asyncio.Task[Any]] = set()
        self._watching: asyncio.AbstractEventLoop | None = None
        """The loop on which a timer runs."""

    async def wait(self, work: Awaitable[T]) -> T:
        """Await the work and return its result. When the time is up, it is cancelled and TimeoutError raised."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        if self._watching is not loop:
            self._watching = loop
            loop.call_later(self.seconds, self._look, loop)
        cancelling = task.cancelling()
        self._begun[task] = loop.time()
        try:
            return await work
        except asyncio.CancelledError as error:
            # A cancellation by another caller must not be lost.
            if task in self._late and task.uncancel() <= cancelling:
                raise TimeoutError from error
            raise
        finally:
            del self._begun[task]
            self._late.discard(task)

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        latest = loop.time() - self.seconds
        for task, begun in self._begun.items():
            if begun > latest:
                loop.call_at(begun + self.seconds, self._look, loop)
                return
            if task not in self._late:
                self._late.add(task)
                task.cancel()
        self._watching = None
