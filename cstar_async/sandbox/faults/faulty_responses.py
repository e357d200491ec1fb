"""Sends faulty answers: none, truncated, malformed, or with a wrong content type."""

from __future__ import annotations

import asyncio
import socket
import struct
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from cstar_async.sandbox.service.results import Response

    from .fault import Fault

POLL_INTERVAL = 0.02
"""Real seconds between two checks whether a caller that gets no answer has disconnected."""


async def send_faulty_response(
    request: web.Request, fault: Fault, answer: Response, headers: dict[str, str]
) -> web.StreamResponse:
    """Send an answer with a fault, or break the connection."""
    headers["Content-Type"] = fault.content_type or "application/json"
    if fault.interrupts:
        return await _send_incomplete(request, fault, answer, headers)
    body = answer.body[: len(answer.body) // 2] if fault.malformed else answer.body
    return web.Response(status=answer.status, body=body, headers=headers)


async def _send_incomplete(
    request: web.Request, fault: Fault, answer: Response, headers: dict[str, str]
) -> web.StreamResponse:
    """Close the connection in the middle of the body, reset it, or send nothing until the caller disconnects."""
    response = web.StreamResponse(status=answer.status, headers=headers)
    transport = request.transport
    if fault.truncate:
        response.content_length = len(answer.body)
        await response.prepare(request)
        await response.write(answer.body[: len(answer.body) // 2])
        if transport is not None:
            transport.close()
    elif fault.hang:
        # aiohttp can only report a disconnect by cancelling the handler, which would affect all requests.
        while request.transport is not None and not request.transport.is_closing():  # noqa: ASYNC110  # has no event
            await asyncio.sleep(POLL_INTERVAL)
    elif transport is not None:
        connection = transport.get_extra_info("socket")
        # With a linger time of 0, closing sends a reset instead of a FIN.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return response
