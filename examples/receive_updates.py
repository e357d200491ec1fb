"""Receive ticket updates into your own database: the seed's second pattern.

An aiohttp.web handler that checks the signature over the raw bytes and stores the ticket, each event once.
Run it: `python examples/receive_updates.py`. It starts the receiver and sends itself the same signed event twice.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import sqlite3

import orjson
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

SCHEMA = """
CREATE TABLE IF NOT EXISTS events (id TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS tickets (id TEXT PRIMARY KEY, title TEXT, status TEXT, updated_at TEXT);
"""
UPSERT = """
INSERT INTO tickets VALUES (:id, :title, :status, :at)
ON CONFLICT (id) DO UPDATE SET title = excluded.title, status = excluded.status, updated_at = excluded.updated_at
WHERE excluded.updated_at >= tickets.updated_at
"""


def signature_is_good(body: bytes, header: str, secret: str) -> bool:
    """Whether `header` is cStar's `sha256=<hex>` for these bytes (seed). Only raw bytes can be checked."""
    expected = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), header.encode())


def make_app(database: sqlite3.Connection, secret: str) -> web.Application:
    """The receiver."""
    database.executescript(SCHEMA)

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        if not signature_is_good(body, request.headers.get("X-Signature", ""), secret):
            return web.Response(status=401, text="invalid signature")
        event = orjson.loads(body)
        # One transaction for the event's id and its effect: a repeated delivery changes nothing, and neither does an
        # older event that arrives after a newer one.
        with database:
            new = database.execute("INSERT OR IGNORE INTO events VALUES (?)", (event["id"],)).rowcount
            if new and event["type"] in {"ticket.created", "ticket.updated", "ticket.closed"}:
                data = event["data"]
                row = {"id": data["id"], "title": data.get("title"), "status": data.get("status")}
                database.execute(UPSERT, row | {"at": event["created_at"]})
        return web.Response(text="stored" if new else "known")

    app = web.Application(client_max_size=1024 * 1024)
    app.router.add_post("/webhooks/cstar", receive)
    return app


async def main() -> None:
    """Deliver one event twice, as cStar may."""
    secret = "whsec_example"  # noqa: S105 - an example's
    database = sqlite3.connect(":memory:")
    body = orjson.dumps(
        {
            "id": "evt_abc123",
            "type": "ticket.updated",
            "created_at": "2025-12-10T14:30:00Z",
            "team_id": "your-team-id",
            "data": {"id": "tkt_abc123", "title": "Café is closed", "status": "open"},
        }
    )
    signature = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    async with TestServer(make_app(database, secret)) as server, ClientSession() as cstar:
        for _ in range(2):
            headers = {"X-Signature": signature}
            async with cstar.post(server.make_url("/webhooks/cstar"), data=body, headers=headers) as answer:
                print(answer.status, await answer.text())
    print(database.execute("SELECT * FROM tickets").fetchall())
    database.close()


if __name__ == "__main__":
    asyncio.run(main())
