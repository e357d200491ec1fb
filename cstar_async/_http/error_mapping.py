"""Map failures to exceptions. All text from outside is cleaned here, and its secrets are removed. Pure.

The work for one error is bounded, so that no body, however large, blocks the event loop.
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
"""Bytes. A longer body is not parsed: it is not an error object, and parsing would block the event loop."""
_LONGEST_MENDED: Final = 2**18
"""Bytes. Up to this length, JSON with invalid Unicode is parsed too."""
_LONGEST_MESSAGE: Final = 2_000
"""Characters of `message`; the text of the error has its first `MAX_SHOWN` characters."""
_LONGEST_NAME: Final = 200
"""Characters of `code`, `type` and `param`."""


class AttemptInfo(NamedTuple):
    """An attempt, as described in errors."""

    method: str
    path: str
    attempt: int
    allowed: int
    idempotency_key: str | None
    secrets: tuple[str, ...] = ()
    """The client's secrets, which are removed from all text from outside."""

    def __str__(self) -> str:
        return f"{self.method} {self.path}, attempt {self.attempt} of {self.allowed}"

    def fields(self, *, sent: bool = True) -> dict[str, Any]:
        """Return the fields that errors about this request share. `sent` is whether this attempt was sent."""
        return {
            "method": self.method,
            "path": self.path,
            "attempts": self.attempt if sent else self.attempt - 1,
            "idempotency_key": self.idempotency_key,
        }


def api_error(info: AttemptInfo, answer: RawResponse, now: float) -> APIError:
    """Return the error for an answer without success, by its status.

    Args:
        info: The attempt.
        answer: The answer, with any body: the documented JSON, other JSON, text, or none.
        now: Seconds since 1970.
    """
    status, headers, secrets = answer.status, answer.headers, info.secrets
    body = _read_body(answer, secrets)
    given = _error_object(body)
    retry_after = parse_retry_after(headers.get("Retry-After"), headers.get("Date"), now)
    if retry_after is None:
        # cStar documents that it may be in the body instead: error.retryAfter, in seconds.
        seconds = given.get("retryAfter")
        if type(seconds) in {int, float}:
            seconds = f"{seconds:f}"
        retry_after = parse_retry_after(seconds, None, now) if isinstance(seconds, str) else None
    code, message = _clean_line(given.get("code")), _clean_line(given.get("message"), _LONGEST_MESSAGE)
    identity = request_id(headers, body, secrets)
    kind = ServerError if status >= 500 else _BY_STATUS.get(status, APIError)
    return kind(
        _describe(info, answer, code, message, body, identity, retry_after),
        status=status,
        type=_clean_line(given.get("type")),
        code=code,
        message=message,
        param=_clean_line(given.get("param")) or _clean_line(given.get("field")),  # both names are documented
        doc_url=_clean_line(given.get("doc_url"), _LONGEST_MESSAGE),
        retry_after=retry_after,
        body=body,
        request_id=identity,
        **info.fields(),
    )


def _read_body(answer: RawResponse, secrets: tuple[str, ...]) -> object:
    """Return parsed JSON, or the beginning of the text, without secrets."""
    raw = answer.raw
    if len(raw) <= _LONGEST_JSON:
        # Secrets are removed after parsing, since JSON can escape every character.
        with contextlib.suppress(InvalidJSONError):
            return redact_json(read_json(raw, exact=False, mend=len(raw) <= _LONGEST_MENDED), secrets)
    return clean_lines(decode_text(answer.headers, raw[:LONGEST_TEXT]), secrets)


def is_refusal(error: APIError) -> bool:
    """Whether the service itself states that it did not carry out the request.

    That is a 4xx with the documented error object, which has a code or a type. An error page of a proxy or another
    `error` of a gateway does not state what the service has done, nor does a 408, which may come from either.
    """
    body: object = error.body
    error_object = cast("Mapping[str, Any]", body).get("error") if isinstance(body, Mapping) else None
    documented = isinstance(error_object, Mapping) and (error.code is not None or error.type is not None)
    return 400 <= error.status < 500 and error.status != 408 and documented


def _error_object(body: object) -> Mapping[str, Any]:
    error = cast("Mapping[str, Any]", body).get("error") if isinstance(body, Mapping) else None
    if isinstance(error, Mapping):
        return cast("Mapping[str, Any]", error)
    return {"message": error} if isinstance(error, str) else {}


def _clean_line(value: object, limit: int = _LONGEST_NAME) -> str | None:
    """Return text of an error object as one line, None if it has none. `_read_body` has removed the secrets."""
    return clean_text(value, limit=limit) or None if isinstance(value, str) else None


def _describe(
    info: AttemptInfo,
    answer: RawResponse,
    code: str | None,
    message: str | None,
    body: object,
    identity: str | None,
    retry_after: float | None,
) -> str:
    parts = [str(answer.status)]
    if code is not None:
        parts.append(code)
    if message is None:
        if answer.status == 304:
            message = "not modified, although the request was not conditional"
        elif 300 <= answer.status < 400:
            message = "a redirect, which is not followed, so that the key is not sent to another host"
        else:
            message = _body_text(answer, body, info.secrets) or "no message"
    details = [str(info)]
    if identity is not None:
        details.append(f"request {identity}")
    if retry_after is not None:
        details.append(f"retry after {retry_after:g} s")
    return f"{' '.join(parts)}: {clean_text(message)} ({', '.join(details)})"


def _body_text(answer: RawResponse, body: object, secrets: tuple[str, ...]) -> str:
    """Return the text of a body that is not JSON; for an HTML page, its title."""
    if not isinstance(body, str):
        return ""
    # Secrets are removed again, since the title may have contained them as HTML entities.
    return clean_text(describe_page(answer.headers, body), secrets) or body


def connection_error(info: AttemptInfo, cause: BaseException) -> APIConnectionError:
    """Return the error for a missing or incomplete answer. Secrets are removed from the cause (`without_secrets`)."""
    without_secrets(cause, info.secrets)
    # aiohttp names its setting for TLS, for http too.
    reason = clean_text(str(cause), info.secrets).replace(" ssl:default", "") or type(cause).__name__
    error = APIConnectionError(f"no answer: {reason} ({info})", **info.fields())
    error.__cause__ = cause
    return error


def timeout_error(info: AttemptInfo, timeout: float, cause: BaseException) -> APITimeoutError:
    """Return the error for an attempt that took longer than `timeout` seconds. Secrets are removed from the cause."""
    error = APITimeoutError(f"no whole answer within {timeout:g} s ({info})", **info.fields())
    error.__cause__ = without_secrets(cause, info.secrets)
    return error


def deadline_error(
    info: AttemptInfo, reason: str, *, sent: bool = True, identity: str | None = None
) -> DeadlineExceededError:
    """Return the error for a deadline that has passed, or that the next wait would exceed."""
    return DeadlineExceededError(f"{reason} ({info})", request_id=identity, **info.fields(sent=sent))
