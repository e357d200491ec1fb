"""Fixtures for every test of a bulk job."""

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
    """A sandbox of the test's own, whose time begins with a window of the quota."""
    async with Sandbox(clock=VirtualClock(START)) as running:
        yield running


@pytest.fixture
async def cstar(sandbox: Sandbox) -> AsyncGenerator[CStarClient]:
    """A client of the sandbox's default team."""
    async with sandbox.client() as client:
        yield client
