"""Open tickets as server-sent events of FastAPI, for a web page: `uvicorn --factory fastapi_desk:make_app`.

In the page: `new EventSource("/tickets").onmessage = (event) => draw(JSON.parse(event.data))`.
"""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import orjson
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from cstar_async import CStarClient
from cstar_async.converter import converter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


def make_app(cstar: CStarClient | None = None) -> FastAPI:
    """The application. All its visitors share one list, and so one connection to cStar."""
    client = CStarClient() if cstar is None else cstar
    live = client.live()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with client, live:
            yield

    app = FastAPI(lifespan=lifespan)

    async def frames() -> AsyncIterator[bytes]:
        async for state in live.list(client.tickets.list(status="open")):
            rows = [converter.unstructure(ticket) for ticket in state.data]
            yield b"data: %s\n\n" % orjson.dumps({"tickets": rows, "loading": state.loading, "stale": state.stale})

    @app.get("/tickets")
    async def tickets() -> StreamingResponse:
        # A visitor who leaves cancels the iteration.
        return StreamingResponse(frames(), media_type="text/event-stream")

    return app
