"""Words beside a `$ref`: since OpenAPI 3.1 a schema with both is an `allOf` of both; before, the words are ignored."""

from __future__ import annotations

from typing import Any

from .load import as_list, is_list, is_mapping

_MERGED = frozenset(
    {"properties", "allOf", "oneOf", "anyOf", "enum", "const", "items", "additionalProperties", "format"}
)
_NARROWING = ("string", "integer", "number", "boolean", "array")
"""Types that say more than a reference to an object: most write `type: object` beside one."""
_LITERALS = frozenset({"default", "example", "examples", "enum", "const"})
_NAMED = frozenset({
    "properties", "patternProperties", "$defs", "paths", "webhooks", "pathItems", "schemas", "responses", "parameters",
    "requestBodies", "headers", "callbacks", "content",
})  # fmt: skip
"""Words whose value has names as keys: a field may be called `default`."""


def merge_siblings(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with an `allOf` for each `$ref` that has words beside it which change the type.

    Descriptions, `default`, `readOnly` and null need no `allOf`: they are read beside a `$ref`.
    """
    if str(document.get("openapi")).startswith("3.0"):
        return document
    merged: dict[str, Any] = _Rewriter().rewrite(document)
    return merged


class _Rewriter:
    """Copies what changes. An object that is shared (by a YAML anchor) stays one object, and so becomes one class."""

    def __init__(self) -> None:
        self._done: dict[tuple[int, bool], Any] = {}

    def rewrite(self, value: Any, *, named: bool = False) -> Any:
        """Rewrite a part of the document. With `named`, its keys are names."""
        key = (id(value), named)
        if key not in self._done:
            if is_mapping(value):
                self._done[key] = self._mapping(value, named=named)
            elif is_list(value):
                self._done[key] = self._list(value)
            else:
                return value
        return self._done[key]

    def _list(self, value: list[Any]) -> list[Any]:
        items = [self.rewrite(item) for item in value]
        return value if all(new is old for new, old in zip(items, value, strict=True)) else items

    def _mapping(self, value: dict[str, Any], *, named: bool) -> dict[str, Any]:
        found = {
            key: inner
            if not named and (key in _LITERALS or key.startswith("x-"))
            else self.rewrite(inner, named=not named and key in _NAMED)
            for key, inner in value.items()
        }
        if not named and _has_siblings(found):
            reference = {"$ref": found.pop("$ref")}
            return {**found, "allOf": [reference, *as_list(found.get("allOf"))]}
        return value if all(found[key] is value[key] for key in value) else found


def _has_siblings(value: dict[str, Any]) -> bool:
    """Whether it is a schema with a `$ref` and words that change the type."""
    if not isinstance(value.get("$ref"), str) or not is_list(value.get("allOf", [])):
        return False
    kinds = value.get("type", "object")
    return (
        bool(_MERGED & set(value))
        or bool(is_list(value.get("required")) and value["required"])
        or any(kind in _NARROWING for kind in (kinds if is_list(kinds) else [kinds]))
    )
