"""Completion in real shells, and the commands that pass their arguments on."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
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
    asked = {"_CSTAR_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    for name, value in (asked | {"CSTAR_CONFIG_DIR": tools["CSTAR_CONFIG_DIR"]}).items():
        monkeypatch.setenv(name, value)
    assert main([]) == 0
    out, err = capsys.readouterr()
    assert (out.split(), err) == ([f"plain,{each}" for each in found], "")


def test_bash_completes(tools: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    """In a real bash, also a value behind an `=`, which bash makes a word of its own."""
    if shutil.which("bash") is None:
        pytest.skip("there is no bash")
    lines = f"""{script("bash", capsys)}
for words in "cstar tickets list --status o" "cstar tickets list --status = o" "cstar tickets list --tag * --pri"; do
    set -f; COMP_WORDS=($words); set +f
    COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))
    _cstar_completion cstar
    printf '%s\\n' "${{COMPREPLY[@]}}"
done
"""
    done = subprocess.run(
        ["bash", "--norc", "-c", lines], env=tools, capture_output=True, text=True, check=True, timeout=20
    )
    assert (done.stdout.split(), done.stderr) == (["open", "open", "--priority"], "")


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
    for words in (["login", "--no-such"], ["completion", "bash"], ["api", "GET"]):
        main(words)
    os.environ |= {"_CSTAR_COMPLETE": "bash_complete", "COMP_WORDS": "cstar tickets list --status o", "COMP_CWORD": "4"}
    main([])
heavy = ("aiohttp", "asyncio", "attrs", "cattrs", "rich", "keyring", "mcp", "orjson", "sqlite3", "tomllib")
print(commands, [name for name in heavy if name in sys.modules])
"""
    environment = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("COV")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=30
    )
    assert done.stdout == "['cstar_async.cli.commands.completion'] []\n"


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
