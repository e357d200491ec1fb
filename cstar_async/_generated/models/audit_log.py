# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Audit Log: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import (
    ABSENT,
    FieldInfo,
    ModelInfo,
    encode_datetime,
    in_utc,
    new,
    note_absent,
    parse_datetime,
    parse_isoformat,
    show_fields,
    with_usual_times,
)


@attrs.define(slots=True, kw_only=True)
class AuditLogEntry:
    """An entry of the audit log, with the action, its resource and its actor.

    Attributes:
        id: The entry's id.
        action: What was done, as `resource.action`.
        resource_type: The type of the resource it was done to.
        resource_id: The resource it was done to.
        actor_id: Who did it; null if it was not a user. Not documented by cStar; inferred.
        actor_name: The actor's name.
        details: More about it; the keys depend on the action.
        created_at: When it was done.
    """

    __repr__ = show_fields

    id: str
    action: str = ABSENT
    resource_type: str = ABSENT
    resource_id: str = ABSENT
    actor_id: str | None = None
    actor_name: str = ABSENT
    details: dict[str, Any] = ABSENT
    created_at: _dt.datetime = ABSENT


def decode_audit_log_entry(d: Mapping[str, Any]) -> AuditLogEntry:
    """Decode an AuditLogEntry from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AuditLogEntry)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.action = d["action"]
        o.resource_type = d["resourceType"]
        o.resource_id = d["resourceId"]
        o.actor_id = get("actorId")
        o.actor_name = d["actorName"]
        o.details = d["details"]
        v = d["createdAt"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_audit_log_entry(with_usual_times(d, ("createdAt",)))
    return _decode_audit_log_entry_leniently(d)


_AUDIT_LOG_ENTRY_PROMISED = frozenset(
    ("id", "action", "resourceType", "resourceId", "actorName", "details", "createdAt")
)


def _decode_audit_log_entry_leniently(d: Mapping[str, Any]) -> AuditLogEntry:
    o: Any = new(AuditLogEntry)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.action = get("action")
        o.resource_type = get("resourceType")
        o.resource_id = get("resourceId")
        o.actor_id = get("actorId")
        o.actor_name = get("actorName")
        o.details = get("details")
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_audit_log_entry(with_usual_times(d, ("createdAt",)))
    note_absent("AuditLogEntry", d, _AUDIT_LOG_ENTRY_PROMISED)
    decoded: AuditLogEntry = o
    return decoded


def encode_audit_log_entry(o: AuditLogEntry) -> dict[str, Any]:
    """Encode an AuditLogEntry as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.action
    if v is not None:
        d["action"] = v
    v = o.resource_type
    if v is not None:
        d["resourceType"] = v
    v = o.resource_id
    if v is not None:
        d["resourceId"] = v
    v = o.actor_id
    if v is not None:
        d["actorId"] = v
    v = o.actor_name
    if v is not None:
        d["actorName"] = v
    v = o.details
    if v is not None:
        d["details"] = v
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        AuditLogEntry: ModelInfo(
            decode_audit_log_entry,
            encode_audit_log_entry,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("action", "action", True, False, None, False),
                FieldInfo("resource_type", "resourceType", True, False, None, False),
                FieldInfo("resource_id", "resourceId", True, False, None, False),
                FieldInfo("actor_id", "actorId", False, True, None, False),
                FieldInfo("actor_name", "actorName", True, False, None, False),
                FieldInfo("details", "details", True, False, None, False),
                FieldInfo("created_at", "createdAt", True, False, parse_datetime, False),
            ),
            None,
        )
    }
