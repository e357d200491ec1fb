"""Maintenance of an inbox in SQLite: dead letters, replay, counts, pruning. Functions as in `queries`.

A call changes at most CHUNK rows; the caller continues in another transaction, so that deliveries do not wait long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cstar_async.webhooks.inbox.chunks import CHUNK, PruneCursor, Replayed
from cstar_async.webhooks.inbox.records import DeadLetter, Group, GroupStats, Pruned, Seen

from .queries import DUE, LANE, MATCHES, SINCE, as_json

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

_REVIVED = """INSERT INTO cstar_inbox_lanes (grp, lane, place, due)
              SELECT grp, lane, min(place), ? FROM cstar_inbox_work
              WHERE state = 0 AND (place, grp) IN
                  (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))
              GROUP BY grp, lane
              ON CONFLICT DO UPDATE SET place = excluded.place, due = excluded.due
              WHERE token = 0 AND excluded.place < cstar_inbox_lanes.place"""
"""The first event of a leased lane is determined when the lane is freed."""


def dead_letters(
    database: sqlite3.Connection, group: str | None, event_id: str | None, limit: int, after: tuple[int, str]
) -> list[DeadLetter]:
    """Return dead letters after a pair of sequence number and group."""
    sql = """SELECT g.name, w.place, e.id, e.type, e.team, w.attempts, w.error, e.received_at, w.settled_at
             FROM cstar_inbox_work w JOIN cstar_inbox_events e ON e.place = w.place
             JOIN cstar_inbox_groups g ON g.number = w.grp
             WHERE w.state = 2 AND w.place >= ? AND (w.place, g.name) > (?, ?) AND (? IS NULL OR g.name = ?)
                 AND (? IS NULL OR e.id = ?) ORDER BY w.place, g.name LIMIT ?"""
    rows = database.execute(sql, (after[0], *after, group, group, event_id, event_id, limit))
    return [DeadLetter(*row) for row in rows]


def redrive(database: sqlite3.Connection, now: float, group: str | None, event_id: str | None) -> int:
    """Make a chunk of dead letters pending again."""
    rows = database.execute(
        """UPDATE cstar_inbox_work SET state = 0, attempts = 0, due = ?, settled_at = NULL WHERE (place, grp) IN (
               SELECT w.place, w.grp FROM cstar_inbox_work w JOIN cstar_inbox_events e ON e.place = w.place
               JOIN cstar_inbox_groups g ON g.number = w.grp
               WHERE w.state = 2 AND (? IS NULL OR g.name = ?) AND (? IS NULL OR e.id = ?) LIMIT ?)
           RETURNING place, grp""",
        (now, group, group, event_id, event_id, CHUNK),
    ).fetchall()
    database.execute(_REVIVED, (now, as_json(rows)))
    return len(rows)


def replay(
    database: sqlite3.Connection, now: float, *, group: str | None, since: float, types: Sequence[str], after: int
) -> Replayed:
    """Make a chunk of past events pending again."""
    places = [
        row[0]
        for row in database.execute(
            """SELECT place FROM cstar_inbox_events WHERE place > ? AND received_at >= ? AND body IS NOT NULL
               ORDER BY place LIMIT ?""",
            (after, since, CHUNK),
        )
    ]
    if not places:
        return Replayed(0, None)
    chosen = f"""SELECT DISTINCT e.place, g.number, {LANE} AS lane
        FROM cstar_inbox_events e JOIN cstar_inbox_subscriptions s ON {MATCHES}
        JOIN cstar_inbox_groups g ON g.number = s.grp
        WHERE e.place IN (SELECT value FROM json_each(?)) AND (? IS NULL OR g.name = ?)
            AND (? = '[]' OR EXISTS (SELECT 1 FROM json_each(?) t WHERE e.type GLOB t.value))"""
    values = (as_json(places), group, group, as_json(list(types)), as_json(list(types)))
    rows = database.execute(
        f"""INSERT INTO cstar_inbox_work (place, grp, lane, due)
            SELECT place, number, lane, ? FROM ({chosen}) WHERE true
            ON CONFLICT DO UPDATE SET state = 0, attempts = 0, due = excluded.due, error = NULL, settled_at = NULL
            WHERE state <> 0 RETURNING place, grp""",
        (now, *values),
    ).fetchall()
    database.execute(_REVIVED, (now, as_json(rows)))
    return Replayed(len(rows), places[-1])


def stats(database: sqlite3.Connection) -> dict[str, GroupStats]:
    """Return the counts of each group."""
    sql = """SELECT g.name,
                 (SELECT count(*) FROM cstar_inbox_work w WHERE w.grp = g.number AND w.state = 0),
                 (SELECT count(*) FROM cstar_inbox_lanes WHERE token <> 0 AND +grp = g.number),
                 (SELECT count(*) FROM cstar_inbox_work w WHERE w.grp = g.number AND w.state = 2),
                 (SELECT count(*) FROM cstar_inbox_work w WHERE w.grp = g.number AND w.state = 1),
                 (SELECT received_at FROM cstar_inbox_events WHERE place =
                     (SELECT min(place) FROM cstar_inbox_work w WHERE w.grp = g.number AND w.state = 0))
             FROM cstar_inbox_groups g ORDER BY g.name"""
    return {row[0]: GroupStats(*row[1:]) for row in database.execute(sql)}


def bring_forward(database: sqlite3.Connection, now: float, after: int) -> int | None:
    """Shorten the waits of a chunk of lanes after the clock was set back; return where the next chunk begins."""
    numbers = [
        row[0]
        for row in database.execute(
            "SELECT number FROM cstar_inbox_lanes WHERE number > ? ORDER BY number LIMIT ?", (after, CHUNK)
        )
    ]
    if not numbers:
        return None
    database.execute(
        f"""UPDATE cstar_inbox_lanes AS l
            SET due = (SELECT min(l.due, {DUE}) FROM cstar_inbox_work w WHERE w.place = l.place AND w.grp = l.grp)
            WHERE number > :after AND number <= :last AND token = 0 AND due > :now AND EXISTS (
                SELECT 1 FROM cstar_inbox_work w WHERE w.place = l.place AND w.grp = l.grp AND {SINCE} > :now)""",
        {"now": now, "after": after, "last": numbers[-1]},
    )
    last: int = numbers[-1]
    return last


def groups(database: sqlite3.Connection) -> list[Group]:
    """Return the registered groups."""
    sql = """SELECT name, json_group_array(pattern), ordered FROM cstar_inbox_groups
             JOIN cstar_inbox_subscriptions ON grp = number GROUP BY number ORDER BY name"""
    found: list[Group] = []
    for name, patterns, ordered in database.execute(sql).fetchall():
        rows: Any = database.execute("SELECT value FROM json_each(?) ORDER BY value", (patterns,))
        found.append(Group(name, tuple(row[0] for row in rows), bool(ordered)))
    return found


def forget(database: sqlite3.Connection, group: str) -> int:
    """Remove a group and its work; return how many of its events were pending."""
    row = database.execute("DELETE FROM cstar_inbox_groups WHERE name = ? RETURNING number", (group,)).fetchone()
    if row is None:
        return 0
    pending = database.execute("SELECT count(*) FROM cstar_inbox_work WHERE grp = ? AND state = 0", row).fetchone()[0]
    for table in ("subscriptions", "lanes", "work"):
        database.execute(f"DELETE FROM cstar_inbox_{table} WHERE grp = ?", row)
    return int(pending)


def seen(database: sqlite3.Connection, since: float) -> list[Seen]:
    """Return the events created since a time."""
    # By this machine's clock, an event is received at most minutes before it is created, which lets the index be used.
    sql = "SELECT type, lane, created_at FROM cstar_inbox_events WHERE received_at >= ? AND created_at >= ?"
    return [Seen(*row) for row in database.execute(sql, (since - 600, since))]


_UNFINISHED = "EXISTS (SELECT 1 FROM cstar_inbox_work w WHERE w.place = e.place AND w.state <> 1)"
_OLD = "(received_at, place) > (?, ?) AND received_at < ?"
_OLD_BODIES = f"""SELECT received_at, place FROM cstar_inbox_events e
    WHERE body IS NOT NULL AND {_OLD} AND NOT {_UNFINISHED} ORDER BY received_at, place LIMIT ?"""
# Keeps an event that is still leased: once the last row is deleted, SQLite reuses its number, and the lease would be
# one of another event.
_OLD_EVENTS = f"""SELECT received_at, place FROM cstar_inbox_events e
    WHERE {_OLD} AND created_at < ? AND NOT {_UNFINISHED}
    AND place NOT IN (SELECT place FROM cstar_inbox_lanes WHERE token <> 0) ORDER BY received_at, place LIMIT ?"""
_PLACES = "place IN (SELECT json_extract(value, '$[1]') FROM json_each(?))"


def prune(
    database: sqlite3.Connection, bodies_before: float, ids_before: float, after: PruneCursor
) -> tuple[Pruned, PruneCursor]:
    """Prune a chunk. Returns where the next one begins, so that events that are kept are read only once."""
    old_bodies: list[tuple[float, int]] = []
    if after.bodies is not None:
        old_bodies = database.execute(_OLD_BODIES, (*after.bodies, bodies_before, CHUNK)).fetchall()
        database.execute(f"UPDATE cstar_inbox_events SET body = NULL WHERE {_PLACES}", (as_json(old_bodies),))
    old_events: list[tuple[float, int]] = []
    if after.events is not None:
        old_events = database.execute(_OLD_EVENTS, (*after.events, ids_before, ids_before, CHUNK)).fetchall()
        for table in ("events", "work"):
            database.execute(f"DELETE FROM cstar_inbox_{table} WHERE {_PLACES}", (as_json(old_events),))
    return Pruned(len(old_bodies), len(old_events)), PruneCursor(next_chunk(old_bodies), next_chunk(old_events))


def next_chunk(rows: Sequence[tuple[float, int]]) -> tuple[float, int] | None:
    """Return where the chunk after these rows begins, None if they are the last."""
    return None if len(rows) < CHUNK else (rows[-1][0], rows[-1][1])
