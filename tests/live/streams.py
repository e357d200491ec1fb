"""Event streams as a server sends them, and helpers that read them."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

from aiohttp import web

from tests.support import server as script

if TYPE_CHECKING:
    from cstar_async import CStarClient

EVENT = (
    '{"id":"%s","type":"ticket.created","created_at":"2026-03-02T09:00:00Z","team_id":"t",'
    '"data":{"id":"tkt_1","title":"Café"}}'
)


def frame(event_id: str) -> bytes:
    """An event as it is sent."""
    return f"id: {event_id}\nevent: ticket.created\ndata: {EVENT % event_id}\n\n".encode()


def streaming(*parts: bytes, end: str = "close") -> script.Answer:
    """Send these parts, then end, break or hang."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_type = "text/event-stream"
        await response.prepare(request)
        for part in parts:
            await response.write(part)
        if end == "break":
            assert request.transport is not None
            request.transport.abort()
        if end == "hang":
            await asyncio.Event().wait()
        return response

    return answer


async def take(events: Any, count: int) -> list[str]:
    """The ids of the next events."""
    found: list[str] = []
    async with aclosing(aiter(events)) as iterator:
        async for event in iterator:
            found.append(event.id)
            if len(found) == count:
                break
    return found


async def followed(cstar: CStarClient) -> asyncio.Task[None]:
    """A task that reads a stream and has had its first event."""
    got = asyncio.Event()

    async def follow() -> None:
        async for _ in cstar.events.stream():
            got.set()

    following = asyncio.create_task(follow())
    await got.wait()
    return following
