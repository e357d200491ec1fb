"""sandbox: requests a second of the sandbox, its CPU time for one, its start, and which costs grow with the data.

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
    """A sandbox in its own process."""

    url: str
    key: str
    process: int

    def cpu(self) -> float:
        """The CPU seconds that the process has used; it has one thread."""
        return int(Path(f"/proc/{self.process}/schedstat").read_text().split()[0]) / 1e9


@contextlib.contextmanager
def served(database: str) -> Generator[Served]:
    """Serve a database until the end of the block."""
    command = [sys.executable, "-m", "benchmarks.sandbox", database]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url, key = json.loads(process.stdout.readline())
            yield Served(url, key, process.pid)
        finally:
            process.kill()


async def _serve(database: str) -> None:
    # Imported here, since the measuring process does not need it.
    from cstar_async.sandbox import Sandbox

    async with Sandbox(database=database, quota=False) as sandbox:
        team = sandbox.default_team
        print(json.dumps([f"{sandbox.base_url}/api/v1/teams/{team.id}", team.secret_key]), flush=True)
        await asyncio.to_thread(sys.stdin.read)


async def _loads(session: aiohttp.ClientSession, sandbox: Served) -> dict[str, Callable[[], Awaitable[Any]]]:
    """The requests that are measured, by name."""
    headers = {"Authorization": f"Bearer {sandbox.key}"}
    numbers = itertools.count()

    async def send(method: str, path: str, body: object = None, **more: str) -> Any:
        async with session.request(method, sandbox.url + path, json=body, headers=headers | more) as response:
            raw = await response.read()
            assert response.ok, raw
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


_SIZES = (2_000, 50_000, 300_000)
_GROWTH = """
import asyncio, json, sys, time
import orjson
from cstar_async.sandbox import Sandbox
size, count = int(sys.argv[1]), int(sys.argv[2])
async def main():
    async with Sandbox(quota=False) as sandbox, sandbox.client(max_retries=0) as cstar:
        store, team = sandbox._running().store, sandbox.default_team.id
        first = await cstar.tickets.create(title="Printer on fire")
        (one,) = store.select(team, "tickets", limit=1)
        with store.transaction():
            store._connection.executemany(
                "INSERT INTO documents (team, collection, id, owner, changed, body) VALUES (?, 'tickets', ?, '', 1, ?)",
                ((team, f"t{n}", orjson.dumps(one | {"id": f"t{n}"}).decode()) for n in range(size)),
            )
            store._connection.executemany(
                "INSERT INTO deliveries (event, team, webhook, attempts, due, state) VALUES (1, ?, ?, 0, 1, 'pending')",
                ((team, f"w{n % 5}") for n in range(size)),
            )
        store._counts.clear()
        queue = sandbox._running().application.deliveries
        queue._worker.cancel()  # else it delivers the events that are to be found
        async def due():
            list(queue._due())
        async def page(**query):
            await cstar.tickets.list(**query)
        loads = [
            lambda: cstar.tickets.create(title="Another"), page, lambda: cstar.tickets.get(first.id), due,
            lambda: page(status="open"),
        ]
        found = []
        for load in loads:
            await load()
            times = []
            for _ in range(count):
                begun = time.perf_counter()
                await load()
                times.append((time.perf_counter() - begun) * 1000)
            found.append(sorted(times)[len(times) // 2])
        print(json.dumps(found))
asyncio.run(main())
"""
_GROWING = ("create a ticket", "page 1 of the tickets", "get a ticket", "find what is due", "page 1, by status")


def _growth(*, quick: bool) -> Table:
    """Measure which costs grow with the amount of data."""
    found: list[list[float]] = []
    for size in _SIZES[:2] if quick else _SIZES:
        command = [sys.executable, "-c", _GROWTH, str(size), "10" if quick else "40"]
        found.append(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
    return Table(
        "sandbox_growth",
        "One request at a time, with this many tickets and as many due deliveries to five webhooks. Medians. A filter "
        "reads every ticket of the team; nothing else does.",
        ("ms", *(f"{size:,}" for size in _SIZES[: len(found)])),
        [
            (name, *(f"{each:.2f}" for each in row))
            for name, row in zip(_GROWING, zip(*found, strict=True), strict=True)
        ],
    )


def _starts(rounds: int) -> list[list[float]]:
    command = [sys.executable, "-c", _START]
    runs = [json.loads(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(rounds + 1)]
    return runs[1:]  # without the first, which may compile the modules


def tables(*, quick: bool) -> list[Table]:
    """Measure the sandbox's cost of a request, and its start."""
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
            "aiohttp on the other core. The number of tickets grows from round to round.",
            ("", "kept in", "requests/s", "CPU of the sandbox for one, µs"),
            rows,
        ),
        Table(
            "sandbox_start",
            "A fresh process, step by step. CPU.",
            ("", "ms"),
            [(name, spread(list(values)).show(2)) for name, values in zip(_ROWS, columns, strict=True)],
        ),
        _growth(quick=quick),
    ]


if __name__ == "__main__":
    pin(SERVER_CORE)
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(sys.argv[1]))
