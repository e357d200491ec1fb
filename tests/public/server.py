"""A service of customers' tokens that spends refresh tokens, counts, and can be held at any point."""

from __future__ import annotations

import asyncio
from typing import Any

from aiohttp import web

from cstar_async.public import PublicTeam
from tests.support.server import reset

CUSTOMER = {"id": "cus_1", "email": "jane@co.com", "name": "Jane"}


class TokenServer:
    """Gives the tokens `access-N` and `refresh-N`; the answer has no end of the access token."""

    def __init__(self, *, replays: bool = True) -> None:
        self.replays = replays
        """Whether a renewal with the same idempotency key gets the same answer."""
        self.number = 1
        self.valid = {"access-1", "refresh-1"}
        self.answers: dict[str, tuple[int, Any]] = {}
        self.refused = 0
        """Renewals that were refused: each is a customer who has to sign in again."""
        self.requests: list[str] = []
        self.losses = 0
        """The number of renewals that are done, and whose answer is lost."""
        self.before = asyncio.Event()
        """Renewals wait for it before they are done."""
        self.after = asyncio.Event()
        """Renewals wait for it after they are done."""
        self.arrived = asyncio.Event()
        self.before.set()
        self.after.set()

    def client(self, url: str, **options: Any) -> PublicTeam:
        return PublicTeam("acme", base_url=url, **options)

    @property
    def grant(self) -> dict[str, Any]:
        """The newest tokens, as an answer has them."""
        tokens = {"accessToken": f"access-{self.number}", "refreshToken": f"refresh-{self.number}"}
        return {"customer": CUSTOMER, **tokens}

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        name = request.path.rsplit("/", 1)[1]
        self.requests.append(name)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if name == "login":
            return _success(self.grant)
        if name == "refresh":
            self.arrived.set()
            await self.before.wait()
            status, body = self._refresh(request.headers["Idempotency-Key"], (await request.json())["refreshToken"])
            await self.after.wait()
            if self.losses:
                self.losses -= 1
                return await reset(request)
            return web.json_response(body, status=status)
        if token not in self.valid:
            return web.json_response(_error("invalid_token"), status=401)
        if name == "logout":
            self.valid.clear()
        return _success({"loggedOut": True} if name == "logout" else CUSTOMER)

    def _refresh(self, key: str, token: str) -> tuple[int, Any]:
        if key in self.answers and self.replays:
            return self.answers[key]
        if token not in self.valid:
            self.refused += 1
            return 401, _error("invalid_refresh_token")
        self.number += 1
        self.valid = {f"access-{self.number}", f"refresh-{self.number}"}
        self.answers[key] = (200, {"success": True, "data": self.grant})
        return self.answers[key]


def _success(value: object) -> web.Response:
    return web.json_response({"success": True, "data": value})


def _error(code: str) -> dict[str, Any]:
    return {"success": False, "error": {"type": "authentication_error", "code": code, "message": code}}
