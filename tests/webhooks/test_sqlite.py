"""The inbox in SQLite: its URL, its schema, its settings and its transactions."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from cstar_async._sqlite.filesystem import file_system, is_network
from cstar_async.errors import InboxError
from cstar_async.webhooks.inbox import open_store
from cstar_async.webhooks.inbox.records import DONE, Group
from cstar_async.webhooks.inbox.sqlite import schema
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
    """The file system of a path is that of its longest mount point, and of the last mount there."""
    assert file_system(Path(path), MOUNTS) == expected
    assert is_network(expected) == (expected not in {"ext4", "xfs"})


async def test_network_file_systems_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    """A file on a network file system is refused."""
    from cstar_async._sqlite import filesystem

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
    """Each transaction is flushed to the disk: WAL with synchronous=FULL."""
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
    """Deliveries that arrive together share transactions, and so flushes."""
    store = SQLiteStore(tmp_path / "inbox.db", clock)
    await store.open()
    statements: list[str] = []
    await store._run(lambda database, _: database.set_trace_callback(statements.append))
    await asyncio.gather(*(store.accept(event(n)) for n in range(300)))
    assert statements.count("COMMIT") < 30
    await store._run(lambda database, _: database.set_trace_callback(None))
    await store.close()


async def test_an_older_schema_is_migrated(tmp_path: Path, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version migrates the tables and keeps the events; an old version refuses a newer schema."""
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
    """A migration that fails is undone, and the old version goes on."""
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
    """The path of a URL is relative, or absolute after four slashes, and percent-decoded."""
    store = open_store(url, clock)
    assert isinstance(store, SQLiteStore)
    assert store.name == path
    assert store.path == Path(path).absolute()


@pytest.mark.parametrize("url", ["", "inbox.db", "sqlite://", "sqlite://inbox.db", "redis://:s3cret@host/0", "memory"])
def test_invalid_urls(url: str, clock: ManualClock) -> None:
    """A URL that does not name an inbox is refused, and its password is not shown."""
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
def test_urls_of_databases_in_memory(url: str, clock: ManualClock) -> None:
    """A path that SQLite takes for a database in memory or for a URI is refused, with the URL to write instead."""
    with pytest.raises(InboxError, match=r"memory:|inbox\.db|NUL"):
        open_store(url, clock)


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
async def test_the_files_are_private(mask: int, tmp_path: Path, clock: ManualClock) -> None:
    """The file and its log can be read by their owner only, whatever the umask and their mode before."""
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
    """A file that SQLite does not put into WAL mode is refused."""
    connect = sqlite3.connect

    class Stubborn(InboxConnection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            return super().execute("PRAGMA journal_mode" if "journal_mode" in sql else sql, *values)

    monkeypatch.setattr(sqlite3, "connect", lambda path, **options: connect(path, **{**options, "factory": Stubborn}))
    store = SQLiteStore(tmp_path / "inbox.db", clock)
    with pytest.raises(InboxError, match="stays in journal mode 'delete'"):
        await store.open()


@pytest.mark.parametrize("statement", ["ROLLBACK TO cstar_inbox", "RELEASE CSTAR_INBOX", "SAVEPOINT cstar_inbox"])
async def test_a_function_cannot_undo_the_mark_of_its_event(statement: str, tmp_path: Path, clock: ManualClock) -> None:
    """A function that ends the store's savepoint raises RuntimeError; it can use savepoints of its own."""
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
