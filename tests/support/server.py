"""A small server over real loopback sockets that answers by a script and records the requests.

Attempts are counted by the server, since aiohttp itself resends a GET when a reused connection was dropped.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip as gzip_module
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from ssl import SSLContext
from typing import Any, NamedTuple

import orjson
from aiohttp import web
from aiohttp.test_utils import TestServer

from cstar_async.client import CStarClient
from tests.support.time_travel import leap

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

KEY = "sk_test_0123456789abcdefghijklmnopqrstuv"
TEAM = "7134fc12-5c1d-4a0e-9d7a-2f6f0b1c9e55"


class Received(NamedTuple):
    """One request as the server saw it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)


class Server:
    """Gives the answers of the script in order, and repeats the last one."""

    def __init__(self, *script: Answer) -> None:
        self.script: list[Answer] = list(script)
        self.received: list[Received] = []
        self.arrived = asyncio.Event()
        """Set when a request arrives."""
        self.release = asyncio.Event()
        """Set to release hanging answers."""
        self.url = ""

    @property
    def attempts(self) -> int:
        return len(self.received)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.received.append(Received(request.method, request.raw_path, request.headers, body))
        self.arrived.set()
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return await answer(request)

    def hang(self, seconds: float = 0.0) -> Answer:
        """Take the request, let these seconds pass at once, and answer once `release` is set."""

        async def answer(_: web.Request) -> web.StreamResponse:
            leap(seconds)
            await self.release.wait()
            return web.Response(body=b'{"success":true,"data":{}}', content_type="application/json")

        return answer

    def client(self, api_key: str | None = KEY, **options: Any) -> CStarClient:
        options.setdefault("team_id", TEAM)
        return CStarClient(api_key, base_url=self.url, **options)


@contextlib.asynccontextmanager
async def serve(*script: Answer, ssl: SSLContext | None = None) -> AsyncGenerator[Server]:
    """A running server with this script, over TLS if an SSL context is given."""
    server = Server(*script)
    application = web.Application(client_max_size=0)
    application.router.add_route("*", "/{path:.*}", server.handle)
    running = TestServer(application)
    options: dict[str, Any] = {} if ssl is None else {"ssl": ssl}
    await running.start_server(**options)
    server.url = str(running.make_url("")).rstrip("/")
    try:
        yield server
    finally:
        server.release.set()
        await running.close()


def json(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON answer."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=orjson.dumps(body), status=status, content_type="application/json", headers=headers)

    return answer


def data(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A success in cStar's envelope."""
    body = {"success": True, "data": value, "meta": {"requestId": "req_1", "timestamp": "2026-03-01T12:00:00Z"}}
    return json(body, status, headers)


def failure(status: int, headers: Mapping[str, str] | None = None, **error: object) -> Answer:
    """An error in cStar's envelope."""
    return json({"success": False, "error": {"type": "api_error", "code": "oops", **error}}, status, headers)


def raw(
    body: bytes, content_type: str = "application/json", status: int = 200, headers: Mapping[str, str] | None = None
) -> Answer:
    """An answer of these bytes."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.Response(body=body, content_type=content_type, status=status, headers=headers)

    return answer


def gzipped(body: bytes) -> Answer:
    """An answer of these bytes, compressed."""

    async def answer(_: web.Request) -> web.StreamResponse:
        headers = {"Content-Encoding": "gzip"}
        return web.Response(body=gzip_module.compress(body), content_type="application/json", headers=headers)

    return answer


def chunked(*chunks: bytes) -> Answer:
    """An answer of these bytes without a Content-Length."""

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for chunk in chunks:
            await response.write(chunk)
        return response

    return answer


async def reset(request: web.Request) -> web.StreamResponse:
    """Abort the connection instead of answering."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def truncated(request: web.Request) -> web.StreamResponse:
    """Promise more bytes than are sent, and close the connection."""
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"success":true,"data":')
    assert request.transport is not None
    request.transport.close()
    return response


def redirect(location: str, status: int = 302) -> Answer:
    """A redirect to this location."""
    return raw(b"", status=status, headers={"Location": location})
