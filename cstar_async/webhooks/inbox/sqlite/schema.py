"""The tables of an inbox in SQLite, and their migrations.

All names begin with `cstar_inbox_`, since the database may also have tables of the user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async._sqlite import schema
from cstar_async.errors import InboxError

if TYPE_CHECKING:
    import sqlite3

# work: one row for each event and group. lanes: one row for each group and lane with pending work; `place` and `due`
# are those of its first pending event, and `token` is 0 while the lane is not leased.
_VERSION_1 = """
CREATE TABLE cstar_inbox_events (
    place INTEGER PRIMARY KEY, team TEXT NOT NULL, id TEXT NOT NULL, type TEXT NOT NULL,
    known INTEGER NOT NULL, synthetic INTEGER NOT NULL, lane TEXT NOT NULL, created_at REAL NOT NULL,
    received_at REAL NOT NULL, body TEXT, UNIQUE (team, id));
CREATE INDEX cstar_inbox_events_received ON cstar_inbox_events (received_at);
CREATE TABLE cstar_inbox_groups (
    number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, ordered INTEGER NOT NULL);
CREATE TABLE cstar_inbox_subscriptions (
    grp INTEGER NOT NULL, pattern TEXT NOT NULL, PRIMARY KEY (grp, pattern)) WITHOUT ROWID;
CREATE TABLE cstar_inbox_work (
    place INTEGER NOT NULL, grp INTEGER NOT NULL, lane TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL, error TEXT, settled_at REAL,
    PRIMARY KEY (place, grp)) WITHOUT ROWID;
CREATE INDEX cstar_inbox_work_pending ON cstar_inbox_work (grp, lane, place) WHERE state = 0;
CREATE INDEX cstar_inbox_work_dead ON cstar_inbox_work (place, grp) WHERE state = 2;
CREATE TABLE cstar_inbox_lanes (
    grp INTEGER NOT NULL, lane TEXT NOT NULL, place INTEGER NOT NULL, due REAL NOT NULL,
    token INTEGER NOT NULL DEFAULT 0, leased_until REAL NOT NULL DEFAULT 0,
    PRIMARY KEY (grp, lane)) WITHOUT ROWID;
CREATE INDEX cstar_inbox_lanes_due ON cstar_inbox_lanes (due, place) WHERE token = 0;
CREATE INDEX cstar_inbox_lanes_leased ON cstar_inbox_lanes (leased_until) WHERE token <> 0;
"""

# - The index for due lanes begins with the group, so that work for later or for other groups costs nothing.
# - Lanes have a number, by which SQLite can look up several of them. For a list of pairs (grp, lane) it would use only
#   the first column of the index and read all lanes of the group.
# - A new index lets pruning skip events without a body.
_VERSION_2 = """
ALTER TABLE cstar_inbox_lanes RENAME TO cstar_inbox_lanes_1;
DROP INDEX cstar_inbox_lanes_due;
DROP INDEX cstar_inbox_lanes_leased;
CREATE TABLE cstar_inbox_lanes (
    number INTEGER PRIMARY KEY, grp INTEGER NOT NULL, lane TEXT NOT NULL, place INTEGER NOT NULL, due REAL NOT NULL,
    token INTEGER NOT NULL DEFAULT 0, leased_until REAL NOT NULL DEFAULT 0, UNIQUE (grp, lane));
INSERT INTO cstar_inbox_lanes (grp, lane, place, due, token, leased_until)
    SELECT grp, lane, place, due, token, leased_until FROM cstar_inbox_lanes_1;
DROP TABLE cstar_inbox_lanes_1;
CREATE INDEX cstar_inbox_lanes_due ON cstar_inbox_lanes (grp, due, place) WHERE token = 0;
CREATE INDEX cstar_inbox_lanes_leased ON cstar_inbox_lanes (leased_until) WHERE token <> 0;
CREATE INDEX cstar_inbox_events_bodies ON cstar_inbox_events (received_at) WHERE body IS NOT NULL;
"""

MIGRATIONS: tuple[str, ...] = (_VERSION_1, _VERSION_2)
"""The script at index n migrates from version n to version n + 1."""


def migrate(database: sqlite3.Connection) -> None:
    """Migrate the tables to this version in one transaction. Several processes may do so at once."""
    schema.migrate(database, "cstar_inbox_facts", MIGRATIONS, _newer)


def _newer(version: int) -> InboxError:
    return InboxError(
        f"the inbox has schema version {version}, but this cstar-async only knows {len(MIGRATIONS)}: "
        "update cstar-async wherever this inbox is used"
    )
