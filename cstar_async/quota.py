"""How many requests the key still has this hour.

The service allows 1,000 requests an hour per secret key and 100 per publishable key, in fixed windows (seed), and
says in the `X-RateLimit-*` headers of every answer where the key stands (docs). `Window` is the arithmetic, with the
time passed in; `Quota` is what a client holds, and what several clients of one key may share.
"""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from multidict import istr

from .retry import parse_http_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .config import KeyKind

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

    __slots__ = ("ends_at", "generation", "in_flight", "left", "length", "limit", "reset")

    def __init__(self, limit: int) -> None:
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

    @property
    def remaining(self) -> int:
        """The least seen in this window, less what is in flight: those may not have been counted yet."""
        return max(0, self.left - self.in_flight)

    def wait(self, now: float) -> float:
        """Seconds until a request may go: 0 for now, infinity while only an answer can tell."""
        if self.ends_at is not None and now >= self.ends_at:
            self.generation += 1
            self.left = self.limit
            self.ends_at = None
        if self.left > self.in_flight:
            return 0.0
        return math.inf if self.ends_at is None else self.ends_at - now

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
    """The request budget of one key. Give the same one to several clients of the same key and loop to share it."""

    def __init__(self) -> None:
        self._window: Window | None = None
        self._reset: str | None = None
        self._waiting: list[asyncio.Future[None]] = []

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

    def assume(self, kind: KeyKind) -> None:
        """Expect the limit of this kind of key, until an answer says better."""
        if self._window is None:
            self._window = Window(ASSUMED_LIMITS[kind])

    def wait(self, now: float, priority: Priority) -> float:  # noqa: ARG002  # for pacing, which weighs it
        """Seconds until a request may go: 0 for now, infinity if only the next answer can tell."""
        return 0.0 if self._window is None else self._window.wait(now)

    def begin(self) -> int:
        """Count one request as in flight. Returns what `end` needs back."""
        if self._window is None:
            return 0
        self._window.in_flight += 1
        return self._window.generation

    def end(self, generation: int, headers: Mapping[str, str] | None, now: float) -> None:
        """Count it as over, and learn from the headers of its answer, if there was one."""
        window = self._window
        if window is None:
            return
        window.in_flight -= 1
        if headers is not None:
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
