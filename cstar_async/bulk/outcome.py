"""What a failed request means for a job, and for how long its key can be relied on. Pure.

Whether the write may have been done all the same is not decided here: the send loop and the reading of answers note it
in the request's `IdempotencyKey`.
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
"""Seconds for which a key can be relied on: the documented 24 hours, less what clocks may differ by."""
_CLOCKS_DIFFER: Final = 1800.0


def refuses_all(error: CStarError) -> bool:
    """Whether every other batch would be refused in the same way: the service itself does not accept the key."""
    return isinstance(error, AuthenticationError | PermissionDeniedError) and is_refusal(error)


def may_pass(error: CStarError, *, in_doubt: bool) -> bool:
    """Whether to send the request again after a rest: it had no final answer, and may get one.

    Args:
        error: What the last send raised.
        in_doubt: Whether the request may have been carried out.
    """
    if isinstance(error, DecodeError | QuotaUnavailableError):
        return True
    if in_doubt and isinstance(error, APIError) and error.status < 500 and not refuses_all(error):
        return True
    return is_transient(error)


def is_final(error: CStarError, operation: Operation) -> bool:
    """Whether the service refused this very request for good, where it is not in doubt.

    An error may be about another request, such as the question for the key's team.
    """
    about_it = error.attempts > 0 and (error.method, error.path) == (operation.method, operation.path)
    return about_it and isinstance(error, APIError) and not may_pass(error, in_doubt=False)


def is_remembered(sent_at: float, now: float) -> bool:
    """Whether the service still knows a key that it got first at `sent_at`. Both are seconds since 1970."""
    return -_CLOCKS_DIFFER <= now - sent_at <= REMEMBERED
