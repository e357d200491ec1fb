"""What commands write: formats on a terminal and off it, exit codes, long lists, and texts of customers."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from aiohttp import web
from rich.cells import cell_len

from cstar_async.cli.exits import Exit
from cstar_async.cli.output import Writer, ago, printable
from tests.support.command_line import ROOT, on_terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cstar_async.sandbox import Faults, Team
    from tests.support.command_line import CommandLine

pytestmark = pytest.mark.usefixtures("team_key")

HOSTILE = "a\x1b[31mred\x1b]0;title\x07\r\n\x9b31m \u202egnp\t\x00\x7f b"
"""A title that colours the terminal, names it, goes back in its line, and turns text around."""


def create(cstar: CommandLine, **members: Any) -> dict[str, Any]:
    """Make a ticket."""
    ran = cstar("tickets", "create", "--input", json.dumps(members))
    assert ran.code == 0, ran.err
    found: dict[str, Any] = cstar("tickets", "get", ran.lines[0]["id"]).lines[0]
    return found


def test_formats_off_a_terminal(cstar: CommandLine) -> None:
    """JSON lines by default, and each format by name, for a list and for one object."""
    first = create(cstar, title="one", tags=["a", "b"], priority="urgent")
    second = create(cstar, title='two, "quoted"')
    words = ["tickets", "list", "--fields", "id,title,tags,customer.name"]
    rows = [
        {"id": second["id"], "title": 'two, "quoted"', "tags": [], "customer.name": None},
        {"id": first["id"], "title": "one", "tags": ["a", "b"], "customer.name": None},
    ]
    assert cstar(*words).lines == rows
    assert json.loads(cstar(*words, "--json").out) == json.loads(cstar(*words, "-o", "json").out) == rows
    assert list(csv.reader(io.StringIO(cstar(*words, "-o", "csv").out))) == [
        ["id", "title", "tags", "customer.name"],
        [second["id"], 'two, "quoted"', "[]", ""],
        [first["id"], "one", '["a","b"]', ""],
    ]
    assert cstar(*words, "-o", "tsv").out.splitlines()[2] == f"{first['id']}\tone\ta,b\t"
    assert cstar(*words, "-o", "ids").out == f"{second['id']}\n{first['id']}\n"
    table = cstar(*words, "-o", "table").out.splitlines()
    assert table[0].split() == ["ID", "TITLE", "TAGS", "CUSTOMER", "NAME"]
    assert table[2].split() == [first["id"], "one", "a,", "b", "-"]
    one = ["tickets", "get", first["id"]]
    assert cstar(*one).lines[0] == first
    assert cstar(*one, "--fields", "customer_id,tags").lines == [{"customerId": None, "tags": ["a", "b"]}]
    assert cstar(*one, "-o", "sheet", "--fields", "title,tags").out == "title  one\ntags   a, b\n"
    assert cstar(*one, "-o", "ids").out == f"{first['id']}\n"


def test_a_terminal_shows_tables_and_sheets(cstar: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal a list is a table and an object is a sheet; no id is cut at 80 columns, but long texts are."""
    made = create(cstar, title="Invoice \u8acb\u6c42\u66f8 " * 20)
    code, text = cstar.on_terminal("tickets", "list")
    shown = re.sub(r"\x1b\[[0-9;]*m", "", text)
    assert code == 0
    head, row = shown.splitlines()
    assert head.split() == ["ID", "TITLE", "STATUS", "PRIORITY", "UPDATED"]
    assert row.startswith(f"{made['id']}  Invoice 請求書 ")
    assert "…" in row
    assert cell_len(row) <= 80
    assert "\x1b[1m" in text
    for words in (["list", "--no-color"], ["list", "-o", "jsonl"], ["get", made["id"], "-o", "json"]):
        assert "\x1b" not in cstar.on_terminal("tickets", *words)[1]
    monkeypatch.setenv("NO_COLOR", "1")
    _, sheet = cstar.on_terminal("tickets", "get", made["id"])
    assert f"id{' ' * 16}  {made['id']}\r\n" in sheet
    assert "\x1b" not in sheet
    code, error = cstar.on_terminal("tickets", "get", "tkt_no")
    assert (code, error.startswith("error: 404 ")) == (Exit.NOT_FOUND, True)


def test_what_does_not_fit_is_said(cstar: CommandLine) -> None:
    """Ids are never cut: the last columns are left out, and named; columns that were chosen are all shown."""
    made = create(cstar, title="Invoice")
    _, text = cstar.on_terminal("tickets", "list", "--no-color", columns=30)
    assert text.splitlines()[1].split() == [made["id"], "Invoice"]
    assert text.splitlines()[2] == "not shown: status, priority, updatedAt; --fields chooses"
    _, text = cstar.on_terminal("tickets", "list", "--fields", "id,title,status,id", columns=30)
    assert text.count(made["id"]) == 2


def test_texts_never_act_on_a_terminal(cstar: CommandLine) -> None:
    """In each format, a title with control characters reaches a terminal without them."""
    made = create(cstar, title=HOSTILE, tags=[HOSTILE], metadata={HOSTILE: HOSTILE})
    one = ["get", made["id"]]
    for form, words in (("table", ["list"]), ("sheet", one), ("csv", ["list"]), ("tsv", one), ("json", one)):
        options = ("--no-color", "-o", form, "--fields", "title,tags,metadata")
        _, text = cstar.on_terminal("tickets", *words, *options, columns=300)
        assert "red" in text
        assert not re.search(r"[^\r\n\t -~\xa0-\uffff]|\r(?!\n)|\u202e", text), repr(text)


def test_json_of_a_hostile_text_is_the_same_on_a_terminal(cstar: CommandLine) -> None:
    """On a terminal JSON has escapes for what is not shown; it is the same JSON."""
    made = create(cstar, title=HOSTILE)
    _, text = cstar.on_terminal("tickets", "get", made["id"], "-o", "jsonl")
    assert json.loads(text) == made


def test_cells_of_tsv_are_texts_as_they_are(cstar: CommandLine) -> None:
    """Off a terminal a line of TSV is a row: escapes stand for a tab, an end of a line and a backslash."""
    escapes = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}
    texts = [HOSTILE, "\\t", "a\\", "a\rb\nc", "é\u202e"]
    for text in texts:
        made = create(cstar, title=text)
        head, line, end = cstar("tickets", "get", made["id"], "-o", "tsv", "--fields", "id,title").out.split("\n")
        assert (head, end) == ("id\ttitle", "")
        name, cell = line.split("\t")
        read = re.sub(r"\\[\\tnr]", lambda found: escapes[found[0]], cell)
        assert (name, read) == (made["id"], made["title"])


def test_all_or_some_of_a_list(cstar: CommandLine) -> None:
    """30 items by default, as many as asked, or all; what is left is said with its cost, in the fewest requests."""
    rows = "".join(json.dumps({"title": f"Ticket {number}"}) + "\n" for number in range(130))
    assert cstar("tickets", "import", "-", stdin=rows).code == 0
    ran = cstar("tickets", "list")
    assert (len(ran.lines), ran.err) == (30, "showing 30 of 130; --all for all (2 requests)\n")
    ran = cstar("tickets", "list", "--max-items", "105", "-o", "ids")
    assert (len(ran.out.split()), ran.err) == (105, "showing 105 of 130; --all for all (2 requests)\n")
    ran = cstar("tickets", "list", "--all", "-v", "-o", "ids")
    assert len(set(ran.out.split())) == 130
    *answers, quota = ran.err.splitlines()
    assert [answer.partition(",")[0] for answer in answers] == ["GET /api/v1/teams/{teamId}/tickets"] * 2
    assert re.fullmatch(r"quota: \d+ of 1,000 requests of this hour are left", quota)
    assert cstar("tickets", "list", "--max-items", "200").err == ""
    assert cstar("tickets", "list", "--max-items", "0").code == Exit.USAGE


class Pages:
    """A list of 10,000 tickets, served in another thread."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.delay = 0.0
        """Seconds for each page but the first."""
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.method == "POST":  # an export, which this key may not ask for
            return web.Response(status=403, body=b'{"success":false,"error":{"code":"forbidden","message":"no"}}')
        self.asked.append(request.path_qs)
        page, size = int(request.query["page"]) if "page" in request.query else 1, int(request.query["pageSize"])
        if page > 1:
            await asyncio.sleep(self.delay)
        rows = [{"id": f"t{n}", "title": "x" * 200} for n in range((page - 1) * size, page * size)]
        pagination = {"page": page, "pageSize": size, "total": 10_000, "hasMore": page * size < 10_000}
        body = orjson.dumps({"success": True, "data": rows, "pagination": pagination})
        return web.Response(body=body, content_type="application/json")


@contextmanager
def pages() -> Iterator[Pages]:
    """A running server of pages."""
    served, ready, loop = Pages(), threading.Event(), asyncio.new_event_loop()

    async def start() -> web.AppRunner:
        application = web.Application()
        application.router.add_route("*", "/{path:.*}", served.handle)
        runner = web.AppRunner(application)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ready.set()
        return runner

    def serve() -> None:
        runner = loop.run_until_complete(start())
        loop.run_forever()
        loop.run_until_complete(runner.cleanup())
        loop.close()

    thread = threading.Thread(target=serve)
    thread.start()
    ready.wait(10)
    try:
        yield served
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()


def settings(served: Pages, folder: Path) -> dict[str, str]:
    """The environment of a command for a server of pages."""
    return {
        **os.environ,
        "CSTAR_BASE_URL": served.url,
        "CSTAR_API_KEY": "sk_test_" + "0" * 32,
        "CSTAR_TEAM_ID": "team",
        "CSTAR_CONFIG_DIR": str(folder),
        "CSTAR": f"{sys.executable} -m cstar_async.cli",
    }


def test_a_reader_that_stops_ends_the_command(tmp_path: Path) -> None:
    """`| head -1` over 10,000 tickets: one line, no error, and at most two pages asked."""
    with pages() as served:
        served.delay = 0.2  # as from a service that is not on this machine
        for words in ("tickets list --all", "tickets export -o ids"):
            served.asked.clear()
            command = f"($CSTAR {words}; echo $? >&2) | head -1"
            ran = subprocess.run(
                command, check=False, shell=True, cwd=ROOT, env=settings(served, tmp_path), capture_output=True
            )
            assert ran.stdout.count(b"\n") == 1
            assert ran.stderr == b"0\n", ran.stderr
            listed = [path for path in served.asked if "/tickets" in path]
            assert len(listed) <= 2, listed


def test_a_reader_of_errors_that_stops_is_no_error(tmp_path: Path) -> None:
    """A closed stderr or stdout, before anything is written, ends the command quietly."""
    for command in ("$CSTAR tickets lst 2>&1 >/dev/null | true", "$CSTAR tickets list >&-"):
        with pages() as served:
            ran = subprocess.run(
                command, check=False, shell=True, cwd=ROOT, env=settings(served, tmp_path), capture_output=True
            )
        assert b"Traceback" not in ran.stderr, ran.stderr
        assert b"Exception ignored" not in ran.stderr, ran.stderr


def test_a_long_list_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    """All of 10,000 tickets, written page by page, take little more memory than 100 of them."""
    program = (
        "import resource, sys; from cstar_async import cli; code = cli.main(sys.argv[1:]); "
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(code)"
    )
    peaks = []
    with pages() as served:
        for words, count in ((["--max-items", "100"], 100), (["--all"], 10_000)):
            command = [sys.executable, "-c", program, "tickets", "list", *words]
            ran = subprocess.run(command, cwd=ROOT, env=settings(served, tmp_path), capture_output=True, check=True)
            assert ran.stdout.count(b"\n") == count
            peaks.append(int(ran.stderr.split()[-1]))
        assert len(served.asked) == 101
    assert peaks[1] - peaks[0] < 4_000  # kilobytes; the rows are 2,400


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"status": 401}, Exit.DENIED),
        ({"status": 403}, Exit.DENIED),
        ({"status": 404}, Exit.NOT_FOUND),
        ({"status": 400}, Exit.ERROR),
        ({"status": 500}, Exit.ERROR),
        ({"status": 429}, Exit.LIMITED),
        ({"reset": True}, Exit.NETWORK),
    ],
)
def test_exit_codes(cstar: CommandLine, cstar_faults: Faults, fault: dict[str, Any], code: Exit) -> None:
    """Each kind of error has its code, and is one JSON object on stderr."""
    cstar_faults.add(times=None, **fault)
    ran = cstar("tickets", "list", "--max-retries", "0")
    assert (ran.code, ran.out) == (code, "")
    assert ran.error["exit"] == code
    assert ran.error.get("status") == fault.get("status")
    assert len(ran.err.splitlines()) == 1


def test_more_exit_codes(cstar: CommandLine, cstar_team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    """A deadline, a timeout, no server, a publishable key, and a key that is none."""
    cstar_team.faults.add(times=None, hang=True)
    assert cstar("tickets", "list", "--deadline", "0.1").code == Exit.NETWORK
    assert cstar("tickets", "list", "--timeout", "0.1", "--max-retries", "0").code == Exit.NETWORK
    ran = cstar("tickets", "create", "--title", "x", "--timeout", "0.1", "--max-retries", "0")
    assert ran.error["outcome_unknown"] is True
    assert ran.error["idempotency_key"]
    url = "http://127.0.0.1:1"
    ran = cstar("tickets", "list", "--base-url", url, "--max-retries", "0")
    assert (ran.code, "ssl" in ran.message) == (Exit.NETWORK, False)
    assert cstar("tickets", "list", "--base-url", "nonsense").code == Exit.USAGE
    cstar_team.faults.clear()
    monkeypatch.setenv("CSTAR_API_KEY", cstar_team.publishable_key)
    assert cstar("tickets", "create", "--title", "x").code == Exit.DENIED
    monkeypatch.setenv("CSTAR_API_KEY", "nonsense")
    ran = cstar("tickets", "list")
    assert "nonsense" not in ran.err
    assert ran.code in {Exit.DENIED, Exit.USAGE}


def test_an_interrupt_exits_with_130(cstar: CommandLine, cstar_faults: Faults) -> None:
    """Ctrl-C ends a command that waits, without a traceback."""
    cstar_faults.add(hang=True)
    words = [sys.executable, "-m", "cstar_async.cli", "tickets", "list"]
    process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while cstar_faults.requests:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=10)
    assert process.returncode == Exit.INTERRUPTED
    assert b"Traceback" not in err


def test_live_keys_ask_before_they_delete(
    cstar: CommandLine, monkeypatch: pytest.MonkeyPatch, cstar_team: Team
) -> None:
    """With a live key, what deletes or is sent needs `--yes` off a terminal, and the id on one."""
    live = {"CSTAR_API_KEY": "sk_live_" + "0" * 32}
    words = ["tickets", "delete", "tkt_1"]
    code, text = on_terminal(words, b"to go on: ", b"tkt_2\n", live)
    assert (code, "nothing was done" in text) == (Exit.ERROR, True)
    assert not cstar_team.requests
    assert on_terminal(words, b"to go on: ", b"tkt_1\n", live)[0] == Exit.DENIED  # sent; the sandbox has no such key
    monkeypatch.setenv(*next(iter(live.items())))
    assert "pass --yes" in cstar(*words).error["message"]
    assert cstar(*words, "--yes").code == Exit.DENIED
    assert cstar("tickets", "list").code == Exit.DENIED


def test_values_beyond_the_usual_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    """Integers of any size and lone surrogates end no output."""
    row = {"id": 10**30, "name": "\ud800", "none": None, "list": [1, {"a": True}]}
    for form in ("json", "jsonl", "csv", "tsv", "ids", "sheet", "table"):
        writer = Writer(form, [], chosen=False, color=False)
        writer.rows([row])
        writer.end()
        writer.one(row)
        assert "1" + "0" * 30 in capsys.readouterr().out, form


def test_words_of_times() -> None:
    """Moments as people say them."""
    import datetime as dt

    now = dt.datetime(2026, 3, 12, 9, 30, tzinfo=dt.UTC).astimezone()
    assert ago(now - dt.timedelta(seconds=5), now) == "now"
    assert ago(now - dt.timedelta(minutes=42), now) == "42 min ago"
    assert ago(now - dt.timedelta(days=1), now) == f"yesterday {now:%H:%M}"
    assert ago(now - dt.timedelta(days=9), now) == f"{now - dt.timedelta(days=9):%Y-%m-%d %H:%M}"


def test_characters_that_act_on_a_terminal_are_replaced() -> None:
    """Control characters and those that turn text around are; joiners, which some scripts and emoji need, are not."""
    assert printable("a\x1b\x9bb\u202e\u200b\n") == "a␛�b��␊"
    joined = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f469\u200d\U0001f467"
    assert printable(joined) == joined
