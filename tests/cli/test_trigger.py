"""`cstar trigger`: on a sandbox the real change, elsewhere a sample event of the service."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.sandbox import Sandbox
from tests.cli.service import front, served

if TYPE_CHECKING:
    from tests.cli.service import Shell


def test_on_a_sandbox_it_makes_the_real_change(sandbox: Sandbox, shell: Shell) -> None:
    """The change that causes the event is made, with what is set, in the team of the key; the quota is not touched."""
    team = sandbox.team()
    shell.use(team)
    ran = shell(
        "trigger", "ticket.created", "--set", "title=Smoke", "--set", "metadata.plan=pro", "--set", 'tags:=["a"]'
    )
    assert ran.code == 0, ran.err
    (event,) = ran.lines
    assert event["type"] == "ticket.created"
    assert team.requests == []
    (ticket,) = shell("tickets", "list").lines
    assert (ticket["title"], ticket["metadata"], ticket["tags"]) == ("Smoke", {"plan": "pro"}, ["a"])
    ran = shell("trigger", "ticket.closed", "--on", ticket["id"])
    assert ran.lines[0]["others"] == ["ticket.updated"]
    assert shell("tickets", "list").lines[0]["status"] == "closed"


def test_it_needs_no_key_on_a_sandbox(sandbox: Sandbox, shell: Shell) -> None:
    """Without a key it is about the first team, with one about the key's, whichever of its keys that is."""
    ran = shell("trigger", "customer.created", "--base-url", sandbox.base_url)
    assert ran.code == 0, ran.err
    team = sandbox.team()
    for key in (team.secret_key, team.publishable_key):
        shell.use(team, CSTAR_API_KEY=key, CSTAR_TEAM_ID="")
        assert shell("trigger", "customer.created").code == 0
    shell.use(team)
    made = json.loads(shell("keys", "create", "--name", "other", "--json").out)
    shell.use(team, CSTAR_API_KEY=made["key"], CSTAR_TEAM_ID="")
    assert shell("trigger", "customer.created").code == 0
    shell.use(team)
    assert len(shell("customers", "list").lines) == 3


def test_some_of_several_fail(sandbox: Sandbox, shell: Shell) -> None:
    """If some of --times fail, those that happened are written and the exit code is 7; if all fail, it is theirs."""
    shell.use(sandbox.team())
    assert len(shell("trigger", "article.published", "--times", "3").lines) == 3
    shell("trigger", "ticket.created")
    ticket = shell("tickets", "list", "-o", "ids").out.strip()
    ran = shell("trigger", "ticket.deleted", "--on", ticket, "--times", "3", "--json")
    assert (ran.code, len(json.loads(ran.out))) == (7, 1)
    assert ran.message == "2 of 3 failed: Ticket not found"
    ran = shell("trigger", "ticket.deleted", "--on", ticket, "--times", "2")
    assert (ran.code, ran.out) == (3, "")


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["ticket.craeted"], 2, "did you mean ticket.created?"),
        (["nonsense"], 2, "`cstar trigger --list` shows all"),
        ([], 2, "which event?"),
        (["ticket.closed", "--on", "tkt_nope"], 3, "Ticket not found"),
        (["ticket.created", "--set", "colour=red"], 2, "has no field 'colour' to set"),
        (["ticket.created", "--synthetic", "--set", "title=x"], 2, "whose payload cannot be set"),
        (["ticket.created", "--synthetic", "--on", "tkt_1"], 2, "--on cannot be used with --synthetic"),
        (["ticket.created", "--base-url", "http://127.0.0.1:9"], 6, "http://127.0.0.1:9 cannot be reached"),
    ],
)
def test_what_cannot_be_done(sandbox: Sandbox, shell: Shell, words: list[str], code: int, message: str) -> None:
    """Each mistake says what is wrong, with the exit code of its kind."""
    shell.use(sandbox.team())
    ran = shell("trigger", *words)
    assert (ran.code, ran.out) == (code, "")
    assert message in ran.message


def test_elsewhere_it_sends_a_sample(sandbox: Sandbox, shell: Shell) -> None:
    """A server that is no sandbox, and --synthetic, get the operation for sample events; payloads cannot be set."""
    team = sandbox.team()
    with front(sandbox) as url:
        shell.use(team, CSTAR_BASE_URL=url)
        ran = shell("trigger", "boss.damaged", "--times", "2")
        assert (ran.code, ran.lines) == (0, [{"event": "boss.damaged", "deliveredTo": 0}] * 2)
        assert [each.path.rpartition("/")[2] for each in team.requests] == ["trigger-test"] * 2
        ran = shell("trigger", "boss.damaged", "--set", "damage=1")
        assert (ran.code, "--set cannot be used here" in ran.message) == (2, True)
        assert len(shell("trigger", "--list").lines) == 35
        sandbox.faults.add(path="webhooks.trigger_test", status=400)
        ran = shell("trigger", "boss.damaged", "--times", "2")
        assert (ran.code, len(ran.lines)) == (7, 1)
        sandbox.faults.add(path="webhooks.trigger_test", status=403)
        assert shell("trigger", "boss.damaged").code == 4
    shell.use(team)
    ran = shell("trigger", "boss.damaged", "--synthetic")
    assert ran.lines == [{"event": "boss.damaged", "deliveredTo": 0}]


def test_the_list(sandbox: Sandbox, shell: Shell) -> None:
    """--list shows each event, and on a sandbox what it can happen to and what can be set."""
    shell.use(sandbox.team())
    rows = {each["event"]: each for each in shell("trigger", "--list").lines}
    assert len(rows) == 35
    assert rows["survey.submitted"] == {"event": "survey.submitted", "on": "ticket", "fields": ["score", "comment"]}
    assert shell("trigger", "--list", "survey.submitted").lines == [rows["survey.submitted"]]
    assert shell("trigger", "--list", "--synthetic").lines[0] == {"event": "ticket.created"}


def test_a_token(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sandbox with a token says that it is missing, and where it is set; it is never written."""
    token = "a-token-of-some-length"
    with Sandbox(token=token) as sandbox:
        shell.use(sandbox.default_team)
        ran = shell("trigger", "customer.created")
        assert (ran.code, "CSTAR_SANDBOX_TOKEN" in ran.message) == (4, True)
        monkeypatch.setenv("CSTAR_SANDBOX_TOKEN", token)
        ran = shell("trigger", "customer.created")
        assert ran.code == 0
        assert token not in ran.out + ran.err


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["trigger", "ticket.created"], b"{}"),
        (["trigger", "--list"], b"[]"),
        (["logs", "--tail"], b'data: {"status": 1}\n\n'),
        (["logs", "--tail"], b"data: nonsense\n\n"),
    ],
)
def test_a_sandbox_of_another_version(sandbox: Sandbox, shell: Shell, words: list[str], answer: bytes) -> None:
    """What cannot be read is an error that says so."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = b'{"emulated": 142}' if self.path.endswith("/health") else answer
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815  # called by http.server

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with served(Handler) as url:
        shell.use(sandbox.default_team, CSTAR_BASE_URL=url)
        ran = shell(*words)
    assert (ran.code, ran.out) == (1, "")
    assert "is it of another version?" in ran.message
