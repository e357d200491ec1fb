"""The command line as people see it: widths, sheets, prompts, Ctrl-C, and texts that a terminal would act on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from cstar_async.cli.exits import Exit
from tests.support.command_line import CTRL_C, ROOT, CommandLine, on_terminal

if TYPE_CHECKING:
    from pathlib import Path

    from cstar_async.sandbox import Faults, Sandbox, Team

HOSTILE = "\x1b]0;owned\x07\x1b[2J\x1b[31m\x1b[?1049h\x1b[5;5Hred \U0001f692 請求書"
"""A title that names the terminal, clears it, switches screens and moves the cursor."""
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


pytestmark = pytest.mark.usefixtures("team_key")


@pytest.mark.parametrize("columns", [80, 200])
def test_tables_fit(columns: int, cstar: CommandLine, cstar_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """No line of a table is wider than the terminal, ids and times are whole, and paths tell requests apart."""
    team = cstar_sandbox.team(demo=True)
    monkeypatch.setenv("CSTAR_API_KEY", team.secret_key)
    monkeypatch.setenv("CSTAR_TEAM_ID", team.id)
    for words in (["tickets"], ["customers"], ["articles"], ["members"], ["keys"], ["events"], ["audit-log"], ["logs"]):
        code, text = cstar.on_terminal(*words, "list", "--no-color", columns=columns)
        lines = text.splitlines()
        assert code == 0
        assert len(lines) > 2, words
        assert max(map(cell_len, lines)) <= columns, text
        assert not re.search(r"(?m)^\S+…|\d{4}-\d\d-\S* ?…", text), text
    assert "  tickets  " in text
    assert team.id not in text


def test_sheets_show_what_is_inside(cstar: CommandLine) -> None:
    """Objects and lists of objects have lines of their own, indented, and a long text is broken between words."""
    message = "Two of the four boxes that were ordered came, and the note says that it is complete.\n\nThe rest?"
    made = {"title": "Half of it", "metadata": {"plan": {"name": "pro"}, "none": {}}, "initialMessage": message}
    ran = cstar("tickets", "create", "--input", json.dumps(made))
    _, text = cstar.on_terminal("tickets", "get", ran.lines[0]["id"], "--no-color")
    shown = text.replace("\r", "")
    assert re.search(r"\ntags +-\n", shown)
    assert "\nmetadata\n  plan\n    name  pro\n  none  {}\n" in shown
    assert re.search(r"\nmessages\n  - id +msg_\w+\n    ticketId +tkt_\w+\n", shown)
    text = "Two of the four boxes that were ordered came, and the note says\n{0}that it is complete.\n\n{0}The rest?\n"
    assert f"    content     {text.format(' ' * 16)}" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_an_empty_table_says_so(cstar: CommandLine) -> None:
    """On a terminal an empty list is not silent; elsewhere it is."""
    assert cstar.on_terminal("tickets", "list") == (0, "nothing found\r\n")
    assert cstar("tickets", "list") == (0, "", "")


def test_a_password_is_not_shown(cstar: CommandLine) -> None:
    """A password is asked for on the terminal, which does not show it."""
    words = ["customer-auth", "login", "nobody", "--email", "jo@example.com"]
    code, text = on_terminal(words, b"Password: ", b"correct horse\n")
    assert code == Exit.NOT_FOUND
    assert text.startswith("Password: \r\nerror: 404 ")
    assert "horse" not in text


def test_ctrl_c_at_a_question(cstar: CommandLine, cstar_team: Team) -> None:
    """Ctrl-C at a question does nothing else, and leaves the shell a line of its own."""
    live = {"CSTAR_API_KEY": "sk_live_" + "0" * 32}
    code, text = on_terminal(["tickets", "delete", "tkt_1"], b"to go on: ", CTRL_C, live)
    assert code == Exit.INTERRUPTED
    assert re.search(r"to go on: (\^C)+\r\n$", text), text
    assert not cstar_team.requests


def test_ctrl_c_in_a_tail(cstar: CommandLine) -> None:
    """Ctrl-C ends what goes on for ever, with code 130 and no traceback."""
    code, text = on_terminal(["logs", "--tail"], b"Ctrl-C ends it\r\n", CTRL_C)
    assert code == Exit.INTERRUPTED
    assert re.fullmatch(r"following [^\r\n]*\r\n(\^C)+\r\n", text), text


def test_ctrl_c_in_a_job(cstar: CommandLine, cstar_faults: Faults, tmp_path: Path) -> None:
    """Ctrl-C in the middle of a job: its cursor is back, and the last line says what is done."""
    rows = "".join(json.dumps({"title": f"Ticket {number}"}) + "\n" for number in range(3))
    cstar("tickets", "import", "-", stdin=rows)
    (tmp_path / "ids").write_text(cstar("tickets", "list", "-o", "ids").out)
    cstar_faults.add(path="bulk.run", times=None, delay=20)
    words = ["tickets", "update-many", "--status", "closed", "--ids-file", str(tmp_path / "ids")]
    code, text = on_terminal(words, b"update tickets", CTRL_C, {"NO_COLOR": "1"})
    assert code == Exit.INTERRUPTED
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")  # the cursor is shown
    assert not re.search(r"\x1b\[[0-9;]*m", text), repr(text)
    lines = ESCAPE.sub("", text).splitlines()
    last = next(line for line in reversed(lines) if line)
    assert re.fullmatch(r"stopped: 0 done, 3 (in doubt|not sent); [01] requests?", last)


def test_in_tmux_a_title_changes_nothing(cstar: CommandLine, tmp_path: Path) -> None:
    """A real terminal shows a hostile title as text, keeps its own title and its screen, and aligns columns."""
    if shutil.which("tmux") is None:
        pytest.skip("there is no tmux")
    assert cstar("tickets", "create", "--title", HOSTILE).code == 0
    tmux = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
    command = f"{sys.executable} -m cstar_async.cli tickets list; echo END; exec sleep 60"
    settings = {**os.environ, "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}
    subprocess.run([*tmux, "new-session", "-d", "-x", "80", "-y", "10", command], cwd=ROOT, env=settings, check=True)
    try:
        end = time.monotonic() + 20
        screen = ""
        while "END" not in screen and time.monotonic() < end:
            time.sleep(0.05)
            screen = told([*tmux, "capture-pane", "-p"])
        state = told([*tmux, "display", "-p", "#{alternate_on} #{pane_title}"])
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)
    head, row, last = screen.split("\n")[:3]
    assert "␛]0;owned␇␛[2J␛[31m" in row
    assert last == "END"
    assert cell_len(row[: row.index("new ")]) == head.index("STATUS")
    assert state.startswith("0 ")
    assert "owned" not in state


def told(command: list[str]) -> str:
    """What a command writes."""
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
