"""How many requests live lists may send. Pure; the time is passed in."""

from __future__ import annotations

import math
from typing import Final

BURST: Final = 5
"""Requests that may be sent at once."""
WINDOW: Final = 3600.0
"""Seconds in which the quota is counted."""
ASSUMED: Final = 1000
"""The requests left, if that is not known."""
REFUSED_WAIT: Final = 900.0
"""Seconds until something is tried again that was refused for good, such as a request for an object that is gone."""


class Pace:
    """A token bucket, fed with a share of what the quota has left.

    What is left falls as the window is used, and with it the feed, so that all lists together take about their share of
    the window: of 1,000 requests and a share of a tenth, 95 and the burst.

    Args:
        share: The share of the quota, from 0 to 1; `math.inf` for no limit.
    """

    __slots__ = ("_at", "_tokens", "share")

    def __init__(self, share: float) -> None:
        self.share = share
        self._tokens = float(BURST)
        self._at: float | None = None

    def wait(self, requests: int, remaining: int | None, now: float) -> float:
        """Seconds until this many requests may be sent; 0 for now."""
        if math.isinf(self.share):
            return 0.0
        left = ASSUMED if remaining is None else remaining
        rate = self.share * left / WINDOW
        passed = 0.0 if self._at is None else max(0.0, now - self._at)
        self._at = now
        self._tokens = min(float(BURST), self._tokens + passed * rate)
        # More requests than the burst are paid for afterwards.
        missing = min(requests, BURST) - self._tokens
        if missing <= 1e-6:
            return 0.0
        return missing / rate if rate > 0 else WINDOW

    def take(self, requests: int) -> None:
        """Count requests that are sent."""
        self._tokens -= requests
