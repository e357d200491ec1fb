"""A receiver in each kind of server, as docs/webhooks.md shows it: `python -m tests.webhooks.servers KIND PORT INBOX`.

Where a framework has middlewares, one of them reads the body of requests with `X-Middleware: read`, and reads it from
the stream, so that nothing is left for the receiver, with `X-Middleware: consume`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from cstar_async.webhooks import EventDispatcher

from .deliveries import SECRET

PATH = "/webhooks/cstar"
HEADER = "X-Middleware"


def aiohttp_server(events: EventDispatcher, port: int) -> None:
    """aiohttp.web."""
    from aiohttp import web

    @web.middleware
    async def reading(request: web.Request, handler: Any) -> Any:
        if request.headers.get(HEADER) == "read":
            await request.read()
        elif request.headers.get(HEADER) == "consume":
            async for _ in request.content.iter_any():
                pass
        return await handler(request)

    app = web.Application(middlewares=[reading])
    app.router.add_post(PATH, events.aiohttp_handler())
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


def uvicorn_server(events: EventDispatcher, port: int) -> None:
    """The ASGI application alone, on uvicorn."""
    _uvicorn(events.asgi(), port)


def hypercorn_server(events: EventDispatcher, port: int) -> None:
    """The ASGI application beside another one, on hypercorn."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from hypercorn.middleware import DispatcherMiddleware

    started: list[str] = []

    async def neighbour(scope: Any, receive: Any, send: Any) -> None:
        while scope["type"] == "lifespan":
            kind = (await receive())["type"]
            started.append(kind)
            await send({"type": f"{kind}.complete"})
            if kind == "lifespan.shutdown":
                return
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": ",".join(started).encode()})

    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.errorlog = None
    receiver: Any = events.asgi()
    application: Any = DispatcherMiddleware({PATH: receiver, "/neighbour": neighbour})
    asyncio.run(serve(application, config))


def fastapi_server(events: EventDispatcher, port: int) -> None:
    """FastAPI with a middleware of Starlette."""
    from fastapi import FastAPI
    from starlette.middleware.base import BaseHTTPMiddleware
    from starlette.requests import Request
    from starlette.routing import Route

    async def reading(request: Request, call_next: Any) -> Any:
        if request.headers.get(HEADER) == "read":
            await request.body()
        elif request.headers.get(HEADER) == "consume":
            async for _ in request.stream():
                pass
        return await call_next(request)

    app = FastAPI()
    app.router.routes.append(Route(PATH, events.asgi(), methods=["POST"]))
    app.add_middleware(BaseHTTPMiddleware, dispatch=reading)
    _uvicorn(app, port)


def litestar_server(events: EventDispatcher, port: int) -> None:
    """Litestar."""
    from litestar import Litestar, asgi

    _uvicorn(Litestar(route_handlers=[asgi(PATH, copy_scope=True)(events.asgi())], logging_config=None), port)


def quart_server(events: EventDispatcher, port: int) -> None:
    """Quart, on hypercorn."""
    from hypercorn.asyncio import serve
    from hypercorn.config import Config
    from quart import Quart, request

    app = Quart(__name__)
    app.before_serving(events.open)

    @app.before_request
    async def reading() -> None:
        if request.headers.get(HEADER) == "read":
            await request.get_data()

    @app.route(PATH, methods=["POST"], provide_automatic_options=False)
    async def receive() -> Any:
        body: Any = await request.get_data()
        reply = await events.accept(request.headers, body)
        return reply.body, reply.status, dict(reply.headers)

    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    config.errorlog = None
    asyncio.run(serve(app, config))


def flask_application(events: EventDispatcher) -> Any:
    """Flask, with a loop for each request."""
    from flask import Flask, request

    app = Flask(__name__)

    @app.before_request
    def reading() -> None:
        if request.headers.get(HEADER) == "read":
            request.get_data()
        elif request.headers.get(HEADER) == "consume":
            request.stream.read()

    @app.route(PATH, methods=["POST"], provide_automatic_options=False)
    def receive() -> Any:
        try:
            body = request.get_data()
        except Exception:
            return "", 400
        reply = asyncio.run(events.accept(request.headers, body))
        return reply.body, reply.status, reply.headers

    return app


def django_application(events: EventDispatcher) -> Any:
    """Django, which calls coroutine functions with async_to_sync."""
    import django
    from asgiref.sync import async_to_sync
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from django.http import HttpRequest, HttpResponse
    from django.urls import path
    from django.views.decorators.csrf import csrf_exempt
    from django.views.decorators.http import require_POST

    def reading(get_response: Any) -> Any:
        def respond(request: HttpRequest) -> Any:
            if request.headers.get(HEADER) == "read":
                _ = request.body
            return get_response(request)

        return respond

    def receive(request: HttpRequest) -> HttpResponse:
        try:
            # Django does not read a body without Content-Length.
            chunked = "HTTP_TRANSFER_ENCODING" in request.META
            body = request.META["wsgi.input"].read() if chunked else request.body
        except Exception:
            return HttpResponse(status=400)
        reply = async_to_sync(events.accept)(request.headers, body)
        return HttpResponse(reply.body, status=reply.status, headers=reply.headers)

    module: Any = sys.modules[__name__]
    module.urlpatterns = [path(PATH[1:], csrf_exempt(require_POST(receive)))]
    module.reading = reading
    settings.configure(
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["*"],
        SECRET_KEY="x",
        MIDDLEWARE=[f"{__name__}.reading"],
        LOGGING_CONFIG=None,
    )
    django.setup()
    return get_wsgi_application()


def _uvicorn(application: Any, port: int) -> None:
    import uvicorn

    uvicorn.run(application, host="127.0.0.1", port=port, log_config=None)


def _gunicorn(application: Callable[[EventDispatcher], Any]) -> Callable[[EventDispatcher, int], None]:
    def serve(events: EventDispatcher, port: int) -> None:
        from gunicorn.app.base import BaseApplication

        class Application(BaseApplication):  # type: ignore[misc]
            def load_config(self) -> None:
                options = {"bind": f"127.0.0.1:{port}", "workers": 2, "threads": 4, "preload_app": True}
                for name, value in {**options, "loglevel": "critical", "control_socket_disable": True}.items():
                    if name in self.cfg.settings:
                        self.cfg.set(name, value)

            def load(self) -> Any:
                # Used before the fork too, as by a program that checks at its start that its inbox can be opened.
                asyncio.run(events.open())
                return application(events)

        Application().run()

    return serve


SERVERS: dict[str, Callable[[EventDispatcher, int], None]] = {
    "aiohttp": aiohttp_server,
    "uvicorn": uvicorn_server,
    "hypercorn": hypercorn_server,
    "fastapi": fastapi_server,
    "litestar": litestar_server,
    "quart": quart_server,
    "flask": _gunicorn(flask_application),
    "django": _gunicorn(django_application),
}


def main(kind: str, port: str, inbox: str) -> None:
    """Serve until a signal comes."""
    events = EventDispatcher(secrets=f"{SECRET}\n", inbox=inbox)
    SERVERS[kind](events, int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
