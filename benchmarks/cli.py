"""cli: the cost of the command line in a fresh process, from its start to its end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

from . import data
from .http import KEY
from .report import Table
from .rounds import spread, turns
from .server import running_server

if TYPE_CHECKING:
    from collections.abc import Mapping

BARE, SCRIPT = "`python -c pass`", "a script with CStarClient, its list and JSON lines"
_CLI = "import sys; from cstar_async.cli import main; sys.exit(main())"
_STARTS = {
    "`cstar --version`": ["--version"],
    "`cstar --help`": ["--help"],
    "`cstar tickets --help`": ["tickets", "--help"],
    "`cstar tickets create --help`": ["tickets", "create", "--help"],
    "a usage error: `cstar tickets list --status opened`": ["tickets", "list", "--status", "opened"],
    "`cstar tickets create`, which lacks its title": ["tickets", "create"],
}
_COMPLETION = "a completion: `cstar tickets list --status `"
_SCRIPT = """
import asyncio, sys
import orjson
from cstar_async import CStarClient
from cstar_async.converter import converter

async def main():
    async with CStarClient() as cstar:
        page = await cstar.tickets.list(page_size=30)
        for ticket in page.data:
            sys.stdout.buffer.write(orjson.dumps(converter.unstructure(ticket)) + b"\\n")

asyncio.run(main())
"""
_LEAN, LIST = "a script with CStarClient and one call", "**`cstar tickets list`**"
_LEAN_SCRIPT = """
import asyncio
from cstar_async import CStarClient

async def main():
    async with CStarClient() as cstar:
        page = await cstar.tickets.list(page_size=30)
        for ticket in page.data:
            print(ticket.id, ticket.title, ticket.status)

asyncio.run(main())
"""


class _Run(NamedTuple):
    wall: float
    cpu: float


class _Program(NamedTuple):
    arguments: list[str]
    environment: dict[str, str]


def _once(program: _Program) -> _Run:
    before, start = os.times(), time.perf_counter()
    subprocess.run(
        [sys.executable, *program.arguments],
        env=os.environ | program.environment,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    wall, after = time.perf_counter() - start, os.times()
    return _Run(wall, after.children_user + after.children_system - before.children_user - before.children_system)


def _measure(programs: Mapping[str, _Program], *, rounds: int) -> dict[str, list[_Run]]:
    found: dict[str, list[_Run]] = {name: [] for name in programs}
    for number, turn in enumerate(turns(list(programs), rounds + 1)):
        for name in turn:
            run = _once(programs[name])
            if number:  # without the first run, which may compile the modules
                found[name].append(run)
    return found


def _rows(found: Mapping[str, list[_Run]], limit: str) -> list[tuple[str, ...]]:
    return [
        (
            name,
            spread([run.wall / other.wall for run, other in zip(runs, found[limit], strict=True)]).show(),
            spread([run.wall * 1000 for run in runs]).show(0),
        )
        for name, runs in found.items()
    ]


def tables(*, quick: bool) -> list[Table]:
    """Measure commands that send nothing, and a list."""
    rounds = 7 if quick else 30
    head = ("", "times as long", "wall, ms")
    with tempfile.TemporaryDirectory() as folder, running_server() as server:
        environment = {
            "CSTAR_API_KEY": KEY,
            "CSTAR_TEAM_ID": data.TEAM,
            "CSTAR_BASE_URL": server.base_url,
            "CSTAR_CONFIG_DIR": folder,
        }
        starts = {BARE: _Program(["-c", "pass"], {})}
        starts |= {name: _Program(["-c", _CLI, *words], environment) for name, words in _STARTS.items()}
        words = {"_CSTAR_COMPLETE": "bash_complete", "COMP_WORDS": "cstar tickets list --status ", "COMP_CWORD": "4"}
        starts[_COMPLETION] = _Program(["-c", _CLI], environment | words)
        lists = {
            _LEAN: _Program(["-c", _LEAN_SCRIPT], environment),
            LIST: _Program(["-c", _CLI, "tickets", "list"], environment),
            SCRIPT: _Program(["-c", _SCRIPT], environment),
        }
        return [
            Table(
                "cli",
                f"Fresh processes of commands that send nothing. The limit is {BARE}.",
                head,
                _rows(_measure(starts, rounds=rounds), BARE),
            ),
            Table(
                "cli_list",
                f"Fresh processes that list 30 tickets. The limit is {_LEAN}.",
                head,
                _rows(_measure(lists, rounds=rounds), _LEAN),
            ),
        ]
