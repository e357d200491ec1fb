"""The command `python -m cstar_async.sandbox`."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE
from typing import TYPE_CHECKING

import aiohttp
import pytest

from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.__main__ import parse_arguments, serve
from cstar_async.sandbox.switches import Switches

if TYPE_CHECKING:
    from pathlib import Path


async def test_it_prints_its_settings_and_stops_on_ctrl_c() -> None:
    """The command prints working settings, and ends with status 0 on Ctrl-C."""
    command = [sys.executable, "-m", "cstar_async.sandbox", "--port", "0", "--demo"]
    process = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=PIPE)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        lines = [(await process.stdout.readline()).decode().strip() for _ in range(4)]
        settings = dict(line.split("=", 1) for line in lines)
        assert list(settings) == ["CSTAR_BASE_URL", "CSTAR_TEAM_ID", "CSTAR_API_KEY", "CSTAR_PUBLISHABLE_KEY"]
        inspector = (await process.stderr.readline()).decode()
        assert inspector == f"Inspector: {settings['CSTAR_BASE_URL']}/_sandbox/\n"
        headers = {"Authorization": f"Bearer {settings['CSTAR_API_KEY']}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(f"{settings['CSTAR_BASE_URL']}/api/v1/auth/whoami") as response,
        ):
            team = (await response.json())["data"]["teamId"]
            assert team == settings["CSTAR_TEAM_ID"]
            async with session.get(f"{settings['CSTAR_BASE_URL']}/api/v1/teams/{team}/tickets") as listed:
                assert (await listed.json())["pagination"]["total"] == 60
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_a_missing_extra_is_named(tmp_path: Path) -> None:
    """Without its extra the command says what to install, and `--help` works."""
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['jsonschema_rs'] = None\n")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, "-m", "cstar_async.sandbox", "--port", "0"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False, env=environment)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "cstar sandbox: the sandbox needs jsonschema-rs: pip install 'cstar-async[sandbox]'\n"
    subprocess.run([*command, "--help"], capture_output=True, timeout=30, check=True, env=environment)


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_loopback_addresses_need_no_permission(host: str) -> None:
    """Loopback addresses need no `--allow-remote`."""
    assert parse_arguments(["--host", host]).host == host


def test_other_addresses_need_allow_remote(capsys: pytest.CaptureFixture[str]) -> None:
    """Any other address needs `--allow-remote`."""
    with pytest.raises(SystemExit):
        parse_arguments(["--host", "0.0.0.0"])
    assert "--allow-remote" in capsys.readouterr().err
    assert parse_arguments(["--host", "0.0.0.0", "--allow-remote"]).allow_remote


def test_every_switch_is_an_option(capsys: pytest.CaptureFixture[str]) -> None:
    """Every switch is an option, and an invalid value is an error that names it."""
    options = parse_arguments(["--payload", "nested", "--signature", "t", "--pagination", "top", "--demo"])
    assert (options.payload, options.signature, options.pagination, options.demo) == ("nested", "t", "top", True)
    assert vars(parse_arguments([])) | vars(Switches()) == vars(parse_arguments([]))
    for wrong in (
        ["--port", "99999"],
        ["--port", "-1"],
        ["--payload", "round"],
        ["--parallel-deliveries", "0"],
        ["--parallel-deliveries", "many"],
    ):
        with pytest.raises(SystemExit):
            parse_arguments(wrong)
        assert wrong[0] in capsys.readouterr().err
    assert parse_arguments(["--parallel-deliveries", "8"]).parallel_deliveries == 8


def test_a_token_comes_from_a_file_or_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The token comes from a file or the environment, and is never in an error."""
    file = tmp_path / "token"
    file.write_text("  the token of a file \n")
    assert parse_arguments(["--token-file", str(file)]).token == "the token of a file"
    assert parse_arguments([]).token is None
    monkeypatch.setenv("CSTAR_SANDBOX_TOKEN", "the token of the environment")
    assert parse_arguments([]).token == "the token of the environment"
    assert parse_arguments(["--token-file", str(file)]).token == "the token of a file"
    monkeypatch.setenv("CSTAR_SANDBOX_TOKEN", "hunter2")
    file.write_text("hunter2")
    for arguments in ([], ["--token-file", str(file)], ["--token-file", str(tmp_path / "none")]):
        with pytest.raises(SystemExit):
            parse_arguments(arguments)
        error = capsys.readouterr().err
        assert "token" in error.lower()
        assert "hunter2" not in error


async def test_options_reach_the_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """The options are passed to the sandbox."""
    made: list[Sandbox] = []

    async def start(sandbox: Sandbox) -> None:
        made.append(sandbox)
        raise OSError("not started")

    monkeypatch.setattr(Sandbox, "start", start)
    arguments = ["--payload", "nested", "--parallel-deliveries", "3", "--no-quota", "--demo", "--seed", "5"]
    with pytest.raises(OSError, match="not started"):
        await serve(parse_arguments(arguments))
    (sandbox,) = made
    assert sandbox.switches == Switches(payload="nested")
    assert (sandbox._parallel, sandbox._quota, sandbox._demo, sandbox._seed) == (3, False, True, 5)
