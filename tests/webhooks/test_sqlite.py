"""What is SQLite's own: the file, its schema, and where it may not be."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from cstar_async.errors import InboxError
from cstar_async.webhooks.inbox import open_store
from cstar_async.webhooks.inbox.records import DONE, Group
from cstar_async.webhooks.inbox.sqlite import schema
from cstar_async.webhooks.inbox.sqlite.filesystem import file_system, is_network
from cstar_async.webhooks.inbox.sqlite.lent_connection import InboxConnection
from cstar_async.webhooks.inbox.sqlite.store import SQLiteStore

from .clock import ManualClock
from .inbox import event

MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /srv rw - nfs4 files:/srv rw,vers=4.2
31 30 8:2 / /srv/local rw - xfs /dev/sdb rw
32 22 0:41 / /mnt/my\\040share rw - fuse.sshfs me@there: rw
33 22 0:42 / /mnt/twice rw - ext4 /dev/sdc rw
34 22 0:43 / /mnt/twice rw - cifs //there/share rw
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/var/inbox.db", "ext4"),
        ("/srv/inbox.db", "nfs4"),
        ("/srv/local/deep/inbox.db", "xfs"),
        ("/srvx/inbox.db", "ext4"),
        ("/mnt/my share/inbox.db", "fuse.sshfs"),
        ("/mnt/twice/inbox.db", "cifs"),
    ],
)
def test_file_system_of_a_file(path: str, expected: str) -> None:
    """A file on another machine would be taken for a local one, or the other way round."""
    assert file_system(Path(path), MOUNTS) == expected
    assert is_network(expected) == (expected not in {"ext4", "xfs"})


async def test_network_file_systems_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    """Events would be acknowledged that a network file system loses."""
    from cstar_async.webhooks.inbox.sqlite import filesystem

    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"1 0 0:1 / {tmp_path} rw - nfs4 there:/ rw")
    monkeypatch.setattr(filesystem, "_MOUNTS", mounts)
    store = open_store(f"sqlite:///{tmp_path}/inbox.db", clock)
    with pytest.raises(InboxError, match="nfs4"):
        await store.open()
    with pytest.raises(RuntimeError, match="not open"):
        await store.accept(event(1))
    monkeypatch.undo()
    await store.open()
    await store.close()


async def test_each_transaction_is_flushed(tmp_path: Path, clock: ManualClock) -> None:
    """A 200 would be given for what the loss of power takes back."""
    store = SQLiteStore(tmp_path / "inbox.db", clock)
    await store.open()
    settings = await store._run(
        lambda database, _: [
            database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        ]
    )
    assert settings == ["wal", 2]
    await store.close()


async def test_many_at_once_share_transactions(tmp_path: Path, clock: ManualClock) -> None:
    """Each delivery would pay for a flush of its own."""
    store = SQLiteStore(tmp_path / "inbox.db", clock)
    await store.open()
    statements: list[str] = []
    await store._run(lambda database, _: database.set_trace_callback(statements.append))
    await asyncio.gather(*(store.accept(event(n)) for n in range(300)))
    assert statements.count("COMMIT") < 30
    await store._run(lambda database, _: database.set_trace_callback(None))
    await store.close()


async def test_an_older_schema_is_migrated(tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """An update of the package would find its tables missing, or lose what is in the inbox."""
    store = open_store(f"sqlite:///{tmp_path}/inbox.db", clock)
    await store.open()
    await store.accept(event(1))
    await store.close()
    newer = (*schema.MIGRATIONS, "ALTER TABLE cstar_inbox_events ADD COLUMN colour TEXT DEFAULT 'a;b';")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", newer)
        stores = [open_store(f"sqlite:///{tmp_path}/inbox.db", clock) for _ in range(4)]
        await asyncio.gather(*(each.open() for each in stores))
        assert not await stores[0].accept(event(1))
        for each in stores:
            await each.close()
    with closing(sqlite3.connect(tmp_path / "inbox.db")) as database:
        assert database.execute("SELECT id, colour FROM cstar_inbox_events").fetchall() == [("evt_1", "a;b")]
    with pytest.raises(InboxError, match=f"version {len(schema.MIGRATIONS) + 1}"):
        await store.open()


async def test_a_migration_that_fails_leaves_the_old_tables(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of a migration would leave an inbox that no version can read."""
    store = open_store(f"sqlite:///{tmp_path}/inbox.db", clock)
    await store.open()
    await store.accept(event(1))
    await store.close()
    broken = "ALTER TABLE cstar_inbox_events ADD COLUMN colour TEXT; SELECT * FROM nothing;"
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, broken))
        with pytest.raises(sqlite3.OperationalError):
            await store.open()
    await store.open()
    assert not await store.accept(event(1))
    await store.close()


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///inbox.db", "inbox.db"),
        ("sqlite:////var/lib/inbox.db", "/var/lib/inbox.db"),
        ("sqlite:///my%20inbox.db", "my inbox.db"),
    ],
)
def test_urls(url: str, path: str, clock: ManualClock) -> None:
    """The inbox would be in another place than was said."""
    store = open_store(url, clock)
    assert isinstance(store, SQLiteStore)
    assert store.name == path
    assert store.path == Path(path).absolute()


@pytest.mark.parametrize("url", ["", "inbox.db", "sqlite://", "sqlite://inbox.db", "redis://:s3cret@host/0", "memory"])
def test_urls_that_name_no_inbox(url: str, clock: ManualClock) -> None:
    """A typing error would make an inbox somewhere, or a password be shown."""
    with pytest.raises(InboxError) as caught:
        open_store(url, clock)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///:memory:",
        "sqlite:///%3Amemory%3A",
        "sqlite:///file::memory:",
        "sqlite:///file::memory:?cache=shared",
        "sqlite:///file:inbox.db?mode=memory",
        "sqlite:///file:inbox.db",
        "sqlite:///inbox.db?mode=memory",
        "sqlite:///",
        "sqlite:///%20",
        "sqlite:///a%00b",
    ],
)
def test_urls_that_would_keep_nothing(url: str, clock: ManualClock) -> None:
    """What SQLite takes for a database in memory, or for a URL of its own, is refused with the way out."""
    with pytest.raises(InboxError, match=r"memory:|inbox\.db|NUL"):
        open_store(url, clock)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
async def test_the_files_are_private(mask: int, tmp_path: Path, clock: ManualClock) -> None:
    """The file and those beside it are the owner's alone, whatever the umask, and whatever they were."""
    path = tmp_path / "inbox.db"
    before = os.umask(mask)
    try:
        for _ in range(2):
            store = SQLiteStore(path, clock)
            await store.open()
            await store.accept(event(1))
            for name in ("inbox.db", "inbox.db-wal", "inbox.db-shm"):
                assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
            await store.close()
            path.chmod(0o644)  # as earlier versions made it
    finally:
        os.umask(before)


async def test_a_file_without_a_write_ahead_log_is_refused(
    tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What SQLite answers to a setting is looked at."""
    connect = sqlite3.connect

    class Stubborn(InboxConnection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            return super().execute("PRAGMA journal_mode" if "journal_mode" in sql else sql, *values)

    monkeypatch.setattr(sqlite3, "connect", lambda path, **options: connect(path, **{**options, "factory": Stubborn}))
    store = SQLiteStore(tmp_path / "inbox.db", clock)
    with pytest.raises(InboxError, match="stays in journal mode 'delete'"):
        await store.open()


def replace(path: Path) -> None:
    """Put another file in its place, as a backup that is written back."""
    other = path.with_name("other")
    with closing(sqlite3.connect(path)) as database, closing(sqlite3.connect(other)) as copy:
        database.backup(copy)
    delete(path)
    other.rename(path)


def delete(path: Path) -> None:
    """Remove it, as a cleaning job does."""
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


@pytest.mark.parametrize("change", [delete, replace, lambda path: path.rename(path.with_name("old"))])
async def test_a_file_that_is_gone_is_told_and_made_anew(
    change: Callable[[Path], object], tmp_path: Path, clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is called kept that is in a file which nobody finds; the next event is kept, for the same groups."""
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
    """Truncate a file, as `> file` does in a shell."""
    with path.open("r+b") as file:
        file.truncate(0)


def beside(path: Path) -> Path:
    """The write-ahead log of a file."""
    return path.with_name(f"{path.name}-wal")


def exchange_log(path: Path) -> None:
    """Put an empty log in its place."""
    beside(path).unlink()
    beside(path).touch()


def move_folder(path: Path) -> None:
    """Move the folder away, and make another."""
    path.parent.rename(path.parent.with_name("moved"))
    path.parent.mkdir()


LOSSES: dict[str, Callable[[Path], object]] = {
    "the log is deleted": lambda path: beside(path).unlink(),
    "the log is another": exchange_log,
    "the log is moved": lambda path: beside(path).rename(path.with_name("elsewhere")),
    "the log is truncated": lambda path: empty(beside(path)),
    "the file is truncated": empty,
    "the file is truncated to a page": lambda path: os.truncate(path, 4096),
    "both are deleted": delete,
    "the folder is moved": move_folder,
    "the folder is removed": lambda path: shutil.rmtree(path.parent),
    "the file is overwritten": lambda path: path.write_bytes(b"x" * 8192),
}


@pytest.mark.parametrize("checkpoint", [False, True])
@pytest.mark.parametrize("change", LOSSES.values(), ids=LOSSES)
async def test_what_is_called_kept_is_found_by_another_process(
    change: Callable[[Path], object], tmp_path: Path, clock: ManualClock, *, checkpoint: bool
) -> None:
    """Whatever is done to the files, an event that was acknowledged after it is there when this process is killed."""
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
    # As after a kill: what lies there, without what this process has in its hands.
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
async def test_tidying_up_is_no_loss(tidy: str, tmp_path: Path, clock: ManualClock) -> None:
    """Files that become smaller in order do not make deliveries fail."""
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
    """An error of the connection itself is met once, not for ever."""
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


async def test_the_database_may_be_gone_for_a_while(tmp_path: Path, clock: ManualClock) -> None:
    """After another process has held the file for too long, nothing would be accepted any more."""
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
    """A full disk would lose what was acknowledged, or leave the inbox unusable after room was made."""
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


@pytest.mark.parametrize("statement", ["ROLLBACK TO cstar_inbox", "RELEASE CSTAR_INBOX", "SAVEPOINT cstar_inbox"])
async def test_a_function_cannot_undo_that_its_event_is_done(
    statement: str, tmp_path: Path, clock: ManualClock
) -> None:
    """Else its effect would stay, and the event would be handled once more; savepoints of its own are its own."""
    store = SQLiteStore(tmp_path / "inbox.db", clock)
    await store.open()
    await store.register([Group("a", ("*",))])
    await store.accept(event(1))
    (lease,) = await store.lease(["a"], limit=1, seconds=60, attempts=9)

    def undo(database: sqlite3.Connection) -> None:
        database.execute("CREATE TABLE effects (value)")
        database.execute(statement)
        database.execute("INSERT INTO effects VALUES (1)")

    def own(database: sqlite3.Connection) -> None:
        database.execute("CREATE TABLE effects (value)")
        database.execute("SAVEPOINT mine")
        database.execute("INSERT INTO effects VALUES (1)")
        database.execute("ROLLBACK TO mine")
        database.execute("RELEASE mine")

    with pytest.raises(RuntimeError, match="one transaction"):
        await store.commit(lease, undo)
    await store.commit(lease, own)
    await store.settle(lease, DONE)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "inbox.db")) as database:
        assert database.execute("SELECT count(*) FROM effects").fetchone() == (0,)
        assert database.execute("SELECT state FROM cstar_inbox_work").fetchall() == [(1,)]
