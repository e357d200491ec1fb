"""The statements of docs/aiohttp.md about aiohttp. If one fails with a newer aiohttp, the page needs a change."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from cstar_async.webhooks import EventDispatcher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HALF = b"POST /webhooks/cstar HTTP/1.1\r\nHost: localhost\r\n"


@asynccontextmanager
async def receiver(**options: Any) -> AsyncIterator[int]:
    """A receiver of webhooks, as its port."""
    async with EventDispatcher(secrets="whsec_test", inbox="memory:") as events:
        app = web.Application()
        app.router.add_post("/webhooks/cstar", events.aiohttp_handler())
        runner = web.AppRunner(app, **options)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield runner.addresses[0][1]
        finally:
            await runner.cleanup()


async def exchange(port: int, sent: bytes) -> bytes:
    """What the server answers until it closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        async with asyncio.timeout(5):
            return await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("sent", [b"", b"P", HALF, HALF + b"X-Signature: sha256="])
async def test_keepalive_timeout_bounds_the_headers(sent: bytes) -> None:
    """A client that does not finish its headers is disconnected without an answer."""
    async with receiver(keepalive_timeout=0.05) as port:
        assert await exchange(port, sent) == b""


@pytest.mark.parametrize(
    "sent",
    [
        b"no HTTP at all\r\n\r\n",
        b"POST /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        HALF + b"X-Signature: " + b"a" * 9_000 + b"\r\n\r\n",
        HALF + b"Content-Length: -1\r\n\r\n",
    ],
    ids=["no HTTP", "long address", "long header", "bad length"],
)
async def test_what_aiohttp_refuses_is_plain_text(sent: bytes) -> None:
    """Invalid HTTP gets a 400 in plain text from aiohttp, and the receiver goes on."""
    async with receiver() as port:
        head, _, _ = (await exchange(port, sent)).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.0 400 ")
        assert b"Content-Type: text/plain" in head
        whole = await exchange(port, HALF + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}")
        assert whole.startswith(b"HTTP/1.1 401 ")


async def test_the_limits_of_lines_can_be_raised() -> None:
    """`max_line_size` and `max_field_size` of the runner raise the limits."""
    async with receiver(max_line_size=20_000, max_field_size=20_000) as port:
        sent = HALF + b"X-Signature: " + b"a" * 10_000 + b"\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}"
        assert (await exchange(port, sent)).startswith(b"HTTP/1.1 401 ")
