"""Odd data from outside: unclean text, impossible numbers and dates, empty bodies."""

from __future__ import annotations

import asyncio
import datetime as dt
import math
import pickle
import time
from typing import TYPE_CHECKING, Any, cast

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async._core.http_semantics import LONGEST_SAID, parse_http_date, parse_retry_after
from cstar_async._core.json_body import InvalidJSONError, read_json
from cstar_async._core.rate_limit import LONGEST_WINDOW, read_rate_limit
from cstar_async._core.request import raw_operation
from cstar_async._core.response import RawResponse, Response, decode_text, read_result
from cstar_async._core.serialization import encode_datetime, parse_datetime
from cstar_async._generated import operations
from cstar_async._generated.models.shared import decode_ticket
from cstar_async._http.error_mapping import AttemptInfo, api_error
from cstar_async._quota.window import Window
from cstar_async.errors import DecodeError, NotFoundError
from cstar_async.models import Deleted
from tests.support.clock import FakeClock
from tests.support.server import raw, serve

if TYPE_CHECKING:
    from collections.abc import Callable

ASKED = AttemptInfo("GET", "/api/v1/teams/{teamId}/things", 1, 4, None)
NOON = 1_772_366_400.0  # 2026-03-01T12:00:00Z
TICKET = operations.load("tickets.get")
ANY = raw_operation("GET", "/x")


def read(body: bytes, **headers: str) -> Any:
    """A ticket, as `await client.tickets.get(...)` returns it."""
    return read_result(TICKET, RawResponse(200, headers, body), decode_ticket)


def ticket(**fields: object) -> bytes:
    return orjson.dumps({"data": {"id": "tkt_1", **fields}})


# Text


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (rb'{"data":{"id":"t","title":"cut \ud83d"}}', "cut \ufffd"),
        (rb'{"data":{"id":"t","title":"\uDE00\uD83D\u00e9"}}', "\ufffd\ufffd\xe9"),
        (rb'{"data":{"id":"t","title":"\ud83d\ude00 \\ud83d"}}', "\U0001f600 \\ud83d"),
        (rb'{"data":{"id":"t","title":"\\\ud83d\n"}}', "\\\ufffd\n"),
        (b'{"data":{"id":"t","title":"caf\xe9"}}', "caf\ufffd"),
        (b'{"data":{"id":"t","title":"\xed\xa0\xbd"}}', "\ufffd\ufffd\ufffd"),
        (b'\xef\xbb\xbf{"data":{"id":"t","title":"b"}}', "b"),
        (b'\xef\xbb\xbf {"data":{"id":"t","title":"\xff\\ud800"}}', "\ufffd\ufffd"),
    ],
)
def test_text_that_is_not_clean_is_read(body: bytes, title: str) -> None:
    """Lone surrogates, invalid UTF-8 and a byte order mark are read as text that can be encoded."""
    found = read(body)
    assert found.title == title
    assert pickle.loads(pickle.dumps(found)).title.encode().decode() == title
    assert orjson.dumps(found.title)


@given(st.binary(max_size=60), st.sampled_from([b'{"a":"', b'["\\ud83d', b"\xef\xbb\xbf[", b"", b'"\\']), st.booleans())
def test_whatever_is_read_can_be_written(middle: bytes, start: bytes, exact: bool) -> None:
    """Any bytes are read as JSON in clean Unicode, or are an error without a context."""
    for text in (start + middle, start + middle + b'"}', start + middle + b'"]'):
        try:
            value = read_json(text, exact=exact)
        except InvalidJSONError as error:
            assert error.__context__ is None  # most texts raise nothing
        else:
            assert repr(value).encode()
            assert all(part.encode() is not None for part in _texts(value))


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        members = cast("dict[str, object]", value)
        return [*members, *(text for member in members.values() for text in _texts(member))]
    if isinstance(value, list):
        return [text for item in cast("list[object]", value) for text in _texts(item)]
    return [value] if isinstance(value, str) else []


def test_an_error_object_that_is_not_clean_is_read() -> None:
    """Code, message and request id are read from an error with unclean text."""
    body = b'\xef\xbb\xbf{"error":{"code":"bad_title","message":"no \\ud83d","request_id":"req_\xe9"}}'
    error = api_error(ASKED, RawResponse(400, {}, body), 0.0)
    assert (error.code, error.message, error.request_id) == ("bad_title", "no \ufffd", "req_\ufffd")


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ("text/plain; charset=ISO-8859-1", b"caf\xe9", "caf\xe9"),
        ('text/plain; Charset="windows-1252"', b"\x80 5", "\u20ac 5"),
        ("text/plain;charset=utf-16", "h\xe9".encode("utf-16"), "h\xe9"),
        ("text/plain; charset=utf-8", b"\xef\xbb\xbfcaf\xc3\xa9", "caf\xe9"),
        ("text/plain", b"caf\xe9", "caf\ufffd"),
        ("text/plain; charset=zip", b"a\xff", "a\ufffd"),
        ("text/plain; charset=utf-7", b"+2D0-", "+2D0-"),
        ("text/plain; charset=unicode_escape", rb"\ud83d", r"\ud83d"),
        ("text/plain; charset=nonsense; x", b"a", "a"),
        ("text/plain; charset=punycode", b"a-b", "a-b"),
    ],
)
def test_plain_text_is_in_the_charset_that_is_named(kind: str, body: bytes, text: str) -> None:
    """Plain text is decoded by its charset; an unknown charset means UTF-8."""
    assert decode_text({"Content-Type": kind}, body) == text
    assert read_result(ANY, RawResponse(200, {"Content-Type": kind}, body), None) == text
    assert api_error(ASKED, RawResponse(400, {"Content-Type": kind}, body), 0.0).body == text


async def test_headers_in_latin_1_become_clean_text() -> None:
    """Headers that are not ASCII become printable text."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            b"HTTP/1.1 200 OK\r\nX-Request-Id: r\xe9q\x1b[31m\r\nContent-Length: 18\r\n\r\n"
            + b'{"data":{"id":"t"}}'[:18]
        )
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        from cstar_async.client import CStarClient

        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with CStarClient("sk_test_0123456789abcdef", team_id="t", base_url=url) as client:
            with pytest.raises(DecodeError) as caught:
                await client.tickets.get("t")
    assert caught.value.request_id == "r\ufffdq [31m"
    response = Response(None, RawResponse(200, {"X-Request-Id": "r\udce9q", "Date": "x"}, b""))
    assert response.request_id == "r\ufffdq"
    assert response.headers["x-request-id"] == "r\ufffdq"
    assert response.rate_limit is None


# Errors and logs


HOSTILE: dict[str, str] = {
    "ESC": "a\x1b[2Jb\x1b]0;title\x07",
    "line breaks": "a\r\nINFO forged\nb\u2028c\x85d\x0be",
    "direction": "a\u202eb\u2066c\u200fd\u061ce",
    "invisible": "a\u200bb\u00adc\ufeffd\u2060e",
    "other controls": "a\x00b\x08c\x7fd\x9be",
    "unassigned and private": "a\u0378b\ue000c\U000e0041d",
    "odd spaces": "a\u00a0b\u3000c\td",
    "escaped": "a%1b%0asecret=sk%5flive%5fabcdefghijk%7f",
    "long": "x" * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("as_page", [False, True])
def test_an_error_is_one_printable_line(name: str, *, as_page: bool) -> None:
    """The text and the attributes of an error are printable, on one line, and bounded."""
    text = HOSTILE[name]
    body = (
        f"<title>{text}</title>".encode()
        if as_page
        else orjson.dumps({"error": dict.fromkeys(("type", "code", "message", "param", "doc_url", "request_id"), text)})
    )
    headers = {"X-Request-Id": text[:5000], "Content-Type": "text/html" if as_page else "application/json"}
    error = api_error(ASKED, RawResponse(500, headers, body), 0.0)
    assert str(error).isprintable()
    assert len(str(error)) < 1_200
    for value in (error.type, error.code, error.message, error.param, error.doc_url, error.request_id):
        assert value is None or (value.isprintable() and len(value) <= 2_000)
    assert len(repr(error.body)) < 150_000
    assert "\x1b" not in str(error.body)


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"<!DOCTYPE html><html><head><TITLE lang=en>502 Bad\n Gateway</TITLE></head><p>x</p>", "502 Bad Gateway"),
        (b"<html><h1>Sign in &amp; go on</h1>", '"Sign in & go on"'),
        (b"  <html><body>no <b>title</b></body>", 'an HTML page, "no title"'),
        (b"<html></html>", "an HTML page without a title"),
        (b"<title>&#27;[31m</title>", "[31m"),
    ],
)
def test_of_a_page_its_title_is_shown(body: bytes, shown: str) -> None:
    """The error about an HTML page shows the title of the page."""
    text = str(api_error(ASKED, RawResponse(502, {"Content-Type": "text/html"}, body), 0.0))
    assert " ".join(shown.split()) in " ".join(text.split())
    assert "<" not in text.split("(", maxsplit=1)[0]
    with pytest.raises(DecodeError) as caught:
        read(body, **{"Content-Type": "text/html"})
    assert "HTML page" in caught.value.problems[0]


BODIES: dict[str, Callable[[int], bytes]] = {
    "HTML": lambda size: b"<html><title>x</title>" + b"<p>&amp;%41" * (size // 11),
    "an unclosed title": lambda size: b"<title" * (size // 6),
    "one long message": lambda size: b'{"error":{"code":"c","message":"' + b"x" * size + b'"}}',
    "a message of escapes": lambda size: b'{"error":{"code":"c","message":"' + rb"\ud83d" * (size // 6) + b'"}}',
    "many values": lambda size: b"[" + b"{}," * (size // 3) + b"{}]",
    "many texts": lambda size: b"[" + b'"a%",' * (size // 5) + b'""]',
    "deep": lambda size: b"[" * size,
    "nearly too deep": lambda size: b'{"error":' * 900 + b'"' + b"x" * size + b'"' + b"}" * 900,
    "controls": lambda size: b"\x00\x1b" * (size // 2),
    "percent": lambda size: b"%" * size,
    "percent 25": lambda size: b"%25" * (size // 3),
    "backslashes": lambda size: b"\\" * size,
    "not UTF-8": lambda size: b'"' + b"\xff" * size + b'"',
    "addresses": lambda size: b"://a:b" * (size // 6),
    "tokens": lambda size: b"eyJaaaaa-" * (size // 9),
    "dots": lambda size: b"eyJaaaaa." * (size // 9),
    "quotes": lambda size: b"password='" * (size // 10),
    "names": lambda size: b'"token":"' * (size // 9),
    "entities": lambda size: b"&" * size,
    "white space": lambda size: b"authorization:" + b" " * size,
    "letters": lambda size: b"a" * size,
    "keys": lambda size: b"sk_live_abcdef " * (size // 15),
}


@pytest.mark.parametrize(
    ("name", "size"),
    [(name, size) for name in BODIES for size in (1_000_000, 2_000_000)] + [("HTML", 60_000_000), ("deep", 60_000_000)],
)
def test_the_work_for_an_error_is_bounded(name: str, size: int) -> None:
    """The work for an error does not grow with its body."""
    answer = RawResponse(500, {"Content-Type": "text/html" if name == "HTML" else ""}, BODIES[name](size))
    best, error = math.inf, api_error(ASKED, answer, 0.0)
    for _ in range(3):
        started = time.thread_time()
        error = api_error(ASKED, answer, 0.0)
        best = min(best, time.thread_time() - started)
    assert best < 0.2, "it took so many seconds of this thread; 0.05 on a machine that has nothing else to do"
    assert len(str(error)) < 1_000
    assert pickle.loads(pickle.dumps(error)).body == error.body


def test_a_decode_error_is_bounded() -> None:
    """A DecodeError names a limited number of problems in a limited length."""
    messages = [{"id": "m", "createdAt": "x" * 10_000, "isInternal": False}] * 1_000
    with pytest.raises(DecodeError) as caught:
        read(ticket(messages=messages, createdAt="\x1b[31m\n"))
    assert len(caught.value.problems) == 51
    assert caught.value.problems[-1].endswith("more")
    assert len(str(caught.value)) < 20_000
    assert all(problem.isprintable() for problem in caught.value.problems)


# Numbers


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
    """Long integers are read exactly from any kind of text."""
    for space in range(5):
        assert read_json(form(f'{{"n":{" " * space}{number}}}')) == {"n": number}
        assert type(read_json(form(f"[{' ' * space}{number}]"), exact=False)[0]) is float


def test_a_list_names_the_row_of_an_integer_that_is_too_long() -> None:
    """An integer that is too long is a ValueError that says so."""
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
def test_a_date_time_that_is_no_text_is_refused(value: object) -> None:
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
def test_http_dates_in_each_of_their_forms(text: str, moment: float | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """HTTP dates are UTC in each of their forms, in any local time zone."""
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
def test_a_retry_after_can_be_waited_for(value: str, date: str | None, seconds: float | None) -> None:
    """Retry-After is a limited number of seconds, or None."""
    assert parse_retry_after(value, date, NOON) == seconds


@given(st.text(max_size=40) | st.integers().map(str) | st.floats().map(str), st.text(max_size=40) | st.none())
def test_whatever_a_retry_after_says(value: str, date: str | None) -> None:
    """Any Retry-After header is None or within its bounds."""
    for found in (
        parse_retry_after(value, date, NOON),
        api_error(ASKED, RawResponse(429, {"Retry-After": value}, b""), NOON).retry_after,
    ):
        assert found is None or 0 <= found <= LONGEST_SAID


@given(st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text() | st.booleans())
def test_a_retry_after_in_the_body_is_within_its_bounds(value: object) -> None:
    """Any `retryAfter` in a body is None or within its bounds."""
    try:
        body = orjson.dumps({"error": {"retryAfter": value}})
    except TypeError:
        body = str(value).join(('{"error":{"retryAfter":', "}}")).encode()
    found = api_error(ASKED, RawResponse(429, {}, body), NOON).retry_after
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


def test_a_limit_alone_is_believed() -> None:
    """A limit without Remaining and Reset is the new limit."""
    for limit in (50, 5_000):
        window = Window(1000)
        rate = read_rate_limit({"X-RateLimit-Limit": str(limit)})
        assert rate is not None
        window.learn(rate, None, window.begin(0.0), 0.0)
        window.in_flight -= 1
        assert (window.limit, window.remaining) == (limit, limit)


def test_a_reset_that_cannot_be_is_forgotten() -> None:
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


# Answers without a body


@pytest.mark.parametrize("body", [b"", b" ", b"\r\n", b"\n\t "])
@pytest.mark.parametrize("status", [200, 202, 204, 205])
async def test_a_deletion_without_a_body_is_a_success(status: int, body: bytes) -> None:
    """A deletion without a body succeeds, with a result made from the request."""
    async with serve(raw(b"" if status in {204, 205} else body, status=status)) as server, server.client() as client:
        deleted = await client.tickets.delete("tkt_1")
        response = await client.customer_groups.delete("grp_1").response()
        removed = await client.customer_groups.members.remove("grp_1", customer_id="cus_1")
        out = await client.customer_auth.logout("acme")
        seen = await client.library.articles.record_view("acme", "intro")
    assert deleted == Deleted(deleted=True, id="tkt_1")
    assert (response.data.id, response.status) == ("grp_1", status)
    assert (removed.removed, out.logged_out, seen.recorded, seen.view_count) == (True, True, True, None)


@pytest.mark.parametrize("body", [b"", b" \n"])
async def test_another_answer_without_a_body_says_so(body: bytes) -> None:
    """Any other answer without a body is a DecodeError; `client.call` returns None."""
    async with serve(raw(body)) as server, server.client() as client:
        for call in (
            client.tickets.get("tkt_1"),
            client.tickets.list(),
            client.tickets.update("tkt_1", status="open"),
            client.notifications.mark_all_read(),
            client.customer_groups.members.add("grp_1", customer_ids=["cus_1"]),
        ):
            with pytest.raises(DecodeError, match="the body is empty"):
                await call
        assert await client.call("DELETE", "/api/v1/x") is None


async def test_a_deletion_that_fails_without_a_body_is_an_error() -> None:
    """A failed deletion without a body is the error of its status."""
    async with serve(raw(b"", status=404)) as server, server.client(clock=FakeClock()) as client:
        with pytest.raises(NotFoundError):
            await client.tickets.delete("tkt_1")


def test_only_acknowledgements_may_be_empty() -> None:
    """Only operations whose result is an acknowledgement may have an empty body."""
    found = {each.id for each in operations.load_all().values() if each.acknowledges}
    assert {each.id for each in operations.load_all().values() if each.method == "DELETE"} <= found
    assert {"tickets.update", "tickets.get", "notifications.mark_all_read"}.isdisjoint(found)
    assert found - {each.id for each in operations.load_all().values() if each.method == "DELETE"} == {
        "customer_auth.logout",
        "library.articles.feedback",
        "library.articles.record_view",
    }
