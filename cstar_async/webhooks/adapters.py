"""Web frameworks: read the request with care, call the core, write the answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeAlias

from .accept import BODY_TIMEOUT, LARGEST_BODY, TOO_LARGE, TOO_SLOW

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    from aiohttp import web

    from .accept import Acceptor, Reply

    Message: TypeAlias = MutableMapping[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Message]]
    Send: TypeAlias = Callable[[Message], Awaitable[None]]


def aiohttp_handler(acceptor: Acceptor) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler for `app.router.add_post`."""
    from aiohttp import web  # noqa: PLC0415 - costs 150 ms

    async def read(request: web.Request) -> bytes | Reply:
        if (request.content_length or 0) > LARGEST_BODY:
            return TOO_LARGE
        if request.content.is_eof():
            # A small body has come together with the headers.
            return request.content.read_nowait()
        body = bytearray()
        try:
            async with asyncio.timeout(BODY_TIMEOUT):
                while chunk := await request.content.readany():
                    body += chunk
                    if len(body) > LARGEST_BODY:
                        return TOO_LARGE
        except TimeoutError:
            return TOO_SLOW
        return bytes(body)

    async def receive(request: web.Request) -> web.Response:
        body = await read(request)
        reply = await acceptor.accept(request.headers, body) if isinstance(body, bytes) else acceptor.refuse(body)
        response = web.Response(status=reply.status, body=reply.body, headers=reply.headers)
        if not isinstance(body, bytes):
            response.force_close()
        return response

    return receive


class ASGIReceiver:
    """An ASGI application for one path. An object and no function: Starlette takes functions for something else."""

    def __init__(self, acceptor: Acceptor) -> None:
        self._acceptor = acceptor

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise NotImplementedError(f"webhooks come by http, not by {scope['type']}")
        if scope["method"] != "POST":
            await _answer(send, 405, {"Allow": "POST"}, b"")
            return
        body = await _read(receive)
        if body is None:
            return
        if isinstance(body, bytes):
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            reply = await self._acceptor.accept(headers, body)
        else:
            reply = self._acceptor.refuse(body)
        await _answer(send, reply.status, reply.headers, reply.body)


async def _read(receive: Receive) -> bytes | Reply | None:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return None
                body += message.get("body", b"")
                if len(body) > LARGEST_BODY:
                    return TOO_LARGE
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        return TOO_SLOW


async def _answer(send: Send, status: int, headers: Mapping[str, str], body: bytes) -> None:
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    pairs.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})
