"""`python -m cstar_async.sandbox`."""

from __future__ import annotations

import asyncio
import importlib
import signal
import sys

import aiohttp
import pytest

from cstar_async.sandbox.__main__ import parse_arguments


async def test_it_prints_its_settings_and_stops_on_ctrl_c() -> None:
    """The lines are ready for a shell, the key works, and Ctrl-C is not an error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cstar_async.sandbox", "--port", "0", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        lines = [(await process.stdout.readline()).decode().strip() for _ in range(4)]
        settings = dict(line.split("=", 1) for line in lines)
        assert list(settings) == ["CSTAR_BASE_URL", "CSTAR_TEAM_ID", "CSTAR_API_KEY", "CSTAR_PUBLISHABLE_KEY"]
        headers = {"Authorization": f"Bearer {settings['CSTAR_API_KEY']}"}
        async with (
            aiohttp.ClientSession(headers=headers) as session,
            session.get(f"{settings['CSTAR_BASE_URL']}/api/v1/auth/whoami") as response,
        ):
            assert (await response.json())["data"]["teamId"] == settings["CSTAR_TEAM_ID"]
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without jsonschema-rs the error says what to install."""
    monkeypatch.setitem(sys.modules, "jsonschema_rs", None)
    monkeypatch.delitem(sys.modules, "cstar_async.sandbox.validation")
    with pytest.raises(ImportError, match=r"pip install cstar-async\[sandbox\]"):
        importlib.import_module("cstar_async.sandbox.validation")


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_this_machine_is_the_default(host: str) -> None:
    """Loopback addresses need no permission."""
    assert parse_arguments(["--host", host]).host == host


def test_other_machines_are_let_in_only_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    """The keys are known to everyone, so the network is not."""
    with pytest.raises(SystemExit):
        parse_arguments(["--host", "0.0.0.0"])
    assert "--allow-remote" in capsys.readouterr().err
    assert parse_arguments(["--host", "0.0.0.0", "--allow-remote"]).allow_remote
