"""The database file of a sandbox: locking, permissions, foreign files, errors and full disks."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cstar_async.errors import ServerError
from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.storage.schema import APPLICATION_ID

if TYPE_CHECKING:
    from collections.abc import Callable


async def test_a_file_has_one_sandbox_at_a_time(tmp_path: Path) -> None:
    """A file is used by one sandbox at a time, and is free once that is closed."""
    file = str(tmp_path / "desk.db")
    async with Sandbox(database=file) as first, first.client() as cstar:
        with pytest.raises(OSError, match=r"desk\.db is in use by another sandbox"):
            await Sandbox(database=file).start()
        await cstar.tickets.create(title="A")
    async with Sandbox(database=file) as second, second.client() as cstar:
        assert await cstar.tickets.list().count() == 1


async def test_a_file_in_use_is_refused_to_another_process(tmp_path: Path) -> None:
    """A file in use is refused to another process, whose error names it."""
    file = str(tmp_path / "desk.db")
    command = [sys.executable, "-m", "cstar_async.sandbox", "--port", "0", "--database", file]
    async with Sandbox(database=file):
        ended = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, timeout=120, check=False
        )
    assert ended.returncode == 1
    assert ended.stderr.strip() == f"cstar sandbox: the database {file} is in use by another sandbox or another program"


async def test_a_file_that_is_not_a_database(tmp_path: Path) -> None:
    """A file that is not a database is refused and left unchanged."""
    file = tmp_path / "notes.txt"
    file.write_text("dear diary, " * 100)
    with pytest.raises(OSError, match=r"notes\.txt cannot be used: file is not a database"):
        await Sandbox(database=str(file)).start()
    assert file.read_text() == "dear diary, " * 100


@pytest.mark.parametrize(
    "statement", ["CREATE TABLE facts (text)", "PRAGMA application_id = 7", "CREATE VIEW v AS SELECT 1"]
)
async def test_a_database_of_another_program_is_refused(tmp_path: Path, statement: str) -> None:
    """A database of another program is refused and left unchanged."""
    file = tmp_path / "mine.db"
    with closing(sqlite3.connect(file)) as database:
        database.execute(statement)
    before = file.read_bytes()
    with pytest.raises(OSError, match=r"mine\.db is the database of another program"):
        await Sandbox(database=str(file)).start()
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("number", [0, APPLICATION_ID])
async def test_a_database_of_the_sandbox_is_opened_again(tmp_path: Path, number: int) -> None:
    """A database of the sandbox is opened again, with or without its application id."""
    file = tmp_path / "desk.db"
    async with Sandbox(database=str(file)) as first, first.client() as cstar:
        await cstar.tickets.create(title="A")
    with closing(sqlite3.connect(file)) as database:
        assert database.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
        database.execute(f"PRAGMA application_id = {number}")
    async with Sandbox(database=str(file)) as second, second.client() as cstar:
        assert await cstar.tickets.list().count() == 1


async def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    """An empty file becomes a database."""
    file = tmp_path / "desk.db"
    file.touch()
    async with Sandbox(database=str(file)) as sandbox, sandbox.client() as cstar:
        await cstar.tickets.create(title="A")


async def test_tables_are_created_all_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed start creates no tables, and the file can be used later."""
    file = str(tmp_path / "desk.db")
    with monkeypatch.context() as broken:
        broken.setattr(
            "cstar_async.sandbox.storage.database.SCHEMA", "CREATE TABLE facts (name); SELECT * FROM nowhere;"
        )
        with pytest.raises(OSError, match="no such table: nowhere"):
            await Sandbox(database=file).start()
    async with Sandbox(database=file) as sandbox, sandbox.client() as cstar:
        await cstar.tickets.create(title="A")


@pytest.mark.parametrize("link_to", [Path.symlink_to, Path.hardlink_to], ids=["symbolic", "hard"])
async def test_a_link_to_a_file_is_the_file(tmp_path: Path, link_to: Callable[[Path, Path], None]) -> None:
    """A link to a file in use is refused too."""
    file, link = tmp_path / "desk.db", tmp_path / "link.db"
    file.touch()
    try:
        link_to(link, file)
    except OSError:
        pytest.skip("links need privileges on this system")
    async with Sandbox(database=file) as sandbox, sandbox.client() as cstar:
        await cstar.tickets.create(title="A")
        with pytest.raises(OSError, match=r"link\.db is in use by another sandbox"):
            await Sandbox(database=link).start()
    async with Sandbox(database=link) as sandbox, sandbox.client() as cstar:
        assert await cstar.tickets.list().count() == 1


async def test_a_file_is_free_again_after_a_kill(tmp_path: Path) -> None:
    """A file is free again after its sandbox was killed, and has its data."""
    file = tmp_path / "desk.db"
    command = [sys.executable, "-m", "cstar_async.sandbox", "--port", "0", "--database", str(file)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    team = [await process.stdout.readline() for _ in range(4)][1].decode().strip()
    with pytest.raises(OSError, match="in use by another sandbox"):
        await Sandbox(database=file).start()
    process.kill()
    await process.wait()
    async with Sandbox(database=file) as sandbox:
        assert team == f"CSTAR_TEAM_ID={sandbox.default_team.id}"


async def test_a_file_needs_a_name() -> None:
    """An empty name, such as that of an unset shell variable, is refused."""
    with pytest.raises(OSError, match="database must not be empty"):
        await Sandbox(database="").start()


@pytest.mark.parametrize("path", ["nowhere/desk.db", ""])
async def test_an_invalid_path_is_refused(tmp_path: Path, path: str) -> None:
    """A path in a missing folder, or of a folder, is an OSError that says so."""
    with pytest.raises(OSError, match="cannot be used: unable to open database file"):
        await Sandbox(database=f"{tmp_path}/{path}").start()


@pytest.mark.sandbox_may_fail
async def test_a_full_disk_fails_the_change_only(tmp_path: Path) -> None:
    """On a full disk a change fails as a whole, and the sandbox keeps running."""
    async with (
        Sandbox(database=str(tmp_path / "desk.db"), quota=False) as sandbox,
        sandbox.client(max_retries=0) as cstar,
    ):
        store = sandbox._running().store
        pages = store.execute("PRAGMA page_count").fetchone()[0]
        store.execute(f"PRAGMA max_page_count = {pages + 20}")
        made = 0
        with pytest.raises(ServerError):
            while made < 1_000:
                await cstar.tickets.create(title="A" * 500)
                made += 1
        assert made
        tickets = await cstar.tickets.list().count()
        created = await cstar.audit_log.list(action="ticket.created").collect()
        assert (tickets, len(created)) == (made, made)
        store.execute(f"PRAGMA max_page_count = {pages + 2_000}")
        await cstar.tickets.create(title="On a larger disk")
        assert await cstar.tickets.list().count() == made + 1


def mode(file: Path) -> int:
    """The permissions of a file."""
    return stat.S_IMODE(file.stat().st_mode)


@pytest.mark.parametrize("existing", [False, True])
async def test_the_file_is_readable_by_its_owner_only(tmp_path: Path, *, existing: bool) -> None:
    """The database files are readable by their owner only."""
    file = tmp_path / "desk.db"
    if existing:
        async with Sandbox(database=file):
            pass
        file.chmod(0o644)
    async with Sandbox(database=file) as sandbox, sandbox.client() as cstar:
        await cstar.tickets.create(title="A")
        assert {each.name: mode(each) for each in tmp_path.iterdir()} == {
            each.name: 0o600 for each in tmp_path.iterdir()
        }
        assert (tmp_path / "desk.db-wal").exists()


@pytest.mark.sandbox_may_fail
@pytest.mark.parametrize("replaced", [False, True])
async def test_a_deleted_file_is_an_error(tmp_path: Path, *, replaced: bool) -> None:
    """A deleted or replaced file is an error at the next call."""
    file = tmp_path / "desk.db"
    async with Sandbox(database=file) as sandbox, sandbox.client(max_retries=0) as cstar:
        await cstar.tickets.create(title="A")
        file.unlink()
        if replaced:
            file.touch()
        for call in (lambda: cstar.tickets.create(title="B"), lambda: cstar.tickets.list()):
            with pytest.raises(ServerError, match=r"desk\.db was deleted or replaced .* start it again"):
                await call()
