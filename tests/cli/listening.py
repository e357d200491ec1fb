"""`cstar listen` in a process of its own, and its forwarder in this one."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import json
import os
import pty
import signal
import sys
import termios
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp

from cstar_async.cli.forwarding import Forwarder, Place, signing_secret

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from cstar_async.cli.forwarding import Attempt
    from cstar_async.sandbox import Sandbox


class Listening:
    """A listener in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def said(self, text: str) -> str:
        """Wait until it has said something on standard error; all that it has said until then."""
        assert self.process.stderr is not None
        said = ""
        while text not in said:
            line = await asyncio.wait_for(self.process.stderr.readline(), 20)
            assert line, said
            said += line.decode()
        return said

    async def connected(self) -> str:
        """Wait until it is connected; what it has said until then."""
        return await self.said("connected\n")

    async def line(self) -> Any:
        """The next line that it writes."""
        assert self.process.stdout is not None
        return json.loads(await asyncio.wait_for(self.process.stdout.readline(), 20))

    async def end(self, number: int = signal.SIGINT) -> tuple[int, list[Any], str]:
        """End it: the exit code, its lines, and what else it has said."""
        self.process.send_signal(number)
        out, err = await asyncio.wait_for(self.process.communicate(), 20)
        assert self.process.returncode is not None
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], err.decode()


@asynccontextmanager
async def listen(sandbox: Sandbox, config: Path, *words: str, **pipes: Any) -> AsyncIterator[Listening]:
    """Run `cstar listen` for the first team of a sandbox; it is killed at the end of the block."""
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE} | pipes
    environment = {**os.environ, **sandbox.default_team.environment, "CSTAR_CONFIG_DIR": str(config)}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cstar_async.cli", "listen", *words, env=environment, **pipes
    )
    try:
        yield Listening(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def on_terminal(sandbox: Sandbox, config: Path, *words: str) -> AsyncIterator[tuple[Listening, int]]:
    """Run `cstar listen` on a terminal of its own, but for standard error; with its other side."""
    outside, inside = pty.openpty()
    pipes: dict[str, Any] = {"stdin": inside, "stdout": inside, "start_new_session": True}
    # Only the controlling terminal of the process has a foreground.
    pipes["preexec_fn"] = lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    try:
        async with listen(sandbox, config, *words, **pipes) as listening:
            os.close(inside)
            yield listening, outside
    finally:
        with contextlib.suppress(OSError):  # closed by the test
            os.close(outside)


async def shown(terminal: int, count: int) -> str:
    """Wait until so many more lines are on a terminal."""
    found = ""
    async with asyncio.timeout(20):
        while found.count("\n") < count:
            found += (await asyncio.to_thread(os.read, terminal, 10_000)).decode()
    return found


@asynccontextmanager
async def forwarder(path: Path, *urls: str, **options: Any) -> AsyncIterator[tuple[Forwarder, list[Attempt]]]:
    """A forwarder at work in this process, and its attempts."""
    attempts: list[Attempt] = []
    settings: dict[str, Any] = {
        "patterns": (), "where": (), "retry": False, "timeout": 5.0, "save": None, "report": attempts.append,
    } | options  # fmt: skip
    place = Place.of(path, "http://service", "team", urls)
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector) as session:
        made = Forwarder(place, urls, session, signing_secret(path), **settings)
        async with made:
            work = asyncio.create_task(made.run())
            try:
                yield made, attempts
            finally:
                work.cancel()
                await asyncio.wait({work})


async def reported(attempts: list[Attempt], count: int) -> list[Attempt]:
    """Wait until so many attempts are reported, which is after their answers."""
    async with asyncio.timeout(10):
        while len(attempts) < count:
            await asyncio.sleep(0.01)
    return attempts


def body(number: int, kind: str = "ticket.updated", **data: Any) -> bytes:
    """An event."""
    event = {
        "id": f"evt_{number}", "type": kind, "created_at": "2026-03-02T09:00:00.000Z", "team_id": "team",
        "data": {"id": "tkt_1", **data},
    }  # fmt: skip
    return json.dumps(event).encode()
