"""Journals on failing disks: lines are whole, and each change is made once."""

from __future__ import annotations

import asyncio
import errno
import os
import tempfile
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstar_async.bulk.entries import parse
from cstar_async.bulk.journal import Journal, read_contents
from cstar_async.bulk.results import BatchResult
from cstar_async.errors import JournalError
from tests.support.stress import at_length

from .helpers import IDS, TERMS
from .scripted import Service


class Disk:
    """`os.write` and `os.fsync` that fail as planned, also in the middle of a write."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.plan: list[tuple[str, int, int]] = []
        """The failures: the call ("write" or "fsync"), the bytes written before it, and the errno."""
        self.after = 0
        """How many calls succeed before the plan begins."""
        self._write, self._fsync = os.write, os.fsync
        monkeypatch.setattr(os, "write", self.write)
        monkeypatch.setattr(os, "fsync", self.fsync)

    def _next(self, kind: str) -> tuple[str, int, int] | None:
        if self.plan and self.plan[0][0] == kind:
            if self.after:
                self.after -= 1
                return None
            return self.plan.pop(0)
        return None

    def write(self, file: int, data: memoryview) -> int:
        found = self._next("write")
        if found is None:
            return self._write(file, data)
        _, length, code = found
        if code == 0:  # a short write, as after a signal
            return self._write(file, data[: max(1, length)])
        self._write(file, data[:length])
        raise OSError(code, os.strerror(code))

    def fsync(self, file: int) -> None:
        found = self._next("fsync")
        if found is not None:
            raise OSError(found[2], os.strerror(found[2]))
        self._fsync(file)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG])
@pytest.mark.parametrize("after", [0, 1, 2, 5, 8])
@pytest.mark.parametrize("length", [0, 1, 17, 10_000])
async def test_a_full_disk_leaves_whole_lines(
    service: Service, path: Path, monkeypatch: pytest.MonkeyPatch, code: int, after: int, length: int
) -> None:
    """A failed write leaves whole lines only, and the next run does the rest."""
    disk = Disk(monkeypatch)
    async with service.client() as client:
        disk.plan, disk.after = [("write", length, code)], after
        job = client.tickets.update_many(IDS, status="closed", journal=path)
        problem = "cannot be written" if after else "cannot be used as a journal"  # the first write is at the opening
        with pytest.raises(JournalError, match=rf"close\.journal {problem}") as caught:
            await job
        assert isinstance(caught.value.__cause__, OSError)
        assert not job.report.complete
        assert all(orjson.loads(line) for line in path.read_bytes().split(b"\n")[:-1])
        report = await client.tickets.update_many(IDS, status="closed", journal=path)
    assert (report.complete, report.succeeded) == (True, 1000)
    assert set(service.effects.values()) == {1}
    assert len(service.effects) == 1000


@pytest.mark.parametrize("after", [0, 1, 2, 5, 8])
async def test_a_failing_fsync_is_a_failing_write(
    service: Service, path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    """A batch whose line may not be on disk is not sent."""
    disk = Disk(monkeypatch)
    async with service.client() as client:
        disk.plan, disk.after = [("fsync", 0, errno.EIO)], after
        with pytest.raises(JournalError, match=r"Input/output error"):
            await client.tickets.update_many(IDS, status="closed", journal=path)
        assert (await client.tickets.update_many(IDS, status="closed", journal=path)).complete
    assert set(service.effects.values()) == {1}


async def test_short_writes_are_continued(service: Service, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short writes are continued until the line is whole."""
    disk = Disk(monkeypatch)
    disk.plan = [("write", 3, 0)] * 20
    async with service.client() as client:
        assert (await client.tickets.update_many(IDS, status="closed", journal=path)).complete
    assert parse(path, path.read_bytes()).length == 10


async def test_later_outcomes_are_written_after_a_failed_write(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failed write later outcomes are written behind the last whole line."""
    disk = Disk(monkeypatch)
    journal = Journal.open(path, TERMS)
    await journal.sent(0, "a", 1.0)
    disk.plan = [("write", 9, errno.ENOSPC)]
    with pytest.raises(JournalError, match="No space left"):
        await journal.sent(1, "b", 1.0)
    await journal.done(0, BatchResult())
    journal.close()
    assert {number: entry.settled is not None for number, entry in read_contents(path, TERMS).entries.items()} == {
        0: True
    }


async def test_a_torn_line_that_stays_is_the_last(
    service: Service, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A torn line that cannot be removed stays the last one, and the next run removes it."""
    disk = Disk(monkeypatch)

    truncate = os.ftruncate

    def no_truncate(file: int, length: int) -> None:
        if not disk.plan:
            raise OSError(errno.EIO, "no")
        truncate(file, length)

    async with service.client() as client:
        disk.plan, disk.after = [("write", 7, errno.ENOSPC)], 4
        with monkeypatch.context() as patch:
            patch.setattr(os, "ftruncate", no_truncate)
            with pytest.raises(JournalError):
                await client.tickets.update_many(IDS, status="closed", journal=path)
        assert not path.read_bytes().endswith(b"\n")
        assert (await client.tickets.update_many(IDS, status="closed", journal=path)).complete
    assert set(service.effects.values()) == {1}


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["write", "fsync"]), st.integers(0, 60), st.sampled_from([0, errno.ENOSPC, errno.EIO])
        ),
        max_size=4,
    ),
    st.integers(0, 25),
)
@settings(max_examples=at_length(20, 2000))
def test_any_series_of_disk_failures(plan: list[tuple[str, int, int]], after: int) -> None:
    """After any failures of the disk the journal is usable, and each change is made once."""
    service = Service()

    async def scenario(path: Path, disk: Disk) -> None:
        async with service.client() as client:
            disk.plan = [(kind, length, code or (0 if kind == "write" else errno.EIO)) for kind, length, code in plan]
            disk.after = after
            for _ in range(len(plan) + 1):
                try:
                    report = await client.tickets.update_many(IDS[:450], status="closed", journal=path)
                except JournalError:
                    continue
                assert report.complete
                assert report.succeeded == 450
            disk.plan = []
            assert (await client.tickets.update_many(IDS[:450], status="closed", journal=path)).complete

    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr("os.fsync", lambda _: None)
        service.install(patch)
        asyncio.run(scenario(Path(folder) / "j", Disk(patch)))
    assert set(service.effects.values()) == {1}
    assert len(service.effects) == 450
