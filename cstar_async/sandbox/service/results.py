"""The results of handlers, and the errors of the service."""

from __future__ import annotations

from typing import Any, NamedTuple


class Result(NamedTuple):
    """The result of a handler, before it is put into the envelope."""

    data: Any
    status: int = 200
    pagination: dict[str, Any] | None = None


class Response(NamedTuple):
    """An encoded answer; `replayed` if it is the kept answer of an idempotency key."""

    status: int
    body: bytes
    request_id: str
    replayed: bool = False


class Problem(Exception):  # noqa: N818  # the term of RFC 9457, for an answer rather than a failure
    """An error answer of the service. The application encodes it."""

    def __init__(
        self,
        status: int,
        kind: str,
        code: str,
        message: str,
        *,
        param: str | None = None,
        retry_after: int | None = None,
        allow: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.code = code
        self.message = message
        self.param = param
        self.retry_after = retry_after
        self.allow = allow

    def headers(self) -> dict[str, str]:
        """The headers of this error."""
        headers: dict[str, str] = {}
        if self.retry_after is not None:
            headers["Retry-After"] = str(self.retry_after)
        if self.allow is not None:
            headers["Allow"] = self.allow
        return headers


def missing(param: str, noun: str = "field") -> Problem:
    """400: a required input is missing."""
    return Problem(400, "invalid_request_error", "parameter_missing", f"The '{param}' {noun} is required.", param=param)


def invalid(message: str, param: str | None = None) -> Problem:
    """400: an input is invalid."""
    return Problem(400, "invalid_request_error", "parameter_invalid", message, param=param)


def not_found(noun: str) -> Problem:
    """404: the team has no such object."""
    return Problem(404, "not_found_error", "resource_missing", f"{noun} not found")


def already_exists(message: str, param: str) -> Problem:
    """409: a value that must be unique is in use."""
    return Problem(409, "invalid_request_error", "resource_already_exists", message, param=param)


def too_large(limit: int) -> Problem:
    """413: the body has more than `limit` bytes. cStar documents no limit."""
    message = f"The request body must have at most {limit} bytes."
    return Problem(413, "invalid_request_error", "request_too_large", message)


def not_emulated(what: str, reason: str) -> Problem:
    """501: the sandbox does not emulate this feature of the service."""
    message = f"The sandbox does not emulate {what}: {reason}."
    return Problem(501, "api_error", "not_emulated", message)
