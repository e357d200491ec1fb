"""How bulk work is spread over a window, so that interactive calls of the same key are sent at once. Pure.

Three rules, all about one fixed window of the service:

- The last tenth of the limit (the *reserve*) is for interactive calls alone.
- Bulk work spends the other requests evenly over the rest of the window. It may be ahead of that pace by a tenth of the
  limit (the *burst*), so a small job does not wait at all.
- One request of each window belongs to bulk work, even out of the reserve: its *claim*, which interactive calls leave
  free while bulk work waits for it. So bulk work makes progress even if interactive calls use up every window.

Before the first answer of a window it is unknown how much others have used; until then bulk work sends one request.
"""

from __future__ import annotations

import math
from typing import Final

RESERVE: Final = 0.1
"""The share of the limit that bulk work leaves."""
BURST: Final = 0.1
"""How far, as a share of the limit, bulk work may run ahead of the even pace."""
CLAIM_GRACE: Final = 5.0
"""Seconds for which bulk work keeps its claim after the wait that it was given."""
_MIN_WAIT: Final = 1e-3  # seconds; a wait of a rounding error would be repeated many times


class Pace:
    """What bulk work has used of the present window. All times are the caller's, in seconds."""

    __slots__ = ("claimed_until", "due", "reserve", "sent")

    def __init__(self, reserve: float = RESERVE) -> None:
        self.reserve = reserve
        """A share of the limit."""
        self.due = -math.inf
        """When the next bulk request is due at the even pace."""
        self.sent = 0
        """Bulk requests begun in this window."""
        self.claimed_until = -math.inf
        """Until when one request is left to bulk work, if it has sent none in this window."""

    def restart(self) -> None:
        """Begin a window. The claim stays, since bulk work waits for this window."""
        self.due = -math.inf
        self.sent = 0

    def reserved(self, limit: int) -> int:
        """Requests of a window that bulk work leaves."""
        return math.ceil(limit * self.reserve - 1e-9)  # 100 * 0.07 is a little more than 7

    def claimed(self, now: float) -> int:
        """Requests that interactive calls leave: one, while bulk work waits for its first."""
        return 1 if self.sent == 0 and now < self.claimed_until else 0

    def wait(self, limit: int, free: int, length: float, rest: float, now: float) -> float:
        """Seconds until the next bulk request may be sent; the window has `free` requests and `rest` seconds left."""
        if free <= 0:
            return rest
        if self.sent == 0:
            return 0.0
        reserved = self.reserved(limit)
        if free <= reserved:
            return rest
        # Each request ahead of the pace leaves a little less for those after it, so a burst is ahead by the sum of
        # length / spare, length / (spare - 1), and so on.
        spare = max(1, limit - reserved)
        ahead = length * math.log(spare / (spare - min(BURST * limit, spare / 2)))
        wait = min(self.due - ahead - now, rest)
        return wait if wait > _MIN_WAIT else 0.0

    def begin(self, limit: int, free: int, rest: float, now: float) -> None:
        """Record that a bulk request is sent now; `free` still includes it."""
        self.due = max(self.due, now) + rest / max(1, free - self.reserved(limit))
        self.sent += 1
