"""What is under way, and has to end before the connections are closed."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator


class InFlight:
    """A count of what is under way."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._count = 0
        self._ended = asyncio.Event()

    @contextlib.contextmanager
    def call(self) -> Generator[None]:
        """One until the end of the block."""
        self._count += 1
        try:
            yield
        finally:
            self._count -= 1
            self._ended.set()

    def hold(self, task: asyncio.Task[Any]) -> None:
        """One until the task ends, though nobody may wait for it any more."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(lambda _: self._ended.set())

    async def wait(self) -> None:
        """Return when there is none."""
        while self._count or self._tasks:
            self._ended.clear()
            await self._ended.wait()
