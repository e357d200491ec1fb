"""README.md and the guides in docs/: their snippets run, and the generated parts are up to date."""

from __future__ import annotations

import ast
import asyncio
import re
import signal
import sqlite3
from datetime import timedelta
from pathlib import Path
from types import CodeType, CoroutineType, FunctionType
from typing import TYPE_CHECKING, Any

import litestar
import pytest
from aiohttp import web
from starlette.applications import Starlette
from starlette.routing import Route

from cstar_async import CStarClient
from cstar_async.live import Added, Changed, Moved, Removed
from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.contract.document import load_contract
from cstar_async.sandbox.contract.fidelity import EVERYWHERE, SIMPLIFIED, render
from cstar_async.webhooks import Event, EventDispatcher, TicketCreated, TicketUpdated
from tests.support.postgres import postgres, postgres_server

from .test_testing import PLUGIN, passed, run_pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["postgres", "postgres_server"]

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
IMPORTED = {
    "__name__": "guide",
    "asgi": litestar.asgi,
    "print": lambda *_: None,
    **{each.__name__: each for each in (asyncio, signal, sqlite3, timedelta)},
    **{each.__name__: each for each in (CStarClient, Event, EventDispatcher, Sandbox, TicketCreated, TicketUpdated)},
    **{each.__name__: each for each in (litestar.Litestar, Route, Starlette)},
    **{each.__name__: each for each in (Added, Changed, Moved, Removed)},
}
"""The names that snippets use without importing them."""


class Snippet:
    """A block of Python in a document."""

    def __init__(self, path: Path, document: str, found: re.Match[str]) -> None:
        self.path = path
        self.text = found[1]
        self.line = document.count("\n", 0, found.start(1))
        self.is_suite = "def test_" in self.text

    def statements(self, text: str) -> Iterator[CodeType]:
        """Compile the statements one by one, with top-level await and the line numbers of the document."""
        for statement in ast.increment_lineno(ast.parse(text), self.line).body:
            module = ast.Module([statement], [])
            yield compile(module, str(self.path), "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)

    def __str__(self) -> str:
        return f"{self.path.stem}:{self.line}"


def snippets(path: Path) -> list[Snippet]:
    """All Python snippets of a document."""
    document = path.read_text("utf-8")
    blocks = re.finditer(r"^```python\n(.*?)^```$", document, re.DOTALL | re.MULTILINE)
    return [Snippet(path, document, found) for found in blocks]


SNIPPETS = [each for path in (ROOT / "README.md", *sorted(DOCS.glob("*.md"))) for each in snippets(path)]
SCRIPTS = [each for each in SNIPPETS if not each.is_suite]
SUITES = [each for each in SNIPPETS if each.is_suite]


@pytest.fixture
def address(snippet: Snippet, request: pytest.FixtureRequest) -> str:
    """The address of a database, if the snippet connects to one."""
    return request.getfixturevalue("postgres") if "SharedQuota" in snippet.text else ""


@pytest.mark.parametrize("snippet", SCRIPTS, ids=str)
async def test_each_script_runs(
    snippet: Snippet, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each snippet runs, with the sandbox, team and client that the guides assume."""
    monkeypatch.chdir(tmp_path)
    async with Sandbox() as sandbox:
        team = sandbox.team()
        for name, value in team.environment.items():
            monkeypatch.setenv(name, value)
        async with team.client() as cstar:
            ids = [(await cstar.tickets.create(title=f"Ticket {number}")).id for number in range(3)]
            member = (await cstar.members.list()).data[0].id
            names: dict[str, Any] = {
                **IMPORTED,
                "sandbox": sandbox,
                "team": team,
                "cstar": cstar,
                "ids": ids,
                "app": web.Application(),
                "secret": "whsec_mine",
                "events": EventDispatcher(secrets="whsec_mine", inbox="memory:"),
                "changes": {each: {"priority": "low"} for each in ids},
                "records": [{"name": "Ada"}],
                "report": await cstar.tickets.update_many(ids, status="open"),
                "ticket": await cstar.tickets.get(ids[0]),
            }
            if "cstar_async.public" in snippet.text:
                await cstar.customer_auth.signup(team.slug, email="jane@co.com", password="securepass")
            replacements = {"sk_test_…": team.secret_key, "mem_abc123": member, "mem_1": member}
            replacements['"acme"'] = f'"{team.slug}"'
            replacements |= dict(zip(("tkt_abc123", "tkt_1", "tkt_2"), ids, strict=True))
            replacements["\nawait events.run()"] = "\nawait events.drain()"
            if address:
                replacements["postgresql://…"] = address
            text = snippet.text
            for shown, value in replacements.items():
                text = text.replace(shown, value)
            for code in snippet.statements(text):
                result = FunctionType(code, names)()
                if isinstance(result, CoroutineType):
                    await result
            await names["events"].close()
            await names["cstar"].close()


def test_the_documents_have_both_kinds_of_snippets() -> None:
    """The snippets of README.md and docs/ are found, both scripts and test suites."""
    guides = {"README", "bulk", "core", "live", "mcp", "outbox", "public", "sandbox", "webhooks"}
    assert {each.path.stem for each in SCRIPTS} == guides
    assert len(SCRIPTS) >= 25
    assert {each.path.stem for each in SUITES} == {"README", "sandbox"}


@pytest.mark.parametrize("snippet", SUITES, ids=str)
def test_each_suite_passes(snippet: Snippet, tmp_path: Path) -> None:
    """Each test suite in the documents passes."""
    (tmp_path / "test_snippet.py").write_text(snippet.text)
    options = ("-o", "asyncio_mode=auto", "-o", "asyncio_default_fixture_loop_scope=function")
    output = run_pytest(tmp_path, *PLUGIN, "-p", "pytest_asyncio.plugin", *options)
    assert passed(output) == snippet.text.count("def test_")


def test_the_fidelity_table_is_up_to_date() -> None:
    """docs/fidelity.md is what `make docs` writes."""
    if any(operation.source == "spec" for operation in load_contract().operations.values()):
        pytest.skip("the service's own document has been adopted; `make docs` updates the page")
    assert (DOCS / "fidelity.md").read_text() == render(load_contract())


def test_simplifications_name_operations_or_tags() -> None:
    """Each simplification is about an operation, a tag or everything."""
    operations = load_contract().operations
    subjects = {EVERYWHERE, *operations, *(operation.tag for operation in operations.values())}
    assert {about for about, _ in SIMPLIFIED} <= subjects
