"""What a dispatcher does after it has been closed, and how it is opened again."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.webhooks import Event, EventDispatcher

from .deliveries import SECRET, event_body, signed
from .waiting import eventually

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from .clock import ManualClock

CALLS: dict[str, Callable[[EventDispatcher], Awaitable[Any]]] = {
    "run": EventDispatcher.run,
    "drain": EventDispatcher.drain,
    "dead_letters": EventDispatcher.dead_letters,
    "redrive": EventDispatcher.redrive,
    "prune": EventDispatcher.prune,
    "stats": EventDispatcher.stats,
    "inbox.stats": lambda events: events.inbox.stats(),
}


@pytest.mark.parametrize("begun", [True, False], ids=["begun", "never begun"])
async def test_a_closed_dispatcher_answers_503(events: EventDispatcher, clock: ManualClock, *, begun: bool) -> None:
    """A closed dispatcher answers 503, or 401 if the signature is not good, and does not open the inbox again."""
    if begun:
        await events.open()
    await events.close()
    body = event_body(1, clock)
    reply = await events.accept(signed(body), body)
    assert (reply.status, reply.headers["Retry-After"]) == (503, "30")
    assert (await events.accept({}, body)).status == 401


@pytest.mark.parametrize("name", CALLS)
async def test_calls_of_a_closed_dispatcher_raise(events: EventDispatcher, name: str) -> None:
    """Each call of a closed dispatcher raises RuntimeError."""
    await events.open()
    await events.close()
    with pytest.raises(RuntimeError, match="the dispatcher is closed"):
        await asyncio.wait_for(CALLS[name](events), 60)


async def test_it_answers_503_while_it_waits_for_its_handlers(events: EventDispatcher, clock: ManualClock) -> None:
    """A delivery during the grace period is answered 503."""
    go, begun = asyncio.Event(), asyncio.Event()

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        begun.set()
        await go.wait()

    first, second = event_body(1, clock), event_body(2, clock)
    assert (await events.accept(signed(first), first)).status == 200
    running = asyncio.create_task(events.run())
    await begun.wait()
    closing = asyncio.create_task(events.close())
    await asyncio.sleep(0)
    assert (await events.accept(signed(second), second)).status == 503
    with pytest.raises(RuntimeError, match="is being closed"):
        await events.open()
    go.set()
    await closing
    await running


async def test_it_can_be_opened_again(events: EventDispatcher, clock: ManualClock) -> None:
    """A dispatcher can be opened and closed several times."""
    got: list[str] = []

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        got.append(event.id)

    for number in (1, 2):
        async with events:
            body = event_body(number, clock)
            assert (await events.accept(signed(body), body)).status == 200
            await events.drain()
    assert got == ["evt_1", "evt_2"]


@pytest.mark.parametrize("turns", range(12))
async def test_closing_ends_a_run_that_has_hardly_begun(events: EventDispatcher, turns: int) -> None:
    """`close` ends a `run` at each moment of its start."""
    await events.open()
    running = asyncio.create_task(events.run())
    for _ in range(turns + 1):
        await asyncio.sleep(0)
    await events.close()
    await asyncio.wait_for(running, 60)


async def test_closing_ends_although_a_handler_does_not(
    clock: ManualClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handler that swallows its cancellation does not keep `close` and `run` from returning."""
    monkeypatch.setattr("cstar_async.webhooks.processing.worker.SHUTDOWN_GRACE", 0.05)
    events = EventDispatcher(secrets=SECRET, inbox=f"sqlite:///{tmp_path}/inbox.db", clock=clock)
    go, begun, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        begun.set()
        while not go.is_set():
            try:
                await go.wait()
            except asyncio.CancelledError:
                continue
        ended.set()

    body = event_body(1, clock)
    await events.accept(signed(body), body)
    running = asyncio.create_task(events.run())
    await begun.wait()
    await asyncio.wait_for(events.close(grace=0), 60)
    await asyncio.wait_for(running, 60)
    go.set()
    await eventually(ended.is_set)


async def test_events_lost_with_memory_are_logged(clock: ManualClock, caplog: pytest.LogCaptureFixture) -> None:
    """Closing an inbox in memory logs how many accepted events were not handled."""
    events = EventDispatcher(secrets=SECRET, inbox="memory:", clock=clock)

    @events.on("*")
    async def handle(event: Event[Any]) -> None: ...

    for number in (1, 2, 60):
        body = event_body(number, clock)
        await events.accept(signed(body), body)
        if number == 1:
            await events.drain()
    await events.close()
    assert "2 events were lost with the inbox in memory" in caplog.text
    caplog.clear()
    async with events:
        await events.drain()
    assert caplog.text == ""


def test_a_loop_that_ended_without_close_is_followed_by_another(clock: ManualClock, tmp_path: Path) -> None:
    """Calls on a new loop each need no close in between, and any loop can close the dispatcher."""
    events = EventDispatcher(secrets=SECRET, inbox=f"sqlite:///{tmp_path}/inbox.db", clock=clock)
    asyncio.run(events.open())
    body = event_body(1, clock)
    assert asyncio.run(events.accept(signed(body), body)).status == 200
    assert asyncio.run(events.stats()).counts == {"accepted": 1}
    asyncio.run(events.close())
    assert asyncio.run(events.accept(signed(body), body)).status == 503
    asyncio.run(events.open())
    asyncio.run(events.close())
