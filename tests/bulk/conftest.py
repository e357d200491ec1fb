"""Fixtures of the tests of bulk jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cstar_async.sandbox import Sandbox, VirtualClock

from .scripted import Service

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from cstar_async import CStarClient

START = 1_800_000_000.0


@pytest.fixture
async def sandbox() -> AsyncGenerator[Sandbox]:
    """A sandbox whose time begins with a window of the quota."""
    async with Sandbox(clock=VirtualClock(START)) as running:
        yield running


@pytest.fixture
async def cstar(sandbox: Sandbox) -> AsyncGenerator[CStarClient]:
    """A client of the sandbox's default team."""
    async with sandbox.client() as client:
        yield client


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    """A scripted service in place of every connection."""
    service = Service()
    service.install(monkeypatch)
    return service


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The path of a journal."""
    return tmp_path / "close.journal"
