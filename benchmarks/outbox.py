"""outbox: entries put and sent a second, with few and with many entries in the file."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from typing import TYPE_CHECKING, Final

from cstar_async.outbox import Outbox
from cstar_async.sandbox import Sandbox

from .report import Table
from .rounds import spread

if TYPE_CHECKING:
    from cstar_async import CStarClient

ROUNDS: Final = 7
AT_ONCE: Final = 1_000


async def fill(outbox: Outbox, cstar: CStarClient, number: int) -> None:
    """Put updates of many tickets, many at once."""
    for start in range(0, number, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, number))
        await asyncio.gather(
            *(outbox.put(cstar.tickets.update(f"tkt_{each % 10_000}", notes="x" * 200)) for each in numbers)
        )


async def one_by_one(outbox: Outbox, cstar: CStarClient, number: int) -> float:
    """Entries a second, each on the disk before the next is put."""
    started = time.perf_counter()
    for _ in range(number):
        await outbox.put(cstar.tickets.create(title="Printer on fire"))
    return number / (time.perf_counter() - started)


async def at_once(outbox: Outbox, cstar: CStarClient, number: int) -> float:
    """Entries a second that are put at once, and so share flushes."""
    started = time.perf_counter()
    await asyncio.gather(*(outbox.put(cstar.tickets.create(title="Printer on fire")) for _ in range(number)))
    return number / (time.perf_counter() - started)


async def sent(outbox: Outbox, cstar: CStarClient) -> float:
    """Entries a second that a flush sends to a sandbox in this process."""
    started = time.perf_counter()
    results = await outbox.flush(cstar)
    assert all(result.ok for result in results)
    return len(results) / (time.perf_counter() - started)


async def row(waiting: int, number: int, rounds: int) -> list[str]:
    """A row of the table, with so many entries of another team that wait in the file."""
    rates: list[list[float]] = [[], [], [], []]
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Sandbox(quota=False) as sandbox,
            Outbox(f"sqlite:///{folder}/outbox.db") as outbox,
            sandbox.team().client() as other,
            sandbox.client() as cstar,
        ):
            await fill(outbox, other, waiting)
            size = sum(file.stat().st_size for file in os.scandir(folder)) / 1e6
            for _ in range(rounds):
                rates[0].append(flushes(folder))
                rates[1].append(await one_by_one(outbox, cstar, number // 5))
                rates[2].append(await at_once(outbox, cstar, number))
                rates[3].append(await sent(outbox, cstar))
    return [f"{waiting:,}", *(spread(each).show(0) for each in rates), f"{size:,.1f}"]


def flushes(folder: str) -> float:
    """How many times a second a block of a file can be written and flushed to this disk."""
    file = os.open(f"{folder}/flush", os.O_RDWR | os.O_CREAT)
    started, count = time.perf_counter(), 100
    for _ in range(count):
        os.pwrite(file, b"x" * 4096, 0)
        os.fdatasync(file)
    os.close(file)
    return count / (time.perf_counter() - started)


def tables(*, quick: bool) -> list[Table]:
    """Measure an outbox in a file."""
    rounds, number = (2, 100) if quick else (ROUNDS, 500)
    return [
        Table(
            "outbox",
            "Entries a second: put one by one, put at once, and sent by `flush` to a sandbox in this process, while "
            "entries of another team wait in the same file. Compare the rows, whose rates should not depend on what "
            "waits, and what is put one by one with the flushes that the disk can do.",
            ["waiting", "bare flushes", "put one by one", "put at once", "sent", "size in MB"],
            [asyncio.run(row(waiting, number, rounds)) for waiting in (100, 10_000 if quick else 100_000)],
        )
    ]
