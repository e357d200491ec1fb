"""Many calls, several event loops, several processes, and interrupts."""

from __future__ import annotations

import asyncio
import copy
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async._core.call import Call
from cstar_async.client import CStarClient
from cstar_async.errors import ServerError
from tests.support.operations import CREATE, GET
from tests.support.server import KEY, TEAM, data, failure, serve

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parent.parent.parent
TOUR = ROOT / "examples" / "tour.py"


def thing(client: CStarClient) -> Call[Any]:
    return Call(client, GET, ("t1",), None, None, None)


async def test_ten_thousand_calls_at_once() -> None:
    """Ten thousand calls at once all succeed, and give back their places in the quota."""
    rich = {"X-RateLimit-Limit": "1000000", "X-RateLimit-Remaining": "900000", "X-RateLimit-Reset": "0"}
    async with serve(data(1, headers=rich)) as server, server.client() as client:
        await thing(client)
        assert await asyncio.gather(*(thing(client) for _ in range(10_000))) == [1] * 10_000
        assert client.quota.in_flight == 0
        assert server.attempts == 10_001


async def test_one_call_awaited_twice_at_once_is_two_requests() -> None:
    """One Call sent twice at the same time is two requests."""
    async with serve(data(1)) as server, server.client() as client:
        call = thing(client)
        assert list(await asyncio.gather(call.send(), call.send())) == [1, 1]
    assert server.attempts == 2


def test_a_client_of_a_loop_that_has_ended() -> None:
    """Using a client whose event loop has ended raises RuntimeError."""

    async def use(client: CStarClient) -> None:
        async with serve(data(1)):
            await thing(client)

    async def first() -> CStarClient:
        async with serve(data(1)) as server:
            client = server.client()
            await thing(client)
            await client.close()
            return client

    client = asyncio.run(first())
    with pytest.raises(RuntimeError, match=r"closed|event loop"):
        asyncio.run(use(client))


@pytest.mark.parametrize("attempt", [pickle.dumps, copy.deepcopy])
def test_a_client_cannot_be_pickled(attempt: Callable[[object], object]) -> None:
    """Clients, and calls bound to them, cannot be pickled or deep-copied."""
    client = CStarClient(KEY, team_id=TEAM)
    call = thing(client)
    for holder in (client, call, client.tickets, client.tickets.list()):
        with pytest.raises(TypeError, match="must not be pickled or deep-copied"):
            attempt(holder)
        if isinstance(holder, Call):
            holder._mark_used()


async def test_a_shallow_copy_of_a_call_is_the_same_write() -> None:
    """A shallow copy of a Call has the same idempotency key."""
    async with serve(failure(500), data(1)) as server, server.client(max_retries=0) as client:
        call = Call[Any](client, CREATE, (), None, {}, None)
        again = copy.copy(call)
        with pytest.raises(ServerError):
            await call
        assert await again == 1
    assert len({received.headers["Idempotency-Key"] for received in server.received}) == 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this system")
def test_a_forked_child_can_use_a_client_made_before() -> None:
    """A client made before a fork can be used by parent and child."""
    code = f"""
import asyncio, os
from cstar_async import CStarClient
from tests.support.server import serve, data
from tests.attacks.test_processes import thing

client = CStarClient({KEY!r}, team_id={TEAM!r})

async def use():
    async with serve(data(1)) as server:
        async with server.client() as own:
            assert await thing(own) == 1
    await client.close()

pid = os.fork()
asyncio.run(use())
if pid == 0:
    os._exit(0)
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
print("both")
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.stdout, done.stderr) == ("both\n", "")


INTERRUPTED = """
import builtins, os, runpy, signal, sys

seen, show = sys.argv[2], print

def showing(text):
    show(text)
    if seen in text:
        os.kill(os.getpid(), signal.SIGINT)

builtins.print = showing
runpy.run_path(sys.argv[1], run_name="__main__")
"""


@pytest.mark.parametrize("seen", ["nothing leaves", "1. Create", "2. Lists", "3. Change", "5. An outage"])
def test_ctrl_c_ends_the_tour(seen: str) -> None:
    """An interrupt ends the tour cleanly at any point."""
    # The process interrupts itself when the text appears, before the tour can end.
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", INTERRUPTED, TOUR, seen],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert seen in done.stdout
    assert done.returncode in {130, -signal.SIGINT}, done.stderr
    for complaint in ("Traceback", "never awaited", "was destroyed", "Unclosed", "ResourceWarning"):
        assert complaint not in done.stderr
