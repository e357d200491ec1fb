"""The stores that the conformance suite is run against. A new one is a class here and a line in KINDS."""

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
    """One kind of store with a place of its own, and what `event.commit` looks like on it."""

    name: str
    durable = True
    """Whether a second store on the same place sees what the first has written."""

    def __init__(self, clock: ManualClock, folder: Path) -> None:
        self.clock = clock
        self.folder = folder
        self.opened: list[Store] = []

    @property
    @abc.abstractmethod
    def url(self) -> str:
        """Where the inbox is."""

    async def open(self) -> Store:
        """A store on this place, closed at the end of the test."""
        store = open_store(self.url, self.clock)
        await store.open()
        self.opened.append(store)
        return store

    async def close(self) -> None:
        """Close what was opened."""
        for store in self.opened:
            await store.close()

    async def prepare(self) -> None:  # noqa: B027 - a file needs none
        """Make the place."""

    @abc.abstractmethod
    def add(self, value: str, error: BaseException | None = None) -> Callable[[Any], Any]:
        """A function for `commit` that writes a value into the table `effects`, returns it, or then raises."""

    @abc.abstractmethod
    def wrong_kind(self) -> Callable[[Any], Any]:
        """A function of the kind that this store cannot call."""

    @abc.abstractmethod
    def ends_transaction(self) -> Callable[[Any], Any]:
        """A function that writes and then commits by itself."""

    @abc.abstractmethod
    async def values(self, store: Store) -> list[str]:
        """What is in the table `effects`."""


class Local(StoreKind):
    """What memory and SQLite have in common."""

    def add(self, value: str, error: BaseException | None = None) -> Callable[[Any], Any]:
        def work(database: sqlite3.Connection) -> str:
            database.execute(EFFECTS)
            database.execute("INSERT INTO effects VALUES (?)", (value,))
            database.row_factory = sqlite3.Row  # must not trouble whoever comes next
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
    """`memory:`."""

    name = "memory"
    durable = False
    url = "memory:"


class SQLite(Local):
    """A file."""

    name = "sqlite"

    @property
    def url(self) -> str:
        return f"sqlite:///{self.folder}/inbox.db"


class Postgres(StoreKind):
    """A schema of its own on the one server of the test run."""

    name = "postgres"
    server = ""
    """Set by the fixture."""

    def __init__(self, clock: ManualClock, folder: Path) -> None:
        super().__init__(clock, folder)
        self.schema = f"inbox_{uuid.uuid4().hex}"

    @property
    def url(self) -> str:
        # By the second name the server's lists say whose a connection is.
        return f"{self.server}&search_path={self.schema}&application_name={self.schema}"

    async def prepare(self) -> None:
        await self.run(f"CREATE SCHEMA {self.schema}")
        await self.run("CREATE TABLE effects (value text NOT NULL, number int GENERATED ALWAYS AS IDENTITY)")

    async def run(self, sql: str) -> list[Any]:
        """What a statement of somebody else gives."""
        connection = await asyncpg.connect(self.url)
        try:
            return [tuple(row) for row in await connection.fetch(sql)]
        finally:
            await connection.close()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """A transaction of another process, which is committed at the end of the block."""
        connection = await asyncpg.connect(self.url)
        try:
            async with connection.transaction():
                yield connection
        finally:
            await connection.close()

    async def blocked(self, count: int = 1) -> None:
        """Return when so many wait for a lock."""
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
            await connection.execute("SET search_path = nowhere")  # must not trouble whoever comes next
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
