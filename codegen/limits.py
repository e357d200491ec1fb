"""Reject parameters and other parts that can be parsed but not generated. All problems are reported together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import refuse_places
from .media_types import FORMS

if TYPE_CHECKING:
    from .ir import Operation, Type, WebhookEvent

_NESTED = frozenset({"deepObject", "json"})
_STYLES = {
    "path": frozenset({"", "label", "matrix", "json"}),
    "query": frozenset({"", "spaceDelimited", "pipeDelimited", *_NESTED}),
    "header": frozenset({"", "json"}),
    "cookie": frozenset({"", "json"}),
}


def check_parameters(operations: tuple[Operation, ...]) -> None:
    """Reject parameters whose style is not one of their place, and nested values in a style that cannot hold them."""
    problems: list[tuple[str, str]] = []
    for operation in operations:
        for parameter in operation.parameters:
            if parameter.location == "body":
                continue
            what = f"{parameter.location} parameter {parameter.wire!r}"
            if parameter.style not in _STYLES[parameter.location]:
                problems.append((operation.place, f"{what} has style {parameter.style!r}, which is not supported"))
            elif parameter.style not in _NESTED and not _fits(parameter.type, depth=1):
                problems.append((operation.place, f"{what} has a type that a {parameter.location} cannot hold"))
        if operation.body_type in FORMS and operation.body is not None and not _has_fields(operation.body):
            problems.append((operation.place, f"its body is {operation.body_type}, but its schema is not an object"))
    refuse_places(problems)


def _fits(type_: Type, *, depth: int) -> bool:
    """Whether a value has at most so many levels inside. The fields of an object are checked when it is sent."""
    if type_.kind in {"list", "map"}:
        return depth > 0 and _fits(type_.items[0], depth=depth - 1)
    if type_.kind == "model":
        return depth > 0
    return all(_fits(item, depth=depth) for item in type_.items)


def _has_fields(type_: Type) -> bool:
    return type_.kind in {"model", "map", "any"} or (bool(type_.items) and all(map(_has_fields, type_.items)))


def check_methods(operations: tuple[Operation, ...]) -> None:
    """Reject operations with the same method path, and methods with the path of a resource."""
    seen: dict[tuple[str, ...], str] = {}
    resources = {op.resource[:n] for op in operations for n in range(1, len(op.resource) + 1)}
    problems: list[tuple[str, str]] = []
    for operation in operations:
        path = (*operation.resource, operation.name)
        if path in seen:
            problems.append((operation.place, f"{'.'.join(path)} is also {seen[path]}"))
        if path in resources:
            problems.append((operation.place, f"{'.'.join(path)} is both a method and a resource"))
        seen[path] = operation.place
    refuse_places(problems)


def check_events(events: tuple[WebhookEvent, ...]) -> None:
    """Reject events that would get the same class name."""
    seen: dict[str, str] = {}
    problems: list[tuple[str, str]] = []
    for event in events:
        if event.name in seen:
            problems.append((event.place, f"its class {event.name} is also that of {seen[event.name]!r}"))
        seen[event.name] = event.type
    refuse_places(problems)
