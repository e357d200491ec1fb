"""Handlers that do not end, that raise, or that are cancelled."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.webhooks import Event, EventDispatcher, LeaseLostError

from .deliveries import SECRET, deliver
from .stores import KINDS
from .waiting import eventually, released, settled, turns

if TYPE_CHECKING:
    from pathlib import Path

    from .clock import ManualClock
    from .stores import StoreKind


async def test_a_handler_that_takes_too_long_is_cancelled(events: EventDispatcher, clock: ManualClock) -> None:
    """A handler is cancelled after its timeout, and the event is retried."""
    calls = 0

    @events.on("*", timeout=20)
    async def handle(event: Event[Any]) -> None:
        nonlocal calls
        calls += 1
        if event.attempt == 1:
            await asyncio.Event().wait()

    await deliver(events, clock, 1)
    running = asyncio.create_task(events.run())
    await eventually(lambda: calls == 1)
    clock.advance(19)
    await turns()
    assert (await events.stats()).counts.get("timeouts", 0) == 0
    clock.advance(1)
    await settled(events, "timeouts")
    await released(events)
    clock.advance(3)
    await settled(events, "handled")
    assert calls == 2
    await events.close()
    await running


async def test_leases_are_renewed_while_a_handler_runs(events: EventDispatcher, clock: ManualClock) -> None:
    """The lease of a running handler is renewed for as long as it runs."""
    go = asyncio.Event()
    calls = 0

    @events.on("*", timeout=1_000)
    async def handle(event: Event[Any]) -> None:
        nonlocal calls
        calls += 1
        await go.wait()

    await deliver(events, clock, 1)
    running = asyncio.create_task(events.run())
    await eventually(lambda: calls == 1)
    renewals = 0
    renew = events._store.renew

    async def counted(*args: Any, **kwargs: Any) -> set[int]:
        nonlocal renewals
        found = await renew(*args, **kwargs)
        renewals += 1
        return found

    events._store.renew = counted  # type: ignore[method-assign]
    for number in range(12):
        clock.advance(10)
        await eventually(lambda number: renewals > number, number)
    assert calls == 1
    assert (await events.stats()).groups[events.groups()[0].name].leased == 1
    go.set()
    await settled(events, "handled")
    assert calls == 1
    await events.close()
    await running


async def test_a_handler_that_swallows_its_cancellation_keeps_its_lane(
    events: EventDispatcher, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """The next event of the ticket waits until the handler has ended, and the log says why."""
    go = asyncio.Event()
    order: list[str] = []

    @events.on("*", timeout=5)
    async def handle(event: Event[Any]) -> None:
        order.append(event.id)
        while event.id == "evt_1" and not go.is_set():
            try:
                await go.wait()
            except asyncio.CancelledError:
                order.append("swallowed")

    await deliver(events, clock, 1, 2)
    running = asyncio.create_task(events.run())
    await eventually(lambda: order == ["evt_1"])
    for number in range(1, 4):
        clock.advance(11)
        await eventually(lambda number: order.count("swallowed") == number, number)
    await turns()
    assert "evt_2" not in order
    assert "is still running after it was cancelled" in caplog.text
    go.set()
    await settled(events, "handled", 2)
    assert order[-1] == "evt_2"
    await events.close()
    await running


class Oddity(BaseException):
    """An error that `except Exception` does not catch."""


@pytest.mark.parametrize("error", [Oddity("odd"), asyncio.CancelledError(), GeneratorExit()])
async def test_whatever_a_handler_raises_its_event_is_retried(
    events: EventDispatcher, clock: ManualClock, error: BaseException
) -> None:
    """After any error of a handler its event is retried, and the worker goes on."""
    calls: list[str] = []

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        calls.append(event.id)
        if event.id == "evt_1" and event.attempt == 1:
            raise error

    await deliver(events, clock, 1)
    await deliver(events, clock, 2, ticket="2")
    await events.drain()
    clock.advance(3)
    await events.drain()
    assert calls == ["evt_1", "evt_2", "evt_1"]
    assert (await events.stats()).counts["failed"] == 1


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()])
async def test_an_exit_ends_run_and_counts_as_a_failure(
    events: EventDispatcher, clock: ManualClock, error: BaseException
) -> None:
    """SystemExit and KeyboardInterrupt of a handler end `run`, and count as a failed attempt."""

    @events.on("*", group="g")
    async def handle(event: Event[Any]) -> None:
        raise error

    await deliver(events, clock, 1)
    with pytest.raises(type(error)):
        await events.run()
    stats = (await events.stats()).groups["g"]
    assert (stats.pending, stats.leased) == (1, 0)
    assert (await events.stats()).counts["failed"] == 1


async def test_cancelling_run_gives_the_attempt_back(events: EventDispatcher, clock: ManualClock) -> None:
    """An event whose handler is cancelled with `run` is due again at once, and the attempt does not count."""
    attempts: list[int] = []
    started = asyncio.Event()

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        attempts.append(event.attempt)
        started.set()
        if len(attempts) == 1:
            await asyncio.Event().wait()

    await deliver(events, clock, 1)
    running = asyncio.create_task(events.run())
    await started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await events.stats()).counts["given_back"] == 1
    await events.drain()
    assert attempts == [1, 1]


async def test_closing_waits_for_handlers_and_then_cancels_them(events: EventDispatcher, clock: ManualClock) -> None:
    """`close` waits for handlers for the grace period, and then cancels them."""
    go = asyncio.Event()
    ended: list[str] = []
    begun = 0

    @events.on("*", group="g")
    async def handle(event: Event[Any]) -> None:
        nonlocal begun
        begun += 1
        await (go.wait() if event.id == "evt_short" else asyncio.Event().wait())
        ended.append(event.id)

    await deliver(events, clock, "short", ticket="a")
    await deliver(events, clock, "endless", ticket="b")
    running = asyncio.create_task(events.run())
    await eventually(lambda: begun == 2)
    closing = asyncio.create_task(events.close(grace=0.2))
    await asyncio.sleep(0)  # and no longer: the grace is real time
    go.set()
    await closing
    await running
    assert ended == ["evt_short"]
    assert events._worked == {"handled": 1, "given_back": 1}


async def test_a_paused_worker_does_not_take_over_its_own_leases(
    events: EventDispatcher, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a pause of the process longer than a lease, its running handlers are not started again."""
    go = asyncio.Event()
    calls: list[str] = []

    @events.on("*", timeout=1_000)
    async def handle(event: Event[Any]) -> None:
        calls.append(event.id)
        await go.wait()

    await deliver(events, clock, 1)
    running = asyncio.create_task(events.run())
    await eventually(lambda: calls == ["evt_1"])
    lease = events._store.lease

    async def stand_still(*groups: Any, **options: Any) -> Any:
        clock.now += 31  # without waking the worker or the renewals, as `advance` would
        return await lease(*groups, **options)

    monkeypatch.setattr(events._store, "lease", stand_still)
    await deliver(events, clock, 2, ticket="2")
    await eventually(lambda: len(calls) > 1)
    assert calls == ["evt_1", "evt_2"]
    go.set()
    await settled(events, "handled", 2)
    assert "lost" not in (await events.stats()).counts
    await events.close()
    await running


@pytest.mark.parametrize("kind", [each for each in KINDS if each.durable], indirect=True, ids=lambda kind: kind.name)
async def test_a_lost_lease_cancels_the_handler(events: EventDispatcher, kind: StoreKind, clock: ManualClock) -> None:
    """A handler whose lease another worker has is cancelled, and can neither commit nor settle."""
    started, outcome = asyncio.Event(), list[str]()

    @events.on("*", group="g", timeout=1_000)
    async def handle(event: Event[Any]) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            with pytest.raises(LeaseLostError):
                await event.commit(kind.add("twice"))
            outcome.append("cancelled")
            raise

    await deliver(events, clock, 1)
    running = asyncio.create_task(events.run())
    await started.wait()
    other = await kind.open()
    asked = asyncio.Event()

    async def gone(*args: Any, **kwargs: Any) -> Any:
        asked.set()
        raise OSError("this process is stopped")

    own = {name: getattr(events._store, name) for name in ("lease", "renew")}
    for name in own:
        setattr(events._store, name, gone)
    events._store.wake.set()
    await asked.wait()  # no earlier call is under way
    assert await other.lease(["g"], limit=1, seconds=30, attempts=9) == []  # starts to watch the lease
    clock.advance(31)
    (taken,) = await other.lease(["g"], limit=1, seconds=30, attempts=9)
    for name, method in own.items():
        setattr(events._store, name, method)
    clock.advance(3)
    await settled(events, "lost")
    assert outcome == ["cancelled"]
    assert taken.attempt == 2
    running.cancel()
    await asyncio.wait({running})


def test_a_dispatcher_can_be_used_in_one_loop_after_another(tmp_path: Path, clock: ManualClock) -> None:
    """A dispatcher can be used in several event loops, one after the other."""
    got: list[str] = []
    events = EventDispatcher(secrets=SECRET, inbox=f"sqlite:///{tmp_path}/inbox.db", clock=clock)

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        got.append(event.id)

    async def once(number: int) -> None:
        async with events:
            running = asyncio.create_task(events.run())
            await turns(2)
            await deliver(events, clock, number)
            await eventually(lambda: len(got) == number)
            await events.close()
            await running

    for number in (1, 2, 3):
        asyncio.run(once(number))
