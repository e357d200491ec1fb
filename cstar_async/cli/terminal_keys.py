"""Keys that are typed on a terminal, while a command runs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping


@contextlib.contextmanager
def keys(actions: Mapping[bytes, Callable[[], object]], closed: Callable[[], object]) -> Generator[bool]:
    """Call an action for each of its keys, within a block.

    Args:
        actions: By key.
        closed: Is called when the terminal is gone.

    Yields:
        Whether there are keys: not without a terminal, in the background, or on Windows.
    """
    try:
        import termios
        import tty
    except ImportError:  # Windows
        yield False
        return
    try:
        terminal = sys.stdin.fileno()
        if not (sys.stdout.isatty() and _is_ours(terminal)):
            raise OSError  # noqa: TRY301  # as without a terminal
        before = termios.tcgetattr(terminal)
        tty.setcbreak(terminal)
    except (OSError, ValueError, termios.error):
        yield False
        return
    loop = asyncio.get_running_loop()

    def read() -> None:
        try:
            if not _is_ours(terminal):
                return  # to read in the background would stop the process
            key = os.read(terminal, 1)
        except OSError:
            key = b""
        if key:
            actions.get(key, _nothing)()
        else:
            loop.remove_reader(terminal)
            closed()

    loop.add_reader(terminal, read)
    try:
        yield True
    finally:
        loop.remove_reader(terminal)
        with contextlib.suppress(OSError, termios.error):  # it is gone
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)


def _is_ours(terminal: int) -> bool:
    """Whether this process is in the foreground of a terminal. Raises OSError if it is not a terminal."""
    return os.tcgetpgrp(terminal) == os.getpgrp()


def _nothing() -> None:
    pass
