"""Many objects from the command line: plans, input with line numbers, reports, journals, and exports to files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from filelock import lock_descriptor

from cstar_async.cli.exits import Exit
from tests.support.command_line import ROOT, on_terminal

if TYPE_CHECKING:
    from cstar_async.sandbox import Faults, Team
    from tests.support.command_line import CommandLine


pytestmark = pytest.mark.usefixtures("team_key")


def filled(cstar: CommandLine, count: int) -> list[str]:
    """Make tickets, and return their ids."""
    rows = "".join(json.dumps({"title": f"Ticket {number}"}) + "\n" for number in range(count))
    assert cstar("tickets", "import", "-", stdin=rows).code == 0
    found = cstar("tickets", "export", "-o", "ids").out.split()
    assert len(found) == count
    return found


def asked(team: Team, path: str) -> int:
    """How many requests of the team have reached this path."""
    return sum(record.path.endswith(path) for record in team.requests)


def test_many_are_changed_in_few_requests(cstar: CommandLine, cstar_team: Team) -> None:
    """Ids from standard input, one a line or as JSON lines, are changed in batches; the plan is said before."""
    ids = filled(cstar, 150)
    lines = [*ids[:75], "", *(json.dumps({"id": i, "title": "x"}) for i in ids[75:]), ids[0]]
    ran = cstar(
        "tickets", "update-many", "--status", "closed", "--tags", "a", "--clear", "notes", stdin="\n".join(lines)
    )
    assert (ran.code, ran.out) == (0, "")
    plan, report = ran.err.splitlines()
    assert plan.startswith("plan: 150 changes in 2 requests, 1 duplicate left out; no waiting")
    assert plan.endswith("requests of this hour are left")
    assert report == "150 done, 1 duplicate left out; 2 requests"
    assert asked(cstar_team, "/bulk") == 2
    rows = cstar("tickets", "list", "--all", "--fields", "status,tags").lines
    assert rows == [{"status": "closed", "tags": ["a"]}] * 150


def test_failures_are_lines_that_the_command_reads_again(cstar: CommandLine, tmp_path: Path) -> None:
    """What failed is written as JSON lines with the id, the exit code is 7, and the rest is done."""
    (first, second) = filled(cstar, 2)
    (tmp_path / "ids").write_text(f"{first}\ntkt_missing\n{second}\n")
    ran = cstar("tickets", "delete-many", "--ids-file", str(tmp_path / "ids"))
    assert ran.code == Exit.PARTLY
    (line,) = ran.lines
    assert (line["id"], line["outcome"], line["code"]) == ("tkt_missing", "failed", "resource_missing")
    assert ran.error["failed"] == 1
    assert ran.error["succeeded"] == 2
    again = cstar("tickets", "delete-many", stdin=ran.out)
    assert [line["id"] for line in again.lines] == ["tkt_missing"]
    assert cstar("tickets", "list").out == ""


def test_each_is_changed_in_its_own_way(cstar: CommandLine) -> None:
    """Rows with an id and fields change each object by its row."""
    first, second = filled(cstar, 2)
    rows = f'id,priority,tags,metadata.plan\n{first},urgent,"a, b",pro\n{second},,,basic\n'
    ran = cstar("tickets", "update-each", "-", stdin=rows)
    assert (ran.code, ran.err.splitlines()[-1]) == (0, "2 done; 2 requests")
    found = {row["id"]: row for row in cstar("tickets", "list").lines}
    assert (found[first]["priority"], found[first]["tags"], found[first]["metadata"]) == (
        "urgent",
        ["a", "b"],
        {"plan": "pro"},
    )
    assert (found[second]["priority"], found[second]["metadata"]) == ("normal", {"plan": "basic"})


CUSTOMERS = """\
name,email,tags,customFields.age,metadata.plan,custom_fields,status
"Doe, Jane",jane@example.com,"a,b",41,pro,"{""seats"": 5}",active
"Two
lines",two@example.com,"[""a,b""]",,,,
"""


def test_a_csv_file_is_imported(cstar: CommandLine, tmp_path: Path) -> None:
    """Columns by wire or Python name, keys in objects, types by the table, and nothing for an empty cell."""
    path = tmp_path / "customers.csv"
    path.write_bytes(b"\xef\xbb\xbf" + CUSTOMERS.replace("\n", "\r\n").encode())
    dry = cstar("customers", "import", str(path), "--dry-run")
    assert dry.code == 0
    assert dry.err.startswith("plan: 2 changes in 1 request; no waiting")
    assert dry.lines == [
        {
            "name": "Doe, Jane",
            "email": "jane@example.com",
            "tags": ["a", "b"],
            "customFields": {"seats": 5, "age": "41"},
            "metadata": {"plan": "pro"},
            "status": "active",
        },
        {"name": "Two\r\nlines", "email": "two@example.com", "tags": ["a,b"]},
    ]
    assert cstar("customers", "list").out == ""
    done = cstar("customers", "import", str(path))
    assert (done.code, done.err.splitlines()[-1]) == (0, "2 done, 2 created; 1 request")
    again = cstar("customers", "import", str(path), "--merge-strategy", "update")
    assert again.err.splitlines()[-1] == "2 done, 2 updated; 1 request"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        (
            "name,email,status\nJane,,active\nJohn,j@example.com,actives\nJim,jim@example.com\n",
            [
                "line 2: email is missing",
                "line 3: status: 'actives' is not one of active, inactive; did you mean active?",
                "line 4: 2 cells for 3 columns",
            ],
        ),
        (
            '{"name":"Jane","email":5}\nnonsense\n\n{"nme":"x","name":"J","email":"j@example.com"}\n[]\n',
            [
                "line 1: email must be text, got a number",
                "line 2: not a JSON object",
                "line 4: unknown field 'nme', did you mean name?",
                "line 5: not a JSON object",
            ],
        ),
        ('\nname,email\n\n"a\nb",\n"x', ["line 4: email is missing", "line 6: not CSV: unexpected end of data"]),
        ("name;email;metadata\nx;y;nonsense\n", ["line 2: metadata: not JSON: 'nonsense'"]),
    ],
)
def test_each_bad_row_is_named_by_its_line(
    cstar: CommandLine, cstar_team: Team, text: str, problems: list[str]
) -> None:
    """A dry run names every bad row; the command itself refuses the file, and sends nothing."""
    dry = cstar("customers", "import", "-", "--dry-run", stdin=text)
    assert dry.code == Exit.USAGE
    assert dry.err.splitlines()[1:-1] == problems
    ran = cstar("customers", "import", "-", stdin=text)
    assert ran.code == Exit.USAGE
    for problem in problems:
        assert problem in ran.error["message"]
    assert not cstar_team.requests


def test_each_change_needs_an_id_and_a_field(cstar: CommandLine, cstar_team: Team) -> None:
    """A row of `update-each` without an id or without a change is a bad row."""
    ran = cstar("tickets", "update-each", "-", stdin="id,title\n,x\ntkt_1,\ntkt_2,y\n")
    assert ran.code == Exit.USAGE
    assert "line 2: id is missing" in ran.error["message"]
    assert "line 3: no field to change" in ran.error["message"]
    assert "line 4" not in ran.error["message"]
    assert not cstar_team.requests


@pytest.mark.parametrize(
    ("head", "problem"),
    [
        ("name,emial,plan", "line 1: unknown field 'emial', did you mean email?; unknown field 'plan'"),
        ("name,email,name", "two columns for one field: name"),
        ("custom_fields.a,customFields.a", "two columns for one field: customFields.a, custom_fields.a"),
        ("tags.a", "unknown field 'tags.a', did you mean tags?"),
    ],
)
def test_unknown_columns_are_an_error_that_names_the_columns(cstar: CommandLine, head: str, problem: str) -> None:
    """A column that is no field ends the command, with the fields that there are."""
    ran = cstar("customers", "import", "-", "--dry-run", stdin=f"{head}\nx,y,z\n")
    assert ran.code == Exit.USAGE
    assert problem in ran.error["message"]
    assert "metadata.KEY" in ran.error["message"]


def test_unknown_values_can_be_sent_unchecked(cstar: CommandLine) -> None:
    """`--unchecked` sends a value of an enumeration that is not known here."""
    ran = cstar("customers", "import", "-", "--dry-run", "--unchecked", stdin="name,email,status\nx,y,new\n")
    assert (ran.code, ran.lines) == (0, [{"name": "x", "email": "y", "status": "new"}])


def test_what_the_service_refuses_is_named_by_its_line(cstar: CommandLine) -> None:
    """A record that the service refuses is a line of output with its line in the input."""
    text = 'name,email\n"a\nb",one@example.com\nx,not an address\n'
    ran = cstar("customers", "import", "-", stdin=text)
    assert ran.code == Exit.PARTLY
    assert [(line["line"], line["outcome"]) for line in ran.lines] == [(4, "failed")]


def test_a_cell_may_be_long(cstar: CommandLine) -> None:
    """A text of more than 128 K, Python's own limit for a cell, is read: an article may be that long."""
    ran = cstar("articles", "import", "-", "--dry-run", stdin=f"title,content\nx,{'y' * 200_000}\n")
    assert (ran.code, len(ran.lines[0]["content"])) == (0, 200_000)


@pytest.mark.parametrize("text", ["not an id\n", '{"name":"x"}\n', "a,b\n", "tkt_\x1b[31m\n", "{}\n", "5 6\n"])
def test_what_is_no_id_is_refused(cstar: CommandLine, cstar_team: Team, text: str) -> None:
    """A line that is no id stops the command before anything is sent."""
    ran = cstar("tickets", "delete-many", stdin=f"tkt_1\n{text}")
    assert ran.code == Exit.USAGE
    assert "line 2: not an id" in ran.error["message"]
    assert "\x1b" not in ran.err
    assert not cstar_team.requests


def test_a_change_is_needed_and_checked(cstar: CommandLine) -> None:
    """`update-many` without a field, or with a bad one, is an error of usage."""
    assert cstar("tickets", "update-many", stdin="tkt_1\n").error["message"] == "give at least one field to change"
    ran = cstar("tickets", "update-many", "--status", "close", stdin="tkt_1\n")
    assert ran.code == Exit.USAGE
    assert "did you mean closed?" in ran.error["message"]
    assert cstar("tickets", "delete-many", "--ids-file", "/nowhere").error["message"].startswith("/nowhere cannot be")


def test_a_dry_run_needs_no_key(cstar: CommandLine, monkeypatch: pytest.MonkeyPatch, cstar_team: Team) -> None:
    """A dry run sends nothing, and works without a key."""
    monkeypatch.delenv("CSTAR_API_KEY")
    ran = cstar("tickets", "update-many", "--status", "closed", "--dry-run", stdin="tkt_1\n" * 3 + "tkt_2\n")
    assert (ran.code, ran.lines[-1]) == (0, {"id": "tkt_2", "status": "closed"})
    assert ran.err == "plan: 2 changes in 1 request, 2 duplicates left out; no waiting at the pace of the quota\n"
    assert cstar("tickets", "delete-many", stdin="tkt_1").code == Exit.DENIED
    assert not cstar_team.requests


def test_a_live_key_needs_yes(cstar: CommandLine, monkeypatch: pytest.MonkeyPatch, cstar_team: Team) -> None:
    """With a live key and no terminal, `--yes` is needed."""
    monkeypatch.setenv("CSTAR_API_KEY", "sk_live_" + "0" * 32)
    ran = cstar("tickets", "update-many", "--status", "closed", stdin="tkt_1\n")
    assert ran.code == Exit.USAGE
    assert "tickets update-many changes 1 object, and the key is a live one; pass --yes" in ran.error["message"]
    assert not cstar_team.requests
    # The sandbox knows no such key, but it was asked.
    assert cstar("tickets", "update-many", "--status", "closed", "--yes", stdin="tkt_1\n").code == Exit.DENIED


def test_the_key_may_be_the_first_line(cstar: CommandLine, monkeypatch: pytest.MonkeyPatch, cstar_team: Team) -> None:
    """`--key-stdin` reads one line, and the ids are those after it."""
    ids = filled(cstar, 2)
    monkeypatch.delenv("CSTAR_API_KEY")
    text = "\n".join([cstar_team.secret_key, *ids])
    ran = cstar("tickets", "delete-many", "--key-stdin", stdin=text)
    assert (ran.code, ran.err.splitlines()[-1]) == (0, "2 done; 1 request")


def test_a_job_goes_on_from_its_journal(cstar: CommandLine, cstar_faults: Faults, tmp_path: Path) -> None:
    """After a stop the same command with its journal does the rest, and nothing twice."""
    ids = "\n".join(filled(cstar, 250))
    words = ["tickets", "update-many", "--status", "closed", "--journal", str(tmp_path / "j"), "--concurrency", "1"]
    assert cstar(*words, stdin=ids).code == 0
    again = cstar(*words, stdin=ids)
    assert again.err.splitlines()[-1] == "250 done, 250 of them before; 0 requests"


def test_a_journal_is_checked_first(cstar: CommandLine, cstar_team: Team, tmp_path: Path) -> None:
    """A journal that cannot be used is said before a plan, also by a dry run; it says what is different."""
    journal = tmp_path / "j"
    words = ["tickets", "update-many", "--status", "closed", "--journal", str(journal)]
    assert cstar(*words, stdin="tkt_1\ntkt_2").code == Exit.PARTLY
    assert cstar(*words, stdin="tkt_1\ntkt_2").message == "0 done, 2 failed, 2 of them before; 0 requests"
    asked = len(cstar_team.requests)
    another = [*words[:3], "open", *words[4:]]
    deletes = ["tickets", "delete-many", *words[4:]]
    nowhere = [*words[:5], str(tmp_path / "no" / "j")]

    def refused(words: list[str], ids: str, problem: str) -> None:
        for option in ([], ["--dry-run"], ["--yes"]):
            ran = cstar(*words, *option, stdin=ids)
            assert (ran.code, ran.out, ran.err.count("\n")) == (Exit.USAGE, "", 1)
            assert problem in ran.message

    refused(words, "tkt_1", "the input has changed")
    refused(words, "tkt_2\ntkt_1", "the input has changed")
    refused(another, "tkt_1\ntkt_2", "another change")
    refused(deletes, "tkt_1\ntkt_2", "action is 'update'")
    refused(nowhere, "tkt_1\ntkt_2", "its folder does not exist")
    with journal.open("a") as file:
        assert lock_descriptor(file.fileno(), blocking=False)
        refused(words, "tkt_1\ntkt_2", "in use by another job")
    assert len(cstar_team.requests) == asked
    assert cstar(*words, "--dry-run", stdin="tkt_1\ntkt_2").code == 0


def test_what_is_in_doubt_is_said(cstar: CommandLine, cstar_faults: Faults) -> None:
    """A request without an answer leaves its ids in doubt: lines of output, and exit code 7."""
    (only,) = filled(cstar, 1)
    cstar_faults.add(path="bulk.run", times=None, reset=True)
    ran = cstar("tickets", "update-many", "--status", "closed", "--max-retries", "0", stdin=only)
    assert ran.code == Exit.PARTLY
    assert [(line["id"], line["outcome"]) for line in ran.lines] == [(only, "in_doubt")]
    assert ran.error["in_doubt"] == 1


def test_an_interrupt_leaves_a_journal(cstar: CommandLine, cstar_faults: Faults, tmp_path: Path) -> None:
    """SIGTERM, which does what Ctrl-C does, says where the job stopped; the same command goes on."""
    (tmp_path / "ids").write_text("\n".join(filled(cstar, 250)))
    cstar_faults.add(path="bulk.run", times=None, delay=0.4)
    words = [
        sys.executable,
        "-m",
        "cstar_async.cli",
        "tickets",
        "update-many",
        "--status",
        "closed",
        "--concurrency",
        "1",
    ]
    words += ["--journal", str(tmp_path / "journal"), "--ids-file", str(tmp_path / "ids")]
    process = subprocess.Popen(
        words, cwd=ROOT, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    journal = tmp_path / "journal"
    while not (journal.exists() and journal.read_text().count('"sent"') == 2):
        time.sleep(0.02)
        assert process.poll() is None
    time.sleep(0.15)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=10)
    assert process.returncode == Exit.INTERRUPTED
    assert "Traceback" not in err
    assert err.splitlines()[-1].startswith("stopped: 100 done, 100 in doubt")
    assert err.endswith(f"; the same command goes on from {journal}\n")
    assert {json.loads(line)["outcome"] for line in out.splitlines()} == {"in_doubt"}
    cstar_faults.clear()
    ran = cstar(*words[3:])
    assert ran.code == 0
    assert ran.err.splitlines()[-1].startswith("250 done, 100 of them before; ")
    assert cstar("tickets", "list", "--status", "closed", "--all", "-o", "ids").out.count("\n") == 250


def test_a_terminal_shows_progress_and_asks(cstar: CommandLine, tmp_path: Path) -> None:
    """On a terminal there is a progress bar, and the ids may come from a file."""
    (tmp_path / "ids").write_text("\n".join(filled(cstar, 3)))
    words = ["tickets", "update-many", "--status", "closed", "--ids-file", str(tmp_path / "ids")]
    code, text = cstar.on_terminal(*words)
    assert code == 0
    assert "update tickets" in text
    assert "3/3" in text
    assert "3 done; 1 request" in text
    live = {"CSTAR_API_KEY": "sk_live_" + "0" * 32}
    code, text = on_terminal(words, b"to go on", b"4\n", live)
    assert code == Exit.ERROR
    assert "Type 3 to go on" in text
    assert "nothing was done" in text
    code, text = on_terminal(words, b"to go on", b"\x03", live)
    assert code == Exit.INTERRUPTED
    assert "Traceback" not in text


def test_every_bulk_action_of_the_table_has_its_commands(cstar: CommandLine) -> None:
    """The commands follow from the table's column, and none takes the name of an operation."""
    from cstar_async._generated import operations
    from cstar_async.cli.tree import BULK

    found = [(operation.id, operation.bulk) for operation in operations.load_all().values() if operation.bulk]
    assert len(found) == 12
    for operation_id, (_, action, _) in found:
        words = operation_id.split(".")[:-1]
        for name in BULK[action]:
            ran = cstar(*words, name, "--help")
            assert ran.code == 0
            assert f"Example: cstar {' '.join(words)} {name}" in ran.out
            assert ".".join([*words, name]) not in operations.ids()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("id\ntkt_1\n", "line 1: the name of a column"),
        ("\n[\n", "line 2: a JSON array"),
        ('["tkt_1"]', "line 1: a JSON array"),
    ],
)
def test_ids_of_another_form_are_one_error(cstar: CommandLine, text: str, problem: str) -> None:
    """A line of columns or a JSON array is said as such, also by a dry run."""
    for option in ([], ["--dry-run"]):
        ran = cstar("tickets", "delete-many", *option, stdin=text)
        assert (ran.code, ran.out) == (Exit.USAGE, "")
        assert ran.message.startswith(problem)


def test_a_dry_run_shows_no_duplicates(cstar: CommandLine) -> None:
    """An id that is left out as a duplicate is not among the items that would be sent."""
    ran = cstar("tickets", "delete-many", "--dry-run", stdin="tkt_1\ntkt_1\ntkt_2\n")
    assert ran.lines == [{"id": "tkt_1"}, {"id": "tkt_2"}]
