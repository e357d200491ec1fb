"""The operations of the API in words: to find one, and to know what it takes and gives. Pure."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from cstar_async._core.operation import body_argument
from cstar_async._generated import operations

from .text import EVERY_FIELD, shape_of, shape_of_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async._core.operation import Operation, Param

STREAM: Final = "events.stream"
"""The operation that does not end; `cstar_wait_for_event` reads it."""
_FOUND: Final = 8
"""Operations that a search gives at most."""
_WORD: Final = re.compile(r"[a-z0-9]+")
_ALIASES: Final = {
    "reply": "messages",
    "remove": "delete",
    "add": "create",
    "close": "update",
    "show": "get",
    "stats": "analytics",
}
"""What models call things, beside their names in the API."""


def find(query: str, is_allowed: Callable[[Operation], bool]) -> list[dict[str, str]]:
    """The operations that fit words best: id, summary and risk of each."""
    words = _words(query)
    words |= {_ALIASES[word] for word in words if word in _ALIASES}
    scored: list[tuple[int, int, Operation]] = []
    for place, operation in enumerate(operations.load_all().values()):
        if not is_allowed(operation) or operation.id == STREAM:
            continue
        names, text = _vocabulary(operation.id)
        score = 3 * len(words & names) + len(words & text)
        if score or not words:
            scored.append((-score, place, operation))
    return [{"operation": o.id, "does": o.summary, "risk": o.risk} for _, _, o in sorted(scored)[:_FOUND]]


@cache
def _vocabulary(operation_id: str) -> tuple[frozenset[str], frozenset[str]]:
    operation = operations.load(operation_id)
    return frozenset(_words(operation_id)), frozenset(_words(f"{operation.summary} {operation.description}"))


def _words(text: str) -> set[str]:
    """The words of a text, without the plural's s."""
    return {word if word.endswith("ss") else word.removesuffix("s") for word in _WORD.findall(text.lower())}


def describe(operation: Operation) -> dict[str, Any]:
    """What an operation does, takes and gives."""
    found: dict[str, Any] = {
        "operation": operation.id,
        "does": " ".join(part for part in (operation.summary.rstrip(".") + ".", operation.description) if part),
        "risk": operation.risk,
        "call_with": "cstar_read" if operation.risk == "read" else "cstar_write",
        "arguments": {
            p.argument: _in_words(p) + _members(operation, p) for p in operation.params if not is_paging(operation, p)
        },
    }
    if whole := body_argument(operation):
        found["arguments"][whole] = f"{operation.body}, the whole body" + (
            ", required" if operation.body_required else ""
        )
    if operation.is_list:
        found["gives"] = f"a list; shown are {', '.join(operation.columns)}"
    found["fields"] = ", ".join(shape_of_schema(operation.result).fields) or EVERY_FIELD
    return found


def is_paging(operation: Operation, param: Param) -> bool:
    """Whether a parameter is the page, or the size of a page, which tools take by names of their own."""
    return param.location == "query" and bool(param.name) and param.name in {operation.page_param, operation.size_param}


def _in_words(param: Param) -> str:
    kind = f"list of {param.items}" if param.type == "array" else param.type
    facts = [kind, *(["required"] if param.required else []), *(["null clears it"] if param.nullable else [])]
    values = f" One of: {', '.join(map(str, param.values))}." if param.values else ""
    return f"{', '.join(facts)}. {param.description}{values}".rstrip()


@cache
def main_fields(schema: str) -> tuple[str, ...]:
    """The columns of the operation that lists these objects. Empty means all fields."""
    lists = (each for each in operations.load_all().values() if each.is_list and each.result == schema)
    return next((each.columns for each in lists), ())


def _members(operation: Operation, param: Param) -> str:
    """The members of an object in the body, or of those in a list, with their known values."""
    field = shape_of_schema(operation.body).fields.get(param.name) if param.location == "body" else None
    shape = shape_of(field or {})
    members = (shape_of(shape.items) if shape.items else shape).fields
    if not members:
        return ""
    known = {name: shape_of(schema).known for name, schema in members.items()}
    words = [f"{name} ({'|'.join(values)})" if values else name for name, values in known.items()]
    return f" Members: {', '.join(words)}."


def schema_of(param: Param, *, describe: bool) -> dict[str, Any]:
    """The JSON Schema of a parameter, as short as it can be."""
    if param.type == "array":
        schema: dict[str, Any] = {"type": "array", "items": _schema_of_type(param.items, param.values)}
    else:
        schema = _schema_of_type(param.type, param.values)
    if param.nullable and not param.values:
        schema["type"] = [schema["type"], "null"]
    if describe:
        schema["description"] = param.description.rstrip(".").replace("`", "")
    return schema


def _schema_of_type(kind: str, values: tuple[str | int, ...]) -> dict[str, Any]:
    plain = {"type": "string" if kind in {"date", "date-time"} else kind}
    return {**plain, "enum": list(values)} if values else plain
