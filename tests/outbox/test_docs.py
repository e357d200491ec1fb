"""docs/outbox.md: each line beside one of the JavaScript SDK runs."""

from __future__ import annotations

import ast
import asyncio
import re
from contextlib import suppress
from pathlib import Path
from types import CoroutineType, FunctionType
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.outbox import Outbox, OutboxStats

if TYPE_CHECKING:
    from cstar_async import CStarClient

GUIDE = Path(__file__).parents[2] / "docs" / "outbox.md"


def lines() -> list[str]:
    """The Python of each row of the table, in order."""
    rows = re.findall(r"^\| `(.*)` \| `(.*)` \|$", GUIDE.read_text("utf-8"), re.MULTILINE)
    assert all("offline" in script or "results" in script for script, _ in rows)
    return [python for _, python in rows]


async def test_each_line_beside_javascript_runs(
    cstar: CStarClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lines run one after the other, and do what the JavaScript beside them does."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"asyncio": asyncio, "Outbox": Outbox, "cstar": cstar, "title": "Printer on fire"}
    found = lines()
    assert len(found) == 8
    for number, line in enumerate(found):
        for statement in ast.parse(line).body:
            module = ast.Module([statement], [])
            code = compile(module, f"row {number}", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
            result = FunctionType(code, names)()
            if isinstance(result, CoroutineType):
                await result
        if "clear" not in line and number > 4:
            await asyncio.sleep(0.05)
    assert [(each.id, each.ok, each.value["title"]) for each in names["results"]] == [(1, True, "Printer on fire")]
    with suppress(asyncio.CancelledError):
        await names["sending"]
    assert await names["outbox"].stats() == OutboxStats()
    await names["outbox"].close()
