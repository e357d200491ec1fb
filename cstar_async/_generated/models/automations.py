# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Automations: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import ABSENT, FieldInfo, ModelInfo, new, note_absent, show_fields, whole_number

from .shared import TICKET_PRIORITY_VALUES, TICKET_STATUS_VALUES, TicketPriority, TicketStatus

AutomationOperatorKnown: TypeAlias = Literal[
    "equals", "not_equals", "contains", "not_contains", "in", "greater_than", "is_empty"
]
AutomationOperator: TypeAlias = AutomationOperatorKnown | str
"""How a condition compares. `equals` and `contains` are documented, the others are inferred. Unknown values are passed
through.
"""
AUTOMATION_OPERATOR_VALUES: tuple[AutomationOperatorKnown, ...] = (
    "equals",
    "not_equals",
    "contains",
    "not_contains",
    "in",
    "greater_than",
    "is_empty",
)

AutomationActionTypeKnown: TypeAlias = Literal[
    "assign_to", "add_tags", "send_notification", "set_status", "set_priority", "remove_tags", "add_note"
]
AutomationActionType: TypeAlias = AutomationActionTypeKnown | str
"""What a rule can do. `assign_to`, `add_tags` and `send_notification` are documented, the others are inferred. Unknown
values are passed through.
"""
AUTOMATION_ACTION_TYPE_VALUES: tuple[AutomationActionTypeKnown, ...] = (
    "assign_to",
    "add_tags",
    "send_notification",
    "set_status",
    "set_priority",
    "remove_tags",
    "add_note",
)


@attrs.define(slots=True, kw_only=True)
class Automation:
    """A rule that acts on events.

    Attributes:
        id: The rule's id.
        name: The rule's name.
        trigger_event: The event that sets it off, named as webhook events are.
        conditions: What must hold for the rule to act.
        actions: What the rule does, in this order.
        enabled: Whether the rule is in use.
        execution_count: How many times it has acted.
    """

    __repr__ = show_fields

    id: str
    name: str = ABSENT
    trigger_event: str = ABSENT
    conditions: AutomationConditions = ABSENT
    actions: list[AutomationAction] = ABSENT
    enabled: bool = ABSENT
    execution_count: int = ABSENT


def decode_automation(d: Mapping[str, Any]) -> Automation:
    """Decode an Automation from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Automation)
    v: Any
    try:
        o.id = d["id"]
        o.name = d["name"]
        o.trigger_event = d["triggerEvent"]
        o.conditions = decode_automation_conditions(d["conditions"])
        o.actions = [decode_automation_action(i) for i in d["actions"]]
        o.enabled = d["enabled"]
        v = d["executionCount"]
        o.execution_count = v if v.__class__ is int else whole_number(v)
        return o
    except (AttributeError, KeyError, TypeError):
        pass
    return _decode_automation_leniently(d)


_AUTOMATION_PROMISED = frozenset(("id", "name", "triggerEvent", "conditions", "actions", "enabled", "executionCount"))


def _decode_automation_leniently(d: Mapping[str, Any]) -> Automation:
    o: Any = new(Automation)
    v: Any
    get = d.get
    o.id = d["id"]
    o.name = get("name")
    o.trigger_event = get("triggerEvent")
    v = get("conditions")
    o.conditions = None if v is None else decode_automation_conditions(v)
    v = get("actions")
    o.actions = None if v is None else [decode_automation_action(v_) for v_ in v]
    o.enabled = get("enabled")
    v = get("executionCount")
    o.execution_count = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("Automation", d, _AUTOMATION_PROMISED)
    decoded: Automation = o
    return decoded


def encode_automation(o: Automation) -> dict[str, Any]:
    """Encode an Automation as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.trigger_event
    if v is not None:
        d["triggerEvent"] = v
    v = o.conditions
    if v is not None:
        d["conditions"] = encode_automation_conditions(v)
    v = o.actions
    if v is not None:
        d["actions"] = [encode_automation_action(v_) for v_ in v]
    v = o.enabled
    if v is not None:
        d["enabled"] = v
    v = o.execution_count
    if v is not None:
        d["executionCount"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class AutomationConditions:
    """A rule acts when every condition in `all` holds and, where `any` is not empty, one in `any` does too. Two empty
    lists match everything. That last rule is not documented by cStar; inferred.

    Attributes:
        all: Conditions that must all hold. From cStar's public documentation.
        any: Conditions of which one must hold. From cStar's public documentation.
    """

    __repr__ = show_fields

    all: list[AutomationCondition] | None = None
    any: list[AutomationCondition] | None = None


def decode_automation_conditions(d: Mapping[str, Any]) -> AutomationConditions:
    """Decode an AutomationConditions from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AutomationConditions)
    v: Any
    get = d.get
    v = get("all")
    o.all = None if v is None else [decode_automation_condition(v_) for v_ in v]
    v = get("any")
    o.any = None if v is None else [decode_automation_condition(v_) for v_ in v]
    return o


def encode_automation_conditions(o: AutomationConditions) -> dict[str, Any]:
    """Encode an AutomationConditions as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.all
    if v is not None:
        d["all"] = [encode_automation_condition(v_) for v_ in v]
    v = o.any
    if v is not None:
        d["any"] = [encode_automation_condition(v_) for v_ in v]
    return d


@attrs.define(slots=True, kw_only=True)
class AutomationCondition:
    """A comparison with a field of the resource.

    Attributes:
        field: The field to look at. From cStar's public documentation.
        operator: How to compare. From cStar's public documentation.
        value: What to compare with; a list for `in`, nothing for `is_empty`. From cStar's public documentation.
    """

    __repr__ = show_fields

    field: str = ABSENT
    operator: AutomationOperator = ABSENT
    value: Any = None


def decode_automation_condition(d: Mapping[str, Any]) -> AutomationCondition:
    """Decode an AutomationCondition from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AutomationCondition)
    get = d.get
    try:
        o.field = d["field"]
        o.operator = d["operator"]
        o.value = get("value")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_automation_condition_leniently(d)


_AUTOMATION_CONDITION_PROMISED = frozenset(("field", "operator"))


def _decode_automation_condition_leniently(d: Mapping[str, Any]) -> AutomationCondition:
    o: Any = new(AutomationCondition)
    get = d.get
    o.field = get("field")
    o.operator = get("operator")
    o.value = get("value")
    note_absent("AutomationCondition", d, _AUTOMATION_CONDITION_PROMISED)
    decoded: AutomationCondition = o
    return decoded


def encode_automation_condition(o: AutomationCondition) -> dict[str, Any]:
    """Encode an AutomationCondition as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.field
    if v is not None:
        d["field"] = v
    v = o.operator
    if v is not None:
        d["operator"] = v
    v = o.value
    if v is not None:
        d["value"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class AutomationAction:
    """Something a rule does. Its parameters stand beside `type`, and which are needed depends on it.

    Attributes:
        type: What to do. From cStar's public documentation.
        agent_id: Who gets the ticket, for `assign_to`. From cStar's public documentation.
        tags: The tags, for `add_tags` and `remove_tags`. From cStar's public documentation.
        message: The text, for `send_notification`. From cStar's public documentation.
        status: The new status, for `set_status`. Not documented by cStar; inferred.
        priority: The new priority, for `set_priority`. Not documented by cStar; inferred.
        note: The internal note, for `add_note`. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    type: AutomationActionType = ABSENT
    agent_id: str | None = None
    tags: list[str] | None = None
    message: str | None = None
    status: TicketStatus | None = None
    priority: TicketPriority | None = None
    note: str | None = None
    additional_properties: dict[str, Any] = attrs.field(factory=dict[str, Any])


def decode_automation_action(d: Mapping[str, Any]) -> AutomationAction:
    """Decode an AutomationAction from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AutomationAction)
    get = d.get
    try:
        o.type = d["type"]
        o.agent_id = get("agentId")
        o.tags = get("tags")
        o.message = get("message")
        o.status = get("status")
        o.priority = get("priority")
        o.note = get("note")
        o.additional_properties = {
            k: x for k, x in d.items() if k not in {"type", "agentId", "tags", "message", "status", "priority", "note"}
        }
        return o
    except (KeyError, TypeError):
        pass
    return _decode_automation_action_leniently(d)


_AUTOMATION_ACTION_PROMISED = frozenset(("type",))


def _decode_automation_action_leniently(d: Mapping[str, Any]) -> AutomationAction:
    o: Any = new(AutomationAction)
    get = d.get
    o.type = get("type")
    o.agent_id = get("agentId")
    o.tags = get("tags")
    o.message = get("message")
    o.status = get("status")
    o.priority = get("priority")
    o.note = get("note")
    o.additional_properties = {
        k: x for k, x in d.items() if k not in {"type", "agentId", "tags", "message", "status", "priority", "note"}
    }
    note_absent("AutomationAction", d, _AUTOMATION_ACTION_PROMISED)
    decoded: AutomationAction = o
    return decoded


def encode_automation_action(o: AutomationAction) -> dict[str, Any]:
    """Encode an AutomationAction as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    d.update((k, x) for k, x in o.additional_properties.items())
    v = o.type
    if v is not None:
        d["type"] = v
    v = o.agent_id
    if v is not None:
        d["agentId"] = v
    v = o.tags
    if v is not None:
        d["tags"] = v
    v = o.message
    if v is not None:
        d["message"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.priority
    if v is not None:
        d["priority"] = v
    v = o.note
    if v is not None:
        d["note"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class AutomationTestResult:
    """What a rule would do.

    Attributes:
        would_match: Whether the conditions hold. From cStar's public documentation.
        actions_would_execute: The actions that would follow; none where nothing matches. From cStar's public
            documentation.
    """

    __repr__ = show_fields

    would_match: bool = ABSENT
    actions_would_execute: list[AutomationAction] = ABSENT


def decode_automation_test_result(d: Mapping[str, Any]) -> AutomationTestResult:
    """Decode an AutomationTestResult from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AutomationTestResult)
    try:
        o.would_match = d["wouldMatch"]
        o.actions_would_execute = [decode_automation_action(i) for i in d["actionsWouldExecute"]]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_automation_test_result_leniently(d)


_AUTOMATION_TEST_RESULT_PROMISED = frozenset(("wouldMatch", "actionsWouldExecute"))


def _decode_automation_test_result_leniently(d: Mapping[str, Any]) -> AutomationTestResult:
    o: Any = new(AutomationTestResult)
    v: Any
    get = d.get
    o.would_match = get("wouldMatch")
    v = get("actionsWouldExecute")
    o.actions_would_execute = None if v is None else [decode_automation_action(v_) for v_ in v]
    note_absent("AutomationTestResult", d, _AUTOMATION_TEST_RESULT_PROMISED)
    decoded: AutomationTestResult = o
    return decoded


def encode_automation_test_result(o: AutomationTestResult) -> dict[str, Any]:
    """Encode an AutomationTestResult as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.would_match
    if v is not None:
        d["wouldMatch"] = v
    v = o.actions_would_execute
    if v is not None:
        d["actionsWouldExecute"] = [encode_automation_action(v_) for v_ in v]
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        Automation: ModelInfo(
            decode_automation,
            encode_automation,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", True, False, None, False),
                FieldInfo("trigger_event", "triggerEvent", True, False, None, False),
                FieldInfo("conditions", "conditions", True, False, AutomationConditions, False),
                FieldInfo("actions", "actions", True, False, [AutomationAction], False),
                FieldInfo("enabled", "enabled", True, False, None, False),
                FieldInfo("execution_count", "executionCount", True, False, whole_number, False),
            ),
            None,
        ),
        AutomationConditions: ModelInfo(
            decode_automation_conditions,
            encode_automation_conditions,
            (
                FieldInfo("all", "all", False, False, [AutomationCondition], False),
                FieldInfo("any", "any", False, False, [AutomationCondition], False),
            ),
            None,
        ),
        AutomationCondition: ModelInfo(
            decode_automation_condition,
            encode_automation_condition,
            (
                FieldInfo("field", "field", True, False, None, False),
                FieldInfo("operator", "operator", True, False, None, False, AUTOMATION_OPERATOR_VALUES),
                FieldInfo("value", "value", False, False, None, False),
            ),
            None,
        ),
        AutomationAction: ModelInfo(
            decode_automation_action,
            encode_automation_action,
            (
                FieldInfo("type", "type", True, False, None, False, AUTOMATION_ACTION_TYPE_VALUES),
                FieldInfo("agent_id", "agentId", False, False, None, False),
                FieldInfo("tags", "tags", False, False, None, False),
                FieldInfo("message", "message", False, False, None, False),
                FieldInfo("status", "status", False, False, None, False, TICKET_STATUS_VALUES),
                FieldInfo("priority", "priority", False, False, None, False, TICKET_PRIORITY_VALUES),
                FieldInfo("note", "note", False, False, None, False),
            ),
            FieldInfo("additional_properties", "", False, False, None),
        ),
        AutomationTestResult: ModelInfo(
            decode_automation_test_result,
            encode_automation_test_result,
            (
                FieldInfo("would_match", "wouldMatch", True, False, None, False),
                FieldInfo("actions_would_execute", "actionsWouldExecute", True, False, [AutomationAction], False),
            ),
            None,
        ),
    }
