"""OpenAPI Overlay 1.0 and 1.1: corrections to a document, in its own terms.

Of the specification (https://spec.openapis.org/overlay/v1.1.0.html) one thing is stricter here: an action whose target
selects nothing is an error, since then the correction is out of date.
"""

from __future__ import annotations

import copy
from typing import Any

import jsonpath

from .errors import ContractError
from .load import is_list, is_mapping

_VERBS = ("update", "remove", "copy")


def apply(overlay: dict[str, Any], document: dict[str, Any], name: str = "overlay") -> dict[str, Any]:
    """Apply the actions of an overlay in order, each to the result of the one before. `document` is not changed.

    Args:
        overlay: The overlay document.
        document: The OpenAPI document.
        name: What the overlay is called in messages.

    Raises:
        ContractError: The overlay is malformed, or a target selects nothing.
    """
    version, actions = overlay.get("overlay"), overlay.get("actions", [])
    if not isinstance(version, str) or not version.startswith("1."):
        raise ContractError([f"{name}: must be an Overlay 1.x document, found overlay: {version!r}"])
    if not is_list(actions):
        raise ContractError([f"{name}: actions must be a list"])
    result = copy.deepcopy(document)
    problems: list[str] = []
    for number, action in enumerate(actions, 1):
        problem = _apply(action, result)
        if problem:
            problems.append(f"{name}: action {number}: {problem}")
    if problems:
        raise ContractError(problems)
    return result


def _apply(action: Any, document: dict[str, Any]) -> str:
    """Carry out one action. Returns what is wrong with it, or ""."""
    if not is_mapping(action) or not isinstance(action.get("target"), str):
        return "needs a target"
    verbs = [verb for verb in _VERBS if verb in action and action[verb] is not False]
    if len(verbs) != 1:
        return f"{action['target']}: needs exactly one of update, remove and copy"
    found = _select(action["target"], document)
    if isinstance(found, str):
        return found
    value = action.get("update")
    if verbs == ["copy"]:
        sources = _select(str(action["copy"]), document)
        if isinstance(sources, str):
            return sources
        if len(sources) != 1:
            return f"copy {action['copy']}: selects {len(sources)} places, needs one"
        value = _at(document, sources[0])
    # From the end, so that a removed item of a list does not move those that come after.
    for parts in reversed(found):
        if not parts:
            return f"{action['target']}: the whole document can be updated part by part only"
        parent, key = _at(document, parts[:-1]), parts[-1]
        if verbs == ["remove"]:
            del parent[key]
        else:
            parent[key] = _merged(parent[key], value)
    return ""


def _select(path: str, document: dict[str, Any]) -> list[tuple[str | int, ...]] | str:
    """The places that a JSONPath selects, or what is wrong with it."""
    try:
        found = [tuple(match.parts) for match in jsonpath.finditer(path, document)]
    except (jsonpath.JSONPathError, RecursionError) as error:
        return f"{path}: is not a JSONPath: {' '.join(str(error).split())}"
    return list(dict.fromkeys(found)) or f"{path}: selects nothing; the document may have changed"


def _at(document: Any, parts: tuple[str | int, ...]) -> Any:
    for part in parts:
        document = document[part]
    return document


def _merged(present: Any, value: Any) -> Any:
    """An update: mappings are merged, lists get what is new at their end, all else is replaced."""
    if is_mapping(present) and is_mapping(value):
        both = {
            key: _merged(present[key], value[key]) if key in present else copy.deepcopy(value[key]) for key in value
        }
        return {**present, **both}
    if is_list(present):
        return [*present, *copy.deepcopy(value)] if is_list(value) else [*present, copy.deepcopy(value)]
    return copy.deepcopy(value)
