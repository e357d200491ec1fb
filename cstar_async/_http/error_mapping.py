"""Map failures to exceptions. All text from outside is cleaned here, and its secrets are removed. Pure.

The work for one error is bounded, so that no body, however big or odd, holds up the event loop.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from cstar_async._core.http_semantics import parse_retry_after
from cstar_async._core.json_body import InvalidJSONError, read_json
from cstar_async._core.response import LONGEST_TEXT, decode_text, describe_page, request_id
from cstar_async._core.secrets import clean_lines, clean_text, redact_json, without_secrets
from cstar_async.errors import (
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

if TYPE_CHECKING:
    from cstar_async._core.response import RawResponse

_BY_STATUS: Final[dict[int, type[APIError]]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    422: BadRequestError,
    429: RateLimitError,
}
_LONGEST_JSON: Final = 2**20 + 2**16
"""Bytes. What is longer is not parsed: it is not an error object, and would hold up the event loop."""
_LONGEST_MENDED: Final = 2**18
"""Bytes of JSON that is parsed although it is not clean Unicode."""
_LONGEST_MESSAGE: Final = 2_000
"""Characters of `message`; its first `MAX_SHOWN` are in the text of the error."""
_LONGEST_NAME: Final = 200
"""Characters of what names something: `code`, `type`, `param`."""


class AttemptInfo(NamedTuple):
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


def api_error(asked: AttemptInfo, answer: RawResponse, now: float) -> APIError:
    """The error for an answer that is not a success, by its status. `now` is seconds since 1970.

    Any body will do: JSON of the documented shape, other JSON, text, nothing.
    """
    status, headers, secrets = answer.status, answer.headers, asked.secrets
    body = _read_body(answer, secrets)
    told = _error_object(body)
    retry_after = parse_retry_after(headers.get("Retry-After"), headers.get("Date"), now)
    if retry_after is None:
        # The body may say it instead (docs): error.retryAfter, in seconds.
        seconds = told.get("retryAfter")
        if type(seconds) in {int, float}:
            seconds = f"{seconds:f}"
        retry_after = parse_retry_after(seconds, None, now) if isinstance(seconds, str) else None
    code, message = _line(told.get("code")), _line(told.get("message"), _LONGEST_MESSAGE)
    identity = request_id(headers, body, secrets)
    kind = ServerError if status >= 500 else _BY_STATUS.get(status, APIError)
    return kind(
        _describe(asked, answer, code, message, body, identity, retry_after),
        status=status,
        type=_line(told.get("type")),
        code=code,
        message=message,
        param=_line(told.get("param")) or _line(told.get("field")),  # docs say param, the seed says field
        doc_url=_line(told.get("doc_url"), _LONGEST_MESSAGE),
        retry_after=retry_after,
        body=body,
        request_id=identity,
        **asked.fields(),
    )


def _read_body(answer: RawResponse, secrets: tuple[str, ...]) -> object:
    """Parsed JSON, else text, without secrets and cut where it is too long to be of use."""
    raw = answer.raw
    if len(raw) <= _LONGEST_JSON:
        # Removed after parsing, since JSON can write every letter of a secret as an escape.
        with contextlib.suppress(InvalidJSONError):
            return redact_json(read_json(raw, exact=False, mend=len(raw) <= _LONGEST_MENDED), secrets)
    return clean_lines(decode_text(answer.headers, raw[:LONGEST_TEXT]), secrets)


def is_refusal(error: APIError) -> bool:
    """Whether the service itself says that it did not do what it was asked to.

    That is a 4xx with the documented error object, which has a code or a type. A page of a proxy, or whatever a gateway
    in front of the service calls an `error`, says nothing of what the service has done; nor does a 408, which may come
    from either.
    """
    body: object = error.body
    told = cast("Mapping[str, Any]", body).get("error") if isinstance(body, Mapping) else None
    documented = isinstance(told, Mapping) and (error.code is not None or error.type is not None)
    return 400 <= error.status < 500 and error.status != 408 and documented


def _error_object(body: object) -> Mapping[str, Any]:
    error = cast("Mapping[str, Any]", body).get("error") if isinstance(body, Mapping) else None
    if isinstance(error, Mapping):
        return cast("Mapping[str, Any]", error)
    return {"message": error} if isinstance(error, str) else {}


def _line(value: object, limit: int = _LONGEST_NAME) -> str | None:
    """A text of an error object as one line; None if there is none. Its secrets have been removed with the body's."""
    return clean_text(value, limit=limit) or None if isinstance(value, str) else None


def _describe(
    asked: AttemptInfo,
    answer: RawResponse,
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
            message = "not modified, although the request was not conditional"
        elif 300 <= answer.status < 400:
            message = "a redirect, which is not followed, so that the key is not sent to another host"
        else:
            message = _text_of(answer, body, asked.secrets) or "no message"
    where = [str(asked)]
    if identity is not None:
        where.append(f"request {identity}")
    if retry_after is not None:
        where.append(f"retry after {retry_after:g} s")
    return f"{' '.join(words)}: {clean_text(message)} ({', '.join(where)})"


def _text_of(answer: RawResponse, body: object, secrets: tuple[str, ...]) -> str:
    """What a body that is text says: of an HTML page its title."""
    if not isinstance(body, str):
        return ""
    # The title once more without secrets, for what its entities stood for.
    return clean_text(describe_page(answer.headers, body), secrets) or body


def connection_error(asked: AttemptInfo, cause: BaseException) -> APIConnectionError:
    """The error for an answer that did not come, or not whole. The cause loses its secrets (`without_secrets`)."""
    without_secrets(cause, asked.secrets)
    reason = clean_text(str(cause), asked.secrets) or type(cause).__name__
    error = APIConnectionError(f"no answer: {reason} ({asked})", **asked.fields())
    error.__cause__ = cause
    return error


def timeout_error(asked: AttemptInfo, timeout: float, cause: BaseException) -> APITimeoutError:
    """The error for an attempt that took longer than `timeout` seconds. The cause loses its secrets."""
    error = APITimeoutError(f"no whole answer within {timeout:g} s ({asked})", **asked.fields())
    error.__cause__ = without_secrets(cause, asked.secrets)
    return error


def deadline_error(
    asked: AttemptInfo, reason: str, *, sent: bool = True, identity: str | None = None
) -> DeadlineExceededError:
    """The error for a deadline that passed, or that the next wait would overrun."""
    return DeadlineExceededError(f"{reason} ({asked})", request_id=identity, **asked.fields(sent=sent))
