"""backlog: events an inbox handles a second, and the time to store one, with many events waiting."""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path
from typing import Any, Final, NamedTuple

from cstar_async.clock import SystemClock
from cstar_async.webhooks.inbox import Store, open_store
from cstar_async.webhooks.inbox.records import DONE, Group, Incoming

from .report import Table

asyncpg: Any = import_module("asyncpg")

GROUP: Final = Group("search-index", ("*",))
OTHER: Final = Group("nobody-runs-it", ("ticket.*",))
BODY: Final = b'{"id":"evt","type":"ticket.created","data":{"id":"tkt_1","title":"Printer on fire"}}' * 8
AT_ONCE: Final = 1_000
LIMIT: Final = 16
ROUNDS: Final = 6

Run = Callable[[str], Coroutine[Any, Any, object]]
"""Runs one statement on the database of a store."""


class Place(NamedTuple):
    """The address of an inbox, and how to write into its tables."""

    url: str
    run: Run


def incoming(number: int, created: float) -> Incoming:
    """Make one event with its own ordering key."""
    return Incoming(f"evt_{number}", "ticket.created", "team", created, f"ticket:{number}", BODY)


async def fill(store: Store, number: int, first: int = 0) -> None:
    """Put `number` events into the inbox."""
    now = time.time()
    for start in range(first, first + number, AT_ONCE):
        events = [incoming(each, now) for each in range(start, min(start + AT_ONCE, first + number))]
        await asyncio.gather(*(store.accept(event) for event in events))


async def handle(store: Store, number: int) -> float:
    """Lease and settle `number` events in four tasks; the events a second."""
    left = number
    started = time.perf_counter()

    async def worker() -> None:
        nonlocal left
        while left > 0:
            leases = await store.lease([GROUP.name], limit=LIMIT, seconds=60.0, attempts=9)
            left -= len(leases)
            await asyncio.gather(*(store.settle(lease, DONE) for lease in leases))
            await store.next_due([GROUP.name])

    await asyncio.gather(*(worker() for _ in range(4)))
    return (number - left) / (time.perf_counter() - started)


async def handle_rounds(store: Store, number: int, first: int) -> float:
    """The median rate of rounds of `number` events; after each as many are added, so that the backlog stays."""
    rates: list[float] = []
    for each in range(ROUNDS):
        rates.append(await handle(store, number))
        await fill(store, number, first + each * number)
    return statistics.median(rates[1:])  # the first is to warm up


async def accept(store: Store, number: int, first: int) -> float:
    """Median milliseconds to store one event; a worker handles one after each."""
    taken: list[float] = []
    for each in range(first, first + number):
        event = incoming(each, time.time())
        started = time.perf_counter()
        await store.accept(event)
        taken.append(time.perf_counter() - started)
        for lease in await store.lease([GROUP.name], limit=1, seconds=60.0, attempts=9):
            await store.settle(lease, DONE)
        await store.next_due([GROUP.name])
    return statistics.median(taken) * 1000


async def backlog(place: Place, size: int, sample: int) -> tuple[float, float, float, float]:
    """Events a second and milliseconds of an accept: while all events are due, and while all but new ones wait."""
    store = open_store(place.url, SystemClock())
    await store.open()
    try:
        await store.register([GROUP, OTHER])
        await fill(store, size)
        rate = await handle_rounds(store, sample, 20_000_000)
        median = await accept(store, sample // 4, 10_000_000)
        # As if all remaining events had just failed, and were due again in an hour.
        later = time.time() + 3600
        await place.run(f"UPDATE cstar_inbox_work SET due = {later} WHERE state = 0")
        await place.run(f"UPDATE cstar_inbox_lanes SET due = {later}")
        if place.url.startswith("postgres"):
            # Changing every row leaves as many dead rows, which autovacuum would remove within a minute.
            await place.run("VACUUM cstar_inbox_work, cstar_inbox_lanes")
        await fill(store, sample, 30_000_000)
        waiting_rate = await handle_rounds(store, sample, 40_000_000)
        waiting_median = await accept(store, sample // 4, 50_000_000)
    finally:
        await store.close()
    return rate, median, waiting_rate, waiting_median


async def prune(place: Place, size: int, old: int) -> float:
    """Seconds to prune first the bodies and then the ids of `old` events out of `size`."""
    store = open_store(place.url, SystemClock())
    await store.open()
    try:
        await store.register([GROUP])
        await fill(store, size)
        await place.run("UPDATE cstar_inbox_work SET state = 1")
        await place.run("DELETE FROM cstar_inbox_lanes")
        await place.run(
            f"UPDATE cstar_inbox_events SET received_at = received_at - 9e6, created_at = created_at - 9e6 "
            f"WHERE place IN (SELECT place FROM cstar_inbox_events ORDER BY place LIMIT {old} OFFSET {old // 2})"
        )
        started = time.perf_counter()
        pruned = await store.prune(bodies_before=time.time() - 8e6, ids_before=0.0)
        pruned_ids = await store.prune(bodies_before=0.0, ids_before=time.time() - 8e6)
        seconds = time.perf_counter() - started
        assert (pruned.bodies, pruned_ids.events) == (old, old)
    finally:
        await store.close()
    return seconds


def _sqlite(folder: Path) -> Place:
    path = folder / f"{time.monotonic_ns()}.db"

    async def run(statement: str) -> None:
        import sqlite3
        from contextlib import closing

        with closing(sqlite3.connect(path, timeout=60)) as database:
            database.execute(statement)
            database.commit()

    return Place(f"sqlite:///{path}", run)


async def _postgres(server: str) -> Place:
    name = f"backlog_{time.monotonic_ns()}"
    connection = await asyncpg.connect(server)
    await connection.execute(f"CREATE DATABASE {name}")
    await connection.close()
    url = server.rpartition("/")[0] + f"/{name}" if "?" not in server else server.replace("/postgres?", f"/{name}?")

    async def run(statement: str) -> None:
        own = await asyncpg.connect(url)
        await own.execute(statement)
        await own.close()

    return Place(url, run)


async def _rows(server: str, folder: Path, sizes: Sequence[int], sample: int, prunes: Sequence[int]) -> list[list[str]]:
    rows: list[list[str]] = []
    for kind in ("SQLite", "PostgreSQL"):
        for size in sizes:
            place = _sqlite(folder) if kind == "SQLite" else await _postgres(server)
            rate, median, waiting_rate, waiting_median = await backlog(place, size, sample)
            rows.append(
                [
                    kind,
                    f"{size:,}",
                    f"{rate:,.0f}",
                    f"{median:.2f}",
                    f"{waiting_rate:,.0f}",
                    f"{waiting_median:.2f}",
                    "",
                ]
            )
        for size in prunes:
            place = _sqlite(folder) if kind == "SQLite" else await _postgres(server)
            seconds = await prune(place, size, prunes[0] * 2 // 3)
            rows.append([kind, f"{size:,}", "", "", "", "", f"{seconds:.2f}"])
    return rows


def tables(*, quick: bool) -> list[Table]:
    """The table for inboxes with many events."""
    from tests.support.postgres import server_in

    sizes = (500, 5_000) if quick else (2_000, 50_000, 300_000)
    prunes = (3_000, 12_000) if quick else (30_000, 600_000)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(server_in(Path(tempfile.gettempdir()) / "cstar-backlog", folder / "lock"))
        rows = asyncio.run(_rows(server.get_uri(), folder, sizes, 200 if quick else 1_000, prunes))
    return [
        Table(
            "growth_inbox",
            "An inbox with this many pending events of one group, each of its own ticket, and another group without a "
            "worker. Events handled a second, and milliseconds to store one event: while all are due, and while all "
            "wait for a retry in an hour and new ones arrive. Last, seconds to prune the bodies and then the ids of "
            "20,000 events in the middle.",
            (
                "",
                "events",
                "due: handled/s",
                "due: accept, ms",
                "waiting: handled/s",
                "waiting: accept, ms",
                "prune, s",
            ),
            rows,
        )
    ]
