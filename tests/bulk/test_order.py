"""A later change of an id is never overwritten by an earlier one."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from cstar_async.errors import CStarError
from tests.support.clock import FakeClock
from tests.support.stress import at_length

from .counting import ALL, counting

HOUR: Final = 3600.0
CHANGES: Final = [("t0", "low"), ("t1", "low"), ("t0", "high"), ("t2", "high"), ("t1", "urgent"), ("t0", "normal")]


async def run(faults: list[str], waits: list[float], retries: int, concurrency: int) -> None:
    """Run a job with several changes of an id over these faults, then once without, and check the order."""
    clock = FakeClock()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "job.journal"
        async with counting([ALL[name] for name in faults], clock) as server:
            for wait in (*waits, None):
                if wait is None:
                    server.faults = []
                async with server.client(clock=clock, max_retries=retries) as client:
                    job = client.tickets.update_each(
                        [(identity, {"priority": to}) for identity, to in CHANGES],
                        journal=path,
                        concurrency=concurrency,
                    )
                    try:
                        await job
                    except CStarError:
                        assert wait is not None
                clock.advance(wait or 0.0)
    given_order = [(identity, f'{identity} {{"priority":"{to}"}}') for identity, to in CHANGES]
    for identity in ("t0", "t1", "t2"):
        done = [given_order.index(each) for each in server.log if each[0] == identity]
        assert done == sorted(set(done)), f"{identity}: {done}"


@given(
    faults=st.lists(st.sampled_from(sorted(ALL)), max_size=15),
    waits=st.lists(st.sampled_from([0.0, HOUR, 25 * HOUR]), max_size=3),
    retries=st.integers(0, 2),
    concurrency=st.integers(1, 4),
)
@settings(max_examples=at_length(20, 1000))
def test_changes_of_one_id_keep_their_order(
    faults: list[str], waits: list[float], retries: int, concurrency: int
) -> None:
    """Each change is made at most once, and never after a later one of the same id."""
    asyncio.run(run(faults, waits, retries, concurrency))
