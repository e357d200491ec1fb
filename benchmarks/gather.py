"""gather: 100,000 calls through `cstar.gather`, and the memory that they need."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import aiohttp

from cstar_async import CStarClient

from . import data
from .http import KEY, raw_get
from .report import Table
from .rounds import CLIENT_CORE, pin, spread
from .server import running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

RAW, OURS = "raw aiohttp, 8 workers", "**ours**, `gather(calls, concurrency=8)`"
CONCURRENCY = 8


async def _raw(base_url: str, count: int) -> None:
    places: Iterator[int] = iter(range(count))
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"}) as session:
        one = raw_get(session, f"{base_url}{data.TICKETS_PATH}/{data.TICKET_ID}")

        async def worker() -> None:
            for _ in places:
                await one()

        await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))


async def _ours(base_url: str, count: int) -> None:
    async with CStarClient(KEY, team_id=data.TEAM, base_url=base_url) as cstar:
        calls = (cstar.tickets.get(data.TICKET_ID) for _ in range(count))
        async for outcome in cstar.gather(calls, concurrency=CONCURRENCY):
            outcome.unwrap()


def _peak() -> int:
    # Not ru_maxrss, which a child inherits from its parent.
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))


def _child(name: str, base_url: str, count: int) -> None:
    wall, cpu = time.perf_counter(), time.process_time()
    asyncio.run({RAW: _raw, OURS: _ours}[name](base_url, count))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps([wall, cpu, _peak() / 1024]))


def tables(*, quick: bool) -> list[Table]:
    """The table of gather."""
    sizes = (1_000, 10_000) if quick else (10_000, 100_000)
    rows: list[tuple[str, ...]] = []
    with running_server() as server:
        for size in sizes:
            found: dict[str, list[list[float]]] = {RAW: [], OURS: []}
            for _ in range(3 if size <= 10_000 else 2):
                for name, runs in found.items():
                    child = [sys.executable, "-m", "benchmarks.gather", name, server.base_url, str(size)]
                    done = subprocess.run(child, check=True, capture_output=True)
                    runs.append(json.loads(done.stdout))
            for name, runs in found.items():
                rates = [raw[0] / run[0] for raw, run in zip(found[RAW], runs, strict=True)]
                rows.append(
                    (
                        f"{size:,} calls: {name}",
                        spread(rates).show(),
                        spread([run[0] for run in runs]).show(1),
                        spread([size / run[0] for run in runs]).show(0),
                        spread([run[1] / size * 1e6 for run in runs]).show(0),
                        spread([run[2] for run in runs]).show(1),
                    )
                )
    return [
        Table(
            "gather",
            "GETs of a ticket, 8 at a time, each row in processes of its own. Memory should be the same for ten times "
            "the calls.",
            ("", "calls/s of raw's", "seconds", "calls/s", "client CPU, µs/call", "peak memory, MB"),
            rows,
        )
    ]


if __name__ == "__main__":
    pin(CLIENT_CORE)
    _child(sys.argv[1], sys.argv[2], int(sys.argv[3]))
