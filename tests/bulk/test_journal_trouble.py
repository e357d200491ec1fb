"""Journals on failing disks, damaged journals, files of other kinds, and when a journal is free again."""

from __future__ import annotations

import asyncio
import errno
import functools
import gc
import os
import socket
import tempfile
from contextlib import aclosing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstar_async.bulk.entries import parse
from cstar_async.bulk.journal import Journal, read_entries
from cstar_async.bulk.results import BatchResult, Failed
from cstar_async.errors import BulkItemError, JournalError
from tests.support.internals import internals
from tests.support.stress import at_length

from .scripted import Service

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

IDS = [f"t{number}" for number in range(1000)]
TERMS = {"server": "http://x", "team": "t", "resource": "tickets", "action": "update", "limit": 100}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    made = Service()
    made.install(monkeypatch)
    return made


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "close.journal"


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
        with pytest.raises(JournalError, match=r"close\.journal cannot be (written|used)") as caught:
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


async def test_short_writes_are_gone_on_with(service: Service, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Short writes are continued until the line is whole."""
    disk = Disk(monkeypatch)
    disk.plan = [("write", 3, 0)] * 20
    async with service.client() as client:
        assert (await client.tickets.update_many(IDS, status="closed", journal=path)).complete
    assert parse(path, path.read_bytes()).length == 10


async def test_after_a_failed_write_others_go_on(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failed write later outcomes are written behind the last whole line."""
    disk = Disk(monkeypatch)
    journal = Journal.open(path, TERMS)
    await journal.sent(0, "a", 1.0)
    disk.plan = [("write", 9, errno.ENOSPC)]
    with pytest.raises(JournalError, match="No space left"):
        await journal.sent(1, "b", 1.0)
    await journal.done(0, BatchResult())
    journal.close()
    assert {number: entry.settled is not None for number, entry in read_entries(path, TERMS).items()} == {0: True}


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
def test_disks_of_any_kind(plan: list[tuple[str, int, int]], after: int) -> None:
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


# --- torn and damaged


def real_journal(folder: Path) -> bytes:
    """A journal with every kind of line."""
    path = folder / "real.journal"

    async def write() -> None:
        journal = Journal.open(path, TERMS, "me")
        for number in range(4):
            await journal.sent(number, f"{number:032x}", 1_800_000_000.5)
        await journal.done(0, BatchResult())
        await journal.done(1, BatchResult([Failed("t1", "resource_missing", "Ünknown", None)], (3, 2, 1)))
        await journal.done(2, BatchResult(error=BulkItemError("refused", item="", code="x")))
        await journal.unsent(3)
        await journal.finish(4)
        journal.close()

    asyncio.run(write())
    return path.read_bytes()


@functools.cache
def real_journal_once() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        return real_journal(Path(folder))


def test_every_beginning_of_a_journal_can_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal cut at any byte can be read and continued."""
    monkeypatch.setattr(os, "fsync", lambda _: None)
    whole = real_journal(tmp_path)
    path = tmp_path / "j"
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        entries = read_entries(path, TERMS)
        assert len(entries) <= 4
        Journal.open(path, TERMS, "me").close()
        after = path.read_bytes()
        assert after.endswith(b"\n")
        assert b"\n" not in whole[:cut] or after == whole[: whole.rfind(b"\n", 0, cut) + 1]
        # Loss of power may leave zeros in place of a line.
        path.write_bytes(whole[:cut] + bytes(40))
        if b"\n" in whole[:cut]:
            assert repr(read_entries(path, TERMS)) == repr(entries)


HEAD = (
    b'{"cstar_bulk":1,"job":"0123456789abcdef","rules":1,"server":"http://x","team":"t","resource":"tickets",'
    b'"action":"update","limit":100}\n'
)
SENT = b'{"sent":0,"digest":"d","at":1.5}\n'


@pytest.mark.parametrize(
    "line",
    [
        b"{", b"[]", b"5", b"null", b'"x"', b"", b" ", b"\xff\xfe", b"\x00" * 20, b'{"sent":0}', b"{}",
        b'{"sent":"1","digest":"d","at":1}', b'{"sent":-1,"digest":"d","at":1}', b'{"sent":true,"digest":"d","at":1}',
        b'{"sent":1.0,"digest":"d","at":1}', b'{"sent":[1],"digest":"d","at":1}', b'{"sent":{},"digest":"d","at":1}',
        b'{"sent":1,"digest":5,"at":1}', b'{"sent":1,"digest":"d","at":"now"}', b'{"sent":1,"digest":"d","at":null}',
        b'{"sent":1,"digest":"d","at":1e300}', b'{"sent":1,"digest":"d","at":-5}', b'{"sent":1,"digest":"d","at":true}',
        b'{"sent":1,"digest":"d","at":1,"by":5}', b'{"sent":1,"digest":"d","at":1,"more":1}',
        b'{"sent":0,"digest":"d","at":1}', b'{"sent":1' + b"0" * 400 + b',"digest":"d","at":1}',
        b'{"done":5}', b'{"done":"0"}', b'{"done":null}', b'{"done":[0]}', b'{"done":0,"x":1}',
        b'{"done":0,"failed":5}', b'{"done":0,"failed":[5]}', b'{"done":0,"failed":[[]]}',
        b'{"done":0,"failed":[["a","b","c"]]}', b'{"done":0,"failed":[[null,null,null,null]]}',
        b'{"done":0,"failed":[[["a"],null,null,null]]}', b'{"done":0,"failed":[["a",1,null,null]]}',
        b'{"done":0,"failed":[["a",null,null,null],["a",null,null,null]]}', b'{"done":0,"failed":{"a":1}}',
        b'{"done":0,"counts":[1,2]}', b'{"done":0,"counts":"123"}', b'{"done":0,"counts":[1,2,-3]}',
        b'{"done":0,"counts":[1,2,"3"]}', b'{"done":0,"error":"x"}', b'{"done":0,"error":[null,null]}',
        b'{"done":0,"error":[5,"x"]}', b'{"unsent":7}', b'{"unsent":0,"x":1}', b'{"end":"x"}', b'{"end":-1}',
        b'{"end":1.5}', b'{"end":null}', b'{"end":1,"x":2}', b'{"unknown":1}',
        b"[" * 100_000, b'{"done":' + b"[" * 5000 + b"]" * 5000 + b"}", b'{"end":1}garbage', HEAD.strip(),
    ],
)  # fmt: skip
def test_a_line_of_any_odd_shape_is_named(tmp_path: Path, line: bytes) -> None:
    """A damaged line is a JournalError with file and line, and the file is unchanged."""
    path = tmp_path / "odd.journal"
    for place, raw in ((3, HEAD + SENT + line + b"\n" + b'{"end":1}\n'), (1, line + b"\n" + SENT)):
        if place == 1 and line == HEAD.strip():
            continue
        path.write_bytes(raw)
        for use in (read_entries, Journal.open):
            with pytest.raises(JournalError, match=rf"odd\.journal.* line {place} "):
                use(path, TERMS)
        assert path.read_bytes() == raw


@pytest.mark.parametrize(
    "head",
    [
        HEAD.replace(b'"0123456789abcdef"', value)
        for value in (b"5", b"null", b'""', b'"a\\nb"', b'"' + b"x" * 500 + b'"', b'["x"]')
    ]
    + [HEAD.replace(b'"limit":100', b'"limit":[100]'), HEAD.replace(b'"cstar_bulk":1', b'"cstar_bulk":true')],
)
def test_an_odd_head_is_refused(tmp_path: Path, head: bytes) -> None:
    """A damaged first line is a JournalError."""
    (tmp_path / "j").write_bytes(head + SENT)
    with pytest.raises(JournalError, match="line 1"):
        Journal.open(tmp_path / "j", TERMS)


@given(st.integers(0, 2000), st.binary(max_size=30), st.integers(0, 20))
@settings(max_examples=at_length(150, 20_000))
def test_garbage_anywhere_is_read_or_named(place: int, garbage: bytes, removed: int) -> None:
    """A damaged journal is read, or refused with a JournalError."""
    with tempfile.TemporaryDirectory() as folder:
        raw = real_journal_once()
        at = place % len(raw)
        path = Path(folder) / "j"
        path.write_bytes(raw[:at] + garbage + raw[at + removed :])
        try:
            read_entries(path, TERMS)
        except JournalError as error:
            assert "/j" in str(error)


async def test_a_failure_of_another_batch_is_damage(service: Service, path: Path) -> None:
    """A failure of an id that is not in its batch is a JournalError."""
    async with service.client() as client:
        await client.tickets.delete_many(["t1", "t2"], journal=path)
        path.write_bytes(path.read_bytes().replace(b'{"done":0}', b'{"done":0,"failed":[["zzz",null,null,null]]}'))
        with pytest.raises(JournalError, match=r"close\.journal is damaged: batch 0"):
            await client.tickets.delete_many(["t1", "t2"], journal=path)


# --- files of other kinds, and what others do to the file


@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "loop", "no folder", "device", "nul"])
@pytest.mark.parametrize("use", [Journal.open, read_entries])
def test_what_is_no_file_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, use: Callable[..., object]
) -> None:
    """A path that is not a regular file is a JournalError with the path."""
    monkeypatch.chdir(tmp_path)  # the path of a socket must be short
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
    if use is read_entries and kind == "no folder":
        assert read_entries(path, TERMS) == {}
        return
    with pytest.raises(JournalError, match=r"odd|null"):
        use(path, TERMS)


def test_a_file_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be written is a JournalError when it is opened."""

    def refuse(*_: object) -> int:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(JournalError, match=r"j cannot be used as a journal: Permission denied"):
        Journal.open(tmp_path / "j", TERMS)


def test_an_empty_file_is_begun(tmp_path: Path) -> None:
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
async def test_a_file_that_others_touch_stops_the_job(
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


# --- free again


async def leave_by_break(reports: Any) -> None:
    async for _ in reports:
        break


async def leave_by_error(reports: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        async for _ in reports:
            raise ZeroDivisionError


async def leave_by_closing(job: Any) -> None:
    async with aclosing(aiter(job)) as reports:
        async for _ in reports:
            break


async def leave_by_cancelling(job: Any) -> None:
    async def run() -> None:
        async for report in job:
            if report.done:
                await asyncio.Event().wait()

    task = asyncio.create_task(run())
    while not job.report.done:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def leave_by_being_cancelled_at_once(job: Any) -> None:
    task = asyncio.create_task(job.send())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(
    "leave",
    [leave_by_break, leave_by_error, leave_by_closing, leave_by_cancelling, leave_by_being_cancelled_at_once],
)
async def test_a_journal_is_free_as_soon_as_the_job_is_left(
    service: Service, path: Path, leave: Callable[[Any], Any]
) -> None:
    """A journal is free at once after its job is left, in any way."""
    gc.disable()
    try:
        async with service.client() as client:
            job = client.tickets.update_many(IDS, status="closed", journal=path, concurrency=2)
            await leave(job)
            Journal.open(path, {**TERMS, "server": client._requester.base_url, "team": client._requester.team}).close()
            report = job.report
            assert report.done + len(report.in_doubt) + len(report.unsent) == report.total
            again = await client.tickets.update_many(IDS, status="closed", journal=path)
            assert again.complete
            assert not [task for task in internals(client)._tasks if not task.done()]
    finally:
        gc.enable()
    assert set(service.effects.values()) == {1}


async def test_after_an_error_of_the_job_the_journal_is_free(service: Service, path: Path) -> None:
    """A journal is free after its job raised."""

    def broken() -> Iterator[str]:
        yield from IDS[:250]
        raise ZeroDivisionError

    async with service.client() as client:
        with pytest.raises(ZeroDivisionError):
            await client.tickets.update_many(broken(), status="closed", journal=path)
        assert (await client.tickets.update_many(IDS, status="closed", journal=path)).complete
    assert set(service.effects.values()) == {1}
