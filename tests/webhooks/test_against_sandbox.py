"""The whole chain over real sockets: a change in the sandbox, its signed delivery, the inbox, the handler."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from aiohttp import web

from cstar_async.sandbox import Sandbox
from cstar_async.webhooks import Event, EventDispatcher

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from cstar_async import CStarClient


class Scene(NamedTuple):
    """A sandbox that delivers everything to a dispatcher."""

    sandbox: Sandbox
    cstar: CStarClient
    events: EventDispatcher
    handled: list[Event[Any]]

    async def settle(self) -> None:
        """Deliver and handle what is due."""
        await self.sandbox.settled()
        await self.events.drain()


@contextlib.asynccontextmanager
async def scene(inbox: str, **options: Any) -> AsyncGenerator[Scene]:
    """Run a sandbox, a receiver and a dispatcher that handles all events, on the sandbox's clock."""
    receivers: list[Any] = []

    async def receive(request: web.Request) -> web.StreamResponse:
        answer: web.StreamResponse = await receivers[0](request)
        return answer

    application = web.Application()
    application.router.add_post("/hook", receive)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with Sandbox(**options) as sandbox, sandbox.client() as cstar:
            url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
            webhook = await cstar.webhooks.create(name="all", url=url, events=["*"])
            events = EventDispatcher(secrets=webhook.secret or "", inbox=inbox, clock=sandbox.clock)
            handled: list[Event[Any]] = []

            @events.on("*", group="test")
            async def handle(event: Event[Any]) -> None:
                handled.append(event)

            receivers.append(events.aiohttp_handler())
            async with events:
                yield Scene(sandbox, cstar, events, handled)
    finally:
        await runner.cleanup()


@pytest.fixture(params=["memory:", "sqlite"])
def inbox(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an inbox in memory and in a file."""
    return "memory:" if request.param == "memory:" else f"sqlite:///{tmp_path}/inbox.db"


@pytest.mark.parametrize("signature", ["sha256", "t"])
@pytest.mark.parametrize("payload", ["flat", "nested"])
async def test_a_change_reaches_its_handler(inbox: str, signature: str, payload: str) -> None:
    """A change in the sandbox reaches its handler in each form of signature and payload."""
    from cstar_async.sandbox.switches import Switches

    async with scene(inbox, switches=Switches(signature=signature, payload=payload)) as s:  # type: ignore[arg-type]
        ticket = await s.cstar.tickets.create(title="Café on fire")
        await s.settle()
        (event,) = s.handled
        assert (event.type, event.data.id, event.data.title) == ("ticket.created", ticket.id, "Café on fire")


async def test_with_every_fault_on_each_event_is_handled_once_and_in_order(inbox: str) -> None:
    """Each event is handled once although deliveries are repeated, late, reordered or badly signed."""
    async with scene(inbox, parallel_deliveries=4) as s:
        for fault in ("duplicate", "reorder", "bad_signature", "duplicate"):
            s.sandbox.faults.add_delivery(event="ticket.*", times=3, **{fault: True})  # type: ignore[arg-type]
        s.sandbox.faults.add_delivery(event="ticket.*", times=3, delay=90)
        tickets = [await s.cstar.tickets.create(title=f"{n}") for n in range(6)]
        for status in ("pending", "closed"):
            for ticket in tickets:
                await s.cstar.tickets.update(ticket.id, status=status)
        for _ in range(8):
            await s.settle()
            s.sandbox.clock.advance(minutes=5)
        fired = [event.id for event in await s.cstar.events.list(types=["ticket.*"]).collect()]
        assert Counter(event.id for event in s.handled) == Counter(fired)
        counts = (await s.events.stats()).counts
        assert counts["duplicates"] >= 3
        assert counts["refused_401"] >= 1


async def test_events_are_handled_in_the_order_of_acceptance(inbox: str) -> None:
    """The events of a ticket are handled in the order in which they were accepted."""
    async with scene(inbox) as s:
        tickets = [await s.cstar.tickets.create(title=f"{n}") for n in range(5)]
        for title in "ab":
            for ticket in tickets:
                await s.cstar.tickets.update(ticket.id, title=title)
        await s.settle()
        for ticket in tickets:
            mine = [event.data.title for event in s.handled if event.data.id == ticket.id]
            assert mine[1:] == ["a", "b"]


async def test_every_event_is_delivered_after_an_outage_of_a_day(inbox: str) -> None:
    """After an outage of the inbox, the retries of cStar, which go on for 31 hours, deliver every event."""
    async with scene(inbox) as s:
        store = s.events._store
        accept = store.accept

        async def gone(_: object) -> bool:
            raise OSError("no database")

        store.accept = gone  # type: ignore[method-assign, assignment]
        await s.cstar.tickets.create(title="in the outage")
        for hours in (0, 1, 6):
            s.sandbox.clock.advance(hours=hours)
            await s.settle()
        assert s.handled == []
        store.accept = accept  # type: ignore[method-assign]
        s.sandbox.clock.advance(hours=24)
        await s.settle()
        assert [event.data.title for event in s.handled] == ["in the outage"]


class TestReconcile:
    """Finding events that were never delivered."""

    async def test_gaps_are_found_and_filled(self, inbox: str) -> None:
        """Events whose delivery was lost are found by the audit log, and handled with `enqueue`."""
        async with scene(inbox) as s:
            ticket = await s.cstar.tickets.create(title="seen")
            await s.settle()
            s.sandbox.faults.add_delivery(event="ticket.*", times=3, drop=True)
            lost = await s.cstar.tickets.create(title="lost")
            await s.cstar.tickets.update(ticket.id, title="changed unseen")
            await s.cstar.tickets.messages.create(ticket.id, content="Hello", sender="agent")
            await s.cstar.customers.create(name="Ada", email="ada@example.com")
            await s.settle()
            s.sandbox.clock.advance(minutes=5)
            found = await s.events.reconcile(s.cstar)
            assert [(gap.type, gap.enqueued) for gap in found.missing] == [
                ("ticket.created", False),
                ("ticket.updated", False),
                ("ticket.message_added", False),
            ]
            assert (found.checked, found.requests, found.complete) == (5, 1, True)
            filled = await s.events.reconcile(s.cstar, enqueue=True)
            assert [gap.enqueued for gap in filled.missing] == [True] * 3
            s.handled.clear()
            await s.events.drain()
            made = {event.type: event for event in s.handled}
            assert all(event.synthetic for event in s.handled)
            assert all(
                event.id == f"reconcile:{gap.audit_id}" for event, gap in zip(s.handled, filled.missing, strict=True)
            )
            assert (made["ticket.created"].data.id, made["ticket.created"].data.title) == (lost.id, "lost")
            assert made["ticket.updated"].data.title == "changed unseen"
            assert made["ticket.message_added"].data.ticket_id == ticket.id
            assert (await s.events.reconcile(s.cstar, enqueue=True)).missing == []

    async def test_it_keeps_to_its_budget(self, inbox: str) -> None:
        """At most `budget` requests are sent, and `complete` says whether everything was compared."""
        async with scene(inbox) as s:
            s.sandbox.faults.add_delivery(times=1_000, drop=True)
            for number in range(120):
                await s.cstar.tickets.create(title=f"{number}")
                s.sandbox.clock.advance(seconds=1)
            await s.settle()
            s.sandbox.clock.advance(minutes=5)
            found = await s.events.reconcile(s.cstar, budget=1)
            assert (found.checked, found.requests, found.complete, len(found.missing)) == (100, 1, False, 100)
            whole = await s.events.reconcile(s.cstar, budget=2)
            assert (whole.checked, whole.requests, whole.complete) == (120, 2, True)
            some = await s.events.reconcile(s.cstar, budget=10, enqueue=True)
            assert (some.requests, some.complete) == (10, False)
            assert sum(gap.enqueued for gap in some.missing) == 7
            later = dt.timedelta(seconds=s.sandbox.clock.time() - whole.missing[100].at.timestamp())
            assert (await s.events.reconcile(s.cstar, since=later)).checked == 20

    async def test_deleted_tickets_and_recent_changes(self, inbox: str) -> None:
        """Events of a deleted ticket are found too; changes of the last minutes are not compared yet."""
        async with scene(inbox) as s:
            s.sandbox.faults.add_delivery(times=1_000, drop=True)
            ticket = await s.cstar.tickets.create(title="short-lived")
            await s.cstar.tickets.delete(ticket.id)
            await s.settle()
            assert (await s.events.reconcile(s.cstar)).checked == 0
            s.sandbox.clock.advance(minutes=5)
            found = await s.events.reconcile(s.cstar, enqueue=True)
            assert [gap.type for gap in found.missing] == ["ticket.created", "ticket.deleted"]
            await s.events.drain()
            assert [(event.type, event.data.id) for event in s.handled] == [
                ("ticket.created", ticket.id),
                ("ticket.deleted", ticket.id),
            ]
