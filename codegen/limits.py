"""Reject parameters and other parts that can be parsed but not generated. All problems are reported together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import refuse_places

if TYPE_CHECKING:
    from .ir import Operation, Type, WebhookEvent

_STYLES = {"path": "simple", "header": "simple", "query": "form"}


def check_parameters(operations: tuple[Operation, ...]) -> None:
    """Reject parameters with nested values: paths and headers take single values, queries also lists of them."""
    problems: list[tuple[str, str]] = []
    for operation in operations:
        for parameter in operation.parameters:
            if parameter.location == "body":
                continue
            what = f"{parameter.location} parameter {parameter.wire!r}"
            if not _fits(parameter.type, lists=parameter.location == "query"):
                problems.append((operation.place, f"{what} has a type that a {parameter.location} cannot hold"))
            elif parameter.style != _STYLES[parameter.location]:
                problems.append((operation.place, f"{what} has style {parameter.style!r}, which is not supported"))
    refuse_places(problems)


def _fits(type_: Type, *, lists: bool) -> bool:
    if type_.kind == "list":
        return lists and _fits(type_.items[0], lists=False)
    return type_.kind not in {"map", "model", "bytes"} and all(_fits(item, lists=lists) for item in type_.items)


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
