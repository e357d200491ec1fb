"""Workers in processes of their own, which record what they do in a table, in order."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import defaultdict
from typing import Any, NamedTuple

import asyncpg

from cstar_async.webhooks import Event, EventDispatcher
from cstar_async.webhooks.processing import worker

from .deliveries import SECRET

TABLE = """CREATE TABLE runs (
    number bigint GENERATED ALWAYS AS IDENTITY, key text NOT NULL, nth int NOT NULL, what text NOT NULL, pid int)"""
ADD = "INSERT INTO runs (key, nth, what, pid) VALUES ($1, $2, $3, $4)"
IN_THE_MIDDLE = """SELECT DISTINCT pid FROM runs AS begun WHERE what = 'start' AND NOT EXISTS (
    SELECT FROM runs WHERE what = 'effect' AND (key, nth) = (begun.key, begun.nth))"""
LEASE = 1.5
"""Seconds; short, so that the lanes of a killed worker are free again soon."""


class Run(NamedTuple):
    """A row of the table: a handler has started, or its effect has been written."""

    key: str
    nth: int
    what: str


def dispatcher(url: str, log: Any = None) -> EventDispatcher:
    """A dispatcher as the receiver and all workers have it."""
    events = EventDispatcher(secrets=SECRET, inbox=url, concurrency=8, store_timeout=60)

    @events.on("ticket.updated", group="all")
    async def handle(event: Event[Any]) -> None:
        key, nth = event.raw["data"]["id"], int(event.raw["data"]["title"])
        await log(key, nth)

        async def effect(connection: Any) -> Any:
            return await connection.execute(ADD, key, nth, "effect", os.getpid())

        await event.commit(effect)

    return events


def work(url: str) -> None:
    """Handle events until this process is killed."""
    logging.disable()
    setattr(worker, "LEASE", LEASE)
    setattr(worker, "RENEWAL", LEASE / 3)
    parent = os.getppid()

    async def run() -> None:
        connection = await asyncpg.connect(url)
        lock = asyncio.Lock()

        async def started(key: str, nth: int) -> None:
            async with lock:
                await connection.execute(ADD, key, nth, "start", os.getpid())

        running = asyncio.create_task(dispatcher(url, started).run())
        while not running.done() and os.getppid() == parent:  # end with the test process
            await asyncio.wait([running], timeout=1)
        running.cancel()

    asyncio.run(run())


def violations(runs: list[Run]) -> list[str]:
    """The events that started or took effect before the previous event of their key had taken effect."""
    effects: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for number, run in enumerate(runs):
        if run.what == "effect":
            effects[run.key][run.nth] = number
    found: list[str] = []
    for number, (key, nth, what) in enumerate(runs):
        # It is enough to compare with the previous event: that one is compared with its own predecessor.
        before = effects[key].get(nth - 1, len(runs)) if nth else -1
        if number < before:
            found.append(f"{what} of {key} {nth} before {nth - 1} had taken effect")
    return found
