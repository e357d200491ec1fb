"""Tables with a version, and their migrations."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def migrate(
    database: sqlite3.Connection, meta: str, scripts: Sequence[str], refuse_newer: Callable[[int], Exception]
) -> None:
    """Migrate tables to the newest version in one transaction. Several processes may do so at once.

    Args:
        database: The database.
        meta: The table with the names and values of facts, such as the version.
        scripts: The script at index n migrates from version n to version n + 1.
        refuse_newer: Makes the error for a version without a script.
    """
    database.execute("BEGIN IMMEDIATE")
    try:
        database.execute(
            f"CREATE TABLE IF NOT EXISTS {meta} (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID"
        )
        row = database.execute(f"SELECT value FROM {meta} WHERE name = 'version'").fetchone()  # noqa: S608  # a constant
        version = 0 if row is None else row[0]
        if version > len(scripts):
            raise refuse_newer(version)  # noqa: TRY301  # it rolls the transaction back, too
        for script in scripts[version:]:
            for statement in statements(script):
                database.execute(statement)
        database.execute(f"INSERT OR REPLACE INTO {meta} VALUES ('version', ?)", (len(scripts),))  # noqa: S608  # a constant
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def statements(script: str) -> list[str]:
    """Split a script into statements, since `executescript` would commit the open transaction."""
    found: list[str] = []
    text = ""
    for part in script.split(";"):
        text += part + ";"
        if sqlite3.complete_statement(text):
            if text.strip() != ";":
                found.append(text.strip())
            text = ""
    return found
