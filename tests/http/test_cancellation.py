"""A call that is cancelled at any of its awaits leaves no connection, task or place in the quota behind.

The client's connector has one connection, so the next call is answered only if the cancelled one gave it back.
"""

from __future__ import annotations

import asyncio
import types
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
import pytest

from cstar_async._core.call import Call
from cstar_async._core.pager import Pager
from tests.support.clock import FakeClock
from tests.support.operations import CREATE, GET, LIST
from tests.support.server import TEAM, chunked, data, failure, serve

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from cstar_async.client import CStarClient
    from tests.support.server import Answer

T = TypeVar("T")
SPENT = {
    "Date": "Fri, 15 Jan 2027 08:00:00 GMT",
    "X-RateLimit-Limit": "1000",
    "X-RateLimit-Remaining": "0",
    "X-RateLimit-Reset": "1800000030",  # 30 s later
}


@types.coroutine
def cancelled_at(work: Awaitable[T], step: int, *, late: bool) -> Generator[Any, Any, T]:
    """Await `work`, and cancel the current task at its `step`-th wait.

    With `late`, cancel after the awaited future is done and before the task resumes; otherwise when the wait begins.
    """
    task = asyncio.current_task()
    assert task is not None
    iterator = work.__await__()
    error: BaseException | None = None
    count = 0
    while True:
        try:
            waiting = next(iterator) if error is None else iterator.throw(error)
        except StopIteration as stop:
            result: T = stop.value
            return result
        error = None
        count += 1
        if count == step:
            if late and waiting is not None:
                waiting.add_done_callback(lambda _: task.cancel())
            else:
                task.cancel()
        try:
            yield waiting
        except BaseException as raised:  # handed to the work, as the loop would
            error = raised


def package_tasks() -> set[str]:
    """The package's tasks that are alive."""
    return {
        task.get_name() + str(coroutine)
        for task in asyncio.all_tasks()
        if (coroutine := task.get_coro()) is not None
        and "/cstar_async/" in getattr(getattr(coroutine, "cr_code", None), "co_filename", "")
    }


def get(client: CStarClient) -> Call[Any]:
    return Call(client, GET, ("t1",), None, None, None)


def rows(*, more: bool = False) -> Answer:
    return data([{"id": f"t{more}"}])


async def _iterate(client: CStarClient) -> None:
    async for outcome in client.gather((get(client) for _ in range(3)), concurrency=2):
        outcome.unwrap()


async def _page_by_page(client: CStarClient) -> None:
    async for _ in things(client).options(deadline=30):
        pass


def things(client: CStarClient) -> Pager[Any]:
    return Pager(client, LIST, (), {"pageSize": 1}, None, None)


async def _within(client: CStarClient) -> None:
    async with client.deadline(30):
        await get(client)


async def _past_the_quota(client: CStarClient) -> None:
    await get(client)
    await get(client)


class Scenario:
    """An action of a client, and the server's answers to it."""

    def __init__(
        self, work: Callable[[CStarClient], Awaitable[object]], *script: Answer, team: str | None = TEAM
    ) -> None:
        self.work = work
        self.script = script
        self.team = team


SCENARIOS = {
    "get": Scenario(get),
    "create": Scenario(lambda client: Call(client, CREATE, (), None, {"a": 1}, None)),
    "body in parts": Scenario(get, chunked(b'{"success":true,', b'"data":', b"1}")),
    "response": Scenario(lambda client: get(client).response()),
    "retry": Scenario(get, failure(500), failure(503), data(1)),
    "retry-after": Scenario(get, failure(429, {"Retry-After": "3"}), data(1)),
    "deadline": Scenario(_within),
    "team": Scenario(get, data({"teamId": TEAM}), data(1), team=None),
    "quota": Scenario(_past_the_quota, data(1, headers=SPENT), data(1)),
    "gather awaited": Scenario(lambda client: client.gather([get(client) for _ in range(3)], concurrency=2)),
    "gather iterated": Scenario(_iterate),
    "pages": Scenario(_page_by_page, rows(), rows(more=True), data([])),
    "prefetched pages": Scenario(
        lambda client: things(client).prefetch(2).collect(), rows(), rows(more=True), data([])
    ),
    "count": Scenario(lambda client: things(client).count(), data([])),
}


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", SCENARIOS)
async def test_nothing_is_left_behind(name: str, *, late: bool) -> None:
    """A cancelled call gives back its connection and its place in the quota, and ends its tasks."""
    scenario = SCENARIOS[name]
    finished = False
    step = 0
    while not finished:
        step += 1
        assert step < 200, "it has too many awaits"
        script = scenario.script or (data(1),)
        async with (
            serve(*script) as server,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session,
            server.client(session=session, clock=FakeClock(), team_id=scenario.team) as client,
        ):
            finished = await _cancelled(scenario, client, step, late=late)
            async with asyncio.timeout(60):
                await _settle(client)
                assert client.quota.in_flight == 0, f"at step {step}"
                server.script[:] = [data(7)] if _knows_team(client) else [data({"teamId": TEAM}), data(7)]
                assert await get(client) == 7, f"at step {step}"
    assert step > 1


async def _cancelled(scenario: Scenario, client: CStarClient, step: int, *, late: bool) -> bool:
    """Cancel the scenario at a step, and return whether it ended before."""

    async def body() -> None:
        await cancelled_at(scenario.work(client), step, late=late)

    task = asyncio.create_task(body())
    try:
        await asyncio.wait_for(asyncio.shield(task), 60)
    except asyncio.CancelledError:
        assert task.cancelled()
        return False
    # A cancellation at the last step has nothing left to stop.
    return True


async def _settle(client: CStarClient) -> None:
    """Wait for cancelled work to end; the shared request for the team may go on until it is answered."""
    while package_tasks() or client.quota.in_flight:
        await asyncio.sleep(0.001)
    await asyncio.sleep(0)  # let callbacks of a task that has just ended run


def _knows_team(client: CStarClient) -> bool:
    return TEAM in repr(client)


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
async def test_a_write_repeated_after_a_cancellation_is_done_once(*, late: bool) -> None:
    """A cancelled Call that is sent again has the same idempotency key."""
    for step in range(1, 40):
        async with serve(data(1)) as server, server.client() as client:
            call = Call[Any](client, CREATE, (), None, {"a": 1}, None)
            scenario = Scenario(lambda _, call=call: call)  # type: ignore[misc]
            finished = await _cancelled(scenario, client, step, late=late)
            if finished:
                break
            assert await call == 1
            assert len({received.headers["Idempotency-Key"] for received in server.received}) == 1
    else:
        pytest.fail("it has too many awaits")
