"""Commands and their settings: none, in a folder of the test, without a keyring."""

from __future__ import annotations

import os
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from cstar_async.sandbox import Sandbox
from tests.cli.service import Shell
from tests.support.command_line import CommandLine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cstar_async.sandbox import Team


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the settings; there are none, no variables, and no keyring."""
    for name in list(os.environ):
        if name.startswith("CSTAR_"):
            monkeypatch.delenv(name)
    found = tmp_path / "config" / "cstar"
    monkeypatch.setenv("CSTAR_CONFIG_DIR", str(found))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    return found


@pytest.fixture
def cstar(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Commands without settings."""
    return CommandLine(monkeypatch, capsys)


@pytest.fixture
def team_key(folder: Path, cstar_team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """The key of a team of this test, its id and its server in the environment."""
    for name, value in cstar_team.environment.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], str]:
    """A keyring that works, and what is in it."""
    kept: dict[tuple[str, str], str] = {}
    monkeypatch.setitem(
        sys.modules,
        "keyring",
        SimpleNamespace(
            set_password=lambda service, name, key: kept.__setitem__((service, name), key),
            get_password=lambda service, name: kept.get((service, name)),
            delete_password=lambda service, name: kept.pop((service, name)),
        ),
    )
    return kept


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox; tests take teams of their own."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    """Runs commands, with settings in a folder of the test."""
    return Shell(monkeypatch, capsys, tmp_path)
