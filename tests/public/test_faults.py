"""Two clients with one store of tokens, random faults of renewals, clocks that jump, and callers that give up."""

from __future__ import annotations

import asyncio
import contextlib
import random
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.errors import CStarError, SessionExpiredError
from cstar_async.public import FileTokens, MemoryTokens
from tests.support.stress import at_length

from .scene import scene

if TYPE_CHECKING:
    from pathlib import Path

RENEWAL_FAULTS: list[dict[str, Any]] = [
    {"reset": True},
    {"truncate": True},
    {"malformed": True},
    {"content_type": "text/html"},
    {"status": 500},
    {"status": 503},
    {"status": 429, "retry_after": 1},
    {"delay": 0.02},
]
CALL_FAULTS: list[dict[str, Any]] = [{"reset": True}, {"status": 401}, {"status": 503}]
HOUR = 3600.0


@pytest.mark.parametrize("seed", range(at_length(2, 40)))
async def test_no_session_is_lost(seed: int, tmp_path: Path) -> None:
    """Whatever happens to renewals, except for a refusal, no customer has to sign in, and the next call succeeds."""
    chance = random.Random(seed)
    store = FileTokens(tmp_path / "tokens.json") if seed % 2 else MemoryTokens()
    async with scene(store) as s, s.connect(clock=None, max_retries=0) as other:
        sessions = [s.session, await other.auth.session(tokens=store)]
        for _ in range(at_length(25, 150)):
            if chance.random() < 0.5:
                s.sandbox.clock.advance(hours=1)
            if chance.random() < 0.5:
                s.clock.advance(chance.choice([HOUR, -HOUR, 7 * HOUR, -90, 60]))
            for _ in range(chance.choice([0, 0, 1, 2])):
                s.sandbox.faults.add(path="customer_auth.refresh", **chance.choice(RENEWAL_FAULTS))
            if chance.random() < 0.2:
                s.sandbox.faults.add(path="customer_auth.me", **chance.choice(CALL_FAULTS))
            calls = [each.get_customer() for each in sessions for _ in range(chance.randrange(5))]
            tasks = [asyncio.create_task(call) for call in calls]
            if chance.random() < 0.3:
                await asyncio.sleep(chance.random() * 0.01)
                for task in tasks[: chance.randrange(len(tasks) + 1)]:
                    task.cancel()
            for outcome in await asyncio.gather(*tasks, return_exceptions=True):
                assert not isinstance(outcome, SessionExpiredError)
                assert isinstance(outcome, CStarError | asyncio.CancelledError) or not isinstance(outcome, Exception)
            s.sandbox.faults.clear()
        for session in sessions:
            with contextlib.suppress(CStarError):
                await session.get_customer()  # it may join a renewal that a cancelled caller has begun
            assert (await session.get_customer()).email == "jane@co.com"
        assert s.requests()["refresh 401"] == 0
