"""The error of a request that the sandbox refuses before it is part of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

if TYPE_CHECKING:
    from aiohttp import web


class AccessError(Exception):
    """A request is refused, with a status, a message, and the header or field that is wrong."""

    def __init__(self, status: int, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.field = field

    def response(self) -> web.Response:
        """Return the error as an answer."""
        from aiohttp import web  # not at the top: `cstar sandbox --help` imports this module, and aiohttp loads slowly

        body = orjson.dumps({"error": {"message": self.message, "field": self.field}})
        headers = {"WWW-Authenticate": "Bearer"} if self.status == 401 else None
        return web.Response(status=self.status, body=body, content_type="application/json", headers=headers)
