"""The law of live lists: once no more events come, a list is what a fresh answer is, whatever happened."""

from __future__ import annotations

import math
from functools import partial
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.live import hub, rows, view
from cstar_async.sandbox import Sandbox, VirtualClock
from tests.support.stress import at_length

from .breaker import Breaker
from .desks import Desk, running, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async.live.rows import Notice


def cutting(random: Random, read: object) -> object:
    """Reads events as if the service left out some of the fields, or did not say what changed."""

    def cut(event: object) -> Notice:
        notice: Notice = read(event)  # type: ignore[operator]
        fields = {name: value for name, value in notice.fields.items() if random.random() < 0.5}
        return notice._replace(fields=fields, changes=notice.changes if random.random() < 0.5 else None)

    return cut


@pytest.mark.parametrize(
    ("switches", "cut"),
    [
        pytest.param({}, False, id="flat"),
        pytest.param({"payload": "nested", "pagination": "meta"}, False, id="nested"),
        pytest.param({"pagination": "top"}, True, id="cut"),
        pytest.param({"drift": "on"}, False, id="drift"),
    ],
)
async def test_the_rows_are_true_after_each_change(
    switches: dict[str, str], cut: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each single change, every list and object is, row by row, what a fresh answer is."""
    random = Random(7)  # the same changes in each run
    monkeypatch.setattr(view, "SETTLE", 0.001)
    monkeypatch.setattr(Sandbox, "validate_answers", False)  # other tests do that, and here it takes most of the time
    if cut:
        monkeypatch.setattr(hub, "read_notice", cutting(random, rows.read_notice))
    async with running() as (sandbox, cstar, live):
        for name, value in switches.items():
            setattr(sandbox.switches, name, value)
        desk = Desk(cstar, live, random)
        await desk.open(cstar)
        before = len(sandbox.requests)
        for number in range(at_length(75, 2500)):
            await desk.act(number)
            await desk.quiet()
            await desk.compare(f"change {number}")
            assert desk.wrong == []
        desk.close()
        assert desk.checks >= 750
        print(switches, cut, len(sandbox.requests) - before, desk.checks)


async def test_the_rows_are_true_when_connections_break(monkeypatch: pytest.MonkeyPatch) -> None:
    """The law also holds while streams and answers are reset, late, or cut short, and the service fails."""
    random = Random(11)
    monkeypatch.setattr(view, "SETTLE", 0.001)
    monkeypatch.setattr(view, "reconnect_wait", lambda *_: 0.005)
    monkeypatch.setattr(Sandbox, "validate_answers", False)
    async with Sandbox(clock=VirtualClock(running=True), quota=False) as sandbox, Breaker(sandbox.base_url) as breaker:
        sandbox.faults.add(method="GET", status=503, probability=0.05, times=None)
        async with sandbox.client() as direct, sandbox.client(base_url=breaker.url, max_retries=9) as cstar:
            async with cstar.live(share=math.inf) as live:
                desk = Desk(direct, live, random)
                await desk.open(cstar)
                connections: list[bool] = []
                live.on_connection(connections.append)
                for number in range(at_length(30, 1000)):
                    breaker.delay = random.choice([0, 0, 0.002])
                    breaker.left = random.choice([None, None, 10, 1000, 5000])
                    if random.random() < 0.2:
                        breaker.break_all()
                    await desk.act(number)
                    await desk.quiet()
                    await desk.compare(f"change {number}")
                    assert desk.wrong == []
                desk.close()
    assert connections.count(False) >= 5


def ends_with(events: list[Any], newest: str) -> bool:
    return bool(events) and events[-1].id == newest


class Webhooks:
    """A source of events that are fed by hand."""

    def on(self, *_: str, group: str | None = None) -> Callable[[Any], Any]:
        def keep(feed: Any) -> Any:
            self.feed = feed
            return feed

        return keep


@pytest.mark.parametrize("seed", range(at_length(3, 200)))
async def test_the_rows_are_true_when_events_are_late_and_out_of_order(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The law also holds if events come late, twice, and in any order, as webhooks do."""
    random, source = Random(seed), Webhooks()
    monkeypatch.setattr(view, "SETTLE", 0.001)
    monkeypatch.setattr(Sandbox, "validate_answers", False)
    async with running() as (_, cstar, stream), cstar.live(share=math.inf, source=source) as live:
        desk = Desk(cstar, live, random)
        happened: list[Any] = []
        stream.on("*", happened.append)
        await until(lambda: stream.connected)
        await desk.open(cstar)
        late: list[Any] = []
        for number in range(20):
            before = len(happened)
            await desk.act(number)
            newest = (await cstar.events.list(limit=1)).data[0].id
            await until(partial(ends_with, happened, newest))
            late += happened[before:]
            random.shuffle(late)
            for event in late[: random.randint(0, len(late))]:
                await source.feed(event)
                if random.random() < 0.8:
                    late.remove(event)  # else it comes again
        for event in late:
            await source.feed(event)
        await until(lambda: not any(each.state.stale or each.state.refreshing for each in desk.views))
        await desk.compare(f"seed {seed}")
        desk.close()
        assert desk.wrong == []
