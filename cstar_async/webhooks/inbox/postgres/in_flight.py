"""Calls in flight, which must end before the connections are closed."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator


class InFlight:
    """Counts the calls and tasks in flight."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._count = 0
        self._ended = asyncio.Event()

    @contextlib.contextmanager
    def call(self) -> Generator[None]:
        """Count one call until the end of the block."""
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1
            self._ended.set()

    def hold(self, task: asyncio.Task[Any]) -> None:
        """Count a task until it ends, even if no caller waits for it."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: self._ended.set())

    async def wait(self) -> None:
        """Return when nothing is in flight."""
        while self._count or self._tasks:
            self._ended.clear()
            await self._ended.wait()
