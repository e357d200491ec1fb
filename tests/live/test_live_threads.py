"""`BackgroundLive`: live lists for threads without an event loop."""

from __future__ import annotations

import asyncio
import gc
import math
import os
import runpy
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async._loop_thread import LoopThread
from cstar_async.live import BackgroundLive
from cstar_async.sandbox import Sandbox, VirtualClock
from cstar_async.webhooks import EventDispatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cstar_async import CStarClient
    from cstar_async.live import BackgroundView, LiveState
    from cstar_async.models import Ticket

    Tickets = BackgroundView[tuple[Ticket, ...]]

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox in a thread of its own, so that tests may block."""
    with Sandbox(clock=VirtualClock(running=True), quota=False) as sandbox:
        yield sandbox


@contextmanager
def desk(sandbox: Sandbox) -> Iterator[tuple[BackgroundLive, CStarClient, Callable[[str], str]]]:
    """A team with its `BackgroundLive`, that one's client, and a function that creates an open ticket."""
    team = sandbox.team()

    def create(title: str) -> str:
        async def send() -> str:
            async with team.client() as other:
                return (await other.tickets.create(title=title, status="open")).id

        return asyncio.run(send())

    cstar = team.client()
    with BackgroundLive(cstar.live(share=math.inf)) as live:
        yield live, cstar, create


def titles(state: LiveState[tuple[Ticket, ...]]) -> set[str]:
    return {ticket.title for ticket in state.data}


def wait_until(tickets: Tickets, expected: set[str]) -> None:
    """Wait for states until the list has these tickets."""
    state = tickets.ready(10)
    while titles(state) != expected:
        state = tickets.wait(state, timeout=10)


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds."""
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.001)


def threads() -> list[str]:
    gc.collect()  # snippets of the guide, in other tests, are not closed
    return [each.name for each in threading.enumerate() if each.name == "BackgroundLive"]


def test_many_threads_see_each_state(sandbox: Sandbox) -> None:
    """Threads wait for states at the same time, and all see what happens at the service; objects work as lists do."""
    with desk(sandbox) as (live, cstar, create), ThreadPoolExecutor(8) as pool:
        first = create("one")

        def read(_: int) -> None:
            tickets = live.list(cstar.tickets.list(status="open"))
            wait_until(tickets, {"one"})
            started.wait(10)
            wait_until(tickets, {"one", "two"})

        started = threading.Barrier(9)
        readings = pool.map(read, range(8))
        started.wait(10)
        create("two")
        assert list(readings) == [None] * 8
        ticket = live.one(cstar.tickets.get(first))
        data = ticket.ready(10).data
        assert data is not None
        assert data.title == "one"
        assert "LiveObject" in repr(ticket)
    assert threads() == []
    assert ticket.state.data is data


def test_a_wait_does_not_miss_a_state(sandbox: Sandbox) -> None:
    """A wait after a state that is old returns at once; after the newest one it waits, at most until its timeout."""
    with desk(sandbox) as (live, cstar, create):
        tickets = live.list(cstar.tickets.list())
        loading = tickets.state
        create("one")
        wait_until(tickets, {"one"})
        assert tickets.wait(loading, timeout=0.5).version > loading.version
        until(lambda: not tickets.state.refreshing and not tickets.state.stale)
        with pytest.raises(TimeoutError):
            tickets.wait(timeout=0.02)
        with pytest.raises(ValueError, match="timeout must be"):
            tickets.wait(timeout=-1)
        sandbox.faults.add(path="tickets.list", status=400)
        tickets.refetch()
        state = tickets.state
        while state.error is None:
            state = tickets.wait(state, timeout=10)
        assert titles(state) == {"one"}


def test_subscribers_are_called_until_the_end(sandbox: Sandbox) -> None:
    """A subscriber gets the present state and later ones, and none after its end, that of its list or an error."""
    with desk(sandbox) as (live, cstar, create):
        tickets = live.list(cstar.tickets.list())
        tickets.ready(10)
        one: list[LiveState[tuple[Ticket, ...]]] = []
        two: list[LiveState[tuple[Ticket, ...]]] = []

        def ends_itself(state: LiveState[Any]) -> None:
            two.append(state)
            if len(two) > 1:
                end_two()

        end_two = tickets.subscribe(ends_itself)
        end = tickets.subscribe(one.append)
        assert titles(one[0]) == set()
        create("first")
        until(lambda: titles(one[-1]) == {"first"})
        end()
        seen = len(one)
        other = live.list(cstar.tickets.list())
        left: list[object] = []
        tickets.subscribe(left.append)
        tickets.close()
        tickets.close()
        count = len(left)
        create("second")
        wait_until(other, {"first", "second"})
        assert (len(one), len(two), len(left)) == (seen, 2, count)
        for use in (tickets.wait, tickets.ready, lambda: tickets.subscribe(print)):
            with pytest.raises(RuntimeError, match="is closed; take another"):
                use()
        with pytest.raises(TypeError, match="got int"):
            other.subscribe(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_a_subscriber_cannot_wait(sandbox: Sandbox) -> None:
    """In the thread of the loop a wait is an error instead of a deadlock, and closing works."""
    with desk(sandbox) as (live, cstar, _):
        tickets = live.list(cstar.tickets.list())
        errors: list[str] = []

        def use(_: object) -> None:
            for wait in (tickets.wait, lambda: live.list(cstar.tickets.list())):
                try:
                    wait()
                except RuntimeError as error:
                    errors.append(str(error))
            live.close()

        with pytest.raises(RuntimeError, match="closed"):
            tickets.subscribe(use)
            while True:
                tickets.wait(timeout=10)
        live.close()
    assert len(errors) >= 2
    assert {error.split(",")[0] for error in errors} == {"called in the thread 'BackgroundLive'"}


def test_closing_ends_the_waits(sandbox: Sandbox) -> None:
    """Threads that wait get an error when another one closes; later calls too, and the client is closed."""
    with desk(sandbox) as (live, cstar, _), ThreadPoolExecutor(6) as pool:
        tickets = live.list(cstar.tickets.list())
        tickets.ready(10)
        until(lambda: tickets.state.connected)
        until(lambda: not tickets.state.refreshing and not tickets.state.stale)
        state = tickets.state
        waits: list[Future[Any]] = [pool.submit(tickets.wait, state) for _ in range(3)]
        sandbox.faults.add(path="customers.list", hang=True)
        waits.append(pool.submit(live.list(cstar.customers.list()).ready))
        time.sleep(0.02)
        list(pool.map(lambda _: live.close(), range(2)))
        for wait in waits:
            error = wait.exception(10)
            assert isinstance(error, RuntimeError)
            assert "closed" in str(error)
    for use in (tickets.wait, tickets.ready, lambda: live.list(cstar.tickets.list())):
        with pytest.raises(RuntimeError, match="'BackgroundLive' is closed; make another"):
            use()
    tickets.refetch()
    with pytest.raises(RuntimeError, match="closed"):
        BackgroundLive(cstar.live())
    assert threads() == []


def test_it_takes_a_new_live(sandbox: Sandbox) -> None:
    """What is not a new `Live` is refused, and no thread is left."""
    cstar = sandbox.client()
    with pytest.raises(TypeError, match=r"what client.live\(\) returned, got CStarClient"):
        BackgroundLive(cstar)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    events = EventDispatcher(secrets="whsec_mine", inbox="memory:")
    with pytest.raises(ValueError, match="'auto' or 'poll'"):
        BackgroundLive(cstar.live(source=events))

    async def use() -> None:
        async with sandbox.client() as used:
            await used.tickets.list()
            with pytest.raises(RuntimeError, match="another event loop"):
                BackgroundLive(used.live())

    asyncio.run(use())
    with BackgroundLive(cstar.live()) as live, pytest.raises(TypeError, match="takes a Pager"):
        live.list(cstar.tickets.get("tkt_1"))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    assert threads() == []


def test_an_interrupt_ends_a_wait(sandbox: Sandbox) -> None:
    """Ctrl-C during a wait raises KeyboardInterrupt, and leaves no reader behind."""
    with desk(sandbox) as (live, cstar, _), ExitStack() as after:
        tickets = live.list(cstar.tickets.list())
        tickets.ready(10)
        until(lambda: tickets.state.connected)
        until(lambda: not tickets.state.refreshing and not tickets.state.stale)
        # A server in an earlier test may have its own handler.
        after.callback(signal.signal, signal.SIGINT, signal.signal(signal.SIGINT, signal.default_int_handler))
        main = threading.get_ident()
        timer = threading.Timer(0.05, signal.pthread_kill, (main, signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            while True:
                tickets.wait(timeout=10)
        timer.join()
        until(lambda: tickets._view._readers == 1)


def test_what_nobody_refers_to_ends(sandbox: Sandbox) -> None:
    """A list is read no more once it is collected, and the thread ends with the last one; a subscription keeps it."""
    team = sandbox.team()
    cstar = team.client()
    live = BackgroundLive(cstar.live())
    pager = cstar.tickets.list()
    tickets, other = live.list(pager), live.list(pager)
    view = other._view
    assert view is tickets._view
    assert view._readers == 2
    del tickets
    until(lambda: view._readers == 1)
    end = other.subscribe(lambda _: None)
    del live, other
    gc.collect()
    assert view._readers == 2
    assert threads() == ["BackgroundLive"]
    end()
    until(lambda: view._readers == 1)
    del end
    assert threads() == []


def test_the_collector_may_stop_a_thread_in_itself() -> None:
    """A thread that is stopped in itself does not wait for itself; a second stop does not interrupt its `at_end`."""
    thread, begun, ended = LoopThread("own"), threading.Event(), threading.Event()

    async def end() -> None:
        begun.set()
        await asyncio.sleep(0.02)
        ended.set()

    thread.at_end = end
    thread.call_soon(thread.stop)
    assert begun.wait(10)
    thread.stop()
    assert ended.is_set()
    with pytest.raises(RuntimeError, match="the thread 'own' is closed"):
        thread.run(end())


FORKED = """
import os, sys
from cstar_async import CStarClient
from cstar_async.live import BackgroundLive
cstar = CStarClient()
live = BackgroundLive(cstar.live())
tickets = live.list(cstar.tickets.list())
print(len(tickets.ready(10).data), flush=True)
if child := os.fork():
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
for use in (lambda: tickets.state, tickets.wait, tickets.ready, lambda: live.list(cstar.tickets.list())):
    try:
        use()
    except RuntimeError as error:
        print(error, flush=True)
tickets.refetch()
tickets.close()
live.close()
"""
"""It does not close its `BackgroundLive` in the parent. Both processes end by themselves."""


def test_a_forked_process_gets_an_error_and_the_exit_is_clean(sandbox: Sandbox) -> None:
    """In a forked process each use is an error, not a deadlock; what was not closed ends at the exit, silently."""
    environment = {**os.environ, **sandbox.team().environment, "PYTHONPATH": str(ROOT)}
    environment["CSTAR_BASE_URL"] = environment["CSTAR_BASE_URL"].replace("127.0.0.1", "localhost")
    command = [sys.executable, "-W", "always", "-c", FORKED]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)
    message = "the process was forked after the thread 'BackgroundLive' had started; make another in it"
    assert done.stdout.splitlines() == ["0", *[message] * 4]
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_script_that_runs_again_has_the_newest_data(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recipe: each run of the script, in another thread, draws the list that all runs share."""
    team = sandbox.team()
    for name, value in team.environment.items():
        monkeypatch.setenv(name, value)
    recipe = runpy.run_path(str(ROOT / "examples" / "live" / "rerun_desk.py"))

    def run() -> list[str]:
        with ThreadPoolExecutor(1) as pool:
            lines: list[str] = pool.submit(recipe["script"]).result(10)
            return lines

    assert run() == ["0 open"]

    async def create() -> None:
        async with team.client() as cstar:
            await cstar.tickets.create(title="one", status="open")

    asyncio.run(create())
    until(lambda: run() == ["1 open", "one"])
    assert threads() == ["BackgroundLive"]
    recipe["desk"].cache_clear()
    assert threads() == []
