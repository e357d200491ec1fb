"""Whether to send again, and after how long: functions of values.

The rules: retried is what may pass. That is a connection that failed, broke or took too long, unless its cause is
permanent (a bad certificate, for example), and the statuses 408, 425, 429 and 5xx, unless repetition cannot change what
they say (501, for example). Bad JSON in a complete body is not retried. Only what is safe to repeat is: methods that
change nothing, and requests with an idempotency key. A wait that the service asked for is obeyed if it is at most
`LONGEST_RETRY_AFTER`; otherwise the wait is exponential with full jitter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cstar_async._core.http_semantics import is_transient_status
from cstar_async.errors import APIConnectionError, APIError

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_RETRY_AFTER: Final = 60.0
"""Seconds. A service that asks for more has its error raised at once, with `retry_after`."""


_BASE: Final = 0.5
_CAP: Final = 8.0


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
