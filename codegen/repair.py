"""Faults that `--leave-out` repairs before anything is read: a reference that leads nowhere stands for any value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import ContractError
from .load import is_list, is_mapping

if TYPE_CHECKING:
    from .references import Resolver

_VALUES = frozenset({"items", "additionalProperties", "schema"})
"""Words whose value is a schema."""
_COLLECTIONS = frozenset({"properties", "oneOf", "anyOf"})
"""Words whose value has schemas inside. In an `allOf` a reference stays: without it a class would lack fields."""
_DATA = frozenset({"example", "examples", "default", "enum", "const"})


def without_dangling(document: dict[str, Any], resolver: Resolver) -> tuple[dict[str, Any], list[str]]:
    """Replace references that lead nowhere where a value is described: fields, items, members of unions, and bodies.

    Returns:
        The document, and a line for each repair.
    """
    repair = _Repair(resolver)
    return repair.node(document, ""), repair.lines


class _Repair:
    def __init__(self, resolver: Resolver) -> None:
        self.lines: list[str] = []
        self._resolver = resolver

    def node(self, node: Any, place: str) -> Any:
        """Return a part of the document, repaired; the same object if there is nothing to repair."""
        if is_list(node):
            items = [self.node(item, f"{place}[{number}]") for number, item in enumerate(node)]
            return node if all(one is other for one, other in zip(node, items, strict=True)) else items
        if not is_mapping(node):
            return node
        return _same(
            node, {name: self._member(name, part, f"{place}.{name}".lstrip(".")) for name, part in node.items()}
        )

    def _member(self, name: str, part: Any, place: str) -> Any:
        if name in _DATA:
            return part
        if name in _VALUES:
            return self._schema(part, place)
        if name in _COLLECTIONS and is_mapping(part):
            return _same(part, {key: self._schema(schema, f"{place}.{key}") for key, schema in part.items()})
        if name in _COLLECTIONS and is_list(part):
            return [self._schema(schema, f"{place}[{number}]") for number, schema in enumerate(part)]
        return self.node(part, place)

    def _schema(self, schema: Any, place: str) -> Any:
        if not (is_mapping(schema) and isinstance(schema.get("$ref"), str)):
            return self.node(schema, place)
        try:
            self._resolver.follow(schema)
        except ContractError as error:
            self.lines.append(f"{place}: {error.problems[0]}; it may be any value")
            return {}
        return schema


def _same(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return before if all(after[name] is part for name, part in before.items()) else after
