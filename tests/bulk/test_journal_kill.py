"""Journals of processes that are killed or interrupted during a job."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from cstar_async.sandbox import Sandbox
from tests.support.stress import at_length

from .helpers import asked, fill

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent

WORKER = """
import asyncio, sys
from cstar_async import CStarClient

async def main(key, team, url, ids, journal):
    async with CStarClient(key, team_id=team, base_url=url) as cstar:
        with open(ids) as file:
            pairs = [(line.strip(), {"notes": f"{journal} {place % 3}"}) for place, line in enumerate(file)]
        job = cstar.tickets.update_each(pairs, journal=journal)
        async for report in job:
            print(report.done, flush=True)
        assert report.complete and report.succeeded == len(pairs), report

asyncio.run(main(*sys.argv[1:]))
"""


async def test_killed_at_random_points_everything_is_done_exactly_once(tmp_path: Path) -> None:
    """A job killed at random points makes each change once."""
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    count, kills = at_length((1_200, 4), (5_000, 50))
    async with Sandbox(quota=False) as sandbox, sandbox.client() as cstar:
        team, store = sandbox.default_team, sandbox._running().store
        ids = await fill(cstar, count)
        (tmp_path / "ids").write_text("\n".join(ids))
        rounds = 0
        while kills > 0:
            # A job whose last run was not killed is complete, and another one begins.
            rounds += 1
            journal = tmp_path / f"journal{rounds}"
            arguments = [team.secret_key, team.id, sandbox.base_url, str(tmp_path / "ids"), str(journal)]
            code: int | None = None
            while code != 0:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-c", WORKER, *arguments, cwd=ROOT, stdout=subprocess.PIPE
                )
                assert process.stdout is not None
                if kills > 0:
                    # At a random moment of the next few batches.
                    for _ in range(sum("done" in line for line in lines(journal)) + chance.randrange(2)):
                        await process.stdout.readline()
                    await asyncio.sleep(chance.random() * 0.05)
                    if process.returncode is None:
                        # Not process.kill(), which loses the exit code of a process that has just ended.
                        with suppress(ProcessLookupError):
                            os.kill(process.pid, signal.SIGKILL)
                        kills -= 1
                await process.communicate()
                code = process.returncode
                assert code in {0, -signal.SIGKILL}, f"seed {seed}"
        rows = store.execute("SELECT body FROM events WHERE type = 'ticket.updated'").fetchall()
    changed = Counter(orjson.loads(row[0])["data"]["id"] for row in rows)
    assert changed == Counter(dict.fromkeys(ids, rounds)), f"seed {seed}"


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The whole lines of a journal."""
    if path.exists():
        yield from (orjson.loads(line) for line in path.read_bytes().split(b"\n")[:-1])


INTERRUPTED = """
import asyncio, sys
from cstar_async import CStarClient

async def main(key, team, url, journal):
    async with CStarClient(key, team_id=team, base_url=url) as cstar:
        job = cstar.tickets.delete_many((f"tkt_{n}" for n in range(100_000)), journal=journal)
        try:
            async for report in job:
                print(report.done, flush=True)
        finally:
            report = job.report
            print("stopped", report.complete, report.done, len(report.in_doubt), len(report.unsent), report.total)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_ctrl_c_ends_a_job_and_its_journal_is_correct(tmp_path: Path) -> None:
    """An interrupt ends the job cleanly, and its report and journal agree with what was sent."""
    journal = tmp_path / "journal"
    async with Sandbox() as sandbox:
        team = sandbox.default_team
        arguments = [sys.executable, "-X", "dev", "-c", INTERRUPTED, team.secret_key, team.id, sandbox.base_url]
        process = await asyncio.create_subprocess_exec(
            *arguments, str(journal), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout is not None
        for _ in range(3):
            await process.stdout.readline()
        process.send_signal(signal.SIGINT)
        output, errors = await process.communicate()
        sent = asked(sandbox)
    assert process.returncode in {130, -signal.SIGINT}, errors
    for complaint in (b"never awaited", b"was destroyed", b"Unclosed", b"ResourceWarning"):
        assert complaint not in errors
    complete, done, doubt, unsent, total = output.decode().split("stopped ")[1].split()
    assert complete == "False"
    assert int(done) + int(doubt) + int(unsent) == int(total)
    assert sum("done" in line for line in lines(journal)) * 100 == int(done)
    assert sum("sent" in line for line in lines(journal)) >= sent
