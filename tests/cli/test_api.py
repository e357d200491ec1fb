"""`cstar api`: any path of the API, with the key, the retries, the output and the exit codes of other commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from cstar_async.cli import main
from tests.support.server import KEY, TEAM, serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cstar_async.sandbox import Sandbox, Team
    from tests.support.command_line import CommandLine, Ran


@pytest.fixture
def api(cstar: CommandLine, team_key: None) -> Callable[..., Ran]:
    """Runs `cstar api` with the key of a team."""

    def run(*words: str, stdin: bytes = b"") -> Ran:
        return cstar("api", *words, stdin=stdin)

    return run


def make(api: Callable[..., Ran], *titles: str) -> list[str]:
    """Create tickets; their ids."""
    return [json.loads(api("post", "tickets", "--input", json.dumps({"title": t}))[1])["data"]["id"] for t in titles]


def test_a_path_is_below_the_team_or_whole(api: Callable[..., Ran], cstar_team: Team) -> None:
    """The answer is written whole; a path may be below the team, have {teamId} in it, or the id itself."""
    (made,) = make(api, "Printer on fire")
    for path in (
        f"tickets/{made}",
        f"/api/v1/teams/{{teamId}}/tickets/{made}",
        f"/api/v1/teams/{cstar_team.id}/tickets/{made}",
    ):
        code, out, err = api("GET", path)
        assert (code, err) == (0, "")
        assert json.loads(out)["success"] is True
        assert json.loads(out)["data"]["id"] == made
    code, out, _ = api("GET", f"tickets/{made}", "-o", "json", "--fields", "data.title")
    assert json.loads(out) == {"data.title": "Printer on fire"}
    assert "200 in" in api("GET", f"tickets/{made}", "-v")[2]


def test_the_query_is_given_by_options_or_in_the_path(api: Callable[..., Ran], cstar_team: Team) -> None:
    """`-q name=value`, repeated, and a query in the path are both sent; a value may have any characters."""
    make(api, "one", "two & more", "three")
    assert json.loads(api("GET", "tickets", "-q", "search=two & more")[1])["pagination"]["total"] == 1
    assert json.loads(api("GET", "tickets?pageSize=1&page=2", "-q", "status=new")[1])["pagination"]["page"] == 2
    code, _, err = api("GET", "tickets", "-q", "status")
    assert code == 2
    assert "is not name=value" in err


def test_the_body_is_text_a_file_or_the_input(api: Callable[..., Ran], cstar_team: Team, tmp_path: Path) -> None:
    """--input takes JSON, @FILE and -; what is not JSON is refused before anything is sent."""
    file = tmp_path / "ticket.json"
    file.write_text('{"title": "From a file"}')
    assert json.loads(api("POST", "tickets", "--input", f"@{file}")[1])["data"]["title"] == "From a file"
    done = api("POST", "tickets", "--input", "-", stdin=b'{"title": "From the input"}')
    assert json.loads(done[1])["data"]["title"] == "From the input"
    both = f"{cstar_team.secret_key}\n".encode() + b'{"title": "Behind the key"}'
    assert json.loads(api("POST", "tickets", "--input", "-", "--key-stdin", stdin=both)[1])["data"]["title"]
    sent = len(cstar_team.requests)
    for wrong in ("{", f"@{file}.missing"):
        assert api("POST", "tickets", "--input", wrong)[0] == 2
    assert len(cstar_team.requests) == sent


def test_all_pages_of_a_list(api: Callable[..., Ran], cstar_team: Team) -> None:
    """--paginate writes the items of numbered and of cursor lists, in as few requests as the size of a page allows."""
    ids = make(api, *(f"Ticket {number}" for number in range(5)))
    sent = len(cstar_team.requests)
    code, out, _ = api("GET", "tickets", "--paginate", "-o", "ids")
    assert (code, sorted(out.split())) == (0, sorted(ids))
    assert len(cstar_team.requests) == sent + 1
    assert len(api("GET", "tickets", "--paginate", "-q", "pageSize=2")[1].splitlines()) == 5
    assert len(cstar_team.requests) == sent + 4
    events = api("GET", "events", "--paginate", "-q", "limit=2", "--fields", "type")[1].splitlines()
    assert events == ['{"type":"ticket.created"}'] * 5
    for wrong in (("POST", "tickets"), ("GET", f"tickets/{ids[0]}")):
        code, _, err = api(*wrong, "--paginate")
        assert code == 2
        assert "--paginate is for lists" in err


@pytest.mark.parametrize("kind", ["page", "cursor"])
async def test_all_pages_of_an_unknown_list(
    kind: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A list that the contract does not have is followed by page numbers, or by cursors if its answer has one.

    Each page is asked for once.
    """
    import asyncio

    asked: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        asked.append(request.path_qs)
        place = int(request.query.get(kind, "1"))
        more = (
            {"page": place, "totalPages": 3}
            if kind == "page"
            else {"nextCursor": f"{place + 1}" if place < 3 else None}
        )
        return web.json_response({"success": True, "data": [{"id": f"x_{place}"}], "pagination": more})

    async with serve(answer) as server:
        monkeypatch.setenv("CSTAR_API_KEY", KEY)
        words = ["api", "GET", "novelties", "--paginate", "-o", "ids", "--team", TEAM, "--base-url", server.url]
        assert await asyncio.to_thread(main, words) == 0
    assert capsys.readouterr().out.split() == ["x_1", "x_2", "x_3"]
    assert len(asked) == 3


def test_curl_sends_nothing_and_shows_no_key(api: Callable[..., Ran], cstar_team: Team, cstar_sandbox: Sandbox) -> None:
    """--curl writes the request for the server in use, without the key; a path that cannot be sent is refused."""
    code, out, _ = api("POST", "tickets", "--input", '{"title":"It\'s"}', "--curl")
    assert code == 0
    assert out.startswith(f"curl -X POST '{cstar_sandbox.base_url}/api/v1/teams/{cstar_team.id}/tickets'")
    assert "$CSTAR_API_KEY" in out
    assert cstar_team.secret_key not in out
    assert not cstar_team.requests
    for path in ("a b", "//", "../keys", "https://www.cstar.help/api"):
        code, _, err = api("GET", path, "--curl")
        assert (code, "is not a valid path" in err) == (2, True), err


def test_errors_are_those_of_other_commands(api: Callable[..., Ran], cstar_team: Team) -> None:
    """An unknown path is not found, a bad body is an error, a method that does not exist is a mistake."""
    assert api("GET", "novelties")[0] == 3
    code, out, err = api("POST", "tickets", "--input", "{}")
    assert (code, out) == (1, "")
    assert json.loads(err)["error"]["status"] == 400
    assert api("FETCH", "tickets")[0] == 2
    assert api("POST", "tickets", "--input", "{}", "--key-stdin", stdin=cstar_team.publishable_key.encode())[0] == 4


def test_a_live_key_asks_before_it_deletes(
    api: Callable[..., Ran], cstar_team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With a live key and no terminal, a DELETE needs --yes; nothing is sent without it."""
    monkeypatch.setenv("CSTAR_API_KEY", "sk_live_0123456789abcdefghijklmnopqrstuv")
    code, _, err = api("DELETE", "novelties/1")
    assert (code, "pass --yes" in err) == (2, True)
    assert api("DELETE", "novelties/1", "--yes")[0] == 4


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "tickets/tkt_x/messages/"),
        ("POST", "tickets//tkt_x/messages"),
        ("POST", "tickets/tkt_x/%6dessages"),
        ("POST", "tickets/tkt_x/%256dessages"),
        ("POST", "tickets/tkt_x%2Fmessages"),
        ("POST", "tickets/y/../tkt_x/messages"),
        ("POST", "tickets/y/%2e%2e/tkt_x/messages"),
        ("POST", "tickets/./tkt_x/Messages"),
        ("POST", "//api/v1/teams/{teamId}/tickets/tkt_x/messages"),
        ("POST", "bulk/?dry=1"),
        ("POST", "novelties"),
        ("PUT", "tickets/tkt_x"),
        ("PATCH", "novelties/1"),
    ],
)
def test_a_live_key_asks_however_a_path_is_written(
    api: Callable[..., Ran], cstar_team: Team, monkeypatch: pytest.MonkeyPatch, method: str, path: str
) -> None:
    """Another spelling of a path has the risk of the operation; a write that is not known asks, too."""
    monkeypatch.setenv("CSTAR_API_KEY", "sk_live_0123456789abcdefghijklmnopqrstuv")
    code, _, err = api(method, path, "--input", "{}")
    assert (code, "pass --yes" in err) == (2, True)
    assert not cstar_team.requests


def test_a_live_key_does_not_ask_before_it_reads(api: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch) -> None:
    """A GET and a write of small risk are sent at once; the sandbox knows no live key."""
    monkeypatch.setenv("CSTAR_API_KEY", "sk_live_0123456789abcdefghijklmnopqrstuv")
    assert api("GET", "novelties/")[0] == 4
    assert api("PATCH", "tickets/tkt_x", "--input", '{"title": "x"}')[0] == 4


def test_an_idempotency_key_makes_two_calls_one_write(api: Callable[..., Ran], cstar_team: Team) -> None:
    """Two calls with the same key are one ticket."""
    words = ("POST", "tickets", "--input", '{"title":"Once"}', "--idempotency-key", "once-1")
    assert json.loads(api(*words)[1])["data"]["id"] == json.loads(api(*words)[1])["data"]["id"]
