"""The tables of an outbox in SQLite, and their migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async._sqlite import schema
from cstar_async.errors import OutboxError

if TYPE_CHECKING:
    import sqlite3

# head: 1 for the entry of a lane that may be sent, 0 for one that waits for an earlier one, NULL for one that no other
# entry waits for. An entry without a lane waits for none. key: by which an entry that is put twice is known;
# sent_key: the idempotency key, a new one after a refusal. sender: a hash of the API key of the first attempt.
_VERSION_1 = """
CREATE TABLE cstar_outbox_entries (
    number INTEGER PRIMARY KEY AUTOINCREMENT, server TEXT NOT NULL, team TEXT NOT NULL, operation TEXT NOT NULL,
    path TEXT NOT NULL, query TEXT NOT NULL, body BLOB, digest BLOB NOT NULL, key TEXT, sent_key TEXT,
    lane TEXT NOT NULL, halts INTEGER NOT NULL, head INTEGER, state TEXT NOT NULL DEFAULT 'queued',
    due REAL NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, put_at REAL NOT NULL, first_attempt REAL,
    sender TEXT, error TEXT, settled_at REAL, UNIQUE (server, team, key));
CREATE INDEX cstar_outbox_ready ON cstar_outbox_entries (server, team, due, number)
    WHERE state = 'queued' AND head = 1;
CREATE INDEX cstar_outbox_lanes ON cstar_outbox_entries (server, team, lane, number) WHERE head IS NOT NULL;
CREATE INDEX cstar_outbox_states ON cstar_outbox_entries (state, number);
CREATE INDEX cstar_outbox_done ON cstar_outbox_entries (settled_at) WHERE state = 'done';
"""

MIGRATIONS: tuple[str, ...] = (_VERSION_1,)
"""The script at index n migrates from version n to version n + 1."""


def migrate(database: sqlite3.Connection) -> None:
    """Migrate the tables to this version in one transaction. Several processes may do so at once."""
    schema.migrate(database, "cstar_outbox_facts", MIGRATIONS, _newer)


def refuse_others(database: sqlite3.Connection, name: str) -> None:
    """Raise OutboxError if a database has tables, but none of cstar-async's."""
    sql = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' ORDER BY name"
    tables = [row[0] for row in database.execute(sql)]
    if tables and not any(table.startswith("cstar_") for table in tables):
        raise OutboxError(
            f"the file {name} is not an outbox: it is a database with the table {tables[0]!r}; name a file that does "
            "not exist yet"
        )


def _newer(version: int) -> OutboxError:
    return OutboxError(
        f"the outbox has schema version {version}, but this cstar-async only knows {len(MIGRATIONS)}: "
        "update cstar-async wherever this outbox is used"
    )
