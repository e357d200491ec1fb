"""The options that every command has: where they may stand, what help shows of them, and what `-v` writes."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from cstar_async.cli.exits import Exit
from tests.support.server import KEY, TEAM, serve

if TYPE_CHECKING:
    from cstar_async.sandbox import Faults, Team
    from tests.support.command_line import CommandLine


@pytest.mark.parametrize(
    "words",
    ["tickets {} list", "tickets messages {} list tkt_1", "{} tickets list", "profiles {}", "profiles list {}",
     "completion bash {}", "logs {} list", "login {}", "api {} GET tickets"],
)  # fmt: skip
def test_common_options_stand_anywhere(cstar: CommandLine, words: str) -> None:
    """Groups and commands of every kind take them; a bad profile, for example, is refused by those that use one."""
    before, after = words.split("{}")
    ran = cstar(*before.split(), "--profile", "none", "--no-color", "-v", *after.split())
    assert "No such option" not in ran.err
    assert ran.code in {Exit.OK, Exit.USAGE}
    assert cstar(*before.split(), "-h").code == 0


@pytest.mark.parametrize(
    "words", ["tickets", "tickets list", "tickets export", "profiles", "api", "completion", "logs"]
)
def test_help_shows_common_options_apart(cstar: CommandLine, words: str) -> None:
    """Those of the command come first, then the common ones with `--help`; arguments are not options."""
    text = cstar(*words.split(), "--help").out
    own, _, common = text.partition("\nCommon options:\n")
    assert "--help" not in own
    assert "--timeout" not in own
    for name in ("-h, --help", "--profile NAME", "--no-color"):
        assert name in common
    assert "TICKET_ID" not in cstar("tickets", "get", "--help").out.partition("Options:")[2]


def test_the_help_of_login_shows_each_way_to_give_a_key(cstar: CommandLine) -> None:
    """`login --api-key` is documented by cStar; other commands do not recommend it."""
    assert "--api-key KEY" in cstar("login", "--help").out
    assert "--api-key" not in cstar("status", "--help").out


@pytest.mark.usefixtures("team_key")
@pytest.mark.parametrize(
    "words",
    ["tickets list", "tickets create --title x", "tickets export", "status", "api GET tickets",
     "api GET tickets --paginate", "tickets delete-many", "events list"],
)  # fmt: skip
def test_verbose_tells_each_answer_and_the_quota(cstar: CommandLine, words: str) -> None:
    """`-v` after the command writes a line for each answer and, last, what is left of the quota."""
    ran = cstar(*words.split(), "-v", stdin="tkt_1\n")
    told = [line for line in ran.err.splitlines() if ": 200 in 0." in line or ": 201 in 0." in line]
    assert told, ran.err
    assert " of 1,000 requests of this hour are left" in ran.err.splitlines()[-1 if ran.code == 0 else -2]
    assert [type(each).__name__ for each in logging.getLogger("cstar_async").handlers] == []


def test_verbose_tells_what_failed(cstar: CommandLine, team_key: None, cstar_faults: Faults, cstar_team: Team) -> None:
    """Each attempt that failed has a line, and the error is the last; `-vv` writes whose log it is."""
    cstar_faults.add(times=1, status=500)
    ran = cstar("tickets", "list", "-v")
    assert ran.code == 0
    assert "500" in ran.err.splitlines()[0]
    assert "the next attempt is in" in ran.err.splitlines()[0]
    ran = cstar("tickets", "get", "tkt_none", "-v")
    assert (ran.code, ran.error["status"]) == (Exit.NOT_FOUND, 404)
    assert ran.err.startswith("quota: ")
    assert cstar("-v", "tickets", "list", "-v").err.count(": 200 in ") == 1
    ran = cstar("tickets", "list", "-vv")
    assert "cstar_async: GET /api/v1/teams/{teamId}/tickets, attempt 1 of 4: 200 in " in ran.err
    assert cstar_team.secret_key not in ran.err


async def test_a_quota_that_nobody_told_is_not_known(cstar: CommandLine) -> None:
    """Of a service that sends no headers of a quota, `-v` and plans invent none."""

    async def answer(request: web.Request) -> web.StreamResponse:
        data: object = {"teamId": TEAM} if request.path.endswith("whoami") else []
        return web.json_response({"success": True, "data": data})

    async with serve(answer) as server:
        words = ("--key-stdin", "--team", TEAM, "--base-url", server.url, "-v")
        listed = await asyncio.to_thread(cstar, "tickets", "list", *words, stdin=KEY)
        ids = "".join(f"tkt_{number}\n" for number in range(150))
        planned = await asyncio.to_thread(
            cstar, "tickets", "delete-many", "--max-retries", "0", "--deadline", "5", *words, stdin=f"{KEY}\n{ids}"
        )
    assert listed.err.splitlines()[-1] == "quota: not known"
    assert planned.err.splitlines()[1].startswith("plan: 150 ")
    assert "this hour" not in planned.err


def test_an_empty_variable_is_not_another_key(
    cstar: CommandLine, cstar_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With an empty CSTAR_API_KEY the default profile is not used; one that is named is."""
    cstar.log_in(cstar_team)
    monkeypatch.setenv("CSTAR_API_KEY", "")
    ran = cstar("tickets", "list")
    assert (ran.code, ran.message) == (Exit.DENIED, "CSTAR_API_KEY is empty: set it to a key, or unset it")
    assert cstar("tickets", "list", "--profile", "default").code == 0
