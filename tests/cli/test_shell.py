"""Completion in real shells, and the commands that pass their arguments on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import pty
import shlex
import shutil
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.cli import main
from cstar_async.webhooks import Event, EventDispatcher

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("CSTAR_")} | {
    "PYTHONPATH": os.pathsep.join(sys.path)
}


@pytest.fixture
def tools(tmp_path: Path) -> dict[str, str]:
    """An environment with `cstar` in its PATH, and two profiles."""
    program = tmp_path / "bin" / "cstar"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cstar_async.cli "$@"\n')
    program.chmod(0o755)
    settings = tmp_path / "profiles.toml"
    settings.write_text('[profiles.work]\nteam = "t"\n[profiles.home]\nteam = "t"\n')
    settings.chmod(0o600)
    return ENVIRONMENT | {
        "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}",
        "CSTAR_CONFIG_DIR": str(tmp_path),
    }


def script(shell: str, capsys: pytest.CaptureFixture[str]) -> str:
    """The completion script of a shell."""
    assert main(["completion", shell]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_completion_script_is_valid(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The shell itself finds no mistake in its script, where it is installed."""
    text = script(shell, capsys)
    assert "_CSTAR_COMPLETE" in text
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=text, text=True, check=True, timeout=20)
    if shell == "bash" and shutil.which("shellcheck"):
        subprocess.run(["shellcheck", "-"], input=text, text=True, check=True, timeout=20)


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("cstar tick", ["tickets"]),
        ("cstar lo", ["login", "logout", "logs"]),
        ("cstar customer-", ["customer-groups", "customer-auth"]),
        ("cstar customer-groups m", ["members"]),
        ("cstar --no", ["--no-color"]),
        ("cstar tickets list --status O", ["open"]),
        ("cstar tickets list --stat", ["--status"]),
        ("cstar status --off", ["--offline"]),
        ("cstar profiles use ", ["work", "home"]),
        ("cstar tickets list --profile w", ["work"]),
        ("cstar api p", ["post", "put", "patch"]),
        ("cstar completion f", ["fish"]),
    ],
)
def test_words_are_completed(
    words: str,
    found: list[str],
    tools: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Commands, options, known values, and names of profiles are completed."""
    out, err = completed(words, monkeypatch, capsys, tools["CSTAR_CONFIG_DIR"])
    assert (out.split(), err) == ([f"plain,{each}" for each in found], "")


def completed(
    line: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: str
) -> tuple[str, str]:
    """What the program writes when bash asks for the end of a line."""
    asked = {"_CSTAR_COMPLETE": "bash_complete", "COMP_LINE": line, "COMP_WORD": line.rpartition(" ")[2]}
    for name, value in (asked | {"CSTAR_CONFIG_DIR": folder}).items():
        monkeypatch.setenv(name, value)
    main([])
    return capsys.readouterr()


@pytest.mark.parametrize(
    "line", ["tickets import ", "tickets update-many --ids-file ", "customers export --out ", "listen --save "]
)
def test_names_of_files_are_left_to_the_shell(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a file is expected, the shell completes it."""
    assert completed(f"cstar {line}a", monkeypatch, capsys, str(tmp_path)) == ("file,a\n", "")


def test_profiles_that_cannot_be_read_complete_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake in the file of profiles writes nothing into the line that is typed."""
    (tmp_path / "profiles.toml").write_text("default = [")
    assert completed("cstar --profile ", monkeypatch, capsys, str(tmp_path)) == ("", "")


LINES = {
    "cstar tick": ["tickets"],
    "cstar tickets list --status o": ["tickets", "list", "--status", "open"],
    "cstar tickets list --status=o": ["tickets", "list", "--status=open"],
    "cstar --profile=w": ["--profile=work"],
    "cstar trigger ticket.cr": ["trigger", "ticket.created"],
    "cstar tickets create --title 'a b' --pri": ["tickets", "create", "--title", "a b", "--priority"],
    "cstar tickets list --tag * --pri": ["tickets", "list", "--tag", "*", "--priority"],
    "cstar tickets import tw": ["tickets", "import", "two words.csv"],
    "cstar tickets create --input @tw": ["tickets", "create", "--input", "@two words.csv"],
    "cstar tickets create --input=@tw": ["tickets", "create", "--input=@two words.csv"],
}
"""Lines that end in a Tab, and the arguments that the command then gets."""
OPTIONS = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}
START = {
    "bash": 'eval "$(cstar completion bash)"\n',
    "zsh": 'setopt no_nomatch no_glob; autoload -Uz compinit; compinit -u -D; eval "$(cstar completion zsh)"\n',
}


def typed(shell: str, tools: dict[str, str], folder: Path) -> list[list[str]]:
    """Type the lines in a terminal; the arguments of each command."""
    real = folder / "bin" / "cstar"
    real.rename(folder / "bin" / "real")
    real.write_text(
        f"""#!/bin/sh
if [ "$_CSTAR_COMPLETE" ] || [ "$1" = completion ]; then exec "{folder}/bin/real" "$@"; fi
printf '%s\\037' "$@" >> "{folder}/arguments"
echo >> "{folder}/arguments"
"""
    )
    real.chmod(0o755)
    terminal, inside = pty.openpty()
    process = subprocess.Popen(
        [shell, *OPTIONS[shell]],
        env=tools | {"TERM": "dumb", "HISTFILE": "", "PS1": "> "},
        cwd=folder / "files",
        stdin=inside,
        stdout=inside,
        stderr=inside,
        start_new_session=True,
    )
    os.close(inside)
    reader = threading.Thread(target=drain, args=[terminal])
    reader.start()
    os.write(terminal, f"{START[shell]}set -f\n".encode())
    for line in LINES:
        os.write(terminal, f"{line}\t\n".encode())
    os.write(terminal, b"exit\n")
    try:
        process.wait(30)
    finally:
        process.kill()
        reader.join(10)
        os.close(terminal)
    return [line.split("\x1f")[:-1] for line in (folder / "arguments").read_text().splitlines()]


def drain(terminal: int) -> None:
    """Read what a terminal shows, so that nothing waits for it."""
    with contextlib.suppress(OSError):
        while os.read(terminal, 65_536):
            pass


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_a_tab_completes(shell: str, tools: dict[str, str], tmp_path: Path) -> None:
    """In the shell itself a Tab completes commands, options, values behind a `=` or quotes, and names of files."""
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "two words.csv").touch()
    assert typed(shell, tools, tmp_path) == list(LINES.values())


def test_fish_completes(tools: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In fish whole words are completed, with what is said of them."""
    if shutil.which("fish") is None:
        pytest.skip("there is no fish")
    (tmp_path / "two words.csv").touch()
    lines = "".join(f"complete --do-complete {shlex.quote(line)}\n" for line in LINES)
    done = subprocess.run(
        ["fish", "--no-config", "-c", f"{script('fish', capsys)}{lines}"],
        env=tools | {"HOME": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    found = done.stdout.splitlines()
    assert [line.partition("\t")[0] for line in found] == [words[-1] for words in LINES.values()]
    assert found[0] == "tickets\tTickets: list, create, get, update, delete, messages"
    assert done.stderr == ""


def test_nothing_heavy_is_loaded_for_help_and_completion() -> None:
    """Help, the version, completion and mistakes load none of the heavy packages; names need no module of a command.

    `completion` itself is what answers the shell.
    """
    code = """
import contextlib, io, os, sys
from cstar_async.cli import main
nowhere = io.TextIOWrapper(io.BytesIO())
with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
    os.environ |= {"_CSTAR_COMPLETE": "bash_complete", "COMP_WORDS": "cstar ", "COMP_CWORD": "1"}
    main([])
    del os.environ["_CSTAR_COMPLETE"]
    for words in ([], ["--help"], ["--version"], ["no-such"]):
        main(words)
    commands = [name for name in sys.modules if name.startswith("cstar_async.cli.commands.")]
    for name in ("login", "logout", "status", "profiles", "api", "completion"):
        main([name, "--help"])
    for words in (["login", "--no-such"], ["completion", "basch"], ["api", "GET"]):
        main(words)
    os.environ |= {"_CSTAR_COMPLETE": "bash_complete", "COMP_LINE": "cstar tickets list --status o", "COMP_WORD": "o"}
    main([])
    before = "orjson" in sys.modules
    main(["completion", "bash"])
heavy = ("aiohttp", "asyncio", "attrs", "cattrs", "rich", "keyring", "mcp", "sqlite3", "tomllib")
print(commands, before, [name for name in heavy if name in sys.modules])
"""
    environment = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "['cstar_async.cli.commands.completion'] False []\n"


def test_the_sandbox_takes_its_own_options(capsys: pytest.CaptureFixture[str]) -> None:
    """`cstar sandbox` passes its arguments on: help under its own name, and its own errors and exit codes."""
    assert main(["sandbox", "--help"]) == 0
    assert capsys.readouterr().out.startswith("usage: cstar sandbox")
    assert main(["sandbox", "--port", "99999"]) == 2
    assert "--port" in capsys.readouterr().err
    assert main(["sandbox", "--host", "0.0.0.0"]) == 2
    assert "--allow-remote" in capsys.readouterr().err


def test_the_sandbox_runs_until_it_is_interrupted(tools: dict[str, str]) -> None:
    """`cstar sandbox` writes its settings, which a shell can evaluate, and ends with 0 on Ctrl-C."""
    command = [sys.executable, "-m", "cstar_async.cli", "sandbox", "--port", "0"]
    with subprocess.Popen(command, env=tools, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        process.send_signal(signal.SIGINT)
        assert process.wait(20) == 0
    settings = dict(line.strip().split("=", 1) for line in lines)
    assert list(settings) == ["CSTAR_BASE_URL", "CSTAR_TEAM_ID", "CSTAR_API_KEY", "CSTAR_PUBLISHABLE_KEY"]


def test_the_inbox_takes_its_own_options(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`cstar inbox` looks into an inbox, from --inbox or CSTAR_INBOX, with exit codes of its own."""
    url = f"sqlite:///{tmp_path}/inbox.db"

    async def make() -> None:
        events = EventDispatcher(secrets=f"whsec_{'0' * 32}", inbox=url)

        @events.on("*", group="fine")
        async def fine(event: Event[Any]) -> None:
            pass

        async with events:
            pass

    asyncio.run(make())
    monkeypatch.delenv("CSTAR_INBOX", raising=False)
    assert main(["inbox", "--inbox", url, "stats"]) == 0
    assert json.loads(capsys.readouterr().out)["group"] == "fine"
    monkeypatch.setenv("CSTAR_INBOX", url)
    assert main(["inbox", "dead-letters", "--group", "fine", "--limit", "3"]) == 0
    assert main(["inbox", "--inbox", f"sqlite:///{tmp_path}/none.db", "stats"]) == 1
    assert main(["inbox"]) == 2
    assert capsys.readouterr().err.count("usage: cstar inbox") == 1
