"""`cstar logs`: the log of requests, and new ones as they come."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.cli import polling
from cstar_async.cli.commands import logs
from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.service.identity import Caller
from tests.cli.service import front

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cstar_async.sandbox import Team
    from tests.cli.service import Shell


def send(team: Team, path: str) -> None:
    """Send a request of a team, whatever its answer is."""
    url = f"{team.environment['CSTAR_BASE_URL']}/api/v1/teams/{team.id}/{path}"
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {team.secret_key}"})
    with contextlib.suppress(urllib.error.HTTPError), urllib.request.urlopen(request):
        pass


def tail(
    team: Team, config: Path, *words: str, during: Callable[[], Any], lines: int, stdout: int = subprocess.PIPE
) -> Any:
    """Run `cstar logs --tail` until so many lines have come; then Ctrl-C."""
    environment = {**os.environ, **team.environment, "CSTAR_CONFIG_DIR": str(config)}
    command = [sys.executable, "-m", "cstar_async.cli", "logs", "--tail", *words]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, stdout=stdout) as process:
        assert process.stderr is not None
        said = process.stderr.readline().decode()
        during()
        got = [process.stdout.readline().decode() for _ in range(lines)] if process.stdout else []
        process.send_signal(signal.SIGINT)
        rest, err = process.communicate(timeout=20)
        return process.returncode, got + (rest or b"").decode().splitlines(), said, err.decode()


def test_the_log_and_its_operation(sandbox: Sandbox, shell: Shell) -> None:
    """`cstar logs` lists like `cstar logs list`, with its options."""
    shell.use(sandbox.team())
    shell("tickets", "list")
    shell("tickets", "get", "tkt_nope")
    listed = shell("logs", "list", "--status", "4xx").lines
    assert [(each["status"], each["method"]) for each in listed] == [(404, "GET")]
    assert shell("logs", "--status", "4xx").lines == listed
    assert shell("logs", "--status", "4xx", "-o", "ids").out.strip() == listed[0]["id"]
    assert shell("logs", "--status", "2xx", "--max-items", "1", "--fields", "status").lines == [{"status": 200}]
    assert shell("logs", "--curl").out.startswith("curl")


def test_on_a_sandbox_the_tail_is_free(sandbox: Sandbox, tmp_path: Path) -> None:
    """--tail follows the timeline: new requests of the team, narrowed, as JSON lines, without a request of its own."""
    team, other = sandbox.team(), sandbox.team()

    def during() -> None:
        for each in (other, team):
            send(each, "tickets/tkt_1")
            send(each, "tickets")

    code, lines, said, err = tail(team, tmp_path, "--status", "4xx", "--method", "GET", during=during, lines=1)
    assert code == 130
    (row,) = map(json.loads, lines)
    assert (row["method"], row["status"], row["path"].rpartition("/")[2]) == ("GET", 404, "tkt_1")
    assert row["requestId"].startswith("req_")
    assert row["durationMs"] > 0
    assert f"following the requests of team {team.id}" in said
    assert err == ""
    assert len(team.requests) == 2


def test_on_a_terminal_there_is_a_line_for_people(sandbox: Sandbox, tmp_path: Path) -> None:
    """On a terminal a line has the time, the status, the request and how long it took, and no control characters."""
    team = sandbox.team()
    outside, inside = pty.openpty()
    shown = bytearray()

    def during() -> None:
        send(team, "tickets/tkt_%1b%5b31m")
        while not shown.endswith(b"\n"):
            shown.extend(os.read(outside, 10_000))

    code, _, _, _ = tail(team, tmp_path, "--no-color", during=during, lines=0, stdout=inside)
    assert code == 130
    line = shown.decode()
    os.close(inside)
    os.close(outside)
    assert "  404  GET     tickets/tkt_%1b%5b31m  " in line
    assert " ms  req_" in line


def test_elsewhere_the_log_is_read_again_and_again(
    sandbox: Sandbox, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the service the tail polls: it says the cost first, leaves its own requests out, and the deadline ends it."""
    monkeypatch.setattr(polling, "SHORTEST", 0.05)
    team = sandbox.team()
    send(team, "tickets")

    def later() -> None:
        while len(team.requests) < 3:  # the second look has begun
            time.sleep(0.01)
        for number in range(3):
            send(team, f"tickets/tkt_{number}")

    with front(sandbox) as url, ThreadPoolExecutor() as threads:
        shell.use(team, CSTAR_BASE_URL=url)
        threads.submit(later)
        ran = shell("logs", "--tail", "--interval", "0.1", "--deadline", "1.5")
    assert ran.code == 0
    assert [each["path"].rpartition("/")[2] for each in ran.lines] == ["tkt_0", "tkt_1", "tkt_2"]
    assert "asking every 0.1 s, which takes 36000 of 1000 requests an hour" in ran.err
    assert len(team.requests) > 8


def test_it_stops_at_the_reserve(sandbox: Sandbox, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Polling ends before it takes what other programs need: exit code 5."""
    monkeypatch.setattr(polling, "SHORTEST", 0.0)
    team = sandbox.team()
    application = sandbox._running().application
    caller = Caller(team.secret_key, "secret", "test", team.id, team.name, team.slug)
    for _ in range(895):
        application.rate_limiter.spend(caller, application.clock.time())
    with front(sandbox) as url:
        shell.use(team, CSTAR_BASE_URL=url)
        ran = shell("logs", "--tail", "--interval", "0.01", "--deadline", "20")
    assert len(team.requests) == 5
    assert ran.code == 5
    assert "are left to others" in ran.message


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--tail", "--status", "bad"], "is neither a status"),
        (["--tail", "-o", "table"], "--tail writes lines"),
        (["--tail", "--json"], "--tail writes lines"),
        (["--tail", "--interval", "2"], "at least 10"),
        (["--tail", "--curl"], "--curl cannot be used with --tail"),
        (["--tail", "--all"], "--all cannot be used with --tail"),
        (["--tail", "--max-items", "3"], "--max-items cannot be used with --tail"),
        (["--tail", "--limit", "3"], "--limit cannot be used with --tail"),
        (["--tail", "--cursor", "x"], "--cursor cannot be used with --tail"),
        (["--status", "4xx", "list"], "options of list are written after it"),
        (["lists"], "Did you mean list"),
    ],
)
def test_mistakes(shell: Shell, words: list[str], message: str) -> None:
    """Options that make no sense are refused."""
    ran = shell("logs", *words)
    assert ran.code == 2
    assert message in ran.message


def test_help_and_mistakes_load_little() -> None:
    """Help and mistakes load neither aiohttp nor rich nor keyring."""
    program = """
import sys
from cstar_async.cli import main
for words in (["listen", "--help"], ["listen", "--to", "ftp://x"], ["listen", "--events", "tikcet.*", "--where", "x"],
              ["trigger", "--help"], ["trigger", "nonsense"], ["trigger"], ["logs", "--help"], ["logs", "--tail", "x"],
              ["logs", "--tail", "--interval", "1"], ["logs", "list", "--help"], ["sandbox", "--help"],
              ["inbox", "--help"]):
    main(words)
print(sorted({"aiohttp", "rich", "keyring", "mcp"} & set(sys.modules)))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] == "[]"


def test_a_line_for_people_does_without_fields() -> None:
    """A request is shown without the fields that the service leaves out, and without what a terminal would obey."""
    assert logs._line({}, color=False) == "--:--:--  ---"
    row = {"createdAt": "soon", "status": 404, "method": "GET", "path": "/\x1b[31m", "durationMs": 1.6}
    assert logs._line(row, color=False) == "--:--:--  404  GET     /\u241b[31m  2 ms"
