"""Text in answers that is not valid Unicode, not printable, or very long."""

from __future__ import annotations

import asyncio
import math
import pickle
import time
from typing import TYPE_CHECKING, cast

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async._core.json_body import InvalidJSONError, read_json
from cstar_async._core.response import RawResponse, Response, decode_text, read_result
from cstar_async._http.error_mapping import api_error
from cstar_async.client import CStarClient
from cstar_async.errors import DecodeError
from tests.support.foreign import ANY, ATTEMPT, read, ticket

if TYPE_CHECKING:
    from collections.abc import Callable


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
def test_text_that_is_not_valid_unicode_is_read(body: bytes, title: str) -> None:
    """Lone surrogates, invalid UTF-8 and a byte order mark are read as text that can be encoded."""
    found = read(body)
    assert found.title == title
    assert pickle.loads(pickle.dumps(found)).title.encode().decode() == title
    assert orjson.dumps(found.title)


@given(st.binary(max_size=60), st.sampled_from([b'{"a":"', b'["\\ud83d', b"\xef\xbb\xbf[", b"", b'"\\']), st.booleans())
def test_json_that_is_read_can_be_encoded(middle: bytes, start: bytes, exact: bool) -> None:
    """Any bytes are read as JSON in valid Unicode, or are an error without a context."""
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


def test_an_error_object_with_invalid_unicode_is_read() -> None:
    """Code, message and request id are read from an error with invalid Unicode."""
    body = b'\xef\xbb\xbf{"error":{"code":"bad_title","message":"no \\ud83d","request_id":"req_\xe9"}}'
    error = api_error(ATTEMPT, RawResponse(400, {}, body), 0.0)
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
def test_plain_text_is_decoded_by_its_charset(kind: str, body: bytes, text: str) -> None:
    """Plain text is decoded by its charset; an unknown charset means UTF-8."""
    assert decode_text({"Content-Type": kind}, body) == text
    assert read_result(ANY, RawResponse(200, {"Content-Type": kind}, body), None) == text
    assert api_error(ATTEMPT, RawResponse(400, {"Content-Type": kind}, body), 0.0).body == text


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
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with CStarClient("sk_test_0123456789abcdef", team_id="t", base_url=url) as client:
            with pytest.raises(DecodeError) as caught:
                await client.tickets.get("t")
    assert caught.value.request_id == "r\ufffdq [31m"
    response = Response(None, RawResponse(200, {"X-Request-Id": "r\udce9q", "Date": "x"}, b""))
    assert response.request_id == "r\ufffdq"
    assert response.headers["x-request-id"] == "r\ufffdq"
    assert response.rate_limit is None


# --- errors


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
    error = api_error(ATTEMPT, RawResponse(500, headers, body), 0.0)
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
def test_an_error_about_a_page_shows_its_title(body: bytes, shown: str) -> None:
    """The error about an HTML page shows the title of the page."""
    text = str(api_error(ATTEMPT, RawResponse(502, {"Content-Type": "text/html"}, body), 0.0))
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
    best, error = math.inf, api_error(ATTEMPT, answer, 0.0)
    for _ in range(3):
        started = time.thread_time()
        error = api_error(ATTEMPT, answer, 0.0)
        best = min(best, time.thread_time() - started)
    assert best < 0.2, "seconds of this thread; 0.05 on an idle machine"
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
