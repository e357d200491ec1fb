"""A bounded number of places, handed over in the order in which they were asked for."""

from __future__ import annotations

import asyncio
import math


class Slots:
    """Like a semaphore, but taking a free place is a plain call: it is on the way of every request."""

    __slots__ = ("_waiting", "free")

    def __init__(self, number: float) -> None:
        """Begin with so many free places; infinity for no bound."""
        self.free = number
        self._waiting: dict[asyncio.Future[None], None] = {}

    def take(self) -> bool:
        """Take a place if one is free."""
        if self.free > 0:
            self.free -= 1
            return True
        return False

    def give(self) -> None:
        """Give a place back, to whoever waits longest."""
        if self._waiting:
            future = next(iter(self._waiting))
            del self._waiting[future]
            future.set_result(None)
        else:
            self.free += 1

    async def wait(self, patience: float = math.inf) -> bool:
        """Wait for a place and take it; False if none came within `patience` (real) seconds."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[future] = None
        try:
            await asyncio.wait({future}, timeout=None if math.isinf(patience) else patience)
        except asyncio.CancelledError:
            if future.done():
                self.give()  # handed over in the same moment
            raise
        finally:
            self._waiting.pop(future, None)
        return future.done()
