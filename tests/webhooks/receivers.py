"""Receivers on a real port, one for each framework in docs/webhooks.md."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator, Callable
from typing import TYPE_CHECKING, Any

import uvicorn
from aiohttp import web

if TYPE_CHECKING:
    from cstar_async.webhooks import EventDispatcher

PATH = "/webhooks/cstar"


@contextlib.asynccontextmanager
async def aiohttp_receiver(events: EventDispatcher) -> AsyncGenerator[str]:
    """aiohttp.web."""
    application = web.Application()
    application.router.add_post(PATH, events.aiohttp_handler())
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    finally:
        await runner.cleanup()


def starlette_application(events: EventDispatcher) -> Any:
    """As docs/webhooks.md shows it."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    return Starlette(routes=[Route(PATH, events.asgi(), methods=["POST"])])


def fastapi_application(events: EventDispatcher) -> Any:
    """As docs/webhooks.md shows it."""
    from fastapi import FastAPI
    from starlette.routing import Route

    application = FastAPI()
    application.router.routes.append(Route(PATH, events.asgi(), methods=["POST"]))
    return application


def litestar_application(events: EventDispatcher) -> Any:
    """As docs/webhooks.md shows it."""
    from litestar import Litestar, asgi

    # Litestar's own logging would configure that of the whole process.
    return Litestar(route_handlers=[asgi(PATH, copy_scope=True)(events.asgi())], logging_config=None)


@contextlib.asynccontextmanager
async def uvicorn_receiver(application: Any) -> AsyncGenerator[str]:
    """An ASGI application on uvicorn."""
    server = uvicorn.Server(uvicorn.Config(application, log_config=None, lifespan="off", timeout_graceful_shutdown=1))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        # serve() would also install signal handlers.
        serving = asyncio.create_task(server._serve([listening]))
        while not server.started:
            await asyncio.sleep(0.002)
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}{PATH}"
        finally:
            server.should_exit = True
            await serving


RunReceiver = Callable[["EventDispatcher"], contextlib.AbstractAsyncContextManager[str]]

RECEIVERS: dict[str, RunReceiver] = {
    "aiohttp": aiohttp_receiver,
    "asgi": lambda events: uvicorn_receiver(events.asgi()),
    "starlette": lambda events: uvicorn_receiver(starlette_application(events)),
    "fastapi": lambda events: uvicorn_receiver(fastapi_application(events)),
    "litestar": lambda events: uvicorn_receiver(litestar_application(events)),
}
