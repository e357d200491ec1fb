"""Receive ticket updates into your own database.

Each event is verified, stored on the disk and only then acknowledged. Its effect on the table `tickets` and the mark
that it is done are one transaction, so that no event is lost or counted twice, even if the process is killed.
Run it: `python examples/receive_updates.py`. It starts the receiver and sends itself the same signed event twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from cstar_async.webhooks import Event, EventDispatcher, sign

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import AsyncIterator

SCHEMA = "CREATE TABLE IF NOT EXISTS tickets (id TEXT PRIMARY KEY, title TEXT, status TEXT, updates INTEGER NOT NULL)"
UPSERT = """
INSERT INTO tickets VALUES (:id, :title, :status, 1) ON CONFLICT (id) DO UPDATE SET
    title = coalesce(excluded.title, title), status = coalesce(excluded.status, status), updates = updates + 1
"""


def make_events(inbox: str, secret: str) -> EventDispatcher:
    """The event handlers. The inbox and the application have their tables in the same database."""
    events = EventDispatcher(secrets=secret, inbox=inbox)

    @events.on("ticket.created", "ticket.updated", "ticket.closed", group="tickets")
    async def keep(event: Event[Any]) -> None:
        data = event.data

        def write(database: sqlite3.Connection) -> None:
            database.execute(SCHEMA)
            database.execute(UPSERT, {"id": data.id, "title": data.title, "status": data.status})

        await event.commit(write)  # exactly once

    return events


def make_app(events: EventDispatcher) -> web.Application:
    """A receiver that also handles the events; `events.run()` can be in another process instead."""

    async def working(_: web.Application) -> AsyncIterator[None]:
        running = asyncio.create_task(events.run())
        yield
        await events.close()  # let running handlers finish
        await running

    app = web.Application()
    app.cleanup_ctx.append(working)
    app.router.add_post("/webhooks/cstar", events.aiohttp_handler())
    return app


async def main() -> None:
    """Deliver one event twice, as cStar may."""
    secret = os.environ.get("CSTAR_WEBHOOK_SECRET", "whsec_example")
    body = orjson.dumps(
        {
            "id": "evt_abc123",
            "type": "ticket.updated",
            "created_at": dt.datetime.now(dt.UTC),
            "team_id": "your-team-id",
            "data": {"id": "tkt_abc123", "title": "Café is closed", "status": "open"},
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "desk.db"
        events = make_events(f"sqlite:///{database}", secret)
        async with TestServer(make_app(events)) as server, ClientSession() as cstar:
            for _ in range(2):
                headers = {"X-Signature": sign(body, secret)}
                async with cstar.post(server.make_url("/webhooks/cstar"), data=body, headers=headers) as answer:
                    print(answer.status, await answer.text())
            await events.drain()
        print(rows(database))


def rows(database: Path) -> list[tuple[Any, ...]]:
    """The rows of the application's table."""
    import sqlite3

    with contextlib.closing(sqlite3.connect(database)) as connection:
        return connection.execute("SELECT * FROM tickets").fetchall()


if __name__ == "__main__":
    asyncio.run(main())
