"""A host in this process: what an agent's program does with the server, without a model."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal

import mcp_types as types
from mcp import Client

from cstar_async.mcp.permissions import permit
from cstar_async.mcp.server import Handlers
from cstar_async.mcp.tools import Toolbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from cstar_async import CStarClient
    from cstar_async._core.operation import Operation, Param
    from cstar_async.clock import Clock
    from cstar_async.sandbox import Team

LEGACY, MODERN = "legacy", "auto"
VERSIONS = {LEGACY: "2025-11-25", MODERN: "2026-07-28"}
"""The version of the protocol that is negotiated, by the mode of the client."""
Action = Literal["accept", "decline", "cancel"]


class RefusedError(Exception):
    """A tool answered with an error; the text is what the model reads."""


class User:
    """Somebody who is asked to confirm.

    Attributes:
        asked: The questions, in their order.
    """

    def __init__(self, answer: str | Callable[[str], str] = "", action: Action = "accept") -> None:
        self.asked: list[str] = []
        self._answer, self._action = answer, action

    async def __call__(self, context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        self.asked.append(params.message)
        typed = self._answer if isinstance(self._answer, str) else self._answer(params.message)
        return types.ElicitResult(action=self._action, content={"confirm": typed} if self._action == "accept" else None)


def last_word(question: str) -> str:
    """What the question wants to be typed."""
    return question.rsplit(" ", 1)[-1]


def arguments_of(operation: Operation) -> dict[str, Any]:
    """Values for what an operation requires; the service may refuse them."""
    body = [param for param in operation.params if param.location == "body"]
    changed = body[:1] if operation.method == "PATCH" else []
    return {param.argument: _value(param) for param in operation.params if param.required or param in changed}


def _value(param: Param) -> Any:
    if param.values:
        return [param.values[0]] if param.type == "array" else param.values[0]
    made = {"integer": 1, "number": 1, "boolean": True, "array": [{"a": 1}], "object": {"a": 1}, "date": "2026-03-01"}
    texts = param.type == "array" and param.items == "string"
    return ["x"] if texts else made.get(param.type, "2026-03-01T12:00:00Z" if param.type == "date-time" else "x")


class Host:
    """A host that is connected."""

    def __init__(self, client: Client, toolbox: Toolbox) -> None:
        self.client = client
        self.toolbox = toolbox

    async def text(self, tool: str, /, **arguments: Any) -> str:
        """Call a tool. Raises RefusedError if its result is an error."""
        result = await self.client.call_tool(tool, arguments)
        (content,) = result.content
        assert isinstance(content, types.TextContent)
        if result.is_error:
            raise RefusedError(content.text)
        return content.text

    async def __call__(self, tool: str, /, **arguments: Any) -> Any:
        return json.loads(await self.text(tool, **arguments))


@asynccontextmanager
async def connected(
    team: Team,
    *,
    mode: str = LEGACY,
    user: User | None = None,
    key: str | None = None,
    cstar: CStarClient | None = None,
    clock: Clock | None = None,
    writes_per_minute: int = 1_000,
    deadline: float = 20,
    **permissions: Any,
) -> AsyncIterator[Host]:
    """A host that is connected to a server of its own, with a client of the team."""
    key = key or team.secret_key
    async with cstar or team.client(api_key=key) as used:
        toolbox = Toolbox(
            used,
            permit(key, **permissions),
            known=(key,),
            clock=clock,
            writes_per_minute=writes_per_minute,
            deadline=deadline,
        )
        async with Client(Handlers(toolbox).server(), mode=mode, elicitation_callback=user) as client:
            yield Host(client, toolbox)
