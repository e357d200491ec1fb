"""docs/mcp.md agrees with the server."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from typing import TYPE_CHECKING

from cstar_async import cli
from cstar_async._generated import operations
from cstar_async.cli.commands.mcp_server import command
from cstar_async.mcp.definitions import NAMES
from cstar_async.mcp.permissions import TOOLSETS, WRITES_PER_MINUTE

from .transcript import GUIDE

if TYPE_CHECKING:
    import pytest

TEXT = GUIDE.read_text("utf-8")


def test_the_numbers_of_operations_are_right() -> None:
    """The table of risks has the number of operations of each."""
    found = {risk: int(count) for risk, count in re.findall(r"^\| `(\w+)` \| (\d+)", TEXT, re.MULTILINE)}
    assert found == Counter(operation.risk for operation in operations.load_all().values())


def test_every_tool_area_and_option_is_named() -> None:
    """The guide names every tool, every toolset, and every option of the command."""
    words = [*NAMES, *TOOLSETS, *(option for param in command.params[:10] for option in param.opts)]
    assert [word for word in words if word not in TEXT] == []
    assert str(WRITES_PER_MINUTE) in TEXT


def test_the_commands_run(capsys: pytest.CaptureFixture[str]) -> None:
    """Each command of the guide that ends by itself runs."""
    lines = re.findall(r"^\$ (cstar mcp-server .*)$", TEXT, re.MULTILINE)
    assert len(lines) == 4
    for line in lines:
        assert cli.main(shlex.split(line)[1:]) == 0, line
    assert "mcp-server" in capsys.readouterr().out
