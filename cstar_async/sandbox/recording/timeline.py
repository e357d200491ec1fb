"""The timeline: requests, their changes and events, the attempts of deliveries and their outcomes."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json

MAX_ITEMS = 5_000


class Timeline:
    """The last items of the timeline, numbered from 1."""

    def __init__(self) -> None:
        self._items: deque[Json] = deque(maxlen=MAX_ITEMS)
        self._count = 0
        self.run = uuid.uuid4().hex[:8]
        """Identifies this timeline, since numbers start again after a restart."""
        self.open = True
        """False once the sandbox closes, when streams should end."""
        self._waiters: set[asyncio.Future[None]] = set()

    def add(self, kind: str, at: str, team: str, **fields: Any) -> None:
        """Add an item and wake the waiters. `at` is a time of the sandbox's clock."""
        self._count += 1
        self._items.append({"number": self._count, "kind": kind, "at": at, "team": team, **fields})
        self.wake()

    def wake(self) -> None:
        """Wake the waiters."""
        for future in self._waiters:
            if not future.done():
                future.set_result(None)

    @property
    def last(self) -> int:
        """The number of the newest item, 0 if there is none."""
        return self._count

    @property
    def first(self) -> int:
        """The number of the oldest item that is kept, or of the next one if there is none."""
        return self._count - len(self._items) + 1

    def since(self, number: int) -> list[Json]:
        """Return the kept items after the one with this number."""
        kept = len(self._items)
        return [self._items[index] for index in range(max(kept - (self._count - number), 0), kept)]

    async def wait_for_change(self, seconds: float) -> bool:
        """Wait for the next `wake`, at most this many real seconds. Returns whether there was one."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(future)
        try:
            done, _ = await asyncio.wait({future}, timeout=seconds)
        finally:
            self._waiters.discard(future)
        return bool(done)
