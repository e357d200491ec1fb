"""Files that only their owner can read."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from .exits import CommandError

if TYPE_CHECKING:
    from collections.abc import Generator

DIRECTORY: Final = "CSTAR_CONFIG_DIR"
"""The variable that names the folder of the settings."""
_OTHERS: Final = 0o077


def read_private(path: Path) -> bytes:
    """Read a file.

    Raises:
        CommandError: Others can read it, it is another user's, it is not a file, or it cannot be read.
        FileNotFoundError: It does not exist.
    """
    try:
        # A named pipe would not be opened before somebody writes into it.
        with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
            found = os.fstat(file.fileno())
            if not stat.S_ISREG(found.st_mode):
                raise CommandError(f"{path} is not a file")
            if os.name == "posix" and found.st_mode & _OTHERS:
                raise CommandError(f"{path} can be read by others; run: chmod 600 {path}")
            if os.name == "posix" and found.st_uid != os.geteuid():
                raise CommandError(f"{path} belongs to another user; set {DIRECTORY} to a folder of your own")
            return file.read()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from None


def write_private(path: Path, content: bytes) -> None:
    """Write a file of mode 0600, whole or not at all; its folder is made, and a link stays one. Raises OSError."""
    path = path.resolve()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


@contextlib.contextmanager
def locked(path: Path, *, wait: bool) -> Generator[bool]:
    """Hold the lock of a file, which is made, for a block. Its end, or that of the process, releases it.

    Args:
        path: The file.
        wait: Whether to wait until the lock is free.

    Yields:
        Whether the lock is held.

    Raises:
        CommandError: The file cannot be locked.
    """
    from filelock import lock_descriptor

    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}; set {DIRECTORY} to another folder") from None
    try:
        try:
            held = lock_descriptor(descriptor, blocking=wait)
        except OSError as error:
            raise CommandError(f"{path} cannot be locked: {error.strerror}") from None
        yield held
    finally:
        os.close(descriptor)
