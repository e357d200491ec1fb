"""How many requests the key still has this hour.

The service allows 1,000 requests an hour per secret key and 100 per publishable key, in fixed windows (seed), and
says in the `X-RateLimit-*` headers of every answer where the key stands (docs). `Window` is the arithmetic, with the
time passed in; `Quota` is what a client holds, and what several clients of one key may share.
"""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from multidict import istr

from .pacing import CLAIM, RESERVE, Pace
from .retry import parse_http_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .clock import Clock
    from .config import KeyKind
    from .shared_quota import SharedQuota

logger = logging.getLogger("cstar_async")

Priority = Literal["interactive", "bulk"]

ASSUMED_LIMITS: Final[dict[KeyKind, int]] = {"secret": 1000, "publishable": 100}
DEFAULT_WINDOW: Final = 3600.0
LONGEST_WAIT: Final = 60.0
"""Seconds that a call without a deadline waits for the next window before it gives up."""


class RateLimit(NamedTuple):
    """The `X-RateLimit-*` headers of one answer; None for one that was absent."""

    limit: int | None
    """Requests per window."""
    remaining: int | None
    """Requests left when the answer was made."""
    reset: int | None
    """When the window ends, in seconds since 1970 on the service's clock."""
    window: int | None
    """The window's length in seconds."""


_LIMIT, _REMAINING = istr("X-RateLimit-Limit"), istr("X-RateLimit-Remaining")
_RESET, _WINDOW = istr("X-RateLimit-Reset"), istr("X-RateLimit-Window")


def read_rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """The rate limit headers of an answer; None if it has none, or only nonsense."""
    get = headers.get
    limit, remaining = get(_LIMIT), get(_REMAINING)
    if limit is None and remaining is None:
        return None
    rate = RateLimit(_count(limit), _count(remaining), _count(get(_RESET)), _count(get(_WINDOW)))
    return None if rate == (None, None, None, None) else rate


def _count(text: str | None) -> int | None:
    # More digits than this are no count and no time, and more than an int or a float may take.
    return int(text) if text is not None and len(text) <= 15 and text.isdecimal() and text.isascii() else None


class Window:
    """The present window, as far as the answers so far have told. All times are the caller's monotonic seconds."""

    __slots__ = ("ends_at", "generation", "in_flight", "left", "length", "limit", "pace", "reset", "told")

    def __init__(self, limit: int, reserve: float = RESERVE) -> None:
        self.limit = limit
        self.length = DEFAULT_WINDOW
        self.left = limit
        """The least number seen in this window."""
        self.in_flight = 0
        self.ends_at: float | None = None
        """None until an answer of this window has said it."""
        self.generation = 0
        """Grows when a window ends by our own clock, to tell late answers of the old one from the new one's."""
        self.reset: int | None = None
        """When the service says that the window ends; for telling windows apart."""
        self.told = False
        """Whether a request sent in this window has been answered, whatever the answer says of it."""
        self.pace = Pace(reserve)

    @property
    def remaining(self) -> int:
        """The least seen in this window, less what is in flight: those may not have been counted yet."""
        return max(0, self.left - self.in_flight)

    def wait(self, now: float, priority: Priority = "interactive") -> float:
        """Seconds until a request may go: 0 for now, infinity while only an answer can tell."""
        if self.ends_at is not None and now >= self.ends_at:
            self.generation += 1
            self.left = self.limit
            self.ends_at = None
            self.told = False
            self.pace.restart()
        free = self.left - self.in_flight
        interactive = priority == "interactive"
        if interactive and (free > 1 or free > self.pace.held(now)):
            return 0.0
        rest = math.inf if self.ends_at is None else self.ends_at - now
        if interactive:
            return rest if free < 1 else min(rest, self.pace.claim - now)
        if not self.told and self.in_flight:
            wait = math.inf
        else:
            wait = self.pace.wait(self.limit, free, self.length, rest, now)
        if wait:
            self.pace.claim = now + CLAIM + (0.0 if math.isinf(wait) else wait)
        return wait

    def begin(self, now: float, priority: Priority = "interactive") -> int:
        """Count one request as in flight. Returns the generation, which `learn` needs with its answer."""
        if priority == "bulk":
            rest = self.length if self.ends_at is None else max(0.0, self.ends_at - now)
            self.pace.begin(self.limit, self.left - self.in_flight, rest, now)
        self.in_flight += 1
        return self.generation

    def seconds_for(self, requests: int, now: float) -> float:
        """How long that many bulk requests would take from now, if nothing else used the key and each took no time."""
        share = max(1, self.limit - self.pace.kept(self.limit))
        trial = self._copy()
        trial.ends_at = now + self.length if self.ends_at is None else self.ends_at
        trial.told = True
        moment = now
        while requests > 0:
            wait = trial.wait(moment, "bulk")
            if wait and moment + wait >= (trial.ends_at or math.inf):
                moment += wait
                # Windows that are used from their beginning to their end are all alike.
                full = (requests - 1) // share
                moment += full * self.length
                requests -= full * share
                trial = Window(self.limit, self.pace.reserve)
                trial.length, trial.told, trial.ends_at = self.length, True, moment + self.length
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
        """Take in an answer: its headers, its `Date`, and the generation in which its request was sent."""
        reset, known = rate.reset, self.reset
        half = self.length / 2
        if reset is not None and known is not None and reset <= known - half:
            return  # a late answer of an earlier window
        if rate.limit is not None:
            self.limit = rate.limit
        if rate.window:
            self.length = float(rate.window)
        if rate.remaining is None:
            return
        if reset is not None and (known is None or reset >= known + half):
            if known is not None and self.ends_at is not None:
                self.pace.restart()  # the service's window has ended before ours
            self.left = rate.remaining  # the first answer of a window
        elif self.ends_at is not None:
            self.left = min(self.left, rate.remaining)
            return  # when it ends is known, which spares us reading the date
        elif generation == self.generation:
            self.left = min(self.left, rate.remaining)
        else:
            return  # sent before the window ended by our clock: it speaks of that one
        if reset is not None:
            self.reset = reset
        self.ends_at = now + self._until(reset, date)

    def _until(self, reset: int | None, date: str | None) -> float:
        # Reset and Date are both on the service's clock, so ours need not agree with it. A reset further off than a
        # window cannot be right; without a date, or a reset, a whole window is the safe guess.
        sent = parse_http_date(date)
        if reset is None or sent is None:
            return self.length
        return min(max(0.0, reset - sent), self.length)


class Quota:
    """The request budget of one key. Give the same one to several clients of the same key and loop to share it.

    `reserve` is the share of each window that work of priority `"bulk"` leaves to interactive calls.
    """

    is_local = True
    """Whether waiting and counting are matters of this process alone."""

    def __init__(self, *, reserve: float = RESERVE) -> None:
        if not 0 <= reserve < 1:
            raise ValueError(f"reserve is a share of the limit, from 0 to less than 1, got {reserve!r}")
        self._share = reserve
        self._window: Window | None = None
        self._reset: str | None = None
        self._waiting: list[asyncio.Future[None]] = []

    @staticmethod
    def shared(dsn: str, *, reserve: float = RESERVE, lease: float = 60.0) -> SharedQuota:
        """A budget that all processes share which name the same PostgreSQL database; needs the extra `postgres`.

        :param dsn: `postgresql://user:password@host/database`; a table `cstar_quota` is made in it.
        :param lease: seconds after which a request of a process that died counts as over; at least the client's
            `timeout`.
        """
        from .shared_quota import SharedQuota  # noqa: PLC0415  # with an extra

        return SharedQuota(dsn, reserve=reserve, lease=lease)

    @property
    def limit(self) -> int | None:
        """Requests per window: the service's word, before that the key kind's limit; None before the first send."""
        return None if self._window is None else self._window.limit

    @property
    def remaining(self) -> int | None:
        """Requests that may be sent now; None before the first send."""
        return None if self._window is None else self._window.remaining

    @property
    def in_flight(self) -> int:
        """Requests sent and not answered yet."""
        return 0 if self._window is None else self._window.in_flight

    @property
    def reserve(self) -> int | None:
        """Requests of a window that bulk work leaves; None before the first send."""
        return None if self._window is None else self._window.pace.kept(self._window.limit)

    def assume(self, kind: KeyKind, identity: str = "") -> None:  # noqa: ARG002  # what a shared one is shared by
        """Expect the limit of this kind of key, until an answer says better. `identity` stands for the key itself."""
        if self._window is None:
            self._window = Window(ASSUMED_LIMITS[kind], self._share)

    def wait(self, now: float, priority: Priority) -> float:
        """Seconds until a request may go: 0 for now, infinity if only the next answer can tell."""
        return 0.0 if self._window is None else self._window.wait(now, priority)

    async def admit(self, priority: Priority, clock: Clock, patience: float) -> float:
        """Return 0 as soon as a request may go; if that is not within `patience` seconds, how far off it is."""
        last = clock.monotonic() + patience
        while wait := self.wait(now := clock.monotonic(), priority):
            left = last - now
            if math.isinf(wait):
                # Nothing is known of the window until a request in flight is answered.
                if left > 0 and await self.changed(left):
                    continue
                return DEFAULT_WINDOW
            if wait >= left:
                return wait
            logger.log(logging.INFO if wait > 1 else logging.DEBUG, "%.1f s of waiting for the quota", wait)
            await clock.sleep(wait)
        return 0.0

    def begin(self, now: float = 0.0, priority: Priority = "interactive") -> int:
        """Count one request as in flight. Returns what `end` needs back."""
        return 0 if self._window is None else self._window.begin(now, priority)

    async def seconds_for(self, requests: int, now: float) -> float:
        """About how long that many bulk requests take from now, as the quota stands."""
        window = self._window or Window(ASSUMED_LIMITS["secret"], self._share)
        return window.seconds_for(requests, now)

    def end(self, generation: int, headers: Mapping[str, str] | None, now: float) -> None:
        """Count it as over, and learn from the headers of its answer, if there was one."""
        window = self._window
        if window is None:
            return
        window.in_flight -= 1
        if headers is not None:
            if generation == window.generation:
                window.told = True
            remaining, reset = headers.get(_REMAINING), headers.get(_RESET)
            if window.ends_at is not None and reset is not None and reset == self._reset:
                # The usual case, kept short: another answer of a window whose end is known.
                left = _count(remaining)
                if left is not None and left < window.left:
                    window.left = left
            elif (rate := read_rate_limit(headers)) is not None:
                window.learn(rate, headers.get("Date"), generation, now)
                if rate.reset == window.reset:
                    self._reset = reset
        if self._waiting:
            self._wake()

    def _wake(self) -> None:
        for future in self._waiting:
            if not future.done():
                future.set_result(None)
        self._waiting.clear()

    async def changed(self, timeout: float) -> bool:  # noqa: ASYNC109  # asyncio.wait's own, and it does not raise
        """Wait until a request has ended; False if none has within `timeout` (real) seconds."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await asyncio.wait({future}, timeout=None if math.isinf(timeout) else timeout)
        finally:
            if not future.done():
                self._waiting.remove(future)
        return future.done()

    def __repr__(self) -> str:
        return f"<Quota: {self.remaining} of {self.limit} left, {self.in_flight} in flight>"
