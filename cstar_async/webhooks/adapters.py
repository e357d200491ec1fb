"""Web frameworks: read the request with care, call the core, write the answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeAlias

from .accept import BODY_TIMEOUT, CUT_OFF, TOO_LARGE, TOO_SLOW, UNREADABLE, UNSUPPORTED, WRONG_METHOD
from .content import LARGEST_BODY, UnsupportedError, check_encoding

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, MutableMapping

    from aiohttp import StreamReader, web

    from .accept import Acceptor, Reply

    Message: TypeAlias = MutableMapping[str, Any]
    Receive: TypeAlias = Callable[[], Awaitable[Message]]
    Send: TypeAlias = Callable[[Message], Awaitable[None]]


def aiohttp_handler(acceptor: Acceptor) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A handler for `app.router.add_post`."""
    from aiohttp import web  # noqa: PLC0415 - costs 150 ms

    async def receive(request: web.Request) -> web.Response:
        body = await _read_request(request)
        if isinstance(body, bytes):
            # aiohttp.web takes off the encoding by itself, unless the runner was told not to.
            decoded = _compressed_bytes(request.content) is not None
            reply = await acceptor.accept(request.headers, body, lasting=True, decoded=decoded)
        else:
            reply = acceptor.refuse(body)
        response = web.Response(status=reply.status, body=reply.body, headers=reply.headers)
        if not isinstance(body, bytes):
            response.force_close()
        return response

    return receive


async def _read_request(request: web.Request) -> bytes | Reply:
    from aiohttp.web import RequestPayloadError  # noqa: PLC0415 - as above

    if request.method != "POST":
        return WRONG_METHOD
    if (request.content_length or 0) > LARGEST_BODY:
        return TOO_LARGE
    try:
        check_encoding(",".join(request.headers.getall("Content-Encoding", ())))
    except UnsupportedError:
        request.content.feed_eof()  # so that aiohttp does not decode it in its own way, only to throw it away
        return UNSUPPORTED
    try:
        if request.content.at_eof():
            # The body is empty, or a middleware has read it already; then aiohttp keeps it with the request.
            return await request.read()
        async with asyncio.timeout(BODY_TIMEOUT):
            return await _read_stream(request.content)
    except TimeoutError:
        return TOO_SLOW
    except ConnectionError:
        return CUT_OFF
    except RequestPayloadError:  # of the encoding, or of chunks that are not chunks
        request.content.feed_eof()  # otherwise aiohttp reads on, and logs that error as one of the program
        return UNREADABLE


async def _read_stream(content: StreamReader) -> bytes | Reply:
    if content.is_eof():
        # A small body has come together with the headers.
        return content.read_nowait()
    body = bytearray()
    while chunk := await content.readany():
        body += chunk
        if max(len(body), _compressed_bytes(content) or 0) > LARGEST_BODY:
            return TOO_LARGE
    return bytes(body)


def _compressed_bytes(content: StreamReader) -> int | None:
    """How many bytes aiohttp.web has decoded; None if it decodes nothing."""
    return getattr(content, "total_compressed_bytes", None)


class ASGIReceiver:
    """An ASGI application for one path. An object and no function: Starlette takes functions for something else."""

    def __init__(self, acceptor: Acceptor) -> None:
        self._acceptor = acceptor

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request, or what else a server asks of an application."""
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await _live(receive, send)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1003, "reason": "webhooks come by POST"})
        else:
            raise NotImplementedError(f"webhooks come by http, not by {scope['type']}")

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        body = await _read(receive) if scope["method"] == "POST" else WRONG_METHOD
        if isinstance(body, bytes):
            reply = await self._acceptor.accept(scope["headers"], body, lasting=True)
        else:
            reply = self._acceptor.refuse(body)
        # A body that was not read to its end stands before the next request. In HTTP/2 there is no such header.
        closes = not isinstance(body, bytes) and scope.get("http_version", "1.1").startswith("1")
        await _send(send, reply, {"Connection": "close"} if closes and reply is not WRONG_METHOD else {})


async def _live(receive: Receive, send: Send) -> None:
    """Take part in the start and end of a server, where there is nothing to do.

    To raise would say that this application knows no lifespan. Some servers and dispatchers take it for that of all
    the applications beside it, whose start is then never run.
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
                    return CUT_OFF  # nobody hears it, but middlewares insist on an answer
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
