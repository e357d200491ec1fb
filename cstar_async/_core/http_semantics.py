"""HTTP semantics: transient statuses, safe methods, dates, `Retry-After` and content types. Pure."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_tz
from typing import Final

_PERMANENT_5XX: Final = frozenset({501, 505, 506, 508, 510, 511, 526})
"""Statuses about the server or a proxy before it that a retry does not change: not implemented, wrong version or
configuration, sign-in to a network, a bad certificate behind Cloudflare."""

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

LONGEST_SAID: Final = 365 * 86_400.0
"""Seconds. A longer `Retry-After` is cut to this, which can be added to any date."""

_LONGEST_DATE: Final = 64
"""Characters of an HTTP date; each of its three formats is shorter."""

_SECONDS: Final = re.compile(r"[+-]?[0-9]{1,400}(?:\.[0-9]{0,400})?", re.ASCII)


def is_transient_status(status: int) -> bool:
    """Whether the same request may get another status if it is sent again."""
    return status in {408, 425, 429} or (500 <= status < 600 and status not in _PERMANENT_5XX)


def parse_http_date(text: str | None) -> float | None:
    """An HTTP date, in any of its three formats, as seconds since 1970; None for a missing or malformed one.

    A date without a zone, or with `-0000`, is UTC: HTTP has no other (RFC 9110).
    """
    if text is None or len(text) > _LONGEST_DATE or not text.isascii():
        return None
    try:
        found = parsedate_tz(text)
        if found is None:
            return None
        year, month, day, hour, minute, second = found[:6]
        # A leap second is read as the second before it.
        moment = dt.datetime(year, month, day, hour, minute, min(second, 59) if second <= 60 else second, tzinfo=dt.UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment.timestamp() - (found[9] or 0)


def parse_retry_after(value: str | None, date: str | None, now: float) -> float | None:
    """The wait that a `Retry-After` header asks for, as a number or as a date.

    Args:
        value: The header.
        date: The answer's `Date` header; a date is compared with it, since the clocks of two machines may differ.
        now: Seconds since 1970, used if there is no `Date`.

    Returns:
        Seconds, from 0 to `LONGEST_SAID`; None if the header is absent or malformed.
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


CONTENT_TYPE: Final = "text/event-stream"


def is_event_stream(content_type: str | None) -> bool:
    """Whether a Content-Type header announces server-sent events; a missing header does not (HTML standard)."""
    return content_type is not None and content_type.partition(";")[0].strip().lower() == CONTENT_TYPE
