"""Writes the audit log entry and the event of a change, in the transaction of the change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from cstar_async._core.event_patterns import matches
from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.naming import camel_case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.storage.database import Database

    from .context import Context

AUDIT_LOG = "audit-log"
WEBHOOKS = "webhooks"
CUSTOMERS = "customers"
SUBJECTS = ("title", "name", "content", "email", "message")
MAX_SUBJECT_LENGTH = 120
API_ACTOR = "API"
"""The actor in the audit log for an API key, which belongs to a team and not to a person."""


class StoredEvent(NamedTuple):
    """A stored event: its place in the order of all events, and the bytes that are delivered."""

    place: int
    id: str
    type: str
    body: bytes


def event_place(store: Database, team: str, event_id: str) -> int | None:
    """The place of an event by its id, None if the team has no such event."""
    sql = "SELECT place FROM events WHERE team = ? AND id = ?"
    row = store.execute(sql, team, event_id).fetchone() if event_id.isascii() else None
    return None if row is None else int(row[0])


def events_after(store: Database, team: str, place: int, limit: int) -> list[StoredEvent]:
    """Up to `limit` events of a team after a place in the order of all events, oldest first."""
    sql = "SELECT place, id, type, body FROM events WHERE team = ? AND place > ? ORDER BY place LIMIT ?"
    return [StoredEvent(*row) for row in store.execute(sql, team, place, limit)]


def audit(
    context: Context,
    action: str,
    resource: str,
    resource_id: str,
    details: Json | None = None,
    *,
    actor: Json | None = None,
) -> None:
    """Add an entry to the team's audit log. `actor` is a member; None means the API key."""
    entry: Json = {
        "id": context.store.new_id(context.team, "aud_"),
        "action": action,
        "resourceType": resource,
        "resourceId": resource_id,
        "actorId": actor["userId"] if actor else None,
        "actorName": actor["name"] if actor else API_ACTOR,
        "details": details or {},
        "createdAt": context.timestamp,
    }
    context.store.insert(context.team, AUDIT_LOG, entry, now=context.now)
    context.effects.trace.append(
        ("change", {"action": action, "resource": resource, "id": resource_id, "details": details})
    )


def emit(context: Context, kind: str, document: Mapping[str, Any], **extra: Any) -> str:
    """Write an event and queue its deliveries. Returns the event's id.

    The payload has the fields that the contract has for this type, from `extra` (by their snake_case names) or else
    from `document` (by their camelCase names).
    """
    data = payload(context, kind, document, extra)
    context.effects.fired.append((kind, document))
    return write_event(context, kind, data)


def write_event(context: Context, kind: str, data: Json, *, deliver: bool = True) -> str:
    """Write an event with this payload and, if `deliver`, queue its deliveries. Returns the event's id."""
    store, team = context.store, context.team
    event_id = store.new_id(team, f"evt_{kind.replace('.', '_')}_")
    body = {"id": event_id, "type": kind, "created_at": iso_time(context.now), "team_id": team, "data": data}
    raw = orjson.dumps(body)
    context.service.self_check.event(
        raw, "" if context.service.switches.payload == "flat" else context.contract.event(kind).nested
    )
    sql = "INSERT INTO events (team, id, type, at, request_id, body) VALUES (?, ?, ?, ?, ?, ?) RETURNING place"
    row = store.execute(sql, team, event_id, kind, context.now, context.request_id, raw).fetchone()
    context.effects.trace.append(("event", {"id": event_id, "type": kind, "about": _subject(data)}))
    for webhook in store.select(team, WEBHOOKS, order="place") if deliver else ():
        if webhook["isActive"] and any(matches(pattern, kind) for pattern in webhook["events"]):
            queue_delivery(context, row[0], webhook["id"], due=context.now)
    return event_id


def _subject(data: Json) -> str | None:
    """A short text about the subject of an event, for the timeline."""
    inner: list[Json] = [each for each in data.values() if isinstance(each, dict)]
    texts = (part[field] for part in (data, *inner) for field in SUBJECTS if isinstance(part.get(field), str))
    return next((each[:MAX_SUBJECT_LENGTH] for each in texts), None)


def queue_delivery(context: Context, place: int, webhook_id: str, *, due: float | None) -> int:
    """Queue the delivery of an event to a webhook. Returns its number.

    The worker attempts it at `due`; if that is None, the caller does.
    """
    sql = """INSERT INTO deliveries (event, team, webhook, attempts, due, state)
             VALUES (?, ?, ?, 0, ?, 'pending') RETURNING number"""
    number: int = context.store.execute(sql, place, context.team, webhook_id, due).fetchone()[0]
    return number


def payload(context: Context, kind: str, document: Mapping[str, Any], extra: Mapping[str, Any]) -> Json:
    """The `data` of an event, flat or nested under the name of its object, according to the switch `payload`."""
    shape = context.contract.event(kind)
    data: Json = {}
    for field in shape.fields:
        if field in extra:
            data[field] = extra[field]
        elif field == "customer":
            data[field] = customer_summary(context, document.get("customerId"))
        else:
            wire_name = camel_case(field)
            if wire_name in document:
                data[field] = document[wire_name]
            elif field in document:  # community objects have snake_case names
                data[field] = document[field]
    if shape.is_open:
        data |= extra
    if not shape.nested or context.service.switches.payload == "flat":
        return data
    outside: Json = {field: data.pop(field) for field in ("customer", "changes") if field in data}
    return {shape.nested: data, **outside}


def customer_summary(context: Context, customer_id: str | None) -> Json | None:
    """The fields of a customer in events and expanded tickets, None if there is no such customer."""
    customer = context.store.get(context.team, CUSTOMERS, customer_id) if customer_id else None
    return customer and {name: customer[name] for name in ("id", "name", "email")}
