"""How often a stream connects, and which answers are errors."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from cstar_async.errors import (
    APIError,
    APITimeoutError,
    DeadlineExceededError,
    DecodeError,
    RateLimitError,
)
from cstar_async.live import stream
from tests.support import server as script
from tests.support.clock import FakeClock
from tests.support.server import serve
from tests.support.time_travel import leap

from .streams import frame, streaming, take

EMPTY: dict[str, tuple[bytes, ...]] = {
    "nothing at all": (),
    "retry: 0": (b"retry: 0\n\n",),
    "a tiny retry": (b"retry: 1\n\n",),
    "a negative retry": (b"retry: -5\n\n",),
    "a retry of 5,000 digits": (b"retry: " + b"9" * 5000 + b"\n\n",),
    "a retry of 5,000 zeros": (b"retry: " + b"0" * 5000 + b"\n\n",),
    "comments alone": (b"retry: 0\n", b": a\n\n" * 50),
    "an event each time": (b"retry: 0\n", frame("1")),
    "half an event": (b"retry: 0\n", b"id: 1\ndata: {"),
    "an id alone": (b"retry: 0\nid: 3\n\n",),
    "keep-alive events": (b"retry: 0\nevent: ping\ndata:\n\n",),
}


@pytest.mark.parametrize("end", ["close", "break"])
@pytest.mark.parametrize("parts", EMPTY.values(), ids=EMPTY)
async def test_waits_between_short_connections_grow(parts: tuple[bytes, ...], end: str) -> None:
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


async def test_an_established_stream_waits_for_the_quota() -> None:
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
async def test_a_200_that_is_not_a_stream_is_an_error_at_once(answer: script.Answer, words: str) -> None:
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
async def test_an_error_whose_body_does_not_end_is_raised(status: int) -> None:
    """An error whose body does not end is raised with what has come."""

    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=status, headers={"Content-Type": "text/html"})
        await response.prepare(request)
        await response.write(b"the beginning")
        for turn in range(1_000):  # until the client has closed the connection
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
async def test_transient_statuses_are_retried(status: int) -> None:
    """A transient status is retried, at the first connection and later."""
    answers = (script.raw(b"", status=status), streaming(frame("1")), script.raw(b"", status=status))
    async with serve(*answers, streaming(frame("2"))) as server, server.client(clock=FakeClock()) as cstar:
        assert await take(cstar.events.stream(), 2) == ["1", "2"]


async def test_a_long_retry_after_at_the_first_connection_is_an_error() -> None:
    """A long Retry-After at the first connection is an error."""
    answer = script.failure(429, {"Retry-After": "3600"})
    async with serve(answer) as server, server.client(clock=FakeClock()) as cstar:
        with pytest.raises(RateLimitError):
            await take(cstar.events.stream(), 1)
        assert server.attempts == 1


async def test_the_timeout_bounds_the_wait_for_headers() -> None:
    """`timeout` bounds a connection until its headers."""
    async with serve(streaming()) as server:
        server.script = [server.hang(seconds=8)]
        async with server.client(timeout=7, max_retries=0) as cstar:
            with pytest.raises(APITimeoutError, match="within 7 s"):
                await take(cstar.events.stream(), 1)
