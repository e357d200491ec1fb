"""A clock that only the test moves; sleeping tasks wait until it is moved."""

from __future__ import annotations

import asyncio


class ManualClock:
    """A clock for tests of the inbox. Unlike FakeClock, a sleep does not move it."""

    def __init__(self, now: float = 1_765_377_000.0) -> None:
        self.now = now
        self.set_by = 0.0
        """Seconds by which the wall clock has been set forward, negative if back."""
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self.now - 1_000_000.0

    def time(self) -> float:
        return self.now + self.set_by

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (self.now + seconds, future)
        self._sleepers.append(entry)
        try:
            if seconds <= 0:
                await asyncio.sleep(0)
            else:
                await future
        finally:
            self._sleepers.remove(entry)

    def advance(self, seconds: float) -> None:
        self.now += seconds
        for moment, future in self._sleepers:
            if moment <= self.now and not future.done():
                future.set_result(None)
