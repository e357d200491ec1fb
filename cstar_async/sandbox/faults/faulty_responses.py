"""Answers that a fault has spoilt: lost, cut short, or not what they say they are."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from cstar_async.sandbox.service.results import Response

    from .fault import Fault

LOOK_EVERY = 0.02
"""Real seconds between two looks whether a caller who gets no answer has gone."""


async def send_faulty_response(
    request: web.Request, fault: Fault, reply: Response, headers: dict[str, str]
) -> web.StreamResponse:
    """Answer as the fault says, or not at all."""
    headers["Content-Type"] = fault.content_type or "application/json"
    if fault.loses:
        return await _lose(request, fault, reply, headers)
    # Half of an answer, sent as if it were the whole: the length is right, the JSON is not.
    body = reply.body[: len(reply.body) // 2] if fault.malformed else reply.body
    return web.Response(status=reply.status, body=body, headers=headers)


async def _lose(request: web.Request, fault: Fault, reply: Response, headers: dict[str, str]) -> web.StreamResponse:
    """Break the connection before the answer, in the middle of its body, or when the caller does."""
    response = web.StreamResponse(status=reply.status, headers=headers)
    transport = request.transport
    if fault.truncate:
        response.content_length = len(reply.body)
        await response.prepare(request)
        await response.write(reply.body[: len(reply.body) // 2])
        if transport is not None:
            transport.close()
    elif fault.hang:
        # aiohttp tells a handler that the caller has gone only by cancelling it, which no other request here wants.
        while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY)
    elif transport is not None:
        connection = transport.get_extra_info("socket")
        # Without lingering the peer sees a reset, not an orderly end.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return response
