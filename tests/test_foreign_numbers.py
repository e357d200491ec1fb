"""Integers, dates, waits and rate limits in answers are read exactly, or refused."""

from __future__ import annotations

import datetime as dt
import time
from typing import TYPE_CHECKING, Any, cast

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async._core.http_semantics import LONGEST_SAID, parse_http_date, parse_retry_after
from cstar_async._core.json_body import read_json
from cstar_async._core.rate_limit import LONGEST_WINDOW, read_rate_limit
from cstar_async._core.response import RawResponse, read_result
from cstar_async._core.serialization import encode_datetime, parse_datetime
from cstar_async._generated.models.shared import decode_ticket
from cstar_async._http.error_mapping import api_error
from cstar_async._quota.window import Window
from cstar_async.errors import DecodeError
from tests.support.foreign import ANY, ATTEMPT, NOON, read, ticket

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (b"9223372036854775807", 2**63 - 1),
        (b"18446744073709551615", 2**64 - 1),
        (b"18446744073709551616", 2**64),
        (b"-9223372036854775809", -(2**63) - 1),
        (b"123456789012345678901234567890", 123456789012345678901234567890),
        (b"3.0", 3),
        (b"1e2", 100),
        (b"1e25", None),
        (b"1e999", None),
        (b"9" * 5_000, None),
        (b"null", "null"),
    ],
)
def test_integers_are_exact_or_refused(text: bytes, outcome: object) -> None:
    """Integers are exact or refused, and never become floats."""
    body = b'{"data":{"id":"t","messageCount":' + text + b',"metadata":{"n":' + text + b"}}}"
    if outcome is None:
        with pytest.raises(DecodeError, match=r"messageCount|not JSON"):
            read(body)
        return
    found = read(body)
    expected = None if outcome == "null" else outcome
    assert found.message_count == expected
    assert type(found.message_count) is type(expected)
    assert found.metadata["n"] == expected
    whole = cast("dict[str, Any]", read_result(ANY, RawResponse(200, {}, body), None))
    assert whole["data"]["messageCount"] == expected
    assert type(whole["data"]["metadata"]["n"]) is not float or b"." in text or b"e" in text


@pytest.mark.parametrize("number", [2**64, 10**40, -(2**63) - 1])
@pytest.mark.parametrize("form", [str, str.encode, lambda text: bytearray(text.encode())])
def test_webhooks_and_streams_read_long_integers_exactly(number: int, form: Callable[[str], Any]) -> None:
    """Long integers are read exactly from str, bytes and bytearray."""
    for space in range(5):
        assert read_json(form(f'{{"n":{" " * space}{number}}}')) == {"n": number}
        assert type(read_json(form(f"[{' ' * space}{number}]"), exact=False)[0]) is float


def test_an_integer_that_is_too_long_is_refused() -> None:
    """An integer of more than 64 bits is a ValueError that says so."""
    with pytest.raises(ValueError, match="integer of at most 64 bits"):
        decode_ticket({"id": "t", "messageCount": 1.8446744073709552e19})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01t12:00:00z", NOON),
        ("2026-03-01 12:00:00z", NOON),
        ("2026-03-01 12:00:00+00:00", NOON),
        ("2026-03-01T12:00:00", NOON),
        ("2026-03-01T12:00:00.0000004", NOON),
        ("2026-03-01T12:00:00.000000999999Z", NOON),
        ("2026-03-01T12:00:00-00:00", NOON),
        ("2026-03-01T14:00:00+02:00", NOON),
        ("2026-03-01T11:59:60Z", NOON),
        ("2026-03-01t13:59:60.7+02:00", NOON),
        ("2026-02-28T24:00:00Z", NOON - 43_200),
        ("2026-02-28T24:00:00.000", NOON - 43_200),
        ("2026-03-01", NOON - 43_200),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("0000-01-01T00:00:00Z", ValueError),
        ("9999-12-31T24:00:00Z", ValueError),
        ("9999-12-31T23:59:60Z", ValueError),
        ("2026-03-01T24:00:01Z", ValueError),
        ("2026-03-01T12:60:00Z", ValueError),
        ("2026-03-01T12:00:00+24:00", ValueError),
        ("2026-02-29T12:00:00Z", ValueError),
        ("\uff12026-03-01T12:00:00Z", ValueError),
        ("soon", ValueError),
        ("", ValueError),
    ],
)
def test_date_times_are_read_or_refused(text: str, expected: Any) -> None:
    """A date-time is read with its zone, or refused with the name of its field."""
    body = ticket(createdAt=text, closedAt="2026-03-01T12:00:00Z", messages=[])
    if expected is ValueError:
        with pytest.raises(ValueError, match=r"."):
            parse_datetime(text)
        with pytest.raises(DecodeError, match=r"\$\.data\.createdAt: expected a date-time"):
            read(body)
        return
    for moment in (parse_datetime(text), read(body).created_at):
        assert moment.tzinfo is not None
        assert parse_datetime(encode_datetime(moment)) == moment
        if expected is not None:
            assert moment.timestamp() == expected


@given(st.text("0123456789-:.,TtZz+ W", max_size=40))
def test_a_date_time_is_never_naive(text: str) -> None:
    """A date-time is always aware, or a ValueError."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        return
    assert moment.utcoffset() is not None
    assert parse_datetime(encode_datetime(moment)) == moment


@pytest.mark.parametrize("value", [5, 1.5, True, ["2026-03-01T12:00:00Z"], {}])
def test_a_date_time_that_is_not_text_is_refused(value: object) -> None:
    """A date-time that is not text is refused with the name of its field."""
    with pytest.raises(DecodeError, match=r"\$\.data\.createdAt"):
        read(ticket(createdAt=value))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Sun, 01 Mar 2026 12:00:00 GMT", NOON),
        ("Sunday, 01-Mar-26 12:00:00 GMT", NOON),
        ("Sun Mar  1 12:00:00 2026", NOON),
        ("Sun, 01 Mar 2026 12:00:00 -0000", NOON),
        ("Sun, 01 Mar 2026 12:00:00", NOON),
        ("Sun, 01 Mar 2026 07:00:00 -0500", NOON),
        ("  Sun, 01 Mar 2026 12:00:00 GMT ", NOON),
        ("Sun, 01 Mar 2026 11:59:60 GMT", NOON - 1),
        ("Sun, 32 Mar 2026 12:00:00 GMT", None),
        ("Sun, 01 Mar 99999 12:00:00 GMT", None),
        ("Sun, 00 Foo 0000 99:99:99 GMT", None),
        ("\udce9", None),
        ("Sun, 01 Mar 2026 12:00:00 GMT" + " " * 10_000, None),
        ("", None),
    ],
)
def test_http_dates_in_each_of_their_formats(text: str, moment: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP dates are UTC in each of their formats, in any local time zone."""
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        assert parse_http_date(text) == moment
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        (" 12 ", None, 12),
        ("0.25", None, 0.25),
        ("-5", None, 0),
        ("1e3", None, None),
        ("1_0", None, None),
        ("inf", None, None),
        ("\u0663", None, None),
        ("1, 2", None, None),
        ("9" * 300, None, LONGEST_SAID),
        ("Sun, 01 Mar 2026 12:00:30 -0000", "Sun, 01 Mar 2026 12:00:00 GMT", 30),
        ("Sun, 01 Mar 2026 12:00:30 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", LONGEST_SAID),
        ("Sun, 01 Mar 2026 12:00:30 GMT", "nonsense", 30),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None, LONGEST_SAID),
        ("Mon, 01 Jan 0001 00:00:00 GMT", None, 0),
    ],
)
def test_retry_after_is_read(value: str, date: str | None, seconds: float | None) -> None:
    """Retry-After is a limited number of seconds, or None."""
    assert parse_retry_after(value, date, NOON) == seconds


@given(st.text(max_size=40) | st.integers().map(str) | st.floats().map(str), st.text(max_size=40) | st.none())
def test_any_retry_after_is_within_its_bounds(value: str, date: str | None) -> None:
    """Any Retry-After header is None or within its bounds."""
    for found in (
        parse_retry_after(value, date, NOON),
        api_error(ATTEMPT, RawResponse(429, {"Retry-After": value}, b""), NOON).retry_after,
    ):
        assert found is None or 0 <= found <= LONGEST_SAID


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.booleans())
def test_a_retry_after_in_the_body_is_within_its_bounds(value: object) -> None:
    """Any `retryAfter` in a body is None or within its bounds."""
    try:
        body = orjson.dumps({"error": {"retryAfter": value}})
    except TypeError:
        body = str(value).join(('{"error":{"retryAfter":', "}}")).encode()
    found = api_error(ATTEMPT, RawResponse(429, {}, body), NOON).retry_after
    assert found is None or 0 <= found <= LONGEST_SAID


COUNTS = st.integers(-10, 10**20).map(str) | st.sampled_from(
    ["0", "1", "1000", "3600", str(int(NOON) + 3600), str(10**15), "999999999999999", "-1", "1.5", "\u0663", "", "x"]
)
NAMES: tuple[str, ...] = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Window")
DATES = st.sampled_from(["Sun, 01 Mar 2026 12:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "nonsense"]) | st.none()


@given(st.lists(st.tuples(st.dictionaries(st.sampled_from(NAMES), COUNTS), DATES, st.floats(0, 7200)), max_size=8))
def test_no_rate_limit_header_stops_the_client(answers: list[tuple[dict[str, str], str | None, float]]) -> None:
    """No rate limit header raises, or makes a wait longer than the longest window."""
    window, now = Window(1000), 0.0
    for headers, date, passed in answers:
        now += passed
        assert 0 <= window.wait(now) <= LONGEST_WINDOW
        generation = window.begin(now)
        window.in_flight -= 1
        rate = read_rate_limit(headers)
        if rate is not None:
            window.learn(rate, date, generation, now)
            assert rate.reset is None or dt.datetime.fromtimestamp(rate.reset, dt.UTC).year >= 1970
        wait = window.wait(now)
        assert 0 <= wait <= LONGEST_WINDOW
        assert dt.datetime.fromtimestamp(NOON + wait, dt.UTC).year == 2026
        assert window.limit >= 1
        window.seconds_for(3, now)
    assert window.wait(now + LONGEST_WINDOW + 1) == 0


def test_a_limit_alone_is_the_new_limit() -> None:
    """A limit without Remaining and Reset is the new limit."""
    for limit in (50, 5_000):
        window = Window(1000)
        rate = read_rate_limit({"X-RateLimit-Limit": str(limit)})
        assert rate is not None
        window.learn(rate, None, window.begin(0.0), 0.0)
        window.in_flight -= 1
        assert (window.limit, window.remaining) == (limit, limit)


def test_an_impossible_reset_is_ignored() -> None:
    """An impossible reset does not outdate later answers."""
    date = "Sun, 01 Mar 2026 12:00:00 GMT"
    for sent in (date, None):
        window = Window(1000)
        for reset, remaining in ((95_617_584_000, 900), (int(NOON) + 3600, 5)):
            headers: dict[str, str] = dict(zip(NAMES, ("1000", str(remaining), str(reset)), strict=False))
            rate = read_rate_limit(headers)
            assert rate is not None
            window.learn(rate, sent, window.generation, 0.0)
        assert window.left == 5
