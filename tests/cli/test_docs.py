"""docs/cli.md and README.md: each command runs against a sandbox; docs/cli-reference.md is up to date."""

from __future__ import annotations

import io
import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cstar_async._generated import operations
from cstar_async.cli import main, reference
from cstar_async.cli.exits import Exit
from cstar_async.sandbox import Sandbox
from tests.support.command_line import CommandLine

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "cli.md"
_SHELL = re.compile(r"\||\$\(")
"""What needs a shell."""


class Line(NamedTuple):
    """A command in a document, and the exit code that its comment tells, else 0."""

    place: str
    text: str
    code: int


def is_session(block: str) -> bool:
    """Whether a block shows what its commands write."""
    return any(not line.startswith("$ ") for line in block.splitlines())


def lines() -> Iterator[Line]:
    """The commands of README.md and of the guide."""
    for path in (ROOT / "README.md", GUIDE):
        document = path.read_text("utf-8")
        for block in re.finditer(r"^```console\n(.*?)^```$", document, re.DOTALL | re.MULTILINE):
            first = document.count("\n", 0, block.start(1)) + 1
            for number, text in enumerate(block[1].splitlines(), first):
                command, _, comment = text.removeprefix("$ ").partition("  #")
                if text.startswith("$ ") and "cstar" in command and not is_session(block[1]):
                    code = int(comment.split("exit ")[1]) if "exit " in comment else 0
                    yield Line(f"{path.name}:{number}", command.strip(), code)


class Reader:
    """Somebody who types the commands of the guide, one after the other, with a team of the sandbox."""

    def __init__(self, sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        team = sandbox.team(demo=True)
        self._key = team.secret_key
        self._folder = folder
        self._monkeypatch = monkeypatch
        (folder / "bin").mkdir()
        program = folder / "bin" / "cstar"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cstar_async.cli "$@"\n')
        program.chmod(0o755)
        (folder / "key.txt").write_text(f"{self._key}\n")
        (folder / "ticket.json").write_text('{"title": "From a file", "priority": "low"}')
        for name in list(os.environ):
            if name.startswith("CSTAR_"):
                monkeypatch.delenv(name)
        monkeypatch.setenv("CSTAR_BASE_URL", sandbox.base_url)
        monkeypatch.setenv("CSTAR_CONFIG_DIR", str(folder / "settings"))
        monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
        monkeypatch.setenv("PATH", str(folder / "bin"), prepend=os.pathsep)
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        monkeypatch.setattr("click.termui.hidden_prompt_func", lambda _: self._key)
        monkeypatch.chdir(folder)
        self._real = {"http://127.0.0.1:4010": sandbox.base_url, "sk_test_…": self._key}

    def type(self, line: str) -> int:
        """Run a line; its exit code."""
        for shown, real in self._real.items():
            line = line.replace(shown, real)
        if line.startswith(("cstar sandbox", "cstar listen --to", "cstar logs --tail")):
            return self._interrupt(line)
        if _SHELL.search(line):
            return subprocess.run(["bash", "-c", f"set -o pipefail; {line}"], check=False, timeout=30).returncode
        # In this process, which is faster.
        line, _, file = line.partition(" < ")
        kind = Keyboard if line == "cstar login" else io.TextIOWrapper
        self._monkeypatch.setattr(sys, "stdin", kind(io.BytesIO(Path(file).read_bytes() if file else b"")))
        program, *words = shlex.split(line.partition(" > ")[0])
        assert program == "cstar"
        return main(words)

    def _interrupt(self, line: str) -> int:
        """Run a command until it says that it works, and end it as Ctrl-C does."""
        with subprocess.Popen(shlex.split(line), stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
            assert process.stdout is not None
            works = re.compile(rb"CSTAR_BASE_URL=http|forwarding the events of team|following the requests of team")
            while not works.match(said := process.stdout.readline()):
                assert said, line
            process.send_signal(signal.SIGINT)
            process.stdout.read()
            code = process.wait(30)
        return 0 if code == Exit.INTERRUPTED else code

    def learn(self, out: str) -> None:
        """Take the first ids of what a command wrote for those in the guide."""
        for line in out.splitlines():
            found = re.match(r'\{"id":"((tkt|key)_[^"]+)"', line)
            if found and (found[2] == "tkt" or "Deployment" in line):
                self._real.setdefault(f"{found[2]}_abc123", found[1])


class Keyboard(io.TextIOWrapper):
    """Standard input of a terminal."""

    def isatty(self) -> bool:
        return True


def test_each_command_of_the_documents_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The commands run in their order, and end with the exit codes that the documents tell."""
    with Sandbox() as sandbox:
        reader = Reader(sandbox, tmp_path, monkeypatch)
        ran = list(lines())
        for line in ran:
            code = reader.type(line.text)
            out, err = capfd.readouterr()
            assert code == line.code, f"{line.place}: {line.text}\n{out}{err}"
            reader.learn(out)
    assert len(ran) >= 40


class Player:
    """Runs the commands of a session on a terminal."""

    def __init__(self, terminal: CommandLine, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self._terminal = terminal
        self._monkeypatch = monkeypatch
        self._folder = folder
        self._url = "http://127.0.0.1:4010"
        self._key = ""
        monkeypatch.setattr("click.termui.hidden_prompt_func", self._typed)

    def play(self, line: str, sandbox: subprocess.Popen[str]) -> str:
        """What a line writes to the terminal."""
        if line == "cstar sandbox &":
            assert sandbox.stdout is not None
            settings = [sandbox.stdout.readline() for _ in range(4)]
            self._url, _, self._key = (setting.strip().partition("=")[2] for setting in settings[:3])
            return "".join(settings)
        command, _, echo = line.partition("; echo ")
        command, _, source = command.partition(" < ")
        command, _, target = command.replace("http://127.0.0.1:4010", self._url).partition(" > ")
        given = (self._folder / source).read_bytes() if source else b""
        self._monkeypatch.setattr(sys, "stdin", (io.TextIOWrapper if source else Keyboard)(io.BytesIO(given)))
        words = shlex.split(command)[1:]
        if target:
            ran = self._terminal(*words)
            (self._folder / target).write_text(ran.out)
            return ran.err
        code, text = self._terminal.on_terminal(*words)
        return f"{text}{code}\n" if echo == "$?" else text

    def _typed(self, end: str) -> str:
        sys.stderr.write(f"{end}\n")
        return self._key


def comparable(text: str) -> list[str]:
    """The lines of a session, without what differs from run to run: ids, keys, ports, times, and their widths."""
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)  # colours, and the hidden cursor of a progress bar
    text = re.sub(r"(?m)^.*\r(?!\n)", "", text.replace("\r\n", "\n"))  # earlier states of a progress bar
    for pattern, name in (
        (r"\b(tkt|req|log|evt_ticket_created)_(?!none\b)\w+", r"\1_ID"),
        (r"\bsk_test_[\w-]+", "KEY"),
        (r"127\.0\.0\.1:\d+", "ADDRESS"),
        (r"\bnow\b|\b\d+ min ago\b", "WHEN"),
        (r"\b\d+\.\d+\b|\b\d+:\d\d:\d\d\b", "TIME"),
        (r" {2,}", "  "),
        (r" +$", ""),
    ):
        text = re.sub(pattern, name, text, flags=re.MULTILINE)
    return text.splitlines()


def test_the_session_of_the_readme_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each command of the session in README.md writes what is shown; a line with … stands for lines left out."""
    for name in [name for name in os.environ if name.startswith("CSTAR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("CSTAR_CONFIG_DIR", str(tmp_path / "settings"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    blocks = re.findall(r"^```console\n(.*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    (session,) = filter(is_session, blocks)
    player = Player(CommandLine(monkeypatch, capsys), monkeypatch, tmp_path)
    server = [sys.executable, "-m", "cstar_async.cli", "sandbox", "--port", "0"]
    with subprocess.Popen(server, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as sandbox:
        try:
            for command, shown in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", session, re.MULTILINE):
                written = comparable(player.play(command, sandbox))
                wanted = "\n".join(".*" if line == "…" else re.escape(line) for line in comparable(shown))
                assert re.fullmatch(wanted, "\n".join(written), re.DOTALL), "\n".join([command, *written])
        finally:
            sandbox.send_signal(signal.SIGINT)


def test_the_guide_names_every_command_and_exit_code() -> None:
    """Every command that is not an operation is in the guide, and so is every exit code."""
    from cstar_async.cli.root import _COMMANDS

    text = GUIDE.read_text("utf-8")
    for code in Exit:
        assert f"| {int(code)} |" in text
    for name in _COMMANDS:
        assert f"cstar {name}" in text, name


def test_the_reference_is_up_to_date() -> None:
    """docs/cli-reference.md is what `make docs` writes."""
    if any(operations.load(each).source == "spec" for each in operations.ids()):
        pytest.skip("the service's own document has been adopted: `make docs` brings the page up to date")
    assert (ROOT / "docs" / "cli-reference.md").read_text("utf-8") == reference.render()
