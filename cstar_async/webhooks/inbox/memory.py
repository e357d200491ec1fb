"""`memory:`, an inbox for tests and experiments. Its events are lost when it is closed."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from typing import TYPE_CHECKING, TypeVar

from cstar_async.errors import InboxError

from .lease_watch import LeaseWatch
from .sqlite.base import LocalStore
from .sqlite.group_commit import perform
from .sqlite.lent_connection import InboxConnection
from .sqlite.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async._sqlite.group_commit import Task
    from cstar_async.clock import Clock

logger = logging.getLogger("cstar_async.webhooks")

T = TypeVar("T")


class MemoryStore(LocalStore):
    """SQLite in memory, used on the event loop: a transaction takes tens of microseconds and does no I/O."""

    name = "memory:"

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._database: sqlite3.Connection | None = None

    async def check_exists(self) -> None:
        """See Store.check_exists. An inbox in memory only exists after `open`."""
        if self._database is None:
            raise InboxError("there is no inbox in memory: it only exists in the process that opened it")

    async def open(self) -> None:
        """See Store.open. Its events are kept if it is opened again on another loop or thread."""
        self.wake = asyncio.Event()  # of the loop that is running now
        if self._database is None:
            self._leases = LeaseWatch(self._clock)
            self._database = sqlite3.connect(
                ":memory:", isolation_level=None, check_same_thread=False, factory=InboxConnection
            )
            migrate(self._database)

    async def close(self) -> None:
        """See Store.close. Drops the events, and logs how many were not handled."""
        self._flush()
        if self._database is not None:
            sql = "SELECT count(DISTINCT place) FROM cstar_inbox_work WHERE state = 0"
            if left := self._database.execute(sql).fetchone()[0]:
                logger.warning("%d events were lost with the inbox in memory before they were handled", left)
            self._database.close()
            self._database = None

    async def listen(self) -> None:
        """See Store.listen. There is nothing to listen to: no other process can write."""

    def _hand_over(self, tasks: list[Task]) -> None:
        self._resolve(perform(self._connection(), self._clock.time(), tasks))

    def _require_open(self) -> None:
        self._connection()

    async def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        return query(self._connection())

    def _connection(self) -> sqlite3.Connection:
        if self._database is None:
            raise RuntimeError("the inbox is not open")
        return self._database
