"""Render `schemas.json`: the JSON Schemas of the contract, with which the sandbox validates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .load import as_mapping, is_list, is_mapping

if TYPE_CHECKING:
    from .prepass import Prepared

_WORDS = {"description", "example", "examples", "summary", "title", "externalDocs"}
_OF_PARAMETERS = ("name", "in", "required", "schema", "style", "explode", "x-cstar-secret")
_NAMED = {"properties", "patternProperties", "$defs", "mapping"}
_VALUES = {"enum", "const", "default"}


def render(prepared: Prepared) -> str:
    """Return the component schemas and those of each operation's parameters, body and answers, without descriptions."""
    resolver = prepared.resolver
    table: dict[str, Any] = {}
    for operation in prepared.operations:
        entry: dict[str, Any] = {
            "parameters": [
                {word: _bare(parameter[word]) for word in _OF_PARAMETERS if word in parameter}
                for parameter in operation.parameters
            ]
        }
        if operation.body_schema is not None:
            entry["body"] = _bare(operation.body_schema)
        entry["responses"] = {}
        for status, response in as_mapping(operation.raw.get("responses")).items():
            content = as_mapping(as_mapping(resolver.follow(response)).get("content"))
            schema = as_mapping(content.get("application/json")).get("schema")
            if schema is not None:
                entry["responses"][str(status)] = _bare(schema)
        table[operation.id] = entry
    schemas = {name: _bare(schema) for name, schema in resolver.components("schemas").items()}
    return json.dumps({"components": {"schemas": schemas}, "operations": table}, ensure_ascii=False, indent=0) + "\n"


def _bare(value: Any, *, named: bool = False) -> Any:
    """Remove descriptions. The keys below `properties` are names: a field may be called `title`."""
    if is_mapping(value):
        return {
            key: inner if key in _VALUES and not named else _bare(inner, named=key in _NAMED and not named)
            for key, inner in value.items()
            if named or key not in _WORDS
        }
    if is_list(value):
        return [_bare(inner) for inner in value]
    return value
