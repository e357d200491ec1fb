"""What generated packages define, read from their files: the names that `--check` lists.

A package holds no representation of its contract. Its source says the same, so two packages are compared as source,
definition by definition; nothing is imported.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_Key = tuple[str, str]
"""What it is (operation, model, field, enum, event) and its name."""


def differences(fresh: Path, present: Path) -> list[str]:
    """A line for each operation, model, field, enum and event that is added, changed or removed."""
    new, old = _definitions(fresh), _definitions(present)
    verbs = {key: "added" if key not in old else "removed" if key not in new else "changed" for key in {**old, **new}}
    differing = {key: verb for key, verb in verbs.items() if old.get(key) != new.get(key)}
    owners = {name.partition(".")[0] for noun, name in differing if noun == "field"}
    return [
        f"{verb:<8} {noun} {name}"
        for (noun, name), verb in sorted(differing.items())
        # A class that came or went says enough, and so do the fields of one that changed.
        if not (noun == "field" and differing.get(("model", name.partition(".")[0])) in {"added", "removed"})
        and not (noun == "model" and verb == "changed" and name in owners)
    ]


def _definitions(package: Path) -> dict[_Key, str]:
    """Each definition with its source: for a method that of its record too, for a model that of its functions."""
    trees = {path.relative_to(package).with_suffix("").parts: _parse(path) for path in sorted(package.rglob("*.py"))}
    found: dict[_Key, str] = {}
    records = {
        f"_{parts[1]}.{name}": source
        for parts, tree in trees.items()
        if parts[0] == "operations"
        for name, source in _assigned(tree)
    }
    for parts, tree in trees.items():
        definitions = {"models": _models, "events": _events, "resources": _operations}.get(parts[0], _nothing)
        for key, source in definitions(tree):
            found[key] = found.get(key, "") + source
    for key, source in found.items():
        if key[0] == "operation":
            found[key] = source + "".join(records.get(name, "") for name in re.findall(r"\b_\w+\.[A-Z_0-9]+\b", source))
    return found


def _parse(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes())
    except (SyntaxError, ValueError):  # somebody has edited it; it defines nothing then
        return ast.Module([], [])


def _nothing(_tree: ast.Module) -> Iterator[tuple[_Key, str]]:
    yield from ()


def _assigned(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, ast.unparse(node)


def _models(tree: ast.Module) -> Iterator[tuple[_Key, str]]:
    for node in tree.body:
        match node:
            case ast.ClassDef(name=name):
                yield ("model", name), ast.get_docstring(node) or ""
                for field in node.body:
                    if isinstance(field, ast.AnnAssign):
                        yield ("field", f"{name}.{ast.unparse(field.target)}"), ast.unparse(field)
            case ast.FunctionDef(returns=ast.Name(id=name)):
                yield ("model", name), ast.unparse(node)
            case ast.FunctionDef(args=ast.arguments(args=[ast.arg(annotation=ast.Name(id=name))])):
                yield ("model", name), ast.unparse(node)
            case ast.AnnAssign(target=ast.Name(id=name), annotation=ast.Name(id="TypeAlias")):
                yield ("enum", name.removesuffix("Known")), ast.unparse(node)
            case _:
                pass


def _events(tree: ast.Module) -> Iterator[tuple[_Key, str]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and any(isinstance(base, ast.Subscript) for base in node.bases):
            yield ("event", node.name), ast.unparse(node)


def _operations(tree: ast.Module) -> Iterator[tuple[_Key, str]]:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            path = re.match(r"`([\w.]+)`", ast.get_docstring(node) or "")
            for method in node.body:
                if (
                    isinstance(method, ast.FunctionDef)
                    and not method.name.startswith("_")
                    and not method.decorator_list
                ):
                    yield ("operation", f"{path[1] if path else node.name}.{method.name}"), ast.unparse(method)
