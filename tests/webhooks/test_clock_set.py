"""The wall clock is set forward and back, by an hour or by years, while events wait and are handled."""

from __future__ import annotations

import asyncio
import logging
import random
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from cstar_async.clock import SystemClock
from cstar_async.sandbox.clock import iso_time
from cstar_async.webhooks import Event, EventDispatcher, RetryLater
from cstar_async.webhooks.inbox.records import DONE, Group, Outcome, State
from cstar_async.webhooks.processing import worker
from tests.support.stress import at_length

from .deliveries import SECRET, deliver
from .inbox import ALL, event, fill, ids, lease, rest
from .waiting import eventually, settled, turns

if TYPE_CHECKING:
    from cstar_async.webhooks.inbox import Store

    from .clock import ManualClock
    from .stores import StoreKind

STEPS = (3_600.0, -3_600.0, 0.5, -0.5, -90.0, 40 * 365 * 86_400.0, -7 * 86_400.0)


async def another(kind: StoreKind, store: Store) -> Store:
    """The store of another worker; in memory the same store."""
    return await kind.open() if kind.durable else store


@pytest.mark.parametrize("step", STEPS)
async def test_a_lease_that_is_renewed_is_not_taken_over(
    store: Store, kind: StoreKind, clock: ManualClock, step: float
) -> None:
    """A renewed lease stays with its worker, however the clock is set."""
    await fill(store, [event(1), event(2)])
    other = await another(kind, store)
    (found,) = await lease(store)
    for turn in range(13):
        clock.set_by += step if turn % 2 else -step / 3
        assert await lease(other, attempts=1) == []
        clock.advance(10)
        assert await store.renew([found], seconds=30) == {found.token}
    assert await lease(other, attempts=1) == []
    assert (await other.stats())["all"].leased == 1
    assert await other.dead_letters() == []
    assert await store.settle(found, DONE)
    assert await rest(other) == ["2"]


@pytest.mark.parametrize("step", STEPS)
async def test_a_lease_that_is_not_renewed_expires_in_its_time(
    store: Store, kind: StoreKind, clock: ManualClock, step: float
) -> None:
    """The event of a killed worker is leased again 30 seconds later, no earlier and no later."""
    await fill(store, [event(1)])
    other = await another(kind, store)
    await lease(store)
    assert await lease(other) == []
    for _ in range(3):
        assert 0 < (await other.next_due(["all"]) or 0) <= 30
        clock.set_by += step
        clock.advance(9)
        assert await lease(other) == []
    clock.advance(3)
    (again,) = await lease(other)
    assert again.attempt == 2


@pytest.mark.parametrize("step", STEPS)
async def test_a_late_worker_watches_first(store: Store, kind: StoreKind, clock: ManualClock, step: float) -> None:
    """A worker that starts after the clock was set takes a lease over only after it has seen it unrenewed."""
    if not kind.durable:
        pytest.skip("an inbox in memory has one worker")
    await fill(store, [event(1)])
    (found,) = await lease(store)
    clock.set_by += step
    late = await kind.open()
    for _ in range(4):
        assert await lease(late) == []
        assert 0 < (await late.next_due(["all"]) or 0) <= 30
        clock.advance(9)
        assert await store.renew([found], seconds=30) == {found.token}
    assert await lease(late) == []
    clock.advance(30)
    assert ids(await lease(late)) == ["1"]


@pytest.mark.parametrize("reopened", [False, True])
@pytest.mark.parametrize("step", [-3_600.0, -90.0, -7 * 86_400.0])
async def test_events_are_due_in_time_after_the_clock_was_set_back(
    store: Store, kind: StoreKind, clock: ManualClock, step: float, *, reopened: bool
) -> None:
    """New events, retries and the events after them are due in their time after the clock was set back."""
    await fill(
        store, [event(n, lane=lane) for n, lane in enumerate("abcc")], ALL, Group("loose", ("*",), ordered=False)
    )
    first, second, _ = await lease(store)
    assert await store.settle(first, Outcome(State.PENDING, clock.time() + 10, "no"))
    clock.advance(2)
    clock.set_by += step
    other = store
    if reopened and kind.durable:
        await store.close()
        other = await kind.open()
    assert len(await lease(other, "loose")) == 4
    assert await lease(other) == []
    assert 7 < (await other.next_due(["all"]) or 0) <= 10
    clock.advance(10)
    (again,) = await lease(other)
    assert (again.event_id, again.attempt) == (first.event_id, 2)
    assert await other.settle(again, DONE)
    assert await other.accept(event("new", lane="a"))
    assert ids(await lease(other)) == ["new"]
    if other is store:
        assert await other.settle(second, DONE)


async def test_forward_and_back(store: Store, clock: ManualClock) -> None:
    """An event that was accepted while the clock was ahead is due at once when it is set back."""
    await fill(store, [])
    for number in range(4):
        await lease(store)
        clock.set_by += 3_600
        clock.advance(1)
        await lease(store)
        assert await store.accept(event(number, lane=f"{number}"))
        clock.set_by -= 3_600
        clock.advance(1)
        assert ids(await lease(store)) == [f"{number}"]


async def test_the_next_of_a_ticket_does_not_wait_either(store: Store, kind: StoreKind, clock: ManualClock) -> None:
    """The events after one that is done are due, although they were accepted before the clock was set back."""
    await fill(store, [event(n) for n in range(3)])
    (found,) = await lease(store)
    clock.set_by -= 3_600
    clock.advance(1)
    assert await store.settle(found, DONE)
    assert await rest(store) == ["1", "2"]


async def test_a_long_wait_does_not_start_again(store: Store, clock: ManualClock) -> None:
    """Setting the clock back defers a retry by as much as the clock was set, not by its whole wait."""
    await fill(store, [event(1)])
    (found,) = await lease(store)
    assert await store.settle(found, Outcome(State.PENDING, clock.time() + 21_600, "no"))
    for _ in range(4):
        clock.advance(5_000)
        clock.set_by -= 60
        assert await lease(store) == []
    assert await store.next_due(["all"]) == 21_600 - 4 * 5_000 + 4 * 60
    clock.advance(1_840)
    assert ids(await lease(store)) == ["1"]


@pytest.mark.parametrize("step", STEPS)
async def test_a_worker_renews_and_times_out_by_the_monotonic_clock(
    events: EventDispatcher, kind: StoreKind, clock: ManualClock, step: float, caplog: pytest.LogCaptureFixture
) -> None:
    """Renewals and the handler's timeout are not affected by setting the clock."""
    caplog.set_level(logging.CRITICAL, "cstar_async.webhooks")
    began: list[int] = []

    @events.on("*", group="g", timeout=60)
    async def handle(event: Event[Any]) -> None:
        began.append(event.attempt)
        if len(began) == 1:
            await asyncio.Event().wait()

    await deliver(events, clock, 1)
    running = asyncio.create_task(events.run())
    await eventually(lambda: len(began) == 1)
    other = await kind.open() if kind.durable else None
    renewals = 0
    renew = events._store.renew

    async def counted(*given: Any, **options: Any) -> set[int]:
        nonlocal renewals
        found = await renew(*given, **options)
        renewals += 1
        return found

    events._store.renew = counted  # type: ignore[method-assign]
    for number in range(5):
        clock.set_by += step if number % 2 == 0 else 0
        clock.advance(10)
        await eventually(lambda number: renewals > number, number)
        if other is not None:
            assert await other.lease(["g"], limit=1, seconds=30, attempts=1) == []
    await turns()
    assert (await events.stats()).counts.get("timeouts", 0) == 0
    clock.advance(10)
    await settled(events, "timeouts")
    clock.advance(3)  # the first wait is 2 s, a fifth more or less
    await settled(events, "handled")
    assert began == [1, 2]
    await events.close()
    await running


class SetClock(SystemClock):
    """A real clock that the test sets while it runs."""

    set_by = 0.0

    def time(self) -> float:
        return SystemClock.time() + self.set_by


@pytest.mark.skipif(at_length(0, 1) == 0, reason="takes real time: make stress")
async def test_two_workers_under_load(
    kind: StoreKind, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While the clock is set at random, no event has two handlers, loses an attempt or waits for long."""
    if not kind.durable:
        pytest.skip("an inbox in memory has one worker")
    for name, value in (("LEASE", 1.5), ("RENEWAL", 0.5), ("FAILED_RENEWAL", 0.1)):
        monkeypatch.setattr(worker, name, value)
    caplog.set_level(logging.CRITICAL, "cstar_async.webhooks")
    clock = SetClock()
    kind.clock = clock  # type: ignore[assignment]
    chance = random.Random(3)
    under_way: set[str] = set()
    finished: dict[str, tuple[int, float]] = {}
    both: list[str] = []
    sent: dict[str, float] = {}

    async def handle(event: Event[Any]) -> None:
        if event.id in under_way:
            both.append(event.id)
        under_way.add(event.id)
        try:
            await asyncio.sleep(chance.choice((0, 0.01, 0.3, 2.5)))  # the longest is longer than a lease
        finally:
            under_way.discard(event.id)
        if event.attempt == 1 and chance.random() < 0.1:
            raise RetryLater(after=0.5)
        finished[event.id] = (event.attempt, clock.monotonic())

    made = [EventDispatcher(secrets=SECRET, inbox=kind.url, clock=clock, store_timeout=60) for _ in range(2)]
    for each in made:
        each.on("*", group="g")(handle)
        await each.open()  # a group gets the events that are accepted after it is registered
    running = [asyncio.create_task(each.run()) for each in made]
    store = await kind.open()
    steps = number = 0
    end = clock.monotonic() + 60
    while clock.monotonic() < end:
        for _ in range(20):
            number += 1
            name = f"evt_{number}"
            sent[name] = clock.monotonic()
            await store.accept(event(number, lane=f"{number}", kind="ticket.created", body=_body(name)))
        clock.set_by += chance.choice((3_600, -3_600))
        steps += 1
        await asyncio.sleep(chance.uniform(1.2, 2.5))  # longer than the poll interval
    async with asyncio.timeout(60):
        while len(finished) < number:
            await asyncio.sleep(0.05)
    waits = [moment - sent[name] for name, (_, moment) in finished.items()]
    assert (both, max(attempt for attempt, _ in finished.values())) == ([], 2)
    assert max(waits) < 30
    assert steps > 20
    assert await store.dead_letters() == []
    print(f"\n{kind.name}: {number} events, {steps} steps, none later than {max(waits):.1f} s")
    for each in made:
        await each.close()
    await asyncio.gather(*running)


def _body(name: str) -> bytes:
    event = {"id": name, "type": "ticket.created", "team_id": "team", "created_at": iso_time(0)}
    return orjson.dumps({**event, "data": {"id": "tkt_1"}})
