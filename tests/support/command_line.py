"""The command line in this process, against a team of the sandbox."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import select
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from cstar_async import cli

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cstar_async.sandbox import Team

ROOT = Path(__file__).parent.parent.parent
CTRL_C = b"\x03"
LONGEST = 60.0
"""Seconds for a command on a terminal."""


class Ran(NamedTuple):
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[Any]:
        """Standard output as JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def value(self) -> dict[str, Any]:
        """Standard output as one JSON document."""
        found: dict[str, Any] = json.loads(self.out)
        return found

    @property
    def error(self) -> dict[str, Any]:
        """The error on standard error, its last line."""
        found: dict[str, Any] = json.loads(self.err.splitlines()[-1])["error"]
        return found

    @property
    def message(self) -> str:
        """The message of the error."""
        return str(self.error["message"])


class CommandLine:
    """Runs commands."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: str, stdin: str | bytes = b"") -> Ran:
        raw = stdin.encode() if isinstance(stdin, str) else stdin
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw), encoding="utf-8"))
        code = cli.main(words)
        return Ran(code, *self._capsys.readouterr())

    def log_in(self, team: Team, *words: str) -> Ran:
        """Log in with the secret key of a team."""
        url = team.environment["CSTAR_BASE_URL"]
        return self("login", "--key-stdin", "--base-url", url, *words, stdin=f"{team.secret_key}\n")

    def on_terminal(self, *words: str, columns: int = 80) -> tuple[int, str]:
        """Run a command whose output goes to a terminal, in this process, so that it is fast; it gets no input."""
        terminal, inside = pty.openpty()
        found: list[bytes] = []

        def read() -> None:
            with contextlib.suppress(OSError):  # the other side has closed
                while data := os.read(terminal, 65_536):
                    found.append(data)

        reader = threading.Thread(target=read)
        reader.start()
        with self._monkeypatch.context() as patch, os.fdopen(inside, "w", encoding="utf-8") as stream:
            patch.setenv("COLUMNS", str(columns))
            patch.setattr(sys, "stdout", stream)
            patch.setattr(sys, "stderr", stream)
            code = cli.main(words)
        reader.join(10)
        os.close(terminal)
        return code, b"".join(found).decode()


def on_terminal(
    words: Sequence[str],
    question: bytes = b"",
    answer: bytes = b"",
    env: Mapping[str, str] | None = None,
    columns: int = 80,
) -> tuple[int, str]:
    """Run a command in a terminal, and type an answer at a question. Returns its exit code, and what was shown."""
    terminal, inside = pty.openpty()
    name = os.ttyname(inside)
    os.set_blocking(terminal, True)
    # A shell that leads a session gets the first terminal that it opens as its own, so that it sends Ctrl-C.
    command = ["sh", "-c", 'exec "$@" <>"$0" >&0 2>&0', name, sys.executable, "-m", "cstar_async.cli", *words]
    variables = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm", **(env or {})}
    process = subprocess.Popen(command, cwd=ROOT, env=variables, start_new_session=True)
    found, typed = b"", False
    os.close(inside)
    end = time.monotonic() + LONGEST
    try:
        while process.poll() is None:
            if time.monotonic() > end:
                pytest.fail(f"{' '.join(words)} did not end in {LONGEST} s; it showed {found.decode()!r}")
            if select.select([terminal], [], [], 0.5)[0]:
                with contextlib.suppress(OSError):  # the last process that had it open has ended
                    found += os.read(terminal, 65_536)
            elif typed and answer == CTRL_C:
                typed = False  # Python drops an interrupt that comes while it collects garbage
            if answer and not typed and question in found:
                os.write(terminal, answer)
                typed = True
        while select.select([terminal], [], [], 0)[0]:
            try:
                found += os.read(terminal, 65_536)
            except OSError:
                break
    finally:
        process.kill()
        process.wait()
        os.close(terminal)
    return process.returncode, found.decode()
