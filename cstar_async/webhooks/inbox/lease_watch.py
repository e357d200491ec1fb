"""Which leases have ended and whether the clock was set back, found by watching.

The moments in an inbox are wall time, which is set, by hand or by NTP, while events are handled. So the end of a lease
is not read from them. A process considers a lease ended once it has itself seen it unrenewed for as long as it lasts,
by its monotonic clock. This holds whatever the clocks show, on one machine or many, and after a reboot.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from cstar_async.clock import Clock

LOOK: Final = 1.0
"""Seconds between looks at the leases of others."""
STEP: Final = 1.0
"""Seconds by which the clock must fall back to count as set back."""


class LeaseWatch:
    """The watch of one store, from one `open` to the next `close`."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends: dict[int, tuple[float | None, float]] = {}
        """Of each token: what `leased_until` shows, None until it was looked at, and the end by our own clock."""
        self._next_look = -math.inf
        self._ahead: float | None = None
        """By how much the wall clock was ahead of our own at the last look."""

    def is_due(self) -> bool:
        """Whether to look at the leases, since one may have ended or not been seen yet."""
        return self._clock.monotonic() >= self._next_look

    def hold(self, tokens: Iterable[int], seconds: float) -> None:
        """Note leases that this process was given or has renewed just now."""
        end = self._clock.monotonic() + seconds
        for token in tokens:
            self._ends[token] = (None, end)
            self._next_look = min(self._next_look, end)

    def look(self, leases: Iterable[tuple[int, float]], held: Collection[int], seconds: float) -> list[int]:
        """Which of all leases have ended, given as token and `leased_until`; but for those `held` by the caller.

        One that is new, or was renewed since the last look, lasts `seconds` from now.
        """
        now = self._clock.monotonic()
        ends: dict[int, tuple[float | None, float]] = {}
        for token, until in leases:
            seen, end = self._ends.get(token, (math.nan, 0.0))
            ends[token] = (until, end if seen is None or seen == until else now + seconds)
        self._ends = ends
        others = {token: end for token, (_, end) in ends.items() if token not in held}
        self._next_look = min([now + LOOK, *others.values()])
        return [token for token, end in others.items() if end <= now]

    def first_end(self, tokens: Iterable[int]) -> float:
        """Seconds until the first of these leases ends, or is to be looked at; infinity if there is none."""
        now = self._clock.monotonic()
        return min((self._ends.get(token, (None, self._next_look))[1] - now for token in tokens), default=math.inf)

    def fell_back(self, wall: float) -> bool:
        """Whether the clock, which shows `wall`, was set back since `trust`; also before the first time."""
        return self._ahead is None or wall - self._clock.monotonic() < self._ahead - STEP

    def trust(self, wall: float) -> None:
        """Take the clock as correct from now on."""
        self._ahead = wall - self._clock.monotonic()
