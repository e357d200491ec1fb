"""Wait for what a dispatcher does in the background."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async.webhooks import EventDispatcher


async def settled(events: EventDispatcher, count: str, number: int = 1) -> None:
    """Return once the counter `count` has reached `number`."""
    async with asyncio.timeout(60):
        while (await events.stats()).counts.get(count, 0) < number:
            await asyncio.sleep(0.002)


async def eventually(condition: Callable[..., bool], *arguments: object) -> None:
    """Return once the condition holds for these arguments."""
    async with asyncio.timeout(60):
        while not condition(*arguments):
            await asyncio.sleep(0.002)


async def released(events: EventDispatcher) -> None:
    """Return once no event is leased."""
    async with asyncio.timeout(60):
        while any(group.leased for group in (await events.stats()).groups.values()):
            await asyncio.sleep(0.002)


async def turns(count: int = 20) -> None:
    """Let other tasks and threads run for a while."""
    for _ in range(count):
        await asyncio.sleep(0.001)
