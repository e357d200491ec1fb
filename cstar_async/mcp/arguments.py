"""The arguments of tools: taken out of what a model sent, and checked. Pure."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from cstar_async._core.event_patterns import matches
from cstar_async._core.secrets import clean_text
from cstar_async._core.serialization import is_array, is_object, json_type
from cstar_async._generated import operations
from cstar_async.webhooks.patterns import suggestion

from .errors import ToolError
from .text import EVERY_FIELD, bare_name, shape_of_schema

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation

    from .definitions import Tool

Arguments = dict[str, Any]


def check_names(tool: Tool, arguments: Arguments) -> None:
    """Raise ToolError if a tool does not take an argument, or lacks one."""
    takes: dict[str, Any] = tool.schema["properties"]
    unknown = next((name for name in arguments if name not in takes), None)
    if unknown is not None:
        raise ToolError(f"{clean_text(unknown, limit=100)} is not an argument; it takes {', '.join(takes) or 'none'}")
    missing = [name for name in tool.required if name not in arguments]
    if missing:
        raise ToolError(f"{', '.join(missing)} is missing")


def take_text(arguments: Arguments, name: str) -> str:
    """Take a text out of the arguments; empty if it is not there."""
    given = arguments.pop(name, None)
    if given is None:
        return ""
    if not isinstance(given, str):
        raise ToolError(f"{name} must be text, got {json_type(given)}")
    return given


def take_texts(arguments: Arguments, name: str) -> list[str]:
    """Take a list of texts out of the arguments; empty if it is not there."""
    given = arguments.pop(name, None)
    if given is None:
        return []
    if not is_array(given) or not all(isinstance(each, str) for each in given):
        raise ToolError(f"{name} must be a list of text")
    return list(given)


def take_number(arguments: Arguments, name: str, default: int, least: int, most: int) -> int:
    """Take a whole number out of the arguments. Raises ToolError for one that is out of range."""
    given = arguments.pop(name, None)
    if given is None:
        return default
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise ToolError(f"{name} must be a whole number from {least} to {most}")
    return given


def check_fields(operation: Operation, fields: list[str]) -> None:
    """Raise ToolError for a field that the result does not have by the contract."""
    known = shape_of_schema(operation.result).fields
    names = {bare_name(name): name for name in known}
    for field in fields:
        if known and field not in {EVERY_FIELD, "id"} and bare_name(field) not in names:
            near = get_close_matches(bare_name(field), names, 1)
            hint = f"did you mean {names[near[0]]}?" if near else f"they are {', '.join(known)}; {EVERY_FIELD} for all"
            raise ToolError(f"{clean_text(field, limit=100)} is not one of the fields; {hint}")


def check_event_types(patterns: list[Any]) -> None:
    """Raise ToolError for a pattern that no type of event matches."""
    kinds = [str(value) for value in operations.load("webhooks.trigger_test").params[0].values]
    for pattern in patterns:
        if isinstance(pattern, str) and not any(matches(pattern, kind) for kind in kinds):
            groups = dict.fromkeys(f"{kind.partition('.')[0]}.*" for kind in kinds)
            hint = suggestion(pattern, kinds) or f"; there are {', '.join(groups)}"
            raise ToolError(f"types: {clean_text(pattern, limit=100)!r} is not a type of event{hint}")


def take_object(arguments: Arguments, name: str) -> Arguments:
    """Take an object out of the arguments; empty if it is not there."""
    given = arguments.pop(name, None)
    if given is not None and not is_object(given):
        raise ToolError(f"{name} must be an object, got {json_type(given)}")
    return dict(given or {})


def take_page(arguments: Arguments, operation: Operation) -> int | str | None:
    """Take the page out of the arguments: a number or a cursor, as the operation has it; None for the first."""
    page = arguments.pop("page", None)
    if page is None:
        return None
    if operation.pagination == "cursor":
        if isinstance(page, str):
            return page
    elif isinstance(page, int) and not isinstance(page, bool) and page > 0:
        return page
    raise ToolError("page must be the next_page of the result before")
