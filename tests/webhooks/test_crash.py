"""kill -9 at each point between a delivery and the end of its handler: nothing is lost, nothing takes effect twice.

Nor if a process stands still for longer than its leases last.
"""

from __future__ import annotations

import asyncio
import itertools
import multiprocessing
import random
import signal
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
import pytest

from cstar_async.sandbox.clock import iso_time
from cstar_async.webhooks.inbox.records import GroupStats
from tests.support.stress import at_length

from . import crashing
from .stores import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from .clock import ManualClock
    from .stores import StoreKind

ON_DISK = pytest.mark.parametrize(
    "kind", [each for each in KINDS if each.durable], indirect=True, ids=lambda kind: kind.name
)
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


def live(plan: crashing.Plan, meanwhile: Callable[[], None]) -> tuple[list[bytes], bool]:
    """Run a child until its end; what it has acknowledged, and whether it came to its point.

    While it stands still, `meanwhile` is called.
    """
    mine, its = FORK.Pipe()
    child = FORK.Process(target=crashing.run, args=(its, plan))
    child.start()
    its.close()
    heard: list[Any] = []
    stood = False
    try:
        while mine.poll(120):
            heard.append(mine.recv())
            if heard[-1] == crashing.STILL:
                stood = True
                heard.pop()
                meanwhile()
                mine.send("go on")
    except EOFError:
        pass
    child.join(60)
    if child.exitcode is None:
        child.kill()
    assert child.exitcode in {0, -signal.SIGKILL}, (plan.point, child.exitcode)
    killed = child.exitcode != 0
    assert killed or heard.pop() == "done"
    return heard, killed or stood


class Played(NamedTuple):
    """What many lives in one inbox came to."""

    sent: int
    acknowledged: set[str]
    effects: Counter[str]
    starts: list[list[str]]
    """Of handlers: event, attempt, process."""
    left: GroupStats
    reached: Counter[str]
    """How often each point was come to."""


async def play(
    kind: StoreKind, clock: ManualClock, folder: Path, points: Sequence[str], hits: Sequence[int], *, broken: str = ""
) -> Played:
    """Children live one after the other, each to its point; what got no answer is delivered to the next.

    `hits` are what is chosen from of how often a child comes to its point before it dies there.
    """
    store = await kind.open()
    await kind.values(store)  # makes the table
    numbers, turns, chance = itertools.count(), itertools.count(), random.Random(5)
    acknowledged: set[str] = set()
    reached: Counter[str] = Counter()
    unanswered: list[bytes] = []
    starts = folder / "starts"
    starts.touch()

    def one(point: str) -> None:
        bodies = [*unanswered, *(body(next(numbers), clock) for _ in range(EVENTS))]
        hit = 1 if point == crashing.STILL else chance.choice(hits)
        now = clock.time() + 100 * next(turns)
        plan = crashing.Plan(kind.url, point, hit, now, bodies, str(starts), broken)
        # A successor takes over what is held by one who stands still, and lives to its end.
        heard, was_there = live(plan, lambda: one(""))
        reached[point] += was_there
        acknowledged.update(orjson.loads(each)["id"] for each in heard)
        unanswered[:] = [each for each in dict.fromkeys([*unanswered, *bodies]) if each not in heard]

    for point in points:
        await asyncio.to_thread(one, point)
    effects = Counter(await kind.values(store))
    lines = [line.split() for line in starts.read_text().splitlines()]
    return Played(next(numbers), acknowledged, effects, lines, (await store.stats())["all"], reached)


def faults(played: Played) -> set[str]:
    """Which promises were broken."""
    found: set[str] = set()
    if played.acknowledged - set(played.effects):
        found.add("an acknowledged event was lost")
    if any(count > 1 for count in played.effects.values()):
        found.add("an effect was repeated")
    if played.acknowledged != {f"evt_{number}" for number in range(played.sent)}:
        found.add("an event was never acknowledged")
    # An event that was redriven begins anew.
    attempts = Counter((name, attempt) for name, attempt, _ in played.starts if int(name.removeprefix("evt_")) % 7)
    if any(count > 1 for count in attempts.values()):
        found.add("an attempt was not counted")
    left = played.left
    if (left.pending, left.leased, left.dead, left.done) != (0, 0, 0, len(played.effects)):
        found.add("an event was left over")
    return found


@ON_DISK
async def test_killed_at_each_point(kind: StoreKind, clock: ManualClock, tmp_path: Path) -> None:
    """At some point a kill would lose what was acknowledged, repeat an effect, or not be counted as an attempt."""
    points = crashing.POINTS[kind.name]
    hits = (1, 1, 2) if ROUNDS > 1 else (1,)
    played = await play(kind, clock, tmp_path, plan_of(points, random.Random(5)), hits)
    kills = played.reached.total() - played.reached[crashing.STILL]
    print(f"\n{kind.name}: {kills} kills, {len(played.acknowledged)} events acknowledged")
    assert faults(played) == set()
    missed = [point for point in points if not played.reached[point]]
    assert not missed


@ON_DISK
@pytest.mark.parametrize(
    ("broken", "point", "fault"),
    [
        ("acknowledge_before_commit", "after 200", "an acknowledged event was lost"),
        ("mark_with_the_settlement", "before settle", "an effect was repeated"),
        ("do_without_fencing", crashing.STILL, "an effect was repeated"),
    ],
)
async def test_a_store_that_breaks_a_promise_is_noticed(
    kind: StoreKind, clock: ManualClock, tmp_path: Path, broken: str, point: str, fault: str
) -> None:
    """The test above would pass whatever the store does."""
    # The first event is a dead letter at first, and has no effect: at the second it is noticed.
    played = await play(kind, clock, tmp_path, [point, ""], [2], broken=broken)
    assert played.reached[point]
    assert fault in faults(played)


def test_faults_are_found() -> None:
    """The checker would find nothing whatever happens."""
    starts = [["evt_0", "1", "7"], ["evt_1", "1", "7"], ["evt_0", "1", "8"]]
    left = GroupStats(pending=0, leased=0, dead=0, done=2, oldest=None)
    good = Played(2, {"evt_0", "evt_1"}, Counter(["evt_0", "evt_1"]), starts, left, Counter())
    assert faults(good) == set()
    effects = Counter(["evt_0", "evt_2"])
    assert faults(good._replace(effects=effects)) == {"an acknowledged event was lost"}
    assert faults(good._replace(effects=good.effects + Counter(["evt_1"]))) == {"an effect was repeated"}
    assert faults(good._replace(sent=3)) == {"an event was never acknowledged"}
    assert faults(good._replace(starts=[*starts, ["evt_1", "1", "8"]])) == {"an attempt was not counted"}
    assert faults(good._replace(left=left._replace(dead=1))) == {"an event was left over"}
