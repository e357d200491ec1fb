"""How bulk work is spread over a window, so that the interactive calls of the same key always find room. Pure.

Three rules, all about one fixed window of the service:

- The last tenth of the limit (the *reserve*) is for interactive calls alone.
- What is above it is spent evenly over the rest of the window. Bulk work may run ahead of the even pace by a tenth of
  the limit (the *burst*), so that a small job does not wait at all.
- One request of each window is bulk's, even out of the reserve, and while bulk work waits for it interactive calls
  leave it. So bulk work is never starved for ever by a service that uses the key up in every window.

Before the first answer of a window nobody knows how much others have used; until then bulk work sends one request.
"""

from __future__ import annotations

import math
from typing import Final

RESERVE: Final = 0.1
"""The share of the limit that bulk work leaves."""
BURST: Final = 0.1
"""How far, as a share of the limit, bulk work may run ahead of the even pace."""
CLAIM: Final = 5.0
"""Seconds for which bulk work that was told to come back later still has its claim when it is late."""
_TRIFLE: Final = 1e-3  # Seconds; a wait of a rounding error would be waited for again and again.


class Pace:
    """What bulk work has had of the present window. All times are the caller's, in seconds."""

    __slots__ = ("claim", "due", "reserve", "sent")

    def __init__(self, reserve: float = RESERVE) -> None:
        self.reserve = reserve
        """A share of the limit."""
        self.due = -math.inf
        """When the next bulk request would be due at the even pace."""
        self.sent = 0
        """Bulk requests begun in this window."""
        self.claim = -math.inf
        """Until when one request is kept for bulk work, if it has had none in this window."""

    def restart(self) -> None:
        """Begin a window. The claim stays: it is what bulk work waited for."""
        self.due = -math.inf
        self.sent = 0

    def kept(self, limit: int) -> int:
        """How many requests of a window bulk work leaves."""
        return math.ceil(limit * self.reserve - 1e-9)  # 100 * 0.07 is a little more than 7

    def held(self, now: float) -> int:
        """How many requests interactive calls have to leave: one, while bulk work waits for its first."""
        return 1 if self.sent == 0 and now < self.claim else 0

    def wait(self, limit: int, free: int, length: float, rest: float, now: float) -> float:
        """Seconds until the next bulk request may go, with `free` requests left and `rest` seconds of the window."""
        if free <= 0:
            return rest
        if self.sent == 0:
            return 0.0
        kept = self.kept(limit)
        if free <= kept:
            return rest
        # Each request that runs ahead leaves a little less for those after it, so what a burst of them is ahead by is
        # the sum of length / spare, length / (spare - 1), and so on.
        spare = max(1, limit - kept)
        ahead = length * math.log(spare / (spare - min(BURST * limit, spare / 2)))
        wait = min(self.due - ahead - now, rest)
        return wait if wait > _TRIFLE else 0.0

    def begin(self, limit: int, free: int, rest: float, now: float) -> None:
        """Take in that a bulk request goes now; `free` counts it as not gone yet."""
        self.due = max(self.due, now) + rest / max(1, free - self.kept(limit))
        self.sent += 1
