"""Errors: their classes, pickling and messages."""

from __future__ import annotations

import copy
import datetime as dt
import pickle

import pytest

from cstar_async import errors
from cstar_async._core.response import RawResponse
from cstar_async._http.error_mapping import AttemptInfo, api_error, connection_error, deadline_error, timeout_error
from cstar_async.errors import APIError, CStarError

ATTEMPT = AttemptInfo("GET", "/api/v1/teams/{teamId}/things", 2, 4, "key-1")
KEY = "sk_live_0123456789abcdefghijklmnopqrstuv"


def all_subclasses(kind: type[CStarError]) -> list[type[CStarError]]:
    found = [kind]
    for child in kind.__subclasses__():
        found.extend(all_subclasses(child))
    return found


def make(kind: type[CStarError]) -> CStarError:
    """An error with every field filled."""
    fields = {"method": "GET", "path": "/x", "attempts": 2, "request_id": "req_1", "idempotency_key": "k"}
    extra: dict[str, object] = {}
    if issubclass(kind, APIError):
        extra = {"status": 418, "code": "teapot", "param": "title", "retry_after": 2.5, "body": {"error": {}}}
    elif issubclass(kind, errors.QuotaExceededError):
        extra = {"available_at": dt.datetime(2026, 3, 1, tzinfo=dt.UTC)}
    elif issubclass(kind, errors.BulkItemError):
        extra = {"item": "tkt_1", "code": "resource_missing", "message": "Ticket not found", "param": "id"}
    elif issubclass(kind, errors.DecodeError):
        extra = {"problems": ["$.data: missing"], "status": 200, "operation": "things.get"}
    return kind("something went wrong", **fields, **extra)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", all_subclasses(CStarError))
def test_every_error_survives_pickling_and_copying(kind: type[CStarError]) -> None:
    """Every error keeps its class, text and fields when pickled or copied."""
    error = make(kind)
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(twin) is kind
        assert str(twin) == str(error)
        assert twin.args == error.args
        assert vars(twin) == vars(error)


def test_the_tree_is_as_documented() -> None:
    """The classes of errors inherit as documented."""
    assert issubclass(errors.APITimeoutError, errors.APIConnectionError)
    assert issubclass(errors.DeadlineExceededError, TimeoutError)
    assert not issubclass(errors.APIConnectionError, APIError)
    assert not issubclass(errors.QuotaExceededError, errors.RateLimitError)
    assert sorted(errors.__all__) == sorted(kind.__name__ for kind in all_subclasses(CStarError))


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.BadRequestError),
        (422, errors.BadRequestError),
        (401, errors.AuthenticationError),
        (403, errors.PermissionDeniedError),
        (404, errors.NotFoundError),
        (409, errors.ConflictError),
        (429, errors.RateLimitError),
        (500, errors.ServerError),
        (501, errors.ServerError),
        (599, errors.ServerError),
        (302, APIError),
        (405, APIError),
        (413, APIError),
    ],
)
def test_the_class_follows_the_status(status: int, kind: type[APIError]) -> None:
    """The class of an APIError depends on the HTTP status alone."""
    assert type(api_error(ATTEMPT, RawResponse(status, {}, b'{"error":{"type":"not_found_error"}}'), 0.0)) is kind


def test_the_fields_of_an_api_error() -> None:
    """An APIError has every field of the error in the answer."""
    body = (
        b'{"success":false,"error":{"type":"invalid_request_error","code":"parameter_missing","message":"No title.",'
        b'"param":"title","doc_url":"https://x/errors","request_id":"req_9"},"meta":{}}'
    )
    error = api_error(ATTEMPT, RawResponse(400, {}, body), 0.0)
    assert (error.status, error.type, error.code) == (400, "invalid_request_error", "parameter_missing")
    assert (error.message, error.param, error.doc_url) == ("No title.", "title", "https://x/errors")
    assert (error.request_id, error.attempts, error.idempotency_key) == ("req_9", 2, "key-1")
    assert (error.method, error.path) == ("GET", "/api/v1/teams/{teamId}/things")
    assert isinstance(error.body, dict)
    assert str(error) == (
        "400 parameter_missing: No title. (GET /api/v1/teams/{teamId}/things, attempt 2 of 4, request req_9)"
    )


def test_param_is_read_from_field_too() -> None:
    """`param` is read from `field` too, its name in cStar's published API description."""
    error = api_error(ATTEMPT, RawResponse(400, {}, b'{"error":{"field":"title"}}'), 0.0)
    assert error.param == "title"


@pytest.mark.parametrize(
    "body", [b"", b"<html>502 Bad Gateway</html>", b"[]", b'"x"', b'{"error":7}', b'{"error":"x"}', b"\xff\xfe", b"{"]
)
def test_any_body_makes_an_error(body: bytes) -> None:
    """Any body, HTML, empty or odd JSON, gives the error of its status."""
    error = api_error(ATTEMPT, RawResponse(502, {}, body), 0.0)
    assert type(error) is errors.ServerError
    assert str(error).startswith("502")


def test_retry_after_from_header_date_and_body() -> None:
    """`retry_after` is read from the header, as seconds or a date, or from the body."""
    now = 1_772_366_400.0
    headers = {"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT", "Date": "Sun, 01 Mar 2026 12:00:00 GMT"}
    assert api_error(ATTEMPT, RawResponse(429, {"Retry-After": "7"}, b""), now).retry_after == 7
    assert api_error(ATTEMPT, RawResponse(429, headers, b""), 0.0).retry_after == 30
    assert api_error(ATTEMPT, RawResponse(429, {}, b'{"error":{"retryAfter":60}}'), now).retry_after == 60
    assert api_error(ATTEMPT, RawResponse(429, {}, b'{"error":{"retryAfter":true}}'), now).retry_after is None
    assert "retry after 7 s" in str(api_error(ATTEMPT, RawResponse(429, {"Retry-After": "7"}, b""), now))


def test_no_error_contains_a_key() -> None:
    """A key in an answer is redacted in the error."""
    body = b'{"error":{"message":"bad key ' + KEY.encode() + b'"}}'
    error = api_error(ATTEMPT, RawResponse(401, {}, body), 0.0)
    broken = connection_error(ATTEMPT, OSError(f"cannot send {KEY} through http://user:secret@proxy"))
    for text in (str(error), repr(error), repr(vars(error)), str(broken)):
        assert KEY[8:] not in text
        assert "secret@" not in text
    assert "sk_live_***" in str(error)


def test_connection_errors_name_the_request() -> None:
    """An error without an answer names the request and the attempt, and keeps its cause."""
    cause = TimeoutError()
    late = timeout_error(ATTEMPT, 30.0, cause)
    assert str(late) == "no whole answer within 30 s (GET /api/v1/teams/{teamId}/things, attempt 2 of 4)"
    assert late.__cause__ is cause
    assert late.idempotency_key == "key-1"
    assert str(connection_error(ATTEMPT, OSError())).startswith("no answer: OSError (GET")
    assert deadline_error(ATTEMPT, "too late", sent=False).attempts == 1
