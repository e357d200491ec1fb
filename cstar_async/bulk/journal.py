"""The journal of a job, a file that survives a crash: a line for each batch to be sent, and a line for its outcome.

Each line is on the disk (fsync) before its batch is sent or reported. So after a crash a batch is in one of three
states: not in the file (not sent), *sent* (done or not), or *done* (with its failures). A batch that was sent is sent
again with the same idempotency key, which is derived from the job's id and the batch; if it was done, the service
returns the stored answer (docs: for 24 hours).

A line is written whole or not at all: what a full disk or a failing fsync has left of it is cut off, and if that fails
too, nothing more is written. Nothing is written either once the file has been removed, replaced or changed by others.

The file has the mode 0600, is locked while a job uses it, and holds ids and the service's messages, but no key and no
content.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import stat
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import orjson

from cstar_async.errors import JournalError

from .batching import RULES
from .entries import FORMAT, Contents, Entry, check_terms, done_line, parse
from .outcome import is_remembered

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path
    from typing import Self

    from .results import BatchResult


class Journal:
    """A journal that is open and locked. All times are the caller's."""

    def __init__(self, path: Path, file: int, job: str, contents: Contents, key_owner: str) -> None:
        self._path = path
        self._file = file
        self._contents = contents
        self._entries = contents.entries
        self._size = contents.size
        """Bytes of whole lines that are on the disk."""
        self._left_open = {number for number, entry in contents.entries.items() if entry.settled is None}
        self._key_owner = key_owner
        self._broken = ""
        """Why nothing more is written; empty while the file is usable."""
        self._writer: ThreadPoolExecutor | None = ThreadPoolExecutor(1, "cstar-journal")
        self.job = job

    @classmethod
    def open(cls, path: Path, terms: dict[str, Any], key_owner: str = "") -> Self:
        """Open the journal of a job, or create it. Blocks.

        Args:
            path: The file.
            terms: What must be the same in each run, such as the action and the server.
            key_owner: A hash of the API key in use.

        Raises:
            JournalError: The file cannot be used, belongs to another job, or is in use.
        """
        path = path.absolute()
        file = _open(path, os.O_RDWR | os.O_CREAT)
        try:
            _lock(file, path)
            with _wrap_errors(path, "cannot be used as a journal"):
                contents = _read(path, file)
                if contents.head is None:
                    job = uuid.uuid4().hex
                    os.ftruncate(file, 0)
                    size = _write(file, {"cstar_bulk": FORMAT, "job": job, "rules": RULES, **terms})
                    _sync_folder(path)
                    contents = contents._replace(size=size)
                else:
                    job = str(contents.head["job"])
                    check_terms(path, contents.head, terms)
                    # The batch of a torn line was neither sent nor reported.
                    os.ftruncate(file, contents.size)
            return cls(path, file, job, contents, key_owner)
        except BaseException:
            os.close(file)
            raise

    def find(self, number: int, digest: str, keys: Collection[Any]) -> Entry | None:
        """The entry of a batch with these ids. Raises JournalError if the batch was different in an earlier run."""
        return self._contents.find(self._path, number, digest, keys)

    def left_open(self, number: int) -> bool:
        """Whether an earlier run sent a batch and does not know its outcome."""
        return number in self._left_open

    def is_remembered(self, entry: Entry, now: float) -> bool:
        """Whether the service still remembers the key of a batch: for 24 hours, with the same API key."""
        return entry.key_owner == self._key_owner and is_remembered(entry.sent_at, now)

    def key(self, number: int, digest: str) -> str:
        """The idempotency key of a batch, the same in every run."""
        return f"bulk-{self.job}-{number}-{digest[:16]}"

    async def sent(self, number: int, digest: str, at: float) -> Entry:
        """Record that a batch is about to be sent."""
        entry = self._entries.get(number)
        if entry is None:
            line: dict[str, Any] = {"sent": number, "digest": digest, "at": at}
            if self._key_owner:
                line["by"] = self._key_owner
            # Before the line is written, so that `unsent` can revoke it if the caller is cancelled meanwhile.
            entry = self._entries[number] = Entry(digest, at, self._key_owner)
            try:
                await self._append(line)
            except JournalError:
                del self._entries[number]
                raise
        return entry

    async def unsent(self, number: int) -> None:
        """Record that a batch was not sent."""
        if self._entries.pop(number, None) is not None:
            await self._append({"unsent": number})

    async def done(self, number: int, settled: BatchResult) -> None:
        """Record the outcome of a batch."""
        await self._append(done_line(number, settled))

    async def finish(self, batches: int) -> None:
        """Record the number of batches of the input. Raises JournalError if an earlier run had more."""
        self._contents.check_length(self._path, batches)
        if self._contents.length is None:
            self._contents = self._contents._replace(length=batches)
            await self._append({"end": batches})

    async def _append(self, line: dict[str, Any]) -> None:
        if self._writer is None:
            raise JournalError(f"{self._path}: the job has ended, nothing more is written")
        # A cancellation must not stop the line from being written.
        await asyncio.shield(asyncio.wrap_future(self._writer.submit(self._write_line, line)))

    def _write_line(self, line: dict[str, Any]) -> None:
        if not self._broken:
            self._broken = self._changed_by_others()
        if self._broken:
            raise JournalError(f"{self._path} {self._broken}; nothing more is sent")
        try:
            self._size += _write(self._file, line)
        except OSError as error:
            try:
                os.ftruncate(self._file, self._size)
                os.fsync(self._file)
            except OSError:
                # The next run cuts off a torn last line.
                self._broken = "ends in a torn line that could not be removed"
            raise JournalError(
                f"{self._path} cannot be written ({error.strerror}). Fix that and run the same job again: what was "
                "done is not repeated"
            ) from error

    def _changed_by_others(self) -> str:
        try:
            opened, named = os.fstat(self._file), self._path.stat()
        except OSError as error:
            return f"has been removed ({error.strerror})"
        if not os.path.samestat(opened, named):
            return "has been replaced by another file"
        return "" if opened.st_size == self._size else "has been changed by another program"

    def close(self) -> None:
        """Finish writing, and release the file. Blocks while a line is being written."""
        if self._writer is not None:
            self._writer.shutdown(wait=True)
            self._writer = None
            _unlock(self._file)
            os.close(self._file)

    def __del__(self) -> None:
        # At the end of the process the descriptor is closed, and the lock released, in any case.
        if getattr(self, "_writer", None) is not None and not sys.is_finalizing():
            self.close()


def read_contents(path: Path, terms: dict[str, Any]) -> Contents:
    """Read a journal without changing it. Without a file the contents are empty. Blocks.

    Raises:
        JournalError: A run could not use it: it belongs to another job, is in use, or its folder does not exist.
    """
    path = path.absolute()
    try:
        file = _open(path, os.O_RDONLY)
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise JournalError(f"{path} cannot be used as a journal: its folder does not exist") from None
        return Contents(None, {}, None, 0)
    try:
        _lock(file, path)
        with _wrap_errors(path, "cannot be read"):
            contents = _read(path, file)
        _unlock(file)
    finally:
        os.close(file)
    if contents.head is not None:
        check_terms(path, contents.head, terms)
    return contents


def _open(path: Path, flags: int) -> int:
    """Open the file, and return its descriptor.

    Raises:
        JournalError: It is not a regular file, or cannot be opened.
        FileNotFoundError: It does not exist, and `flags` do not create it.
    """
    try:
        # O_NONBLOCK: opening a pipe would block. O_BINARY: Windows would change the line breaks.
        file = os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | os.O_APPEND, 0o600)
    except IsADirectoryError:
        raise JournalError(f"a journal must be a regular file; {path} is not") from None
    except FileNotFoundError as error:
        if flags & os.O_CREAT:
            raise JournalError(f"{path} cannot be used as a journal: its folder does not exist") from error
        raise
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise JournalError(f"{path} cannot be used as a journal: {reason}") from error
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise JournalError(f"a journal must be a regular file; {path} is not")
    return file


@contextlib.contextmanager
def _wrap_errors(path: Path, problem: str) -> Any:
    """Turn an OSError of the block, which has only a descriptor, into a JournalError that names the file."""
    try:
        yield
    except OSError as error:
        raise JournalError(f"{path} {problem}: {error.strerror}") from error


def _read(path: Path, file: int) -> Contents:
    with os.fdopen(file, "rb", closefd=False) as reader:
        return parse(path, reader.read())


def _write(file: int, line: dict[str, Any]) -> int:
    data = orjson.dumps(line) + b"\n"
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(file, rest) :]
    os.fsync(file)
    return len(data)


def _sync_folder(path: Path) -> None:
    """Put the file's name on the disk. Windows cannot open a folder, and does this itself."""
    if os.name == "posix":
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _lock(file: int, path: Path) -> None:
    from filelock import lock_descriptor  # takes 10 ms to load, and only journals need it

    try:
        # The lock belongs to the open file, so it is released when the process ends, in any way.
        locked = lock_descriptor(file, blocking=False)
    except OSError as error:
        raise JournalError(
            f"{path} cannot be locked, which a journal needs ({error.strerror}); keep it on a local disk"
        ) from error
    if not locked:
        raise JournalError(f"{path} is in use by another job, in this process or another")


def _unlock(file: int) -> None:
    """Release the lock explicitly, since a forked process may have the descriptor too."""
    from filelock import unlock_descriptor

    with contextlib.suppress(OSError):
        unlock_descriptor(file)
