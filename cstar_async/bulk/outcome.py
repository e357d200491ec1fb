"""What a failed request means for a job, and for how long the service remembers its idempotency key. Pure.

Whether a write may have been done is not decided here: the retry loop and the readers of answers record it in the
request's `IdempotencyKey`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cstar_async._http.error_mapping import is_refusal
from cstar_async._http.retry_policy import is_transient
from cstar_async.errors import (
    APIError,
    AuthenticationError,
    CStarError,
    DecodeError,
    PermissionDeniedError,
    QuotaUnavailableError,
)

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation

REMEMBERED: Final = 23.5 * 3600
"""Seconds for which the service remembers a key: the documented 24 hours, less half an hour for clock differences."""
_MAX_CLOCK_DIFFERENCE: Final = 1800.0


def refuses_all(error: CStarError) -> bool:
    """Whether every other batch would be refused too, because the service does not accept the API key."""
    return isinstance(error, AuthenticationError | PermissionDeniedError) and is_refusal(error)


def may_pass(error: CStarError, *, in_doubt: bool) -> bool:
    """Whether to send the request again after a pause, since it had no final answer and may get one.

    Args:
        error: The error of the last attempt.
        in_doubt: Whether the request may have been carried out.
    """
    if isinstance(error, DecodeError | QuotaUnavailableError):
        return True
    if in_doubt and isinstance(error, APIError) and error.status < 500 and not refuses_all(error):
        return True
    return is_transient(error)


def is_final(error: CStarError, operation: Operation) -> bool:
    """Whether the service refused this request for good. Only for requests that are not in doubt.

    An error may be about another request, such as the one for the key's team.
    """
    same_request = error.attempts > 0 and (error.method, error.path) == (operation.method, operation.path)
    return same_request and isinstance(error, APIError) and not may_pass(error, in_doubt=False)


def is_remembered(sent_at: float, now: float) -> bool:
    """Whether the service still remembers a key that was first sent at `sent_at`. Both are seconds since 1970."""
    return -_MAX_CLOCK_DIFFERENCE <= now - sent_at <= REMEMBERED
