"""What an error means for an entry of an outbox, and when to try again. Pure."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from cstar_async._http.error_mapping import is_refusal
from cstar_async.errors import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    ConfigError,
    DeadlineExceededError,
    NotFoundError,
    QuotaExceededError,
    QuotaUnavailableError,
    RateLimitError,
    SecretKeyRequiredError,
)

from .calls import DELETE

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async.errors import CStarError

    from .records import Claimed, State

REMEMBERED: Final = 23 * 3600.0
"""Seconds for which an entry may be sent again after it may have been done: the documented 24 hours for which the
service remembers a key, less an hour for the last attempt and for clocks that differ."""
_MAX_CLOCK_DIFFERENCE: Final = 3600.0
LONGEST_BACKOFF: Final = 60.0
_LONGEST_EXPONENT: Final = 16
LONGEST_PAUSE: Final = 3600.0
"""Seconds, the length of the service's rate limit window; a longer wait is cut to it."""
_RATE_LIMIT_WAIT: Final = 60.0
"""Seconds to wait after a 429 that does not say how long."""


class Verdict(NamedTuple):
    """What becomes of an entry after an error."""

    state: State
    pauses: float | None = None
    """Seconds in which nothing else is sent either; 0 for a backoff; None if others can be sent."""
    is_raised: bool = False
    """Whether the error is about the client, so that nothing can be sent with it."""


def may_repeat(entry: Claimed, method: str, sender: str, elapsed: float) -> bool:
    """Whether it is safe to send an entry again.

    Args:
        entry: The entry.
        method: Its HTTP method; a deletion can always be repeated.
        sender: A hash of the client's API key, to which the service binds idempotency keys.
        elapsed: Seconds since the first attempt.
    """
    if entry.first_attempt is None or method == DELETE:
        return True
    return entry.sender == sender and -_MAX_CLOCK_DIFFERENCE <= elapsed <= REMEMBERED


def judge(error: CStarError, method: str, now: float, *, repeated: bool, in_doubt: bool) -> Verdict:
    """Decide what becomes of an entry whose attempt failed.

    Args:
        error: The error.
        method: The HTTP method.
        now: Seconds since 1970.
        repeated: Whether it may have been done before this attempt.
        in_doubt: Whether it may have been done by now.
    """
    if isinstance(error, SecretKeyRequiredError | ConfigError | DeadlineExceededError):
        return Verdict("queued", is_raised=True)
    if isinstance(error, AuthenticationError) and is_refusal(error):
        return Verdict("queued", is_raised=True)
    if isinstance(error, RateLimitError):
        wait = error.retry_after
        return Verdict("queued", pauses=_RATE_LIMIT_WAIT if wait is None else min(wait, LONGEST_PAUSE))
    if isinstance(error, QuotaExceededError):
        return Verdict("queued", pauses=min(max(0.0, error.available_at.timestamp() - now), LONGEST_PAUSE))
    if isinstance(error, APIConnectionError | QuotaUnavailableError):
        return Verdict("queued", pauses=0.0)
    # An answer that cannot be read or is not the service's own, or a 5xx.
    if not isinstance(error, APIError) or not is_refusal(error) or error.status == 425:
        return Verdict("queued")
    if isinstance(error, NotFoundError) and method == DELETE and repeated:
        return Verdict("done")
    if in_doubt:
        # A 409 may mean that an earlier attempt is still in progress.
        return Verdict("queued" if error.status == 409 else "uncertain")
    return Verdict("failed")


def backoff(attempts: int, random: Callable[[], float]) -> float:
    """Seconds to wait after so many attempts: 1, 2, 4, … at most 60, less up to a half of it at random."""
    seconds = min(LONGEST_BACKOFF, math.ldexp(1.0, min(attempts, _LONGEST_EXPONENT)))
    return seconds * (1 - random() / 2)
