"""How a delivery is received, and what is answered when it is not kept."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.sandbox.clock import iso_time
from cstar_async.webhooks import EventDispatcher, sign
from cstar_async.webhooks.receiving.content import LARGEST_BODY

from .deliveries import SECRET, event_body, signed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from .clock import ManualClock

DAY = 86_400.0


@pytest.fixture
async def events(clock: ManualClock) -> AsyncIterator[EventDispatcher]:
    """A dispatcher in memory."""
    async with EventDispatcher(secrets=["whsec_old", SECRET], inbox="memory:", clock=clock) as made:
        yield made


async def test_a_repeat_is_acknowledged_as_a_duplicate(events: EventDispatcher, clock: ManualClock) -> None:
    """A repeated delivery is answered 200 and counted as a duplicate, also with another secret and form."""
    body = event_body(1, clock)
    first = await events.accept(signed(body), body)
    assert (first.status, first.body) == (200, b'{"received":true,"duplicate":false}')
    second = await events.accept({"x-signature": sign(body, "whsec_old", timestamp=clock.time())}, body)
    assert (second.status, second.body) == (200, b'{"received":true,"duplicate":true}')
    assert (await events.stats()).counts == {"accepted": 1, "duplicates": 1}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, None, 401),
        ({"X-Signature": "nonsense"}, None, 401),
        ({"X-Signature": sign(b"other", SECRET)}, None, 401),
        ({"X-Event-ID": "evt_2"}, None, 400),
        ({"X-Event-Type": "ticket.created"}, None, 400),
        ({"x-event-id": "evt_1", "X-EVENT-TYPE": "ticket.updated"}, None, 200),
        ({"X-Timestamp": "nonsense", "X-Delivery-Attempt": "99"}, None, 200),
        ({}, b"not JSON", 400),
        ({}, b'{"id":"evt_1","type":"ticket.created","team_id":"t"}', 400),
        ({}, b"x" * (LARGEST_BODY + 1), 413),
    ],
)
async def test_the_status_of_the_answer(
    events: EventDispatcher, clock: ManualClock, headers: dict[str, str], body: bytes | None, status: int
) -> None:
    """The status says whether signature, headers, body and size are in order, and is counted."""
    sent = event_body(1, clock) if body is None else body
    given = headers if status == 401 else signed(sent, **headers)
    assert (await events.accept(given, sent)).status == status
    counts = (await events.stats()).counts
    assert counts == ({"accepted": 1} if status == 200 else {f"refused_{status}": 1})


@pytest.mark.parametrize(
    ("away", "status"), [(-35 * DAY - 1, 400), (-35 * DAY + 1, 200), (299, 200), (301, 400)], ids=str
)
async def test_the_age_of_an_event(events: EventDispatcher, clock: ManualClock, away: float, status: int) -> None:
    """Events are accepted up to 35 days after and 5 minutes before their time."""
    body = event_body(1, clock, created_at=iso_time(clock.time() + away))
    assert (await events.accept(signed(body), body)).status == status


async def test_a_late_retry_with_the_first_time_in_its_signature(events: EventDispatcher, clock: ManualClock) -> None:
    """A retry after 31 hours is accepted although its signature has the time of the first attempt."""
    body = event_body(1, clock)
    headers = {"X-Signature": sign(body, SECRET, timestamp=clock.time())}
    clock.advance(31 * 3_600)
    assert (await events.accept(headers, body)).status == 200


async def test_ids_are_remembered_for_as_long_as_events_are_accepted(
    events: EventDispatcher, clock: ManualClock
) -> None:
    """A repeat is a duplicate or too old at every time, and never new."""
    body = event_body(1, clock, created_at=iso_time(clock.time() + 299))
    await events.accept(signed(body), body)
    await events.drain()
    seen: list[tuple[int, bytes]] = []
    for _ in range(80):
        clock.advance(DAY / 2)
        await events.prune()
        reply = await events.accept(signed(body), body)
        seen.append((reply.status, reply.body[-6:]))
    assert {status for status, _ in seen} == {200, 400}
    assert all(status == 400 or tail == b":true}" for status, tail in seen)


async def test_why_the_inbox_cannot_be_opened_is_logged(
    clock: ManualClock, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A delivery that finds no inbox is answered 503, and the log names the file and the reason."""
    events = EventDispatcher(secrets=SECRET, inbox=f"sqlite:///{tmp_path}/no/such.db", clock=clock)
    body = event_body(1, clock)
    assert (await events.accept(signed(body), body)).status == 503
    assert "/no/such.db cannot be opened: its folder does not exist" in caplog.text


async def test_503_while_the_inbox_cannot_keep_it(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A delivery is answered 503 if the store fails or does not finish in time, and accepted later."""
    events = EventDispatcher(secrets=SECRET, inbox="memory:", store_timeout=0.05, clock=clock)
    await events.open()
    accept = events._store.accept
    body = event_body(1, clock)

    async def fails(_: object) -> bool:
        raise sqlite3.OperationalError("database or disk is full")

    async def hangs(_: object) -> bool:
        await asyncio.Event().wait()
        return True

    for stand_in in (fails, hangs):
        monkeypatch.setattr(events._store, "accept", stand_in)
        reply = await events.accept(signed(body), body)
        assert (reply.status, reply.headers["Retry-After"]) == (503, "30")
    monkeypatch.setattr(events._store, "accept", accept)
    assert (await events.accept(signed(body), body)).body == b'{"received":true,"duplicate":false}'
    assert (await events.stats()).counts == {"accepted": 1, "refused_503": 2}
    await events.close()


async def test_an_inbox_that_opens_later(clock: ManualClock, tmp_path: Any) -> None:
    """A receiver that could not open its inbox opens it for a later delivery."""
    folder = tmp_path / "later"
    events = EventDispatcher(secrets=SECRET, inbox=f"sqlite:///{folder}/inbox.db", clock=clock)
    body = event_body(1, clock)
    assert (await events.accept(signed(body), body)).status == 503
    folder.mkdir()
    assert (await events.accept(signed(body), body)).status == 200
    await events.close()


async def test_deliveries_that_open_the_inbox_together_survive_a_cancelled_one(
    clock: ManualClock, tmp_path: Any
) -> None:
    """Cancelling the delivery that opens the inbox does not fail those that wait with it."""
    events = EventDispatcher(secrets=SECRET, inbox=f"sqlite:///{tmp_path}/inbox.db", clock=clock)
    bodies = [event_body(n, clock) for n in range(20)]
    tasks = [asyncio.create_task(events.accept(signed(body), body)) for body in bodies]
    await asyncio.sleep(0)
    tasks[0].cancel()
    replies = await asyncio.gather(*tasks, return_exceptions=True)
    assert [reply.status for reply in replies[1:] if not isinstance(reply, BaseException)] == [200] * 19
    await events.close()
