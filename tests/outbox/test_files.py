"""The file of an outbox: who can read it, and what happens if it is damaged, of another version, or cannot grow."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cstar_async.errors import OutboxError
from cstar_async.outbox import Outbox, OutboxStats, schema, store
from tests.webhooks.clock import ManualClock

if TYPE_CHECKING:
    from cstar_async import CStarClient
    from cstar_async.sandbox import Team

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def url(tmp_path: Path) -> str:
    """The URL of a file that does not exist yet."""
    return f"sqlite:///{tmp_path}/outbox.db"


async def test_the_file_is_private_and_holds_no_key(
    url: str, tmp_path: Path, cstar: CStarClient, cstar_team: Team
) -> None:
    """The files can be read by their owner only, whatever the umask, and no API key is in them."""
    before = os.umask(0)
    try:
        async with Outbox(url) as outbox:
            await outbox.put(cstar.tickets.create(title="Printer on fire"))
            await outbox.flush(cstar)
            await outbox.put(cstar.tickets.update("tkt_1", notes="another"))
            files = sorted(tmp_path.glob("outbox.db*"))
            assert [file.name for file in files] == ["outbox.db", "outbox.db-lock", "outbox.db-shm", "outbox.db-wal"]
            assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
            content = b"".join(file.read_bytes() for file in files)
    finally:
        os.umask(before)
    assert b"another" in content
    assert cstar_team.secret_key.encode() not in content
    assert b"Bearer" not in content


async def test_a_newer_version_is_refused(url: str, tmp_path: Path, cstar: CStarClient) -> None:
    """A file of a newer version is refused with what to do, and is not changed."""
    async with Outbox(url) as outbox:
        await outbox.put(cstar.tickets.create(title="x"))
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as database:
        database.execute("UPDATE cstar_outbox_facts SET value = 9")
        database.commit()
    with pytest.raises(
        OutboxError, match=f"schema version 9, but this cstar-async only knows {len(schema.MIGRATIONS)}"
    ):
        await Outbox(url).open()
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as database:
        assert database.execute("SELECT count(*) FROM cstar_outbox_entries").fetchone() == (1,)


@pytest.mark.parametrize("content", [b"x" * 8192, b"SQLite format 3\0" + b"\xff" * 4096])
async def test_a_file_that_is_not_an_outbox(content: bytes, url: str, tmp_path: Path) -> None:
    """A file that is not a database is refused, and not changed."""
    (tmp_path / "outbox.db").write_bytes(content)
    with pytest.raises(OutboxError, match=r"outbox\.db cannot be used"):
        await Outbox(url).open()
    assert (tmp_path / "outbox.db").read_bytes() == content


async def test_a_database_of_another_program(url: str, tmp_path: Path) -> None:
    """A database with other tables is refused, and neither it nor its mode is changed."""
    file = tmp_path / "outbox.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE entries (x)")
    file.chmod(0o644)
    before = file.read_bytes()
    with pytest.raises(OutboxError, match=r"outbox\.db is not an outbox: it is a database with the table 'entries'"):
        await Outbox(url).open()
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (before, 0o644)
    assert [each.name for each in tmp_path.iterdir()] == ["outbox.db"]


async def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    """A missing folder, and a folder in the place of the file, are errors that name the file."""
    with pytest.raises(OutboxError, match="its folder does not exist"):
        await Outbox(f"sqlite:///{tmp_path}/no/outbox.db").open()
    with pytest.raises(OutboxError, match=str(tmp_path)):
        await Outbox(f"sqlite:///{tmp_path}").open()


async def test_a_file_that_is_removed_in_use(url: str, tmp_path: Path, cstar: CStarClient) -> None:
    """After the file is removed a put fails, and the next one is kept in a new file."""
    async with Outbox(url) as outbox:
        await outbox.put(cstar.tickets.create(title="1"))
        for file in tmp_path.glob("outbox.db*"):
            file.unlink()
        call = cstar.tickets.create(title="2")
        with pytest.raises(OutboxError, match="deleted, replaced or truncated"):
            await outbox.put(call)
        await outbox.put(call)
        assert [result.ok for result in await outbox.flush(cstar)] == [True]


# More entries than fit into the largest file that the process may write: a full disk, for SQLite.
FULL = """
import asyncio, resource, signal, sys
from cstar_async import CStarClient
from cstar_async.errors import OutboxError
from cstar_async.outbox import Outbox

async def main(key, team, url, outbox):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    async with CStarClient(key, team_id=team, base_url=url) as cstar, Outbox(outbox) as box:
        resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
        kept, refused = [], None
        for number in range(40):
            try:
                await box.put(cstar.tickets.create(title=f"{number}", notes="x" * 20_000))
                kept.append(number)
            except OutboxError as error:
                refused = refused or error
        assert refused is not None and "cannot be used" in str(refused), refused
        assert 0 < len(kept) < 40
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await box.put(cstar.tickets.create(title="last"))
        results = await box.flush(cstar)
        assert [result.value["title"] for result in results] == [*map(str, kept), "last"], results

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_full_disk(url: str, cstar_team: Team) -> None:
    """With a full disk a put raises; what was put before is kept, and with free space all goes on."""
    arguments = [cstar_team.secret_key, cstar_team.id, cstar_team.environment["CSTAR_BASE_URL"], url]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", FULL, *arguments, cwd=ROOT, stderr=subprocess.PIPE
    )
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()


async def test_an_outbox_that_fails_again_and_again(
    url: str, cstar: CStarClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log says once that the file is open again: when a put has succeeded, not when each one has failed."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    async with Outbox(url) as outbox:
        with monkeypatch.context() as patch:
            patch.setattr("cstar_async.outbox.store._perform", lambda _, __, tasks: store._refuse(tasks, error))
            for _ in range(5):
                with pytest.raises(OutboxError, match="disk I/O error"):
                    await outbox.put(cstar.tickets.create(title="x"))
        assert "open again" not in caplog.text
        for _ in range(2):
            await outbox.put(cstar.tickets.create(title="x"))
    assert caplog.text.count("is open again") == 1


async def test_a_disk_that_is_full_while_sending(
    url: str, cstar: CStarClient, caplog: pytest.LogCaptureFixture
) -> None:
    """If an outcome cannot be written, flush raises and run goes on later; the entry is done once."""
    async with Outbox(url) as outbox:
        await outbox.put(cstar.tickets.create(title="x"))
        run = outbox._store.run
        calls = 0

        async def full(work: object, **options: bool) -> object:
            nonlocal calls
            calls += 1
            if calls == 3:  # after begin and the first claim
                raise OutboxError("the outbox cannot be used: database or disk is full")
            return await run(work, **options)  # type: ignore[arg-type]

        setattr(outbox._store, "run", full)
        with pytest.raises(OutboxError, match="disk is full"):
            await outbox.flush(cstar)
        assert await outbox.stats() == OutboxStats(sending=1)
        (result,) = await outbox.flush(cstar)
        assert result.ok
    assert await cstar.tickets.list().count() == 1


async def test_run_survives_an_outbox_that_cannot_be_written(
    url: str, tmp_path: Path, cstar_team: Team, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process locks the file, run waits; afterwards it sends."""
    monkeypatch.setattr("cstar_async.outbox.store.BUSY_TIMEOUT", 0.01)
    clock = ManualClock()
    async with cstar_team.client(clock=clock) as cstar, Outbox(url, clock=clock) as outbox:
        await outbox.put(cstar.tickets.create(title="x"))
        with closing(sqlite3.connect(tmp_path / "outbox.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            running = asyncio.create_task(outbox.run(cstar))
            while not clock._sleepers:
                await asyncio.sleep(0.005)
            assert "database is locked" in caplog.text
            other.execute("ROLLBACK")
        while (await outbox.stats()).done != 1:
            clock.advance(10)
            await asyncio.sleep(0.01)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running


@pytest.mark.parametrize("change", ["operation = 'tickets.paint'", 'path = \'["a", "b"]\''])
async def test_an_entry_that_the_contract_no_longer_has(
    change: str, url: str, tmp_path: Path, cstar: CStarClient
) -> None:
    """An entry of an operation that this version does not have, or that has another path, fails; others are sent."""
    async with Outbox(url) as outbox:
        entry = await outbox.put(cstar.tickets.create(title="old"))
        await outbox.put(cstar.tickets.create(title="new"))
        with closing(sqlite3.connect(tmp_path / "outbox.db")) as database:
            database.execute(f"UPDATE cstar_outbox_entries SET {change} WHERE number = ?", (entry.id,))
            database.commit()
        results = await outbox.flush(cstar)
        assert [result.state for result in results] == ["failed", "done"]
        assert "this version's contract" in str(results[0].error)
        (kept,) = await outbox.failed()
        assert kept.error == str(results[0].error)
        assert (await outbox.retry(kept.id)).state == "queued"
