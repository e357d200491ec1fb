"""The layers of the sandbox (ARCHITECTURE.md): each imports only from those below it, also for type checking."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import cstar_async.sandbox

PACKAGE = "cstar_async.sandbox"
ROOT = Path(str(cstar_async.sandbox.__file__)).parent
LAYERS = (
    {"__main__"},
    {"sandbox"},
    {"team", "control"},
    {"http"},
    {"delivery", "demo"},
    {"faults"},
    {"service", "resources", "game"},
    {"recording"},
    {"storage"},
    {"contract"},
    {"options"},
    {"clock", "switches", "naming"},
)
"""From the top; a layer imports only from those below it."""


def imports() -> dict[str, set[str]]:
    """The modules of the sandbox that each of its modules imports, named relative to the package."""
    files = {".".join(path.relative_to(ROOT).with_suffix("").parts): path for path in ROOT.rglob("*.py")}
    files = {name.removesuffix(".__init__"): path for name, path in files.items() if name != "__init__"}
    found: dict[str, set[str]] = {}
    for module, path in files.items():
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        targets = found.setdefault(module, set())
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.ImportFrom):
                continue
            assert node.level <= 1, f"{module} must import from other packages by the absolute name"
            name = f"{PACKAGE}.{package}".rstrip(".") if node.level else ""
            source = ".".join(part for part in (name, node.module or "") if part)
            if source == PACKAGE or source.startswith(f"{PACKAGE}."):
                below = source.removeprefix(PACKAGE).lstrip(".")
                names = {f"{below}.{alias.name}".lstrip(".") for alias in node.names}
                targets |= {each if each in files else below for each in names} - {"", module}
    return found


def test_there_is_no_import_cycle() -> None:
    """No modules import each other in a cycle, also for type checking."""
    graph = imports()
    assert len(graph) > 80
    TopologicalSorter(graph).prepare()  # raises CycleError with the cycle


def test_no_layer_imports_one_above_it() -> None:
    """Every module is in a layer, and imports from no layer above it."""
    level = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    wrong = [
        f"{module} imports {target}"
        for module, targets in imports().items()
        for target in sorted(targets)
        if level[target.partition(".")[0]] < level[module.partition(".")[0]]
    ]
    assert wrong == []
