"""Several workers on one PostgreSQL, killed at random: the events of a key take effect in order, each once."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pytest

from cstar_async.sandbox.clock import iso_time
from cstar_async.webhooks.inbox.postgres import queries
from tests.support.stress import at_length

from . import ordering
from .deliveries import signed
from .ordering import Run
from .stores import Postgres

if TYPE_CHECKING:
    from cstar_async.webhooks import EventDispatcher

    from .stores import StoreKind

FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["tests.webhooks.crashing", "tests.webhooks.ordering"])
ON_POSTGRES = pytest.mark.parametrize("kind", [Postgres], indirect=True, ids=["postgres"])


class Size(NamedTuple):
    """The size of a run."""

    workers: int
    keys: int
    events: int
    """Events of each key."""
    kills: int


SIZE = at_length(Size(workers=3, keys=30, events=20, kills=3), Size(workers=8, keys=500, events=40, kills=60))


def body(key: int, nth: int) -> bytes:
    made = {
        "id": f"evt_{key}_{nth}",
        "type": "ticket.updated",
        "created_at": iso_time(time.time()),
        "team_id": "team",
        "data": {"id": f"tkt_{key}", "title": f"{nth}", "status": "open"},
    }
    return orjson.dumps(made)


async def receive(events: EventDispatcher, key: int, count: int) -> None:
    """Deliver the events of a key, each after the previous one was acknowledged."""
    for nth in range(count):
        made = body(key, nth)
        reply = await events.accept(signed(made), made)
        assert reply.status == 200, reply


async def handled(kind: Postgres) -> int:
    return int((await kind.run("SELECT count(*) FROM runs WHERE what = 'effect'"))[0][0])


async def kill_in_the_middle(kind: Postgres, worker: Any) -> bool:
    """Kill a worker if it is handling an event; whether it was killed."""
    os.kill(worker.pid, signal.SIGSTOP)
    if (worker.pid,) not in await kind.run(ordering.IN_THE_MIDDLE):
        os.kill(worker.pid, signal.SIGCONT)
        return False
    worker.kill()
    await asyncio.to_thread(worker.join)
    return True


async def play(kind: StoreKind, size: Size, *, late: bool = False) -> list[Run]:
    """Receive events while workers handle them and are killed; what the workers did, in order.

    The workers start when half of the events have been received, with `late` when all have.
    """
    assert isinstance(kind, Postgres)
    await kind.run(ordering.TABLE)
    chance = random.Random(9)
    whole = size.keys * size.events
    workers: list[Any] = []

    def start_worker() -> None:
        workers.append(FORK.Process(target=ordering.work, args=(kind.url,), daemon=True))
        workers[-1].start()

    try:
        async with ordering.dispatcher(kind.url) as events:
            receiving = [asyncio.create_task(receive(events, key, size.events)) for key in range(size.keys)]
            while (await events.stats()).counts.get("accepted", 0) < (whole if late else whole // 2):
                await asyncio.sleep(0.01)
            for _ in range(size.workers):
                await asyncio.to_thread(start_worker)
            kills = 0
            async with asyncio.timeout(600):
                while (done := await handled(kind)) < whole or (await events.stats()).groups["all"].pending:
                    # The kills are spread over one half of the work.
                    if kills < size.kills and done > whole / 2 * kills / size.kills:
                        victim = chance.choice(workers)
                        if await kill_in_the_middle(kind, victim):
                            kills += 1
                            workers.remove(victim)
                            await asyncio.to_thread(start_worker)
                    await asyncio.sleep(0.02)
            await asyncio.gather(*receiving)
            assert kills == size.kills
    finally:
        for worker in workers:
            worker.kill()
        for worker in workers:
            await asyncio.to_thread(worker.join)
    return [Run(*row) for row in await kind.run("SELECT key, nth, what FROM runs ORDER BY number")]


@ON_POSTGRES
async def test_workers_killed_at_random_keep_order_and_lose_nothing(kind: StoreKind) -> None:
    """With workers killed at random, each event takes effect once, after the previous event of its key."""
    begun = time.monotonic()
    runs = await play(kind, SIZE)
    seconds = time.monotonic() - begun
    effects = Counter((run.key, run.nth) for run in runs if run.what == "effect")
    starts = sum(run.what == "start" for run in runs)
    print(f"\n{SIZE}: {len(effects)} events, {starts} starts, {len(effects) / seconds:.0f} a second")
    assert effects == Counter((f"tkt_{key}", nth) for key in range(SIZE.keys) for nth in range(SIZE.events))
    assert ordering.violations(runs) == []
    assert starts > len(effects), "no worker was killed in the middle of anything"


@ON_POSTGRES
async def test_with_leases_on_rows_order_would_be_broken(kind: StoreKind, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above detects a broken order: here each event has a lane of its own."""
    monkeypatch.setattr(queries, "_ACCEPT", queries._ACCEPT.replace(queries.LANE, "e.lane || '#' || e.place"))
    runs = await play(kind, Size(workers=2, keys=5, events=40, kills=0), late=True)
    assert ordering.violations(runs)


def test_violations_are_found() -> None:
    """`violations` reports events in the wrong order."""
    good = [
        Run("a", 0, "start"),
        Run("b", 0, "start"),
        Run("a", 0, "effect"),
        Run("a", 1, "start"),
        Run("a", 1, "effect"),
    ]
    assert ordering.violations(good) == []
    assert len(ordering.violations([Run("a", 0, "start"), Run("a", 1, "start"), Run("a", 0, "effect")])) == 1
    assert len(ordering.violations([Run("a", 1, "effect"), Run("a", 0, "effect")])) == 1
