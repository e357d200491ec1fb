"""docs/public.md: each line of cStar's JavaScript SDK beside ours."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from types import CoroutineType, FunctionType
from typing import Any

import pytest

from cstar_async import public
from cstar_async.public import AuthClient, CommunityClient, CustomerSession, LibraryClient
from cstar_async.public.community import CommunityComments, CommunityPosts
from cstar_async.sandbox import Sandbox

PAGE = (Path(__file__).parent.parent.parent / "docs" / "public.md").read_text("utf-8")
TABLE = PAGE.partition("| JavaScript | Python |")[2].partition("\n\n")[0].splitlines()[2:]
JAVASCRIPT = {
    *("AuthClient", "signup", "login", "isAuthenticated", "accessToken", "getCustomer", "getSession", "logout"),
    *("LibraryClient", "categories", "articles", "article", "search", "popularArticles", "stats", "recordView"),
    *("CommunityClient", "onSessionChange"),
}
"""The names that cStar publishes of these clients."""


def rows() -> list[tuple[str, str, str]]:
    """JavaScript, Python and the type of the result, of each row."""
    found = []
    for line in TABLE:
        script, python, result = (part.strip() for part in line.strip("|").split(" | "))
        found.append((script, python.split("`")[1], result.strip("`")))
    return found


def test_every_javascript_name_is_in_the_table() -> None:
    """Every published name of the JavaScript clients is in the table."""
    named = set(re.findall(r"\w+", " ".join(script for script, _, _ in rows())))
    assert named >= JAVASCRIPT


@pytest.mark.parametrize(
    "kind", [AuthClient, LibraryClient, CommunityClient, CommunityPosts, CommunityComments, CustomerSession]
)
def test_every_method_is_in_the_table(kind: type) -> None:
    """Every public name that these classes define is in the table."""
    used = set(re.findall(r"\.(\w+)", " ".join(python for _, python, _ in rows())))
    assert {name for name in vars(kind) if not name.startswith("_")} - used == set()


async def test_every_line_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every Python line of the table runs, one after the other, and gives what the table says."""
    async with Sandbox() as sandbox, sandbox.client() as cstar:
        monkeypatch.setenv("CSTAR_BASE_URL", sandbox.base_url)
        billing = await cstar.categories.create(name="Billing")
        await cstar.articles.create(
            title="Reset password", content="Text", status="published", is_public=True, category_id=billing.id
        )
        names: dict[str, Any] = {name: getattr(public, name) for name in public.__all__} | {"fn": lambda _: None}
        for _, python, result in rows():
            value = await run(python.replace('"acme"', '"acme-support"'), names)
            if result:
                assert result in {kind.__name__ for kind in type(value).__mro__}, python
        for name in ("auth", "library", "community"):
            await names[name].close()


async def run(line: str, names: dict[str, Any]) -> object:
    """Run a line with top-level await, and return the value of an expression."""
    statement = ast.parse(line).body[0]
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    if isinstance(statement, ast.Expr):
        code = compile(ast.Expression(statement.value), line, "eval", flags=flags)
    else:
        code = compile(ast.Module([statement], []), line, "exec", flags=flags)
    result: object = FunctionType(code, names)()
    return await result if isinstance(result, CoroutineType) else result
