"""What an error means for an entry."""

from __future__ import annotations

import datetime as dt

import pytest

from cstar_async.errors import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    BadRequestError,
    ConfigError,
    ConflictError,
    CStarError,
    DeadlineExceededError,
    DecodeError,
    NotFoundError,
    QuotaExceededError,
    QuotaUnavailableError,
    RateLimitError,
    SecretKeyRequiredError,
    ServerError,
)
from cstar_async.outbox.verdict import Verdict, backoff, judge

NOW = 1_800_000_000.0
QUEUED, FAILED, RAISED = Verdict("queued"), Verdict("failed"), Verdict("queued", is_raised=True)


def answer(kind: type[APIError], status: int, *, own: bool = True, retry_after: float | None = None) -> APIError:
    """An error answer, by default one of the service itself."""
    body = {"error": {"code": "x", "type": "y"}} if own else "<html>"
    return kind("x", status=status, code="x" if own else None, body=body, retry_after=retry_after)


def quota(seconds: float) -> CStarError:
    """A quota that is used up for so many seconds."""
    return QuotaExceededError("x", available_at=dt.datetime.fromtimestamp(NOW + seconds, dt.UTC))


CASES = {
    "refused": (answer(BadRequestError, 422), FAILED, Verdict("uncertain")),
    "not found": (answer(NotFoundError, 404), FAILED, Verdict("uncertain")),
    "in progress": (answer(ConflictError, 409), FAILED, QUEUED),
    "key not accepted": (answer(AuthenticationError, 401), RAISED, RAISED),
    "a proxy's 401": (answer(AuthenticationError, 401, own=False), QUEUED, QUEUED),
    "a proxy's 404": (answer(NotFoundError, 404, own=False), QUEUED, QUEUED),
    "request timeout": (answer(APIError, 408), QUEUED, QUEUED),
    "too early": (answer(APIError, 425), QUEUED, QUEUED),
    "unavailable": (answer(ServerError, 503), QUEUED, QUEUED),
    "not implemented": (answer(ServerError, 501), QUEUED, QUEUED),
    "unreadable": (DecodeError("x", status=200), QUEUED, QUEUED),
    "no connection": (APIConnectionError("x"), Verdict("queued", 0.0), Verdict("queued", 0.0)),
    "no shared quota": (QuotaUnavailableError("x"), Verdict("queued", 0.0), Verdict("queued", 0.0)),
    "rate limit": (answer(RateLimitError, 429, retry_after=9), Verdict("queued", 9), Verdict("queued", 9)),
    "rate limit, no time": (answer(RateLimitError, 429), Verdict("queued", 60), Verdict("queued", 60)),
    "rate limit, a year": (answer(RateLimitError, 429, retry_after=3e7), Verdict("queued", 3600), None),
    "quota": (quota(1800), Verdict("queued", 1800), Verdict("queued", 1800)),
    "quota, by another clock": (quota(-5), Verdict("queued", 0.0), Verdict("queued", 0.0)),
    "publishable key": (SecretKeyRequiredError("x"), RAISED, RAISED),
    "no key": (ConfigError("x"), RAISED, RAISED),
    "deadline": (DeadlineExceededError("x"), RAISED, RAISED),
}


@pytest.mark.parametrize(("error", "first", "later"), CASES.values(), ids=CASES)
def test_judge(error: CStarError, first: Verdict, later: Verdict | None) -> None:
    """The verdict on an entry that cannot have been done, and on one that may have been done."""
    assert judge(error, "POST", NOW, repeated=False, in_doubt=False) == first
    assert judge(error, "POST", NOW, repeated=True, in_doubt=True) == (later or first)


def test_deletions() -> None:
    """A 404 of the service means that a repeated deletion is done; one of a proxy does not."""
    for own, repeated, expected in ((True, True, "done"), (True, False, "failed"), (False, True, "queued")):
        error = answer(NotFoundError, 404, own=own)
        assert judge(error, "DELETE", NOW, repeated=repeated, in_doubt=repeated).state == expected


def test_backoff() -> None:
    """Waits double up to a minute, and half of a wait is random."""
    assert [backoff(attempts, lambda: 0.0) for attempts in (0, 1, 5, 6, 10**9)] == [1, 2, 32, 60, 60]
    assert backoff(3, lambda: 1.0) == 4
