"""Whether to send again, and after how long: functions of values.

The rules: retried is what may pass. That is a connection that failed, broke or took too long, unless its cause is
permanent (a bad certificate, for example), and the statuses 408, 425, 429 and 5xx, unless repetition cannot change what
they say (501, for example). Bad JSON in a complete body is not retried. Only what is safe to repeat is: methods that
change nothing, and requests with an idempotency key. A wait that the service asked for is obeyed if it is at most
`LONGEST_RETRY_AFTER`; otherwise the wait is exponential with full jitter.
"""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_tz
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

LONGEST_SAID: Final = 365 * 86_400.0
"""Seconds. A `Retry-After` of more says no more than that; it can still be added to any date."""

_LONGEST_DATE: Final = 64
"""Characters of an HTTP date. Each of its three forms is shorter."""
_SECONDS: Final = re.compile(r"[+-]?[0-9]{1,400}(?:\.[0-9]{0,400})?", re.ASCII)
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
    """An HTTP date, in any of its three forms, as seconds since 1970; None if there is none or it is not one.

    A date without a zone, or with `-0000`, is UTC: HTTP has no other (RFC 9110).
    """
    if text is None or len(text) > _LONGEST_DATE or not text.isascii():
        return None
    try:
        found = parsedate_tz(text)
        if found is None:
            return None
        year, month, day, hour, minute, second = found[:6]
        # A leap second is read as the one before it.
        moment = dt.datetime(year, month, day, hour, minute, min(second, 59) if second <= 60 else second, tzinfo=dt.UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.timestamp() - (found[9] or 0)


def parse_retry_after(value: str | None, date: str | None, now: float) -> float | None:
    """Seconds that a `Retry-After` header asks for: a number, or a date. None if it is absent or says nothing.

    A date is compared with the answer's own `Date`, and with `now` (seconds since 1970) only if that is missing: the
    clocks of two machines need not agree. It is from 0 to `LONGEST_SAID`.
    """
    if value is None:
        return None
    value = value.strip()
    if _SECONDS.fullmatch(value):
        seconds = float(value)
    else:
        moment = parse_http_date(value)
        if moment is None:
            return None
        sent = parse_http_date(date)
        seconds = moment - (now if sent is None else sent)
    return min(max(0.0, seconds), LONGEST_SAID)
