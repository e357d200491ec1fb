"""Fixtures that run the generator into folders of the test."""

from __future__ import annotations

import contextlib
import importlib
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from filelock import FileLock

from codegen.__main__ import main

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType
    from typing import Self

ROOT = Path(__file__).parent.parent.parent


class Generated:
    """A generated package, importable while the test runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, module: str = "") -> ModuleType:
        """Import and return a module of the package."""
        return importlib.import_module(f"{self.folder.name}.{module}" if module else self.folder.name)

    @classmethod
    @contextlib.contextmanager
    def made(cls, folder: Path, document: dict[str, Any], name: str, *options: str) -> Iterator[Self]:
        """Generate a package from the document, importable inside of the block."""
        spec = folder / f"{name}.yaml"
        spec.write_text(
            yaml.dump(document, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True), encoding="utf-8"
        )
        assert main(["--spec", str(spec), "--out", str(folder / name), *options]) == 0
        sys.path.insert(0, str(folder))
        try:
            yield cls(folder / name)
        finally:
            sys.path.remove(str(folder))
            for module in [m for m in sys.modules if m.split(".")[0] == name]:
                del sys.modules[module]

    def client(self, **options: Any) -> Any:
        """Make a client of the package."""
        return self.load().Client(**options)

    def load_everything(self) -> None:
        """Import every module of the package."""
        for path in sorted(self.folder.rglob("*.py")):
            parts = path.relative_to(self.folder).with_suffix("").parts
            self.load(".".join(part for part in parts if part != "__init__"))


@pytest.fixture
def generate(tmp_path: Path) -> Iterator[Callable[..., Generated]]:
    """`generate(document)` generates a package from the document."""
    with contextlib.ExitStack() as stack:

        def run(document: dict[str, Any], name: str = "made_for_a_test") -> Generated:
            return stack.enter_context(Generated.made(tmp_path, document, name))

        yield run


@pytest.fixture
def refuse(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[dict[str, Any]], str]:
    """`refuse(document)` returns the generator's error output; it fails if a package is generated."""

    def run(document: dict[str, Any]) -> str:
        spec = tmp_path / "refused.yaml"
        spec.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
        assert main(["--spec", str(spec), "--out", str(tmp_path / "refused")]) == 1
        assert not (tmp_path / "refused").exists()
        return capsys.readouterr().err

    return run


def document(
    schemas: dict[str, Any] | None = None, paths: dict[str, Any] | None = None, version: str = "3.1.0"
) -> dict[str, Any]:
    """Return a small document; by default it has an operation that answers with each schema."""
    if paths is None:
        paths = {f"/{name}": {"get": answer({"$ref": f"#/components/schemas/{name}"})} for name in schemas or {}}
    return {
        "openapi": version,
        "info": {"title": "Small", "version": "1"},
        "paths": paths,
        "components": {"schemas": schemas or {}},
    }


def answer(schema: dict[str, Any], **operation: Any) -> dict[str, Any]:
    """Return an operation that answers 200 with this schema."""
    content = {"application/json": {"schema": schema}}
    return {"responses": {"200": {"description": "", "content": content}}, **operation}


@pytest.fixture(scope="session", autouse=True)
def parse_once() -> Iterator[None]:
    """Parse each text of YAML once: parsing the contract takes a second, and many tests read it."""
    load, parsed = yaml.load, dict[tuple[str, Any], bytes]()

    def cached(stream: Any, Loader: Any) -> Any:  # noqa: N803  # the name that yaml has
        if not isinstance(stream, str):
            return load(stream, Loader)
        if (stream, Loader) not in parsed:
            parsed[stream, Loader] = pickle.dumps(load(stream, Loader))
        return pickle.loads(parsed[stream, Loader])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(yaml, "load", cached)
        yield


def mypy(*paths: Path) -> str:
    """What mypy --strict finds in generated packages and programs; empty if it is nothing.

    The cache is that of the project, so what the packages import has been checked before; one run at a time uses it.
    """
    cache = ROOT / ".mypy_cache"
    cache.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--cache-dir", str(cache)]
    with FileLock(cache / "tests.lock"):
        checked = subprocess.run(
            [*command, *map(str, paths)],
            capture_output=True,
            text=True,
            check=False,
            cwd=paths[0].parent,
            env={**os.environ, "MYPYPATH": str(ROOT)},
        )
    return "" if checked.returncode == 0 else checked.stdout + checked.stderr
