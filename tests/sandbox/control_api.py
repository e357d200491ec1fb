"""A client of the sandbox's control API."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cstar_async.sandbox import Sandbox


class Control:
    """Calls the control API of a sandbox."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession) -> None:
        self.sandbox = sandbox
        self.session = session

    async def send(
        self, method: str, path: str, json: Any = None, *, status: int = 200, headers: dict[str, str] | None = None
    ) -> Any:
        """Send a request, check its status, and return the body of the answer."""
        url = f"{self.sandbox.base_url}/_sandbox{path}"
        async with self.session.request(method, url, json=json, headers=headers) as response:
            body = await response.json()
            assert response.status == status, body
            return body

    async def refused(self, method: str, path: str, json: Any = None, *, status: int = 400) -> tuple[str | None, str]:
        """Send a request that is refused, and return the field and the message of the error."""
        error = (await self.send(method, path, json, status=status))["error"]
        return error["field"], error["message"]


@asynccontextmanager
async def control_of(sandbox: Sandbox) -> AsyncIterator[Control]:
    """The control API of a running sandbox."""
    async with aiohttp.ClientSession() as session:
        yield Control(sandbox, session)
