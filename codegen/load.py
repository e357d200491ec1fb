"""Reading a YAML or JSON document, strictly: what the author wrote is what the generator sees."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import yaml

from .errors import ContractError

if TYPE_CHECKING:
    from pathlib import Path


class _Loader(yaml.CSafeLoader):
    """YAML as OpenAPI means it: timestamps and words such as `on` stay text, a repeated key is an error."""


_TRUE_AND_FALSE = {"true", "True", "TRUE", "false", "False", "FALSE"}


def _bool(loader: _Loader, node: yaml.ScalarNode) -> bool | str:
    # YAML 1.1 also reads yes, no, on and off as booleans; OpenAPI is YAML 1.2.
    text = node.value
    return text.lower() == "true" if text in _TRUE_AND_FALSE else str(text)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    loader.flatten_mapping(node)
    result: dict[Any, Any] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        if isinstance(key, int) and not isinstance(key, bool):
            key = str(key)  # status codes written without quotes
        if not isinstance(key, str):
            raise ContractError([f"line {key_node.start_mark.line + 1}: key {key!r} is not text"])
        if key in result and not _merged(node, key_node):
            raise ContractError([f"line {key_node.start_mark.line + 1}: key {key!r} stands here a second time"])
        result[key] = loader.construct_object(value_node, deep=True)
    return result


def _merged(node: yaml.MappingNode, key_node: yaml.Node) -> bool:
    # Keys brought in by `<<` come first and may be overridden by the mapping's own.
    return bool(key_node.start_mark.index > node.start_mark.index) and any(
        k.value == key_node.value and k.start_mark.index < node.start_mark.index for k, _ in node.value
    )


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Loader.yaml_implicit_resolvers.items()
}
_Loader.add_constructor("tag:yaml.org,2002:bool", _bool)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)


def load_document(path: Path) -> dict[str, Any]:
    """The document at `path`. Raises ContractError if it is not an OpenAPI 3.x document."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError([f"{path}: cannot be read: {error}"]) from error
    try:
        # JSON is YAML, but its own parser is a hundred times as fast on large documents.
        document = json.loads(text) if path.suffix == ".json" else yaml.load(text, _Loader)
    except (yaml.YAMLError, json.JSONDecodeError, RecursionError) as error:
        raise ContractError([f"{path}: {error}"]) from error
    if not isinstance(document, dict):
        raise ContractError([f"{path}: is not a mapping"])
    version = document.get("openapi")
    if not isinstance(version, str) or not version.startswith("3."):
        found = f"openapi: {version!r}" if "swagger" not in document else f"swagger: {document['swagger']!r}"
        raise ContractError([f"{path}: needs to be an OpenAPI 3.x document, found {found}"])
    return document
