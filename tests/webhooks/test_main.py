"""The command line of the inbox: `python -m cstar_async.webhooks`."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest

from cstar_async.webhooks import Event, EventDispatcher, RejectEvent
from cstar_async.webhooks.__main__ import main
from tests.support.postgres import postgres, postgres_server

from .clock import ManualClock
from .deliveries import SECRET, deliver

__all__ = ["postgres", "postgres_server"]


@pytest.fixture
def inbox(tmp_path: Path) -> str:
    """An inbox with two dead letters in one group and two handled events in another."""
    url = f"sqlite:///{tmp_path}/inbox.db"
    clock = ManualClock()

    async def fill() -> None:
        events = EventDispatcher(secrets=SECRET, inbox=url, clock=clock)

        @events.on("ticket.*", group="broken")
        async def broken(event: Event[Any]) -> None:
            raise RejectEvent("the search index is gone")

        @events.on("*", group="fine")
        async def fine(event: Event[Any]) -> None:
            pass

        async with events:
            await deliver(events, clock, 1, 2)
            await events.drain()

    asyncio.run(fill())
    return url


def run(capsys: pytest.CaptureFixture[str], inbox: str, *arguments: str) -> list[dict[str, Any]]:
    """Run a command that succeeds; the JSON objects that it prints."""
    assert main(["--inbox", inbox, *arguments]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_dead_letters_are_seen_and_redriven(inbox: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`dead-letters` lists what failed, and `redrive` has it tried again."""
    found = run(capsys, inbox, "dead-letters")
    assert [(each["event_id"], each["group"], each["error"]) for each in found] == [
        ("evt_1", "broken", "the search index is gone"),
        ("evt_2", "broken", "the search index is gone"),
    ]
    assert found[0]["died_at"] == "2025-12-10T14:30:00+00:00"
    assert len(run(capsys, inbox, "dead-letters", "--limit", "1")) == 1
    assert run(capsys, inbox, "dead-letters", "--group", "fine") == []
    assert run(capsys, inbox, "redrive", "--event", "evt_2") == [{"redriven": 1}]
    assert run(capsys, inbox, "redrive", "--all") == [{"redriven": 1}]
    assert run(capsys, inbox, "dead-letters") == []


def test_stats_replay_prune_and_forget(inbox: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command does what it says and prints the count."""
    broken, fine = run(capsys, inbox, "stats")
    assert (broken["group"], broken["dead"], broken["done"], broken["patterns"]) == ("broken", 2, 0, ["ticket.*"])
    assert (fine["group"], fine["done"], fine["pending"], fine["oldest"]) == ("fine", 2, 0, None)
    since = ("--since", "2025-12-01T00:00Z")
    assert run(capsys, inbox, "replay", *since, "--types", "customer.*") == [{"replayed": 0}]
    assert run(capsys, inbox, "replay", *since, "--group", "fine") == [{"replayed": 2}]
    assert run(capsys, inbox, "replay", "--since", "1h") == [{"replayed": 0}]
    assert run(capsys, inbox, "prune") == [{"bodies": 0, "events": 0}]
    assert run(capsys, inbox, "forget", "fine") == [{"forgotten": "fine", "given_up": 2}]
    assert run(capsys, inbox, "forget", "broken") == [{"forgotten": "broken", "given_up": 0}]
    assert run(capsys, inbox, "prune", "--retention", "1d") == [{"bodies": 2, "events": 2}]


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["redrive"], 1, "--event, --group or --all"),
        (["forget", "nobody"], 1, "nobody"),
        (["replay", "--since", "1h", "--group", "nobody"], 1, "nobody"),
        (["replay", "--since", "soon"], 2, "soon"),
        (["replay", "--since", "1h", "--types", "ticket*"], 2, "is not a pattern"),
        (["prune", "--retention", "35"], 2, "35d"),
        (["prune", "--retention", "-1d"], 2, "--retention"),
        (["prune", "--max-age", f"{10**400}d"], 2, "is not a duration"),
        (["dead-letters", "--limit", "0"], 2, "'0' is not a whole number, 1 or more"),
        (["dead-letters", "--limit", "-3"], 2, "--limit"),
        (["dead-letters", "--limit", "1.5"], 2, "'1.5' is not a whole number"),
        ([], 2, "command"),
    ],
)
def test_mistakes_are_named(
    inbox: str, arguments: list[str], status: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong argument is named on stderr, with the exit code 1 or 2."""
    try:
        found = main(["--inbox", inbox, *arguments])
    except SystemExit as stop:
        found = int(stop.code or 0)
    assert found == status
    assert words in capsys.readouterr().err


def test_a_mistyped_inbox_is_named_and_not_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A path without an inbox is named on stderr, and no file is made."""
    assert main(["--inbox", f"sqlite:///{tmp_path}/nowhere.db", "stats"]) == 1
    assert "no inbox" in capsys.readouterr().err
    (tmp_path / "text.db").write_text("not a database, " * 100)
    assert main(["--inbox", f"sqlite:///{tmp_path}/text.db", "stats"]) == 1
    assert "cannot be opened" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["text.db"]


@pytest.mark.parametrize("kind", ["another's", "empty"])
def test_a_database_without_an_inbox_is_not_changed(
    tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command makes no tables in a SQLite file without an inbox."""
    path = tmp_path / "other.db"
    path.touch()
    if kind != "empty":
        with contextlib.closing(sqlite3.connect(path)) as database:
            database.execute("CREATE TABLE own (id)")
    before = path.read_bytes()
    assert main(["--inbox", f"sqlite:///{path}", "stats"]) == 1
    assert f"there is no inbox in {path}" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "command", ["stats", "dead-letters", "redrive --all", "prune", "replay --since 1h", "forget all"]
)
def test_a_server_without_an_inbox_is_not_changed(
    postgres: str, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A command makes no tables in a PostgreSQL database without an inbox."""

    async def relations() -> int:
        connection = await asyncpg.connect(postgres)
        found: int = await connection.fetchval("SELECT count(*) FROM pg_class")
        await connection.close()
        return found

    before = asyncio.run(relations())
    assert main(["--inbox", postgres, *command.split()]) == 1
    shown = capsys.readouterr()
    words = r"there is no inbox in database 'test_[^']+' \(searched schema public\)"
    assert re.fullmatch(words, shown.err.strip())
    assert shown.out == ""
    assert asyncio.run(relations()) == before


def test_the_search_path_decides_where_the_inbox_is(postgres: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An inbox in PostgreSQL is found by its search_path, and not found by another one."""
    events = EventDispatcher(secrets=SECRET, inbox=postgres)
    events.on("*", group="fine")(ignore)

    async def make() -> None:
        async with events:
            pass

    asyncio.run(make())
    assert [each["group"] for each in run(capsys, postgres, "stats")] == ["fine"]
    assert main(["--inbox", f"{postgres}&search_path=elsewhere", "stats"]) == 1
    assert "no schema of the search_path exists" in capsys.readouterr().err


async def ignore(event: Event[Any]) -> None:
    """A handler."""


def test_an_inbox_in_memory_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """`memory:` is refused, since it is in its own process only."""
    assert main(["--inbox", "memory:", "stats"]) == 1
    assert "only exists in the process that opened it" in capsys.readouterr().err


def test_the_inbox_may_be_named_after_the_command(
    inbox: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """`--inbox` is accepted after the command too."""
    monkeypatch.delenv("CSTAR_INBOX", raising=False)
    assert main(["stats", "--inbox", inbox]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_as_a_command(inbox: str) -> None:
    """It runs with `python -m`, and reads the inbox from CSTAR_INBOX, which keeps it out of the process list."""
    line = [sys.executable, "-m", "cstar_async.webhooks", "stats"]
    done = subprocess.run(line, env={"CSTAR_INBOX": inbox}, capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 2
    none = subprocess.run(line, env={}, capture_output=True, text=True, check=False)
    assert (none.returncode, "CSTAR_INBOX" in none.stderr) == (2, True)


def test_errors_of_postgres_name_the_database(postgres: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An error of PostgreSQL is one line on stderr that names the database."""

    async def execute(sql: str) -> Any:
        connection = await asyncpg.connect(postgres)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    async def make() -> None:
        async with EventDispatcher(secrets=SECRET, inbox=postgres):
            pass

    name = urlsplit(postgres).path
    assert main(["--inbox", postgres, "stats"]) == 1
    assert capsys.readouterr().err.startswith("there is no inbox in ")
    assert asyncio.run(execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")) == 0
    asyncio.run(make())
    assert run(capsys, postgres, "redrive", "--all") == [{"redriven": 0}]
    asyncio.run(execute("DROP TABLE cstar_inbox_lanes"))
    assert main(["--inbox", postgres, "redrive", "--all"]) == 1
    assert f"{name} failed: UndefinedTableError: " in capsys.readouterr().err
