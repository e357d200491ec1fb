"""ARCHITECTURE.md agrees with the files of the project."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "ARCHITECTURE.md").read_text()
PACKAGE = ROOT / "cstar_async"


def named_paths() -> set[str]:
    """The files and folders that are named between backticks and in the drawing."""
    quoted = {
        each for each in re.findall(r"`([\w./-]+)`", TEXT) if "/" in each or each.endswith((".py", ".yaml", ".toml"))
    }
    drawing = TEXT.partition("```")[2].partition("```")[0]
    return quoted | set(re.findall(r"[\w./]+(?:/|\.py)", drawing))


def test_each_named_file_and_folder_exists() -> None:
    """Each file and folder that ARCHITECTURE.md names exists."""
    inside = ("_core", "bulk", "cli", "live", "mcp", "public", "webhooks", "webhooks/inbox/sqlite", "sandbox")
    places = (ROOT, PACKAGE, ROOT / "codegen", *(PACKAGE / each for each in inside))
    missing = [
        name
        for name in sorted(named_paths())
        if not name.startswith("/") and not any((at / name).exists() for at in places)
    ]
    assert not missing
    assert len(named_paths()) > 40


def test_both_databases_have_modules_of_the_same_names() -> None:
    """The inboxes of SQLite and PostgreSQL have modules of the same names."""
    shared = {"store.py", "queries.py", "maintenance.py", "schema.py", "group_commit.py", "lent_connection.py"}
    for kind in ("sqlite", "postgres"):
        assert shared <= {each.name for each in (PACKAGE / "webhooks" / "inbox" / kind).iterdir()}


def test_the_glossary_has_thirty_words_at_most() -> None:
    """The glossary has at most thirty words, each of them once."""
    rows = re.findall(r"^\| ([a-z ]+) \|", TEXT.partition("## Glossary")[2], re.MULTILINE)
    assert 10 < len(rows) <= 30
    assert len(set(rows)) == len(rows)
