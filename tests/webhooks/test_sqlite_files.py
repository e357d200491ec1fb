"""The inbox in SQLite: files that are lost, replaced, damaged, locked or full."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest

from cstar_async.errors import InboxError
from cstar_async.webhooks.inbox.records import Group
from cstar_async.webhooks.inbox.sqlite.lent_connection import InboxConnection
from cstar_async.webhooks.inbox.sqlite.store import SQLiteStore

from .clock import ManualClock
from .inbox import event


def replace(path: Path) -> None:
    """Replace the file by another one, as restoring a backup does."""
    other = path.with_name("other")
    with closing(sqlite3.connect(path)) as database, closing(sqlite3.connect(other)) as copy:
        database.backup(copy)
    delete(path)
    other.rename(path)


def delete(path: Path) -> None:
    """Remove the file and its log."""
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


@pytest.mark.parametrize("change", [delete, replace, lambda path: path.rename(path.with_name("old"))])
async def test_a_file_that_is_gone_is_logged_and_made_again(
    change: Callable[[Path], object], tmp_path: Path, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """After the file is gone an event is refused, and the next one is kept in a new file, for the same groups."""
    path = tmp_path / "inbox.db"
    store = SQLiteStore(path, clock)
    await store.open()
    await store.register([Group("a", ("*",))])
    assert await store.accept(event(1))
    change(path)
    with pytest.raises(InboxError, match="deleted, replaced or truncated"):
        await store.accept(event(2))
    assert "1 pending events" in caplog.text or "2 pending events" in caplog.text
    assert await store.accept(event(2))
    await store.close()
    with closing(sqlite3.connect(path)) as database:
        assert ("evt_2",) in database.execute("SELECT id FROM cstar_inbox_events").fetchall()
        assert database.execute("SELECT count(*) FROM cstar_inbox_work WHERE state = 0").fetchone() >= (1,)


def empty(path: Path) -> None:
    """Truncate the file, as `> file` does in a shell."""
    with path.open("r+b") as file:
        file.truncate(0)


def log_of(path: Path) -> Path:
    """The write-ahead log of a file."""
    return path.with_name(f"{path.name}-wal")


def exchange_log(path: Path) -> None:
    """Replace the log by an empty one."""
    log_of(path).unlink()
    log_of(path).touch()


def move_folder(path: Path) -> None:
    """Move the folder away, and make another one."""
    path.parent.rename(path.parent.with_name("moved"))
    path.parent.mkdir()


LOSSES: dict[str, Callable[[Path], object]] = {
    "the log is deleted": lambda path: log_of(path).unlink(),
    "the log is another": exchange_log,
    "the log is moved": lambda path: log_of(path).rename(path.with_name("elsewhere")),
    "the log is truncated": lambda path: empty(log_of(path)),
    "the file is truncated": empty,
    "the file is truncated to a page": lambda path: os.truncate(path, 4096),
    "both are deleted": delete,
    "the folder is moved": move_folder,
    "the folder is removed": lambda path: shutil.rmtree(path.parent),
    "the file is overwritten": lambda path: path.write_bytes(b"x" * 8192),
}


@pytest.mark.parametrize("checkpoint", [False, True])
@pytest.mark.parametrize("change", LOSSES.values(), ids=LOSSES)
async def test_accepted_events_are_found_by_another_process(
    change: Callable[[Path], object], tmp_path: Path, clock: ManualClock, *, checkpoint: bool
) -> None:
    """Events that are accepted after any damage to the files can be read by another process."""
    path = tmp_path / "own" / "inbox.db"
    path.parent.mkdir()
    store = SQLiteStore(path, clock)
    await store.open()
    await store.register([Group("a", ("*",))])
    await store.accept(event(1))
    if checkpoint:
        with closing(sqlite3.connect(path)) as other:
            other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        await store.accept(event(2))
    change(path)
    kept: list[str] = []
    for number in range(3, 7):
        with suppress(InboxError, sqlite3.Error):
            await store.accept(event(number))
            kept.append(f"evt_{number}")
    # As after a kill: the files by their names, without those that this process has open.
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in path.parent.glob("inbox.db*") if path.parent.exists() else ():
        if not file.name.endswith("-shm"):
            shutil.copy(file, copy)
    found: list[str] = []
    with closing(sqlite3.connect(copy / "inbox.db")) as database, suppress(sqlite3.Error):
        found = [row[0] for row in database.execute("SELECT id FROM cstar_inbox_events")]
    assert set(kept) <= set(found)
    await store.close()


@pytest.mark.parametrize("tidy", ["PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM"])
async def test_vacuum_and_checkpoints_are_not_a_loss(tidy: str, tmp_path: Path, clock: ManualClock) -> None:
    """After VACUUM or a checkpoint, which make the files smaller, events are accepted."""
    path = tmp_path / "inbox.db"
    store = SQLiteStore(path, clock)
    await store.open()
    await store.register([Group("a", ("*",))])
    for number in range(50):
        await store.accept(event(number, body=b'"%s"' % (b"x" * 20_000)))
    await store.prune(bodies_before=clock.time() + 1, ids_before=0)
    with closing(sqlite3.connect(path, timeout=60)) as other:
        other.execute("UPDATE cstar_inbox_events SET body = NULL")
        other.commit()
        other.execute(tidy)
    for number in range(50, 60):
        assert await store.accept(event(number))
    with closing(sqlite3.connect(path, timeout=60)) as other:
        other.execute(tidy)
    assert await store.accept(event(60))
    await store.close()


async def test_a_file_that_was_damaged_is_opened_again(tmp_path: Path, clock: ManualClock) -> None:
    """After an I/O error the store uses a new connection."""
    path = tmp_path / "inbox.db"
    store = SQLiteStore(path, clock)
    await store.open()
    await store.register([Group("a", ("*",))])
    connections: list[InboxConnection] = []
    await store._run(lambda database, _: connections.append(database))  # type: ignore[arg-type]

    def fail(_: sqlite3.Connection, __: float) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorcode = sqlite3.SQLITE_IOERR
        raise error

    with pytest.raises(sqlite3.OperationalError, match="disk"):
        await store._run(fail)
    assert await store.accept(event(1))
    await store._run(lambda database, _: connections.append(database))  # type: ignore[arg-type]
    assert connections[0] is not connections[1]
    await store.close()


async def test_the_database_may_be_locked_for_a_while(tmp_path: Path, clock: ManualClock) -> None:
    """While another process locks the file, events are refused; afterwards they are accepted."""
    store = SQLiteStore(tmp_path / "inbox.db", clock)
    await store.open()
    await store._run(lambda database, _: database.execute("PRAGMA busy_timeout = 20").fetchone())
    with closing(sqlite3.connect(tmp_path / "inbox.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        results = await asyncio.gather(*(store.accept(event(n)) for n in range(3)), return_exceptions=True)
        assert [type(each) for each in results] == [sqlite3.OperationalError] * 3
        other.execute("ROLLBACK")
    assert await store.accept(event(1))
    await store.close()


async def test_a_full_disk_refuses_and_recovers(tmp_path: Path, clock: ManualClock) -> None:
    """With a full disk events are refused; with free space they are accepted again, and the earlier ones are there."""
    store = SQLiteStore(tmp_path / "inbox.db", clock)
    await store.open()
    assert await store.accept(event(1))
    pages = await store._run(lambda database, _: database.execute("PRAGMA page_count").fetchone()[0])
    await store._run(lambda database, _: database.execute(f"PRAGMA max_page_count = {pages + 4}").fetchone())
    big = [event(f"big{n}", body=b'{"x":"' + b"y" * 30_000 + b'"}') for n in range(4)]
    results = await asyncio.gather(*(store.accept(each) for each in big), return_exceptions=True)
    assert {str(each) for each in results} == {"database or disk is full"}
    assert not await store.accept(event(1))
    await store._run(lambda database, _: database.execute("PRAGMA max_page_count = 1000000").fetchone())
    assert await store.accept(big[0])
    await store.close()
