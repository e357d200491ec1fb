"""A clock that moves only when somebody sleeps, or when the test says so."""

from __future__ import annotations

import asyncio


class FakeClock:
    """Time for tests. `slept` holds every wait in order; a sleep moves the clock at once."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now - 1_000_000.0

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        self.now += seconds
