"""A terminal dashboard of the desk: open tickets as they come and go, on the sandbox. Needs `pip install textual`.

`make dashboard` runs it. Keys: c closes the ticket under the cursor, p raises its priority, q quits.
"""

from __future__ import annotations

import asyncio
import math
import random
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import App
from textual.widgets import Footer, Header, RichLog, Static

from cstar_async import CStarClient, CStarError
from cstar_async.live.textual import LiveTable
from cstar_async.sandbox import Sandbox, VirtualClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from cstar_async.live import Live, LiveState
    from cstar_async.models import Ticket
    from cstar_async.webhooks import Event

HIGHER = {"low": "normal", "normal": "high", "high": "urgent"}
COLUMNS = ("title", "priority", "customer_name", "tags", "updated_at")


class Dashboard(App[None]):
    """Open tickets, the number of urgent ones, and the events of the team."""

    TITLE = "cStar desk"
    CSS = "LiveTable { height: 2fr; border: round $primary; } RichLog { height: 1fr; border: round $secondary; }"
    BINDINGS: ClassVar[list[BindingType]] = [("c", "close", "Close"), ("p", "raise", "Priority"), ("q", "quit", "Quit")]

    def __init__(self, cstar: CStarClient, live: Live) -> None:
        super().__init__()
        self.cstar, self.live = cstar, live
        self.tickets = live.list(cstar.tickets.list(status="open", page_size=50))
        self.urgent = live.list(cstar.tickets.list(status="open", priority="urgent", page_size=1))

    def compose(self) -> ComposeResult:
        """Lay out the screen."""
        yield Header()
        yield Static(id="summary")
        yield LiveTable(self.tickets, COLUMNS, id="tickets")
        yield RichLog(id="events", max_lines=200)
        yield Footer()

    def on_mount(self) -> None:
        """Begin to follow the desk; until the application ends."""
        self.ends = [
            self.urgent.subscribe(self.summarise),
            self.tickets.subscribe(self.summarise),
            self.live.on("*", self.log_event),
            self.live.on_error(lambda error: self.notify(str(error), severity="warning", markup=False)),
        ]
        self.query_one(LiveTable).focus()

    def on_unmount(self) -> None:
        """Follow the desk no more."""
        for end in self.ends:
            end()

    def summarise(self, _: LiveState[Any]) -> None:
        """Show the numbers."""
        tickets, urgent = self.tickets.state, self.urgent.state
        source = "live" if tickets.connected else "polling"
        left = f"{self.cstar.quota.remaining} requests left"
        text = f"{tickets.pagination.total or 0} open, {urgent.pagination.total or 0} urgent · {source} · {left}"
        self.query_one("#summary", Static).update(text)

    def log_event(self, event: Event[Any]) -> None:
        """Add a line for an event."""
        subject = getattr(event.data, "title", None) or getattr(event.data, "content", None) or ""
        self.query_one(RichLog).write(f"{event.created_at:%H:%M:%S} {event.type} {subject}")

    async def action_close(self) -> None:
        """Close the ticket under the cursor. It disappears at once, and comes back if that fails."""
        await self.change(status="closed")

    async def action_raise(self) -> None:
        """Raise the priority of the ticket under the cursor."""
        selected = self.query_one(LiveTable).selected
        ticket = next((each for each in self.tickets.state.data if each.id == selected), None)
        if ticket is not None and ticket.priority in HIGHER:
            await self.change(priority=HIGHER[ticket.priority])

    async def change(self, **fields: Any) -> None:
        """Change the ticket under the cursor, and show it before the service has answered."""
        ticket_id = self.query_one(LiveTable).selected
        if ticket_id is None:
            return
        try:
            async with self.tickets.assume(ticket_id, **fields):
                await self.cstar.tickets.update(ticket_id, **fields)
        except CStarError as error:
            self.notify(str(error), severity="error", markup=False)


async def customers_write(cstar: CStarClient, pauses: AsyncIterator[None], chance: random.Random) -> None:
    """Let customers open tickets and write messages, one at each pause."""
    subjects = ("Cannot log in", "Invoice is wrong", "Printer on fire", "Where is my order?", "Please add dark mode")
    tickets: list[Ticket] = []
    async for _ in pauses:
        if not tickets or chance.random() < 0.6:
            priority = chance.choice(("low", "normal", "high", "urgent"))
            title = f"{chance.choice(subjects)} ({len(tickets) + 1})"
            tickets.append(await cstar.tickets.create(title=title, priority=priority, status="open"))
        else:
            await cstar.tickets.messages.create(chance.choice(tickets).id, content="Any news?", sender="customer")


async def every(seconds: float) -> AsyncIterator[None]:
    """Give a pause again and again."""
    while True:
        await asyncio.sleep(seconds)
        yield


async def main() -> None:
    """Run the dashboard on a sandbox with customers."""
    async with (
        Sandbox(clock=VirtualClock(running=True), demo=True, quota=False) as sandbox,
        sandbox.client() as customers,
        sandbox.client() as cstar,
        cstar.live(share=math.inf) as live,  # the sandbox counts no requests here; cStar does
        asyncio.TaskGroup() as group,
    ):
        seed = int(sys.argv[1]) if len(sys.argv) > 1 else None
        writing = group.create_task(customers_write(customers, every(1.5), random.Random(seed)))  # noqa: S311  # only for show
        await Dashboard(cstar, live).run_async()
        writing.cancel()


if __name__ == "__main__":
    asyncio.run(main())
