"""Exports from the command line, and what an import reads of them."""

from __future__ import annotations

import json
import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from cstar_async.cli.exits import Exit

if TYPE_CHECKING:
    from pathlib import Path

    from cstar_async.sandbox import Team
    from tests.support.command_line import CommandLine


pytestmark = pytest.mark.usefixtures("team_key")


def test_an_export_streams_or_writes_a_file(cstar: CommandLine, tmp_path: Path) -> None:
    """All that match the filters, as JSON lines, CSV, TSV or ids; a file has what standard output would have."""
    stdin = 'title,priority,tags\n"a, ""b""",urgent,"x,y"\nc,low,\n'
    assert cstar("tickets", "import", "-", stdin=stdin).code == 0
    rows = cstar("tickets", "export").lines
    assert sorted(row["title"] for row in rows) == ['a, "b"', "c"]
    urgent = cstar("tickets", "export", "--priority", "urgent", "-o", "csv", "--fields", "title,tags,customer.name")
    assert urgent.out == 'title,tags,customer.name\n"a, ""b""","[""x"",""y""]",\n'
    for form in ("csv", "tsv", "jsonl", "ids"):
        out = tmp_path / f"tickets.{form}"
        ran = cstar("tickets", "export", "-o", form, "--out", str(out))
        assert (ran.code, ran.out, ran.err) == (0, "", f"2 tickets in {out}\n")
        assert out.read_text() == cstar("tickets", "export", "-o", form).out
        assert out.stat().st_mode & 0o777 == 0o600
    for name, start in (("x.CSV", "id,object,title,"), ("x.tsv", "id\tobject\ttitle\t")):
        named = tmp_path / name
        cstar("tickets", "export", "--status", "closed", "--out", str(named))
        assert named.read_text().startswith(start)
        assert named.read_text().count("\n") == 1
    assert cstar("tickets", "export", "--out", "/dev/stdout", "-o", "ids").out.count("\n") == 2


def test_an_export_into_nowhere_is_an_error(cstar: CommandLine, cstar_team: Team, tmp_path: Path) -> None:
    """A file that cannot be written is said before anything is asked."""
    ran = cstar("tickets", "export", "--out", str(tmp_path / "no" / "file"))
    assert (ran.code, ran.error["message"]) == (Exit.ERROR, f"{tmp_path}/no: No such file or directory")
    os.mkfifo(tmp_path / "pipe")
    for name in (str(tmp_path), "/dev/null", str(tmp_path / "pipe")):
        ran = cstar("tickets", "export", "--out", name)
        assert (ran.code, ran.message) == (Exit.USAGE, f"--out writes a file; {name} is not a file name")
    assert not cstar_team.requests


def test_a_round_trip(cstar: CommandLine, tmp_path: Path) -> None:
    """What an export of some fields writes, an import reads."""
    stdin = 'name,email,tags,metadata\n"a\nb",a@example.com,"x,y","{""n"": 1}"\n'
    assert cstar("customers", "import", "-", stdin=stdin).code == 0
    fields = "name,email,tags,metadata"
    out = cstar("customers", "export", "-o", "csv", "--fields", fields).out
    again = cstar("customers", "import", "-", "--dry-run", stdin=out)
    assert again.lines == [{"name": "a\nb", "email": "a@example.com", "tags": ["x", "y"], "metadata": {"n": 1}}]


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_any_texts_make_the_round_trip(cstar: CommandLine, form: str) -> None:
    """Texts with separators, escapes and quotation marks, and lists of them, are read as they were."""
    texts = ['"a"', '"', 'a "b"', "a\tb", "a\nb\r\n", "\\t", "a\\", "C:\\new", "=1", "é, 'x';", "[1]", '{"a": 1}']
    found: list[dict[str, object]] = [{"name": text, "tags": [text, "b"]} for text in texts]
    found += [{"name": "x", "tags": tags} for tags in (["", "a"], [" a "], ["a", "b"])]
    found.append({"name": "x", "metadata": {"n": 'a\t"\n\\n'}})
    records = [{"email": f"{number}@one.example"} | each for number, each in enumerate(found)]
    assert cstar("customers", "import", "-", stdin="\n".join(map(json.dumps, records))).code == 0
    out = cstar("customers", "export", "-o", form, "--fields", "email,name,tags,metadata").out
    assert form == "csv" or "\tx\ta,b\t" in out
    # Customers are told apart by their addresses.
    ran = cstar("customers", "import", "-", stdin=out.replace("@one.example", "@two.example"))
    assert ran.err.splitlines()[-1] == f"{len(records)} done, {len(records)} created; 1 request"
    lines = cstar("customers", "list", "--all", "-o", "jsonl", "--fields", "name,tags,metadata").lines
    assert set(Counter(map(json.dumps, lines)).values()) == {2}
