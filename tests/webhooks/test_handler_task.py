"""The outcome of an accepted event, for each outcome of its handler."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.webhooks import Event, EventDispatcher, RejectEvent, RetryLater, TicketUpdated
from cstar_async.webhooks.processing.retry_policy import RETRY_DELAYS

from .deliveries import SECRET, deliver, event_body, signed
from .waiting import turns

if TYPE_CHECKING:
    from .clock import ManualClock
    from .stores import StoreKind


async def test_an_event_is_handled_once_with_its_typed_data(events: EventDispatcher, clock: ManualClock) -> None:
    """An event is handled once, with the data that was sent, although it is delivered twice."""
    got: list[TicketUpdated] = []

    @events.on("ticket.updated")
    async def handle(event: TicketUpdated) -> None:
        got.append(event)

    (first, second) = await deliver(events, clock, 1, 1)
    assert (first.status, second.status) == (200, 200)
    assert b'"duplicate":false' in first.body
    assert b'"duplicate":true' in second.body
    await events.drain()
    await events.drain()
    (event,) = got
    assert isinstance(event, TicketUpdated)
    assert (event.id, event.attempt, event.synthetic, event.data.title) == ("evt_1", 1, False, "Café 1")


async def test_failures_are_retried_with_growing_delays_up_to_a_dead_letter(
    events: EventDispatcher, clock: ManualClock
) -> None:
    """A failing event is tried nine times, at the delays of RETRY_DELAYS, and is then a dead letter."""
    attempts: list[float] = []

    @events.on("ticket.*", group="tickets")
    async def handle(event: Event[Any]) -> None:
        attempts.append(clock.time())
        raise ValueError("no")

    await deliver(events, clock, 1)
    await events.drain()
    for wait in RETRY_DELAYS[1:]:
        assert await events.dead_letters() == []
        clock.advance(wait * 0.79)
        count = len(attempts)
        await events.drain()
        assert len(attempts) == count
        clock.advance(wait * 0.42)
        await events.drain()
        assert len(attempts) == count + 1
    assert len(attempts) == 9
    (dead,) = await events.dead_letters()
    assert (dead.group, dead.event_id, dead.attempts) == ("tickets", "evt_1", 9)
    assert "ValueError" in (dead.error or "")
    assert "no" in (dead.error or "")
    assert await events.redrive() == 1
    await events.drain()
    assert len(attempts) == 10


async def test_a_handler_can_say_when_and_whether_again(events: EventDispatcher, clock: ManualClock) -> None:
    """`RetryLater(after=…)` sets the delay of the retry, and `RejectEvent` makes a dead letter at once."""
    calls: list[str] = []

    @events.on("ticket.*")
    async def handle(event: Event[Any]) -> None:
        calls.append(event.id)
        if event.id == "evt_dead":
            raise RejectEvent("never")
        if event.attempt == 1:
            raise RetryLater(after=100)

    await deliver(events, clock, "dead", "late")
    await events.drain()
    assert calls == ["evt_dead", "evt_late"]
    clock.advance(99)
    await events.drain()
    assert len(calls) == 2
    clock.advance(1)
    await events.drain()
    assert calls == ["evt_dead", "evt_late", "evt_late"]
    (dead,) = await events.dead_letters()
    assert (dead.error, dead.attempts) == ("never", 1)


async def test_a_lane_waits_for_its_retry_and_others_do_not(events: EventDispatcher, clock: ManualClock) -> None:
    """Later events of a ticket wait for its retry, those of other tickets do not."""
    done: list[str] = []

    @events.on("ticket.*")
    async def handle(event: Event[Any]) -> None:
        if event.id == "evt_1" and event.attempt == 1:
            raise ValueError
        done.append(event.id)

    await deliver(events, clock, 1, 2)
    await deliver(events, clock, 3, ticket="other")
    await events.drain()
    assert done == ["evt_3"]
    clock.advance(3)
    await events.drain()
    assert done == ["evt_3", "evt_1", "evt_2"]


@pytest.mark.parametrize("ordered", [True, False])
async def test_one_ticket_one_handler_at_a_time(events: EventDispatcher, clock: ManualClock, *, ordered: bool) -> None:
    """Events of a ticket are handled one at a time, with `ordered=False` all at once."""
    running: list[str] = []
    most = 0

    @events.on("*", ordered=ordered)
    async def handle(event: Event[Any]) -> None:
        nonlocal most
        running.append(event.id)
        most = max(most, len(running))
        await turns(3)
        running.remove(event.id)

    await deliver(events, clock, *range(5))
    await events.drain()
    assert most == (1 if ordered else 5)


async def test_commit_is_exactly_once(events: EventDispatcher, kind: StoreKind, clock: ManualClock) -> None:
    """`event.commit` takes effect once, although the handler fails before it and after it."""
    store = await kind.open()

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        if event.attempt == 1:
            with pytest.raises(ValueError, match="before"):
                await event.commit(kind.add(event.id, ValueError("before")))
            raise ValueError("before")
        assert await event.commit(kind.add(event.id)) == event.id
        with pytest.raises(RuntimeError, match="committed already"):
            await event.commit(kind.add("again"))
        raise ValueError("after")

    await deliver(events, clock, 1)
    for _ in range(4):
        await events.drain()
        clock.advance(100)
    if kind.durable:
        assert await kind.values(store) == ["evt_1"]
    else:
        assert await kind.values(events._store) == ["evt_1"]
    assert await events.dead_letters() == []


async def test_commit_outside_of_a_handler_is_refused(events: EventDispatcher, clock: ManualClock) -> None:
    """`event.commit` outside of the handler raises RuntimeError."""
    kept: list[Event[Any]] = []

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        kept.append(event)

    await deliver(events, clock, 1)
    await events.drain()
    with pytest.raises(RuntimeError, match="only in the handler"):
        await kept[0].commit(lambda _: None)


async def test_groups_fail_independently_and_unknown_types_arrive(events: EventDispatcher, clock: ManualClock) -> None:
    """A failure in one group is retried in that group only, and events of unknown types are handled."""
    got: list[tuple[str, str]] = []

    @events.on("ticket.*", group="a")
    async def a(event: Event[Any]) -> None:
        got.append(("a", event.id))
        if event.attempt == 1:
            raise ValueError

    @events.on("ticket.*", group="b")
    async def b(event: Event[Any]) -> None:
        got.append(("b", event.id))

    @events.on_unknown()
    async def unknown(event: Event[Any]) -> None:
        got.append((type(event).__name__, event.data["colour"]))

    await deliver(events, clock, 1)
    await deliver(events, clock, 2, kind="boss.melted", data={"colour": "red"})
    await events.drain()
    clock.advance(3)
    await events.drain()
    assert sorted(got) == [("UnknownEvent", "red"), ("a", "evt_1"), ("a", "evt_1"), ("b", "evt_1")]


async def test_a_payload_that_cannot_be_read_is_a_dead_letter_at_once(
    events: EventDispatcher, clock: ManualClock
) -> None:
    """A payload that cannot be decoded makes a dead letter at once, which names the field."""

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        raise AssertionError("called")

    body = event_body(1, clock, data={"title": "no id"})
    assert (await events.accept(signed(body), body)).status == 200
    await events.drain()
    (dead,) = await events.dead_letters()
    assert "$.data.id" in (dead.error or "")


async def test_logs_do_not_contain_the_payload(
    events: EventDispatcher, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Logs and reprs have no content of an event and no secret."""
    caplog.set_level(logging.INFO, "cstar_async")

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        raise ValueError(f"cannot file {event.data.title}")

    await deliver(events, clock, 1)
    await events.drain()
    body = event_body(2, clock, created_at="Café-o'clock")
    await events.accept(signed(body), body)
    assert "evt_1" in caplog.text
    assert "Café" not in caplog.text
    assert SECRET not in caplog.text + repr(events) + repr(vars(events.groups()[0].__class__))


@pytest.mark.parametrize(("retention", "days"), [(7 * 86_400, 7), (None, 35), (90 * 86_400, 90)])
async def test_content_is_kept_for_the_retention(
    kind: StoreKind, clock: ManualClock, retention: float | None, days: int
) -> None:
    """Content of handled events can be replayed for `retention`, by default 35 days, and is then removed."""
    import datetime as dt

    events = EventDispatcher(secrets=SECRET, inbox=kind.url, clock=clock, retention=retention)

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        pass

    await deliver(events, clock, 1)
    await events.drain()
    clock.advance((days - 0.1) * 86_400)
    await events.prune()
    assert await events.replay(since=dt.timedelta(days=365)) == 1
    await events.drain()
    clock.advance(0.2 * 86_400)
    await events.prune()
    assert await events.replay(since=dt.timedelta(days=365)) == 0
    await events.close()


async def test_replay_and_prune_by_the_dispatcher(events: EventDispatcher, clock: ManualClock) -> None:
    """`replay` repeats the events since a time, and `run` prunes old ones."""
    import datetime as dt

    got: list[str] = []

    @events.on("ticket.*")
    async def handle(event: Event[Any]) -> None:
        got.append(event.id)

    await deliver(events, clock, 1)
    clock.advance(3_600)
    await deliver(events, clock, 2)
    await events.drain()
    assert await events.replay(since=dt.timedelta(minutes=30)) == 1
    assert await events.replay(since=dt.datetime.fromtimestamp(0, dt.UTC), types=["customer.*"]) == 0
    await events.drain()
    assert got == ["evt_1", "evt_2", "evt_2"]
    clock.advance(34 * 86_400)
    assert await events.prune() == (0, 0)
    running = asyncio.create_task(events.run())
    await turns()
    clock.advance(2 * 86_400)
    async with asyncio.timeout(60):
        while await events._store.seen(since=0):
            await asyncio.sleep(0.002)
            clock.advance(3_600)
    assert await events.replay(since=dt.timedelta(days=365)) == 0
    await events.close()
    await running
