"""kill -9 at each point between a delivery and the end of its handler: nothing is lost, nothing takes effect twice."""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import random
import signal
from collections import Counter
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from cstar_async.sandbox.clock import iso_time
from tests.stress import at_length

from . import crashing
from .stores import KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .clock import ManualClock
    from .stores import StoreKind

DURABLE = [each for each in KINDS if each.durable]
ROUNDS = at_length(1, 14)
EVENTS = 5
"""Sent to each child."""
IN_A_ROW = 6
"""Kills before a child may live, so that no event has had all of its attempts."""
FORK = multiprocessing.get_context("forkserver")
FORK.set_forkserver_preload(["tests.webhooks.crashing"])


def body(number: int, clock: ManualClock) -> bytes:
    made = {
        "id": f"evt_{number}",
        "type": "ticket.updated",
        "created_at": iso_time(clock.time()),
        "team_id": "team",
        "data": {"id": f"tkt_{number % 3}", "title": "bad" if number % 7 == 0 else "good", "status": "open"},
    }
    return orjson.dumps(made)


def plan_of(points: Sequence[str], chance: random.Random) -> list[str]:
    """All points, in another order each time, and now and then none."""
    wanted: list[str] = []
    for _ in range(ROUNDS):
        wanted += chance.sample(points, len(points)) if ROUNDS > 1 else points
    return [each for n, point in enumerate(wanted) for each in ((point,) if n % IN_A_ROW else ("", point))] + [""]


def live(plan: crashing.Plan) -> tuple[list[bytes], bool]:
    """Run a child until its end; what it has acknowledged, and whether it was killed."""
    mine, its = FORK.Pipe(duplex=False)
    child = FORK.Process(target=crashing.run, args=(its, plan))
    child.start()
    its.close()
    heard: list[Any] = []
    try:
        while mine.poll(120):
            heard.append(mine.recv())
    except EOFError:
        pass
    child.join(60)
    if child.exitcode is None:
        child.kill()
    assert child.exitcode in {0, -signal.SIGKILL}, (plan.point, child.exitcode)
    killed = child.exitcode != 0
    assert killed or heard.pop() == "done"
    return heard, killed


@pytest.mark.parametrize("kind", DURABLE, indirect=True, ids=lambda kind: kind.name)
async def test_killed_at_each_point(kind: StoreKind, clock: ManualClock, tmp_path: Path) -> None:
    """At some point a kill would lose what was acknowledged, repeat an effect, or not be counted as an attempt."""
    store = await kind.open()
    await kind.values(store)  # makes the table
    numbers, chance = itertools.count(), random.Random(5)
    acknowledged: set[str] = set()
    kills: Counter[str] = Counter()
    open_bodies: list[bytes] = []
    starts = tmp_path / "starts"
    for turn, point in enumerate(plan_of(crashing.POINTS[kind.name], chance)):
        # What got no answer is delivered again, as cStar does.
        bodies = open_bodies + [body(next(numbers), clock) for _ in range(EVENTS)]
        hit = chance.choice((1, 1, 2)) if ROUNDS > 1 else 1
        plan = crashing.Plan(kind.url, point, hit, clock.time() + 100 * turn, bodies, str(starts))
        heard, killed = await asyncio.to_thread(live, plan)
        kills[point] += killed
        acknowledged |= {orjson.loads(each)["id"] for each in heard}
        open_bodies = [each for each in bodies if each not in heard]
    print(f"\n{kind.name}: {kills.total()} kills, {len(acknowledged)} events acknowledged")  # noqa: T201
    missed = [point for point in crashing.POINTS[kind.name] if not kills[point]]
    assert not missed
    effects = Counter(await kind.values(store))
    assert set(effects.values()) == {1}, "an effect was repeated"
    assert acknowledged <= set(effects), "an acknowledged event was lost"
    assert acknowledged == {f"evt_{number}" for number in range(next(numbers))}
    stats = (await store.stats())["all"]
    assert (stats.pending, stats.leased, stats.dead) == (0, 0, 0)
    assert stats.done == len(effects)
    check_attempts([line.split() for line in starts.read_text().splitlines()])


def check_attempts(starts: list[list[str]]) -> None:
    """Each start has a higher attempt than the one before it, unless the event was redriven."""
    last: dict[str, int] = {}
    for name, attempt, _ in starts:
        if int(name.removeprefix("evt_")) % 7:
            assert int(attempt) > last.get(name, 0), f"attempt {attempt} of {name} twice"
        last[name] = int(attempt)
