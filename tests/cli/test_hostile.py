"""Input that is wrong, output that cannot be written, and terminals and locales that are unusual."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, BinaryIO

import pytest
from aiohttp import web
from rich.cells import cell_len

from cstar_async.cli import main
from cstar_async.cli.exits import Exit
from cstar_async.cli.output import Writer
from cstar_async.cli.state import load_orjson
from tests.support.command_line import ROOT
from tests.support.server import KEY, serve

if TYPE_CHECKING:
    from pathlib import Path

    from cstar_async.sandbox import Faults, Team
    from tests.support.command_line import CommandLine

pytestmark = pytest.mark.usefixtures("team_key")

CSTAR = [sys.executable, "-m", "cstar_async.cli"]
PLAIN = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
"""A locale in which Python takes the encoding for ASCII."""
CREATE = ("tickets", "create", "--title", "x")


@pytest.mark.parametrize(
    ("words", "stdin", "problem"),
    [
        (("tickets", "get", ".."), b"", "ticketId must be an id, got '..'"),
        (("tickets", "get", "..", "--curl"), b"", "ticketId must be an id, got '..'"),
        (("tickets", "get", ""), b"", "ticketId must be an id, got ''"),
        (("tickets", "get", "\udcff"), b"", "TICKET_ID cannot be sent: it contains a lone surrogate"),
        (("tickets", "create", "--input", "nofile.json"), b"", "not JSON; a file is written as @nofile.json"),
        (("tickets", "create", "--title", "\udcff", "--curl"), b"", "$.title cannot be sent: str is not valid UTF-8"),
        (("tickets", "create", "--input", "-"), b"", "not JSON: it is empty"),
        (("tickets", "create", "--input", "-"), b'{"title":"\xff"}', "standard input is not UTF-8 (byte 10)"),
        (("tickets", "create", "--input", "[1"), b"", "not JSON: "),
        ((*CREATE, "--metadata", "@"), b"", "@ must have the name of a file behind it"),
        ((*CREATE, "--metadata", "n:=" + "9" * 30), b"", "$.metadata.n cannot be sent: Integer exceeds 64-bit range"),
        (("tickets", "update", "t", "--clear", "notes", "--notes", "x"), b"", "--notes and --clear notes exclude each"),
        (("tickets", "list", "--timeout", "0"), b"", "timeout must be a positive number of seconds, got 0.0"),
        (("tickets", "list", "--timeout", "nan"), b"", "timeout must be a number of seconds, got nan"),
        (("tickets", "list", "--deadline", "nan"), b"", "deadline must be a number of seconds, got nan"),
        (("tickets", "list", "--max-retries", "-1"), b"", "--max-retries must be 0 or more, got -1"),
        (("tickets", "list", "-o", "xml"), b"", "'xml' is not one of 'table', "),
        (("tickets", "delete-many"), b"\xff\n", "- is not UTF-8"),
        (("tickets", "update", "t"), b"", "give at least one field to change"),
        (("tickets", "update", "t", "--input", "{}", "--curl"), b"", "give at least one field to change"),
        (("tickets", "list", "--all", "--max-items", "1"), b"", "--all and --max-items exclude each other"),
        (("tickets", "list", "--json", "-o", "csv"), b"", "--json and --output csv exclude each other"),
        (("profiles", "list", "--json", "-o", "csv"), b"", "--json and --output csv exclude each other"),
        (("tickets", "list", "--status", "new", "--status", "open"), b"", "--status takes one value, and it is given"),
        (("tickets", "list", "--fields", "id,titel"), b"", "the result has no field 'titel'; did you mean title?"),
        (("tickets", "list", "--fields", "customer.nme"), b"", "customer has no field 'nme'; did you mean name?"),
        (("tickets", "list", "--fields", "tags.x"), b"", "tags has no field 'x'; it has no fields"),
        (("tickets", "export", "--fields", "xyz"), b"", "the result has no field 'xyz'; there are id, object, title, "),
        (("logs", "--tail", "--fields", "pth"), b"", "the result has no field 'pth'; did you mean path?"),
        (("keys", "create", "--name", "x", "-o", "ids"), b"", "a secret that is shown only once, and it would be lost"),
        (("keys", "create", "--name", "x", "-o", "table"), b"", "add key to --fields, or leave out --fields and"),
        (("keys", "create", "--name", "x", "--fields", "name"), b"", "add key to --fields"),
        (("-o", "csv", "tickets", "list"), b"", "No such option '-o'. Options of a command stand after its name."),
        (
            ("tickets", "import", "-"),
            b'[{"title": "x"}]',
            "a JSON array; write an object a line, as `jq -c '.[]'` does",
        ),
        (
            ("tickets", "import", "-"),
            b"title,createdAt\n",
            "the service sets createdAt, so they cannot be in the input",
        ),
        (("tickets", "import", "-"), b'{"title":"x","object":"ticket"}', "line 1: the service sets object, so they "),
        (("tickets", "list", "--base-url", "http://a.example"), b"", "for example), set CSTAR_ALLOW_HTTP=1"),
        (("api", "GET", "/a b"), b"", "must be percent-encoded"),
        (
            ("customer-auth", "login", "team", "--email", "a@b.c", "--password-stdin"),
            b"\n",
            "--password-stdin: the first line of standard input is empty",
        ),
    ],
)
def test_bad_input_is_refused_in_a_line(
    cstar: CommandLine, cstar_team: Team, words: tuple[str, ...], stdin: bytes, problem: str
) -> None:
    """What cannot be sent is one line on standard error, with exit code 2, and nothing is sent."""
    ran = cstar(*words, stdin=stdin)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (Exit.USAGE, "", 1)
    assert problem in ran.error["message"]
    assert not cstar_team.requests


@pytest.mark.parametrize(
    "words", [["--fields", "key"], ["--fields", "id,key", "-o", "table"], ["-o", "csv"], ["-o", "tsv"], ["--json"]]
)
def test_a_new_key_is_always_shown(cstar: CommandLine, words: list[str]) -> None:
    """In each format that is not refused, the key that the service shows only once is in the output."""
    assert "sk_test_" in cstar("keys", "create", "--name", "x", *words).out


def test_a_page_that_is_named_is_that_page(cstar: CommandLine) -> None:
    """`--page` and `--page-size` show one page, in one request; with `--all` or `--max-items` it goes on."""
    rows = "".join(json.dumps({"title": f"{number}"}) + "\n" for number in range(7))
    assert cstar("tickets", "import", "-", stdin=rows).code == 0
    ids = cstar("tickets", "list", "-o", "ids").out.split()
    for words, first, last in (
        (["--page", "2", "--page-size", "2"], 2, 4),
        (["--page-size", "3"], 0, 3),
        (["--page", "2", "--page-size", "2", "--all"], 2, 7),
        (["--page", "2", "--page-size", "2", "--max-items", "3"], 2, 5),
    ):
        ran = cstar("tickets", "list", "-o", "ids", "-v", *words)
        assert ran.out.split() == ids[first:last]
    ran = cstar("tickets", "list", "--page-size", "2", "-v")
    assert ran.err.count(": 200 in") == 1
    assert "showing 2 of 7; --all for all (1 request)" in ran.err
    ran = cstar("tickets", "list", "--page", "2", "--page-size", "2")
    assert ran.err == "showing 2 of 7; --all without --page for all (1 request)\n"


def test_a_list_is_emptied(cstar: CommandLine) -> None:
    """`--clear tags` sends a list without items."""
    made = cstar(*CREATE, "--tags", "a").value["id"]
    assert cstar("tickets", "update", made, "--clear", "tags").value["tags"] == []


def test_an_export_can_be_imported(cstar: CommandLine, tmp_path: Path) -> None:
    """The fields that the error of an import names make an export that it takes; `--out -` is standard output."""
    assert cstar(*CREATE).code == 0
    exported = cstar("tickets", "export", "-o", "csv", "--out", "-").out
    assert not (tmp_path / "-").exists()
    message = cstar("tickets", "import", "-", stdin=exported).message
    fields = message.partition("--fields ")[2].split()[0]
    exported = cstar("tickets", "export", "-o", "csv", "--fields", fields).out
    ran = cstar("tickets", "import", "-", "--merge-strategy", "update", stdin=exported)
    assert (ran.code, ran.err.splitlines()[-1]) == (0, "1 done, 1 updated; 1 request")


@pytest.mark.parametrize("data", [None, [], "x"])
async def test_a_result_that_is_none_is_an_error(cstar: CommandLine, data: object) -> None:
    """A 2xx without the object that was asked for is not a success; of a write, the outcome is said to be unknown."""
    keys: list[str | None] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        keys.append(request.headers.get("Idempotency-Key"))
        return web.json_response({"success": True, "data": data})

    async with serve(answer) as server:
        words = ("--key-stdin", "--team", "team", "--base-url", server.url)
        read = await asyncio.to_thread(cstar, "tickets", "get", "tkt_1", *words, stdin=KEY)
        written = await asyncio.to_thread(cstar, *CREATE, *words, stdin=KEY)
    assert (read.code, read.out, written.code, written.out) == (Exit.ERROR, "", Exit.ERROR, "")
    assert "200, but the result is not an object" in read.message
    assert ("outcome_unknown" in read.error, written.error["outcome_unknown"]) == (False, True)
    assert written.error["idempotency_key"] == keys[-1]


def test_known_values_are_taken_in_any_case(cstar: CommandLine) -> None:
    """`--status OPEN` sends the contract's spelling, in rows too, and so do choices of the command line itself."""
    ran = cstar("tickets", "list", "--status", "OPEN", "--priority", "Urgent", "-o", "IDS", "--curl")
    assert "?status=open&priority=urgent&" in ran.out
    rows = b"name,email,status\nx,y,ACTIVE\n"
    assert cstar("customers", "import", "-", "--dry-run", stdin=rows).lines[0]["status"] == "active"
    assert cstar("tickets", "update", "t", "--clear", "NOTES", "--curl").out.endswith("""'{"notes":null}'\n""")


def test_a_byte_order_mark_is_skipped(cstar: CommandLine) -> None:
    """A body from a file or a pipe may begin with a byte order mark, as those of some editors do."""
    ran = cstar("tickets", "create", "--input", "-", "--curl", stdin=b'\xef\xbb\xbf{"title":"x"}')
    assert ran.out.endswith("""'{"title":"x"}'\n""")


def test_a_field_that_does_not_exist_is_said(cstar: CommandLine) -> None:
    """A name of `--fields` that is not in the contract is refused; with `--unchecked` it is noted if no object has it.

    A field of null may have any, and a free object too.
    """
    assert cstar("tickets", "create", "--input", '{"title":"x","metadata":{"a":1}}').code == 0
    for words in (["list"], ["list", "-o", "tsv"], ["list", "--json"], ["export"]):
        ran = cstar("tickets", *words, "--unchecked", "--fields", "titel,id,metadata.a,notes.x,metadata.b")
        assert ran.err.startswith("no such field: titel, metadata.b; there are id, object, title, ")
        assert len(ran.err.splitlines()) == 1
    assert cstar("tickets", "list", "--fields", "title").err == ""
    assert cstar("tickets", "list", "--status", "closed", "--fields", "titel", "--unchecked").err == ""
    assert cstar("tickets", "list", "--fields", "metadata.b").err.startswith("no such field: metadata.b; ")


@pytest.mark.parametrize(
    "words",
    [
        ["tickets", "update-each", "/a\x1b[31mb"],
        ["tickets", "create", "--input", "@/a\x1b[31mb"],
        ["tickets", "export", "--out", "/a\x1b[31mb/c"],
        ["tickets", "a\x1b[31mb"],
        ["tickets", "list", "--a\x1b[31mb"],
        ["tickets", "list", "--status", "a\x1b[31mb"],
        ["tickets", "get", "a\x1b[31mb"],
        ["status", "--profile", "a\x1b[31mb"],
        ["api", "GET", "a\x1b[31mb"],
        ["tickets", "list", "--fields", "a\x1b[31mb", "--no-color"],
        ["tickets", "list", "--fields", "a\x1b[31mb", "-o", "csv"],
    ],
)
def test_arguments_never_act_on_a_terminal(cstar: CommandLine, words: list[str]) -> None:
    """Errors and headings with an argument in them have no control characters of it."""
    assert cstar(*CREATE).code == 0
    _, text = cstar.on_terminal(*words)
    assert text
    assert "\x1b" not in text


def test_cells_of_csv_are_texts_as_they_are(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    """Each line break is quoted, also a lone carriage return, and no text is changed, even one like a formula."""
    texts = ["a\rb", "a\nb", "a\r\nb", 'a"b', "a,b", "=1+1", "-1", "@x", "\x1b[31m", "\x00", "", "a\u2028b"]
    writer = Writer("csv", ["t"], chosen=True, color=False)
    writer.rows([{"t": text} for text in texts])
    written = capsysbinary.readouterr().out.decode()
    assert [row[0] for row in csv.reader(io.StringIO(written, newline=""))] == ["t", *texts]


@pytest.mark.parametrize(("columns", "shown"), [(60, 5), (40, 3), (20, 1), (5, 1)])
def test_tables_fit_into_narrow_terminals(cstar: CommandLine, columns: int, shown: int) -> None:
    """Wide characters and emoji count as what they take; an id is never cut, however narrow the terminal is."""
    title = "\u00e9\u4e2d\u6587\U0001f469e\u0301\U0001f1e9\U0001f1ea xx " * 5
    made = cstar("tickets", "create", "--title", title).lines[0]
    code, text = cstar.on_terminal("tickets", "list", "--no-color", columns=columns)
    head, row, *rest = text.splitlines()
    assert (code, len(head.split())) == (0, shown)
    assert row.startswith(made["id"])
    assert cell_len(row) <= max(columns, len(made["id"]))
    assert ["not shown" in line for line in rest] == [True] * (shown < 5)


@pytest.mark.parametrize("variables", [{"COLUMNS": "abc"}, {"COLUMNS": "-5"}, {"COLUMNS": "0"}, {"TERM": "dumb"}])
def test_nonsense_about_the_terminal_is_no_error(
    cstar: CommandLine, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]
) -> None:
    """A table is written, whatever the variables say of the terminal."""
    assert cstar(*CREATE).code == 0
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cstar("tickets", "list", "-o", "table").out.startswith("ID ")


def run(
    words: list[str],
    env: dict[str, str] | None = None,
    *,
    stdin: bytes | None = None,
    stdout: BinaryIO | int = subprocess.PIPE,
    stderr: BinaryIO | int = subprocess.PIPE,
) -> subprocess.CompletedProcess[bytes]:
    """Run a command in a process of its own."""
    environment = os.environ | (env or {})
    return subprocess.run(
        [*CSTAR, *words], cwd=ROOT, env=environment, input=stdin, stdout=stdout, stderr=stderr, check=False, timeout=30
    )


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")  # noqa: PTH110  # shorter
def test_a_full_disk_is_an_error_in_a_line() -> None:
    """Output that cannot be written is an error of one line; an error keeps its code; a warning changes nothing."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123  # a device
        for words in (["tickets", "create", "--help"], ["status"]):
            ran = run(words, stdout=full)
            assert (ran.returncode, ran.stderr.count(b"\n")) == (Exit.ERROR, 1), ran.stderr
            assert json.loads(ran.stderr)["error"]["message"] == "standard output: No space left on device"
        ran = run(["tickets", "create", "--title", "x"], stdout=full)
        error = json.loads(ran.stderr)["error"]
        assert (ran.returncode, error["exit"], error["status"], error["id"][:4]) == (
            Exit.ERROR,
            Exit.ERROR,
            201,
            "tkt_",
        )
        assert "was done, but its result cannot be written: No space left on device" in error["message"]
        assert run(["tickets", "lst"], stderr=full).returncode == Exit.USAGE
        ran = run(["status", "--offline", "--api-key", "sk_test_0123456789", "--team", "t"], stderr=full)
        assert (ran.returncode, b"sk_test" in ran.stdout) == (Exit.OK, True)


def test_nothing_is_done_when_the_output_is_closed(cstar_team: Team) -> None:
    """A command whose standard output is closed ends with 1 before it sends anything."""
    words = ["sh", "-c", 'exec "$@" >&-', "sh", *CSTAR, "keys", "create", "--name", "x"]
    ran = subprocess.run(words, cwd=ROOT, stderr=subprocess.PIPE, check=False, timeout=30)
    assert ran.returncode == Exit.ERROR
    assert json.loads(ran.stderr)["error"]["message"].startswith("standard output is closed, so nothing was done")
    assert not cstar_team.requests


def test_another_locale_changes_no_text() -> None:
    """Arguments and standard input are UTF-8, also where the locale says ASCII."""
    ran = run(["customers", "create", "--name", "Zo\u00eb", "--email", "z@example.com", "--curl"], PLAIN)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert '{"name":"Zo\u00eb",'.encode() in ran.stdout
    rows = 'name,email\r\n"Zo\u00eb\r\n",x\r\n'.encode()
    ran = run(["customers", "import", "-", "--dry-run"], PLAIN, stdin=rows)
    assert json.loads(ran.stdout) == {"name": "Zo\u00eb\r\n", "email": "x"}


def test_a_curl_command_runs(cstar: CommandLine, cstar_team: Team) -> None:
    """What `--curl` writes does in a shell what the command does, with the key in a variable."""
    title = 'It\'s "$HOME" `x` {a,b} [1-2] \\ \n!'
    for words in (["tickets", "create", "--title", title], ["api", "POST", "tickets", "--input", '{"title": "x"}']):
        text = cstar(*words, "--curl").out
        assert cstar_team.secret_key not in text
        ran = subprocess.run(["sh", "-c", text.replace("curl", "curl -s", 1)], capture_output=True, check=True)
        assert json.loads(ran.stdout)["success"] is True
    assert {row["title"] for row in cstar("tickets", "list").lines} == {title, "x"}


@pytest.mark.parametrize("words", [CREATE, ("api", "POST", "tickets", "--input", '{"title":"x"}')])
def test_a_curl_command_has_the_idempotency_key(cstar: CommandLine, words: tuple[str, ...]) -> None:
    """`--idempotency-key` is a header of the curl command."""
    assert "-H 'Idempotency-Key: order-1'" in cstar(*words, "--idempotency-key", "order-1", "--curl").out


def test_a_curl_command_without_a_team_says_so(cstar: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the service knows the team of a key, and `--curl` asks nobody: what is missing is said."""
    monkeypatch.delenv("CSTAR_TEAM_ID")
    ran = cstar("tickets", "list", "--curl")
    assert "/teams/{teamId}/tickets" in ran.out
    assert ran.err == "put the team's id in the place of {teamId}, or name it with --team\n"


def test_each_exit_code_is_that_of_the_process(cstar_team: Team, cstar_faults: Faults, tmp_path: Path) -> None:
    """The nine codes, as a shell sees them. That of an interrupt has a test of its own."""
    cstar_faults.add(path="customers.list", times=None, status=400)
    cstar_faults.add(path="articles.list", times=None, status=429)
    (tmp_path / "ids").write_text("tkt_none\n")
    commands = {
        Exit.OK: "tickets list",
        Exit.ERROR: "customers list",
        Exit.USAGE: "tickets lst",
        Exit.NOT_FOUND: "tickets get tkt_none",
        Exit.DENIED: "tickets list",
        Exit.LIMITED: "articles list --max-retries 0",
        Exit.NETWORK: "tickets list --max-retries 0 --base-url http://127.0.0.1:9",
        Exit.PARTLY: f"tickets delete-many --ids-file {tmp_path}/ids",
    }
    assert {*commands, Exit.INTERRUPTED} == set(Exit)
    processes = {
        code: subprocess.Popen(
            [*CSTAR, *words.split()],
            cwd=ROOT,
            env=os.environ | ({"CSTAR_API_KEY": ""} if code == Exit.DENIED else {}),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for code, words in commands.items()
    }
    assert {code: process.wait(30) for code, process in processes.items()} == {code: int(code) for code in commands}


def test_an_interrupt_while_modules_load_is_quiet(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Ctrl-C before the command has begun ends with 130 and no traceback."""

    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("cstar_async.cli.root.run", interrupted)
    assert main(["tickets", "list"]) == Exit.INTERRUPTED
    assert capsys.readouterr() == ("", "")


def test_an_interrupt_waits_until_orjson_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while orjson loads would end Python with a segmentation fault; it comes after that."""
    loaded: list[str] = []

    def load(name: str) -> None:
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        loaded.append(name)

    monkeypatch.setattr("cstar_async.cli.state.import_module", load)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a server in an earlier test may have its own
    try:
        with pytest.raises(KeyboardInterrupt):
            load_orjson()
    finally:
        signal.signal(signal.SIGINT, before)
    assert loaded == ["orjson"]
