"""The arguments of tools: taken out of what a model sent, and checked. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cstar_async._core.secrets import clean_text
from cstar_async._core.serialization import is_array, is_object, json_type

from .errors import ToolError

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
    """Take a whole number out of the arguments; a larger one than `most` becomes that."""
    given = arguments.pop(name, None)
    if given is None:
        return default
    if isinstance(given, bool) or not isinstance(given, int) or given < least:
        raise ToolError(f"{name} must be a whole number from {least} to {most}")
    return min(given, most)


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
