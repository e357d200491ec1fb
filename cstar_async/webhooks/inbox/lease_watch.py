"""Detects by observation which leases have ended and whether the clock was set back.

The times stored in an inbox are wall time, which may be set, by hand or by NTP, while events are handled. So they do
not decide when a lease ends. A process treats a lease as ended once it has observed it without renewal for the length
of a lease, by its own monotonic clock. This works whatever the wall clocks show, on one machine or many, and after a
reboot.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cstar_async.clock import Clock

CHECK_INTERVAL: Final = 1.0
"""Seconds between checks of the leases of other processes."""
MIN_STEP: Final = 1.0
"""Seconds by which the clock must go back to count as set back."""


class LeaseWatch:
    """Observes the leases of one store, from `open` to `close`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends: dict[int, tuple[float | None, float]] = {}
        """By token: `leased_until` as last seen, None before the first check, and the end by the monotonic clock."""
        self._next_check = -math.inf
        self._ahead: float | None = None
        """Seconds by which the wall clock was ahead of the monotonic clock at the last `trust`."""

    def is_due(self) -> bool:
        """Whether to check the leases now, since one may have ended or may be new."""
        return self._clock.monotonic() >= self._next_check

    def hold(self, tokens: Iterable[int], seconds: float) -> None:
        """Record leases that this process has just been given or has renewed."""
        end = self._clock.monotonic() + seconds
        for token in tokens:
            self._ends[token] = (None, end)
            self._next_check = min(self._next_check, end)

    def check(self, leases: Iterable[tuple[int, float]], held: Collection[int], seconds: float) -> list[int]:
        """Return the tokens of the leases that have ended, except those `held` by the caller.

        Args:
            leases: Token and `leased_until` of every lease. A new one, or one renewed since the last check, lasts
                `seconds` from now.
            held: The tokens of the caller.
            seconds: The length of a lease.
        """
        now = self._clock.monotonic()
        ends: dict[int, tuple[float | None, float]] = {}
        for token, until in leases:
            seen, end = self._ends.get(token, (math.nan, 0.0))
            ends[token] = (until, end if seen is None or seen == until else now + seconds)
        self._ends = ends
        others = {token: end for token, (_, end) in ends.items() if token not in held}
        self._next_check = min([now + CHECK_INTERVAL, *others.values()])
        return [token for token, end in others.items() if end <= now]

    def first_end(self, tokens: Iterable[int]) -> float:
        """Return the seconds until the first of these leases ends or must be checked; infinity without leases."""
        now = self._clock.monotonic()
        return min((self._ends.get(token, (None, self._next_check))[1] - now for token in tokens), default=math.inf)

    def fell_back(self, wall: float) -> bool:
        """Whether the wall clock, which shows `wall`, was set back since the last `trust`; True before that."""
        return self._ahead is None or wall - self._clock.monotonic() < self._ahead - MIN_STEP

    def trust(self, wall: float) -> None:
        """Assume from now on that the wall clock is correct."""
        self._ahead = wall - self._clock.monotonic()
