"""aiohttp.web: read the request within limits, call the receiver, write the answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from .content import LARGEST_BODY, UnsupportedError, check_encoding
from .receiver import BODY_TIMEOUT, CUT_OFF, TOO_LARGE, TOO_SLOW, UNREADABLE, UNSUPPORTED, WRONG_METHOD

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from aiohttp import StreamReader, web

    from .receiver import Receiver, Reply


def aiohttp_handler(receiver: Receiver) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a handler for `app.router.add_post`."""
    from aiohttp import web

    async def receive(request: web.Request) -> web.Response:
        body = await _read_request(request)
        if isinstance(body, bytes):
            # aiohttp.web decodes the body itself, unless the runner was configured not to.
            decoded = _compressed_bytes(request.content) is not None
            reply = await receiver.accept(request.headers, body, lasting=True, decoded=decoded)
        else:
            reply = receiver.refuse(body)
        response = web.Response(status=reply.status, body=reply.body, headers=reply.headers)
        if not isinstance(body, bytes):
            response.force_close()
        return response

    return receive


async def _read_request(request: web.Request) -> bytes | Reply:
    from aiohttp.web import RequestPayloadError

    if request.method != "POST":
        return WRONG_METHOD
    if (request.content_length or 0) > LARGEST_BODY:
        return TOO_LARGE
    try:
        check_encoding(",".join(request.headers.getall("Content-Encoding", ())))
    except UnsupportedError:
        request.content.feed_eof()  # or aiohttp would decode the rest of the body, only to discard it
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
    except RequestPayloadError:  # invalid encoding, or invalid chunks
        request.content.feed_eof()  # otherwise aiohttp reads on, and logs that error as one of the application
        return UNREADABLE


async def _read_stream(content: StreamReader) -> bytes | Reply:
    if content.is_eof():
        # A small body arrives together with the headers.
        return content.read_nowait()
    body = bytearray()
    while chunk := await content.readany():
        body += chunk
        if max(len(body), _compressed_bytes(content) or 0) > LARGEST_BODY:
            return TOO_LARGE
    return bytes(body)


def _compressed_bytes(content: StreamReader) -> int | None:
    """Return how many bytes aiohttp.web has decoded, None if it does not decode the body."""
    return getattr(content, "total_compressed_bytes", None)
