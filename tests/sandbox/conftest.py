"""A sandbox for each test, and a plain HTTP client that checks every answer against the contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp
import pytest

from cstar_async.sandbox import Sandbox, Team, VirtualClock
from cstar_async.sandbox.contract.document import Routes, load_contract
from cstar_async.sandbox.service.validation import Validation

from .control_api import Control, control_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

MONDAY = 1_772_442_000.0
"""2026-03-02 09:00 UTC, for tests that need a date; by default a sandbox begins at the current time."""
VALIDATION = Validation(load_contract())
ROUTES = Routes(load_contract().operations)


class Reply(NamedTuple):
    """An answer with its decoded body."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def data(self) -> Any:
        """The `data` of a success; fails with the body of any other answer."""
        assert 200 <= self.status < 300, self.body
        return self.body["data"]

    @property
    def ids(self) -> list[str]:
        """The ids of the items of a list."""
        return [each["id"] for each in self.data]

    @property
    def error(self) -> tuple[int, str, str | None]:
        """Status, code and param of an error."""
        error = self.body["error"]
        return self.status, error["code"], error.get("param")


class TeamApi:
    """Calls the API as one team, with paths relative to that team."""

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession, team: Team) -> None:
        self.sandbox = sandbox
        self.session = session
        self.team = team

    async def send(
        self,
        method: str,
        path: str,
        json: object = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        data: bytes | None = None,
    ) -> Reply:
        """Send a request; `path` is relative to the team unless it begins with /api/ or /_; `key` replaces its key."""
        full_path = path if path.startswith(("/api/", "/_")) else f"/api/v1/teams/{self.team.id}{path}"
        headers = {"Authorization": f"Bearer {key or self.team.secret_key}", **(headers or {})}
        url = self.sandbox.base_url + full_path
        async with self.session.request(method, url, json=json, headers=headers, data=data) as response:
            reply = Reply(response.status, await response.json(), dict(response.headers))
        check_against_contract(method, full_path, reply)
        return reply

    async def get(self, path: str, **options: Any) -> Reply:
        """Send a GET."""
        return await self.send("GET", path, **options)

    async def post(self, path: str, json: object = None, **options: Any) -> Reply:
        """Send a POST."""
        return await self.send("POST", path, json, **options)

    async def patch(self, path: str, json: object, **options: Any) -> Reply:
        """Send a PATCH."""
        return await self.send("PATCH", path, json, **options)

    async def delete(self, path: str, **options: Any) -> Reply:
        """Send a DELETE."""
        return await self.send("DELETE", path, **options)

    async def ticket(self, title: str = "Printer on fire", **fields: Any) -> Any:
        """Create a ticket."""
        return (await self.post("/tickets", {"title": title, **fields})).data

    async def customer(self, name: str = "Jane", **fields: Any) -> Any:
        """Create a customer."""
        body = {"name": name, "email": f"{name.lower()}@example.org", **fields}
        return (await self.post("/customers", body)).data


def check_against_contract(method: str, path: str, reply: Reply) -> None:
    """Fail if the body is not valid for this operation and status."""
    if reply.status >= 400:
        errors = VALIDATION.errors("/components/schemas/ErrorBody", reply.body)
        assert not errors, errors
        return
    match = ROUTES.match(path.partition("?")[0])
    if match is not None:
        operation = match.operations[method]
        errors = VALIDATION.errors(f"/operations/{operation.id}/responses/{reply.status}", reply.body)
        assert not errors, errors


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox in memory, whose clock moves only when a test advances it."""
    async with Sandbox(clock=VirtualClock(MONDAY)) as running:
        yield running


@pytest.fixture
async def api(sandbox: Sandbox) -> AsyncIterator[TeamApi]:
    """The API of the sandbox's default team."""
    async with aiohttp.ClientSession() as session:
        yield TeamApi(sandbox, session, sandbox.default_team)


@pytest.fixture
async def control() -> AsyncIterator[Control]:
    """The control API of a new sandbox."""
    async with Sandbox(clock=VirtualClock(MONDAY)) as sandbox, control_of(sandbox) as running:
        yield running
