"""growth: the cost of further resources, with the contract once, twice and four times as big."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from codegen.load import is_list, is_mapping

from .data import contract, references
from .report import Table
from .rounds import spread

_METHODS = ("get", "post", "put", "patch", "delete")
_SCHEMAS = "#/components/schemas"
_TIMED = """
import sys, time
sys.path.insert(0, sys.argv[1])
import cstar_async._core.pager, attrs
started = time.process_time()
%s
print((time.process_time() - started) * 1000)
"""
_ONE = "import grown.resources.tickets, grown.models.tickets"
_ALL = """
import importlib, pathlib
for folder in ("models", "operations", "resources"):
    for file in sorted(pathlib.Path(sys.argv[1], "grown", folder).glob("*.py")):
        importlib.import_module(f"grown.{folder}.{file.stem}")
"""


def _copied(part: Any, number: int, names: set[str]) -> Any:
    """A copy of a part of the document, with references to the copies of the schemas in `names`."""
    if is_list(part):
        return [_copied(value, number, names) for value in part]
    if not is_mapping(part):
        return part
    copy = {name: _copied(value, number, names) for name, value in part.items()}
    kind, _, name = str(copy.get("$ref", "")).rpartition("/")
    if kind == _SCHEMAS and name in names:
        copy["$ref"] = f"{kind}/{name}Copy{number}"
    return copy


def _grown(times: int) -> dict[str, Any]:
    """The contract with every operation and its schemas `times` times, under different names."""
    whole = contract()
    schemas = whole["components"]["schemas"]
    names: set[str] = set()
    waiting = list(references(whole["paths"]))
    while waiting:
        kind, _, name = waiting.pop().rpartition("/")
        if kind == _SCHEMAS and name not in names and not schemas[name].get("x-cstar-runtime"):
            names.add(name)
            waiting.extend(references(schemas[name]))
    paths, copies = dict(whole["paths"]), dict(schemas)
    for number in range(2, times + 1):
        for path, item in whole["paths"].items():
            copy = _copied(item, number, names)
            for method in _METHODS:
                if method in copy:
                    first, _, rest = copy[method]["operationId"].partition(".")
                    copy[method]["operationId"] = f"{first}_copy{number}.{rest}"
                    copy[method]["tags"] = [f"{tag} copy {number}" for tag in copy[method]["tags"]]
            paths[f"/copy{number}{path}"] = copy
        for name in names:
            copies[f"{name}Copy{number}"] = _copied(schemas[name], number, names)
    components = {**whole["components"], "schemas": copies}
    return {**whole, "paths": paths, "components": components}


def _operations(document: dict[str, Any]) -> int:
    return sum(method in item for item in document["paths"].values() for method in _METHODS)


def _import(code: str, folder: str, runs: int) -> str:
    command = [sys.executable, "-c", _TIMED % code, folder]
    found = [float(subprocess.run(command, check=True, capture_output=True).stdout) for _ in range(runs + 1)]
    return spread(found[1:]).show(0)  # without the first, which compiles the modules


def tables(*, quick: bool) -> list[Table]:
    """The table of growth."""
    rows: list[tuple[str, ...]] = []
    for times in (1, 2) if quick else (1, 2, 4):
        document = _grown(times)
        with tempfile.TemporaryDirectory() as folder:
            spec, out = Path(folder, "grown.yaml"), Path(folder, "grown")
            spec.write_text(json.dumps(document))
            started = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "codegen", "--spec", spec, "--out", out], check=True, capture_output=True
            )
            seconds = time.perf_counter() - started
            counts = {
                kind: sum(len(file.read_text().splitlines()) for file in (out / kind).glob("*.py"))
                for kind in ("models", "operations", "resources")
            }
            classes = sum(file.read_text().count("\n@attrs.define") for file in (out / "models").glob("*.py"))
            operations = _operations(document)
            rows.append(
                (
                    f"{times} x",
                    str(operations),
                    str(classes),
                    f"{sum(counts.values()):,}",
                    f"{(counts['operations'] + counts['resources']) / operations:.0f}",
                    f"{counts['models'] / classes:.0f}",
                    _import(_ONE, folder, 3 if quick else 7),
                    _import(_ALL, folder, 3 if quick else 7),
                    f"{seconds:.1f}",
                )
            )
    return [
        Table(
            "growth",
            "The contract with all its operations and their schemas once, twice and four times. Importing one resource "
            "(tickets) should cost the same however many there are. CPU of the imports, without aiohttp and attrs.",
            (
                "",
                "operations",
                "models",
                "lines generated",
                "lines/operation",
                "lines/model",
                "import one, ms",
                "import all, ms",
                "generate, s",
            ),
            rows,
        )
    ]
