"""Whether a stream is connected, and what ends it."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from typing import Any

import pytest
from aiohttp import web

from cstar_async.errors import (
    DeadlineExceededError,
    QuotaExceededError,
)
from tests.support import server as script
from tests.support.clock import FakeClock
from tests.support.internals import internals
from tests.support.server import serve
from tests.support.time_travel import leap

from .streams import followed, frame, streaming, take


async def test_watchers_follow_each_connection() -> None:
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
    with pytest.raises(TypeError, match="plain function"):
        events.on_connection(asyncio.sleep)


@pytest.mark.parametrize("way", ["aclose", "cancel", "break", "deadline"])
async def test_leaving_the_stream_closes_its_connection(way: str) -> None:
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


async def test_a_wait_past_the_deadline_ends_the_stream() -> None:
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
    """A client that is closed during the wait makes no connection."""
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


async def test_a_deadline_bounds_the_stream() -> None:
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


@pytest.mark.parametrize("owned", [True, False])
async def test_closing_the_client_ends_the_stream(*, owned: bool) -> None:
    """Closing the client ends the stream, in its own session or in a caller's."""
    import aiohttp

    async with serve(streaming(frame("1"), end="hang")) as server, aiohttp.ClientSession() as session:
        cstar = server.client(session=None if owned else session)
        following = await followed(cstar)
        await cstar.close()
        with pytest.raises(RuntimeError, match="closed"):
            await following


async def test_cancelling_the_reader_ends_the_stream() -> None:
    """Cancelling the reader ends the stream, and the client can still be used."""
    async with serve(streaming(frame("1"), end="hang"), script.data({"id": "tkt_1"})) as server:
        async with server.client() as cstar:
            following = await followed(cstar)
            following.cancel()
            with pytest.raises(asyncio.CancelledError):
                await following
            await cstar.call("GET", "/api/v1/teams/{teamId}/tickets/tkt_1")


async def test_cancelling_leaves_no_unretrieved_exception() -> None:
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
