"""Where an outbox is kept: `sqlite:///file` or `memory:`."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sqlite3
from typing import TYPE_CHECKING, Final, TypeVar

from cstar_async._core.secrets import without_secrets
from cstar_async._sqlite.address import file_of
from cstar_async._sqlite.file import PRIVATE, SQLiteFile
from cstar_async._sqlite.group_commit import Result, TaskQueue, in_transaction
from cstar_async.errors import OutboxError

from .schema import migrate, refuse_others

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from pathlib import Path

    from cstar_async._sqlite.group_commit import Task
    from cstar_async.clock import Clock

T = TypeVar("T")

BUSY_TIMEOUT: Final = 5.0
"""Seconds to wait while another process writes."""

logger = logging.getLogger("cstar_async.outbox")


def _perform(database: sqlite3.Connection, now: float, tasks: Sequence[Task]) -> list[Result]:
    return in_transaction(
        database,
        lambda: [_run(database, now, task) for task in tasks],
        lambda error: _refuse(tasks, error),
    )


def _run(database: sqlite3.Connection, now: float, task: Task) -> Result:
    try:
        return Result(task, task.value(database, now), None)
    except OutboxError as error:  # raised before anything is written
        return Result(task, None, error)


def _refuse(tasks: Sequence[Task], error: BaseException) -> list[Result]:
    return [Result(task, None, error) for task in tasks]


class _OutboxFile(SQLiteFile[sqlite3.Connection]):
    """The file of an outbox."""

    what = "outbox"
    content = "entries"
    error = OutboxError
    logger = logger

    def __init__(self, path: Path, resolve: Callable[[Sequence[Result]], None], clock: Clock) -> None:
        super().__init__(path, resolve)
        self._clock = clock

    def connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, isolation_level=None, timeout=BUSY_TIMEOUT)

    def check(self, database: sqlite3.Connection) -> None:
        refuse_others(database, self.name)

    def prepare(self, database: sqlite3.Connection) -> None:
        migrate(database)

    def perform(self, database: sqlite3.Connection, tasks: Sequence[Task]) -> list[Result]:
        return _perform(database, self._clock.time(), tasks)

    def refuse(self, tasks: Sequence[Task], error: BaseException) -> list[Result]:
        return _refuse(tasks, error)

    def last(self, database: sqlite3.Connection) -> int:
        # Not the largest number of a row, since rows are removed.
        sql = "SELECT seq FROM sqlite_sequence WHERE name = 'cstar_outbox_entries'"
        row = database.execute(sql).fetchone()
        return 0 if row is None else row[0]

    def pending(self, database: sqlite3.Connection) -> int:
        sql = "SELECT count(*) FROM cstar_outbox_entries WHERE state IN ('queued', 'sending')"
        found: int = database.execute(sql).fetchone()[0]
        return found


class Store(TaskQueue):
    """Stores the entries of an outbox in a SQLite file, or in memory without a path."""

    def __init__(self, path: Path | None, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._file = None if path is None else _OutboxFile(path, self._resolve, clock)
        self._memory: sqlite3.Connection | None = None
        self._is_sending = False
        self.name = "memory:" if path is None else str(path)

    @property
    def is_shared(self) -> bool:
        """Whether other processes can put entries into it."""
        return self._file is not None

    async def open(self) -> None:
        """Open it. Raises OutboxError if it cannot be used."""
        with self._wrap_errors():
            if self._file is not None:
                await self._file.open()
            elif self._memory is None:
                self._memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
                migrate(self._memory)

    async def close(self) -> None:
        """Finish what was begun, and close it. Logs how many entries are lost with one in memory."""
        if self._memory is not None:
            self._flush()
            sql = "SELECT count(*) FROM cstar_outbox_entries WHERE state IN ('queued', 'sending')"
            if left := self._memory.execute(sql).fetchone()[0]:
                logger.warning("%d entries were lost with the outbox in memory before they were sent", left)
            self._memory.close()
            self._memory = None
        elif self._file is not None and self._file.is_open:
            self._flush()
            await self._file.close()

    async def run(self, work: Callable[[sqlite3.Connection, float], T], *, finish: bool = False) -> T:
        """Run a function of the connection and the time, in a transaction. Raises OutboxError.

        With `finish`, a cancellation is raised after it has ended.
        """
        with self._wrap_errors():
            future: asyncio.Future[T] = self._submit(None, work)
            cancelled: asyncio.CancelledError | None = None
            while finish and not future.done():
                try:
                    await asyncio.wait({future})
                except asyncio.CancelledError as error:
                    cancelled = error
            if cancelled is not None:
                raise cancelled
            return await future

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function that only reads and may take long. Raises OutboxError."""
        with self._wrap_errors():
            if self._file is not None:
                return await self._file.read(query)
            return query(self._connection())

    async def version(self) -> int:
        """A number that changes when another process writes. Raises OutboxError."""
        found: int = await self.run(lambda database, _: database.execute("PRAGMA data_version").fetchone()[0])
        return found

    def _hand_over(self, tasks: list[Task]) -> None:
        if self._file is not None:
            self._file.put(tasks)
        else:
            self._resolve(_perform(self._connection(), self._clock.time(), tasks))

    def _require_open(self) -> None:
        if self._file is not None:
            self._file.require_open()
        else:
            self._connection()

    def _connection(self) -> sqlite3.Connection:
        if self._memory is None:
            raise RuntimeError("the outbox is not open")
        return self._memory

    @contextlib.contextmanager
    def _wrap_errors(self) -> Generator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise OutboxError(f"the outbox {self.name} cannot be used: {error}") from without_secrets(error)

    @contextlib.contextmanager
    def sending(self) -> Generator[bool]:
        """Become the one sender of this outbox for the block; False if another one is at it, in any process."""
        if self._is_sending:
            yield False
            return
        file: int | None = None
        if self._file is not None:
            with self._wrap_errors():
                file = _lock(self._file.path)
            if file is None:
                yield False
                return
        self._is_sending = True
        try:
            yield True
        finally:
            self._is_sending = False
            if file is not None:
                from filelock import unlock_descriptor

                # Explicitly, since a forked process may have the descriptor too.
                with contextlib.suppress(OSError):
                    unlock_descriptor(file)
                os.close(file)


def _lock(path: Path) -> int | None:
    """Lock the file beside an outbox, and return its descriptor; None if it is locked.

    The lock ends with the process, however that ends, and no clock is involved. It is not on the outbox itself: to
    close a second descriptor of a SQLite file would release SQLite's own locks.
    """
    from filelock import lock_descriptor  # takes 10 ms to load

    file = os.open(f"{path}-lock", os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        locked = lock_descriptor(file, blocking=False)
    except BaseException:
        os.close(file)
        raise
    if locked:
        return file
    os.close(file)
    return None


def open_store(url: str, clock: Clock) -> Store:
    """The store of a URL, not yet opened. Raises OutboxError if the URL does not name an outbox."""
    if url == "memory:":
        return Store(None, clock)
    path = file_of(url, "outbox", OutboxError)
    if path is None:
        raise OutboxError("outbox must be memory: or sqlite:///file")
    return Store(path, clock)


__all__ = ["Store", "open_store"]
