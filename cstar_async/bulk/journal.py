"""The memory of a job over a crash: a file of lines, one for what is about to be sent, one for what came of it.

Each line is on the disk (fsync) before what it announces happens, or before it is reported. So after a crash a batch is
in one of three states: not in the file (not sent), *sent* (done or not), or *done* (with its failures). A sent one is
sent again under the same idempotency key, which is derived from the job's id and the batch, and the service answers it
from memory if it was done (docs: for 24 hours).

The file has the mode 0600, is locked for as long as a job uses it, and holds ids and the service's messages, no key and
no content of a change.
"""

from __future__ import annotations

import asyncio
import os
import stat
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final, cast

import attrs
import orjson

from cstar_async.errors import BulkItemError, JournalError
from cstar_async.shown import show_fields

from .batches import RULES
from .work import Failed, Settled

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

FORMAT: Final = 1
_BEGINNING: Final = b'{"cstar_bulk":'
REMEMBERED: Final = 23.5 * 3600
"""Seconds for which a key can be relied on: the documented 24 hours, less what clocks may differ by."""


@attrs.define
class Entry:
    """What the journal knows of a batch."""

    digest: str
    sent_at: float
    """Of the first time, in seconds since 1970."""
    settled: Settled | None = None

    __repr__ = show_fields


class Journal:
    """A journal that is open and locked. All times are the caller's."""

    def __init__(self, path: Path, file: int, job: str, entries: dict[int, Entry], length: int | None) -> None:
        self._path = path
        self._file = file
        self._entries = entries
        self._length = length
        self._writer = ThreadPoolExecutor(1, "cstar-journal")
        self.job = job

    @classmethod
    def open(cls, path: Path, terms: dict[str, Any]) -> Self:
        """Open it for a job on these terms, or begin it. Blocks. Raises JournalError, or OSError."""
        file = _open(path, os.O_RDWR | os.O_CREAT)
        try:
            _lock(file, path)
            with os.fdopen(os.dup(file), "rb") as reader:
                raw = reader.read()
            whole = _whole_lines(path, raw)
            head, entries, length = _parse(path, whole)
            if head is None:
                job = uuid.uuid4().hex
                os.ftruncate(file, 0)
                os.lseek(file, 0, os.SEEK_SET)
                _write(file, {"cstar_bulk": FORMAT, "job": job, "rules": RULES, **terms})
                _sync_folder(path)
            else:
                job = str(head["job"])
                _agree(path, head, terms)
                # What was torn off in the middle of a line was never acted upon.
                os.ftruncate(file, len(whole) + 1)
                os.lseek(file, 0, os.SEEK_END)
            return cls(path, file, job, entries, length)
        except BaseException:
            os.close(file)
            raise

    def find(self, number: int, digest: str) -> Entry | None:
        """What is known of a batch. Raises JournalError if it is another batch than the last time."""
        entry = self._entries.get(number)
        changed = entry is not None and entry.digest != digest
        if changed or (entry is None and self._length is not None and number >= self._length):
            raise JournalError(
                f"{self._path}: the input has changed since: batch {number} is not what it was. Give the same items in "
                "the same order, or begin a new journal"
            )
        return entry

    def key(self, number: int, digest: str) -> str:
        """The idempotency key of a batch, the same in every run."""
        return f"bulk-{self.job}-{number}-{digest[:16]}"

    async def sent(self, number: int, digest: str, at: float) -> Entry:
        """Write that a batch is about to be sent."""
        entry = self._entries.get(number)
        if entry is None:
            entry = self._entries[number] = Entry(digest, at)
            await self._append({"sent": number, "digest": digest, "at": at})
        return entry

    async def done(self, number: int, settled: Settled) -> None:
        """Write what came of a batch."""
        line: dict[str, Any] = {"done": number}
        if settled.failed:
            line["failed"] = [list(failed) for failed in settled.failed]
        if any(settled.counts):
            line["counts"] = settled.counts
        if settled.error is not None:
            line["error"] = [getattr(settled.error, "code", None), str(settled.error)]
        await self._append(line)

    async def finish(self, batches: int) -> None:
        """Write how many batches the input has. Raises JournalError if it had another number before."""
        before = self._length if self._length is not None else max(self._entries, default=-1) + 1
        if batches < before:
            raise JournalError(
                f"{self._path}: the input has changed since: it makes {batches} batches now, and made {before}. Give "
                "the same items in the same order, or begin a new journal"
            )
        if self._length is None:
            self._length = batches
            await self._append({"end": batches})

    async def _append(self, line: dict[str, Any]) -> None:
        # Whoever is cancelled meanwhile must not take the line with him.
        await asyncio.shield(asyncio.wrap_future(self._writer.submit(_write, self._file, line)))

    def close(self) -> None:
        """Finish writing, and let go of the file."""
        self._writer.shutdown(wait=True)
        os.close(self._file)  # and with it the lock


def peek(path: Path, terms: dict[str, Any]) -> dict[int, Entry]:
    """What a journal knows, without opening it for work. Raises JournalError for one of another job."""
    try:
        with os.fdopen(_open(path, os.O_RDONLY), "rb") as reader:
            raw = reader.read()
    except FileNotFoundError:
        return {}
    head, entries, _ = _parse(path, _whole_lines(path, raw))
    if head is not None:
        _agree(path, head, terms)
    return entries


def _open(path: Path, flags: int) -> int:
    """A descriptor of the file. Raises JournalError for a folder, a pipe or a device, or OSError."""
    try:
        # A pipe would be waited for until somebody else opens it.
        file = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o600)
    except IsADirectoryError:
        raise JournalError(f"a journal is a regular file; {path} is none") from None
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise JournalError(f"a journal is a regular file; {path} is none")
    return file


def _whole_lines(path: Path, raw: bytes) -> bytes:
    """What is left without the line that was torn. Raises JournalError for a file that is not even a torn head."""
    whole = raw.rpartition(b"\n")[0]
    if not whole and not raw.startswith(_BEGINNING) and not _BEGINNING.startswith(raw):
        raise JournalError(f"{path} is no journal of a bulk job; nothing in it was changed")
    return whole


def _parse(path: Path, whole: bytes) -> tuple[dict[str, Any] | None, dict[int, Entry], int | None]:
    """The head, the batches, and how many there are to be in all, if that is known."""
    head: dict[str, Any] | None = None
    entries: dict[int, Entry] = {}
    length: int | None = None
    for place, text in enumerate(whole.split(b"\n") if whole else (), 1):
        try:
            line = cast("dict[str, Any]", orjson.loads(text))
            if head is None:
                if line["cstar_bulk"] != FORMAT:
                    raise JournalError(f"{path} has the format {line['cstar_bulk']}, and this version reads {FORMAT}")
                head = line
            elif "sent" in line:
                entries[line["sent"]] = Entry(line["digest"], line["at"])
            elif "done" in line:
                entries[line["done"]].settled = _settled(line)
            else:
                length = line["end"]
        except (orjson.JSONDecodeError, KeyError, TypeError, IndexError) as error:
            raise JournalError(f"{path} is no journal of a bulk job, or is damaged: line {place}") from error
    return head, entries, length


def _settled(line: dict[str, Any]) -> Settled:
    error: Exception | None = None
    if "error" in line:
        code, text = line["error"]
        error = BulkItemError(text, item="", code=code, message=text)
    created, updated, skipped = line.get("counts", (0, 0, 0))
    return Settled([Failed(*each) for each in line.get("failed", ())], (created, updated, skipped), error)


def _agree(path: Path, head: dict[str, Any], terms: dict[str, Any]) -> None:
    for name, value in {"rules": RULES, **terms}.items():
        # The team may not have been known, the last time or now.
        if head.get(name) != value and not (name == "team" and None in {head.get(name), value}):
            raise JournalError(
                f"{path} is the journal of another job: {name} is {head.get(name)!r} there, {value!r} here"
            )


def _write(file: int, line: dict[str, Any]) -> None:
    data = orjson.dumps(line) + b"\n"
    while data:
        data = data[os.write(file, data) :]
    os.fsync(file)


def _sync_folder(path: Path) -> None:
    """Make the file's name as lasting as its content."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _lock(file: int, path: Path) -> None:
    try:
        import fcntl  # noqa: PLC0415  # not on Windows
    except ImportError:
        raise JournalError("journals need the file locks of POSIX, which this system does not have") from None
    try:
        # It belongs to the open file, so it goes with the process, however that ends.
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise JournalError(f"{path} is in use by another job, in this process or another") from None
