"""What every test of a bulk job works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cstar_async.sandbox import Sandbox, VirtualClock

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from cstar_async import CStarClient

START = 1_800_000_000.0


@pytest.fixture
async def sandbox() -> AsyncGenerator[Sandbox]:
    """A sandbox of the test's own. Its time begins with a window of the quota, whatever the time of day is."""
    async with Sandbox(clock=VirtualClock(START)) as running:
        yield running


@pytest.fixture
async def cstar(sandbox: Sandbox) -> AsyncGenerator[CStarClient]:
    """A client of its default team."""
    async with sandbox.client() as client:
        yield client
