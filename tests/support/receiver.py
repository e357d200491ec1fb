"""A server of a user that receives webhooks, over real sockets."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Received(NamedTuple):
    """One delivery, as it arrived."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        """The event."""
        return json.loads(self.body)


class Receiver:
    """Records deliveries, and gives the prepared answers, then 200."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[int] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Record a delivery and answer it."""
        self.received.append(Received(dict(request.headers), await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 200, text="thank you")

    @property
    def types(self) -> list[str]:
        """The types of the received events, in order."""
        return [each.event["type"] for each in self.received]

    async def wait(self, count: int, seconds: float = 20) -> list[Received]:
        """Wait until so many deliveries have arrived."""
        async with asyncio.timeout(seconds):
            while len(self.received) < count:
                await asyncio.sleep(0.01)
        return self.received


@asynccontextmanager
async def receiver(found: Receiver | None = None) -> AsyncIterator[Receiver]:
    """A receiver on its own port."""
    found = found or Receiver()
    application = web.Application()
    application.router.add_post("/hook", found.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield found
    finally:
        await runner.cleanup()
