"""A server of a list that is paged by number, for the tests of pagers."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
from aiohttp import web

from cstar_async._core.pager import Pager
from cstar_async.client import CStarClient
from tests.support.operations import LIST
from tests.support.server import Server


class PagedServer:
    """A list of rows, paged in one of the documented forms."""

    def __init__(self, total: int, form: str = "top") -> None:
        self.rows = [{"id": f"t{number}", "n": number} for number in range(total)]
        self.form = form
        self.requested: list[int] = []
        self.running = 0
        self.most_running = 0
        self.gate: asyncio.Event | None = None
        """If set, every page but the first waits for it."""

    def close(self, row: Any) -> None:
        self.rows = [other for other in self.rows if other["id"] != row["id"]]

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        page, size = int(request.query.get("page", 1)), int(request.query.get("pageSize", 20))
        self.requested.append(page)
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        try:
            if self.gate is not None and page > 1:
                await self.gate.wait()
        finally:
            self.running -= 1
        total = len(self.rows)
        full = {"page": page, "pageSize": size, "total": total}
        pages = -(-total // size)
        body: dict[str, Any] = {"success": True, "data": self.rows[(page - 1) * size : page * size], "meta": {}}
        if self.form == "top":
            body["pagination"] = {**full, "hasMore": page < pages}
        elif self.form == "meta":
            body["meta"]["pagination"] = {**full, "totalPages": pages}
        elif self.form == "more":
            body["pagination"] = {"hasMore": page < pages}
        return web.Response(body=orjson.dumps(body), content_type="application/json")


def things(client: CStarClient, **query: object) -> Pager[Any]:
    return Pager(client, LIST, (), query, None, None)


def queries(server: Server) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(received.path).query) for received in server.received]
