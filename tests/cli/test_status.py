"""`cstar status`, and the commands of keys."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from cstar_async.cli.exits import Exit
from tests.support.command_line import on_terminal
from tests.support.server import KEY, serve

if TYPE_CHECKING:
    from pathlib import Path

    from cstar_async.sandbox import Sandbox, Team
    from tests.support.command_line import CommandLine


def test_status_tells_team_key_place_and_quota(cstar: CommandLine, cstar_team: Team, cstar_sandbox: Sandbox) -> None:
    """One request tells the team, the kind of key and the quota; --offline sends nothing and leaves the quota out."""
    cstar.log_in(cstar_team)
    sent = len(cstar_team.requests)
    found = cstar("status", "--json")
    assert found.out.startswith("{\n  ")
    value = found.value
    assert len(cstar_team.requests) == sent + 1
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:00:00Z", value.pop("quota_reset"))
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", value.pop("version"))
    assert value == {
        "profile": "default",
        "team": cstar_team.id,
        "team_name": value["team_name"],
        "key": f"sk_test_…{cstar_team.secret_key[-4:]}",
        "key_type": "secret",
        "environment": "test",
        "stored_in": "file",
        "base_url": cstar_sandbox.base_url,
        "quota_limit": 1000,
        "quota_remaining": 1000 - sent - 1,
    }
    offline = cstar("status", "--offline").value
    assert len(cstar_team.requests) == sent + 1
    assert (offline["team"], offline["key_type"], "quota_limit" in offline) == (cstar_team.id, "secret", False)
    publishable = cstar(
        "status", "--key-stdin", "--base-url", cstar_sandbox.base_url, stdin=cstar_team.publishable_key
    ).value
    assert (publishable["key_type"], publishable["stored_in"], publishable["quota_limit"]) == (
        "publishable",
        "stdin",
        100,
    )
    other = cstar("status", "--team", "another")
    assert "warning: the key is for the team" in other.err


def test_status_shows_what_it_knows_and_fails(cstar: CommandLine, cstar_sandbox: Sandbox) -> None:
    """Without a key, or with one that is refused, it shows what is known on this machine, and exits with 4."""
    none = cstar("status")
    assert (none.code, none.value["key"], none.value["stored_in"]) == (4, None, None)
    assert "cstar login" in none.error["message"]
    key = f"sk_test_{'y' * 32}"
    refused = cstar("status", "--key-stdin", "--base-url", cstar_sandbox.base_url, stdin=key)
    assert (refused.code, refused.value["key"]) == (4, "sk_test_…yyyy")
    assert "401" in refused.error["message"]
    unreachable = cstar("status", "--key-stdin", "--base-url", "http://127.0.0.1:9", "--max-retries", "0", stdin=key)
    assert unreachable.code == 6


def test_a_short_key_is_not_shown(cstar: CommandLine) -> None:
    """Of a key that is no longer than its shown parts, only the prefix is shown."""
    assert cstar("status", "--offline", "--key-stdin", stdin="sk_live_abcd1234").value["key"] == "sk_live_…"
    assert cstar("status", "--offline", "--key-stdin", stdin="hunter2").value["key"] == "…"


def test_keys_as_documented(cstar: CommandLine, cstar_team: Team, cstar_sandbox: Sandbox) -> None:
    """`keys create --name N` shows the new key once, on stdout; `keys list` never does; `keys revoke ID` ends it."""
    cstar.log_in(cstar_team)
    made = cstar("keys", "create", "--name", "Deployment")
    assert (made.code, made.err) == (0, "")
    key = made.value["key"]
    words = ("login", "--key-stdin", "--base-url", cstar_sandbox.base_url, "--profile", "new")
    assert cstar(*words, stdin=key).code == 0
    listed = cstar("keys", "list")
    assert made.value["id"] in listed.out
    assert key not in listed.out
    assert cstar("keys", "revoke", made.value["id"]).code == 0
    assert cstar("status", "--profile", "new").code == 4


def test_a_terminal_that_lacks_characters(cstar_team: Team, folder: Path) -> None:
    """On a terminal of another encoding, what it cannot show is a question mark, and no error."""
    variables = cstar_team.environment | {"PYTHONIOENCODING": "latin-1"}
    code, shown = on_terminal(["status", "--offline"], env=variables)
    assert code == 0, shown
    assert "sk_test_?" in shown


@pytest.mark.parametrize("data", [[], None, "x"])
async def test_an_answer_that_does_not_say_whose_key_it_is(
    cstar: CommandLine, monkeypatch: pytest.MonkeyPatch, data: object
) -> None:
    """Status shows what is known here, and fails with a line; a login keeps nothing."""

    async def answer(_: web.Request) -> web.StreamResponse:
        return web.json_response({"success": True, "data": data})

    async with serve(answer) as server:
        words = ("--key-stdin", "--base-url", server.url)
        status = await asyncio.to_thread(cstar, "status", *words, stdin=KEY)
        login = await asyncio.to_thread(cstar, "login", *words, stdin=KEY)
    assert (status.code, login.code, login.out) == (Exit.ERROR, Exit.ERROR, "")
    assert status.value["base_url"] == server.url
    assert "does not say whose key this is" in status.error["message"]
    assert cstar("status", "--offline").code == Exit.DENIED


def test_an_empty_team_is_none(cstar: CommandLine, cstar_team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """CSTAR_TEAM_ID without a value is like none, and two keys at once are a mistake."""
    for name, value in {**cstar_team.environment, "CSTAR_TEAM_ID": ""}.items():
        monkeypatch.setenv(name, value)
    ran = cstar("status", "--json")
    assert (ran.code, ran.err, ran.value["team"]) == (0, "", cstar_team.id)
    ran = cstar("status", "--key-stdin", "--api-key", "sk_test_x", stdin="sk_test_y")
    assert (ran.code, ran.message) == (2, "--key-stdin and --api-key exclude each other")
