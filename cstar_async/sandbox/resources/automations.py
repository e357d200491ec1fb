"""Automations: what to do when an event finds an object that meets the conditions.

A rule matches when every condition of `all` holds and, if there are any in `any`, one of those.
Rules see what has just happened, after the request that made it happen has been carried out and in its transaction.
What rules change starts no rules: two of them that undo each other would never end.
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
        """A new rule has matched nothing yet, and assigns to somebody who is there."""
        document["executionCount"] = 0
        for index, action in enumerate(document["actions"]):
            check_member(context, action.get("agentId"), f"actions[{index}].agentId")


def test(context: Context) -> Result:
    """Whether a rule would match an object, and what it would do; nothing is done."""
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
    """Carry out the rules for an event that has just been fired."""
    collection = COLLECTIONS.get(kind.partition(".")[0])
    # A message is news about its ticket.
    object_id: str = document.get("ticketId") or document.get("id", "")
    where = [Condition.equals("triggerEvent", kind), Condition.equals("enabled", value=True)]
    for rule in context.store.select(context.team, AUTOMATIONS, where, order="place"):
        # The object as it is now: an earlier rule may have changed it.
        current = context.store.get(context.team, collection, object_id) if collection else None
        if not matches(rule, current or document):
            continue
        rule["executionCount"] += 1
        context.store.update(context.team, AUTOMATIONS, rule, now=context.now)
        for action in rule["actions"]:
            _carry_out(context, rule, action, collection, object_id if current else None)


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
    wanted: Any = condition.get("value")
    match condition["operator"]:
        case "equals":
            return bool(_fold(actual) == _fold(wanted))
        case "not_equals":
            return bool(_fold(actual) != _fold(wanted))
        case "contains":
            return _contains(actual, wanted)
        case "not_contains":
            return not _contains(actual, wanted)
        case "in":
            choices: list[Any] = wanted if is_list(wanted) else [wanted]
            return _fold(actual) in [_fold(each) for each in choices]
        case "greater_than":
            same = isinstance(actual, str) and isinstance(wanted, str)
            return bool((same or (_is_number(actual) and _is_number(wanted))) and actual > wanted)
        case _:  # is_empty, the last of the contract's enum
            return actual in (None, "", [], {})


def _carry_out(context: Context, rule: Json, action: Json, collection: str | None, object_id: str | None) -> None:
    """One action. What cannot be done, such as assigning a customer, is left and noted in the timeline."""
    change = None if object_id is None or collection is None else _change(context, action, collection, object_id)
    if action["type"] == "send_notification":
        notify(context, "automation", rule["name"], action.get("message"))
    elif action["type"] == "add_note" and collection == "tickets" and object_id is not None:
        note = {"content": action.get("note") or rule["name"], "sender": "system", "isInternal": True}
        attempt(context, "tickets.messages.create", note, ticketId=object_id)
    elif change and collection is not None and object_id is not None:
        failure = attempt(context, f"{collection}.update", change, **{ID_PARAMS[collection]: object_id})
        if failure is not None:
            context.effects.trace.append(("change", {"action": "automation.failed", "resource": "automation",
                                             "id": rule["id"], "details": {"message": failure[1]}}))  # fmt: skip


def _change(context: Context, action: Json, collection: str, object_id: str) -> Json:
    document = context.store.get(context.team, collection, object_id) or {}
    tags: list[str] = document.get("tags") or []
    given: list[str] = action.get("tags") or []
    match action["type"]:
        case "assign_to":
            return {"assignedTo": action.get("agentId")}
        case "set_status" | "set_priority":
            field = action["type"].removeprefix("set_")
            return {field: action[field]} if action.get(field) else {}
        case "add_tags":
            return {"tags": [*tags, *(each for each in given if each not in tags)]}
        case "remove_tags":
            return {"tags": [each for each in tags if each not in given]}
        case _:
            return {}


def _contains(actual: Any, wanted: Any) -> bool:
    if is_list(actual):
        return _fold(wanted) in [_fold(each) for each in actual]
    return isinstance(actual, str) and str(wanted).casefold() in actual.casefold()


def _fold(value: Any) -> Any:
    return value.casefold() if isinstance(value, str) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
