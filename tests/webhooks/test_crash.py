"""kill -9 at each point between a delivery and the end of its handler: no event is lost, and none takes effect twice.

The same holds if a process is stopped for longer than its leases last.
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
"""New events for each child."""
IN_A_ROW = 6
"""Kills before a child may end by itself, so that no event uses up its attempts."""
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
    """All points in a random order, ROUNDS times, with children that are not killed in between."""
    wanted: list[str] = []
    for _ in range(ROUNDS):
        wanted += chance.sample(points, len(points)) if ROUNDS > 1 else points
    return [each for n, point in enumerate(wanted) for each in ((point,) if n % IN_A_ROW else ("", point))] + [""]


def run_child(plan: crashing.Plan, meanwhile: Callable[[], None]) -> tuple[list[bytes], bool]:
    """Run a child until its end; the bodies that it has acknowledged, and whether it has reached its point.

    While it is stopped there, `meanwhile` is called.
    """
    ours, theirs = FORK.Pipe()
    child = FORK.Process(target=crashing.run, args=(theirs, plan))
    child.start()
    theirs.close()
    received: list[Any] = []
    stopped = False
    try:
        while ours.poll(120):
            received.append(ours.recv())
            if received[-1] == crashing.STOPPED:
                stopped = True
                received.pop()
                meanwhile()
                ours.send("go on")
    except EOFError:
        pass
    child.join(60)
    if child.exitcode is None:
        child.kill()
    assert child.exitcode in {0, -signal.SIGKILL}, (plan.point, child.exitcode)
    killed = child.exitcode != 0
    assert killed or received.pop() == "done"
    return received, killed or stopped


class CrashResult(NamedTuple):
    """The outcome of many children on one inbox."""

    sent: int
    acknowledged: set[str]
    effects: Counter[str]
    starts: list[list[str]]
    """Starts of handlers: event, attempt, process."""
    left: GroupStats
    reached: Counter[str]
    """How often each point was reached."""


async def run_children(
    kind: StoreKind, clock: ManualClock, folder: Path, points: Sequence[str], hits: Sequence[int], *, broken: str = ""
) -> CrashResult:
    """Run children one after the other, each to its point; events without an answer are delivered to the next one.

    At which visit of its point a child is killed is chosen from `hits`.
    """
    store = await kind.open()
    await kind.values(store)  # makes the table
    numbers, turns, chance = itertools.count(), itertools.count(), random.Random(5)
    acknowledged: set[str] = set()
    reached: Counter[str] = Counter()
    unanswered: list[bytes] = []
    starts = folder / "starts"
    starts.touch()

    def child(point: str) -> None:
        bodies = [*unanswered, *(body(next(numbers), clock) for _ in range(EVENTS))]
        hit = 1 if point == crashing.STOPPED else chance.choice(hits)
        now = clock.time() + 100 * next(turns)
        plan = crashing.Plan(kind.url, point, hit, now, bodies, str(starts), broken)
        # While a child is stopped, a successor takes over its events and runs to its end.
        received, at_point = run_child(plan, lambda: child(""))
        reached[point] += at_point
        acknowledged.update(orjson.loads(each)["id"] for each in received)
        unanswered[:] = [each for each in dict.fromkeys([*unanswered, *bodies]) if each not in received]

    for point in points:
        await asyncio.to_thread(child, point)
    effects = Counter(await kind.values(store))
    lines = [line.split() for line in starts.read_text().splitlines()]
    return CrashResult(next(numbers), acknowledged, effects, lines, (await store.stats())["all"], reached)


def broken_promises(result: CrashResult) -> set[str]:
    """The promises that were broken."""
    found: set[str] = set()
    if result.acknowledged - set(result.effects):
        found.add("an acknowledged event was lost")
    if any(count > 1 for count in result.effects.values()):
        found.add("an effect was repeated")
    if result.acknowledged != {f"evt_{number}" for number in range(result.sent)}:
        found.add("an event was never acknowledged")
    # The attempts of a redriven event start again at 1, so these are left out.
    attempts = Counter((name, attempt) for name, attempt, _ in result.starts if int(name.removeprefix("evt_")) % 7)
    if any(count > 1 for count in attempts.values()):
        found.add("an attempt was not counted")
    left = result.left
    if (left.pending, left.leased, left.dead, left.done) != (0, 0, 0, len(result.effects)):
        found.add("an event was left over")
    return found


@ON_DISK
async def test_killed_at_each_point(kind: StoreKind, clock: ManualClock, tmp_path: Path) -> None:
    """A kill at any point loses no acknowledged event, repeats no effect and counts as an attempt."""
    points = crashing.POINTS[kind.name]
    hits = (1, 1, 2) if ROUNDS > 1 else (1,)
    result = await run_children(kind, clock, tmp_path, plan_of(points, random.Random(5)), hits)
    kills = result.reached.total() - result.reached[crashing.STOPPED]
    print(f"\n{kind.name}: {kills} kills, {len(result.acknowledged)} events acknowledged")
    assert broken_promises(result) == set()
    missed = [point for point in points if not result.reached[point]]
    assert not missed


@ON_DISK
@pytest.mark.parametrize(
    ("broken", "point", "expected"),
    [
        ("acknowledge_before_commit", "after 200", "an acknowledged event was lost"),
        ("mark_with_the_settlement", "before settle", "an effect was repeated"),
        ("do_without_fencing", crashing.STOPPED, "an effect was repeated"),
    ],
)
async def test_a_store_that_breaks_a_promise_is_detected(
    kind: StoreKind, clock: ManualClock, tmp_path: Path, broken: str, point: str, expected: str
) -> None:
    """The test above fails on each of the broken stores."""
    # The first event is a dead letter at first, without an effect, so the kill is at the second.
    result = await run_children(kind, clock, tmp_path, [point, ""], [2], broken=broken)
    assert result.reached[point]
    assert expected in broken_promises(result)


def test_broken_promises_are_found() -> None:
    """`broken_promises` reports each kind of broken promise."""
    starts = [["evt_0", "1", "7"], ["evt_1", "1", "7"], ["evt_0", "1", "8"]]
    left = GroupStats(pending=0, leased=0, dead=0, done=2, oldest=None)
    good = CrashResult(2, {"evt_0", "evt_1"}, Counter(["evt_0", "evt_1"]), starts, left, Counter())
    assert broken_promises(good) == set()
    effects = Counter(["evt_0", "evt_2"])
    assert broken_promises(good._replace(effects=effects)) == {"an acknowledged event was lost"}
    assert broken_promises(good._replace(effects=good.effects + Counter(["evt_1"]))) == {"an effect was repeated"}
    assert broken_promises(good._replace(sent=3)) == {"an event was never acknowledged"}
    assert broken_promises(good._replace(starts=[*starts, ["evt_1", "1", "8"]])) == {"an attempt was not counted"}
    assert broken_promises(good._replace(left=left._replace(dead=1))) == {"an event was left over"}
