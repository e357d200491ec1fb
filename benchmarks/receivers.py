"""Receivers of webhooks, each in a process of its own: `python -m benchmarks.receivers KIND [INBOX]` prints its port.

`bare` and `fastapi` check the HMAC, parse and answer; `ours` stores the events in an inbox, and `handling` runs the
handlers too. `GET /handled` returns how many events were handled.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import orjson
from aiohttp import web

from .rounds import SERVER_CORE, pin

if TYPE_CHECKING:
    from collections.abc import Generator

SECRET = "whsec_benchmark"
PATH = "/webhooks/cstar"


def good(body: bytes, header: str) -> bool:
    """Whether the signature is valid: the minimum that every receiver has to check."""
    expected = "sha256=" + hmac.digest(SECRET.encode(), body, hashlib.sha256).hex()
    return hmac.compare_digest(expected, header)


async def bare(request: web.Request) -> web.Response:
    """The limit: aiohttp.web, the HMAC and the JSON, without storing anything."""
    body = await request.read()
    if not good(body, request.headers["X-Signature"]):
        return web.Response(status=401)
    orjson.loads(body)
    return web.Response(body=b'{"received":true}', content_type="application/json")


async def serve_aiohttp(handler: Any, handled: list[int]) -> None:
    """Serve a handler of aiohttp.web until the process ends."""

    async def count(_: web.Request) -> web.Response:
        return web.Response(text=str(handled[0]))

    application = web.Application()
    application.router.add_post(PATH, handler)
    application.router.add_get("/handled", count)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


async def serve_fastapi() -> None:
    """`bare` in FastAPI, as its documentation shows it, on uvicorn."""
    import uvicorn
    from fastapi import FastAPI, Request, Response

    application = FastAPI()

    async def receive(request: Request) -> Response:
        body = await request.body()
        if not good(body, request.headers["x-signature"]):
            return Response(status_code=401)
        orjson.loads(body)
        return Response(b'{"received":true}', media_type="application/json")

    # As `@application.post` does, which cannot evaluate the module's postponed annotations here.
    receive.__annotations__ = {"request": Request, "return": Response}
    application.add_api_route(PATH, receive, methods=["POST"])
    # Without IPPROTO_TCP asyncio does not set TCP_NODELAY.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        print(listening.getsockname()[1], flush=True)
        await uvicorn.Server(uvicorn.Config(application, log_config=None, backlog=1024)).serve([listening])


async def serve_ours(inbox: str, *, run: bool) -> None:
    """A dispatcher with one group whose handler does nothing."""
    from cstar_async.webhooks import Event, EventDispatcher

    events = EventDispatcher(secrets=SECRET, inbox=inbox, concurrency=64)
    handled = [0]

    @events.on("*", group="bench")
    async def handle(_: Event[Any]) -> None:
        handled[0] += 1

    await events.open()
    working = asyncio.create_task(events.run()) if run else None
    await serve_aiohttp(events.aiohttp_handler(), handled)
    if working is not None:
        await working


class Receiver:
    """A running receiver."""

    def __init__(self, port: int) -> None:
        self.port = port

    def handled(self) -> int:
        """The number of events that its handler has received."""
        with urlopen(f"http://127.0.0.1:{self.port}/handled") as answer:  # our own loopback address
            return int(answer.read())


@contextlib.contextmanager
def running(kind: str, inbox: str = "") -> Generator[Receiver]:
    """Run a receiver until the end of the block."""
    line = [sys.executable, "-m", "benchmarks.receivers", kind, inbox]
    with subprocess.Popen(line, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Receiver(int(process.stdout.readline()))
        finally:
            process.kill()


def main(kind: str, inbox: str) -> None:
    """Serve one kind of receiver."""
    pin(SERVER_CORE)
    if kind == "bare":
        asyncio.run(serve_aiohttp(bare, [0]))
    elif kind == "fastapi":
        asyncio.run(serve_fastapi())
    else:
        asyncio.run(serve_ours(inbox, run=kind == "handling"))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(sys.argv[1], sys.argv[2])
