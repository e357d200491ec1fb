"""Whether to send again, and after how long. Pure.

Transient failures are retried: a connection that failed, broke or took too long, unless its cause is permanent (a bad
certificate, for example), and the statuses 408, 425, 429 and 5xx, except those that a repetition does not change (501,
for example). Invalid JSON in a complete body is not retried. Only requests that are safe to repeat are retried: methods
that change nothing, and requests with an idempotency key. A `Retry-After` of at most `LONGEST_RETRY_AFTER` is obeyed;
without one the wait is exponential with full jitter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cstar_async._core.http_semantics import is_transient_status
from cstar_async.errors import APIConnectionError, APIError

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST_RETRY_AFTER: Final = 60.0
"""Seconds. If the service asks for more, its error is raised at once, with `retry_after`."""

_BASE: Final = 0.5
_CAP: Final = 8.0


def is_transient(error: BaseException) -> bool:
    """Whether the same request may succeed later: the rule for calls, event streams and bulk jobs."""
    if isinstance(error, APIError):
        return is_transient_status(error.status)
    return isinstance(error, APIConnectionError) and error.transient


def backoff(retry: int, random: Callable[[], float]) -> float:
    """Seconds to wait before the `retry`-th retry (from 1): anything up to 0.5, 1, 2, 4, then 8 s.

    `random` returns numbers in [0, 1). The whole range is used ("full jitter"), so that clients which failed together
    do not retry together.
    """
    return random() * min(_CAP, _BASE * 2.0 ** min(retry - 1, 16))


def spread(seconds: float, random: Callable[[], float]) -> float:
    """The wait after a `Retry-After` of so many seconds: a little longer, so that not all clients retry at once."""
    return seconds + random() * max(0.25, seconds / 10)
