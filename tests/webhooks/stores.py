"""The stores that the conformance suite is run against. A new one needs a class here and an entry in KINDS."""

from __future__ import annotations

import abc
import asyncio
import sqlite3
import uuid
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Any

import asyncpg

from cstar_async.webhooks.inbox import Store, open_store
from cstar_async.webhooks.inbox.memory import MemoryStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from .clock import ManualClock

EFFECTS = "CREATE TABLE IF NOT EXISTS effects (value TEXT NOT NULL)"


class StoreKind(abc.ABC):
    """One kind of store in a place of its own, and functions for `event.commit` on it."""

    name: str
    durable = True
    """Whether a second store in the same place sees what the first has written."""

    def __init__(self, clock: ManualClock, folder: Path) -> None:
        self.clock = clock
        self.folder = folder
        self.opened: list[Store] = []

    @property
    @abc.abstractmethod
    def url(self) -> str:
        """The URL of the inbox."""

    async def open(self) -> Store:
        """Open a store in this place; it is closed at the end of the test."""
        store = open_store(self.url, self.clock)
        await store.open()
        self.opened.append(store)
        return store

    async def close(self) -> None:
        """Close all opened stores."""
        for store in self.opened:
            await store.close()

    @abc.abstractmethod
    async def prepare(self) -> None:
        """Make the place."""

    @abc.abstractmethod
    def add(self, value: str, error: BaseException | None = None) -> Callable[[Any], Any]:
        """A function for `commit` that writes a value into the table `effects`, and returns it or raises `error`."""

    @abc.abstractmethod
    def wrong_kind(self) -> Callable[[Any], Any]:
        """A function that this store cannot call: a coroutine function for SQLite, else a plain one."""

    @abc.abstractmethod
    def ends_transaction(self) -> Callable[[Any], Any]:
        """A function that writes a value and then commits the transaction itself."""

    @abc.abstractmethod
    async def values(self, store: Store) -> list[str]:
        """The values in the table `effects`."""


class Local(StoreKind):
    """The common part of memory and SQLite."""

    async def prepare(self) -> None:
        """A file and memory need no preparation."""

    def add(self, value: str, error: BaseException | None = None) -> Callable[[Any], Any]:
        def work(database: sqlite3.Connection) -> str:
            database.execute(EFFECTS)
            database.execute("INSERT INTO effects VALUES (?)", (value,))
            database.row_factory = sqlite3.Row  # must not affect later users of the connection
            if error is not None:
                raise error
            return value

        return work

    def wrong_kind(self) -> Callable[[Any], Any]:
        async def work(_: sqlite3.Connection) -> None:
            raise AssertionError("called")

        return work

    def ends_transaction(self) -> Callable[[Any], Any]:
        def work(database: sqlite3.Connection) -> None:
            self.add("half")(database)
            database.commit()

        return work

    async def values(self, store: Store) -> list[str]:
        if isinstance(store, MemoryStore):
            return _values(store._connection())
        with closing(sqlite3.connect(self.folder / "inbox.db")) as database:
            return _values(database)


def _values(database: sqlite3.Connection) -> list[str]:
    database.execute(EFFECTS)
    return [row[0] for row in database.execute("SELECT value FROM effects ORDER BY rowid")]


class Memory(Local):
    """The store of `memory:`."""

    name = "memory"
    durable = False
    url = "memory:"


class SQLite(Local):
    """The store in a file."""

    name = "sqlite"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/inbox.db"


class Postgres(StoreKind):
    """The store in a schema of its own, on the server of the test run."""

    name = "postgres"
    server = ""
    """Set by the fixture."""

    def __init__(self, clock: ManualClock, folder: Path) -> None:
        super().__init__(clock, folder)
        self.schema = f"inbox_{uuid.uuid4().hex}"

    @property
    def url(self) -> str:
        # application_name marks the connections of this schema in pg_stat_activity.
        return f"{self.server}&search_path={self.schema}&application_name={self.schema}"

    async def prepare(self) -> None:
        await self.run(f"CREATE SCHEMA {self.schema}")
        await self.run("CREATE TABLE effects (value text NOT NULL, number int GENERATED ALWAYS AS IDENTITY)")

    async def run(self, sql: str) -> list[Any]:
        """The rows of a statement that is run on another connection."""
        connection = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """A transaction on another connection, committed at the end of the block."""
        connection = await asyncpg.connect(self.url)
        try:
            async with connection.transaction():
                yield connection
        finally:
            await connection.close()

    async def blocked(self, count: int = 1) -> None:
        """Return when `count` connections wait for a lock."""
        waiting = f"FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = '{self.schema}'"
        async with asyncio.timeout(60):
            while len(await self.run(f"SELECT {waiting}")) < count:
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        await super().close()
        await self.run(f"DROP SCHEMA {self.schema} CASCADE")

    def add(self, value: str, error: BaseException | None = None) -> Callable[[Any], Any]:
        async def work(connection: Any) -> str:
            await connection.execute("INSERT INTO effects (value) VALUES ($1)", value)
            await connection.execute("SET search_path = nowhere")  # must not affect later users of the connection
            if error is not None:
                raise error
            return value

        return work

    def wrong_kind(self) -> Callable[[Any], Any]:
        def work(_: Any) -> None:
            raise AssertionError("called")

        return work

    def ends_transaction(self) -> Callable[[Any], Any]:
        async def work(connection: Any) -> None:
            await connection.execute("INSERT INTO effects (value) VALUES ('half')")
            await connection.execute("COMMIT")

        return work

    async def values(self, store: Store) -> list[str]:
        return [row[0] for row in await self.run("SELECT value FROM effects ORDER BY number")]


KINDS: tuple[type[StoreKind], ...] = (Memory, SQLite, Postgres)
