"""The server in a process of its own, as a host starts it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mcp import Client, StdioServerParameters

if TYPE_CHECKING:
    from cstar_async.sandbox import Team

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "cstar_async.cli", "mcp-server"]


def environment(team: Team, *, key: bool = True) -> dict[str, str]:
    """The environment of the server: no settings but those of a team."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CSTAR_")}
    own = {name: value for name, value in team.environment.items() if key or name != "CSTAR_API_KEY"}
    return kept | own | {"PYTHONPATH": str(ROOT), "CSTAR_CONFIG_DIR": "/nonexistent"}


def over_stdio(team: Team, *words: str, key: bool = True, **options: Any) -> Client:
    """A client that starts the server with these options of the command line."""
    server = StdioServerParameters(command=COMMAND[0], args=[*COMMAND[1:], *words], env=environment(team, key=key))
    return Client(server, **options)
