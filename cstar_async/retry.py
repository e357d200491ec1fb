"""Whether to send again, and after how long: functions of values.

The rules: retried is what may pass. That is a connection that failed, broke or took too long, unless its cause is
permanent (a bad certificate, for example), and the statuses 408, 425, 429 and 5xx, unless repetition cannot change what
they say (501, for example). Bad JSON in a complete body is not retried. Only what is safe to repeat is: methods that
change nothing, and requests with an idempotency key. A wait that the service asked for is obeyed if it is at most
`LONGEST_RETRY_AFTER`; otherwise the wait is exponential with full jitter.
"""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Final

from .errors import APIConnectionError, APIError

if TYPE_CHECKING:
    from collections.abc import Callable

_PERMANENT_5XX: Final = frozenset({501, 505, 506, 508, 510, 511, 526})
"""Statuses that say what the server, or a proxy before it, is like: not implemented, wrong version or configuration,
sign-in to a network, a bad certificate behind Cloudflare. Repetition changes none of them."""
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
LONGEST_RETRY_AFTER: Final = 60.0
"""Seconds. A service that asks for more has its error raised at once, with `retry_after`."""

_BASE: Final = 0.5
_CAP: Final = 8.0


def is_transient_status(status: int) -> bool:
    """Whether the same request, sent again, may get another status."""
    return status in {408, 425, 429} or (500 <= status < 600 and status not in _PERMANENT_5XX)


def is_transient(error: BaseException) -> bool:
    """Whether the same request may yet succeed: the one rule for calls, event streams and bulk jobs."""
    if isinstance(error, APIError):
        return is_transient_status(error.status)
    return isinstance(error, APIConnectionError) and error.transient


def backoff(retry: int, random: Callable[[], float]) -> float:
    """Seconds to wait before the `retry`-th retry (from 1): anything up to 0.5, 1, 2, 4, then 8 s.

    `random` gives numbers in [0, 1). The whole span is used ("full jitter"), so that clients which failed together do
    not come back together.
    """
    return random() * min(_CAP, _BASE * 2.0 ** min(retry - 1, 16))


def spread(seconds: float, random: Callable[[], float]) -> float:
    """The wait after a `Retry-After` of so many seconds: a little longer, so that not all come back in one moment."""
    return seconds + random() * max(0.25, seconds / 10)


def parse_http_date(text: str | None) -> float | None:
    """An HTTP date as seconds since 1970, or None if there is none or it is not one."""
    if text is None:
        return None
    try:
        return parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None


def parse_retry_after(value: str | None, date: str | None, now: float) -> float | None:
    """Seconds that a `Retry-After` header asks for: a number, or a date. None if it is absent or says nothing.

    A date is compared with the answer's own `Date`, and with `now` (seconds since 1970) only if that is missing: the
    clocks of two machines need not agree.
    """
    if value is None:
        return None
    try:
        seconds = float(value)
    except ValueError:
        moment = parse_http_date(value)
        if moment is None:
            return None
        sent = parse_http_date(date)
        seconds = moment - (now if sent is None else sent)
    return max(0.0, seconds) if math.isfinite(seconds) else None
