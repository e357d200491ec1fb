"""A request from an operation and JSON arguments by name, as the command line and MCP have them. Pure."""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .json_body import json_text
from .operation import body_argument
from .parameters import encode_headers, encode_text, path_part
from .serialization import is_array, is_object, json_type, parse_date, parse_datetime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from .call import BaseClient, Call
    from .operation import Operation, Param
    from .pager import Pager


class ArgumentError(ValueError):
    """Arguments that do not fit an operation.

    Attributes:
        problems: One text for each argument; it begins with the argument's name.
    """

    def __init__(self, operation: Operation, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{operation.id}: {'; '.join(problems)}")


class BoundArguments(NamedTuple):
    """Arguments as the parts of a request."""

    path_args: tuple[str, ...]
    query: dict[str, object]
    json: Any
    """The body, or None for none."""
    headers: dict[str, str]


def bind(operation: Operation, arguments: Mapping[str, object]) -> BoundArguments:
    """Bind JSON values to the parameters of an operation.

    Args:
        operation: The operation.
        arguments: Values by Python name, as `json.loads` returns them; dates and times are text. None leaves out a
            parameter of the query or a header; in the body it is null.

    Raises:
        ArgumentError: A name is unknown, a required argument is missing, or a value has another type. All problems are
            named.
    """
    params = {param.argument: param for param in operation.params}
    exploded = [p.name for p in operation.params if p.location == "header" and p.type == "object" and p.explode]
    whole = body_argument(operation)
    names = [*params, *([whole] if whole else [])]
    problems = [_unknown(name, names, params.values()) for name in arguments if name not in names]
    given: dict[str, dict[str, object]] = {"path": {}, "query": {}, "header": {}, "cookie": {}, "body": {}}
    for name, param in params.items():
        value = arguments.get(name)
        if name not in arguments or (value is None and param.location != "body"):
            if param.required:
                problems.append(f"{name} is missing")
            continue
        if problem := _type_problem(param, value):
            problems.append(f"{name} {problem}")
        else:
            given[param.location][param.name] = value
    if whole and operation.body_required and whole not in arguments:
        problems.append(f"{whole} is missing")
    if problems:
        raise ArgumentError(operation, problems)
    return BoundArguments(
        tuple(_path_args(operation, given["path"])),
        {name: _query_value(operation, name, value) for name, value in given["query"].items()},
        arguments.get(whole) if whole else given["body"] or None,
        encode_headers(given["header"], given["cookie"], exploded=exploded),
    )


def call(client: BaseClient, operation: Operation, arguments: Mapping[str, object]) -> Call[Any] | Pager[Any]:
    """A Call, or a Pager for lists, whose results are parsed JSON. Raises the errors of `bind`."""
    from .call import Call  # asyncio, which the command line can often do without
    from .pager import Pager

    bound = bind(operation, arguments)
    kind = Pager[Any] if operation.is_list else Call[Any]
    return kind(client, operation, bound.path_args, bound.query, bound.json, None, headers=bound.headers or None)


def _unknown(name: str, names: Sequence[str], params: Iterable[Param]) -> str:
    by_wire = {param.name: param.argument for param in params}
    near = [by_wire[name]] if name in by_wire else get_close_matches(name, names, 1)
    if near:
        return f"{name} is not an argument; did you mean {near[0]}?"
    return f"{name} is not an argument; it takes {', '.join(names) or 'none'}"


def _is_number(value: object) -> bool:
    if isinstance(value, int):
        return not isinstance(value, bool)
    return isinstance(value, float) and math.isfinite(value)


def _parses(parse: Callable[[str], object], value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        parse(value)
    except ValueError:
        return False
    return True


_CHECKS: Final[dict[str, tuple[str, Callable[[Any], bool]]]] = {
    "string": ("text", lambda v: isinstance(v, str)),
    "integer": ("a whole number", lambda v: _is_number(v) and v == int(v)),
    "number": ("a number", _is_number),
    "boolean": ("true or false", lambda v: isinstance(v, bool)),
    "date-time": ("a date-time such as 2026-03-01T12:00:00Z", lambda v: _parses(parse_datetime, v)),
    "date": ("a date such as 2026-03-01", lambda v: _parses(parse_date, v)),
    "array": ("a list", is_array),
    "object": ("an object", is_object),
}
"""By a parameter's type: what it must be, and whether a JSON value is."""


def _type_problem(param: Param, value: object) -> str:
    """What is wrong with the type of a value; empty if nothing is."""
    if value is None:
        return "" if param.nullable else "must not be null"
    if param.type in _CHECKS:
        need, fits = _CHECKS[param.type]
        if not fits(value):
            return f"must be {need}, got {value if isinstance(value, float) else json_type(value)}"
    if param.type == "array" and param.items in _CHECKS and is_array(value):
        need, fits = _CHECKS[param.items]
        bad = next((item for item in value if not fits(item)), None)
        return "" if bad is None else f"must be a list of {need}, got {json_type(bad)} in it"
    return ""


def _path_args(operation: Operation, values: Mapping[str, object]) -> Iterator[str]:
    """The path parameters in the order of the path, without the team."""
    params = {param.name: param for param in operation.params if param.location == "path"}
    for name in operation.path_params[1:] if operation.team else operation.path_params:
        param, value = params[name], values[name]
        try:
            if param.style or param.type in {"array", "object"}:
                yield path_part(name, value, param.style or "simple", explode=param.explode)
            else:
                yield encode_text(value)
        except ValueError as error:
            raise ArgumentError(operation, [f"{param.argument} cannot be sent: {error}"]) from None


def _query_value(operation: Operation, name: str, value: object) -> object:
    style = next(p.style for p in operation.params if p.name == name and p.location == "query")
    return json_text(value) if style == "json" else value
