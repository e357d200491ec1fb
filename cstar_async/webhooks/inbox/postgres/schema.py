"""The tables of an inbox in PostgreSQL, and their migrations.

They are created in the first schema of the connection's `search_path`, and mean the same as those in SQLite.
"""

from __future__ import annotations

from typing import Any, Final

from cstar_async.errors import InboxError

# Text is compared byte by byte, as in SQLite, so that all sessions lock lanes in the same order.
# The last two tables prevent a user's function from ending the transaction of `event.commit`: see commit.py.
_VERSION_1 = """
CREATE SEQUENCE cstar_inbox_places;
CREATE TABLE cstar_inbox_events (
    place bigint PRIMARY KEY, team text COLLATE "C" NOT NULL, id text COLLATE "C" NOT NULL,
    type text COLLATE "C" NOT NULL, known boolean NOT NULL, synthetic boolean NOT NULL, lane text COLLATE "C" NOT NULL,
    created_at float8 NOT NULL, received_at float8 NOT NULL, body bytea, UNIQUE (team, id));
CREATE INDEX cstar_inbox_events_received ON cstar_inbox_events (received_at);
CREATE TABLE cstar_inbox_groups (
    number int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text COLLATE "C" NOT NULL UNIQUE,
    ordered boolean NOT NULL);
CREATE TABLE cstar_inbox_subscriptions (
    grp int NOT NULL, pattern text COLLATE "C" NOT NULL, PRIMARY KEY (grp, pattern));
CREATE TABLE cstar_inbox_work (
    place bigint NOT NULL, grp int NOT NULL, lane text COLLATE "C" NOT NULL, state int NOT NULL DEFAULT 0,
    attempts int NOT NULL DEFAULT 0, due float8 NOT NULL, error text, settled_at float8, PRIMARY KEY (place, grp));
CREATE INDEX cstar_inbox_work_pending ON cstar_inbox_work (grp, lane, place) WHERE state = 0;
CREATE INDEX cstar_inbox_work_dead ON cstar_inbox_work (place, grp) WHERE state = 2;
CREATE TABLE cstar_inbox_lanes (
    grp int NOT NULL, lane text COLLATE "C" NOT NULL, place bigint NOT NULL, due float8 NOT NULL,
    token bigint NOT NULL DEFAULT 0, leased_until float8 NOT NULL DEFAULT 0, PRIMARY KEY (grp, lane));
CREATE INDEX cstar_inbox_lanes_due ON cstar_inbox_lanes (due, place) WHERE token = 0;
CREATE INDEX cstar_inbox_lanes_leased ON cstar_inbox_lanes (leased_until) WHERE token <> 0;
CREATE TABLE cstar_inbox_nothing (place bigint PRIMARY KEY);
CREATE TABLE cstar_inbox_open (
    place bigint NOT NULL REFERENCES cstar_inbox_nothing DEFERRABLE INITIALLY DEFERRED);
"""

# For the same reasons as in SQLite.
_VERSION_2 = """
DROP INDEX cstar_inbox_lanes_due;
CREATE INDEX cstar_inbox_lanes_due ON cstar_inbox_lanes (grp, due, place) WHERE token = 0;
DROP INDEX cstar_inbox_events_received;
CREATE INDEX cstar_inbox_events_received ON cstar_inbox_events (received_at, place);
CREATE INDEX cstar_inbox_events_bodies ON cstar_inbox_events (received_at, place) WHERE body IS NOT NULL;
"""

MIGRATIONS: tuple[str, ...] = (_VERSION_1, _VERSION_2)
"""The script at index n migrates from version n to version n + 1."""
MIGRATING: Final = 7_315_872
"""The key of the advisory lock under which one process at a time migrates."""


_THERE: Final = "to_regclass('cstar_inbox_facts') IS NOT NULL"


async def check_exists(connection: Any) -> None:
    """Raise InboxError if the database has no inbox."""
    sql = f"SELECT {_THERE}, current_database(), current_schemas(false)"
    there, database, schemas = await connection.fetchrow(sql)
    if not there:
        places = f"searched schema {', '.join(schemas)}" if schemas else "no schema of the search_path exists"
        raise InboxError(f"there is no inbox in database {database!r} ({places})")


async def migrate(connection: Any) -> None:
    """Migrate the tables to this version in one transaction. Several processes may do so at once.

    If the tables are up to date, no privilege to create anything is needed.
    """
    async with connection.transaction(isolation="read_committed"):
        await connection.execute(f"SELECT pg_advisory_xact_lock({MIGRATING})")
        if not await connection.fetchval(f"SELECT {_THERE}"):
            await connection.execute("CREATE TABLE cstar_inbox_facts (name text PRIMARY KEY, value int NOT NULL)")
        found = await connection.fetchval("SELECT value FROM cstar_inbox_facts WHERE name = 'version'")
        version: int = found or 0
        if version > len(MIGRATIONS):
            raise InboxError(
                f"the inbox has schema version {version}, but this cstar-async only knows {len(MIGRATIONS)}: "
                "update cstar-async wherever this inbox is used"
            )
        for script in MIGRATIONS[version:]:
            await connection.execute(script)
        if version < len(MIGRATIONS):
            sql = """INSERT INTO cstar_inbox_facts VALUES ('version', $1)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value"""
            await connection.execute(sql, len(MIGRATIONS))
