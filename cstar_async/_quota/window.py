"""The window in which requests are counted, as known from the answers. Pure; the time is passed in.

The service counts in fixed windows of an hour, and each answer states the key's count in `X-RateLimit-*` headers. cStar
documents both.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from cstar_async._core.http_semantics import parse_http_date
from cstar_async._core.rate_limit import LONGEST_WINDOW

from .bulk_pacing import CLAIM_GRACE, RESERVE, Pace

if TYPE_CHECKING:
    from cstar_async._core.rate_limit import Priority, RateLimit

DEFAULT_WINDOW: Final = 3600.0


class Window:
    """The present window, as known from the answers so far. All times are the caller's monotonic seconds."""

    __slots__ = ("ends_at", "generation", "in_flight", "left", "length", "limit", "observed", "pace", "reset")

    def __init__(self, limit: int, reserve: float = RESERVE) -> None:
        self.limit = limit
        self.length = DEFAULT_WINDOW
        self.left = limit
        """The least number seen in this window."""
        self.in_flight = 0
        self.ends_at: float | None = None
        """None until an answer of this window states it."""
        self.generation = 0
        """Grows when a window ends by the local clock, to tell late answers of the old window from those of the new."""
        self.reset: int | None = None
        """The end of the window on the service's clock, to tell windows apart."""
        self.observed = False
        """Whether a request sent in this window has been answered, with or without these headers."""
        self.pace = Pace(reserve)

    @property
    def remaining(self) -> int:
        """The least number seen in this window, less the requests in flight, which may not have been counted yet."""
        return max(0, self.left - self.in_flight)

    def wait(self, now: float, priority: Priority = "interactive") -> float:
        """Seconds until a request may be sent: 0 for now, infinity if that depends on the next answer."""
        if self.ends_at is not None and now >= self.ends_at:
            self.generation += 1
            self.left = self.limit
            self.ends_at = None
            self.observed = False
            self.pace.restart()
        free = self.left - self.in_flight
        interactive = priority == "interactive"
        if interactive and (free > 1 or free > self.pace.claimed(now)):
            return 0.0
        rest = math.inf if self.ends_at is None else self.ends_at - now
        if interactive:
            return rest if free < 1 else min(rest, self.pace.claimed_until - now)
        if not self.observed and self.in_flight:
            wait = math.inf
        else:
            wait = self.pace.wait(self.limit, free, self.length, rest, now)
        if wait:
            self.pace.claimed_until = now + CLAIM_GRACE + (0.0 if math.isinf(wait) else wait)
        return wait

    def begin(self, now: float, priority: Priority = "interactive") -> int:
        """Count a request as in flight. Returns the generation, which `learn` takes with its answer."""
        if priority == "bulk":
            rest = self.length if self.ends_at is None else max(0.0, self.ends_at - now)
            self.pace.begin(self.limit, self.left - self.in_flight, rest, now)
        self.in_flight += 1
        return self.generation

    def seconds_for(self, requests: int, now: float) -> float:
        """Seconds that so many bulk requests take from now, if nothing else uses the key and each takes no time."""
        share = max(1, self.limit - self.pace.reserved(self.limit))
        trial = self._copy()
        trial.ends_at = now + self.length if self.ends_at is None else self.ends_at
        trial.observed = True
        moment = now
        while requests > 0:
            wait = trial.wait(moment, "bulk")
            if wait and moment + wait >= (trial.ends_at or math.inf):
                moment += wait
                # Windows that are used from beginning to end are all alike, so they are not simulated.
                full = (requests - 1) // share
                moment += full * self.length
                requests -= full * share
                trial = Window(self.limit, self.pace.reserve)
                trial.length, trial.observed, trial.ends_at = self.length, True, moment + self.length
                continue
            moment += wait
            trial.begin(moment, "bulk")
            trial.in_flight -= 1
            trial.left -= 1
            requests -= 1
        return moment - now

    def _copy(self) -> Window:
        copy = Window(self.limit, self.pace.reserve)
        copy.length, copy.left, copy.in_flight = self.length, self.left, self.in_flight
        copy.pace.due, copy.pace.sent = self.pace.due, self.pace.sent
        return copy

    def learn(self, rate: RateLimit, date: str | None, generation: int, now: float) -> None:
        """Learn from an answer: its headers, its `Date`, and the generation in which its request was sent."""
        reset, known = self._plausible(rate.reset, date), self.reset
        half = self.length / 2
        # A late answer of an earlier window is ignored. If the reset is much earlier, `known` was wrong.
        if reset is not None and known is not None and known - 4 * half < reset <= known - half:
            return
        self._adjust(rate)
        if rate.remaining is None:
            return
        if reset is not None and (known is None or abs(reset - known) >= half):
            if known is not None and self.ends_at is not None:
                self.pace.restart()  # the service's window ended before the local one
            self.left = rate.remaining  # the first answer of a window
        elif self.ends_at is not None:
            self.left = min(self.left, rate.remaining)
            return  # the end is known, so the date need not be read
        elif generation == self.generation:
            self.left = rate.remaining  # the first answer too, but without the end of the window
        else:
            return  # sent before the window ended by the local clock: it is about that one
        if reset is not None:
            self.reset = reset
        self.ends_at = now + self._until(reset, date)

    def _adjust(self, rate: RateLimit) -> None:
        """Adopt the limit and the length of windows."""
        if rate.limit is not None and rate.limit != self.limit:
            if rate.remaining is None:
                # The limit bounds what is left, and is all that is left if nothing else is known.
                self.left = rate.limit if self.ends_at is None else min(self.left, rate.limit)
            self.limit = rate.limit
        if rate.window:
            self.length = float(rate.window)

    def _plausible(self, reset: int | None, date: str | None) -> int | None:
        """The end of the window as the service states it; None if it is impossible, since it would be kept for ever."""
        if reset is None or reset == self.reset:
            return reset  # the usual case, without reading the date
        sent = parse_http_date(date)
        if sent is None:
            return reset
        return reset if -LONGEST_WINDOW <= reset - sent <= LONGEST_WINDOW else None

    def _until(self, reset: int | None, date: str | None) -> float:
        # Reset and Date are both on the service's clock, so the local clock need not agree with it. A reset is at most
        # one window away; without a date or a reset, a whole window is the safe assumption.
        sent = parse_http_date(date)
        if reset is None or sent is None:
            return self.length
        return min(max(0.0, reset - sent), self.length)
