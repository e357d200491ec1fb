"""Server-sent events: the format in any chunks, linear work, and bounded memory."""

from __future__ import annotations

import time
import tracemalloc
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async._core.http_semantics import is_event_stream
from cstar_async.live import sse
from cstar_async.live.sse import Frame, FrameTooLongError, Parser

WHOLE = (
    ":hello\n\nid: 1\nevent: a\ndata: x\ndata:  y\n\ndata\n\nid\nretry: 1500\n"
    "retry: x\nid: 7\x008\ndata:é😀:z\n\nid: 9\n\nid: 10\ndata: cut"
)
FRAMES = [Frame("1", "a", b"x\n y"), Frame("1", "", b""), Frame("", "", "é😀:z".encode())]


def parse(parser: Parser, *chunks: bytes) -> list[Frame]:
    """The events in these chunks."""
    return [frame for chunk in chunks for frame in parser.feed(chunk)]


def reference(raw: bytes, last_id: str = "") -> tuple[list[tuple[str, str, str]], str]:
    """The events and the last id of a whole stream, by the steps of the standard."""
    text = raw.decode("utf-8", "replace").removeprefix("\ufeff")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:-1]
    events: list[tuple[str, str, str]] = []
    data, kind, buffered = "", "", last_id
    for line in lines:
        if not line:
            last_id = buffered
            if data:
                events.append((buffered, kind, data.removesuffix("\n")))
            data, kind = "", ""
            continue
        if line.startswith(":"):
            continue
        field, colon, value = line.partition(":")
        value = value[1:] if colon and value.startswith(" ") else value
        if field == "data":
            data += value + "\n"
        elif field == "event":
            kind = value
        elif field == "id" and not any(ord(each) < 32 and each != "\t" for each in value) and "\x7f" not in value:
            buffered = value
    return events, last_id


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@given(cuts=st.lists(st.integers(0, 200), max_size=8))
def test_the_events_do_not_depend_on_the_chunks(line_end: str, cuts: list[int]) -> None:
    """The events are the same wherever the chunks end."""
    raw = ("\ufeff" + WHOLE.replace("\n", line_end)).encode()
    places = sorted({0, len(raw), *(cut for cut in cuts if cut < len(raw))})
    parser = Parser()
    assert parse(parser, *(raw[a:b] for a, b in pairwise(places))) == FRAMES
    assert (parser.last_id, parser.retry) == ("9", 1.5)


PIECES = st.sampled_from(
    [b"data", b"id", b"event", b"retry", b":", b": ", b"\n", b"\r", b"\r\n", b"\n\n", b"\xef\xbb\xbf", b"\x00", b"\x0b",
     b"x", b" ", b"\xff", b"\xe2\x82", "é😀\u2028\x85".encode(), b"data: 1\n", b"id: 2\n", b"id:\n", b"\xf0\x9f"]
)  # fmt: skip


@given(pieces=st.lists(PIECES | st.binary(max_size=3), max_size=40), first=st.sampled_from(["", "7"]))
def test_any_stream_is_parsed_as_the_standard_says(pieces: list[bytes], first: str) -> None:
    """The events are those of a naive parser, in pieces, whole and byte by byte."""
    raw = b"".join(pieces)
    expected = reference(raw, first)
    for chunks in (pieces, [raw], [raw[place : place + 1] for place in range(len(raw))]):
        parser = Parser(first)
        events = [(each.id, each.event, each.data.decode("utf-8", "replace")) for each in parse(parser, *chunks)]
        assert (events, parser.last_id) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_a_byte_order_mark_is_skipped_at_the_start_alone(size: int) -> None:
    """A byte order mark is skipped at the start only; elsewhere it is text."""
    mark = b"\xef\xbb\xbf"
    for raw, data in (
        (mark + b"data: x\n\n", [b"x"]),
        (mark + b"\n" + b"data: x\n\n", [b"x"]),
        (mark + mark + b"data: x\n\n", []),
        (b"data: x\n\n" + mark + b"data: y\n\n", [b"x"]),
        (b"data: " + mark + b"x\n\n", [mark + b"x"]),
    ):
        chunks = [raw[place : place + size] for place in range(0, len(raw), size)]
        assert [frame.data for frame in parse(Parser(), *chunks)] == data
        assert [text.encode() for _, _, text in reference(raw)[0]] == data


@pytest.mark.parametrize(
    ("sent", "seconds"),
    [
        (b"0", 0),
        (b"3000", 3),
        (b"0003000", 3),
        (b"0" * 5000 + b"1", 0.001),
        (b"9" * 5000, 9999999.999),
        (b"-1", None),
        (b"+1", None),
        (b"1.5", None),
        (b"1_0", None),
        (b"1 ", None),
        (b"", None),
        ("٣".encode(), None),
    ],
)
def test_any_retry_is_read_or_ignored(sent: bytes, seconds: float | None) -> None:
    """A `retry` of digits is milliseconds; anything else is ignored."""
    parser = Parser()
    parse(parser, b"retry: " + sent + b"\n")
    assert parser.retry == seconds


@pytest.mark.parametrize("value", [b"a\x00b", b"\x01", b"a\x0bb", b"a\x1cb", b"\x7f", b"x" * (sse.LONGEST_ID + 1)])
def test_an_id_that_no_header_can_carry_is_ignored(value: bytes) -> None:
    """An id that does not fit into a header is ignored."""
    parser = Parser()
    assert parse(parser, b"id: 1\ndata: x\n\nid: " + value + b"\ndata: y\n\n") == [
        Frame("1", "", b"x"),
        Frame("1", "", b"y"),
    ]


def test_an_id_counts_when_its_event_ends() -> None:
    """An id counts once its event has ended, also if the event has no data."""
    parser = Parser("5")
    assert parse(parser, b"id: 6\ndata: x\n") == []
    assert parser.last_id == "5"
    parse(parser, b"\nid: 7\n\n")
    assert parser.last_id == "7"
    parse(parser, b"id\n\n")
    assert parser.last_id == ""


@pytest.mark.parametrize(
    "piece",
    [b"data: x", b"data: xxxxxxxxxxxxxxxxxx\n", b"data\n", b": comment", b"fieldname", b"event: ", b"id: 1", b"\xff",
     b"event: " + b"x" * 90 + b"\ndata: " + b"x" * 90 + b"\n", b"unknown: " + b"x" * 200, b"\xef\xbb\xbf"],
)  # fmt: skip
def test_a_line_or_event_over_the_limit_is_an_error(piece: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line or event over the size limit is an error, whatever its lines are."""
    monkeypatch.setattr(sse, "LONGEST", 100)
    for chunks in ([piece] * 120, [piece * 120]):
        with pytest.raises(FrameTooLongError, match="longer than 100 bytes"):
            parse(Parser(), *chunks)


def test_the_error_has_the_id_of_the_event_that_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error has the id of the event that is too long, and never an earlier one."""
    monkeypatch.setattr(sse, "LONGEST", 100)
    for head, expected in ((b"id: 2\n", "2"), (b"", None)):
        with pytest.raises(FrameTooLongError) as caught:
            parse(Parser(), b"id: 1\ndata: x\n\n" + head + b"data: " + b"x" * 200)
        assert caught.value.event_id == expected


@pytest.mark.parametrize("shape", [b": x\n", b"\n", b"unknown: x\n", b"data: x\n\n", b"id: 1\n", b"event: x\n", b"\r"])
def test_a_long_stream_never_reaches_the_limit(shape: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long stream of short events or comments never reaches the limit."""
    monkeypatch.setattr(sse, "LONGEST", 100)
    parser = Parser()
    for _ in range(1000):
        parse(parser, shape * 3)


def peak(chunk: bytes, times: int = 1) -> int:
    """The most bytes of memory that parsing these chunks takes."""
    parser = Parser()
    tracemalloc.start()
    try:
        for _ in range(times):
            for _ in parser.feed(chunk):
                pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_is_proportional_to_what_is_kept() -> None:
    """Memory is proportional to what is kept, not to the number of lines."""
    assert peak(b"data\n" * 10_000, 2) < 100_000  # a byte for each line, and the growth of a buffer
    assert peak(b"data\n\n" * 20_000) < 20_000
    assert peak(b"x", 20_000) < 100_000


@pytest.mark.parametrize("size", [1, 16, 1024])
def test_work_is_linear(size: int) -> None:
    """The work for each byte does not depend on the length of the line."""

    def cost(length: int) -> float:
        piece = b"x" * size
        best = float("inf")
        for _ in range(3):
            parser = Parser()
            begun = time.thread_time()
            parse(parser, b"data: ", *([piece] * (length // size)))
            best = min(best, time.thread_time() - begun)
        return best / length

    short = 4096 * min(size, 16)
    assert cost(16 * short) < 4 * cost(short)


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("text/event-stream", True),
        ("text/event-stream; charset=utf-8", True),
        ("TEXT/Event-Stream;charset=UTF-8", True),
        (" text/event-stream ", True),
        ("text/html", False),
        ("application/json", False),
        ("text/event-streams", False),
        ("text/html; text/event-stream", False),
        ("", False),
        (None, False),
    ],
)
def test_the_content_type_of_an_event_stream(content_type: str | None, expected: bool) -> None:
    """Parameters and upper case are allowed; a missing content type is not."""
    assert is_event_stream(content_type) is expected
