"""`sqlite:///file`, an inbox for one machine: a 200 means that the event survives the loss of power."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from typing import TYPE_CHECKING, Final, TypeVar

from cstar_async._sqlite.file import SQLiteFile
from cstar_async.errors import InboxError
from cstar_async.webhooks.inbox.lease_watch import LeaseWatch

from . import queries
from .base import LocalStore
from .group_commit import perform, refuse
from .lent_connection import InboxConnection
from .schema import migrate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cstar_async._sqlite.group_commit import Result, Task
    from cstar_async.clock import Clock
    from cstar_async.webhooks.inbox.records import Group

T = TypeVar("T")

BUSY_TIMEOUT: Final = 5.0
"""Seconds to wait while another process writes; less than a delivery may take."""
POLL_INTERVAL: Final = 0.2
"""Seconds between checks whether another process has written."""


class _InboxFile(SQLiteFile[InboxConnection]):
    """The file of an inbox."""

    what = "inbox"
    content = "events"
    error = InboxError
    instead = ", or use postgresql:// for many machines"
    logger = logging.getLogger("cstar_async.webhooks")

    def __init__(
        self,
        path: Path,
        resolve: Callable[[Sequence[Result]], None],
        clock: Clock,
        registered: Callable[[], Sequence[Group]],
    ) -> None:
        super().__init__(path, resolve)
        self._clock = clock
        self._registered = registered
        """The groups, which are registered again if the tables had to be created again."""

    def connect(self) -> InboxConnection:
        return sqlite3.connect(self.path, isolation_level=None, timeout=BUSY_TIMEOUT, factory=InboxConnection)

    def prepare(self, database: InboxConnection) -> None:
        migrate(database)
        queries.register(database, self._registered())

    def perform(self, database: InboxConnection, tasks: Sequence[Task]) -> list[Result]:
        return perform(database, self._clock.time(), tasks)

    def refuse(self, tasks: Sequence[Task], error: BaseException) -> list[Result]:
        return refuse(tasks, error)

    def last(self, database: sqlite3.Connection) -> int:
        found: int = database.execute("SELECT max(place) FROM cstar_inbox_events").fetchone()[0] or 0
        return found

    def pending(self, database: sqlite3.Connection) -> int:
        found: int = database.execute("SELECT count(*) FROM cstar_inbox_work WHERE state = 0").fetchone()[0]
        return found

    def end(self, database: InboxConnection) -> None:
        database.close_for_good()


class SQLiteStore(LocalStore):
    """A `Store` in a file. Several processes of one machine may use it."""

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(clock)
        self._file = _InboxFile(path, self._resolve, clock, lambda: self._registered)
        self.name = self._file.name
        self.path = self._file.path
        self._watcher: asyncio.Task[None] | None = None

    async def check_exists(self) -> None:
        """See Store.check_exists."""
        if not await asyncio.to_thread(self._exists):
            raise InboxError(f"there is no inbox in {self.path}")

    def _exists(self) -> bool:
        if not self.path.exists():
            return False
        address = f"{self.path.resolve().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True, timeout=BUSY_TIMEOUT)) as database:
            sql = "SELECT 1 FROM sqlite_master WHERE name = 'cstar_inbox_facts'"
            return database.execute(sql).fetchone() is not None

    async def open(self) -> None:
        """See Store.open. Raises InboxError for a file that is on another machine."""
        if not self._file.is_open:
            self.wake = asyncio.Event()  # of this loop
            self._leases = LeaseWatch(self._clock)
            await self._file.open()

    async def close(self) -> None:
        """See Store.close."""
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
            self._watcher = None
        if self._file.is_open:
            self._flush()
            await self._file.close()

    async def listen(self) -> None:
        """See Store.listen."""
        if self._watcher is None:
            self._watcher = asyncio.get_running_loop().create_task(self._watch())

    async def _watch(self) -> None:
        seen = 0
        while True:
            with contextlib.suppress(sqlite3.Error):
                version = await self._run(lambda database, _: database.execute("PRAGMA data_version").fetchone()[0])
                if version != seen:
                    self.wake.set()
                seen = version
            await asyncio.sleep(POLL_INTERVAL)

    def _hand_over(self, tasks: list[Task]) -> None:
        self._file.put(tasks)

    def _require_open(self) -> None:
        self._file.require_open()

    async def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        return await self._file.read(query)
