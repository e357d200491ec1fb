"""Which failures are retried, backoff, and Retry-After."""

from __future__ import annotations

import datetime as dt
from email.utils import format_datetime, parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async._core.http_semantics import is_transient_status, parse_http_date, parse_retry_after
from cstar_async._http.retry_policy import backoff, is_transient, spread
from cstar_async.errors import APIConnectionError, APIError, APITimeoutError, DeadlineExceededError, DecodeError

NOON = "Sun, 01 Mar 2026 12:00:00 GMT"


RETRIED = {408, 425, 429} | (set(range(500, 600)) - {501, 505, 506, 508, 510, 511, 526})


@pytest.mark.parametrize("status", [*range(300, 330), *range(400, 452), *range(500, 600), 600, 999])
def test_which_statuses_are_retried(status: int) -> None:
    """408, 425, 429 and most of 5xx are retried, Cloudflare's own among them."""
    assert is_transient_status(status) == (status in RETRIED)
    assert is_transient(APIError("", status=status)) == (status in RETRIED)


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (APIConnectionError(""), True),
        (APITimeoutError(""), True),
        (APIConnectionError("", transient=False), False),
        (DecodeError("", status=200), False),
        (DeadlineExceededError(""), False),
        (ValueError(), False),
    ],
)
def test_which_errors_are_retried(error: Exception, *, expected: bool) -> None:
    """Connection errors and timeouts are retried unless they are permanent; other errors are not."""
    assert is_transient(error) == expected


@pytest.mark.parametrize(("retry", "most"), [(1, 0.5), (2, 1.0), (3, 2.0), (4, 4.0), (5, 8.0), (6, 8.0), (5000, 8.0)])
def test_backoff_doubles_up_to_its_cap(retry: int, most: float) -> None:
    """Backoff starts at 0.5 s and doubles up to 8 s, after any number of retries."""
    assert backoff(retry, lambda: 0.0) == 0.0
    assert backoff(retry, lambda: 0.5) == most / 2
    assert backoff(retry, lambda: 1.0) == most


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_backoff_is_full_jitter(retry: int, chance: float) -> None:
    """The wait is anywhere between 0 and the exponential bound."""
    assert 0 <= backoff(retry, lambda: chance) <= min(8.0, 0.5 * 2.0 ** min(retry - 1, 30))


@pytest.mark.parametrize(
    ("value", "expected"),
    [("0", 0.0), ("12", 12.0), ("1.5", 1.5), ("-3", 0.0), ("soon", None), ("", None), (None, None), ("nan", None)],
)
def test_retry_after_in_seconds(value: str | None, expected: float | None) -> None:
    """Retry-After is read as seconds; an invalid value counts as absent."""
    assert parse_retry_after(value, None, 0.0) == expected


def test_retry_after_as_a_date() -> None:
    """A date is measured against the answer's Date header, or our clock without one."""
    later = "Sun, 01 Mar 2026 12:00:45 GMT"
    noon = parsedate_to_datetime(NOON).timestamp()
    assert parse_retry_after(later, NOON, 0.0) == 45
    assert parse_retry_after(later, None, noon + 5) == 40
    assert parse_retry_after(NOON, later, 0.0) == 0


@given(st.datetimes(min_value=dt.datetime(1901, 1, 1), timezones=st.just(dt.UTC)))  # the bound is naive
def test_http_dates_round_trip(moment: dt.datetime) -> None:
    """An HTTP date is read back to the second."""
    moment = moment.replace(microsecond=0)
    assert parse_http_date(format_datetime(moment, usegmt=True)) == moment.timestamp()


@given(st.floats(0, 60), st.floats(0, 1, exclude_max=True))
def test_a_retry_after_is_spread(seconds: float, chance: float) -> None:
    """Retry-After waits are spread: never earlier, and at most a tenth or 0.25 s later."""
    assert seconds <= spread(seconds, lambda: chance) <= seconds + max(0.25, seconds / 10)
    assert spread(seconds, lambda: 0.1) != spread(seconds, lambda: 0.9)
