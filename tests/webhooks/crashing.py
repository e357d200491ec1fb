"""A receiver and worker in a process of its own, which kills itself at a chosen point, or stops there for a while.

The points are patched around the statements of the database drivers and the methods of the store; the package has no
code for them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import asyncpg

from cstar_async._sqlite.file import SQLiteFile
from cstar_async.webhooks import Event, EventDispatcher, RejectEvent
from cstar_async.webhooks.inbox.sqlite import group_commit
from cstar_async.webhooks.inbox.sqlite import store as sqlite_store
from cstar_async.webhooks.processing import worker

from . import broken_stores
from .deliveries import SECRET, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from multiprocessing.connection import Connection

    from cstar_async.webhooks.inbox import Store

EFFECT = "INSERT INTO effects (value) VALUES "
STOPPED = "stopped in the handler"
CALLS = ("before accept", "after accept", "after lease", "before settle", "after settle")
OF_HANDLER = ("after 200", "in the handler", STOPPED)
# What a statement is for, by a part of its text.
LOCAL = {
    "before insert": "INSERT INTO cstar_inbox_events",
    "after insert": "INSERT INTO cstar_inbox_work",
    "before COMMIT": "COMMIT",
    "in a lease": "SET attempts = attempts + 1",
    "in a settlement": "DELETE FROM cstar_inbox_lanes",
    "in event.commit": EFFECT,
    "in a redrive": "SET state = 0, attempts = 0",
    "in a prune": "SET body = NULL",
}
SERVER = {
    "insert": "INSERT INTO cstar_inbox_events",
    "lease": "FOR NO KEY UPDATE SKIP LOCKED",
    "settlement": "WITH settled AS",
    "mark": "SET state = 1",
    "effect": EFFECT,
    "COMMIT": "COMMIT;",
    "redrive": "WHERE w.state = 2",
    "prune": "SET body = NULL",
}
POINTS = {
    "sqlite": (*CALLS, *OF_HANDLER, *LOCAL, "after COMMIT"),
    "postgres": (*CALLS, *OF_HANDLER, *(f"{when} {name}" for name in SERVER for when in ("before", "during", "after"))),
}

LEASE = 0.1
"""Seconds for which a child sees a lease of its predecessor unrenewed before it takes the event over."""


class Plan(NamedTuple):
    """What a child is to do."""

    url: str
    point: str
    """Where it kills itself, or stops until it receives something from its pipe; "" for nowhere."""
    hit: int
    """At which visit of the point, counted from 1."""
    now: float
    """What its clock shows at the start: later than its predecessor's clock showed at the end."""
    bodies: Sequence[bytes]
    starts: str
    """The file to which each start of the handler is appended."""
    broken: str = ""
    """The bug of its store, by the name in `broken_stores`."""


class Crash:
    """Kills this process with SIGKILL, which cannot be caught, like a power failure."""

    def __init__(self, plan: Plan, pipe: Connection) -> None:
        self._plan = plan
        self._pipe = pipe
        self._hits = 0

    def at(self, point: str) -> None:
        """Report that this point is reached."""
        if point == self._plan.point:
            self._hits += 1
            if self._hits == self._plan.hit:
                if point == STOPPED:
                    self._pipe.send(STOPPED)
                    self._pipe.recv()  # blocks the event loop, so that no lease is renewed
                    return
                os.kill(os.getpid(), signal.SIGKILL)
                time.sleep(60)  # until the signal arrives


class LaterClock:
    """A clock that starts at a given time."""

    monotonic = staticmethod(time.monotonic)

    def __init__(self, now: float) -> None:
        self._ahead = now - time.monotonic()

    def time(self) -> float:
        return time.monotonic() + self._ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def run(pipe: Connection, plan: Plan) -> None:
    """Receive the bodies, send each body answered 200 to the pipe, handle everything, redrive, prune; send "done"."""
    logging.disable()  # dead letters are part of the plan
    setattr(worker, "LEASE", LEASE)
    crash = Crash(plan, pipe)
    if plan.broken:
        broken_stores.BREAKS[plan.broken]()
    _watch_sqlite(crash)
    _watch_asyncpg(crash)
    asyncio.run(_run(pipe, plan, crash))


async def _run(pipe: Connection, plan: Plan, crash: Crash) -> None:
    events = EventDispatcher(secrets=SECRET, inbox=plan.url, clock=LaterClock(plan.now), store_timeout=60)
    repaired = False

    def record_start(event: Event[Any]) -> None:
        with Path(plan.starts).open("a") as file:
            file.write(f"{event.id} {event.attempt} {os.getpid()}\n")

    @events.on("ticket.*", group="all")
    async def handle(event: Event[Any]) -> None:
        record_start(event)
        crash.at("in the handler")
        crash.at(STOPPED)
        if event.raw["data"]["title"] == "bad" and not repaired:
            raise RejectEvent("not repaired yet")
        await event.commit(_effect(event.id, plan.url))

    _watch_store(events._store, crash)

    async def receive(body: bytes) -> None:
        reply = await events.accept(signed(body), body)
        assert reply.status == 200, reply
        pipe.send(body)
        crash.at("after 200")

    async with events:
        await asyncio.gather(events.drain(), *(receive(body) for body in plan.bodies))
        await events.drain()
        repaired = True
        await events.redrive()
        await events.drain()
        await events._store.prune(bodies_before=events._clock.time(), ids_before=0)
    pipe.send("done")


def _effect(name: str, url: str) -> Callable[[Any], Any]:
    async def on_server(connection: Any) -> None:
        await connection.execute(f"{EFFECT}($1)", name)

    def on_file(database: sqlite3.Connection) -> None:
        database.execute(f"{EFFECT}(?)", (name,))

    return on_file if url.startswith("sqlite") else on_server


def _watch_store(store: Store, crash: Crash) -> None:
    def around(name: str) -> None:
        method = getattr(store, name)

        async def call(*args: Any, **options: Any) -> Any:
            crash.at(f"before {name}")
            result = await method(*args, **options)
            if result:
                crash.at(f"after {name}")
            return result

        setattr(store, name, call)

    for name in ("accept", "lease", "settle"):
        around(name)


def _watch_sqlite(crash: Crash) -> None:
    connect, perform = SQLiteFile._open, group_commit.perform

    def traced(sql: str) -> None:
        for point, part in LOCAL.items():
            if part in sql:
                crash.at(point)

    def opened(store: Any) -> sqlite3.Connection:
        database: sqlite3.Connection = connect(store)
        database.set_trace_callback(traced)
        return database

    def performed(*args: Any) -> Any:
        results = perform(*args)
        crash.at("after COMMIT")
        return results

    setattr(SQLiteFile, "_open", opened)
    setattr(sqlite_store, "perform", performed)


def _watch_asyncpg(crash: Crash) -> None:
    def around(method: str) -> None:
        original = getattr(asyncpg.Connection, method)

        async def call(self: Any, query: str, *args: Any, **options: Any) -> Any:
            names = [name for name, part in SERVER.items() if part in query]
            for name in names:
                crash.at(f"before {name}")
            running = asyncio.ensure_future(original(self, query, *args, **options))
            if names:
                await asyncio.sleep(0)  # the statement is sent to the server
                for name in names:
                    crash.at(f"during {name}")
            result = await running
            for name in names:
                crash.at(f"after {name}")
            return result

        setattr(asyncpg.Connection, method, call)

    for method in ("execute", "fetch", "fetchrow", "fetchval"):
        around(method)
