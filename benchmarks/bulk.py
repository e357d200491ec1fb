"""bulk: closing 10,000 tickets, and changing 10,000 in three ways, on the sandbox with the real quota.

Requests are counted, and hours of the sandbox's clock, on which waiting takes no time. Memory is measured with a stream
of ids whose requests are answered at once, without a network.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import orjson
from multidict import CIMultiDict

from cstar_async import CStarClient
from cstar_async._core.response import RawResponse
from cstar_async._http.transport import Transport
from cstar_async.sandbox import Sandbox

from .http import KEY
from .report import Table

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from cstar_async.sandbox.clock import VirtualClock

CHANGES: tuple[dict[str, Any], ...] = ({"status": "closed"}, {"priority": "urgent"}, {"tags": ["old"]})
WORKERS = 8


class Count(NamedTuple):
    """The cost of a job."""

    requests: int
    refused: int
    """Requests that were answered 429."""
    hours: float
    """On the service's clock."""
    seconds: float
    """On this machine's clock."""


async def _fill(cstar: CStarClient, count: int) -> list[str]:
    await cstar.tickets.import_many({"title": f"Ticket {number}"} for number in range(count))
    return [ticket.id async for ticket in cstar.tickets.export()]


async def _measure(count: int, job: Callable[[Sandbox, CStarClient, list[str]], Awaitable[None]]) -> Count:
    async with Sandbox() as sandbox, sandbox.client() as cstar:
        ids = await _fill(cstar, count)
        sandbox.clock.advance(hours=1)
        statuses = Counter[int]()
        service, ours = sandbox.clock.monotonic(), time.perf_counter()
        watcher = asyncio.create_task(_count(sandbox, statuses))
        await job(sandbox, cstar, ids)
        ours, service = time.perf_counter() - ours, sandbox.clock.monotonic() - service
        watcher.cancel()
        _take(sandbox, statuses)
        return Count(sum(statuses.values()), statuses[429], service / 3600, ours)


def _take(sandbox: Sandbox, statuses: Counter[int]) -> None:
    statuses.update(record.status for record in sandbox.requests)
    sandbox.requests.clear()


async def _count(sandbox: Sandbox, statuses: Counter[int]) -> None:
    # The sandbox keeps the last 10,000 requests.
    sandbox.requests.clear()
    while True:
        await asyncio.sleep(0.05)
        _take(sandbox, statuses)


async def _one_by_one(sandbox: Sandbox, _: CStarClient, ids: list[str]) -> None:
    """httpx, as in a simple script: some workers that obey `Retry-After`."""
    team, clock = sandbox.default_team, sandbox.clock
    places = iter(range(len(ids)))
    headers = {"Authorization": f"Bearer {team.secret_key}"}
    async with httpx.AsyncClient(base_url=f"{sandbox.base_url}/api/v1/teams/{team.id}", headers=headers) as client:
        await asyncio.gather(*(_worker(client, clock, ids, places) for _ in range(WORKERS)))


async def _worker(client: httpx.AsyncClient, clock: VirtualClock, ids: list[str], places: Iterator[int]) -> None:
    for place in places:
        while True:
            answer = await client.patch(f"/tickets/{ids[place]}", json=CHANGES[place % len(CHANGES)])
            if answer.status_code != 429:
                answer.raise_for_status()
                break
            await clock.sleep(float(answer.headers["Retry-After"]))


async def _gather(_: Sandbox, cstar: CStarClient, ids: list[str]) -> None:
    calls = (
        cstar.tickets.update(identity, **CHANGES[place % 3]).options(priority="bulk")
        for place, identity in enumerate(ids)
    )
    async for outcome in cstar.gather(calls, concurrency=WORKERS):
        outcome.unwrap()


async def _each(_: Sandbox, cstar: CStarClient, ids: list[str]) -> None:
    report = await cstar.tickets.update_each((identity, CHANGES[place % 3]) for place, identity in enumerate(ids))
    report.raise_for_failures()


async def _many(_: Sandbox, cstar: CStarClient, ids: list[str]) -> None:
    (await cstar.tickets.update_many(ids, status="closed")).raise_for_failures()


def _peak() -> float:
    # Not ru_maxrss, which a child inherits from its parent.
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


async def _stream(count: int) -> None:
    async def exchange(
        _: Transport, _method: str, _target: str, _headers: Any, body: bytes, _timeout: object
    ) -> RawResponse:
        number = len(orjson.loads(body)["ids"])
        data: dict[str, Any] = {"object": "bulk_result", "action": "update", "resource": "tickets"}
        data |= {"total": number, "succeeded": number, "failed": 0, "errors": []}
        headers = CIMultiDict(
            {"X-RateLimit-Limit": "100000000", "X-RateLimit-Remaining": "99999999", "X-RateLimit-Reset": "9999999999"}
        )
        return RawResponse(200, headers, orjson.dumps({"data": data}))

    Transport.exchange = exchange  # type: ignore[method-assign, assignment]  # pyright: ignore[reportAttributeAccessIssue]
    async with CStarClient(KEY, team_id="t") as cstar:
        started = time.perf_counter()
        await cstar.tickets.update_many((f"tkt_{number:032x}" for number in range(count)), status="closed")
        print(json.dumps([time.perf_counter() - started, _peak()]))


def _memory(count: int) -> tuple[float, float]:
    child = [sys.executable, "-m", "benchmarks.bulk", str(count)]
    seconds, peak = json.loads(subprocess.run(child, check=True, capture_output=True).stdout)
    return seconds, peak


def tables(*, quick: bool) -> list[Table]:
    """Measure the cost of changing many tickets, and the memory for a long stream."""
    count = 1_000 if quick else 10_000
    least = sum(-(-len(range(kind, count, 3)) // 100) for kind in range(3))
    jobs: dict[str, Callable[[Sandbox, CStarClient, list[str]], Awaitable[None]]] = {
        f"one by one: httpx, {WORKERS} workers, `Retry-After` obeyed": _one_by_one,
        "one by one: ours, `gather` of bulk calls": _gather,
        f"**ours**, `update_each` of three kinds (least possible: {least})": _each,
        f"**ours**, `update_many` of one kind (least possible: {-(-count // 100)})": _many,
    }
    rows: list[tuple[str, ...]] = []
    for name, job in jobs.items():
        found = asyncio.run(_measure(count, job))
        rows.append((name, f"{found.requests:,}", f"{found.refused:,}", f"{found.hours:.2f}", f"{found.seconds:.1f}"))
    sizes = (10_000, 100_000) if quick else (10_000, 100_000, 1_000_000)
    streams = [(size, *_memory(size)) for size in sizes]
    return [
        Table(
            "bulk",
            f"Changes of {count:,} tickets at 1,000 requests an hour, on the sandbox with the real quota and its own "
            "clock. Ours leaves 100 requests of each hour to interactive calls, which the hours include.",
            ("", "requests", "429s among them", "hours on the service's clock", "seconds here, the sandbox's included"),
            rows,
        ),
        Table(
            "bulk_memory",
            "A stream of ids through `update_many`, each row in a process of its own, requests answered at once. "
            "Memory grows until 100,000 ids are remembered, to skip repeated ones, and not further.",
            ("ids", "seconds", "peak memory, MB"),
            [(f"{size:,}", f"{seconds:.1f}", f"{peak:.1f}") for size, seconds, peak in streams],
        ),
    ]


if __name__ == "__main__":
    asyncio.run(_stream(int(sys.argv[1])))
