"""Events as they happen: where a stream continues, ids, and events that cannot be decoded."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.errors import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    DecodeError,
    ServerError,
)
from cstar_async.live import sse, stream
from cstar_async.sandbox import Sandbox
from cstar_async.webhooks import TicketCreated, UnknownEvent
from tests.support import server as script
from tests.support.clock import FakeClock
from tests.support.server import serve

from .streams import EVENT, frame, streaming, take

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


async def test_events_continue_after_a_break() -> None:
    """After a break the stream continues after the last event id."""
    answers = (
        streaming(b"retry: 2000\n\n", frame("1"), frame("2"), end="break"),
        script.failure(503),
        streaming(frame("3")),
        streaming(frame("4"), end="hang"),
    )
    clock = FakeClock()
    async with serve(*answers) as server, server.client(clock=clock) as cstar:
        events = cstar.events.stream(types=["ticket.*", "customer.created"])
        assert await take(events, 4) == ["1", "2", "3", "4"]
        assert events.last_event_id == "4"
        asked = [(each.path.partition("?")[2], each.headers.get("Last-Event-ID")) for each in server.received]
        assert asked == [
            (asked[0][0], None),
            (asked[0][0], "2"),
            (asked[0][0], "2"),
            (asked[0][0], "3"),
        ]
        assert "ticket.%2A" in asked[0][0] or "ticket.*" in asked[0][0]
        assert server.received[0].headers["Accept"] == "text/event-stream"
        assert 1 <= clock.slept[0] <= 2 <= clock.slept[1] <= 4


async def test_a_stream_can_start_after_a_given_event() -> None:
    """A stream can start after a given event id."""
    async with serve(streaming(frame("8"), end="hang")) as server, server.client() as cstar:
        assert await take(cstar.events.stream(last_event_id="7"), 1) == ["8"]
        assert server.received[0].headers["Last-Event-ID"] == "7"


async def test_a_permanent_error_is_raised() -> None:
    """A permanent error is raised at once."""
    async with serve(script.failure(401, code="invalid_api_key")) as server, server.client() as cstar:
        with pytest.raises(AuthenticationError, match="invalid_api_key"):
            await take(cstar.events.stream(), 1)
        assert server.attempts == 1


async def test_a_redirect_is_not_followed() -> None:
    """A redirect is an error and is not followed."""
    async with serve(streaming(frame("1"))) as elsewhere, serve(script.redirect(elsewhere.url)) as server:
        async with server.client() as cstar:
            with pytest.raises(APIError, match="redirect"):
                await take(cstar.events.stream(), 1)
    assert (server.attempts, elsewhere.attempts) == (1, 0)


async def test_the_first_connection_is_tried_as_often_as_any_request() -> None:
    """The first connection has as many attempts as any request."""
    async with serve(script.failure(503)) as server, server.client(clock=FakeClock(), max_retries=2) as cstar:
        with pytest.raises(ServerError):
            await take(cstar.events.stream(), 1)
        assert server.attempts == 3
    async with serve(script.reset, streaming(frame("1"))) as server, server.client(clock=FakeClock()) as cstar:
        assert await take(cstar.events.stream(), 1) == ["1"]
    async with serve(script.reset) as server, server.client(clock=FakeClock(), max_retries=0) as cstar:
        with pytest.raises(APIConnectionError):
            await take(cstar.events.stream(), 1)


async def test_an_established_stream_reconnects_without_end() -> None:
    """After the first event the stream reconnects without end, with limited waits."""
    answers = (streaming(frame("1")), *[script.failure(500)] * 60, streaming(frame("2")))
    clock = FakeClock()
    async with serve(*answers) as server, server.client(clock=clock) as cstar:
        assert await take(cstar.events.stream(), 2) == ["1", "2"]
        assert sum(clock.slept) > 25 * 60
        assert max(clock.slept) <= stream.LONGEST_WAIT


async def test_retry_after_sets_the_wait() -> None:
    """A Retry-After sets the wait before the next connection."""
    answers = (streaming(frame("1")), script.failure(429, {"Retry-After": "45"}), streaming(frame("2")))
    clock = FakeClock()
    async with serve(*answers) as server, server.client(clock=clock) as cstar:
        assert await take(cstar.events.stream(), 2) == ["1", "2"]
        assert 45 <= clock.slept[1] <= 50


async def test_an_event_that_cannot_be_decoded_is_named() -> None:
    """An event that cannot be decoded is a DecodeError with its id."""
    async with serve(streaming(b"id: 5\ndata: {}\n\n", end="hang")) as server, server.client() as cstar:
        events = cstar.events.stream()
        with pytest.raises(DecodeError, match=r"events\.stream: event 5") as caught:
            await take(events, 1)
        assert (caught.value.method, caught.value.path) == ("GET", events._operation.path)
        assert repr(events) == f"<EventStream events.stream: GET {events._operation.path}>"


async def test_an_event_that_is_too_long_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that is too long is a DecodeError."""
    monkeypatch.setattr(sse, "LONGEST", 100)
    async with serve(streaming(b"data: " + b"x" * 200, end="hang")) as server, server.client() as cstar:
        with pytest.raises(DecodeError, match=r"events\.stream: an event of the stream is longer than 100") as caught:
            await take(cstar.events.stream(), 1)
    assert caught.value.method == "GET"


@pytest.mark.parametrize(
    ("lines", "sent"),
    [
        (b"id: 1\n", "1"),
        (b"id:\n", None),
        (b"id\n", None),
        (b"", "0"),
        ("id: é😀\u2028\u0085\n".encode(), "é😀\u2028\u0085"),
        (b"id: a\tb\n", "a\tb"),
        (b"id: 1\x002\n", "0"),
        (b"id: 1\x0b2\n", "0"),
        (b"id: 1\x1c2\n", "0"),
        (b"id: 1\x7f\n", "0"),
        (b"id: \xff\n", "\ufffd"),
        (b"id: " + b"9" * 5000 + b"\n", "0"),
    ],
)
async def test_the_next_connection_asks_for_what_follows_the_last_id(lines: bytes, sent: str | None) -> None:
    """The last id is sent on reconnect; an empty one resets it, an unusable one is skipped."""
    data = EVENT % "x"
    answers = (streaming(lines + f"data: {data}\n\n".encode()), streaming(frame("2")))
    async with serve(*answers) as server, server.client(clock=FakeClock()) as cstar:
        assert await take(cstar.events.stream(last_event_id="0"), 2) == ["x", "2"]
        assert server.received[0].headers["Last-Event-ID"] == "0"
        assert server.received[1].headers.get("Last-Event-ID") == sent


async def test_an_id_without_an_event_counts() -> None:
    """An id without an event is sent on reconnect too."""
    answers = (streaming(b"id: 8\n\n"), streaming(frame("9")))
    async with serve(*answers) as server, server.client(clock=FakeClock()) as cstar:
        await take(cstar.events.stream(), 1)
        assert server.received[1].headers["Last-Event-ID"] == "8"


UNDECODABLE = {
    "invalid JSON": b"{",
    "a number": b"5",
    "null": b"null",
    "an empty object": b"{}",
    "an invalid type": b'{"id":"1","type":[],"created_at":"2026-03-02T09:00:00Z","team_id":"t","data":{}}',
    "an invalid date": b'{"id":"1","type":"ticket.created","created_at":"x","team_id":"t","data":{"id":"t"}}',
    "an escape sequence": b"\x1b[31m",
    "deep nesting": b"[" * 100_000,
    "too long": b"x" * 300_000,
}


@pytest.mark.parametrize("data", UNDECODABLE.values(), ids=UNDECODABLE)
async def test_an_event_that_cannot_be_decoded_is_skipped(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an event that cannot be decoded the stream continues behind it, as does a new stream with its id."""
    monkeypatch.setattr(sse, "LONGEST", 200_000)
    undecodable = b"id: 2\ndata: " + data + b"\n\n"
    clock = FakeClock()
    async with serve(streaming(frame("1"), undecodable, frame("3")), streaming(frame("3"))) as server:
        async with server.client(clock=clock) as cstar:
            events = cstar.events.stream()
            found: list[str] = []
            with pytest.raises(DecodeError) as caught:
                async for event in events:
                    found.append(event.id)
            assert (found, caught.value.event_id, events.last_event_id) == (["1"], "2", "2")
            assert "\x1b" not in str(caught.value)
            assert await take(events, 1) == ["3"]
            assert len(clock.slept) == 1  # the wait between the two connections
            await take(cstar.events.stream(last_event_id=caught.value.event_id), 1)
            assert [each.headers.get("Last-Event-ID") for each in server.received] == [None, "2", "2"]


async def test_a_lone_surrogate_is_replaced() -> None:
    """A lone surrogate in an event is replaced, and `raw` has the bytes as sent."""
    data = (EVENT % "1").replace("Café", "\\ud83d").encode()
    async with serve(streaming(b"id: 1\ndata: " + data + b"\n\n", end="hang")) as server, server.client() as cstar:
        events = cstar.events.stream()
        async with aclosing(aiter(events)) as iterator:
            event = await anext(iterator)
        assert event.data.title == "\ufffd"
        assert events.raw == data


async def test_an_unknown_type_is_an_unknown_event() -> None:
    """An event of an unknown type is an UnknownEvent."""
    data = (EVENT % "1").replace("ticket.created", "robot.woken").encode()
    async with serve(streaming(b"data: " + data + b"\n\n", end="hang")) as server, server.client() as cstar:
        async with aclosing(aiter(cstar.events.stream())) as iterator:
            event = await anext(iterator)
        assert isinstance(event, UnknownEvent)
        assert event.type == "robot.woken"


async def test_raw_is_what_was_sent_byte_for_byte() -> None:
    """`raw` is the data of the event, byte for byte."""
    one = (EVENT % "1").encode()
    half = one.index(b",") + 1
    parts = (b"data: " + one[:half] + b"\ndata: " + one[half:] + b"\n\n", b'id: 2\ndata:  {"x": 1,\xff}\n\n')
    async with serve(streaming(*parts, end="hang")) as server, server.client() as cstar:
        events = cstar.events.stream()
        assert events.raw == b""
        with pytest.raises(DecodeError):
            async for _ in events:
                assert events.raw == one[:half] + b"\n" + one[half:]
        assert events.raw == b' {"x": 1,\xff}'


async def test_against_the_sandbox() -> None:
    """The client follows the sandbox's events, from now or after a given id."""
    async with Sandbox() as sandbox, sandbox.client() as cstar:

        async def follow() -> AsyncGenerator[Any]:
            async for event in cstar.events.stream(types=["ticket.*"]):
                yield event

        async def one() -> Any:
            async with aclosing(follow()) as events:
                return await anext(events)

        first = asyncio.create_task(one())
        while not first.done():
            await cstar.tickets.create(title="A")
            await asyncio.sleep(0.01)
        event = first.result()
        assert isinstance(event, TicketCreated)
        await cstar.customers.create(name="Ada", email="ada@example.com")
        last = await cstar.tickets.create(title="B")
        async for found in cstar.events.stream(types=["ticket.*"], last_event_id=event.id):
            if found.data.id == last.id:
                break
