"""Calls wait for a connection if all are in use, and the wait does not count as time of an attempt."""

from __future__ import annotations

import asyncio
import contextlib
import math
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from cstar_async._core.call import Call
from cstar_async._http.connection_limiter import ConnectionLimiter
from cstar_async.errors import APITimeoutError, ConfigError, DeadlineExceededError
from tests.support.clock import FakeClock
from tests.support.internals import internals
from tests.support.operations import GET
from tests.support.server import data, serve
from tests.support.time_travel import leap

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from cstar_async.client import CStarClient
    from tests.support.server import Server


def thing(client: CStarClient) -> Call[Any]:
    return Call(client, GET, ("t1",), None, None, None)


@contextlib.asynccontextmanager
async def one_connection(**options: Any) -> AsyncGenerator[tuple[Server, CStarClient]]:
    """A client with one connection, and a server that hangs at the first request and answers the others."""
    async with (
        serve(data(1)) as server,
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session,
        server.client(session=session, max_retries=0, **options) as client,
    ):
        server.script = [server.hang(), data(1)]
        yield server, client


async def test_waiting_for_a_connection_is_not_part_of_an_attempt() -> None:
    """The time limit of an attempt begins once the call has a connection."""
    async with one_connection() as (server, client):
        slow = asyncio.create_task(thing(client).options(timeout=80).send())
        await server.arrived.wait()
        queued = asyncio.create_task(thing(client).options(timeout=40).send())
        while not internals(client)._sending._limiter.waiting:
            await asyncio.sleep(0)
        leap(50)
        for _ in range(20):
            await asyncio.sleep(0)
        assert not queued.done()
        leap(50)
        with pytest.raises(APITimeoutError):
            await slow
        assert await queued == 1
    assert server.attempts == 2


async def test_a_deadline_bounds_the_wait_for_a_connection() -> None:
    """A deadline bounds the wait for a connection, and the error says that nothing was sent."""
    async with one_connection(clock=FakeClock()) as (server, client):
        slow = asyncio.create_task(thing(client).send())
        await server.arrived.wait()
        with pytest.raises(DeadlineExceededError, match="while waiting for a connection") as caught:
            await thing(client).options(deadline=0.05)
        assert (caught.value.attempts, server.attempts) == (0, 1)
        assert client.quota.in_flight == 1
        server.release.set()
        await slow
        assert await thing(client) == 1


async def test_a_cancelled_waiter_leaves_the_queue() -> None:
    """A cancelled waiter leaves the queue, and those behind it get their turn."""
    async with one_connection() as (server, client):
        slow = asyncio.create_task(thing(client).send())
        await server.arrived.wait()
        queued = [asyncio.create_task(thing(client).send()) for _ in range(3)]
        await asyncio.sleep(0)
        queued[0].cancel()
        server.release.set()
        await slow
        assert await asyncio.gather(*queued[1:]) == [1, 1]
        assert queued[0].cancelled()
        assert client.quota.in_flight == 0
    assert server.attempts == 3


async def test_closing_ends_calls_that_wait() -> None:
    """Closing the client ends the calls that wait for a connection."""
    async with serve(data(1)) as server, server.client() as client:
        internals(client)._sending._limiter = ConnectionLimiter(1)
        server.script = [server.hang()]
        calls = [asyncio.create_task(thing(client).send()) for _ in range(3)]
        await server.arrived.wait()
        await client.close()
        for call in calls:
            with pytest.raises(RuntimeError, match="closed"):
                await asyncio.wait_for(call, 30)
    assert server.attempts == 1


def taken(limiter: ConnectionLimiter, host: str) -> int:
    """How many connections to a host can be taken at once, at most 1,000."""
    return sum(1 for _ in range(1000) if limiter.take(host))


@pytest.mark.parametrize(
    ("limit", "per_host", "first", "second"), [(5, 0, 5, 0), (5, 3, 3, 2), (0, 3, 3, 3), (0, 0, 1000, 1000)]
)
async def test_the_limits_of_a_session_of_the_user_hold(limit: int, per_host: int, first: int, second: int) -> None:
    """The limits of the user's connector are those of the limiter."""
    connector = aiohttp.TCPConnector(limit=limit, limit_per_host=per_host)
    async with aiohttp.ClientSession(connector=connector) as session, serve(data(1)) as server:
        async with server.client(session=session) as client:
            assert await thing(client) == 1
            limiter = internals(client)._sending._limiter
            assert (taken(limiter, "a"), taken(limiter, "b")) == (first, second)


async def test_clients_that_share_a_session_share_its_connections() -> None:
    """Clients that share a session share its connections, and no call times out unsent."""
    connector = aiohttp.TCPConnector(limit=10)
    async with aiohttp.ClientSession(connector=connector) as session, serve(data(1)) as server:
        server.script = [server.hang()]
        clients = [server.client(session=session, max_retries=0) for _ in range(8)]
        calls = [asyncio.create_task(thing(client).send()) for client in clients for _ in range(15)]
        while server.attempts < 10:
            await asyncio.sleep(0)
        for _ in range(50):
            await asyncio.sleep(0)
        assert server.attempts == 10
        server.script = [data(1)]
        server.release.set()
        await asyncio.gather(*calls)
        for client in clients:
            await client.close()
    assert server.attempts == 120


async def test_a_host_that_is_busy_does_not_hold_up_another() -> None:
    """A connection goes to the first waiter whose host has one free."""
    limiter = ConnectionLimiter(3, 2)
    assert [limiter.take(host) for host in ("a", "a", "a", "b", "b")] == [True, True, False, True, False]
    for_a, for_b = asyncio.create_task(limiter.wait("a")), asyncio.create_task(limiter.wait("b"))
    await asyncio.sleep(0)
    limiter.give("b")
    assert await for_b
    assert not for_a.done()
    limiter.give("a")
    assert await for_a


async def test_a_stream_holds_a_connection_of_a_session_of_the_user() -> None:
    """An open stream holds a connection; one that would leave none for calls is refused."""
    connector = aiohttp.TCPConnector(limit=2)
    async with aiohttp.ClientSession(connector=connector) as session, serve(data(1)) as server:
        server.script = [server.hang()]
        async with server.client(session=session, timeout=math.inf) as client:
            limiter = internals(client)._sending._limiter
            stream, another = client.events.stream(), client.events.stream()
            first = asyncio.create_task(anext(aiter(stream)))
            await server.arrived.wait()
            assert limiter.free == 1
            with pytest.raises(ConfigError, match="allows 2 connections"):
                await anext(aiter(another))
            server.script = [data(1)]
            assert await thing(client) == 1
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            assert limiter.free == 2


async def test_streams_leave_a_connection_to_calls() -> None:
    """The last connection is refused to a stream and left for calls."""
    limiter = ConnectionLimiter(3)
    assert await limiter.hold("a")
    assert await limiter.hold("a")
    with pytest.raises(ConfigError, match="allows 3 connections"):
        await limiter.hold("a")
    assert limiter.take("a")
    limiter.give("a")
    limiter.release("a")
    assert limiter.take("a")
    assert limiter.take("a")
    assert not await limiter.hold("a", 0.001)
    limiter.give("a")
    assert await limiter.hold("a")


async def test_a_connection_is_handed_over_in_order() -> None:
    """Connections are handed over in the order of the queue, and newcomers do not overtake it."""
    limiter = ConnectionLimiter(1)
    assert limiter.take("a")
    order: list[int] = []

    async def wait(number: int) -> None:
        assert await limiter.wait("a")
        order.append(number)

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for number in range(3):
            group.create_task(wait(number))
        await asyncio.sleep(0)
        for _ in range(3):
            limiter.give("a")
            assert not limiter.take("a")
            await asyncio.sleep(0)
    assert order == [0, 1, 2]
    limiter.give("a")
    assert limiter.take("a")


@pytest.mark.parametrize("max_wait", [60.0, float("inf")])
@pytest.mark.parametrize("cancelled_first", [False, True])
async def test_a_connection_given_to_a_cancelled_waiter_goes_to_the_next(
    max_wait: float,
    *,
    cancelled_first: bool,
) -> None:
    """A connection given to a waiter that is cancelled at that moment goes to the next."""
    limiter = ConnectionLimiter(1)
    assert limiter.take("a")
    first, second = (asyncio.create_task(limiter.wait("a", max_wait)) for _ in range(2))
    await asyncio.sleep(0)
    if cancelled_first:
        first.cancel()
    limiter.give("a")
    first.cancel()
    assert await asyncio.wait_for(second, 30)
    limiter.give("a")
    assert limiter.take("a")
    assert not limiter.take("a")


async def test_a_waiter_leaves_the_queue_after_its_time() -> None:
    """A waiter whose time is up leaves the queue."""
    limiter = ConnectionLimiter(1)
    assert limiter.take("a")
    assert not await limiter.wait("a", 0.001)
    limiter.give("a")
    assert limiter.take("a")
