"""Waiting for what a dispatcher does, as long as it takes and no longer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async.webhooks import EventDispatcher


async def settled(events: EventDispatcher, count: str, number: int = 1) -> None:
    """Return once this process has counted so many."""
    async with asyncio.timeout(60):
        while (await events.stats()).counts.get(count, 0) < number:
            await asyncio.sleep(0.002)


async def eventually(condition: Callable[[], bool]) -> None:
    """Return once it holds."""
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.002)


async def released(events: EventDispatcher) -> None:
    """Return once nothing is leased."""
    async with asyncio.timeout(60):
        while any(group.leased for group in (await events.stats()).groups.values()):
            await asyncio.sleep(0.002)


async def turns(count: int = 20) -> None:
    """Let everything go on that can, a writing thread included."""
    for _ in range(count):
        await asyncio.sleep(0.001)
