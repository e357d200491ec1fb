"""`sqlite:///file`, an inbox for one machine: a 200 means that the event survives the loss of power."""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from typing import TYPE_CHECKING, Final, TypeVar

from cstar_async.errors import InboxError

from .batch import Task, perform
from .filesystem import refuse_network_file_system
from .local import LocalStore
from .schema import migrate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cstar_async.clock import Clock

T = TypeVar("T")

BUSY_TIMEOUT: Final = 5.0
"""Seconds to wait while another process writes, which is less than a delivery may take."""
GLANCE: Final = 0.2
"""Seconds between looks whether another process has written."""
LARGEST_BATCH: Final = 1_000


class SQLiteStore(LocalStore):
    """One thread owns the connection that writes; what queues up while it flushes makes the next transaction.

    Several processes of one machine may use one file. Reads that may take long have connections of their own.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        super().__init__(clock)
        self.name = str(path)
        self.path = path
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
            self._queue.put(None)  # if it was cancelled: the thread may yet come to open the file
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
            await asyncio.sleep(GLANCE)

    def _hand_over(self, tasks: list[Task]) -> None:
        self._queue.put(tasks)

    def _require_open(self) -> None:
        if self._thread is None:
            raise RuntimeError("the inbox is not open")

    async def _read(self, look: Callable[[sqlite3.Connection], T]) -> T:
        def read() -> T:
            with contextlib.closing(self._connect()) as database:
                return look(database)

        self._require_open()
        return await asyncio.to_thread(read)

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, isolation_level=None, timeout=BUSY_TIMEOUT)

    def _open(self) -> sqlite3.Connection:
        refuse_network_file_system(self.path)
        if not self.path.parent.is_dir():
            raise InboxError(f"the inbox {self.path} cannot be opened: its folder does not exist")
        database = self._connect()
        try:
            database.execute("PRAGMA journal_mode = WAL")
            # WAL alone flushes at checkpoints only; this flushes each transaction.
            database.execute("PRAGMA synchronous = FULL")
            migrate(database)
        except BaseException:
            database.close()
            raise
        return database

    def _work(
        self,
        loop: asyncio.AbstractEventLoop,
        opened: asyncio.Future[None],
        waiting: queue.SimpleQueue[list[Task] | None],
    ) -> None:
        """The thread."""
        try:
            database = self._open()
        except BaseException as error:  # noqa: BLE001 - raised by open()
            _tell(loop, lambda error=error: None if opened.done() else opened.set_exception(error))  # type: ignore[misc]
            return
        _tell(loop, lambda: None if opened.done() else opened.set_result(None))
        with contextlib.closing(database):
            while tasks := self._next(waiting):
                results = perform(database, self._clock.time(), tasks)
                _tell(loop, lambda results=results: self._resolve(results))  # type: ignore[misc]

    @staticmethod
    def _next(waiting: queue.SimpleQueue[list[Task] | None]) -> list[Task]:
        """What has queued up; waits for the first task. Empty at the end."""
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


def _tell(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
        loop.call_soon_threadsafe(call)
