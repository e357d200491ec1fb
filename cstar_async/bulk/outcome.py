"""Whether a request that failed may have been carried out all the same, and whether to send it again. Pure.

A batch *has failed* only when the service said so in an answer that can be read and that is about this request. After
everything else its outcome is unknown: it was perhaps carried out. Then it is sent again under the same idempotency
key, which the service answers from memory (docs: for 24 hours), and what stays unknown is reported as in doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from cstar_async.errors import (
    APIError,
    AuthenticationError,
    CStarError,
    DecodeError,
    PermissionDeniedError,
    QuotaUnavailableError,
)
from cstar_async.retry import is_transient

if TYPE_CHECKING:
    from cstar_async._generated.operations import Operation

REMEMBERED: Final = 23.5 * 3600
"""Seconds for which a key can be relied on: the documented 24 hours, less what clocks may differ by."""
_CLOCKS_DIFFER: Final = 1800.0
_SAME_FOR_ALL_ATTEMPTS: Final = frozenset({400, 413, 415, 422})
"""Statuses about the request itself: if a later attempt gets one, an earlier one was not carried out either. Others
(401, 403, 404) may come before the service looks at the key, so they say nothing about an earlier attempt."""


def was_sent(error: CStarError, operation: Operation) -> bool:
    """Whether the error is about this operation, and it was sent. Asking for the team's id is another operation."""
    return error.attempts > 0 and (error.method, error.path) == (operation.method, operation.path)


def is_from_service(error: APIError) -> bool:
    """Whether the service answered, not a proxy, a captive portal or a load balancer: by the shape of the body."""
    body: Mapping[str, Any] = cast("Mapping[str, Any]", error.body) if isinstance(error.body, Mapping) else {}
    return isinstance(body.get("error"), str | Mapping) or body.get("success") is False


def outcome_unknown(error: CStarError, operation: Operation, *, before: bool) -> bool:
    """Whether the request may have been carried out, now that it ended in this error.

    Args:
        error: What the last send of the request raised.
        operation: The operation of the request.
        before: Whether that was unknown already, after an earlier send under the same key.
    """
    if not was_sent(error, operation):
        return before
    if not isinstance(error, APIError):
        return True
    if not is_from_service(error) or error.status >= 500 or is_transient(error):
        return True
    if before or error.attempts > 1:
        return error.status not in _SAME_FOR_ALL_ATTEMPTS
    return error.status == 409 and _is_about_key(error)


def _is_about_key(error: APIError) -> bool:
    """Whether a 409 says that another request with this key is under way (the exact code is not documented)."""
    text = " ".join(part for part in (error.type, error.code, error.message, error.param) if part).lower()
    return "idempot" in text or "progress" in text or "processing" in text


def refuses_all(error: CStarError) -> bool:
    """Whether every other batch would be refused in the same way: the service does not accept the key."""
    refused = isinstance(error, AuthenticationError | PermissionDeniedError)
    return refused and is_from_service(cast("APIError", error))


def may_pass(error: CStarError, *, unknown: bool) -> bool:
    """Whether to send the request again after a rest: it had no final answer, and may get one.

    Args:
        error: What the last send raised.
        unknown: Whether the request may have been carried out.
    """
    if isinstance(error, DecodeError | QuotaUnavailableError):
        return True
    if isinstance(error, APIError) and unknown and error.status < 500 and not refuses_all(error):
        return True
    return is_transient(error)


def is_remembered(sent_at: float, now: float) -> bool:
    """Whether the service still knows a key that it got first at `sent_at`. Both are seconds since 1970."""
    return -_CLOCKS_DIFFER <= now - sent_at <= REMEMBERED
