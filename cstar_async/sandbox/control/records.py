"""Converts rows of the store to the JSON that the control API returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.service.events import WEBHOOKS

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.recording.exchanges import RequestRecord
    from cstar_async.sandbox.storage.database import Database

TEAMS = """SELECT teams.id, teams.name, teams.slug,
    (SELECT key FROM keys WHERE team = teams.id AND type = 'secret' ORDER BY rowid LIMIT 1),
    (SELECT key FROM keys WHERE team = teams.id AND type = 'publishable' ORDER BY rowid LIMIT 1),
    (SELECT count(*) FROM events WHERE team = teams.id)
    FROM teams"""
EVENTS = """SELECT place, id, type, team, at, request_id, body,
    (SELECT count(*) FROM deliveries WHERE event = place) FROM events"""
DELIVERIES = """SELECT number, events.id, events.type, deliveries.team, webhook, attempts, due, state
    FROM deliveries JOIN events ON events.place = deliveries.event"""
ATTEMPTS = "SELECT attempt, at, status, error, answer, milliseconds FROM attempts WHERE delivery = ? ORDER BY attempt"


def teams(store: Database, team: str | None = None) -> list[Json]:
    """Return teams with their first keys, in the order of creation."""
    names = ("id", "name", "slug", "secretKey", "publishableKey", "events")
    return [dict(zip(names, row, strict=True)) for row in _find(store, TEAMS, "number", {"id = ?": team})]


def events(
    store: Database, *, team: str | None = None, before: int | None = None, event_id: str | None = None, limit: int = 1
) -> list[Json]:
    """Return events, newest first. `place` is the sequence number of an event, for `before`."""
    conditions = {"team = ?": team, "place < ?": before, "id = ?": event_id}
    names = ("place", "id", "type", "team", "at", "requestId", "payload", "deliveries")
    rows = _find(store, EVENTS, "place DESC", conditions, limit)
    return [
        dict(zip(names, row, strict=True)) | {"at": iso_time(row[4]), "payload": orjson.loads(row[6])} for row in rows
    ]


def deliveries(
    store: Database,
    *,
    team: str | None = None,
    event: str | None = None,
    state: str | None = None,
    before: int | None = None,
    number: int | None = None,
    limit: int = 1,
) -> list[Json]:
    """Return deliveries with their attempts, newest first."""
    conditions = {
        "deliveries.team = ?": team,
        "event = (SELECT place FROM events WHERE id = ?)": event,
        "state = ?": state,
        "number < ?": before,
        "number = ?": number,
    }
    return [
        {
            "number": row[0],
            "event": row[1],
            "type": row[2],
            "team": row[3],
            "webhook": row[4],
            "url": (store.get(row[3], WEBHOOKS, row[4]) or {}).get("url"),
            "state": row[7],
            "due": None if row[6] is None else iso_time(row[6]),
            "attempts": _attempts(store, row[0]),
        }
        for row in _find(store, DELIVERIES, "number DESC", conditions, limit)
    ]


def _find(store: Database, sql: str, order: str, conditions: dict[str, Any], limit: int = -1) -> list[Any]:
    """Return the rows that meet the conditions that have a value; the others would keep SQLite from using an index."""
    given = {condition: value for condition, value in conditions.items() if value is not None}
    where = f" WHERE {' AND '.join(given)}" if given else ""
    return store.execute(f"{sql}{where} ORDER BY {order} LIMIT ?", *given.values(), limit).fetchall()


def _attempts(store: Database, delivery: int) -> list[Json]:
    names = ("attempt", "at", "status", "error", "answer", "milliseconds")
    rows = store.execute(ATTEMPTS, delivery)
    return [dict(zip(names, row, strict=True)) | {"at": iso_time(row[1])} for row in rows]


def request(record: RequestRecord) -> dict[str, Any]:
    """Convert the record of a request, without headers and bodies."""
    return {
        "number": record.number,
        "method": record.method,
        "path": record.path,
        "status": record.status,
        "requestId": record.request_id,
        "keyPrefix": record.key_prefix or None,
        "team": record.team,
        "at": iso_time(record.at),
        "milliseconds": record.milliseconds,
    }
