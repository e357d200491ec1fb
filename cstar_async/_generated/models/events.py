# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Events: models, and the known values of enums."""

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

from .shared import EVENT_TYPE_VALUES, EventType


@attrs.define(slots=True, kw_only=True)
class StoredEvent:
    """An event as it was sent to webhooks.

    Attributes:
        id: The event's id, by which repeats are recognised.
        type: The types of webhook events. Read it as open; new ones may appear.
        created_at: When it happened.
        team_id: The team it happened in.
        data: What it is about; the keys depend on the type.
    """

    __repr__ = show_fields

    id: str
    type: EventType = ABSENT
    created_at: _dt.datetime = ABSENT
    team_id: str = ABSENT
    data: dict[str, Any] = ABSENT


def decode_stored_event(d: Mapping[str, Any]) -> StoredEvent:
    """Decode a StoredEvent from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(StoredEvent)
    v: Any
    try:
        o.id = d["id"]
        o.type = d["type"]
        v = d["created_at"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        o.team_id = d["team_id"]
        o.data = d["data"]
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_stored_event(with_usual_times(d, ("created_at",)))
    return _decode_stored_event_leniently(d)


_STORED_EVENT_PROMISED = frozenset(("id", "type", "created_at", "team_id", "data"))


def _decode_stored_event_leniently(d: Mapping[str, Any]) -> StoredEvent:
    o: Any = new(StoredEvent)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.type = get("type")
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.team_id = get("team_id")
        o.data = get("data")
    except ValueError:
        return decode_stored_event(with_usual_times(d, ("created_at",)))
    note_absent("StoredEvent", d, _STORED_EVENT_PROMISED)
    decoded: StoredEvent = o
    return decoded


def encode_stored_event(o: StoredEvent) -> dict[str, Any]:
    """Encode a StoredEvent as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.type
    if v is not None:
        d["type"] = v
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    v = o.team_id
    if v is not None:
        d["team_id"] = v
    v = o.data
    if v is not None:
        d["data"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        StoredEvent: ModelInfo(
            decode_stored_event,
            encode_stored_event,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("type", "type", True, False, None, False, EVENT_TYPE_VALUES),
                FieldInfo("created_at", "created_at", True, False, parse_datetime, False),
                FieldInfo("team_id", "team_id", True, False, None, False),
                FieldInfo("data", "data", True, False, None, False),
            ),
            None,
        )
    }
