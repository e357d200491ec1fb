"""The rate limit of a key, in fixed windows of one hour."""

from __future__ import annotations

import math

from cstar_async.sandbox.service.identity import SECRET, Caller
from cstar_async.sandbox.service.results import Problem

WINDOW = 3600
"""Seconds in a window. Windows begin on the hour, as the documented example of `X-RateLimit-Reset` does."""
LIMITS = {SECRET: 1000, "publishable": 100}


class RateLimiter:
    """Counts the requests of each key. If not `enforced`, all requests pass, and the headers show an unused window.

    The counts are kept in memory: a restart of the sandbox gives every key a new window.
    """

    def __init__(self, *, enforced: bool) -> None:
        self.enforced = enforced
        self._used: dict[str, tuple[int, int]] = {}

    def spend(self, caller: Caller, now: float) -> None:
        """Count one request. Raises Problem 429 when the limit of the window is reached."""
        window, used = self._window(caller, now)
        if self.enforced and used >= LIMITS[caller.key_type]:
            # Rounded up, so that a client that waits this long does not send before the window ends.
            wait = math.ceil(window + WINDOW - now)
            message = f"Rate limit exceeded. Try again in {wait} seconds"
            raise Problem(429, "rate_limit_error", "rate_limit_exceeded", message, retry_after=wait)
        self._used[caller.key] = (window, used + 1)

    def headers(self, caller: Caller, now: float) -> dict[str, str]:
        """Return the four documented headers, after the requests counted so far."""
        window, used = self._window(caller, now)
        limit = LIMITS[caller.key_type]
        return {
            "X-RateLimit-Limit": str(limit),
            "X-RateLimit-Remaining": str(limit - used if self.enforced else limit),
            "X-RateLimit-Reset": str(window + WINDOW),
            "X-RateLimit-Window": str(WINDOW),
        }

    def used(self, caller: Caller, now: float) -> int:
        """Return the number of requests of a key in the current window."""
        return self._window(caller, now)[1]

    def _window(self, caller: Caller, now: float) -> tuple[int, int]:
        current = int(now // WINDOW) * WINDOW
        window, used = self._used.get(caller.key, (current, 0))
        return (window, used) if window == current else (current, 0)
