"""pages: all items of a list of 100 pages of 100."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp

from cstar_async import CStarClient

from . import data
from .http import KEY, raw_get
from .report import Table
from .rounds import cpu_ratio, interleave_async, rate_ratio, walls
from .server import running_server

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cstar_async._core.pager import Pager
    from cstar_async.models import Ticket

    from .server import Server

RAW = "raw aiohttp + orjson, one page after the other"
DELAYS = (0, 1, 5)
"""Milliseconds. Loopback has no latency, a service on the internet has; prefetching hides it."""


async def _measure(server: Server, *, quick: bool) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"})
    cstar = CStarClient(KEY, team_id=data.TEAM, base_url=server.base_url)

    async def raw() -> int:
        number, count = 1, 0
        while True:
            url = f"{server.base_url}{data.TICKETS_PATH}?page={number}&pageSize={data.PAGE_SIZE}"
            body = await raw_get(session, url)()
            for _ in body["data"]:
                count += 1
            if not body["pagination"]["hasMore"]:
                return count
            number += 1

    def ours(make: Callable[[], Pager[Ticket]]) -> Callable[[], Awaitable[int]]:
        async def run() -> int:
            count = 0
            async for _ in make():
                count += 1
            return count

        return run

    def tickets() -> Pager[Ticket]:
        return cstar.tickets.list(page_size=data.PAGE_SIZE)

    runs = {
        RAW: raw,
        "**ours**, `async for`": ours(tickets),
        "**ours**, `.prefetch(4)`": ours(lambda: tickets().prefetch(4)),
    }
    try:
        for delay in DELAYS:
            server.delay(delay)
            samples = await interleave_async(runs, rounds=3 if quick else 15)
            rows += [
                (
                    f"answers after {delay} ms: {name}",
                    rate_ratio(samples, name, RAW).show(),
                    cpu_ratio(samples, name, RAW).show(),
                    walls(found).times(1e6).show(1),
                )
                for name, found in samples.items()
            ]
    finally:
        await cstar.close()
        await session.close()
    return rows


def tables(*, quick: bool) -> list[Table]:
    """The table of pages."""
    with running_server() as server:
        rows = asyncio.run(_measure(server, quick=quick))
    return [
        Table(
            "pages",
            f"All items of a list of {data.PAGES} pages of {data.PAGE_SIZE}. The limit is raw aiohttp reading page "
            "after page into plain dicts; ours gives typed objects, and notices when the list moves.",
            ("", "items/s of raw's", "CPU of raw's", "µs/item"),
            rows,
        )
    ]
