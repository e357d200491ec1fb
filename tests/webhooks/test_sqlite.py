"""What is SQLite's own: the file, its schema, and where it may not be."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from cstar_async.errors import InboxError
from cstar_async.webhooks.stores import open_store, schema
from cstar_async.webhooks.stores.filesystem import file_system, is_network
from cstar_async.webhooks.stores.sqlite import SQLiteStore

from .clock import ManualClock
from .inbox import event

if TYPE_CHECKING:
    from pathlib import Path

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
    from pathlib import Path

    assert file_system(Path(path), MOUNTS) == expected
    assert is_network(expected) == (expected not in {"ext4", "xfs"})


async def test_network_file_systems_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: ManualClock
) -> None:
    """Events would be acknowledged that a network file system loses."""
    from cstar_async.webhooks.stores import filesystem

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
    assert str(store.path) == path


@pytest.mark.parametrize("url", ["", "inbox.db", "sqlite://", "sqlite://inbox.db", "redis://:s3cret@host/0", "memory"])
def test_urls_that_name_no_inbox(url: str, clock: ManualClock) -> None:
    """A typing error would make an inbox somewhere, or a password be shown."""
    with pytest.raises(InboxError) as caught:
        open_store(url, clock)
    assert "s3cret" not in str(caught.value)


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
