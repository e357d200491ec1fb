"""One line of time: requests, the changes and events they made, each attempt to deliver one, and what came back."""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json

KEPT = 5_000


class Timeline:
    """The last things that happened, each with a number; `changed` wakes those who wait for the next one."""

    def __init__(self) -> None:
        self._items: deque[Json] = deque(maxlen=KEPT)
        self._count = 0
        self.run = uuid.uuid4().hex[:8]
        """Tells the numbers of this timeline from those of one before a restart."""
        self.open = True
        """False once the sandbox closes: who waits here should go."""
        self._waiting: set[asyncio.Future[None]] = set()

    def add(self, kind: str, at: str, team: str, **fields: Any) -> None:
        """Enter something that happened at a moment of the sandbox's clock."""
        self._count += 1
        self._items.append({"number": self._count, "kind": kind, "at": at, "team": team, **fields})
        self.wake()

    def wake(self) -> None:
        """Let everybody who waits look again."""
        for future in self._waiting:
            if not future.done():
                future.set_result(None)

    @property
    def last(self) -> int:
        """The number of the newest item, 0 before the first one."""
        return self._count

    @property
    def first(self) -> int:
        """The number of the oldest item that is kept, or of the next one if none is."""
        return self._count - len(self._items) + 1

    def since(self, number: int) -> list[Json]:
        """Return the items after the one with this number, as far as they are kept."""
        missed = min(self._count - number, len(self._items))
        return (
            [self._items[index] for index in range(len(self._items) - missed, len(self._items))] if missed > 0 else []
        )

    async def changed(self, timeout: float | None = None) -> bool:  # noqa: ASYNC109  # running out is not an error
        """Return at the next wake, or after so many real seconds; whether it was the wake."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(future)
        try:
            done, _ = await asyncio.wait({future}, timeout=timeout)
        finally:
            self._waiting.discard(future)
        return bool(done)
