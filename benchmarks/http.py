"""http: requests a second and CPU a request against raw aiohttp."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx
import orjson

from cstar_async import CStarClient
from cstar_async._generated.models.shared import decode_ticket

from . import data
from .report import Table
from .rounds import cpu_ratio, cpus, interleave_async, rate_ratio, walls
from .server import running_server
from .stock import generated

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .rounds import Samples
    from .server import Server
    from .stock import Stock

    One = Callable[[], Awaitable[Any]]

KEY = "sk_test_benchmark"
BOUNDED = "**ours**, in a block of `deadline(60)`"
RAW, OURS, STOCK = "raw aiohttp + orjson", "**ours**", "openapi-python-client"
TYPED = "raw aiohttp + orjson + our decode function"
LOADS = (1, 32, 256)


def many(one: One, count: int, concurrency: int) -> Callable[[], Awaitable[int]]:
    """`count` requests, `concurrency` at a time."""

    async def worker(share: int) -> None:
        for _ in range(share):
            await one()

    async def run() -> int:
        share = max(1, count // concurrency)
        await asyncio.gather(*(worker(share) for _ in range(concurrency)))
        return share * concurrency

    return run


def _bounded(client: CStarClient, run: Callable[[], Awaitable[int]]) -> Callable[[], Awaitable[int]]:
    """`run` with a deadline on every call."""

    async def bounded() -> int:
        async with client.deadline(60):
            return await run()

    return bounded


def raw_get(session: aiohttp.ClientSession, url: str) -> One:
    """A GET by hand, without an SDK."""

    async def one() -> Any:
        async with session.get(url) as response:
            return orjson.loads(await response.read())

    return one


class _Clients:
    """One client of each kind, for the same server."""

    def __init__(self, base_url: str, stock: Stock) -> None:
        self.session = aiohttp.ClientSession(headers={"Authorization": f"Bearer {KEY}"})
        self.ours = CStarClient(KEY, team_id=data.TEAM, base_url=base_url)
        self._stock = stock
        # aiohttp's limit of connections.
        self._generated = stock.package.AuthenticatedClient(
            base_url=base_url,
            token=KEY,
            timeout=httpx.Timeout(60),
            httpx_args={"limits": httpx.Limits(max_connections=100, max_keepalive_connections=100)},
        )
        self._url = base_url + data.TICKETS_PATH

    def gets(self) -> dict[str, One]:
        """Functions that get one ticket."""
        tickets, generated_get = self.ours.tickets, self._stock.get_ticket.asyncio
        return {
            RAW: raw_get(self.session, f"{self._url}/{data.TICKET_ID}"),
            OURS: lambda: tickets.get(data.TICKET_ID),
            STOCK: lambda: generated_get(data.TEAM, data.TICKET_ID, client=self._generated),
        }

    def lists(self) -> dict[str, One]:
        """Functions that list a page of 100 tickets."""
        tickets, generated_list = self.ours.tickets, self._stock.list_tickets.asyncio
        size = data.PAGE_SIZE
        raw = raw_get(self.session, f"{self._url}?pageSize={size}")

        async def typed() -> object:
            return [decode_ticket(row) for row in (await raw())["data"]]

        return {
            RAW: raw,
            TYPED: typed,
            OURS: lambda: tickets.list(page_size=size),
            STOCK: lambda: generated_list(data.TEAM, client=self._generated, page_size=size),
        }

    async def close(self) -> None:
        await self.ours.close()
        await self.session.close()


async def _measure(server: Server, stock: Stock, *, quick: bool) -> tuple[list[tuple[str, ...]], list[str]]:
    rows: list[tuple[str, ...]] = []
    busy: list[str] = []
    clients = _Clients(server.base_url, stock)
    try:
        for what, ones, count in (("GET of a ticket", clients.gets(), 768), ("list of 100", clients.lists(), 256)):
            for load in LOADS:
                # The stock client is much slower, so it gets a fraction of the requests.
                runs = {name: many(one, count // (8 if name == STOCK else 1), load) for name, one in ones.items()}
                runs[BOUNDED] = _bounded(clients.ours, runs[OURS])
                samples = await interleave_async(runs, rounds=3 if quick else 15)
                rows += _rows(what, load, samples)
                _, mark = server.load()
                for _ in range(1 if quick else 3):
                    await runs[RAW]()
                part, _ = server.load(mark)
                busy.append(f"{what} at {load}: {part:.0%}")
    finally:
        await clients.close()
    return rows, busy


def _rows(what: str, load: int, samples: Samples) -> list[tuple[str, ...]]:
    return [
        (
            f"{what}, {load} at once: {name}",
            rate_ratio(samples, name, RAW).show(),
            cpu_ratio(samples, name, RAW).show(),
            walls(found).per_second().show(0),
            cpus(found).times(1e6).show(0),
        )
        for name, found in samples.items()
    ]


def tables(*, quick: bool) -> list[Table]:
    """The table for single requests and pages."""
    with running_server() as server, generated() as stock:
        rows, busy = asyncio.run(_measure(server, stock, quick=quick))
    return [
        Table(
            "http",
            "A small GET and a list of 100 against a canned server on another core. The limit is raw aiohttp with "
            "`orjson.loads(await response.read())`. Ours has its deadline, retry, quota and error handling on, and "
            "returns typed objects; the row before it has the cost of decoding alone.",
            ("", "requests/s of raw's", "CPU of raw's", "requests/s", "client CPU, µs/request"),
            rows,
            [f"How busy the server's core is while raw aiohttp runs: {'; '.join(busy)}."],
        )
    ]
