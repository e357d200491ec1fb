# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Events: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import (
    FieldInfo,
    ModelInfo,
    encode_datetime,
    in_utc,
    new,
    parse_datetime,
    parse_isoformat,
    show_fields,
    with_usual_times,
)

from .shared import EventType


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
    type: EventType
    created_at: _dt.datetime
    team_id: str
    data: dict[str, Any]


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
    except ValueError:
        return decode_stored_event(with_usual_times(d, ("created_at",)))
    return o


def encode_stored_event(o: StoredEvent) -> dict[str, Any]:
    """Encode a StoredEvent as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.type
    d["type"] = v
    v = o.created_at
    d["created_at"] = encode_datetime(v)
    v = o.team_id
    d["team_id"] = v
    v = o.data
    d["data"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        StoredEvent: ModelInfo(
            decode_stored_event,
            encode_stored_event,
            (
                FieldInfo("id", "id", True, False, None),
                FieldInfo("type", "type", True, False, None),
                FieldInfo("created_at", "created_at", True, False, parse_datetime),
                FieldInfo("team_id", "team_id", True, False, None),
                FieldInfo("data", "data", True, False, None),
            ),
            None,
        )
    }
