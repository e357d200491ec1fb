"""`sqlite:///file`, an inbox for one machine: a 200 means that the event survives the loss of power."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import queue
import sqlite3
import stat
import threading
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

from cstar_async.errors import InboxError
from cstar_async.webhooks.inbox.lease_watch import LeaseWatch

from . import queries
from .base import LocalStore
from .filesystem import refuse_network_file_system
from .group_commit import Result, Task, perform, refuse
from .lent_connection import InboxConnection
from .schema import migrate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cstar_async.clock import Clock

T = TypeVar("T")
logger = logging.getLogger("cstar_async.webhooks")

BUSY_TIMEOUT: Final = 5.0
"""Seconds to wait while another process writes; less than a delivery may take."""
POLL_INTERVAL: Final = 0.2
"""Seconds between checks whether another process has written."""
LARGEST_BATCH: Final = 1_000
PRIVATE: Final = 0o600
"""The mode of the files: only the owner can read them, since events contain the texts of customers."""

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
    """The file of an inbox and its write-ahead log, which has the latest committed events."""

    identity: tuple[int, int, int, int]
    size: int
    log_size: int


class SQLiteStore(LocalStore):
    """One thread owns the connection that writes; tasks that arrive while it flushes share the next transaction.

    Several processes of one machine may use one file. Reads that may take long have connections of their own.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(clock)
        self.name = str(path)
        self.path = path.absolute()  # stays valid if the working directory changes
        self._log = f"{self.path}-wal"
        self._files: _Files | None = None
        """The files at the path after the last transaction."""
        self._queue: queue.SimpleQueue[list[Task] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
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
        if self._thread is not None:
            return
        self._loop = asyncio.get_running_loop()
        self.wake = asyncio.Event()  # of this loop
        self._leases = LeaseWatch(self._clock)
        opened: asyncio.Future[None] = self._loop.create_future()
        self._queue = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._work, args=(self._loop, opened, self._queue), name="cstar-inbox", daemon=True
        )
        self._thread.start()
        try:
            await asyncio.shield(opened)
        except BaseException:
            self._thread = None
            self._queue.put(None)  # if this was cancelled, since the thread may still open the file
            raise

    async def close(self) -> None:
        """See Store.close."""
        thread, self._thread = self._thread, None
        if self._watcher is not None:
            self._watcher.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watcher
            self._watcher = None
        if thread is not None:
            self._flush()
            self._queue.put(None)
            await asyncio.to_thread(thread.join)

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
        self._queue.put(tasks)

    def _require_open(self) -> None:
        if self._thread is None:
            raise RuntimeError("the inbox is not open")

    async def _read(self, query: Callable[[sqlite3.Connection], T]) -> T:
        def read() -> T:
            with contextlib.closing(self._connect()) as database:
                return query(database)

        self._require_open()
        return await asyncio.to_thread(read)

    def _connect(self) -> InboxConnection:
        return sqlite3.connect(self.path, isolation_level=None, timeout=BUSY_TIMEOUT, factory=InboxConnection)

    def _open(self) -> InboxConnection:
        refuse_network_file_system(self.path)
        if not self.path.parent.is_dir():
            raise InboxError(f"the inbox {self.name} cannot be opened: its folder does not exist")
        self._make_private()
        database = self._connect()
        try:
            mode = database.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            # WAL alone flushes at checkpoints only; this flushes each transaction.
            database.execute("PRAGMA synchronous = FULL")
            flushed = database.execute("PRAGMA synchronous").fetchone()[0]
            if mode != "wal" or flushed != 2:
                raise InboxError(
                    f"the inbox {self.name} cannot be kept safely: SQLite stays in journal mode {mode!r} with "
                    f"synchronous = {flushed}; put it on a local disk that supports shared memory, or use postgresql://"
                )
            migrate(database)
            queries.register(database, self._registered)
            self._files = self._find()
        except BaseException:
            database.close_for_good()
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
                logger.warning("the inbox's file %s is another user's, and may be read by others", file)

    def _find(self) -> _Files | None:
        """Return the files at the path, None if one is missing."""
        try:
            file, log = os.stat(self.path), os.stat(self._log)  # noqa: PTH116  # pathlib takes three times as long, in each transaction
        except OSError:
            return None
        return _Files((file.st_dev, file.st_ino, log.st_dev, log.st_ino), file.st_size, log.st_size)

    def _are_kept(self, database: sqlite3.Connection, files: _Files | None) -> bool:
        """Whether committed events can still be read from the files under the path."""
        before = self._files
        if before is None or files is None or files.identity != before.identity or files.size == 0:
            return False
        if files.size >= before.size and files.log_size >= before.log_size:
            return True
        # It was truncated, or only compacted by a VACUUM or by a checkpoint that empties the log.
        sql = "SELECT max(place) FROM cstar_inbox_events"
        try:
            with contextlib.closing(self._connect()) as other:
                last = database.execute(sql).fetchone()[0] or 0
                found: int = other.execute(sql).fetchone()[0] or 0
        except sqlite3.Error:
            return False
        return found >= last

    def _work(
        self,
        loop: asyncio.AbstractEventLoop,
        opened: asyncio.Future[None],
        waiting: queue.SimpleQueue[list[Task] | None],
    ) -> None:
        """Run tasks on the thread until the store is closed."""
        database: InboxConnection | None
        try:
            database = self._open()
        except BaseException as error:  # raised by open()
            _call_on(loop, lambda error=error: None if opened.done() else opened.set_exception(error))  # type: ignore[misc]
            return
        _call_on(loop, lambda: None if opened.done() else opened.set_result(None))
        try:
            while tasks := self._next(waiting):
                results, database = self._perform(database, tasks)
                _call_on(loop, lambda results=results: self._resolve(results))  # type: ignore[misc]
        finally:
            if database is not None:
                database.close_for_good()

    def _perform(
        self, database: InboxConnection | None, tasks: list[Task]
    ) -> tuple[list[Result], InboxConnection | None]:
        """Run tasks. Returns their results, and the connection for the next ones, None if it must be opened again."""
        if database is None:
            try:
                database = self._open()
            except Exception as error:  # passed to the callers
                return refuse(tasks, error), None
            logger.warning("the inbox %s is open again", self.name)
        # Checked before, since writing could restore the length of a truncated log, and after, to detect changes during
        # the transaction.
        if self._are_kept(database, self._find()):
            results = perform(database, self._clock.time(), tasks)
            files = self._find()
            if self._are_kept(database, files):
                if not any(_breaks(error) for _, _, error in results):
                    self._files = files
                    return results, database
                database.close_for_good()
                return results, None
        # All tasks fail, so that their events are not acknowledged.
        trouble = f"the file of the inbox {self.name} was deleted, replaced or truncated while it was in use"
        logger.error("%s; %s pending events were in it", trouble, _pending(database))
        results = [Result(task, None, InboxError(trouble)) for task in tasks]
        database.close_for_good()
        return results, None

    @staticmethod
    def _next(waiting: queue.SimpleQueue[list[Task] | None]) -> list[Task]:
        """Return the queued tasks, waiting for the first one. Empty once the store is closed."""
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


def _pending(database: sqlite3.Connection) -> int | str:
    """Return the number of pending events, "an unknown number of" if the file cannot be read."""
    try:
        found: int = database.execute("SELECT count(*) FROM cstar_inbox_work WHERE state = 0").fetchone()[0]
    except sqlite3.Error:
        return "an unknown number of"
    return found


def _call_on(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed, so nobody waits
        loop.call_soon_threadsafe(call)
