"""A model that makes every mistake: whatever it sends, it gets a result or a text that it can read."""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from cstar_async._generated import operations
from cstar_async.mcp.errors import ToolError
from cstar_async.mcp.permissions import permit
from cstar_async.mcp.text import LONGEST_RESULT
from cstar_async.mcp.tools import Toolbox
from cstar_async.sandbox import Sandbox
from tests.support.clock import FakeClock
from tests.support.stress import at_length

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation
    from cstar_async.mcp.definitions import Tool

ODD: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, -1, 1, 2**63, 2**64, 10**30, 10**400, 1.5, 1e308, -0.0, float("inf"), float("nan")),
    *("", "x", "tkt_1", "../..", ".", "a/b", "\u202e", "\ud800", "\x00", "{}", "[]", "2026-03-01T12:00:00Z", "*", "id"),
    *([], {}, [None], ["a"], [["a"]], {"a": 1}, {"": None}, [{}], {"a": {"b": [1]}}),
    *("y" * 5_000, ["z"] * 300, {"k" * 300: "v"}),
)
OPERATIONS: Final = tuple(operations.load_all().values())


class Model:
    """Calls of tools, made at random."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def _value(self, depth: int = 0) -> Any:
        kind = self._random.random()
        if depth > 2 or kind < 0.75:
            return self._random.choice(ODD)
        if kind < 0.87:
            return [self._value(depth + 1) for _ in range(self._random.randint(0, 3))]
        return {self._random.choice(("a", "id", "password")): self._value(depth + 1) for _ in range(2)}

    def _inner(self, operation: Operation) -> Any:
        made = {
            param.argument: self._random.choice((*param.values, self._value()))
            for param in operation.params
            if param.required or self._random.random() < 0.4
        }
        return made if self._random.random() < 0.95 else self._value()

    def arguments(self, tool: Tool) -> dict[str, Any]:
        """Arguments of a tool, some of them right."""
        made = {name: self._value() for name in tool.schema["properties"] if self._random.random() < 0.5}
        if "arguments" in tool.schema["properties"]:
            operation = self._random.choice(OPERATIONS)
            made |= {"operation": operation.id, "arguments": self._inner(operation)}
        return made

    def tool(self, toolbox: Toolbox) -> Tool:
        """A tool that does not wait."""
        return self._random.choice([tool for name, tool in toolbox.tools.items() if name != "cstar_wait_for_event"])


async def test_every_call_has_a_readable_outcome() -> None:
    """Random arguments of all tools and operations give JSON of limited size, or a ToolError; nothing else."""
    outcomes: Counter[str] = Counter()
    with Sandbox(quota=False) as own:
        team = own.team(demo=True)
        async with team.client(clock=FakeClock(), max_retries=0) as cstar:
            toolbox = Toolbox(cstar, permit(team.secret_key, allow=["send", "delete"]), writes_per_minute=10**6)
            for seed in range(at_length(400, 20_000)):
                model = Model(seed)
                tool = model.tool(toolbox)
                try:
                    text = await toolbox.call(tool.name, model.arguments(tool), "x")
                    json.loads(text)
                    outcomes["result"] += 1
                except ToolError as error:
                    text = str(error)
                    outcomes["error"] += 1
                assert len(text.encode()) < 4 * LONGEST_RESULT
    assert outcomes["result"] > at_length(20, 1_000)
    assert outcomes["error"] > at_length(200, 10_000)
