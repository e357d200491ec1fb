"""The inbox as SQL over a PostgreSQL connection whose isolation level is READ COMMITTED.

**Locks.** Each change of a lane locks its row. Rows of several lanes are locked in the order of (grp, lane), so that
there are no deadlocks; leasing skips locked rows. A lane's work is read *after* its row is locked, in a statement of
its own, since a statement does not see what was committed after it began. So if one transaction accepts an event and
another removes its empty lane, the later one sees the change of the earlier.

**Plans.** Each statement finds its rows by an index, even if a table has no statistics, like one that has just been
filled, since PostgreSQL collects them with a delay of a minute. So work is looked up by all columns of an index: place,
group and lane.

**Time.** `now` is the time of the caller's clock, or None for the clock of the database, which all machines share. With
None, times are passed and returned as seconds from now.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cstar_async.errors import LeaseLostError
from cstar_async.webhooks.inbox.records import Lease, State

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from cstar_async.webhooks.inbox.records import Incoming, Outcome

CHANNEL: Final = "cstar_inbox"
_SERVER = "extract(epoch FROM statement_timestamp())::float8"
NOW = f"coalesce($1::float8, {_SERVER})"
_BASE = f"CASE WHEN $1::float8 IS NULL THEN {_SERVER} ELSE 0 END"

# The range makes PostgreSQL use the index of leased lanes. In a table without statistics it estimates that few rows are
# in a range, but that nearly all rows have a token, and would read all of them.
IS_LEASED = "token <> 0 AND leased_until > '-infinity' AND leased_until < 'infinity'"

# The lane of an event within a group, and whether a subscription matches it.
LANE = "CASE WHEN g.ordered THEN e.lane ELSE e.lane || '#' || e.place END"
MATCHES = """(s.pattern IN ('*', e.type) OR (s.pattern = '?unknown' AND NOT e.known)
              OR (right(s.pattern, 2) = '.*' AND starts_with(e.type, left(s.pattern, -1))))"""


def heads(source: str) -> str:
    """Return the parts of a WITH query that update lanes whose first pending event is now one of `source`.

    `place + 0` keeps PostgreSQL from using an index that does not have the lane.

    An existing lane is locked by the weakest lock that prevents its removal. So it can be leased meanwhile, but not
    freed before the new work is visible. When a leased lane is freed, its first event is determined again.
    """
    return f"""
firsts AS MATERIALIZED (SELECT grp, lane, min(place) AS place FROM {source} GROUP BY grp, lane),
found AS MATERIALIZED (
    SELECT l.grp, l.lane, l.place FROM cstar_inbox_lanes l JOIN firsts f ON f.grp = l.grp AND f.lane = l.lane
    ORDER BY l.grp, l.lane FOR KEY SHARE OF l),
lowered AS (
    UPDATE cstar_inbox_lanes l SET place = f.place, due = {NOW}
    FROM firsts f JOIN found o ON o.grp = f.grp AND o.lane = f.lane AND o.place > f.place
    WHERE l.grp = f.grp AND l.lane = f.lane AND l.token = 0 AND l.place + 0 > f.place RETURNING 1),
added AS (
    INSERT INTO cstar_inbox_lanes AS l (grp, lane, place, due) SELECT grp, lane, place, {NOW} FROM firsts f
    WHERE NOT EXISTS (SELECT FROM found o WHERE o.grp = f.grp AND o.lane = f.lane) ORDER BY grp, lane
    ON CONFLICT (grp, lane) DO UPDATE SET place = excluded.place, due = excluded.due
    WHERE l.token = 0 AND excluded.place < l.place RETURNING 1),
heads AS (SELECT * FROM lowered UNION ALL SELECT * FROM added)"""


NOTIFY = f"CASE WHEN EXISTS (SELECT FROM heads) THEN pg_notify('{CHANNEL}', '') END"

# Rows are inserted in the order of (team, id), so that transactions with the same ids do not deadlock. Their places are
# assigned before that, in the order of acceptance.
_ACCEPT = f"""
WITH given AS MATERIALIZED (
    SELECT nextval('cstar_inbox_places') AS place, t.*
    FROM unnest($2::text[], $3::text[], $4::text[], $5::bool[], $6::bool[], $7::text[], $8::float8[], $9::bytea[])
         WITH ORDINALITY AS t (team, id, type, known, synthetic, lane, created_at, body, number)),
fresh AS (
    INSERT INTO cstar_inbox_events (place, team, id, type, known, synthetic, lane, created_at, received_at, body)
    SELECT place, team, id, type, known, synthetic, lane, created_at, {NOW}, body
    FROM given ORDER BY team COLLATE "C", id COLLATE "C", place
    ON CONFLICT (team, id) DO NOTHING RETURNING place, type, known, lane),
wanted AS (
    INSERT INTO cstar_inbox_work (place, grp, lane, due)
    SELECT DISTINCT e.place, g.number, {LANE}, {NOW} FROM fresh e JOIN cstar_inbox_subscriptions s ON {MATCHES}
    JOIN cstar_inbox_groups g ON g.number = s.grp RETURNING place, grp, lane),
{heads("wanted")}
SELECT number, {NOTIFY} FROM fresh JOIN given USING (place)
"""


async def accept(connection: Any, now: float | None, events: Sequence[Incoming]) -> list[bool]:
    """Keep the new events, with their work, in one statement; return for each whether it was new."""
    columns = zip(
        *((e.team_id, e.id, e.type, e.known, e.synthetic, e.ordering_key, e.created_at, e.body) for e in events),
        strict=True,
    )
    found = await connection.fetch(_ACCEPT, now, *map(list, columns))
    fresh = {row[0] for row in found}
    return [number in fresh for number in range(1, len(events) + 1)]


# First the due lanes of each group, in the order of the index, then the first of all these. A lane whose first event
# was committed after the statement began is left for the next call.
_LEASE = f"""
WITH picked AS MATERIALIZED (
    SELECT d.* FROM cstar_inbox_groups g CROSS JOIN LATERAL (
        SELECT grp, lane, due, place FROM cstar_inbox_lanes WHERE grp = g.number AND token = 0 AND due <= {NOW}
        ORDER BY due, place LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED) d
    WHERE g.name = ANY($2::text[]) ORDER BY d.due, d.place LIMIT $3),
counted AS (
    UPDATE cstar_inbox_work w SET attempts = w.attempts + 1 FROM picked p
    WHERE w.place = p.place AND w.grp = p.grp AND w.lane = p.lane AND w.state = 0
    RETURNING w.place, w.grp, p.lane, w.attempts, w.due),
taken AS (
    UPDATE cstar_inbox_lanes l SET token = 1 + (random() * 9.2e18)::bigint, leased_until = {NOW} + $4::float8
    FROM counted c WHERE l.grp = c.grp AND l.lane = c.lane
    RETURNING l.token, c.place, c.grp, c.lane, c.attempts, c.due)
SELECT g.name, t.lane, t.place, t.token, t.attempts, e.id, e.type, e.received_at, e.synthetic, e.body
FROM taken t JOIN cstar_inbox_events e ON e.place = t.place JOIN cstar_inbox_groups g ON g.number = t.grp
ORDER BY t.due, t.place
"""


async def lease(connection: Any, now: float | None, groups: Collection[str], limit: int, seconds: float) -> list[Lease]:
    """Lease the first events of lanes that are due, in one statement."""
    return [Lease(*row) for row in await connection.fetch(_LEASE, now, list(groups), limit, seconds)]


_LEASED = f"SELECT {NOW}, array_agg(token), array_agg(leased_until) FROM cstar_inbox_lanes WHERE {IS_LEASED}"


async def leased(connection: Any, now: float | None) -> tuple[float, dict[int, float]]:
    """Return the time, and token and end of every lease."""
    moment, tokens, ends = await connection.fetchrow(_LEASED, now)
    return moment, dict(zip(tokens or (), ends or (), strict=True))


# If a wait began at a time in the future, the clock was set back, and the wait begins now.
SINCE: Final = "coalesce(w.settled_at, w.due)"
DUE: Final = f"CASE WHEN {SINCE} > {NOW} THEN {NOW} + w.due - {SINCE} ELSE w.due END"

# Skips lanes that a running `commit` has locked, since their event is about to be done, and those whose lease was
# renewed meanwhile.
_EXPIRED = f"""
SELECT l.grp, l.lane, l.place, w.attempts, {DUE} - {_BASE}, w.error
FROM unnest($2::bigint[], $3::float8[]) AS t (token, leased_until)
JOIN cstar_inbox_lanes l ON l.token = t.token AND l.leased_until = t.leased_until
LEFT JOIN cstar_inbox_work w ON w.place = l.place AND w.grp = l.grp
WHERE l.token <> 0 ORDER BY l.grp, l.lane LIMIT 1000 FOR UPDATE OF l SKIP LOCKED
"""


async def reap(connection: Any, now: float | None, attempts: int, ended: Mapping[int, float]) -> None:
    """Free the lanes of ended leases, given as `leased` returns them; events without attempts left are dead letters."""
    if not ended:
        return
    async with connection.transaction(isolation="read_committed"):
        freed: list[tuple[Any, ...]] = []
        values = (list(ended), list(ended.values()))
        for grp, lane, place, had, due, error in await connection.fetch(_EXPIRED, now, *values):
            state, reason = State.PENDING, error
            if (had or 0) >= attempts:
                state = State.DEAD
                reason = (
                    f"its lease ended at attempt {had}: the process that handled it was killed, stood still or was "
                    "cut off"
                )
            freed.append((grp, lane, place, state, due or 0.0, reason, 0))
        await _free(connection, now, freed)


# Locks the lanes. Later statements see the current work of these lanes.
_HELD = """
WITH given AS MATERIALIZED (
    SELECT t.number, g.number AS grp, t.lane, t.token
    FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS t (name, lane, token, number)
    JOIN cstar_inbox_groups g ON g.name = t.name)
SELECT t.number, l.grp FROM given t JOIN cstar_inbox_lanes l ON l.grp = t.grp AND l.lane = t.lane AND l.token = t.token
ORDER BY l.grp, l.lane FOR UPDATE OF l
"""
# NOTIFY only for work that is given back: the worker that settles leases the next event of the lane itself.
_FREE = f"""
WITH settled AS (
    SELECT * FROM unnest($2::int[], $3::text[], $4::bigint[], $5::int[], $6::float8[], $7::text[], $8::int[])
        AS t (grp, lane, place, state, due, error, returned)),
marked AS (
    UPDATE cstar_inbox_work w SET state = s.state, due = s.due + {_BASE}, error = s.error, settled_at = {NOW},
        attempts = w.attempts - s.returned
    FROM settled s WHERE w.place = s.place AND w.grp = s.grp AND w.lane = s.lane AND w.state = 0),
next AS (
    SELECT s.grp, s.lane, h.place, CASE WHEN h.place = s.place THEN s.due + {_BASE} ELSE h.due END AS due,
        h.place = s.place AS again
    FROM settled s LEFT JOIN LATERAL (
        SELECT w.place, {DUE} AS due FROM cstar_inbox_work w
        WHERE w.grp = s.grp AND w.lane = s.lane AND w.state = 0 AND (s.state = 0 OR w.place <> s.place)
        ORDER BY w.place LIMIT 1) h ON true),
gone AS (
    DELETE FROM cstar_inbox_lanes l USING next n WHERE l.grp = n.grp AND l.lane = n.lane AND n.place IS NULL)
UPDATE cstar_inbox_lanes l SET token = 0, leased_until = 0, place = n.place, due = n.due
FROM next n WHERE l.grp = n.grp AND l.lane = n.lane AND n.place IS NOT NULL
RETURNING CASE WHEN n.again AND l.due <= {NOW} THEN pg_notify('{CHANNEL}', '') END
"""


async def settle(connection: Any, now: float | None, settled: Sequence[tuple[Lease, Outcome]]) -> list[bool]:
    """End leases; for each whether it was valid."""
    freed: dict[int, tuple[Any, ...]] = {}
    async with connection.transaction(isolation="read_committed"):
        keys = zip(*((each.group, each.ordering_key, each.token) for each, _ in settled), strict=True)
        seen: set[int] = set()
        held: list[tuple[int, int]] = await connection.fetch(_HELD, *map(list, keys))
        for number, grp in sorted(held):
            each, outcome = settled[number - 1]
            if each.token not in seen:  # of two calls that settle the same lease, the first one counts
                seen.add(each.token)
                back = 0 if outcome.counts else 1
                freed[number] = (grp, each.ordering_key, each.sequence, outcome.state, outcome.due, outcome.error, back)
        await _free(connection, now, list(freed.values()))
    return [number in freed for number in range(1, len(settled) + 1)]


async def _free(connection: Any, now: float | None, freed: Sequence[tuple[Any, ...]]) -> None:
    """Save the outcomes of locked lanes' events, and point the lanes to their first pending event or remove them."""
    if freed:
        await connection.fetch(_FREE, now, *map(list, zip(*freed, strict=True)))


_RENEW = f"""
WITH given AS MATERIALIZED (
    SELECT g.number AS grp, t.lane, t.token FROM unnest($2::text[], $3::text[], $4::bigint[]) AS t (name, lane, token)
    JOIN cstar_inbox_groups g ON g.name = t.name),
held AS MATERIALIZED (
    SELECT l.grp, l.lane FROM given t JOIN cstar_inbox_lanes l
    ON l.grp = t.grp AND l.lane = t.lane AND l.token = t.token
    ORDER BY l.grp, l.lane FOR NO KEY UPDATE OF l)
UPDATE cstar_inbox_lanes l SET leased_until = {NOW} + $5::float8
FROM held h WHERE l.grp = h.grp AND l.lane = h.lane RETURNING l.token
"""


async def renew(connection: Any, now: float | None, leases: Collection[Lease], seconds: float) -> set[int]:
    """Renew leases; return the tokens that are still valid."""
    if not leases:
        return set()
    keys = zip(*((each.group, each.ordering_key, each.token) for each in leases), strict=True)
    return {row[0] for row in await connection.fetch(_RENEW, now, *map(list, keys), seconds)}


_NEXT_DUE = f"""
WITH asked AS (SELECT number FROM cstar_inbox_groups WHERE name = ANY($2::text[])),
busy AS MATERIALIZED (SELECT grp, token FROM cstar_inbox_lanes WHERE {IS_LEASED})
SELECT (SELECT min((SELECT min(due) FROM cstar_inbox_lanes WHERE grp = number AND token = 0)) FROM asked) - {NOW},
    ARRAY(SELECT token FROM busy WHERE grp IN (SELECT number FROM asked))
"""


async def next_due(connection: Any, now: float | None, groups: Collection[str]) -> tuple[float | None, list[int]]:
    """Return the seconds until the next free lane is due, and the tokens of the leased lanes."""
    due, tokens = await connection.fetchrow(_NEXT_DUE, now, list(groups))
    return due, tokens


# The lock is the weakest that prevents freeing the lane. Renewing the lease and adding events to the lane do not wait
# for the user's function.
_MARK = f"""
WITH held AS MATERIALIZED (
    SELECT l.grp FROM cstar_inbox_lanes l JOIN cstar_inbox_groups g ON g.number = l.grp
    WHERE g.name = $2 AND l.lane = $3 AND l.token = $4 FOR KEY SHARE OF l)
UPDATE cstar_inbox_work w SET state = 1, settled_at = {NOW}, error = NULL
WHERE w.place = $5 AND w.grp = (SELECT grp FROM held) AND w.lane = $3 AND w.state = 0
RETURNING (SELECT format('%I.cstar_inbox_open', n.nspname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE c.oid = 'cstar_inbox_open'::regclass)
"""


async def mark(connection: Any, now: float | None, held: Lease) -> str:
    """Mark a leased event done, within a transaction, and return the full name of the table `cstar_inbox_open`.

    LeaseLostError if the event is not leased with this token, or not pending.
    """
    where: str | None = await connection.fetchval(_MARK, now, held.group, held.ordering_key, held.token, held.sequence)
    if where is None:
        raise LeaseLostError(f"{held.event_id} in group {held.group!r} is done, or its lease was lost")
    return where
