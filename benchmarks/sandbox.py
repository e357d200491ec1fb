"""sandbox: what the emulated service answers a second and its CPU for one request, its start, and a fresh team.

`python -m benchmarks.sandbox FILE` serves a database until its standard input ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp

from .http import many
from .report import Table
from .rounds import SERVER_CORE, Sample, cpus, pin, spread, turns, walls

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

CONCURRENCY = 16
TICKETS = 200
MEMORY = ":memory:"
_START = """
import json, time
used = time.process_time
def spent(since): return (used() - since) * 1000
t = used(); import aiohttp; limit = spent(t)
t = used(); import aiohttp.web, orjson, jsonschema_rs, sqlite3, asyncio; others = spent(t)
t = used(); from cstar_async.sandbox import Sandbox; ours = spent(t)
async def main():
    t = used()
    sandbox = Sandbox()
    await sandbox.start()
    first = spent(t)
    t = used()
    async with sandbox.client(max_retries=0) as cstar:
        await cstar.tickets.create(title="Printer on fire")
    answer = spent(t)
    t = used()
    for _ in range(50): sandbox.team()
    team = spent(t) / 50
    await sandbox.close()
    t = used()
    await sandbox.start()
    again = spent(t)
    await sandbox.close()
    return first, answer, team, again
print(json.dumps([limit, others, ours, *asyncio.run(main())]))
"""
_ROWS = (
    "`import aiohttp`",
    "`aiohttp.web`, orjson, jsonschema_rs, sqlite3",
    "**`from cstar_async.sandbox import Sandbox`, beyond these**",
    "**the first start**",
    "import of the client, and a first ticket through it",
    "**a fresh team**",
    "another start in the same process",
)


class Served(NamedTuple):
    """A sandbox in a process of its own."""

    url: str
    key: str
    process: int

    def cpu(self) -> float:
        """The seconds of CPU that it has used; it has one thread."""
        return int(Path(f"/proc/{self.process}/schedstat").read_text().split()[0]) / 1e9


@contextlib.contextmanager
def served(database: str) -> Generator[Served]:
    """Serve a database for the length of a block."""
    command = [sys.executable, "-m", "benchmarks.sandbox", database]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None  # noqa: S101
            url, key = json.loads(process.stdout.readline())
            yield Served(url, key, process.pid)
        finally:
            process.kill()


async def _serve(database: str) -> None:
    # Imported here: the process that measures has no use for it.
    from cstar_async.sandbox import Sandbox  # noqa: PLC0415

    async with Sandbox(database=database, quota=False) as sandbox:
        team = sandbox.default_team
        print(json.dumps([f"{sandbox.base_url}/api/v1/teams/{team.id}", team.secret_key]), flush=True)
        await asyncio.to_thread(sys.stdin.read)


async def _loads(session: aiohttp.ClientSession, sandbox: Served) -> dict[str, Callable[[], Awaitable[Any]]]:
    """What is measured, by name: one request each."""
    headers = {"Authorization": f"Bearer {sandbox.key}"}
    numbers = itertools.count()

    async def send(method: str, path: str, body: object = None, **more: str) -> Any:
        async with session.request(method, sandbox.url + path, json=body, headers=headers | more) as response:
            raw = await response.read()
            assert response.ok, raw  # noqa: S101
            return raw

    ticket = {"title": "Printer on fire", "priority": "high", "tags": ["printer", "fire"]}
    made, other = "", ""
    for _ in range(TICKETS):
        made, other = json.loads(await send("POST", "/tickets", ticket))["data"]["id"], made
    return {
        "get a ticket": lambda: send("GET", f"/tickets/{made}"),
        "list 100 tickets": lambda: send("GET", "/tickets?pageSize=100"),
        "create a ticket": lambda: send("POST", "/tickets", ticket),
        "create, with a key": lambda: send("POST", "/tickets", ticket, **{"Idempotency-Key": f"k{next(numbers)}"}),
        "update a ticket": lambda: send("PATCH", f"/tickets/{made}", {"title": f"Fire {next(numbers)}"}),
        "write a message": lambda: send("POST", f"/tickets/{other}/messages", {"content": "Out?", "sender": "agent"}),
    }


async def _requests(database: str, *, rounds: int, count: int) -> dict[str, list[Sample]]:
    with served(database) as sandbox:
        async with aiohttp.ClientSession() as session:
            loads = await _loads(session, sandbox)
            found: dict[str, list[Sample]] = {name: [] for name in loads}
            clock = asyncio.get_running_loop().time
            for number, turn in enumerate(turns(list(loads), rounds + 1)):
                for name in turn:
                    wall, cpu = clock(), sandbox.cpu()
                    done = await many(loads[name], count, CONCURRENCY)()
                    sample = Sample((clock() - wall) / done, (sandbox.cpu() - cpu) / done)
                    if number:
                        found[name].append(sample)
    return found


def _starts(rounds: int) -> list[list[float]]:
    command = [sys.executable, "-c", _START]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(rounds + 1)]  # noqa: S603
    return runs[1:]  # the first may have had to compile


def tables(*, quick: bool) -> list[Table]:
    """What requests cost the sandbox, and its start."""
    rounds, count = (3, 160) if quick else (5, 320)
    rows: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        for place, database in (("memory", MEMORY), ("a file", f"{folder}/desk.db")):
            found = asyncio.run(_requests(database, rounds=rounds, count=count))
            rows += [
                (name, place, walls(samples).per_second().show(0), cpus(samples).times(1e6).show(0))
                for name, samples in found.items()
            ]
    columns = zip(*_starts(3 if quick else 10), strict=True)
    return [
        Table(
            "sandbox",
            f"A sandbox without quota on a core of its own, {CONCURRENCY} requests at a time over loopback, from raw "
            "aiohttp on the other core. Tickets become more from round to round, as they do.",
            ("", "kept in", "requests/s", "CPU of the sandbox for one, µs"),
            rows,
        ),
        Table(
            "sandbox_start",
            "A fresh process, step by step. CPU.",
            ("", "ms"),
            [(name, spread(list(values)).show(2)) for name, values in zip(_ROWS, columns, strict=True)],
        ),
    ]


if __name__ == "__main__":
    pin(SERVER_CORE)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(sys.argv[1]))
