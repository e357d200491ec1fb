"""`cstar outbox`: what is in an outbox, and what is done with it."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from cstar_async.cli.exits import Exit
from cstar_async.outbox import Outbox

if TYPE_CHECKING:
    from pathlib import Path

    from cstar_async.sandbox import Sandbox, Team
    from tests.support.command_line import CommandLine


@pytest.fixture
def outbox(tmp_path: Path, cstar_team: Team, cstar_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> str:
    """An outbox with a ticket, an update that is refused, and an entry of another team; it is in CSTAR_OUTBOX."""
    url = f"sqlite:///{tmp_path}/outbox.db"

    async def fill() -> None:
        async with cstar_team.client() as cstar, cstar_sandbox.team().client() as other, Outbox(url) as box:
            await box.put(cstar.tickets.create(title="Printer on fire"))
            await box.put(cstar.tickets.update("tkt_none", status="closed"))
            await box.put(other.tickets.create(title="theirs"))

    asyncio.run(fill())
    monkeypatch.setenv("CSTAR_OUTBOX", url)
    return url


@pytest.mark.usefixtures("team_key")
def test_an_outbox_is_listed_sent_and_repaired(cstar: CommandLine, outbox: str, cstar_team: Team) -> None:
    """The entries are listed without their content; this team's are sent; a failed one is queued again or removed."""
    listed = cstar("outbox", "list")
    assert [(each["id"], each["operation"], each["state"]) for each in listed.lines] == [
        (1, "tickets.create", "queued"),
        (2, "tickets.update", "queued"),
        (3, "tickets.create", "queued"),
    ]
    assert "Printer" not in listed.out
    sent = cstar("outbox", "flush", "--deadline", "30")
    assert (sent.code, [each["state"] for each in sent.lines]) == (Exit.PARTLY, ["done", "failed"])
    assert sent.message == "1 of 2 are not done"
    assert sent.lines[0]["value"]["title"] == "Printer on fire"
    (failed,) = cstar("outbox", "list", "--state", "failed", "--state", "uncertain").lines
    assert (failed["path_args"], failed["check"]) == (["tkt_none"], 'tickets.get("tkt_none")')
    assert cstar("outbox", "retry", "2", "--json").code == 0
    assert cstar("outbox", "retry", "2").message.startswith("the entry 2 of the outbox is queued")
    assert cstar("outbox", "clear", "2").err.strip() == "removed 1"
    again = cstar("outbox", "flush")
    assert (again.code, again.out, again.err.strip()) == (0, "", "1 are queued, for this team or others")
    assert "which entries?" in cstar("outbox", "clear").message
    assert "or --all, not both" in cstar("outbox", "clear", "1", "--all").message
    assert cstar("outbox", "clear", "--all").err.strip() == "removed 2"
    assert cstar("outbox", "list").out == ""


def test_mistakes(cstar: CommandLine, tmp_path: Path) -> None:
    """An outbox that does not exist is not made, and one must be named."""
    assert cstar("outbox", "list").code == Exit.USAGE
    found = cstar("outbox", "list", "--outbox", f"sqlite:///{tmp_path}/none.db")
    assert (found.code, found.message) == (Exit.ERROR, f"there is no outbox in {tmp_path}/none.db")
    assert not (tmp_path / "none.db").exists()
    assert "no outbox in memory" in cstar("outbox", "list", "--outbox", "memory:").message
    assert "memory: or sqlite:///" in cstar("outbox", "list", "--outbox", "redis://h").message


@pytest.mark.parametrize("number", ["99", str(10**30)])
def test_an_entry_that_does_not_exist(number: str, cstar: CommandLine, outbox: str) -> None:
    """An id that no entry has is an error of retry and of clear, however large; the other ids are removed."""
    retried = cstar("outbox", "retry", number)
    assert (retried.code, retried.message) == (Exit.ERROR, f"the outbox has no entry {number}")
    cleared = cstar("outbox", "clear", number, "1")
    assert (cleared.code, cleared.message) == (Exit.ERROR, f"the outbox has no entry {number}")
    assert [each["id"] for each in cstar("outbox", "list").lines] == [2, 3]


def test_entries_that_are_being_sent_stay(cstar: CommandLine, outbox: str, tmp_path: Path) -> None:
    """Clear removes all but what is being sent, and says how many stay; by its id it is an error."""
    with closing(sqlite3.connect(tmp_path / "outbox.db")) as database:
        database.execute("UPDATE cstar_outbox_entries SET state = 'sending' WHERE number = 1")
        database.commit()
    assert "the entry 1 of the outbox is sending" in cstar("outbox", "clear", "1").message
    assert cstar("outbox", "clear", "--all").err.strip() == "removed 2; 1 stay, since they are being sent"
    assert [each["id"] for each in cstar("outbox", "list").lines] == [1]
