"""The rate limit headers of an answer. Pure.

The service counts in fixed windows of an hour. The `X-RateLimit-*` headers of every answer give the state of the key.
cStar documents both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from multidict import istr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async.clock import Clock

Priority = Literal["interactive", "bulk"]

LONGEST_WINDOW: Final = 86_400
"""Seconds. The service's window is an hour; one of more than a day is ignored as a mistake."""

_LAST_MOMENT: Final = 253_402_300_799
"""The end of the year 9999, the latest datetime, in seconds since 1970."""


class RateLimit(NamedTuple):
    """The `X-RateLimit-*` headers of one answer; None for one that was absent or invalid."""

    limit: int | None
    """Requests per window."""
    remaining: int | None
    """Requests left when the answer was made."""
    reset: int | None
    """When the window ends, in seconds since 1970 on the service's clock."""
    window: int | None
    """The window's length in seconds."""


_LIMIT, REMAINING = istr("X-RateLimit-Limit"), istr("X-RateLimit-Remaining")

RESET, _WINDOW = istr("X-RateLimit-Reset"), istr("X-RateLimit-Window")


def read_rate_limit(headers: Mapping[str, str]) -> RateLimit | None:
    """Read the rate limit headers of an answer; None if it has no valid ones."""
    get = headers.get
    limit, remaining = get(_LIMIT), get(REMAINING)
    if limit is None and remaining is None:
        return None
    rate = RateLimit(
        # With a limit of 0 no request would be sent, so no answer could correct it.
        read_count(limit, least=1),
        read_count(remaining),
        read_count(get(RESET), most=_LAST_MOMENT),
        read_count(get(_WINDOW), least=1, most=LONGEST_WINDOW),
    )
    return None if rate == (None, None, None, None) else rate


def read_count(text: str | None, *, least: int = 0, most: int = 10**15) -> int | None:
    """Read a header as a number; None if it is absent, not a number, or out of bounds."""
    # No count or time has more digits; int() refuses very long text.
    if text is None or len(text) > 15 or not (text.isdecimal() and text.isascii()):
        return None
    count = int(text)
    return count if least <= count <= most else None


KeyKind = Literal["secret", "publishable"]


class RequestBudget(Protocol):
    """The quota, as jobs of many requests use it."""

    @property
    def remaining(self) -> int | None:
        """Requests that may be sent now; None before a client uses the quota."""
        ...

    async def admit(self, priority: Priority, clock: Clock, max_wait: float) -> float:
        """Wait until a request may be sent, and return 0; return the seconds until then if they exceed `max_wait`."""
        ...

    async def seconds_for(self, requests: int, now: float) -> float:
        """Estimate the seconds that a number of bulk requests take from now."""
        ...
