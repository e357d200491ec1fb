"""gather: limits, back-pressure, order of completion or of input, and cancelled tasks."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing
from typing import Any, cast

import orjson
import pytest
from aiohttp import web

from cstar_async._core.call import Call
from cstar_async.client import CStarClient
from cstar_async.errors import NotFoundError
from cstar_async.sandbox import Sandbox
from tests.support.internals import internals
from tests.support.operations import GET
from tests.support.server import failure, serve


class Gate:
    """Answers each request with the number in its path once the test allows it."""

    def __init__(self) -> None:
        self.open: dict[str, asyncio.Event] = {}
        self.running = 0
        self.most_running = 0
        self.free = False

    def allow(self, number: int) -> None:
        self.open.setdefault(str(number), asyncio.Event()).set()

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        number = request.path.rpartition("/")[2]
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            if not self.free:
                await self.open.setdefault(number, asyncio.Event()).wait()
        finally:
            self.running -= 1
        return web.Response(body=orjson.dumps({"data": int(number)}), content_type="application/json")


def thing(client: CStarClient, number: int) -> Call[Any]:
    return Call(client, GET, (str(number),), None, None, None)


async def settle() -> None:
    for _ in range(50):
        await asyncio.sleep(0)


async def test_awaiting_gives_outcomes_in_input_order() -> None:
    """Awaiting returns the outcomes in the order of the calls."""
    gate = Gate()
    async with serve(gate) as server, server.client() as client:
        calls = [thing(client, number) for number in range(3)]
        task = asyncio.create_task(asyncio.wait_for(client.gather(calls), 60))
        for number in (2, 0, 1):
            gate.allow(number)
        outcomes = await task
    assert [outcome.value for outcome in outcomes] == [0, 1, 2]
    assert [outcome.index for outcome in outcomes] == [0, 1, 2]
    assert [outcome.call for outcome in outcomes] == calls
    assert all(outcome.ok for outcome in outcomes)
    assert [outcome.unwrap() for outcome in outcomes] == [0, 1, 2]


async def test_iterating_gives_outcomes_as_they_come() -> None:
    """Iterating gives the outcomes in the order in which they complete."""
    gate = Gate()
    async with serve(gate) as server, server.client() as client:
        outcomes = aiter(client.gather(thing(client, number) for number in range(3)))
        order: list[int] = []
        for number in (2, 0, 1):
            gate.allow(number)
            order.append((await anext(outcomes)).index)
        with pytest.raises(StopAsyncIteration):
            await anext(outcomes)
    assert order == [2, 0, 1]


async def test_errors_are_outcomes() -> None:
    """An error of a call is an outcome, whose `unwrap()` raises it."""
    async with serve(failure(404)) as server, server.client() as client:
        (outcome,) = await client.gather([thing(client, 1)])
    assert not outcome.ok
    assert outcome.value is None
    assert isinstance(outcome.error, NotFoundError)
    with pytest.raises(NotFoundError):
        outcome.unwrap()


async def test_no_more_than_concurrency_at_once() -> None:
    """As many calls run at once as `concurrency` allows, and no more."""
    gate = Gate()
    async with serve(gate) as server, server.client() as client:
        task = asyncio.create_task(
            asyncio.wait_for(client.gather([thing(client, n) for n in range(12)], concurrency=5), 60)
        )
        while gate.running < 5:
            await asyncio.sleep(0)
        await settle()
        assert gate.running == 5
        gate.free = True
        for number in range(12):
            gate.allow(number)
        assert len(await task) == 12
    assert gate.most_running == 5


async def test_calls_are_pulled_with_back_pressure() -> None:
    """Calls are taken from their source no faster than outcomes are read."""
    gate = Gate()
    gate.free = True
    pulled = 0

    def calls(client: CStarClient) -> Iterator[Call[Any]]:
        nonlocal pulled
        for number in range(1_000_000):
            pulled += 1
            yield thing(client, number)

    async with serve(gate) as server, server.client() as client:
        async with aclosing(aiter(client.gather(calls(client), concurrency=4))) as outcomes:
            await anext(outcomes)
            await settle()
            await anext(outcomes)
            await settle()
        assert pulled <= 6
        assert not internals(client)._tasks


async def test_an_async_source_does_not_hold_back_outcomes() -> None:
    """Outcomes are given while an async source is still waiting for its next call."""
    gate = Gate()
    gate.free = True
    more = asyncio.Event()
    closed = False

    async def calls(client: CStarClient) -> AsyncIterator[Call[Any]]:
        nonlocal closed
        try:
            yield thing(client, 1)
            await more.wait()
            yield thing(client, 2)
        finally:
            closed = True

    async with serve(gate) as server, server.client() as client:
        outcomes = aiter(client.gather(calls(client)))
        assert (await anext(outcomes)).value == 1
        more.set()
        assert [outcome.value async for outcome in outcomes] == [2]
    assert closed


async def test_an_iterator_made_by_gather_is_closed_by_gather() -> None:
    """The iterator of an async source is closed when the loop is left."""
    gate = Gate()
    gate.free = True
    closed: list[str] = []

    class Source:
        def __init__(self, client: CStarClient) -> None:
            self.client = client

        async def __aiter__(self) -> AsyncGenerator[Call[Any], None]:
            try:
                for number in range(100):
                    yield thing(self.client, number)
            finally:
                closed.append("source")

    async with serve(gate) as server, server.client() as client:
        async with aclosing(aiter(client.gather(Source(client), concurrency=2))) as outcomes:
            await anext(outcomes)
        assert closed == ["source"]


async def test_leaving_early_cancels_what_runs() -> None:
    """Leaving the loop early cancels the running calls and frees their places in the quota."""
    gate = Gate()
    async with serve(gate) as server, server.client() as client:
        gate.allow(0)
        async with aclosing(aiter(client.gather(thing(client, n) for n in range(9)))) as outcomes:
            async for outcome in outcomes:
                assert outcome.index == 0
                break
        assert not internals(client)._tasks
        assert client.quota.in_flight == 0


async def test_cancellation_goes_through() -> None:
    """Cancelling the reader cancels the calls and raises CancelledError."""
    gate = Gate()
    async with serve(gate) as server, server.client() as client:
        task = asyncio.create_task(asyncio.wait_for(client.gather(thing(client, n) for n in range(9)), 60))
        while gate.running < 8:
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not internals(client)._tasks
        assert client.quota.in_flight == 0


async def test_a_call_that_is_cancelled_from_within_ends_the_gather() -> None:
    """A CancelledError inside a call is raised; it is never an outcome."""
    gate = Gate()
    async with serve(gate) as server, server.client() as client:

        class Cancelled(Call[Any]):
            async def _fetch(self) -> Any:
                raise asyncio.CancelledError

        calls = [thing(client, 1), Cancelled(client, GET, ("2",), None, None, None)]
        with pytest.raises(asyncio.CancelledError):
            await client.gather(calls)
        assert not internals(client)._tasks


async def test_an_error_in_the_source_goes_through() -> None:
    """An error in the source is raised, and the running calls are cancelled."""
    gate = Gate()

    def calls(client: CStarClient) -> Iterator[Call[Any]]:
        yield thing(client, 1)
        raise LookupError("no more ids")

    async with serve(gate) as server, server.client() as client:
        with pytest.raises(LookupError, match="no more ids"):
            await client.gather(calls(client))
        assert not internals(client)._tasks


async def test_misuse_is_explained() -> None:
    """An item that is not a call, a second use and an invalid concurrency are each explained."""
    gate = Gate()
    gate.free = True
    async with serve(gate) as server, server.client() as client:
        with pytest.raises(TypeError, match=r"gather takes calls, such as .*, got int"):
            await client.gather([cast("Call[Any]", 1)])
        gathered = client.gather([thing(client, 1)])
        await gathered
        with pytest.raises(RuntimeError, match="has already been used"):
            await gathered
        with pytest.raises(ValueError, match="concurrency"):
            await client.gather([thing(client, 1)], concurrency=0)
        assert await client.gather([]) == []


def test_a_forgotten_gather_warns() -> None:
    """A gather that was neither awaited nor iterated warns once, not once for each call."""
    client = CStarClient("sk_test_x")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        gathered = client.gather([thing(client, 1), thing(client, 2)])
        del gathered
        gc.collect()
    assert [str(warning.message) for warning in caught] == [
        "gather(...) was neither awaited nor iterated, so nothing was sent"
    ]


async def test_the_quota_and_the_priorities_hold_for_calls_of_a_gather() -> None:
    """Gathered calls keep to the quota and to their priority."""
    async with Sandbox() as sandbox, sandbox.client(api_key=sandbox.default_team.publishable_key) as client:
        started = sandbox.clock.monotonic()
        outcomes = await client.gather(client.tags.list().options(priority="bulk") for _ in range(150))
        assert all(outcome.ok for outcome in outcomes)
        # 90 of the 100 are sent in the first window, the others in the second.
        assert sandbox.clock.monotonic() - started > 1800
        assert Counter(record.status for record in sandbox.requests) == {200: 150}
        assert 80 <= max(Counter(int(record.at // 3600) for record in sandbox.requests).values()) <= 90
        started = sandbox.clock.monotonic()
        assert all(outcome.ok for outcome in await client.gather(client.tags.list() for _ in range(10)))
        assert sandbox.clock.monotonic() == started
