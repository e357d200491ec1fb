"""All errors of this package.

`CStarError` is the root. An error answer of the service is an `APIError`, with a subclass for each HTTP status; a
failed connection is an `APIConnectionError`. All errors can be pickled and identify the request; none contains a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

__all__ = [
    "APIConnectionError",
    "APIError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "BulkItemError",
    "CStarError",
    "ConfigError",
    "ConflictError",
    "DeadlineExceededError",
    "DecodeError",
    "InboxError",
    "JournalError",
    "LeaseLostError",
    "NotFoundError",
    "OutboxError",
    "PaginationError",
    "PermissionDeniedError",
    "QuotaExceededError",
    "QuotaUnavailableError",
    "RateLimitError",
    "SecretKeyRequiredError",
    "ServerError",
    "SessionExpiredError",
    "TokenStoreError",
    "WebhookSignatureError",
]


def _rebuild(kind: type[CStarError], args: tuple[object, ...], state: dict[str, Any]) -> CStarError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class CStarError(Exception):
    """The root of all errors of this package.

    Errors about a request also identify it: `method` and `path` (the contract's template, without ids), `attempts` (how
    often it was sent, 0 if it never was), `request_id` (of the answer, to quote to cStar's support) and
    `idempotency_key` (under which the same write can safely be sent again).

    Attributes:
        outcome_unknown: Whether this was a write that may have been done: it was sent, and no readable, final answer
            came. `Call` says when it is safe to await it again.
    """

    outcome_unknown: bool = False

    def __init__(
        self,
        message: str,
        *,
        method: str | None = None,
        path: str | None = None,
        attempts: int = 0,
        request_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        super().__init__(message)
        self.method = method
        self.path = path
        self.attempts = attempts
        self.request_id = request_id
        self.idempotency_key = idempotency_key

    def __reduce__(self) -> tuple[Any, ...]:
        # The default calls type(self)(*args), which fails for every class with keyword-only arguments.
        return (_rebuild, (type(self), self.args, self.__dict__.copy()))


class APIError(CStarError):
    """The service answered with an error. Raised directly for statuses that have no subclass."""

    def __init__(
        self,
        text: str,
        *,
        status: int,
        type: str | None = None,
        code: str | None = None,
        message: str | None = None,
        param: str | None = None,
        doc_url: str | None = None,
        retry_after: float | None = None,
        body: object = None,
        **request: Any,
    ) -> None:
        """Create the error from a parsed answer; `text` is `str(error)`.

        `message`, `type`, `code`, `param` and `doc_url` come from the service (documented on its errors page); None if
        it gave none. `retry_after` is in seconds. `body` is the parsed JSON, or the text of a body that is not JSON.
        """
        super().__init__(text, **request)
        self.status = status
        self.type = type
        self.code = code
        self.message = message
        self.param = param
        self.doc_url = doc_url
        self.retry_after = retry_after
        self.body = body


class BadRequestError(APIError):
    """400 or 422: the request is invalid; `param` names the field."""


class AuthenticationError(APIError):
    """401: the key is missing, unknown, expired or revoked."""


class SessionExpiredError(AuthenticationError):
    """A customer's session is over: its refresh token was refused, or the customer has signed out. Sign in again.

    `status` is that of the refusal, which may be another than 401.
    """


class PermissionDeniedError(APIError):
    """403: the key may not do this."""


class NotFoundError(APIError):
    """404: there is no such object (or no such path)."""


class ConflictError(APIError):
    """409: the request conflicts with the current state, or reuses an idempotency key for another write."""


class RateLimitError(APIError):
    """429: too many requests; `retry_after` is the number of seconds to wait."""


class ServerError(APIError):
    """5xx: the service failed."""


class APIConnectionError(CStarError):
    """No complete answer came: the connection failed or broke. The cause is in `__cause__`.

    `transient` says whether a retry may help. A bad certificate, for example, is permanent and is not retried.
    """

    def __init__(self, message: str, *, transient: bool = True, **request: Any) -> None:
        super().__init__(message, **request)
        self.transient = transient


class APITimeoutError(APIConnectionError):
    """No complete answer came within `timeout` seconds, the limit of one attempt."""


class DeadlineExceededError(CStarError, TimeoutError):
    """The deadline passed, or the next wait (for example a backoff) would have passed it."""


class QuotaExceededError(CStarError):
    """The hour's requests are used up. Raised before sending; `available_at` (UTC) is when more become available."""

    def __init__(self, message: str, *, available_at: dt.datetime, **request: Any) -> None:
        super().__init__(message, **request)
        self.available_at = available_at


class QuotaUnavailableError(CStarError):
    """The database of a shared quota cannot be reached. Nothing was sent, since it could not be counted."""


class BulkItemError(CStarError):
    """One item of a bulk request failed; the others are not affected.

    `item` is its id, or for imports its index in the input. `code`, `message` and `param` come from the service; None
    if it gave none.
    """

    def __init__(
        self,
        text: str,
        *,
        item: str | int,
        code: str | None = None,
        message: str | None = None,
        param: str | None = None,
        **request: Any,
    ) -> None:
        super().__init__(text, **request)
        self.item = item
        self.code = code
        self.message = message
        self.param = param


class JournalError(CStarError):
    """A journal cannot be used: it belongs to another job, the input has changed, or another process has it open."""


class DecodeError(CStarError):
    """A successful answer does not match the contract. `problems` names each place: `$.data[3].createdAt: …`.

    For an event of a stream, `event_id` is its id: `stream(last_event_id=error.event_id)` goes on after it.
    """

    def __init__(
        self,
        message: str,
        *,
        problems: Sequence[str] = (),
        status: int = 0,
        operation: str = "",
        event_id: str | None = None,
        **request: Any,
    ) -> None:
        super().__init__(message, **request)
        self.problems = tuple(problems)
        self.status = status
        self.operation = operation
        self.event_id = event_id


class PaginationError(CStarError):
    """A list does not end: its pages contain nothing new but claim that more follow."""


class SecretKeyRequiredError(CStarError):
    """The operation needs a secret key (`sk_…`) and the client has a publishable one (`pk_…`). Nothing was sent."""


class ConfigError(CStarError):
    """A setting of the client is invalid: a bad base URL, no key, a key with a line break."""


class TokenStoreError(CStarError):
    """The tokens of a customer cannot be loaded or stored: an unreadable file, a full disk, another team's tokens."""


class WebhookSignatureError(CStarError):
    """The signature of a webhook delivery is missing, malformed, wrong or too old."""


class InboxError(CStarError):
    """The inbox of webhooks cannot be used: a bad URL, a network file system, a schema of a newer version."""


class OutboxError(CStarError):
    """The outbox cannot be used (a bad URL, a full disk, a schema of a newer version), or does not take this call."""


class LeaseLostError(CStarError):
    """The lease of this handler ran out: another worker has the event, or it is already done.

    Raised by `event.commit`; nothing was committed.
    """
