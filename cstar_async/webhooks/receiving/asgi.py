"""ASGI: read the request within limits, call the receiver, write the answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeAlias

from .content import LARGEST_BODY
from .receiver import BODY_TIMEOUT, CUT_OFF, TOO_LARGE, TOO_SLOW, WRONG_METHOD

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    from .receiver import Receiver, Reply

    Message: TypeAlias = MutableMapping[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Message]]
    Send: TypeAlias = Callable[[Message], Awaitable[None]]


class ASGIReceiver:
    """An ASGI application for one path. Not a function: Starlette treats functions as request handlers."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer a request, a websocket or the lifespan of a server."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1003, "reason": "webhooks come by POST"})
        else:
            # As the ASGI specification requires for unknown types of connections.
            raise ValueError(f"the ASGI application of webhooks only accepts http, got {scope['type']}")

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        body = await _read(receive) if scope["method"] == "POST" else WRONG_METHOD
        if isinstance(body, bytes):
            reply = await self._receiver.accept(scope["headers"], body, lasting=True)
        else:
            reply = self._receiver.refuse(body)
        # The unread rest of a body would precede the next request. HTTP/2 has no such header.
        closes = not isinstance(body, bytes) and scope.get("http_version", "1.1").startswith("1")
        await _send(send, reply, {"Connection": "close"} if closes and reply is not WRONG_METHOD else {})


async def _live(receive: Receive, send: Send) -> None:
    """Acknowledge the start and end of a server; there is nothing to do.

    Raising would mean that lifespan is not supported. Some servers and dispatchers would then skip the startup of the
    other applications too.
    """
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


async def _read(receive: Receive) -> bytes | Reply:
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_TIMEOUT):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return CUT_OFF  # no client reads it, but middlewares require an answer
                body += message.get("body", b"")
                if len(body) > LARGEST_BODY:
                    return TOO_LARGE
                if not message.get("more_body"):
                    return bytes(body)
    except TimeoutError:
        return TOO_SLOW


async def _send(send: Send, reply: Reply, more: Mapping[str, str]) -> None:
    headers = {**reply.headers, **more, "Content-Length": str(len(reply.body))}
    pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": pairs})
    await send({"type": "http.response.body", "body": reply.body})
