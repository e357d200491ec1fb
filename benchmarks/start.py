"""start: the cost of importing the client in a fresh process, and of its first answer."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple

from . import data
from .http import KEY
from .report import Table
from .rounds import spread, turns
from .server import running_server

if TYPE_CHECKING:
    from collections.abc import Mapping

_AFTER = """
import resource, sys, time
used = resource.getrusage(resource.RUSAGE_SELF)
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print([used.ru_utime + used.ru_stime, time.clock_gettime(time.CLOCK_BOOTTIME) - started, peak / 1024])
"""
# The start time of the process from the kernel, so that the start of the interpreter is included.
_BEFORE = """
import os, time
with open("/proc/self/stat") as stat:
    started = int(stat.read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
"""
BARE, AIOHTTP, OURS = "python, nothing imported", "import aiohttp", "**from cstar_async import CStarClient**"
_IMPORTS = {
    BARE: "",
    AIOHTTP: "import aiohttp",
    "import cstar_async": "import cstar_async",
    OURS: "from cstar_async import CStarClient",
    "ours, with a client and its tickets": (
        f"from cstar_async import CStarClient\nCStarClient('{KEY}', team_id='t').tickets"
    ),
    "ours, every model": "import cstar_async.models as m\nfor name in m.__all__: getattr(m, name)",
}
_PEERS = {
    "openai": "from openai import AsyncOpenAI",
    "stripe": "from stripe import StripeClient",
}
RAW_FIRST, OURS_FIRST = "raw aiohttp + orjson", "**ours**"


class _Run(NamedTuple):
    cpu: float
    wall: float
    memory: float


def _first_answers(base_url: str) -> dict[str, str]:
    raw = f"""
import asyncio, aiohttp, orjson
async def main():
    async with aiohttp.ClientSession(headers={{"Authorization": "Bearer {KEY}"}}) as session:
        async with session.get("{base_url}{data.TICKETS_PATH}/{data.TICKET_ID}") as response:
            assert orjson.loads(await response.read())["data"]["id"] == "{data.TICKET_ID}"
asyncio.run(main())
"""
    ours = f"""
import asyncio
from cstar_async import CStarClient
async def main():
    async with CStarClient("{KEY}", team_id="{data.TEAM}", base_url="{base_url}") as cstar:
        assert (await cstar.tickets.get("{data.TICKET_ID}")).id == "{data.TICKET_ID}"
asyncio.run(main())
"""
    return {RAW_FIRST: raw, OURS_FIRST: ours}


def _measure(programs: Mapping[str, str], *, rounds: int) -> dict[str, list[_Run]]:
    found: dict[str, list[_Run]] = {name: [] for name in programs}
    for number, turn in enumerate(turns(list(programs), rounds + 1)):
        for name in turn:
            command = [sys.executable, "-c", _BEFORE + programs[name] + _AFTER]
            run = _Run(*json.loads(subprocess.run(command, check=True, capture_output=True).stdout))
            if number:  # without the first run, which may compile the modules
                found[name].append(run)
    return found


def _row(name: str, runs: list[_Run], base: list[_Run]) -> tuple[str, ...]:
    return (
        name,
        spread([(run.cpu - other.cpu) * 1000 for run, other in zip(runs, base, strict=True)]).show(1),
        spread([run.cpu * 1000 for run in runs]).show(1),
        spread([run.wall * 1000 for run in runs]).show(0),
        spread([run.memory for run in runs]).show(1),
    )


def tables(*, quick: bool) -> list[Table]:
    """Measure the cost of imports, and of the first answer."""
    rounds = 5 if quick else 20
    peers = {f"peer: {code}": code for name, code in _PEERS.items() if find_spec(name)}
    imports = _measure(_IMPORTS | peers, rounds=rounds)
    with running_server() as server:
        answers = _measure(_first_answers(server.base_url), rounds=rounds)
    return [
        Table(
            "start",
            "Fresh processes, CPU of the whole process. The limit is `import aiohttp`.",
            ("", "CPU over the limit, ms", "CPU, ms", "wall, ms", "peak memory, MB"),
            [_row(name, runs, imports[AIOHTTP]) for name, runs in imports.items()],
        ),
        Table(
            "first_answer",
            "A fresh process, from its start to the first ticket. The limit is raw aiohttp.",
            ("", "CPU over the limit, ms", "CPU, ms", "wall, ms", "peak memory, MB"),
            [_row(name, runs, answers[RAW_FIRST]) for name, runs in answers.items()],
        ),
    ]
