"""The inbox as SQL on one SQLite connection: functions that run inside a transaction of their caller.

Statements that run often take many values as one JSON text: each execution releases the interpreter lock, and a busy
event loop delays getting it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from cstar_async.errors import LeaseLostError
from cstar_async.webhooks.inbox.records import Lease, State

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Iterable, Sequence

    from cstar_async.webhooks.inbox.records import Group, Incoming, Outcome

# The lane of an event within a group, and whether a subscription matches it.
LANE = "CASE WHEN g.ordered THEN e.lane ELSE e.lane || '#' || e.place END"
MATCHES = "(e.type GLOB s.pattern OR (s.pattern = '?unknown' AND NOT e.known))"
SAVEPOINT = "cstar_inbox"
"""The savepoint of `event.commit`; `lent_connection` protects it from the user's function."""
_INSERT = """INSERT INTO cstar_inbox_events
    (team, id, type, known, synthetic, lane, created_at, body, received_at)"""
_HEAD = """FROM cstar_inbox_work w WHERE w.grp = l.grp AND w.lane = l.lane AND w.state = 0 ORDER BY w.place LIMIT 1"""
_LISTED = """json_each(:lanes) j JOIN cstar_inbox_lanes l
               ON l.grp = json_extract(j.value, '$[0]') AND l.lane = json_extract(j.value, '$[1]')"""
"""Lanes by pairs of group and lane."""
SINCE = "coalesce(w.settled_at, w.due)"
DUE = f"CASE WHEN {SINCE} > :now THEN :now + w.due - {SINCE} ELSE w.due END"
"""When work is due. If its wait began at a time in the future, the clock was set back, and the wait begins now."""
# First the due lanes of each group, in the order of the index, then the first of all these: for all groups at once,
# SQLite would sort all due lanes. `json_each` is used because, unlike other subqueries of FROM, its argument may depend
# on the row of another table.
_TAKE = """UPDATE cstar_inbox_lanes SET token = 1 + abs(random() / 2), leased_until = :until
    WHERE number IN (
        SELECT json_extract(j.value, '$[0]')
        FROM cstar_inbox_groups g, json_each((
            SELECT json_group_array(json_array(number, due, place)) FROM (
                SELECT number, due, place FROM cstar_inbox_lanes WHERE grp = g.number AND token = 0 AND due <= :now
                ORDER BY due, place LIMIT :limit))) j
        WHERE g.name IN (SELECT value FROM json_each(:groups))
        ORDER BY json_extract(j.value, '$[1]'), json_extract(j.value, '$[2]') LIMIT :limit)
    RETURNING place, grp, lane, token"""


def as_json(value: object) -> str:
    """Encode a value for `json_each`."""
    return orjson.dumps(value).decode()


def _numbers(groups: Collection[str]) -> str:
    return as_json(list(groups))


def _one(database: sqlite3.Connection, sql: str, *values: object) -> Any:
    return database.execute(sql, values).fetchone()[0]


def accept(database: sqlite3.Connection, now: float, events: Sequence[Incoming]) -> list[bool]:
    """Keep the new events, with their work; return for each whether it was new."""
    if len(events) == 1:
        return [_accept_one(database, now, events[0])]
    before = _one(database, "SELECT coalesce(max(place), 0) FROM cstar_inbox_events")
    rows = [
        [e.team_id, e.id, e.type, e.known, e.synthetic, e.ordering_key, e.created_at, e.body.decode()] for e in events
    ]
    added = database.execute(
        f"""{_INSERT}
           SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'),
                  json_extract(value, '$[3]'), json_extract(value, '$[4]'), json_extract(value, '$[5]'),
                  json_extract(value, '$[6]'), json_extract(value, '$[7]'), ?
           FROM json_each(?) WHERE true ON CONFLICT DO NOTHING""",
        (now, as_json(rows)),
    ).rowcount
    if not added:
        return [False] * len(events)
    _give(database, now, before)
    if added == len(events):
        return [True] * added
    sql = "SELECT json_group_array(json_array(team, id)) FROM cstar_inbox_events WHERE place > ?"
    fresh = {(team, event_id) for team, event_id in orjson.loads(_one(database, sql, before))}
    found: list[bool] = []
    for event in events:
        identity = (event.team_id, event.id)
        found.append(identity in fresh)
        fresh.discard(identity)  # of two equal events in a batch, the second is a duplicate
    return found


def _accept_one(database: sqlite3.Connection, now: float, e: Incoming) -> bool:
    """Do the same for a single event, in half the time."""
    row = (e.team_id, e.id, e.type, e.known, e.synthetic, e.ordering_key, e.created_at, e.body.decode(), now)
    added = database.execute(f"{_INSERT} VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", row)
    if not added.rowcount:
        return False
    assert added.lastrowid is not None
    _give(database, now, added.lastrowid - 1)
    return True


def _give(database: sqlite3.Connection, now: float, before: int) -> None:
    """Add the work and the lanes of the events after a place, for each group whose patterns match."""
    database.execute(
        f"""INSERT INTO cstar_inbox_work (place, grp, lane, due)
            SELECT e.place, g.number, {LANE}, ? FROM cstar_inbox_events e JOIN cstar_inbox_groups g
            WHERE e.place > ? AND EXISTS
                (SELECT 1 FROM cstar_inbox_subscriptions s WHERE s.grp = g.number AND {MATCHES})""",
        (now, before),
    )
    database.execute(
        """INSERT INTO cstar_inbox_lanes (grp, lane, place, due)
           SELECT grp, lane, min(place), ? FROM cstar_inbox_work WHERE place > ? GROUP BY grp, lane
           ON CONFLICT DO NOTHING""",
        (now, before),
    )


def lease(database: sqlite3.Connection, now: float, groups: Collection[str], limit: int, seconds: float) -> list[Lease]:
    """Lease the first events of lanes that are due."""
    taken = database.execute(
        _TAKE, {"until": now + seconds, "now": now, "limit": limit, "groups": _numbers(groups)}
    ).fetchall()
    if not taken:
        return []
    rows = as_json(taken)
    database.execute(
        """UPDATE cstar_inbox_work SET attempts = attempts + 1 WHERE (place, grp) IN
           (SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?))""",
        (rows,),
    )
    found = database.execute(
        """SELECT g.name, json_extract(j.value, '$[2]'), w.place, json_extract(j.value, '$[3]'), w.attempts,
                  e.id, e.type, e.received_at, e.synthetic, e.body
           FROM json_each(?) j
           JOIN cstar_inbox_work w ON w.place = json_extract(j.value, '$[0]') AND w.grp = json_extract(j.value, '$[1]')
           JOIN cstar_inbox_events e ON e.place = w.place JOIN cstar_inbox_groups g ON g.number = w.grp
           ORDER BY w.due, w.place""",
        (rows,),
    ).fetchall()
    return [Lease(*row)._replace(synthetic=bool(row[8]), body=row[9].encode()) for row in found]


def leased(database: sqlite3.Connection) -> list[tuple[int, float]]:
    """Return token and end of every lease."""
    return database.execute("SELECT token, leased_until FROM cstar_inbox_lanes WHERE token <> 0").fetchall()


def reap(database: sqlite3.Connection, now: float, attempts: int, ended: Collection[int]) -> None:
    """Free the lanes of ended leases, given by their tokens; events without attempts left are dead letters."""
    if not ended:
        return
    sql = """SELECT json_group_array(json_array(grp, lane)) FROM cstar_inbox_lanes
             WHERE token <> 0 AND token IN (SELECT value FROM json_each(?))"""
    expired = _one(database, sql, as_json(list(ended)))
    database.execute(
        f"""UPDATE cstar_inbox_work SET state = 2, settled_at = :now, error = 'its lease ended at attempt ' || attempts
               || ': the process that handled it was killed, stood still or was cut off'
            WHERE state = 0 AND attempts >= :attempts AND (place, grp) IN
               (SELECT l.place, l.grp FROM {_LISTED})""",
        {"now": now, "attempts": attempts, "lanes": expired},
    )
    _free(database, now, expired)


def _free(database: sqlite3.Connection, now: float, lanes: str) -> None:
    """Free these lanes and point them to their first pending event; remove those without one."""
    database.execute(
        f"""DELETE FROM cstar_inbox_lanes WHERE number IN (
                SELECT l.number FROM {_LISTED} WHERE NOT EXISTS (SELECT 1 {_HEAD}))""",
        {"lanes": lanes},
    )
    database.execute(
        f"""UPDATE cstar_inbox_lanes AS l
            SET token = 0, leased_until = 0, (place, due) = (SELECT w.place, {DUE} {_HEAD})
            WHERE number IN (SELECT l.number FROM {_LISTED})""",
        {"now": now, "lanes": lanes},
    )


def renew(database: sqlite3.Connection, now: float, leases: Iterable[Lease], seconds: float) -> set[int]:
    """Renew leases; return the tokens that are still valid."""
    rows = as_json([[each.group, each.ordering_key, each.token] for each in leases])
    found = database.execute(
        """UPDATE cstar_inbox_lanes SET leased_until = ? WHERE number IN (
               SELECT l.number FROM json_each(?) j JOIN cstar_inbox_groups g ON g.name = json_extract(j.value, '$[0]')
               JOIN cstar_inbox_lanes l ON l.grp = g.number AND l.lane = json_extract(j.value, '$[1]')
                   AND l.token = json_extract(j.value, '$[2]'))
           RETURNING token""",
        (now + seconds, rows),
    ).fetchall()
    return {row[0] for row in found}


def settle(database: sqlite3.Connection, now: float, settled: Sequence[tuple[Lease, Outcome]]) -> list[bool]:
    """End leases; for each whether it was valid."""
    rows = as_json(
        [
            [
                each.group,
                each.ordering_key,
                each.token,
                each.sequence,
                outcome.state,
                outcome.due,
                outcome.error,
                outcome.counts,
            ]
            for each, outcome in settled
        ]
    )
    # The valid ones, with the number of their group.
    valid = _one(
        database,
        """SELECT json_group_array(json_array(l.grp, l.lane, l.token, json_extract(j.value, '$[3]'),
               json_extract(j.value, '$[4]'), json_extract(j.value, '$[5]'), json_extract(j.value, '$[6]'),
               json_extract(j.value, '$[7]')))
           FROM json_each(?) j JOIN cstar_inbox_groups g ON g.name = json_extract(j.value, '$[0]')
           JOIN cstar_inbox_lanes l ON l.grp = g.number AND l.lane = json_extract(j.value, '$[1]')
               AND l.token = json_extract(j.value, '$[2]')""",
        rows,
    )
    database.execute(
        """UPDATE cstar_inbox_work SET state = json_extract(j.value, '$[4]'), due = json_extract(j.value, '$[5]'),
               error = json_extract(j.value, '$[6]'), settled_at = ?,
               attempts = attempts - (NOT json_extract(j.value, '$[7]'))
           FROM json_each(?) j WHERE place = json_extract(j.value, '$[3]') AND grp = json_extract(j.value, '$[0]')
               AND state = 0""",
        (now, valid),
    )
    _free(database, now, valid)
    tokens = {row[2] for row in orjson.loads(valid)}
    return [each.token in tokens for each, _ in settled]


def commit(database: sqlite3.Connection, now: float, held: Lease, work: Callable[[Any], Any]) -> Any:
    """Mark the event done and call the function, in a savepoint."""
    database.execute(f"SAVEPOINT {SAVEPOINT}")
    try:
        marked = database.execute(
            """UPDATE cstar_inbox_work SET state = ?, settled_at = ?, error = NULL WHERE place = ? AND state = 0
               AND grp = (SELECT l.grp FROM cstar_inbox_groups g JOIN cstar_inbox_lanes l ON l.grp = g.number
                          WHERE g.name = ? AND l.lane = ? AND l.token = ?)""",
            (State.DONE, now, held.sequence, held.group, held.ordering_key, held.token),
        ).rowcount
        if marked != 1:
            reason = f"{held.event_id} in group {held.group!r} is done, or its lease was lost"
            raise LeaseLostError(reason)
        result = work(database)
    except BaseException:
        database.execute(f"ROLLBACK TO {SAVEPOINT}")
        database.execute(f"RELEASE {SAVEPOINT}")
        raise
    database.execute(f"RELEASE {SAVEPOINT}")
    return result


def register(database: sqlite3.Connection, groups: Iterable[Group]) -> None:
    """Save groups and their patterns."""
    for group in groups:
        number = _one(
            database,
            """INSERT INTO cstar_inbox_groups (name, ordered) VALUES (?, ?)
               ON CONFLICT (name) DO UPDATE SET ordered = excluded.ordered RETURNING number""",
            group.name,
            group.ordered,
        )
        database.execute("DELETE FROM cstar_inbox_subscriptions WHERE grp = ?", (number,))
        database.executemany(
            "INSERT INTO cstar_inbox_subscriptions VALUES (?, ?)",
            [(number, pattern) for pattern in set(group.patterns)],
        )


def next_due(database: sqlite3.Connection, groups: Collection[str]) -> tuple[float | None, list[int]]:
    """Return when the next free lane is due, and the tokens of the leased lanes."""
    names = _numbers(groups)
    moment: float | None = _one(
        database,
        """SELECT min(moment) FROM (
               SELECT (SELECT min(due) FROM cstar_inbox_lanes WHERE grp = g.number AND token = 0) AS moment
               FROM cstar_inbox_groups g WHERE g.name IN (SELECT value FROM json_each(?)))""",
        names,
    )
    tokens = _one(
        database,
        """SELECT json_group_array(token) FROM cstar_inbox_lanes WHERE token <> 0 AND +grp IN
               (SELECT number FROM cstar_inbox_groups WHERE name IN (SELECT value FROM json_each(?)))""",
        names,
    )
    return moment, orjson.loads(tokens)
