"""Receivers and workers in different processes on one SQLite file, and SIGTERM to a worker."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from cstar_async.webhooks import EventDispatcher

from .clock import ManualClock
from .deliveries import SECRET, deliver

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# As docs/webhooks.md shows it.
WORKER = f"""
import asyncio, signal, sys
from cstar_async.webhooks import EventDispatcher

events = EventDispatcher(secrets="{SECRET}", inbox=sys.argv[1])

@events.on("*", group="work")
async def handle(event):
    print("begin", event.id, event.attempt, flush=True)
    if len(sys.argv) > 2:
        await asyncio.Event().wait()
    print("end", event.id, event.attempt, flush=True)

async def main():
    running = asyncio.create_task(events.run())
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, running.cancel)
    print("ready", flush=True)
    try:
        await running
    except asyncio.CancelledError:
        print("given back", flush=True)
    finally:
        await events.close()

asyncio.run(main())
"""


def worker(inbox: str, *arguments: str) -> subprocess.Popen[str]:
    """A worker in a process of its own."""
    return subprocess.Popen([sys.executable, "-c", WORKER, inbox, *arguments], stdout=subprocess.PIPE, text=True)


def lines(process: subprocess.Popen[str], count: int) -> list[str]:
    """The next lines that the process prints."""
    assert process.stdout is not None
    return [process.stdout.readline().strip() for _ in range(count)]


@pytest.fixture
def processes() -> object:
    """A function that registers a process to be killed at the end of the test."""
    started: list[subprocess.Popen[str]] = []
    yield started.append
    for process in started:
        process.kill()
        process.communicate()


async def test_one_receives_another_handles_a_third_takes_over(
    tmp_path: Path, processes: Callable[[subprocess.Popen[str]], None]
) -> None:
    """Workers in other processes get the events, and one that SIGTERM ends gives its event back."""
    inbox = f"sqlite:///{tmp_path}/inbox.db"
    clock = ManualClock(time.time())
    receiver = EventDispatcher(secrets=SECRET, inbox=inbox, clock=clock)

    @receiver.on("*", group="work")
    async def handle(event: object) -> None:
        raise AssertionError("the receiver handles nothing")

    await receiver.open()
    stuck = worker(inbox, "stuck")
    processes(stuck)
    assert lines(stuck, 1) == ["ready"]
    await deliver(receiver, clock, 1)
    assert lines(stuck, 1) == ["begin evt_1 1"]
    stuck.send_signal(signal.SIGTERM)
    assert lines(stuck, 1) == ["given back"]
    assert stuck.wait() == 0
    healthy = worker(inbox)
    processes(healthy)
    await deliver(receiver, clock, 2)
    assert lines(healthy, 5) == ["ready", "begin evt_1 1", "end evt_1 1", "begin evt_2 1", "end evt_2 1"]
    healthy.send_signal(signal.SIGTERM)
    assert healthy.wait() == 0
    stats = (await receiver.stats()).groups["work"]
    assert (stats.done, stats.pending, stats.leased) == (2, 0, 0)
    await receiver.close()
