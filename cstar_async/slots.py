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
        while self._waiting:
            future = next(iter(self._waiting))
            del self._waiting[future]
            if not future.done():  # else its taker has been cancelled, and has not gone on yet
                future.set_result(None)
                return
        self.free += 1

    async def wait(self, patience: float = math.inf) -> bool:
        """Wait for a place and take it; False if none came within `patience` (real) seconds."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[future] = None
        try:
            if math.isinf(patience):
                await future  # the usual case, and much the cheaper one
            else:
                await asyncio.wait({future}, timeout=patience)
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.give()  # handed over in the same moment
            raise
        finally:
            self._waiting.pop(future, None)
        return future.done()
