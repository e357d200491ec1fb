"""Close the tickets that were not changed for a month, in a hundredth of the requests.

Run it: `python examples/close_stale_tickets.py` (against a sandbox). With CSTAR_API_KEY set it works on your team: it
prints the plan and stops; `--go` executes it. If it is interrupted, run it again: the journal records what is done.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cstar_async import CStarClient
from cstar_async.sandbox import Sandbox

if TYPE_CHECKING:
    from cstar_async import BulkReport


async def stale_tickets(cstar: CStarClient, before: dt.datetime) -> list[str]:
    """The ids of the pending tickets last changed before a time. One request reads up to 10,000 tickets."""
    pending = cstar.tickets.export(status="pending")
    return [ticket.id async for ticket in pending if ticket.updated_at < before]


async def close(cstar: CStarClient, work: Path, before: dt.datetime, *, go: bool) -> BulkReport | None:
    """Print the cost, and close the tickets if `go` is true.

    `work` is a folder that is kept after the program ends. It has the ids too: after an interruption the service lists
    other tickets, and a journal can only be continued with the same input.
    """
    chosen, journal = work / "stale-tickets.txt", work / "stale-tickets.journal"
    if chosen.exists():
        ids = chosen.read_text().split()
    else:
        ids = await stale_tickets(cstar, before)
        if go:
            chosen.write_text("\n".join(ids))
    job = cstar.tickets.update_many(ids, status="closed", journal=journal)
    print(await job.plan())
    if not go:
        return None
    async for report in job:  # or: report = await job.with_progress()
        print(f"{report.done} of {report.expected}")
    report = job.report
    for ticket_id, error in report.failed.items():
        print(f"{ticket_id} stays open: {error}")
    print(f"{report.succeeded} closed with {report.requests_used} requests")
    chosen.unlink()
    journal.unlink()
    return report


async def fill(cstar: CStarClient) -> None:
    """Create tickets to close."""
    records = ({"title": f"Question {number}", "status": "pending"} for number in range(450))
    (await cstar.tickets.import_many(records)).raise_for_failures()


async def main() -> None:
    """Close tickets that were last changed more than 30 days ago."""
    month = dt.timedelta(days=30)
    if "CSTAR_API_KEY" in os.environ:
        async with CStarClient() as cstar:
            await close(cstar, Path(), dt.datetime.now(dt.UTC) - month, go="--go" in sys.argv)
    else:
        async with Sandbox() as sandbox, sandbox.client() as cstar:
            await fill(cstar)
            sandbox.clock.advance(days=31)
            now = dt.datetime.fromtimestamp(sandbox.clock.time(), dt.UTC)
            with tempfile.TemporaryDirectory() as folder:
                await close(cstar, Path(folder), now - month, go=True)
            print(f"{await cstar.tickets.list(status='pending').count()} are pending")


if __name__ == "__main__":
    asyncio.run(main())
