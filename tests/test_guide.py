"""docs/sandbox.md: what it shows works, and what is generated is up to date."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from types import CodeType, CoroutineType, FunctionType
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.contract import load_contract
from cstar_async.sandbox.fidelity import EVERYWHERE, SIMPLIFIED, render

from .test_testing import PLUGIN, passed, run_pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCS = Path(__file__).parent.parent / "docs"
GUIDE = (DOCS / "sandbox.md").read_text()
SNIPPETS = list(re.finditer(r"^```python\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE))
SUITES = [snippet[1] for snippet in SNIPPETS if "def test_" in snippet[1]]
SCRIPTS = [snippet for snippet in SNIPPETS if "def test_" not in snippet[1]]


def code_of(snippet: re.Match[str]) -> Iterator[CodeType]:
    """The statements of a snippet one by one, awaits allowed outside of functions; lines are those of the guide."""
    parsed = ast.increment_lineno(ast.parse(snippet[1]), GUIDE.count("\n", 0, snippet.start(1)))
    for statement in parsed.body:
        module = ast.Module([statement], [])
        yield compile(module, str(DOCS / "sandbox.md"), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@pytest.mark.parametrize("snippet", SCRIPTS, ids=[each[1].splitlines()[0] for each in SCRIPTS])
async def test_its_scripts_run(snippet: re.Match[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader would copy what does not work. What the guide says is there, is there: a sandbox, a team, a client."""
    monkeypatch.chdir(tmp_path)
    async with Sandbox() as sandbox:
        team = sandbox.team()
        async with team.client() as cstar:
            names: dict[str, Any] = {"Sandbox": Sandbox, "sandbox": sandbox, "team": team, "cstar": cstar}
            for code in code_of(snippet):
                result = FunctionType(code, names)()
                if isinstance(result, CoroutineType):
                    await result
            await names["cstar"].close()


def test_the_guide_has_both_kinds_of_snippets() -> None:
    """A change of the guide's form would leave nothing to test."""
    assert len(SCRIPTS) >= 8
    assert len(SUITES) >= 3


@pytest.mark.parametrize("snippet", SUITES, ids=[re.findall(r"def (test_\w+)", each)[0] for each in SUITES])
def test_its_suites_pass(snippet: str, tmp_path: Path) -> None:
    """The fixtures are shown by tests that pass."""
    (tmp_path / "test_snippet.py").write_text(snippet)
    options = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
    output = run_pytest(tmp_path, *PLUGIN, "-p", "pytest_asyncio.plugin", *options)
    assert passed(output) == snippet.count("def test_")


def test_the_fidelity_table_is_up_to_date() -> None:
    """The contract or a note has changed, and the table still says what was: run `make docs`."""
    assert (DOCS / "fidelity.md").read_text() == render(load_contract())


def test_a_simplification_is_about_something() -> None:
    """A note about an operation that was renamed would stand nowhere."""
    operations = load_contract().operations
    subjects = {EVERYWHERE, *operations, *(operation.tag for operation in operations.values())}
    assert {about for about, _ in SIMPLIFIED} <= subjects
