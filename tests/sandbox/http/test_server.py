"""`with Sandbox()`: the sandbox in its own thread, used from other threads and event loops."""

from __future__ import annotations

import asyncio
import json
import threading
import urllib.request
from typing import TYPE_CHECKING

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.delivery import sender

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def threaded() -> Iterator[Sandbox]:
    """A sandbox in its own thread, whose deliveries have no short timeout."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sender, "TIMEOUT", 3_600.0)
        with Sandbox() as sandbox:
            yield sandbox


def test_it_serves_synchronous_programs(threaded: Sandbox) -> None:
    """A synchronous program can use the sandbox."""
    team = threaded.team()
    request = urllib.request.Request(
        f"{threaded.base_url}/api/v1/teams/{team.id}/tickets", headers={"Authorization": f"Bearer {team.secret_key}"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert json.load(answer)["data"] == []
    assert [record.status for record in team.requests] == [200]


def test_one_sandbox_serves_many_loops(threaded: Sandbox) -> None:
    """One sandbox serves several event loops."""

    async def use(name: str) -> list[str | None]:
        team = threaded.team(name)
        async with team.client() as cstar:
            team.fail_next(2)
            await cstar.tickets.create(title=name)
            return [ticket.title for ticket in await cstar.tickets.list()]

    assert [asyncio.run(use(name)) for name in ("one", "two", "three")] == [["one"], ["two"], ["three"]]


async def test_teams_made_in_many_threads_are_all_different(threaded: Sandbox) -> None:
    """Teams made in several threads are all different."""
    teams = await asyncio.gather(*(asyncio.to_thread(threaded.team, "same") for _ in range(20)))
    assert len({team.id for team in teams}) == len({team.slug for team in teams}) == 20


async def test_another_loop_can_wait_for_deliveries(threaded: Sandbox) -> None:
    """Another event loop can wait for deliveries."""
    got: list[str] = []

    async def receive(request: web.Request) -> web.Response:
        got.append(request.headers["X-Delivery-Attempt"])
        return web.Response(status=200 if len(got) > 2 else 500)

    app = web.Application()
    app.router.add_post("/", receive)
    team = threaded.team()
    async with TestServer(app) as receiver, team.client() as cstar:
        await cstar.webhooks.create(name="mine", url=str(receiver.make_url("/")), events=["ticket.*"])
        await cstar.tickets.create(title="x")
        await threaded.settled()
        assert got == ["1"]
        threaded.clock.advance(minutes=3)
        await threaded.settled()
    assert got == ["1", "2", "3"]


async def test_a_retired_team_sends_no_deliveries(threaded: Sandbox) -> None:
    """A retired team sends no more deliveries."""
    team = threaded.team()
    arrived = asyncio.Event()
    requests: list[str] = []

    async def hang(request: web.Request) -> web.Response:
        requests.append(request.path)
        arrived.set()
        await asyncio.Event().wait()
        raise AssertionError

    app = web.Application()
    app.router.add_post("/", hang)
    async with TestServer(app) as receiver, team.client() as cstar:
        await cstar.webhooks.create(name="mine", url=str(receiver.make_url("/")), events=["ticket.created"])
        await cstar.tickets.create(title="one")
        await cstar.tickets.create(title="two")
        await arrived.wait()
        team.retire()
        async with asyncio.timeout(60):
            await threaded.settled()
        threaded.clock.advance(days=3)
        await threaded.settled()
    assert requests == ["/"]


def test_an_error_at_the_start_is_raised() -> None:
    """An error at the start is raised by the `with` statement."""
    with Sandbox() as sandbox:
        port = int(sandbox.base_url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"), Sandbox(port=port):
            pass


def test_its_thread_ends_with_the_block() -> None:
    """The thread ends with the block."""
    before = set(threading.enumerate())  # a subset remains: some of them may be ending
    sandbox = Sandbox()
    for _ in range(2):
        with sandbox:
            assert len(set(threading.enumerate()) - before) == 1
        assert set(threading.enumerate()) <= before
    with pytest.raises(RuntimeError, match="not running"):
        sandbox.team()
