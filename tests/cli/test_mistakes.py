"""Mistakes in commands, and odd answers: each is said briefly."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from cstar_async.cli.exits import Exit
from tests.support.server import KEY, serve

if TYPE_CHECKING:
    from pathlib import Path

    from cstar_async.sandbox import Team
    from tests.support.command_line import CommandLine


pytestmark = pytest.mark.usefixtures("team_key")


async def test_answers_that_are_no_objects(cstar: CommandLine) -> None:
    """A null is written as such; an item of a list that is not an object is an error."""

    async def answer(request: web.Request) -> web.StreamResponse:
        if request.path.endswith("novelties"):
            return web.json_response(None)
        return web.json_response({"success": True, "data": [1], "pagination": {"page": 1, "totalPages": 1}})

    async with serve(answer) as server:
        words = ("--key-stdin", "--team", "team", "--base-url", server.url)
        whole = await asyncio.to_thread(cstar, "api", "GET", "novelties", "--json", *words, stdin=KEY)
        listed = await asyncio.to_thread(cstar, "tickets", "list", "-o", "csv", *words, stdin=KEY)
    assert (whole.code, whole.out) == (0, "null\n")
    assert (listed.code, listed.out) == (Exit.ERROR, "")


def test_a_field_that_needs_expand_is_said(cstar: CommandLine) -> None:
    """The note about a field that no object had names the option that adds it."""
    assert cstar("customers", "create", "--name", "x", "--email", "x@example.com").code == 0
    assert cstar("tickets", "create", "--title", "x").code == 0
    ran = cstar("tickets", "list", "--fields", "id,customer.name")
    assert ran.err.startswith("no such field: customer.name; --expand customer adds customer; there are id, ")


def test_mistakes_are_said_briefly(cstar: CommandLine, tmp_path: Path) -> None:
    """What cannot be meant is a mistake in the command, and its message does not have all of a long argument."""
    (tmp_path / "file").touch()
    for words, problem in (
        (["tickets", "list", "--status", "x" * 100_000], "'xxx"),
        (["x" * 100_000], "No such command 'xxx"),
        (["api", "DELETE", ""], "PATH is empty"),
        (["api", "DELETE", "?a=b"], "PATH is empty"),
        (["api", "GET", "tickets", "-o", "ids"], "--output ids is for --paginate"),
        (["listen", "--interval", "20"], "--interval is for --poll"),
        (["listen", "--save", str(tmp_path / "file")], "is not a folder"),
        (["profiles", "--json", "use", "x"], "options of use are written after it"),
    ):
        ran = cstar(*words)
        assert (ran.code, ran.out, len(ran.message) < 2_000) == (Exit.USAGE, "", True)
        assert problem in ran.message
    assert cstar("profiles", "--json").out == "[]\n"


def test_a_key_file_may_have_a_byte_order_mark(
    cstar: CommandLine, cstar_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Windows writes it."""
    monkeypatch.delenv("CSTAR_API_KEY")
    assert cstar("status", "--key-stdin", stdin=f"\ufeff{cstar_team.secret_key}\n").code == 0
