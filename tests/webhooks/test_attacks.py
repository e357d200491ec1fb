"""Floods, outages and interrupted processes lose nothing and repeat nothing. Crashes are in a file of their own."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from yarl import URL

from cstar_async.webhooks import Event, EventDispatcher

from .deliveries import SECRET, event_body, signed
from .receivers import aiohttp_receiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .clock import ManualClock


@pytest.fixture(params=["memory", "sqlite"])
def inbox(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an inbox in memory and in a file."""
    return "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/inbox.db"


def numbered(count: int, lanes: int, clock: ManualClock) -> Iterator[bytes]:
    """Bodies of `count` events, spread over `lanes` tickets."""
    for number in range(count):
        yield event_body(number, clock, ticket=str(number % lanes))


async def test_ten_thousand_at_once(inbox: str, clock: ManualClock) -> None:
    """Ten thousand deliveries at once are all accepted, and handled in the order of their tickets."""
    # How long the last one waits depends on the machine.
    events = EventDispatcher(secrets=SECRET, inbox=inbox, clock=clock, concurrency=64, store_timeout=600)
    handled: dict[str, list[int]] = {}

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        handled.setdefault(event.data.id, []).append(int(event.id.removeprefix("evt_")))

    async with events:
        bodies = list(numbered(10_000, 500, clock))
        replies = await asyncio.gather(*(events.accept(signed(body), body) for body in bodies))
        assert Counter(reply.status for reply in replies) == {200: 10_000}
        await events.drain()
    assert sum(map(len, handled.values())) == 10_000
    assert all(numbers == sorted(set(numbers)) for numbers in handled.values())


async def test_slow_senders_do_not_hold_up_the_others(clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deliveries are accepted beside two hundred connections that have stopped sending."""
    for module in ("aiohttp", "asgi"):
        monkeypatch.setattr(f"cstar_async.webhooks.receiving.{module}.BODY_TIMEOUT", 3_600)
    events = EventDispatcher(secrets=SECRET, inbox="memory:", clock=clock)
    async with aiohttp_receiver(events) as url, aiohttp.ClientSession() as session:
        place = URL(url)
        slow: list[asyncio.StreamWriter] = []
        for number in range(200):
            _, writer = await asyncio.open_connection(place.host, place.port)
            head = f"POST {place.path} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n".encode()
            writer.write(head + (b"" if number % 2 else b"\r\n{"))
            await writer.drain()
            slow.append(writer)
        async with asyncio.timeout(60):
            for body in numbered(20, 5, clock):
                async with session.post(url, data=body, headers=signed(body)) as answer:
                    assert answer.status == 200
        for writer in slow:
            writer.close()
    await events.close()


async def test_restarts_under_load_lose_and_repeat_nothing(tmp_path: Path, clock: ManualClock) -> None:
    """After restarts under load, each acknowledged event has taken effect, and none twice."""
    url = f"sqlite:///{tmp_path}/inbox.db"
    bodies = list(numbered(400, 40, clock))
    acknowledged: set[str] = set()

    def note(event: Event[Any]) -> Any:
        def work(database: sqlite3.Connection) -> None:
            database.execute("CREATE TABLE IF NOT EXISTS effects (event TEXT)")
            database.execute("INSERT INTO effects VALUES (?)", (event.id,))

        return work

    for turn in range(8):
        events = EventDispatcher(secrets=SECRET, inbox=url, clock=clock, store_timeout=60)

        @events.on("*", group="effects")
        async def handle(event: Event[Any]) -> None:
            await asyncio.sleep(0)
            await event.commit(note(event))

        running = asyncio.create_task(events.run())

        async def post(body: bytes, events: EventDispatcher = events) -> None:
            if (await events.accept(signed(body), body)).status == 200:
                acknowledged.add(body.split(b'"')[3].decode())

        posting = [asyncio.create_task(post(body)) for body in bodies[:60]]
        bodies = bodies[50:]  # some are delivered again by the next process
        await asyncio.sleep(0.01)
        for task in posting[::3]:
            task.cancel()
        if turn % 2:
            running.cancel()
            await asyncio.wait({running})
        await asyncio.gather(*posting, return_exceptions=True)
        await events.close(grace=0)
        await asyncio.wait({running})
    last = EventDispatcher(secrets=SECRET, inbox=url, clock=clock)

    @last.on("*", group="effects")
    async def finish(event: Event[Any]) -> None:
        await event.commit(note(event))

    clock.advance(100)
    await last.drain()
    await last.close()
    with closing(sqlite3.connect(tmp_path / "inbox.db")) as database:
        effects = [row[0] for row in database.execute("SELECT event FROM effects")]
    assert len(effects) == len(set(effects))
    assert acknowledged <= set(effects)
    assert len(acknowledged) > 200


@pytest.mark.parametrize("broken", ["lease", "settle", "renew", "next_due", "stats"])
async def test_a_database_that_is_away_for_a_while(
    inbox: str, clock: ManualClock, broken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers survive an outage of the database, and handle each event once."""
    from cstar_async.webhooks.processing import worker

    monkeypatch.setattr(worker, "FAILED_LOOK", 0.005)
    monkeypatch.setattr(worker, "LONGEST_NAP", 0.01)
    events = EventDispatcher(secrets=SECRET, inbox=inbox, clock=clock)
    handled: list[str] = []

    @events.on("*")
    async def handle(event: Event[Any]) -> None:
        handled.append(event.id)

    await events.open()
    real = getattr(events._store, broken)
    gone = True

    async def fails(*args: Any, **kwargs: Any) -> Any:
        if gone:
            raise OSError("the database is gone")
        return await real(*args, **kwargs)

    monkeypatch.setattr(events._store, broken, fails)
    for body in numbered(5, 5, clock):
        assert (await events.accept(signed(body), body)).status == 200
    draining = asyncio.create_task(events.drain())
    for _ in range(10):
        await asyncio.sleep(0.005)
        clock.advance(1)
    gone = False
    async with asyncio.timeout(60):
        while not draining.done():
            await asyncio.sleep(0.005)
            clock.advance(1)
    await draining
    assert sorted(handled) == [f"evt_{number}" for number in range(5)]
    await events.close()
