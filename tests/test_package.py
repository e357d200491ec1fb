"""The package as a whole: its exports, its imports, its metadata."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.version import Version

import cstar_async
from cstar_async import errors, models, sandbox
from tests import lowest

ROOT = Path(__file__).parent.parent


def run(code: str) -> str:
    """Run code in a new interpreter, and return its output."""
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_every_public_name_can_be_imported() -> None:
    """Every name in `__all__` can be imported and is in `dir()`."""
    for module in (cstar_async, models, errors, sandbox):
        for name in module.__all__:
            assert getattr(module, name) is not None, f"{module.__name__}.{name}"
        assert set(module.__all__) <= set(dir(module))


def test_no_statement_has_numbered_parameters() -> None:
    """No SQL statement has numbered parameters, which Python 3.14 refuses for sequences."""
    numbered = {path.name for path in (ROOT / "cstar_async").rglob("*.py") if re.search(r"\?\d", path.read_text())}
    assert numbered == set()


def test_the_package_exports_all_errors() -> None:
    """All errors are exported by the package itself."""
    assert set(errors.__all__) <= set(cstar_async.__all__)


@pytest.mark.parametrize("module", ["cstar_async", "cstar_async.models", "cstar_async.sandbox"])
def test_unknown_names_are_attribute_errors(module: str) -> None:
    """An unknown name is an AttributeError."""
    with pytest.raises(AttributeError, match="nonsense"):
        _ = importlib.import_module(module).nonsense


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`import cstar_async` loads no heavy module."""
    code = """
import sys
before = set(sys.modules)
import cstar_async
print(sorted({"aiohttp", "attrs", "cattrs", "orjson", "typing"} & (set(sys.modules) - before)))
"""
    assert run(code) == "[]"


def test_the_client_loads_neither_cattrs_nor_unused_models() -> None:
    """The client loads neither cattrs nor models that are not used."""
    code = """
import sys
from cstar_async import CStarClient
CStarClient("sk_test_" + "x" * 32, team_id="t").tickets
print([m for m in ("cattrs", "jsonschema_rs", "cstar_async._generated.models.game") if m in sys.modules])
"""
    assert run(code) == "[]"


def test_the_extras_are_these() -> None:
    """The extras are exactly these."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = {"sandbox", "postgres", "progress", "cli", "mcp", "all", "codegen", "bench", "test", "dev"}
    assert set(project["optional-dependencies"]) == extras


def test_dependencies_have_floors_and_pins() -> None:
    """Every dependency has a lowest version, and a pin that is not below it."""
    pins = lowest.pins()
    assert {"aiohttp", "orjson", "jsonschema-rs", "asyncpg", "rich"} <= lowest.floors().keys()
    for name, floor in lowest.floors().items():
        assert re.fullmatch(r"[0-9]+(\.[0-9]+)+", floor), f"{name} must have a floor only"
        assert Version(floor) <= Version(pins[name]), name


def test_each_supported_python_is_tested() -> None:
    """Each Python version in the classifiers is tested, and the first is the required one."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = re.findall(r":: (3\.[0-9]+)", " ".join(project["classifiers"]))
    tested = re.search(r"for version in ([0-9. ]+);", (ROOT / "Makefile").read_text())
    assert tested is not None
    assert set(named) <= set(tested[1].split())
    jobs = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]
    assert jobs["tests"]["strategy"]["matrix"]["python"] == tested[1].split()
    assert project["requires-python"] == f">={named[0]}"


def test_the_sandbox_without_its_extra_says_what_to_install() -> None:
    """Without its extra, importing the sandbox says what to install."""
    code = """
import sys, traceback
sys.modules["jsonschema_rs"] = None
from cstar_async.sandbox import Switches, VirtualClock
try:
    from cstar_async.sandbox import Sandbox
except ImportError as error:
    print(error, len(traceback.extract_tb(error.__traceback__)), error.__suppress_context__)
"""
    assert run(code) == "the sandbox needs jsonschema-rs: pip install 'cstar-async[sandbox]' 2 True"
