# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""SLA Rules: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import ABSENT, FieldInfo, ModelInfo, new, note_absent, show_fields, whole_number

from .shared import TICKET_PRIORITY_VALUES, TicketPriority


@attrs.define(slots=True, kw_only=True)
class SLARule:
    """A promise of response and resolution times for one priority.

    Attributes:
        id: The rule's id.
        name: The rule's name.
        priority: The priority of the tickets it applies to.
        response_target: Minutes until the first answer.
        resolution_target: Minutes until the ticket is resolved.
        business_hours_only: Whether only business hours count.
        enabled: Whether the rule is in use.
    """

    __repr__ = show_fields

    id: str
    name: str = ABSENT
    priority: TicketPriority = ABSENT
    response_target: int = ABSENT
    resolution_target: int = ABSENT
    business_hours_only: bool = ABSENT
    enabled: bool = ABSENT


def decode_sla_rule(d: Mapping[str, Any]) -> SLARule:
    """Decode a SLARule from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(SLARule)
    v: Any
    try:
        o.id = d["id"]
        o.name = d["name"]
        o.priority = d["priority"]
        v = d["responseTarget"]
        o.response_target = v if v.__class__ is int else whole_number(v)
        v = d["resolutionTarget"]
        o.resolution_target = v if v.__class__ is int else whole_number(v)
        o.business_hours_only = d["businessHoursOnly"]
        o.enabled = d["enabled"]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_sla_rule_leniently(d)


_SLA_RULE_PROMISED = frozenset(
    ("id", "name", "priority", "responseTarget", "resolutionTarget", "businessHoursOnly", "enabled")
)


def _decode_sla_rule_leniently(d: Mapping[str, Any]) -> SLARule:
    o: Any = new(SLARule)
    v: Any
    get = d.get
    o.id = d["id"]
    o.name = get("name")
    o.priority = get("priority")
    v = get("responseTarget")
    o.response_target = v if v.__class__ is int or v is None else whole_number(v)
    v = get("resolutionTarget")
    o.resolution_target = v if v.__class__ is int or v is None else whole_number(v)
    o.business_hours_only = get("businessHoursOnly")
    o.enabled = get("enabled")
    note_absent("SLARule", d, _SLA_RULE_PROMISED)
    decoded: SLARule = o
    return decoded


def encode_sla_rule(o: SLARule) -> dict[str, Any]:
    """Encode a SLARule as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.priority
    if v is not None:
        d["priority"] = v
    v = o.response_target
    if v is not None:
        d["responseTarget"] = v
    v = o.resolution_target
    if v is not None:
        d["resolutionTarget"] = v
    v = o.business_hours_only
    if v is not None:
        d["businessHoursOnly"] = v
    v = o.enabled
    if v is not None:
        d["enabled"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        SLARule: ModelInfo(
            decode_sla_rule,
            encode_sla_rule,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", True, False, None, False),
                FieldInfo("priority", "priority", True, False, None, False, TICKET_PRIORITY_VALUES),
                FieldInfo("response_target", "responseTarget", True, False, whole_number, False),
                FieldInfo("resolution_target", "resolutionTarget", True, False, whole_number, False),
                FieldInfo("business_hours_only", "businessHoursOnly", True, False, None, False),
                FieldInfo("enabled", "enabled", True, False, None, False),
            ),
            None,
        )
    }
