"""Maintenance of an inbox in PostgreSQL: groups, dead letters, replay, counting, pruning.

Each transaction changes at most CHUNK rows. Transactions that change finished work are serialised by a lock, so that
none removes what another has just made pending.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, Final

from cstar_async.webhooks.inbox.chunks import CHUNK, PruneCursor, Replayed
from cstar_async.webhooks.inbox.records import DeadLetter, Group, GroupStats, Pruned, Seen

from .driver import CUT_OFF
from .queries import DUE, IS_LEASED, LANE, MATCHES, NOTIFY, NOW, SINCE, heads

if TYPE_CHECKING:
    from collections.abc import Sequence

ALONE: Final = "SELECT pg_advisory_xact_lock(7315873)"
"""Held until the end of the transaction."""
_ALONE_FOR_LONGER: Final = "SELECT pg_advisory_lock(7315873)"
_NO_LONGER: Final = "SELECT pg_advisory_unlock(7315873)"


async def register(connection: Any, groups: Sequence[Group]) -> None:
    """Save groups and their patterns."""
    async with connection.transaction(isolation="read_committed"):
        await connection.execute(ALONE)
        for group in groups:
            number = await connection.fetchval(
                """INSERT INTO cstar_inbox_groups (name, ordered) VALUES ($1, $2)
                   ON CONFLICT (name) DO UPDATE SET ordered = excluded.ordered RETURNING number""",
                group.name,
                group.ordered,
            )
            await connection.execute("DELETE FROM cstar_inbox_subscriptions WHERE grp = $1", number)
            sql = "INSERT INTO cstar_inbox_subscriptions SELECT $1, unnest($2::text[])"
            await connection.execute(sql, number, sorted(set(group.patterns)))


async def groups(connection: Any) -> list[Group]:
    """Return the registered groups."""
    sql = """SELECT name, array_agg(pattern ORDER BY pattern), ordered FROM cstar_inbox_groups
             JOIN cstar_inbox_subscriptions ON grp = number GROUP BY number ORDER BY name"""
    return [Group(name, tuple(patterns), ordered) for name, patterns, ordered in await connection.fetch(sql)]


async def forget(connection: Any, group: str) -> int:
    """Remove a group and its work; return how many of its events were pending."""
    # Held across both transactions: a group registered between them would get work again.
    await connection.execute(_ALONE_FOR_LONGER)
    try:
        pending = await _forget(connection, group)
    except Exception:
        with contextlib.suppress(*CUT_OFF):  # the lock ends with the connection, also on cancellation
            await connection.execute(_NO_LONGER)
        raise
    await connection.execute(_NO_LONGER)
    return pending


async def _forget(connection: Any, group: str) -> int:
    number = await connection.fetchval("SELECT number FROM cstar_inbox_groups WHERE name = $1", group)
    if number is None:
        return 0
    # `accept` reads the subscriptions, so after this the group gets no more work.
    async with connection.transaction(isolation="read_committed"):
        await connection.execute("LOCK TABLE cstar_inbox_subscriptions IN ACCESS EXCLUSIVE MODE")
        await connection.execute("DELETE FROM cstar_inbox_subscriptions WHERE grp = $1", number)
    async with connection.transaction(isolation="read_committed"):
        await connection.execute("SELECT FROM cstar_inbox_lanes WHERE grp = $1 ORDER BY lane FOR UPDATE", number)
        await connection.execute("DELETE FROM cstar_inbox_lanes WHERE grp = $1", number)
        sql = """WITH gone AS (DELETE FROM cstar_inbox_work WHERE grp = $1 RETURNING state)
                 SELECT count(*) FROM gone WHERE state = 0"""
        pending: int = await connection.fetchval(sql, number)
        await connection.execute("DELETE FROM cstar_inbox_groups WHERE number = $1", number)
    return pending


async def dead_letters(
    connection: Any, group: str | None, event_id: str | None, limit: int, after: tuple[int, str]
) -> list[DeadLetter]:
    """Return dead letters after a pair of sequence number and group."""
    sql = """SELECT g.name, w.place, e.id, e.type, e.team, w.attempts, w.error, e.received_at, w.settled_at
             FROM cstar_inbox_work w JOIN cstar_inbox_events e ON e.place = w.place
             JOIN cstar_inbox_groups g ON g.number = w.grp
             WHERE w.state = 2 AND w.place >= $1 AND (w.place, g.name) > ($1, $2)
                 AND ($3::text IS NULL OR g.name = $3) AND ($4::text IS NULL OR e.id = $4)
             ORDER BY w.place, g.name LIMIT $5"""
    return [DeadLetter(*row) for row in await connection.fetch(sql, *after, group, event_id, limit)]


_REDRIVE = f"""
WITH chosen AS MATERIALIZED (
    SELECT w.place, w.grp FROM cstar_inbox_work w JOIN cstar_inbox_events e ON e.place = w.place
    JOIN cstar_inbox_groups g ON g.number = w.grp
    WHERE w.state = 2 AND ($2::text IS NULL OR g.name = $2) AND ($3::text IS NULL OR e.id = $3)
    ORDER BY w.place LIMIT {CHUNK}),
revived AS (
    UPDATE cstar_inbox_work w SET state = 0, attempts = 0, due = {NOW}, settled_at = NULL
    FROM chosen c WHERE w.place = c.place AND w.grp = c.grp AND w.state = 2 RETURNING w.place, w.grp, w.lane),
{heads("revived")}
SELECT count(*), {NOTIFY} FROM revived
"""


async def redrive(connection: Any, now: float | None, group: str | None, event_id: str | None) -> int:
    """Make a chunk of dead letters pending again."""
    async with connection.transaction(isolation="read_committed"):
        await connection.execute(ALONE)
        revived: int = await connection.fetchval(_REDRIVE, now, group, event_id)
    return revived


# Not an upsert, which would lock pending rows too and could deadlock with `settle`.
_REPLAY = f"""
WITH chosen AS MATERIALIZED (
    SELECT DISTINCT e.place, g.number AS grp, {LANE} AS lane
    FROM cstar_inbox_events e JOIN cstar_inbox_subscriptions s ON {MATCHES}
    JOIN cstar_inbox_groups g ON g.number = s.grp
    WHERE e.place = ANY($2::bigint[]) AND ($3::text IS NULL OR g.name = $3) AND ($4::text[] = '{{}}' OR EXISTS (
        SELECT FROM unnest($4::text[]) AS s (pattern) WHERE {MATCHES}))),
fresh AS (
    INSERT INTO cstar_inbox_work (place, grp, lane, due) SELECT place, grp, lane, {NOW} FROM chosen
    ON CONFLICT DO NOTHING RETURNING place, grp, lane),
again AS (
    UPDATE cstar_inbox_work w SET state = 0, attempts = 0, due = {NOW}, error = NULL, settled_at = NULL
    FROM chosen c WHERE w.place = c.place AND w.grp = c.grp AND w.state <> 0 RETURNING w.place, w.grp, w.lane),
revived AS (SELECT * FROM fresh UNION ALL SELECT * FROM again),
{heads("revived")}
SELECT count(*), {NOTIFY} FROM revived
"""


async def replay(
    connection: Any, now: float | None, *, group: str | None, since: float, types: Sequence[str], after: int
) -> Replayed:
    """Make a chunk of past events pending again."""
    async with connection.transaction(isolation="read_committed"):
        await connection.execute(ALONE)
        sql = """SELECT place FROM cstar_inbox_events WHERE place > $1 AND received_at >= $2 AND body IS NOT NULL
                 ORDER BY place LIMIT $3"""
        places = [row[0] for row in await connection.fetch(sql, after, since, CHUNK)]
        if not places:
            return Replayed(0, None)
        revived: int = await connection.fetchval(_REPLAY, now, places, group, list(types))
    return Replayed(revived, places[-1])


async def stats(connection: Any) -> dict[str, GroupStats]:
    """Return the counts of each group."""
    sql = """SELECT g.name,
                  (SELECT count(*) FROM cstar_inbox_work w WHERE w.grp = g.number AND w.state = 0),
                  (SELECT count(*) FROM cstar_inbox_lanes l WHERE l.grp = g.number AND token <> 0),
                  (SELECT count(*) FROM cstar_inbox_work w WHERE w.grp = g.number AND w.state = 2),
                  (SELECT count(*) FROM cstar_inbox_work w WHERE w.grp = g.number AND w.state = 1),
                  (SELECT received_at FROM cstar_inbox_events WHERE place =
                      (SELECT min(place) FROM cstar_inbox_work w WHERE w.grp = g.number AND w.state = 0))
              FROM cstar_inbox_groups g ORDER BY g.name"""
    return {row[0]: GroupStats(*row[1:]) for row in await connection.fetch(sql)}


# Only unlocked rows: a transaction that leases or frees a lane sets its due time itself.
_BRING_FORWARD = f"""
WITH chunk AS MATERIALIZED (
    SELECT grp, lane, place, token, due FROM cstar_inbox_lanes WHERE (grp, lane) > ($2, $3)
    ORDER BY grp, lane LIMIT {CHUNK}),
late AS MATERIALIZED (
    SELECT l.grp, l.lane, {DUE} AS due FROM chunk c JOIN cstar_inbox_work w ON w.place = c.place AND w.grp = c.grp
    JOIN cstar_inbox_lanes l ON l.grp = c.grp AND l.lane = c.lane AND l.place = c.place
    WHERE c.token = 0 AND c.due > {NOW} AND {SINCE} > {NOW}
    ORDER BY l.grp, l.lane FOR NO KEY UPDATE OF l SKIP LOCKED),
moved AS (
    UPDATE cstar_inbox_lanes l SET due = least(l.due, m.due) FROM late m
    WHERE l.grp = m.grp AND l.lane = m.lane AND l.token = 0)
SELECT grp, lane FROM chunk ORDER BY grp DESC, lane DESC LIMIT 1
"""


async def bring_forward(connection: Any, now: float | None, after: tuple[int, str]) -> tuple[int, str] | None:
    """Shorten the waits of a chunk of lanes after the clock was set back; return where the next chunk begins."""
    last = await connection.fetchrow(_BRING_FORWARD, now, *after)
    return None if last is None else (last[0], last[1])


async def seen(connection: Any, since: float) -> list[Seen]:
    """Return the events created since a time."""
    # By this machine's clock, an event is received at most minutes before it is created, which lets the index be used.
    sql = "SELECT type, lane, created_at FROM cstar_inbox_events WHERE received_at >= $1 AND created_at >= $2"
    return [Seen(*row) for row in await connection.fetch(sql, since - 600, since)]


_UNFINISHED = "EXISTS (SELECT FROM cstar_inbox_work w WHERE w.place = e.place AND w.state <> 1)"
_OLD = f"""SELECT received_at, place FROM cstar_inbox_events e
    WHERE (received_at, place) > ($2, $3) AND received_at < $1 AND NOT {_UNFINISHED} AND %s
    ORDER BY received_at, place LIMIT {CHUNK}"""
_LAST = "SELECT count(*), max(received_at), max(place) FILTER (WHERE received_at = (SELECT max(received_at) FROM old))"
_PRUNE_BODIES = f"""
WITH old AS MATERIALIZED ({_OLD % "body IS NOT NULL"}),
gone AS (UPDATE cstar_inbox_events e SET body = NULL FROM old WHERE e.place = old.place)
{_LAST} FROM old
"""
_PRUNE_EVENTS = f"""
WITH leased AS MATERIALIZED (SELECT place FROM cstar_inbox_lanes WHERE {IS_LEASED}),
old AS MATERIALIZED ({_OLD % "created_at < $1 AND place NOT IN (SELECT place FROM leased)"}),
gone AS (DELETE FROM cstar_inbox_events e USING old WHERE e.place = old.place),
work AS (DELETE FROM cstar_inbox_work w USING old WHERE w.place = old.place)
{_LAST} FROM old
"""


async def prune(
    connection: Any, bodies_before: float, ids_before: float, after: PruneCursor
) -> tuple[Pruned, PruneCursor]:
    """Prune a chunk. Returns where the next one begins, so that events that are kept are read only once."""
    async with connection.transaction(isolation="read_committed"):
        await connection.execute(ALONE)
        bodies, next_body = await _prune(connection, _PRUNE_BODIES, bodies_before, after.bodies)
        events, next_event = await _prune(connection, _PRUNE_EVENTS, ids_before, after.events)
    return Pruned(bodies, events), PruneCursor(next_body, next_event)


async def _prune(
    connection: Any, sql: str, before: float, after: tuple[float, int] | None
) -> tuple[int, tuple[float, int] | None]:
    if after is None:
        return 0, None
    count, received_at, place = await connection.fetchrow(sql, before, *after)
    return count, None if count < CHUNK else (received_at, place)
