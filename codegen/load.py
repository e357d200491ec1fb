"""Read a YAML or JSON document strictly: the generator sees exactly what the author wrote."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any, NoReturn, TypeGuard, cast

import yaml

from .errors import ContractError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class _Loader(yaml.CSafeLoader):
    """YAML as OpenAPI means it: words such as `on` stay text, a repeated key is an error, values are those of JSON."""


_MERGE = "tag:yaml.org,2002:merge"


def _bool(_loader: _Loader, node: yaml.ScalarNode) -> bool | str:
    # YAML 1.1 also reads yes, no, on and off as booleans; OpenAPI is YAML 1.2.
    text = node.value
    return text.lower() == "true" if text in {"true", "True", "TRUE", "false", "False", "FALSE"} else str(text)


def _int(_loader: _Loader, node: yaml.ScalarNode) -> int | str:
    # YAML 1.1 also reads 12:30 as a number of minutes and 010 as eight.
    text = node.value
    if "_" in text or ":" in text or text.lower().lstrip("+-").startswith("0b"):
        return str(text)
    return int(text, 16 if "x" in text.lower() else 10)


def _float(loader: _Loader, node: yaml.ScalarNode) -> float | str:
    if "_" in node.value or ":" in node.value:
        return str(node.value)
    value: float = loader.construct_yaml_float(node)
    if not math.isfinite(value):
        raise ContractError([f"line {node.start_mark.line + 1}: {node.value} is not a valid JSON number"])
    return value


def _text(_loader: _Loader, node: yaml.ScalarNode) -> str:
    return str(node.value)


def _refuse(_loader: _Loader, node: yaml.Node) -> NoReturn:
    raise ContractError([f"line {node.start_mark.line + 1}: {node.tag} is not allowed in an OpenAPI document"])


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[str, Any]:
    own: set[str] = set()
    for key_node, _ in node.value:
        if key_node.tag != _MERGE:  # keys merged in by `<<` may be overridden
            key = _key(key_node)
            if key in own:
                raise ContractError([f"line {key_node.start_mark.line + 1}: duplicate key {key!r}"])
            own.add(key)
    loader.flatten_mapping(node)
    construct = cast("Callable[..., Any]", loader.construct_object)  # pyright: ignore[reportUnknownMemberType]
    return {_key(key): construct(value, deep=True) for key, value in node.value}


def _key(node: yaml.Node) -> str:
    if not isinstance(node, yaml.ScalarNode):
        raise ContractError([f"line {node.start_mark.line + 1}: a key must be text"])
    return str(node.value)  # status codes and `on` are text too, as keys


_CONSTRUCTORS: dict[str, Callable[[_Loader, Any], Any]] = {
    "bool": _bool, "int": _int, "float": _float, "map": _mapping, "timestamp": _text,
    "binary": _refuse, "set": _refuse, "omap": _refuse, "pairs": _refuse,
}  # fmt: skip
for _tag, _constructor in _CONSTRUCTORS.items():
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _constructor)


def _json_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        twice = next(key for number, (key, _) in enumerate(pairs) if any(key == k for k, _ in pairs[:number]))
        raise ContractError([f"duplicate key {twice!r} in an object"])
    return result


def _json_constant(text: str) -> NoReturn:
    raise ContractError([f"{text} is not a valid JSON number"])


def is_mapping(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether a part of a document is a mapping; `load_document` ensures that its keys are text."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether a part of a document is a list."""
    return isinstance(value, list)


def as_mapping(value: Any) -> dict[str, Any]:
    """Return a part of a checked document as a mapping, empty if the part is missing."""
    return value or {}


def as_list(value: Any) -> list[Any]:
    """Return a part of a checked document as a list, empty if the part is missing."""
    return value or []


def word(value: Any, key: str, default: str) -> str:
    """Return the text under `key` in a part of a checked document, `default` if there is none."""
    found = value.get(key, default) if is_mapping(value) else default
    return found if isinstance(found, str) else default


def paragraphs(value: object) -> str:
    """Return a description as paragraphs, with its line breaks removed."""
    found = re.split(r"\n\s*\n", str(value or "").strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in found)


def load_mapping(path: Path) -> dict[str, Any]:
    """Load the YAML or JSON mapping at `path`. Raises ContractError if it is not one."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError([f"{path}: cannot be read: {error}"]) from error
    try:
        # JSON is YAML, but its own parser is a hundred times as fast on large documents.
        if path.suffix == ".json":
            document = json.loads(text, object_pairs_hook=_json_object, parse_constant=_json_constant)
        else:
            document = yaml.load(text, _Loader)  # noqa: S506  # a SafeLoader, made stricter
    except ContractError as error:
        raise ContractError([f"{path}: {problem}" for problem in error.problems]) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ContractError([f"{path}: {' '.join(str(error).split())}"]) from error
    if not is_mapping(document):
        raise ContractError([f"{path}: the document must be a mapping"])
    return document


def load_document(path: Path) -> dict[str, Any]:
    """Load the document at `path`. Raises ContractError if it is not an OpenAPI 3.x document."""
    document = load_mapping(path)
    version = document.get("openapi")
    if not isinstance(version, str) or not version.startswith("3."):
        found = f"openapi: {version!r}" if "swagger" not in document else f"swagger: {document['swagger']!r}"
        raise ContractError([f"{path}: must be an OpenAPI 3.x document, found {found}"])
    return document
