"""The statements of an outbox. Each function runs in a transaction of the caller's."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import orjson

from cstar_async.errors import OutboxError

from .records import Claimed, OutboxEntry, OutboxStats, Settlement

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from .records import NewEntry, Owner, Until

REMEMBERED: Final = 7 * 86_400.0
"""Seconds for which an entry that is done is known, so that a write which is put again is not sent again."""
TOO_LATE: Final = (
    "it may have been done, and the service may no longer know its idempotency key (24 hours, one API key)"
)
_PRUNED: Final = 100
_COLUMNS: Final = "number, operation, path, state, team, server, sent_key, attempts, put_at, first_attempt, error"


def put(database: sqlite3.Connection, now: float, new: NewEntry) -> OutboxEntry:
    """Add an entry, or find the one with the same key. Raises OutboxError if that one is another write."""
    where = (new.owner.server, new.owner.team)
    if new.key is not None:
        sql = (
            "SELECT number, digest, state = 'done' AND settled_at < ? FROM cstar_outbox_entries "
            "WHERE server = ? AND team = ? AND key = ?"
        )
        row = database.execute(sql, (now - REMEMBERED, *where, new.key)).fetchone()
        if row is not None and row[2]:  # no write was done since then, so that it was not removed
            database.execute("DELETE FROM cstar_outbox_entries WHERE number = ?", (row[0],))
        elif row is not None:
            if row[1] != new.digest:
                raise OutboxError(
                    f"the entry {row[0]} of the outbox has the same idempotency key, but is another write; use "
                    "another key"
                )
            return entry(database, row[0])
    head: int | None = None
    if not new.lane:
        head = 1
    else:
        sql = (
            "SELECT 1 FROM cstar_outbox_entries WHERE server = ? AND team = ? AND lane = ? AND head IS NOT NULL LIMIT 1"
        )
        head = int(database.execute(sql, (*where, new.lane)).fetchone() is None)
    cursor = database.execute(
        "INSERT INTO cstar_outbox_entries (server, team, operation, path, query, body, digest, key, sent_key, lane, "
        "halts, head, put_at, first_attempt, sender) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(*where, new.operation, new.path, new.query, new.body, new.digest, new.key, new.key, new.lane),
            *(new.halts, head, now, now if new.in_doubt else None, new.owner.sender if new.in_doubt else None),
        ),
    )
    assert cursor.lastrowid is not None
    return entry(database, cursor.lastrowid)


def begin(database: sqlite3.Connection, owner: Owner) -> int:
    """Make all entries of an owner due now, also those that a sender had claimed when it ended.

    Returns:
        The number of the newest entry.
    """
    where = (owner.server, owner.team)
    database.execute(
        "UPDATE cstar_outbox_entries SET state = 'queued' WHERE state = 'sending' AND server = ? AND team = ?", where
    )
    sql = (
        "UPDATE cstar_outbox_entries SET due = 0 WHERE state = 'queued' AND head = 1 AND server = ? AND team = ? "
        "AND due > 0"
    )
    database.execute(sql, where)
    found: int = database.execute("SELECT max(number) FROM cstar_outbox_entries").fetchone()[0] or 0
    return found


def claim(
    database: sqlite3.Connection,
    now: float,
    owner: Owner,
    until: Until,
    limit: int,
    may_repeat: Callable[[Claimed, float], bool],
) -> tuple[list[Claimed], list[int]]:
    """Take entries that are due, each the first of its lane, and record that they are being sent.

    Returns:
        The entries to send, and the numbers of those that cannot be sent again and are uncertain now.
    """
    rows = database.execute(
        "SELECT number, operation, path, query, body, sent_key, attempts, first_attempt, sender "
        "FROM cstar_outbox_entries WHERE state = 'queued' AND head = 1 AND server = ? AND team = ? AND due <= ? "
        "AND number <= ? ORDER BY due, number LIMIT ?",
        (owner.server, owner.team, until.due, until.newest, limit),
    ).fetchall()
    claimed: list[Claimed] = []
    uncertain: list[int] = []
    for row in rows:
        found = Claimed(*row)
        if may_repeat(found, now):
            claimed.append(found)
            database.execute(
                "UPDATE cstar_outbox_entries SET state = 'sending', attempts = attempts + 1, "
                "first_attempt = coalesce(first_attempt, ?), sender = coalesce(sender, ?) WHERE number = ?",
                (now, owner.sender, found.number),
            )
        else:
            uncertain.append(found.number)
            _end(database, now, Settlement(found.number, "uncertain", TOO_LATE, in_doubt=True))
    return claimed, uncertain


def settle(database: sqlite3.Connection, now: float, settled: Settlement) -> None:
    """Record the outcome of an entry, and let the next one of its lane be sent. Does nothing unless it is sending."""
    sql = "SELECT 1 FROM cstar_outbox_entries WHERE number = ? AND state = 'sending'"
    if database.execute(sql, (settled.number,)).fetchone() is None:
        return
    if not settled.in_doubt:
        sql = "UPDATE cstar_outbox_entries SET first_attempt = NULL, sender = NULL WHERE number = ?"
        database.execute(sql, (settled.number,))
    if settled.state == "queued":
        sql = "UPDATE cstar_outbox_entries SET state = 'queued', error = ?, due = ? WHERE number = ?"
        database.execute(sql, (settled.error, settled.due, settled.number))
    else:
        _end(database, now, settled)


def _end(database: sqlite3.Connection, now: float, settled: Settlement) -> None:
    """Record that an entry is not sent any more."""
    if settled.state == "done":
        database.execute(
            "UPDATE cstar_outbox_entries SET state = 'done', error = NULL, path = '[]', query = '{}', body = NULL, "
            "settled_at = ? WHERE number = ?",
            (now, settled.number),
        )
        database.execute(
            "DELETE FROM cstar_outbox_entries WHERE number IN "
            "(SELECT number FROM cstar_outbox_entries WHERE state = 'done' AND settled_at < ? LIMIT ?)",
            (now - REMEMBERED, _PRUNED),
        )
    else:
        sql = "UPDATE cstar_outbox_entries SET state = ?, error = ?, settled_at = ? WHERE number = ?"
        database.execute(sql, (settled.state, settled.error, now, settled.number))
    sql = "SELECT server, team, lane, halts FROM cstar_outbox_entries WHERE number = ?"
    server, team, lane, halts = database.execute(sql, (settled.number,)).fetchone()
    if settled.state == "done" or not (halts and lane):
        database.execute("UPDATE cstar_outbox_entries SET head = NULL WHERE number = ?", (settled.number,))
        _promote(database, server, team, lane)


def _promote(database: sqlite3.Connection, server: str, team: str, lane: str) -> None:
    """Let the next entry of a lane be sent."""
    if lane:
        database.execute(
            "UPDATE cstar_outbox_entries SET head = 1 WHERE number = (SELECT min(number) FROM cstar_outbox_entries "
            "WHERE server = ? AND team = ? AND lane = ? AND head IS NOT NULL)",
            (server, team, lane),
        )


def retry(database: sqlite3.Connection, number: int, new_key: str, *, anyway: bool) -> OutboxEntry:
    """Queue an entry again. Raises OutboxError if it has not ended, or is uncertain and not `anyway`."""
    found = entry(database, number)
    if found.state not in {"failed", "uncertain"}:
        raise OutboxError(f"the entry {number} of the outbox is {found.state}: only failed ones are sent again")
    if found.state == "uncertain" and not anyway:
        look = f"; {found.check} shows whether it was" if found.check else ""
        raise OutboxError(
            f"the entry {number} of the outbox is uncertain: it may have been done{look}. If it was not, send it again "
            "with anyway=True; if it was, remove it with clear()"
        )
    # A refusal ends a write, so what is sent now is a new one: the service would repeat its refusal of the old key.
    key = new_key if found.state == "failed" and found.idempotency_key is not None else found.idempotency_key
    server, team = found.base_url, found.team
    lane = database.execute("SELECT lane FROM cstar_outbox_entries WHERE number = ?", (number,)).fetchone()[0]
    sql = (
        "SELECT 1 FROM cstar_outbox_entries WHERE server = ? AND team = ? AND lane = ? AND head IS NOT NULL "
        "AND number <> ? LIMIT 1"
    )
    waits = lane and database.execute(sql, (server, team, lane, number)).fetchone() is not None
    sql = (
        "UPDATE cstar_outbox_entries SET state = 'queued', sent_key = ?, first_attempt = NULL, sender = NULL, "
        "due = 0, settled_at = NULL, head = CASE WHEN head = 1 THEN 1 ELSE ? END WHERE number = ?"
    )
    database.execute(sql, (key, int(not waits), number))
    return entry(database, number)


def clear(database: sqlite3.Connection, number: int | None) -> int:
    """Remove an entry, or all that are not being sent; how many there were.

    Raises OutboxError if the one entry is being sent: whether it was done would not be known.
    """
    if number is None:
        return database.execute("DELETE FROM cstar_outbox_entries WHERE state <> 'sending'").rowcount
    sql = "SELECT state FROM cstar_outbox_entries WHERE number = ?"
    if database.execute(sql, (_row_number(number),)).fetchone() == ("sending",):
        raise OutboxError(
            f"the entry {number} of the outbox is sending: it can be removed when its outcome is known. If its sender "
            "has ended, send it again with flush()"
        )
    sql = "DELETE FROM cstar_outbox_entries WHERE number = ? RETURNING server, team, lane, head"
    rows = database.execute(sql, (_row_number(number),)).fetchall()
    for server, team, lane, head in rows:
        if head == 1:
            _promote(database, server, team, lane)
    return len(rows)


def next_due(database: sqlite3.Connection, owner: Owner) -> float | None:
    """When the next entry is due, seconds since 1970; None if none waits."""
    sql = (
        "SELECT due FROM cstar_outbox_entries WHERE state = 'queued' AND head = 1 AND server = ? AND team = ? "
        "ORDER BY due LIMIT 1"
    )
    row = database.execute(sql, (owner.server, owner.team)).fetchone()
    return None if row is None else row[0]


def entry(database: sqlite3.Connection, number: int) -> OutboxEntry:
    """The entry with this number. Raises OutboxError if there is none."""
    sql = f"SELECT {_COLUMNS} FROM cstar_outbox_entries WHERE number = ?"
    row = database.execute(sql, (_row_number(number),)).fetchone()
    if row is None:
        raise OutboxError(f"the outbox has no entry {number}")
    return _entry(row)


def entries(database: sqlite3.Connection, states: Sequence[str], limit: int, after: int) -> list[OutboxEntry]:
    """The entries in these states, by number."""
    # A statement for each state, since one for all would sort them.
    sql = f"SELECT {_COLUMNS} FROM cstar_outbox_entries WHERE state = ? AND number > ? ORDER BY number LIMIT ?"
    rows = [row for state in dict.fromkeys(states) for row in database.execute(sql, (state, after, limit))]
    return [_entry(row) for row in sorted(rows)[:limit]]


def stats(database: sqlite3.Connection) -> OutboxStats:
    """How many entries are in each state."""
    return OutboxStats(**dict(database.execute("SELECT state, count(*) FROM cstar_outbox_entries GROUP BY state")))


def _entry(row: tuple[Any, ...]) -> OutboxEntry:
    from .calls import check_of

    number, operation, path, state, team, server, key, attempts, put_at, first_attempt, error = row
    path_args = tuple(orjson.loads(path))
    return OutboxEntry(
        id=number,
        operation=operation,
        path_args=path_args,
        state=state,
        team=team,
        base_url=server,
        idempotency_key=key,
        attempts=attempts,
        put_at=_moment(put_at),
        first_attempt_at=None if first_attempt is None else _moment(first_attempt),
        error=error,
        check=check_of(operation, path_args) if state in {"failed", "uncertain"} else None,
    )


def _row_number(number: int) -> int:
    """The number of a row, 0 (which none has) for an integer that SQLite cannot store."""
    return number if 0 < number < 2**63 else 0


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(seconds, dt.UTC)
