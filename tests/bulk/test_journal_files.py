"""Journals that are not regular files, or that other programs change."""

from __future__ import annotations

import errno
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cstar_async.bulk.entries import parse
from cstar_async.bulk.journal import Journal, read_contents
from cstar_async.errors import JournalError

from .helpers import IDS, TERMS
from .scripted import Service

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "loop", "no folder", "device", "nul"])
@pytest.mark.parametrize("use", [Journal.open, read_contents])
def test_only_regular_files_are_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, use: Callable[..., object]
) -> None:
    """A path that is not a regular file is a JournalError with the path."""
    monkeypatch.chdir(tmp_path)  # since the path of a socket must be short
    path = Path("odd")
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        listener = socket.socket(socket.AF_UNIX)
        listener.bind("odd")
        listener.close()
    elif kind == "loop":
        path.symlink_to("odd")
    elif kind == "no folder":
        path = Path("odd/journal")
    elif kind == "device":
        path = Path(os.devnull)
    else:
        path = Path("odd\0")
    with pytest.raises(JournalError, match=r"odd|null"):
        use(path, TERMS)


def test_a_plan_does_not_create_a_journal(path: Path) -> None:
    """A journal that does not exist is read as an empty one, and one in use is refused."""
    assert read_contents(path, TERMS).entries == {}
    assert not path.exists()
    journal = Journal.open(path, TERMS)
    with pytest.raises(JournalError, match="in use"):
        read_contents(path, TERMS)
    journal.close()
    assert read_contents(path, TERMS).entries == {}


def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be written is a JournalError when it is opened."""

    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(JournalError, match=r"j cannot be used as a journal: Permission denied"):
        Journal.open(tmp_path / "j", TERMS)


def test_an_empty_file_becomes_a_journal(tmp_path: Path) -> None:
    """An empty file becomes a journal."""
    (tmp_path / "j").touch()
    Journal.open(tmp_path / "j", TERMS).close()
    assert parse(tmp_path / "j", (tmp_path / "j").read_bytes()).head is not None


async def test_another_merge_strategy_is_another_job(service: Service, path: Path) -> None:
    """A journal is refused for another merge strategy, or none."""
    async with service.client() as client:
        await client.tickets.import_many([], merge_strategy="update", journal=path)
        with pytest.raises(JournalError, match="mergeStrategy is 'update' in the journal and None in this job"):
            await client.tickets.import_many([], journal=path)


@pytest.mark.parametrize(
    ("act", "problem"),
    [
        (lambda path: path.unlink(), "has been removed"),
        (lambda path: path.rename(path.with_name("moved")), "has been removed"),
        (lambda path: (path.rename(path.with_name("moved")), path.write_bytes(b"")), "has been replaced"),
        (lambda path: os.truncate(path, 10), "has been changed"),
        (lambda path: os.truncate(path, 0), "has been changed"),
        (lambda path: path.write_bytes(path.read_bytes() + b"x\n"), "has been changed"),
    ],
)
async def test_a_file_changed_by_others_stops_the_job(
    service: Service, path: Path, act: Callable[[Path], object], problem: str
) -> None:
    """A job whose journal is changed by others stops, and writes nothing into it."""
    async with service.client() as client:
        job = client.tickets.update_many(IDS, status="closed", journal=path, concurrency=1)
        with pytest.raises(JournalError, match=rf"close\.journal {problem}.*nothing more is sent"):
            async for _ in job:
                act(path)
        assert 100 <= job.report.done < 1000
    content = path.read_bytes() if path.exists() else b""
    assert b"\0" not in content


async def test_a_relative_path_means_the_same_file_to_the_end(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A relative path stays the same file after a change of the working directory."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "other").mkdir()
    async with service.client() as client:
        async for _ in client.tickets.update_many(IDS, status="closed", journal="j"):
            os.chdir(tmp_path / "other")
    assert parse(tmp_path / "j", (tmp_path / "j").read_bytes()).length == 10
