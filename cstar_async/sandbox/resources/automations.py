"""Automations: rules that run actions when an event happens to an object that meets their conditions.

A rule matches when every condition of `all` holds and, if `any` has conditions, one of those.
Rules run after the request that caused the event, in its transaction. Changes made by rules trigger no rules, since
two rules that undo each other would never end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.contract.document import is_list, is_object
from cstar_async.sandbox.service.collection import Collection
from cstar_async.sandbox.service.results import Result, not_found
from cstar_async.sandbox.storage.conditions import Condition

from .bulk_operations import ID_PARAMS, attempt
from .notifications import notify
from .roles import check_member

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context

AUTOMATIONS = "automations"
COLLECTIONS = {"ticket": "tickets", "customer": "customers", "article": "articles"}
"""The kind of object that rules test and change, by the first word of the event's type."""


class Automations(Collection):
    """Automation rules."""

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Start the count of executions, and check that actions assign to members. Raises Problem 400."""
        document["executionCount"] = 0
        for index, action in enumerate(document["actions"]):
            check_member(context, action.get("agentId"), f"actions[{index}].agentId")


def test(context: Context) -> Result:
    """Whether a rule would match an object, and the actions that it would run; none is run. Raises Problem 404."""
    rule = context.store.get(context.team, AUTOMATIONS, context.path["ruleId"])
    if rule is None:
        raise not_found("Automation")
    kind: str = context.body["resourceType"]
    collection = COLLECTIONS.get(kind.removesuffix("s"))
    document = collection and context.store.get(context.team, collection, context.body["resourceId"])
    if not document:
        raise not_found(kind.removesuffix("s").capitalize())
    matched = matches(rule, document)
    return Result({"wouldMatch": matched, "actionsWouldExecute": rule["actions"] if matched else []})


def react(context: Context, kind: str, document: Mapping[str, Any]) -> None:
    """Run the rules that an event triggers."""
    collection = COLLECTIONS.get(kind.partition(".")[0])
    # The event of a message is about its ticket.
    object_id: str = document.get("ticketId") or document.get("id", "")
    where = [Condition.equals("triggerEvent", kind), Condition.equals("enabled", value=True)]
    for rule in context.store.select(context.team, AUTOMATIONS, where, order="place"):
        # Read for each rule, since an earlier one may have changed it.
        current = context.store.get(context.team, collection, object_id) if collection else None
        if not matches(rule, current or document):
            continue
        rule["executionCount"] += 1
        context.store.update(context.team, AUTOMATIONS, rule, now=context.now)
        for action in rule["actions"]:
            _run_action(context, rule, action, collection, object_id if current else None)


def matches(rule: Json, document: Mapping[str, Any]) -> bool:
    """Whether an object meets the conditions of a rule."""
    conditions: Json = rule.get("conditions") or {}
    every: list[Json] = conditions.get("all") or []
    some: list[Json] = conditions.get("any") or []
    return all(holds(each, document) for each in every) and (not some or any(holds(each, document) for each in some))


def holds(condition: Json, document: Mapping[str, Any]) -> bool:
    """Whether one condition holds. Text is compared without regard to case; a list contains its elements."""
    actual: Any = dict(document)
    for part in condition["field"].split("."):
        actual = actual.get(part) if is_object(actual) else None
    expected: Any = condition.get("value")
    match condition["operator"]:
        case "equals":
            return bool(_fold(actual) == _fold(expected))
        case "not_equals":
            return bool(_fold(actual) != _fold(expected))
        case "contains":
            return _contains(actual, expected)
        case "not_contains":
            return not _contains(actual, expected)
        case "in":
            choices: list[Any] = expected if is_list(expected) else [expected]
            return _fold(actual) in [_fold(each) for each in choices]
        case "greater_than":
            are_text = isinstance(actual, str) and isinstance(expected, str)
            return bool((are_text or (_is_number(actual) and _is_number(expected))) and actual > expected)
        case _:  # is_empty, the last of the contract's enum
            return actual in (None, "", [], {})


def _run_action(context: Context, rule: Json, action: Json, collection: str | None, object_id: str | None) -> None:
    """Run one action. One that is impossible, such as assigning a customer, is skipped and noted in the timeline."""
    change = None if object_id is None or collection is None else _change(context, action, collection, object_id)
    if action["type"] == "send_notification":
        notify(context, "automation", rule["name"], action.get("message"))
    elif action["type"] == "add_note" and collection == "tickets" and object_id is not None:
        note = {"content": action.get("note") or rule["name"], "sender": "system", "isInternal": True}
        attempt(context, "tickets.messages.create", note, ticketId=object_id)
    elif change and collection is not None and object_id is not None:
        problem = attempt(context, f"{collection}.update", change, **{ID_PARAMS[collection]: object_id})
        if problem is not None:
            failed = {"action": "automation.failed", "resource": "automation", "id": rule["id"]}
            context.effects.trace.append(("change", {**failed, "details": {"message": problem.message}}))


def _change(context: Context, action: Json, collection: str, object_id: str) -> Json:
    document = context.store.get(context.team, collection, object_id) or {}
    tags: list[str] = document.get("tags") or []
    action_tags: list[str] = action.get("tags") or []
    match action["type"]:
        case "assign_to":
            return {"assignedTo": action.get("agentId")}
        case "set_status" | "set_priority":
            field = action["type"].removeprefix("set_")
            return {field: action[field]} if action.get(field) else {}
        case "add_tags":
            return {"tags": [*tags, *(each for each in action_tags if each not in tags)]}
        case "remove_tags":
            return {"tags": [each for each in tags if each not in action_tags]}
        case _:
            return {}


def _contains(actual: Any, expected: Any) -> bool:
    if is_list(actual):
        return _fold(expected) in [_fold(each) for each in actual]
    return isinstance(actual, str) and str(expected).casefold() in actual.casefold()


def _fold(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
