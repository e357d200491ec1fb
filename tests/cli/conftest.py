"""A shell for commands, and a sandbox for the tests of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cstar_async.sandbox import Sandbox
from tests.cli.service import Shell

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A sandbox; tests take teams of their own."""
    with Sandbox() as running:
        yield running


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Shell:
    """Runs commands, with settings in a folder of the test."""
    return Shell(monkeypatch, capsys, tmp_path)
