"""Events as they happen: the format, and a connection that breaks."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from cstar_async import sse, stream
from cstar_async.errors import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    DeadlineExceededError,
    DecodeError,
    QuotaExceededError,
    ServerError,
)
from cstar_async.sandbox import Sandbox
from cstar_async.sse import Frame, Parser
from cstar_async.webhooks import TicketCreated

from . import server as script
from .clock import FakeClock
from .leap import leap
from .server import serve

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from cstar_async import CStarClient

EVENT = (
    '{"id":"%s","type":"ticket.created","created_at":"2026-03-02T09:00:00Z","team_id":"t",'
    '"data":{"id":"tkt_1","title":"Café"}}'
)


def frame(event_id: str) -> bytes:
    """An event on the wire."""
    return f"id: {event_id}\nevent: ticket.created\ndata: {EVENT % event_id}\n\n".encode()


def streaming(*parts: bytes, end: str = "close") -> script.Answer:
    """Send these, and then end well, break, or hang."""

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


WHOLE = (
    ":hello\n\nid: 1\nevent: a\ndata: x\ndata:  y\n\ndata\n\nid\nretry: 1500\n"
    "retry: x\nid: 7\x008\ndata:é😀:z\n\nid: 9\n\ndata: cut"
)
FRAMES = [Frame("1", "a", "x\n y"), Frame("1", "", ""), Frame("", "", "é😀:z")]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@given(cuts=st.lists(st.integers(0, 200), max_size=8))
def test_the_format_however_it_is_cut(line_end: str, cuts: list[int]) -> None:
    """An event would be lost or mixed up because a packet ended in the middle of it."""
    raw = ("\ufeff" + WHOLE.replace("\n", line_end)).encode()
    places = sorted({0, len(raw), *(cut for cut in cuts if cut < len(raw))})
    parser = Parser()
    found = [each for a, b in pairwise(places) for each in parser.feed(raw[a:b])]
    assert found == FRAMES
    assert (parser.last_id, parser.retry) == ("9", 1.5)


@given(st.lists(st.binary(max_size=50)))
def test_no_bytes_are_an_error(chunks: list[bytes]) -> None:
    """A stream that sends nonsense would end the program."""
    parser = Parser()
    for chunk in chunks:
        parser.feed(chunk)


def test_an_event_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream could fill the memory."""
    monkeypatch.setattr(sse, "LONGEST", 100)
    for endless in (b"data: " + b"x" * 200, b"data: xxxxxxxxxxxxxxxxxx\n" * 20):
        with pytest.raises(sse.FrameTooLongError):
            Parser().feed(endless)


async def test_events_are_typed_and_go_on_after_a_break() -> None:
    """What happened while the connection was broken would be missed, or be given out twice."""
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
    """A restart would lose what happened meanwhile."""
    async with serve(streaming(frame("8"), end="hang")) as server, server.client() as cstar:
        assert await take(cstar.events.stream(last_event_id="7"), 1) == ["8"]
        assert server.received[0].headers["Last-Event-ID"] == "7"


async def test_what_will_not_pass_is_raised() -> None:
    """A wrong key would be tried for ever."""
    async with serve(script.failure(401, code="invalid_api_key")) as server, server.client() as cstar:
        with pytest.raises(AuthenticationError, match="invalid_api_key"):
            await take(cstar.events.stream(), 1)
        assert server.attempts == 1


async def test_a_redirect_is_not_followed() -> None:
    """The key would go to another host by way of a stream."""
    async with serve(streaming(frame("1"))) as elsewhere, serve(script.redirect(elsewhere.url)) as server:
        async with server.client() as cstar:
            with pytest.raises(APIError, match="redirect"):
                await take(cstar.events.stream(), 1)
    assert (server.attempts, elsewhere.attempts) == (1, 0)


async def test_the_first_connection_is_tried_as_often_as_any_request() -> None:
    """A wrong address would be tried in silence for ever; or a short outage at the start be an error."""
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
    """An outage of an hour would end the stream, or use up the hour's requests."""
    answers = (streaming(frame("1")), *[script.failure(500)] * 60, streaming(frame("2")))
    clock = FakeClock()
    async with serve(*answers) as server, server.client(clock=clock) as cstar:
        assert await take(cstar.events.stream(), 2) == ["1", "2"]
        assert sum(clock.slept) > 25 * 60
        assert max(clock.slept) <= stream.LONGEST_WAIT


async def test_the_service_may_say_how_long_to_wait() -> None:
    """A Retry-After would be disregarded."""
    answers = (streaming(frame("1")), script.failure(429, {"Retry-After": "45"}), streaming(frame("2")))
    clock = FakeClock()
    async with serve(*answers) as server, server.client(clock=clock) as cstar:
        assert await take(cstar.events.stream(), 2) == ["1", "2"]
        assert clock.slept[1] == 45


async def test_an_event_that_cannot_be_read_is_named() -> None:
    """A change of the service would look like silence."""
    async with serve(streaming(b"id: 5\ndata: {}\n\n", end="hang")) as server, server.client() as cstar:
        events = cstar.events.stream()
        with pytest.raises(DecodeError, match=r"events\.stream: event 5") as caught:
            await take(events, 1)
        assert (caught.value.method, caught.value.path) == ("GET", events._operation.path)
        assert repr(events) == f"<EventStream events.stream: GET {events._operation.path}>"


async def test_an_event_that_has_no_end_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The error would be one of an inner part, which no `except CStarError` catches."""
    monkeypatch.setattr(sse, "LONGEST", 100)
    async with serve(streaming(b"data: " + b"x" * 200, end="hang")) as server, server.client() as cstar:
        with pytest.raises(DecodeError, match=r"events\.stream: an event of the stream is longer than 100") as caught:
            await take(cstar.events.stream(), 1)
    assert caught.value.method == "GET"


async def test_a_wait_that_does_not_fit_into_the_deadline_ends_it() -> None:
    """A job that follows events for ten seconds would wait for a minute after an outage."""
    answers = (streaming(frame("1")), script.failure(429, {"Retry-After": "45"}))
    async with serve(*answers) as server, server.client(clock=FakeClock()) as cstar, cstar.deadline(10):
        with pytest.raises(DeadlineExceededError, match=r"would be in 45\.00 s, after the deadline") as caught:
            await take(cstar.events.stream(), 2)
    assert caught.value.method == "GET"


async def test_a_connection_counts_against_the_quota() -> None:
    """A stream would be refused by the service, and try again and again."""
    spent = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0"}
    async with serve(script.data([], headers=spent)) as server, server.client(clock=FakeClock()) as cstar:
        await cstar.tags.list()
        with pytest.raises(QuotaExceededError, match="used up"):
            await take(cstar.events.stream(), 1)
    assert server.attempts == 1


async def test_a_client_that_is_closed_before_the_connection_makes_none() -> None:
    """A session would be opened that nobody closes."""
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
    """A job that follows events for a while would never end."""
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
    """A task that goes on with a stream, of which it has had the first event."""
    got = asyncio.Event()

    async def follow() -> None:
        async for _ in cstar.events.stream():
            got.set()

    following = asyncio.create_task(follow())
    await got.wait()
    return following


@pytest.mark.parametrize("owned", [True, False])
async def test_closing_the_client_ends_it(*, owned: bool) -> None:
    """A stream would keep the program from ending."""
    import aiohttp

    async with serve(streaming(frame("1"), end="hang")) as server, aiohttp.ClientSession() as session:
        cstar = server.client(session=None if owned else session)
        following = await followed(cstar)
        await cstar.close()
        with pytest.raises(RuntimeError, match="closed"):
            await following


async def test_cancelling_ends_it_and_the_client_goes_on() -> None:
    """A cancelled consumer would leave a connection behind, or be told that the client is closed."""
    async with serve(streaming(frame("1"), end="hang"), script.data({"id": "tkt_1"})) as server:
        async with server.client() as cstar:
            following = await followed(cstar)
            following.cancel()
            with pytest.raises(asyncio.CancelledError):
                await following
            await cstar.call("GET", "/api/v1/teams/{teamId}/tickets/tkt_1")


async def test_cancelling_leaves_nothing_to_complain_of() -> None:
    """There would be a log of `Task exception was never retrieved` whenever a stream is left."""
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    async with serve(streaming(frame("1"), end="hang")) as server, server.client() as cstar:
        following = await followed(cstar)
        for _ in range(20):  # it waits for more
            await asyncio.sleep(0)
        following.cancel()
        await asyncio.wait({following})
        for _ in range(20):  # the connection is closed
            await asyncio.sleep(0)
        del following
        gc.collect()
        assert complaints == []


async def test_against_the_sandbox() -> None:
    """The client and the sandbox would not understand each other."""
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
