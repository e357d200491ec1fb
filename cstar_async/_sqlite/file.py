"""A SQLite file whose writes survive the loss of power, with one thread that writes."""

from __future__ import annotations

import abc
import asyncio
import contextlib
import os
import queue
import sqlite3
import stat
import threading
from typing import TYPE_CHECKING, ClassVar, Final, Generic, NamedTuple, TypeVar

from .filesystem import refuse_network_file_system
from .group_commit import Result, Task

if TYPE_CHECKING:
    import logging
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cstar_async.errors import CStarError

T = TypeVar("T")
C = TypeVar("C", bound=sqlite3.Connection)

LARGEST_BATCH: Final = 1_000
PRIVATE: Final = 0o600
"""The mode of the files: only the owner can read them, since they contain the texts of customers."""

# After these errors the connection is opened again: the disk may have failed temporarily, the file may have been
# truncated or replaced, or the folder may have been read-only.
_BROKEN: Final = frozenset(
    {
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_MISUSE,
    }
)


class _Files(NamedTuple):
    """The file and its write-ahead log, which has the latest committed rows."""

    identity: tuple[int, int, int, int]
    size: int
    log_size: int


class SQLiteFile(abc.ABC, Generic[C]):
    """One thread owns the connection that writes; tasks that arrive while it flushes share the next transaction.

    Several processes of one machine may use one file. Reads that may take long have connections of their own.
    Subclasses say what is in the file.
    """

    what: ClassVar[str]
    """What the file is, for messages: `inbox`."""
    content: ClassVar[str]
    """What it holds, for messages: `events`."""
    error: ClassVar[type[CStarError]]
    instead: ClassVar[str] = ""
    """What can be used instead of a file, for messages."""
    logger: ClassVar[logging.Logger]

    def __init__(self, path: Path, resolve: Callable[[Sequence[Result]], None]) -> None:
        self.name = str(path)
        self.path = path.absolute()  # stays valid if the working directory changes
        self._resolve = resolve
        """Called on the event loop with the results of tasks."""
        self._log = f"{self.path}-wal"
        self._files: _Files | None = None
        """The files at the path after the last transaction."""
        self._was_broken = False
        """Whether the file was opened again, and no transaction has succeeded since."""
        self._queue: queue.SimpleQueue[list[Task] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None

    @abc.abstractmethod
    def connect(self) -> C:
        """A new connection to the file."""

    def check(self, database: sqlite3.Connection) -> None:
        """Raise `error` if the file, which exists, is another program's. It is not changed before this."""

    @abc.abstractmethod
    def prepare(self, database: C) -> None:
        """Create the tables, or migrate them."""

    @abc.abstractmethod
    def perform(self, database: C, tasks: Sequence[Task]) -> list[Result]:
        """Run tasks in one transaction. Does not raise."""

    @abc.abstractmethod
    def refuse(self, tasks: Sequence[Task], error: BaseException) -> list[Result]:
        """The results of tasks that all fail with an error of the database."""

    @abc.abstractmethod
    def last(self, database: sqlite3.Connection) -> int:
        """The largest number of a row; it grows with each row."""

    @abc.abstractmethod
    def pending(self, database: sqlite3.Connection) -> int:
        """How much is left to do."""

    def end(self, database: C) -> None:
        """Close a connection."""
        database.close()

    async def open(self) -> None:
        """Open the file, on a thread. Raises `error` if it cannot be kept safely, or is on another machine."""
        if self._thread is not None:
            return
        loop = asyncio.get_running_loop()
        opened: asyncio.Future[None] = loop.create_future()
        self._queue = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._work, args=(loop, opened, self._queue), name=f"cstar-{self.what}", daemon=True
        )
        self._thread.start()
        try:
            await asyncio.shield(opened)
        except BaseException:
            self._thread = None
            self._queue.put(None)  # if this was cancelled, since the thread may still open the file
            raise

    async def close(self) -> None:
        """Run the tasks that were put, and close the file."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            await asyncio.to_thread(thread.join)

    @property
    def is_open(self) -> bool:
        """Whether it was opened, and not closed since."""
        return self._thread is not None

    def put(self, tasks: list[Task]) -> None:
        """Run tasks on the thread."""
        self._queue.put(tasks)

    def require_open(self) -> None:
        """Raise RuntimeError if the file is not open."""
        if self._thread is None:
            raise RuntimeError(f"the {self.what} is not open")

    async def read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        """Run a function that only reads, on a connection of its own."""

        def read() -> T:
            database = self.connect()
            try:
                return query(database)
            finally:
                self.end(database)

        self.require_open()
        return await asyncio.to_thread(read)

    def _open(self) -> C:
        refuse_network_file_system(self.path, self.error, self.instead)
        if not self.path.parent.is_dir():
            raise self.error(f"the {self.what} {self.name} cannot be opened: its folder does not exist")
        if self.path.is_file():
            with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as found:
                self.check(found)
        self._make_private()
        database = self.connect()
        try:
            mode = database.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            # WAL alone flushes at checkpoints only; this flushes each transaction.
            database.execute("PRAGMA synchronous = FULL")
            flushed = database.execute("PRAGMA synchronous").fetchone()[0]
            if mode != "wal" or flushed != 2:
                raise self.error(  # noqa: TRY301  # it closes the connection, too
                    f"the {self.what} {self.name} cannot be kept safely: SQLite stays in journal mode {mode!r} with "
                    f"synchronous = {flushed}; put it on a local disk that supports shared memory{self.instead}"
                )
            self.prepare(database)
            self._files = self._find()
        except BaseException:
            self.end(database)
            raise
        return database

    def _make_private(self) -> None:
        """Create the file, readable by its owner only; SQLite creates the files beside it with the same mode."""
        with contextlib.suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE))
        for suffix in ("", "-wal", "-shm"):
            file = self.path.with_name(self.path.name + suffix)
            try:
                mode = file.stat().st_mode
                if stat.S_ISREG(mode) and stat.S_IMODE(mode) & ~PRIVATE:  # a device is everybody's
                    file.chmod(PRIVATE)
            except FileNotFoundError:
                continue
            except PermissionError:
                self.logger.warning("the %s's file %s is another user's, and may be read by others", self.what, file)

    def _find(self) -> _Files | None:
        """Return the files at the path, None if one is missing."""
        try:
            file, log = os.stat(self.path), os.stat(self._log)  # noqa: PTH116  # pathlib takes three times as long, in each transaction
        except OSError:
            return None
        return _Files((file.st_dev, file.st_ino, log.st_dev, log.st_ino), file.st_size, log.st_size)

    def _are_kept(self, database: C, files: _Files | None) -> bool:
        """Whether committed rows can still be read from the files under the path."""
        before = self._files
        if before is None or files is None or files.identity != before.identity or files.size == 0:
            return False
        if files.size >= before.size and files.log_size >= before.log_size:
            return True
        # It was truncated, or only compacted by a VACUUM or by a checkpoint that empties the log.
        try:
            with contextlib.closing(self.connect()) as other:
                return self.last(other) >= self.last(database)
        except sqlite3.Error:
            return False

    def _work(
        self,
        loop: asyncio.AbstractEventLoop,
        opened: asyncio.Future[None],
        waiting: queue.SimpleQueue[list[Task] | None],
    ) -> None:
        """Run tasks on the thread until the file is closed."""
        database: C | None
        try:
            database = self._open()
        except BaseException as error:  # noqa: BLE001  # raised by open()
            _call_on(loop, lambda error=error: None if opened.done() else opened.set_exception(error))  # type: ignore[misc]
            return
        _call_on(loop, lambda: None if opened.done() else opened.set_result(None))
        try:
            while tasks := self._next(waiting):
                results, database = self._perform(database, tasks)
                _call_on(loop, lambda results=results: self._resolve(results))  # type: ignore[misc]
        finally:
            if database is not None:
                self.end(database)

    def _perform(self, database: C | None, tasks: list[Task]) -> tuple[list[Result], C | None]:
        """Run tasks. Returns their results, and the connection for the next ones, None if it must be opened again."""
        if database is None:
            try:
                database = self._open()
            except Exception as error:  # noqa: BLE001  # passed to the callers
                return self.refuse(tasks, error), None
            self._was_broken = True
        # Checked before, since writing could restore the length of a truncated log, and after, to detect changes during
        # the transaction.
        if self._are_kept(database, self._find()):
            results = self.perform(database, tasks)
            files = self._find()
            if self._are_kept(database, files):
                if not any(_breaks(error) for _, _, error in results):
                    self._files = files
                    if self._was_broken:
                        self.logger.warning("the %s %s is open again", self.what, self.name)
                        self._was_broken = False
                    return results, database
                self.end(database)
                return results, None
        # All tasks fail, so that nobody relies on what they wrote.
        trouble = f"the file of the {self.what} {self.name} was deleted, replaced or truncated while it was in use"
        try:
            pending: int | str = self.pending(database)
        except sqlite3.Error:
            pending = "an unknown number of"
        self.logger.error("%s; %s pending %s were in it", trouble, pending, self.content)
        results = [Result(task, None, self.error(trouble)) for task in tasks]
        self.end(database)
        return results, None

    @staticmethod
    def _next(waiting: queue.SimpleQueue[list[Task] | None]) -> list[Task]:
        """Return the queued tasks, waiting for the first one. Empty once the file is closed."""
        first = waiting.get()
        tasks: list[Task] = []
        while first is not None:
            tasks += first
            if len(tasks) >= LARGEST_BATCH:
                break
            try:
                first = waiting.get_nowait()
            except queue.Empty:
                break
            if first is None:
                waiting.put(None)  # for the next turn
        return tasks


def _breaks(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.ProgrammingError):
        return "closed" in str(error)
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(error, sqlite3.Error) and code is not None and code & 0xFF in _BROKEN


def _call_on(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed, so nobody waits
        loop.call_soon_threadsafe(call)
