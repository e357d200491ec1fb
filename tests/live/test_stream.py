"""Events as they happen, over connections that break."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from cstar_async.errors import (
    APIConnectionError,
    APIError,
    APITimeoutError,
    AuthenticationError,
    DeadlineExceededError,
    DecodeError,
    QuotaExceededError,
    RateLimitError,
    ServerError,
)
from cstar_async.live import sse, stream
from cstar_async.sandbox import Sandbox
from cstar_async.webhooks import TicketCreated, UnknownEvent
from tests.support import server as script
from tests.support.clock import FakeClock
from tests.support.internals import internals
from tests.support.server import serve
from tests.support.time_travel import leap

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from cstar_async import CStarClient

EVENT = (
    '{"id":"%s","type":"ticket.created","created_at":"2026-03-02T09:00:00Z","team_id":"t",'
    '"data":{"id":"tkt_1","title":"Café"}}'
)


def frame(event_id: str) -> bytes:
    """An event as it is sent."""
    return f"id: {event_id}\nevent: ticket.created\ndata: {EVENT % event_id}\n\n".encode()


def streaming(*parts: bytes, end: str = "close") -> script.Answer:
    """Send these parts, then end, break or hang."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_type = "text/event-stream"
        await response.prepare(request)
        for part in parts:
            await response.write(part)
        if end == "break":
            assert request.transport is not None
            request.transport.abort()
        if end == "hang":
            await asyncio.Event().wait()
        return response

    return answer


async def take(events: Any, count: int) -> list[str]:
    """The ids of the next events."""
    found: list[str] = []
    async with aclosing(aiter(events)) as iterator:
        async for event in iterator:
            found.append(event.id)
            if len(found) == count:
                break
    return found


async def test_events_are_typed_and_go_on_after_a_break() -> None:
    """After a break the stream goes on from the last event id."""
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


async def test_it_can_go_on_where_another_process_ended() -> None:
    """A stream can start after a given event id."""
    async with serve(streaming(frame("8"), end="hang")) as server, server.client() as cstar:
        assert await take(cstar.events.stream(last_event_id="7"), 1) == ["8"]
        assert server.received[0].headers["Last-Event-ID"] == "7"


async def test_what_will_not_pass_is_raised() -> None:
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


async def test_after_that_it_goes_on_for_ever_and_patiently() -> None:
    """After the first event the stream reconnects without end, with limited waits."""
    answers = (streaming(frame("1")), *[script.failure(500)] * 60, streaming(frame("2")))
    clock = FakeClock()
    async with serve(*answers) as server, server.client(clock=clock) as cstar:
        assert await take(cstar.events.stream(), 2) == ["1", "2"]
        assert sum(clock.slept) > 25 * 60
        assert max(clock.slept) <= stream.LONGEST_WAIT


async def test_the_service_may_say_how_long_to_wait() -> None:
    """A Retry-After sets the wait before the next connection."""
    answers = (streaming(frame("1")), script.failure(429, {"Retry-After": "45"}), streaming(frame("2")))
    clock = FakeClock()
    async with serve(*answers) as server, server.client(clock=clock) as cstar:
        assert await take(cstar.events.stream(), 2) == ["1", "2"]
        assert 45 <= clock.slept[1] <= 50


async def test_an_event_that_cannot_be_read_is_named() -> None:
    """An event that cannot be decoded is a DecodeError with its id."""
    async with serve(streaming(b"id: 5\ndata: {}\n\n", end="hang")) as server, server.client() as cstar:
        events = cstar.events.stream()
        with pytest.raises(DecodeError, match=r"events\.stream: event 5") as caught:
            await take(events, 1)
        assert (caught.value.method, caught.value.path) == ("GET", events._operation.path)
        assert repr(events) == f"<EventStream events.stream: GET {events._operation.path}>"


async def test_an_event_that_has_no_end_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """An event that is too long is a DecodeError."""
    monkeypatch.setattr(sse, "LONGEST", 100)
    async with serve(streaming(b"data: " + b"x" * 200, end="hang")) as server, server.client() as cstar:
        with pytest.raises(DecodeError, match=r"events\.stream: an event of the stream is longer than 100") as caught:
            await take(cstar.events.stream(), 1)
    assert caught.value.method == "GET"


# --- how often it connects

EMPTY: dict[str, tuple[bytes, ...]] = {
    "nothing at all": (),
    "retry: 0": (b"retry: 0\n\n",),
    "a tiny retry": (b"retry: 1\n\n",),
    "a negative retry": (b"retry: -5\n\n",),
    "5,000 digits": (b"retry: " + b"9" * 5000 + b"\n\n",),
    "5,000 zeros": (b"retry: " + b"0" * 5000 + b"\n\n",),
    "comments alone": (b"retry: 0\n", b": a\n\n" * 50),
    "an event each time": (b"retry: 0\n", frame("1")),
    "half an event": (b"retry: 0\n", b"id: 1\ndata: {"),
    "an id alone": (b"retry: 0\nid: 3\n\n",),
    "keep-alive events": (b"retry: 0\nevent: ping\ndata:\n\n",),
}


@pytest.mark.parametrize("end", ["close", "break"])
@pytest.mark.parametrize("parts", EMPTY.values(), ids=EMPTY)
async def test_short_connections_are_made_less_and_less_often(parts: tuple[bytes, ...], end: str) -> None:
    """Waits between short connections grow, whatever the stream sends."""
    clock = FakeClock()
    async with serve(streaming(*parts, end=end)) as server, server.client(clock=clock) as cstar:
        with pytest.raises(DeadlineExceededError):
            async with cstar.deadline(3600):
                await take(cstar.events.stream(), 1000)
        assert 50 <= server.attempts <= 140
        assert min(clock.slept) >= stream.SHORTEST_WAIT / 2
        assert max(clock.slept) <= stream.LONGEST_WAIT
        if b"9" not in b"".join(parts):
            assert clock.slept[0] <= stream.SHORTEST_WAIT


async def test_after_a_connection_that_lasted_the_wait_is_short_again() -> None:
    """After a connection that lasted, the next wait is short again."""
    clock = FakeClock()

    answers = (*[streaming()] * 9, streaming(frame("3")))
    async with serve(*answers) as server, server.client(clock=clock) as cstar:
        events = cstar.events.stream()
        # The ninth connection stays for a while.
        events.on_connection(lambda _: clock.advance(stream.STEADY) if server.attempts == 9 else None)
        assert await take(events, 1) == ["3"]
    assert clock.slept[7] > 15
    assert clock.slept[8] <= stream.SHORTEST_WAIT


async def test_the_quota_that_others_have_used_up_is_waited_for() -> None:
    """An established stream waits for the next window of the quota."""
    spent = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0", "X-RateLimit-Window": "1800"}

    async def last(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={**spent, "Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(frame("1"))
        return response

    clock = FakeClock()
    async with serve(last, streaming(frame("2"), end="hang")) as server, server.client(clock=clock) as cstar:
        assert await take(cstar.events.stream(), 2) == ["1", "2"]
        assert 1700 <= sum(clock.slept) <= 2000
        assert server.attempts == 2


# --- answers that are no stream


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (script.raw(b"<title>Sign in</title>", "text/html"), "got text/html.*Sign in"),
        (script.failure(200, code="no_stream", message="There is none"), "got application/json.*There is none"),
        (script.raw(b"", "text/plain"), "got text/plain.*an empty body"),
        (script.raw(frame("1"), "application/octet-stream"), "got application/octet-stream"),
        (script.raw(b"sk_live_0123456789 \x1b[31m", "text/html"), r"sk_live_\*\*\*"),
        (script.raw(b"x" * 3_000_000, "text/html"), "got text/html.{1,700}$"),
    ],
)
async def test_a_200_that_is_no_stream_is_an_error_at_once(answer: script.Answer, words: str) -> None:
    """A 200 that is not a stream is a DecodeError with its content type and text."""
    async with serve(answer) as server, server.client(clock=FakeClock()) as cstar:
        events = cstar.events.stream()
        with pytest.raises(DecodeError, match=words) as caught:
            await take(events, 1)
        assert server.attempts == 1
        assert (caught.value.status, caught.value.operation, caught.value.event_id) == (200, "events.stream", None)
        assert "\x1b" not in str(caught.value)
        assert not events.connected


async def test_a_200_without_a_content_type_is_an_error() -> None:
    """A 200 without a content type is a DecodeError."""

    async def bare(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\n\n")
        request.transport.close()
        return web.Response()

    async with serve(bare) as server, server.client() as cstar:
        with pytest.raises(DecodeError, match="expected the content type text/event-stream, got none"):
            await take(cstar.events.stream(), 1)


@pytest.mark.parametrize("status", [200, 403])
async def test_an_error_whose_body_does_not_end_is_an_error_all_the_same(status: int) -> None:
    """An error whose body does not end is raised with what has come."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers={"Content-Type": "text/html"})
        await response.prepare(request)
        await response.write(b"the beginning")
        for turn in range(1_000):  # until the client has waited and left
            await asyncio.sleep(0)
            if turn % 50 == 49:
                leap(6)
        return response

    async with serve(endless) as server, server.client() as cstar:
        with pytest.raises((DecodeError, APIError), match="the beginning"):
            await take(cstar.events.stream(), 1)


@pytest.mark.parametrize("content_type", ["TEXT/EVENT-STREAM", "text/event-stream;charset=UTF-8"])
async def test_a_content_type_may_have_parameters_and_upper_case(content_type: str) -> None:
    """A content type may have parameters and upper case."""

    async def typed(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": content_type})
        await response.prepare(request)
        await response.write(frame("1"))
        return response

    async with serve(typed) as server, server.client() as cstar:
        assert await take(cstar.events.stream(), 1) == ["1"]


@pytest.mark.parametrize("before", [(), (streaming(frame("1")),)])
async def test_204_ends_the_stream_for_good(before: tuple[script.Answer, ...]) -> None:
    """A 204 ends the stream without a reconnect."""
    async with serve(*before, script.raw(b"", status=204)) as server, server.client(clock=FakeClock()) as cstar:
        found = [event.id async for event in cstar.events.stream()]
        assert found == ["1"] * len(before)
        assert server.attempts == len(before) + 1


@pytest.mark.parametrize("status", [201, 202, 206, 300, 304, 400, 404, 410, 501])
async def test_other_statuses_are_errors_at_once(status: int) -> None:
    """Any other status that is not transient is raised at once."""
    async with serve(script.raw(b"", "text/event-stream", status)) as server, server.client() as cstar:
        with pytest.raises(APIError) as caught:
            await take(cstar.events.stream(), 1)
        assert (caught.value.status, server.attempts) == (status, 1)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 520, 522])
async def test_what_passes_is_tried_again(status: int) -> None:
    """A transient status is retried, at the first connection and later."""
    answers = (script.raw(b"", status=status), streaming(frame("1")), script.raw(b"", status=status))
    async with serve(*answers, streaming(frame("2"))) as server, server.client(clock=FakeClock()) as cstar:
        assert await take(cstar.events.stream(), 2) == ["1", "2"]


async def test_a_first_connection_does_not_wait_for_long() -> None:
    """A long Retry-After at the first connection is an error."""
    answer = script.failure(429, {"Retry-After": "3600"})
    async with serve(answer) as server, server.client(clock=FakeClock()) as cstar:
        with pytest.raises(RateLimitError):
            await take(cstar.events.stream(), 1)
        assert server.attempts == 1


async def test_a_server_that_accepts_and_says_nothing_is_left_in_time() -> None:
    """`timeout` bounds a connection until its headers."""
    async with serve(streaming()) as server:
        server.script = [server.hang(seconds=8)]
        async with server.client(timeout=7, max_retries=0) as cstar:
            with pytest.raises(APITimeoutError, match="within 7 s"):
                await take(cstar.events.stream(), 1)


# --- ids


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


async def test_an_id_without_an_event_moves_the_place_forward() -> None:
    """An id without an event is sent on reconnect too."""
    answers = (streaming(b"id: 8\n\n"), streaming(frame("9")))
    async with serve(*answers) as server, server.client(clock=FakeClock()) as cstar:
        await take(cstar.events.stream(), 1)
        assert server.received[1].headers["Last-Event-ID"] == "8"


# --- events that cannot be read

POISON = {
    "no JSON": b"{",
    "no object": b"5",
    "null": b"null",
    "nothing that an event has": b"{}",
    "a type that is none": b'{"id":"1","type":[],"created_at":"2026-03-02T09:00:00Z","team_id":"t","data":{}}',
    "a date that is none": b'{"id":"1","type":"ticket.created","created_at":"x","team_id":"t","data":{"id":"t"}}',
    "an escape sequence": b"\x1b[31m",
    "brackets": b"[" * 100_000,
    "too much": b"x" * 300_000,
}


@pytest.mark.parametrize("data", POISON.values(), ids=POISON)
async def test_an_event_that_cannot_be_read_is_left_behind(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an unreadable event the stream goes on behind it, as does a new one with its id."""
    monkeypatch.setattr(sse, "LONGEST", 200_000)
    poison = b"id: 2\ndata: " + data + b"\n\n"
    clock = FakeClock()
    async with serve(streaming(frame("1"), poison, frame("3")), streaming(frame("3"))) as server:
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


async def test_half_an_emoji_is_no_poison() -> None:
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


# --- whether it is connected


async def test_it_tells_when_it_is_connected() -> None:
    """Watchers and `connected` follow each connection and each break."""
    answers = (script.failure(503), streaming(frame("1"), end="break"), script.reset, streaming(frame("2"), end="hang"))
    async with serve(*answers) as server, server.client(clock=FakeClock()) as cstar:
        events = cstar.events.stream()
        seen: list[tuple[bool, int]] = []
        stop = events.on_connection(lambda connected: seen.append((connected, server.attempts)))
        assert not events.connected
        async with aclosing(aiter(events)) as iterator:
            assert (await anext(iterator)).id == "1"
            assert events.connected
            assert (await anext(iterator)).id == "2"
            assert events.connected
        assert not events.connected
        assert seen == [(True, 2), (False, 2), (True, 4), (False, 4)]
        stop()
        stop()
        await take(events, 1)
        assert len(seen) == 4


async def test_a_watcher_that_fails_does_not_end_the_stream(caplog: pytest.LogCaptureFixture) -> None:
    """The error of a watcher is logged, and the other watchers are called."""
    seen: list[bool] = []
    async with serve(streaming(frame("1"), end="hang")) as server, server.client() as cstar:
        events = cstar.events.stream()
        events.on_connection(lambda _: 1 / 0)
        events.on_connection(seen.append)
        assert await take(events, 1) == ["1"]
    assert seen == [True, False]
    assert "ZeroDivisionError" in caplog.text
    with pytest.raises(TypeError, match="watcher must be a function"):
        events.on_connection(None)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["aclose", "cancel", "break", "deadline"])
async def test_leaving_it_closes_the_connection(way: str) -> None:
    """Leaving the stream closes its connection and ends its tasks."""
    gone = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(frame("1"))
        try:
            while True:
                await asyncio.sleep(0)
                await response.write(b":\n")
        except (ConnectionError, asyncio.CancelledError):
            gone.set()
            raise

    clock = FakeClock()
    async with serve(answer) as server, server.client(clock=clock) as cstar:
        events = cstar.events.stream()
        if way == "break":
            async for _ in events:
                break
        elif way == "deadline":
            with pytest.raises(DeadlineExceededError):
                async with cstar.deadline(30):
                    async for _ in events:
                        clock.advance(31)
                        leap(31)
        elif way == "cancel":
            following = await followed(cstar)
            following.cancel()
            await asyncio.wait({following})
        else:
            assert await take(events, 1) == ["1"]
        await asyncio.wait_for(gone.wait(), 10)
        assert not events.connected
        assert not internals(cstar)._tasks


async def test_two_iterations_of_one_stream_do_not_disturb_each_other() -> None:
    """Each iteration of a stream has its own connection and place."""
    async with serve(streaming(frame("1"), frame("2"), end="hang")) as server, server.client() as cstar:
        events = cstar.events.stream()
        async with aclosing(aiter(events)) as one, aclosing(aiter(events)) as two:
            assert [(await anext(one)).id, (await anext(two)).id] == ["1", "1"]
            assert [(await anext(two)).id, (await anext(one)).id] == ["2", "2"]
            await one.aclose()
            assert events.connected
        assert not events.connected
        assert server.attempts == 2


async def test_a_wait_that_does_not_fit_into_the_deadline_ends_it() -> None:
    """A wait that does not fit into the deadline ends the stream."""
    answers = (streaming(frame("1")), script.failure(429, {"Retry-After": "45"}))
    async with serve(*answers) as server, server.client(clock=FakeClock()) as cstar, cstar.deadline(10):
        with pytest.raises(DeadlineExceededError, match=r"would be in 4[5-9]\.\d+ s, after the deadline") as caught:
            await take(cstar.events.stream(), 2)
    assert caught.value.method == "GET"


async def test_a_connection_counts_against_the_quota() -> None:
    """A connection counts against the quota."""
    spent = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0"}
    async with serve(script.data([], headers=spent)) as server, server.client(clock=FakeClock()) as cstar:
        await cstar.tags.list()
        with pytest.raises(QuotaExceededError, match="used up"):
            await take(cstar.events.stream(), 1)
    assert server.attempts == 1


async def test_a_client_that_is_closed_before_the_connection_makes_none() -> None:
    """A client that is closed meanwhile makes no connection."""
    spent = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0", "X-RateLimit-Window": "30"}

    class Closing(FakeClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds)
            await cstar.close()

    async with serve(script.data([], headers=spent)) as server:
        cstar = server.client(clock=Closing())
        await cstar.tags.list()
        with pytest.raises(RuntimeError, match="the client is closed"):
            await take(cstar.events.stream(), 1)
    assert server.attempts == 1


async def test_a_deadline_bounds_it() -> None:
    """A deadline bounds the stream."""
    clock = FakeClock()
    async with serve(streaming(frame("1"), end="hang")) as server, server.client(clock=clock) as cstar:
        found: list[str] = []
        with pytest.raises(DeadlineExceededError):
            async with cstar.deadline(60):
                async for event in cstar.events.stream():
                    found.append(event.id)
                    clock.advance(61)
                    leap(61)
        assert found == ["1"]


async def followed(cstar: CStarClient) -> asyncio.Task[None]:
    """A task that reads a stream and has had its first event."""
    got = asyncio.Event()

    async def follow() -> None:
        async for _ in cstar.events.stream():
            got.set()

    following = asyncio.create_task(follow())
    await got.wait()
    return following


@pytest.mark.parametrize("owned", [True, False])
async def test_closing_the_client_ends_it(*, owned: bool) -> None:
    """Closing the client ends the stream, whoever owns the session."""
    import aiohttp

    async with serve(streaming(frame("1"), end="hang")) as server, aiohttp.ClientSession() as session:
        cstar = server.client(session=None if owned else session)
        following = await followed(cstar)
        await cstar.close()
        with pytest.raises(RuntimeError, match="closed"):
            await following


async def test_cancelling_ends_it_and_the_client_goes_on() -> None:
    """Cancelling the reader ends the stream, and the client can still be used."""
    async with serve(streaming(frame("1"), end="hang"), script.data({"id": "tkt_1"})) as server:
        async with server.client() as cstar:
            following = await followed(cstar)
            following.cancel()
            with pytest.raises(asyncio.CancelledError):
                await following
            await cstar.call("GET", "/api/v1/teams/{teamId}/tickets/tkt_1")


async def test_cancelling_leaves_nothing_to_complain_of() -> None:
    """Cancelling the reader leaves no unretrieved exception."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    async with serve(streaming(frame("1"), end="hang")) as server, server.client() as cstar:
        following = await followed(cstar)
        for _ in range(20):  # it waits for the next event
            await asyncio.sleep(0)
        following.cancel()
        await asyncio.wait({following})
        for _ in range(20):  # the connection is closed
            await asyncio.sleep(0)
        del following
        gc.collect()
        assert complaints == []


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
