"""The rate limit headers of an answer. Pure.

The service counts in fixed windows of an hour (seed), and says in the `X-RateLimit-*` headers of every answer where the
key stands (docs).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple, Protocol

from multidict import istr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async.clock import Clock

Priority = Literal["interactive", "bulk"]

LONGEST_WINDOW: Final = 86_400
"""Seconds. The service's window is an hour (seed). One of more than a day is a mistake: nobody waits for its end."""

_LAST_MOMENT: Final = 253_402_300_799
"""The end of the year 9999, in seconds since 1970: no datetime is later."""


class RateLimit(NamedTuple):
    """The `X-RateLimit-*` headers of one answer; None for one that was absent, or cannot be meant."""

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
    """The rate limit headers of an answer; None if it has none, or only nonsense."""
    get = headers.get
    limit, remaining = get(_LIMIT), get(REMAINING)
    if limit is None and remaining is None:
        return None
    rate = RateLimit(
        # A limit of none would never let a request go that could tell of a better one.
        read_count(limit, least=1),
        read_count(remaining),
        read_count(get(RESET), most=_LAST_MOMENT),
        read_count(get(_WINDOW), least=1, most=LONGEST_WINDOW),
    )
    return None if rate == (None, None, None, None) else rate


def read_count(text: str | None, *, least: int = 0, most: int = 10**15) -> int | None:
    """A header as a number; None if it is absent, none, or outside these bounds."""
    # More digits than this are no count and no time, and more than an int or a float may take.
    if text is None or len(text) > 15 or not (text.isdecimal() and text.isascii()):
        return None
    count = int(text)
    return count if least <= count <= most else None


KeyKind = Literal["secret", "publishable"]


class RequestBudget(Protocol):
    """What work of many requests asks of its client's quota."""

    @property
    def remaining(self) -> int | None:
        """Requests that may be sent now; None before a client has it."""
        ...

    async def admit(self, priority: Priority, clock: Clock, max_wait: float) -> float:
        """Wait until a request may be sent, and return 0; return the seconds until then if they exceed `max_wait`."""
        ...

    async def seconds_for(self, requests: int, now: float) -> float:
        """About how long that many bulk requests take from now."""
        ...
