"""Processes that put and send are killed at random moments: no entry is lost, and none is done twice."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from contextlib import closing, suppress
from pathlib import Path

import orjson

from cstar_async.outbox import Outbox, OutboxStats
from cstar_async.sandbox import Sandbox
from tests.support.stress import at_length

ROOT = Path(__file__).parent.parent.parent
ENTRIES, KILLS, TICKETS = at_length((20, 2, 5), (1_000, 200, 20))

# Each note is put with a key of its own, so that a process that was killed can put again what it is not sure of. The
# file beside the outbox has the number of the first note that may not have been put; it is written after the put.
PUT = """
import asyncio, os, sys
from cstar_async import CStarClient
from cstar_async.outbox import Outbox

async def main(key, team, url, outbox, progress, count, *tickets):
    with open(progress) as file:
        first = int(file.read())
    async with CStarClient(key, team_id=team, base_url=url) as cstar, Outbox(outbox) as box:
        for number in range(first, int(count)):
            ticket = tickets[number % len(tickets)]
            call = cstar.tickets.messages.create(ticket, content=str(number))
            await box.put(call.options(idempotency_key=f"n{number}"))
            with open(progress + ".new", "w") as file:
                file.write(str(number + 1))
            os.replace(progress + ".new", progress)
            print(number, flush=True)

asyncio.run(main(*sys.argv[1:]))
"""
SEND = """
import asyncio, sys
from cstar_async import CStarClient
from cstar_async.outbox import Outbox

async def main(key, team, url, outbox):
    async with CStarClient(key, team_id=team, base_url=url) as cstar, Outbox(outbox) as box:
        print("ready", flush=True)
        await box.run(cstar)

asyncio.run(main(*sys.argv[1:]))
"""


class Worker:
    """A process that is killed at random moments, and started again until it ends by itself."""

    def __init__(
        self, program: str, arguments: list[str], chance: random.Random, *, lines: int, seconds: float
    ) -> None:
        """Set it up to be killed within so many seconds after it has written up to so many lines."""
        self.program = program
        self.arguments = arguments
        self.chance = chance
        self.lines = lines
        self.seconds = seconds
        self.kills = 0
        self.process: asyncio.subprocess.Process | None = None

    async def run(self, kills: int) -> None:
        """Run it; after so many kills, until it ends."""
        while True:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", self.program, *self.arguments, cwd=ROOT, stdout=subprocess.PIPE
            )
            assert self.process.stdout is not None
            if self.kills < kills:
                for _ in range(self.chance.randint(1, self.lines)):
                    await self.process.stdout.readline()
                await asyncio.sleep(self.chance.random() * self.seconds)
                self.kill()
            code = await self.process.wait()
            assert code in {0, -signal.SIGKILL}
            if code == 0:
                return
            self.kills += 1

    def kill(self) -> None:
        """Kill it, if it is still there."""
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL)


async def test_killed_at_random_points_every_entry_is_done_once_in_order(tmp_path: Path) -> None:
    """Every message is written once, and those of a ticket in the order in which they were put."""
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    url = f"sqlite:///{tmp_path}/outbox.db"
    progress = tmp_path / "progress"
    progress.write_text("0")
    async with Sandbox(quota=False) as sandbox, sandbox.client() as cstar:
        team, store = sandbox.default_team, sandbox._running().store
        tickets = [(await cstar.tickets.create(title=str(number))).id for number in range(TICKETS)]
        place = [team.secret_key, team.id, sandbox.base_url, url]
        putting = Worker(PUT, [*place, str(progress), str(ENTRIES), *tickets], chance, lines=6, seconds=0.004)
        sending = Worker(SEND, place, chance, lines=1, seconds=0.1)
        # Half of the kills are of each.
        sends = asyncio.create_task(sending.run(10**9))
        await putting.run(KILLS // 2)
        while sending.kills < KILLS - KILLS // 2:
            await asyncio.sleep(0.05)
        sends.cancel()
        sending.kill()
        await asyncio.gather(sends, return_exceptions=True)
        async with Outbox(url) as outbox:
            while (stats := await outbox.stats()).queued + stats.sending:
                await outbox.flush(cstar)
        assert stats == OutboxStats(done=ENTRIES), f"seed {seed}"
        rows = store.execute("SELECT body FROM events WHERE type = 'ticket.message_added' ORDER BY place").fetchall()
    written: defaultdict[str, list[int]] = defaultdict(list)
    for row in rows:
        message = orjson.loads(row[0])["data"]
        written[message["ticket_id"]].append(int(message["content"]))
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as database:
        attempts = Counter(dict(database.execute("SELECT attempts, count(*) FROM cstar_outbox_entries GROUP BY 1")))
    print(f"{putting.kills} + {sending.kills} kills, {len(rows)} messages, entries by attempts {attempts}")
    # None lost, none twice, and each ticket's in order.
    expected = {ticket: [*range(number, ENTRIES, TICKETS)] for number, ticket in enumerate(tickets)}
    assert written == expected, f"seed {seed}"
    assert putting.kills >= KILLS // 2
