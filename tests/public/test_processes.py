"""Processes that share a file with a customer's tokens."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from pathlib import Path

from cstar_async.public import FileTokens
from tests.support.stress import at_length

from .scene import TEAM, Scene, scene

PROCESSES = 4
ROOT = Path(__file__).parent.parent.parent
HOUR = 3600


async def start(s: Scene, path: Path) -> Process:
    """A process that is ready for its first line."""
    command = (sys.executable, "-m", "tests.public.worker", s.sandbox.base_url, TEAM, str(path), str(s.clock.now))
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, cwd=ROOT)
    assert await read(process) == "ready"
    return process


async def read(process: Process) -> str:
    """The next line of a process."""
    assert process.stdout is not None
    return (await process.stdout.readline()).decode().strip()


def tell(process: Process, offset: float) -> None:
    """Let a process send its requests, with its clock ahead by this many seconds."""
    assert process.stdin is not None
    process.stdin.write(f"{offset}\n".encode())


@contextlib.asynccontextmanager
async def processes(s: Scene, path: Path, number: int) -> AsyncGenerator[list[Process]]:
    """Several processes, which are ended at the end."""
    running = list(await asyncio.gather(*(start(s, path) for _ in range(number))))
    try:
        yield running
    finally:
        for process in running:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def test_processes_renew_once_for_each_expiry(tmp_path: Path) -> None:
    """At each expiry, foreseen or not, one of the processes renews, the others take its tokens, and nobody signs in."""
    path = tmp_path / "tokens.json"
    async with scene(FileTokens(path)) as s, processes(s, path, PROCESSES) as running:
        offset = 0
        for number in range(at_length(6, 100)):
            s.sandbox.clock.advance(hours=1)
            offset += HOUR if number % 2 else 0  # every other expiry is seen by the 401 only
            for process in running:
                tell(process, offset)
            assert {await read(process) for process in running} == {"AuthCustomer"}
            offset = (number + 1) * HOUR
            found = s.requests()
            assert found["refresh"] == 1, found
            assert found["refresh 401"] == 0
            assert found["me"] == 10 * PROCESSES


async def test_processes_that_are_killed_during_renewals_lose_no_session(tmp_path: Path) -> None:
    """Processes are killed at random moments of renewals; their successors go on, and nobody has to sign in."""
    path = tmp_path / "tokens.json"
    chance = random.Random(5)
    async with scene(FileTokens(path)) as s, processes(s, path, at_length(2, PROCESSES)) as running:
        for number in range(at_length(2, 60)):
            s.sandbox.clock.advance(hours=1)
            for process in running:
                tell(process, (number + 1) * HOUR)
            victim = chance.randrange(len(running))
            await asyncio.sleep(chance.uniform(0, 0.03))
            running[victim].kill()
            await running[victim].wait()
            others = [process for place, process in enumerate(running) if place != victim]
            assert {await read(process) for process in others} == {"AuthCustomer"}
            found = s.requests()
            assert found["refresh 401"] == 0, found
            running[victim] = await start(s, path)
        tokens = await FileTokens(path).load()
        assert tokens is not None
