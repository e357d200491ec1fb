"""A team whose members play the game."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.conftest import TeamApi, sandbox

__all__ = ["Party", "party", "sandbox"]


class Party:
    """The members of a team by first name, and their actions."""

    def __init__(self, api: TeamApi, members: list[Any]) -> None:
        self.api = api
        self.members = {each["name"].split()[0].lower(): each for each in members}

    def id(self, name: str) -> str:
        """The id of a member."""
        found: str = self.members[name]["id"]
        return found

    async def close(self, name: str, priority: str = "normal", **fields: Any) -> Any:
        """Create a closed ticket that is assigned to a member."""
        return await self.api.ticket(priority=priority, status="closed", assignedTo=self.id(name), **fields)

    async def figures(self, name: str) -> Any:
        """The game figures of a player."""
        return (await self.api.get(f"/game/player/{self.id(name)}")).data

    async def get(self, path: str, name: str | None = None) -> Any:
        """The data of a GET under /game, for a player if a name is given."""
        separator = "&" if "?" in path else "?"
        user = f"{separator}userId={self.id(name)}" if name else ""
        return (await self.api.get(f"/game{path}{user}")).data

    async def events(self, types: str) -> list[Any]:
        """The payloads of these events, oldest first."""
        return [each["data"] for each in reversed((await self.api.get(f"/events?types={types}&limit=100")).data)]


@pytest.fixture
async def party(api: TeamApi) -> Party:
    """The members of the default team."""
    return Party(api, (await api.get("/members")).data)
