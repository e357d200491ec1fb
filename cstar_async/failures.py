"""From what went wrong to the error that says so. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import orjson

from .answer import request_id
from .errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    DeadlineExceededError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitError,
    ServerError,
)
from .retry import parse_retry_after
from .secrets import redact

if TYPE_CHECKING:
    from .answer import Answer

_BY_STATUS: Final[dict[int, type[APIError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: BadRequestError,
    429: RateLimitError,
}
_LONGEST_TEXT: Final = 500


class Asked(NamedTuple):
    """Which attempt of which request it was."""

    method: str
    path: str
    attempt: int
    allowed: int
    idempotency_key: str | None
    secrets: tuple[str, ...] = ()
    """The client's own: removed from whatever comes from outside, whatever they look like."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}, attempt {self.attempt} of {self.allowed}"

    def fields(self, *, sent: bool = True) -> dict[str, Any]:
        """What each error about this request carries; `sent` tells whether this attempt was sent at all."""
        return {
            "method": self.method,
            "path": self.path,
            "attempts": self.attempt if sent else self.attempt - 1,
            "idempotency_key": self.idempotency_key,
        }


def api_error(asked: Asked, answer: Answer, now: float) -> APIError:
    """The error for an answer that is not a success, by its status. `now` is seconds since 1970.

    Any body will do: JSON of the documented shape, other JSON, text, nothing.
    """
    status, headers = answer.status, answer.headers
    text = redact(answer.raw.decode("utf-8", errors="replace"))
    body: object
    try:
        body = orjson.loads(text)
    except orjson.JSONDecodeError:
        body = text
    told = _error_object(body)
    retry_after = parse_retry_after(headers.get("Retry-After"), headers.get("Date"), now)
    if retry_after is None:
        # The body may say it instead (docs): error.retryAfter, in seconds.
        seconds = told.get("retryAfter")
        retry_after = parse_retry_after(str(seconds), None, now) if type(seconds) in {int, float} else None
    code, message = _text(told.get("code")), _text(told.get("message"))
    identity = request_id(headers, body)
    kind = ServerError if status >= 500 else _BY_STATUS.get(status, APIError)
    return kind(
        _describe(asked, answer, code, message, body, identity, retry_after),
        status=status,
        type=_text(told.get("type")),
        code=code,
        message=message,
        param=_text(told.get("param")) or _text(told.get("field")),  # docs say param, the seed says field
        doc_url=_text(told.get("doc_url")),
        retry_after=retry_after,
        body=body,
        request_id=identity,
        **asked.fields(),
    )


def is_refusal(error: APIError) -> bool:
    """Whether the service itself says that it did not do what it was asked to.

    That is a 4xx with the documented error object. A page of a proxy, or of a server in front of the service, says
    nothing of what the service has done; nor does a 408, which may come from either.
    """
    body: object = error.body
    told = cast("Mapping[str, Any]", body).get("error") if isinstance(body, Mapping) else None
    return 400 <= error.status < 500 and error.status != 408 and isinstance(told, Mapping | str)


def _error_object(body: object) -> Mapping[str, Any]:
    error = cast("Mapping[str, Any]", body).get("error") if isinstance(body, Mapping) else None
    if isinstance(error, Mapping):
        return cast("Mapping[str, Any]", error)
    return {"message": error} if isinstance(error, str) else {}


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _describe(
    asked: Asked,
    answer: Answer,
    code: str | None,
    message: str | None,
    body: object,
    identity: str | None,
    retry_after: float | None,
) -> str:
    words = [str(answer.status)]
    if code is not None:
        words.append(code)
    if message is None:
        if answer.status == 304:
            message = "not modified, which says something to a cache alone, and nobody asked for one"
        elif 300 <= answer.status < 400:
            message = "a redirect, which is not followed, so that the key stays with its host"
        elif isinstance(body, str) and body.strip():
            message = body.strip()[:_LONGEST_TEXT]
        else:
            message = "no message"
    where = [str(asked)]
    if identity is not None:
        where.append(f"request {identity}")
    if retry_after is not None:
        where.append(f"retry after {retry_after:g} s")
    return f"{' '.join(words)}: {message} ({', '.join(where)})"


def connection_error(asked: Asked, cause: BaseException) -> APIConnectionError:
    """The error for an answer that did not come, or not whole."""
    reason = redact(str(cause)) or type(cause).__name__
    error = APIConnectionError(f"no answer: {reason} ({asked})", **asked.fields())
    error.__cause__ = cause
    return error


def timeout_error(asked: Asked, timeout: float, cause: BaseException) -> APITimeoutError:
    """The error for an attempt that took longer than `timeout` seconds."""
    error = APITimeoutError(f"no whole answer within {timeout:g} s ({asked})", **asked.fields())
    error.__cause__ = cause
    return error


def deadline_error(
    asked: Asked, reason: str, *, sent: bool = True, identity: str | None = None
) -> DeadlineExceededError:
    """The error for a deadline that passed, or that the next wait would overrun."""
    return DeadlineExceededError(f"{reason} ({asked})", request_id=identity, **asked.fields(sent=sent))
