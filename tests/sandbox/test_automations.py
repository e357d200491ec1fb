"""Automations: what matches, what is done then, and that a dry run does nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.sandbox.resources.automations import holds, matches

if TYPE_CHECKING:
    from .conftest import Desk

URGENT = {"all": [{"field": "priority", "operator": "equals", "value": "urgent"}]}
TICKET: dict[str, Any] = {"priority": "urgent", "title": "Printer on FIRE", "tags": ["hardware"], "notes": None,
                          "messageCount": 3, "metadata": {"plan": "gold"}}  # fmt: skip


async def rule(desk: Desk, *actions: dict[str, Any], event: str = "ticket.created", **fields: Any) -> Any:
    """A new rule."""
    body = {"name": "Rule", "triggerEvent": event, "actions": list(actions), **fields}
    return (await desk.post("/automations", body)).data


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("priority", "equals", "URGENT", True),
        ("priority", "not_equals", "low", True),
        ("title", "contains", "fire", True),
        ("title", "not_contains", "fire", False),
        ("tags", "contains", "Hardware", True),
        ("tags", "contains", "hard", False),
        ("priority", "in", ["high", "urgent"], True),
        ("priority", "in", "urgent", True),
        ("messageCount", "greater_than", 2, True),
        ("messageCount", "greater_than", 3, False),
        ("messageCount", "greater_than", "2", False),
        ("notes", "greater_than", 1, False),
        ("notes", "is_empty", None, True),
        ("tags", "is_empty", None, False),
        ("metadata.plan", "equals", "gold", True),
        ("metadata.plan.more", "equals", "gold", False),
        ("nothing", "is_empty", None, True),
    ],
)
def test_conditions(field: str, operator: str, value: object, expected: object) -> None:
    """Each operator, on text without regard to case, on lists, numbers and what is not there."""
    assert holds({"field": field, "operator": operator, "value": value}, TICKET) is expected


def test_all_and_any() -> None:
    """Every one of `all`, and one of `any` if there are any; nothing at all matches everything."""
    yes = {"field": "priority", "operator": "equals", "value": "urgent"}
    no = {"field": "priority", "operator": "equals", "value": "low"}
    assert matches({}, TICKET)
    assert matches({"conditions": {"all": [], "any": []}}, TICKET)
    assert matches({"conditions": {"all": [yes], "any": [no, yes]}}, TICKET)
    assert not matches({"conditions": {"all": [yes, no]}}, TICKET)
    assert not matches({"conditions": {"all": [yes], "any": [no]}}, TICKET)


async def test_a_rule_runs_on_its_event(desk: Desk) -> None:
    """The actions are done in the same request, counted, and seen by whoever reads the ticket next."""
    member = (await desk.get("/members")).ids[1]
    made = await rule(
        desk, {"type": "assign_to", "agentId": member}, {"type": "add_tags", "tags": ["vip", "fire"]},
        {"type": "set_status", "status": "open"}, conditions=URGENT,
    )  # fmt: skip
    ticket = await desk.ticket(priority="urgent", tags=["fire"])
    seen = (await desk.get(f"/tickets/{ticket['id']}")).data
    assert (seen["assignedTo"], seen["tags"], seen["status"]) == (member, ["fire", "vip"], "open")
    calm = await desk.ticket(priority="low")
    assert (await desk.get(f"/tickets/{calm['id']}")).data["assignedTo"] is None
    assert (await desk.get("/automations")).data[0]["executionCount"] == 1
    assert made["executionCount"] == 0


async def test_what_rules_change_is_told_but_starts_no_rules(desk: Desk) -> None:
    """Two rules that undo each other would never end; their changes still fire their events."""
    await rule(desk, {"type": "set_priority", "priority": "high"}, event="ticket.created")
    await rule(desk, {"type": "set_priority", "priority": "low"}, event="ticket.updated")
    ticket = await desk.ticket()
    assert (await desk.get(f"/tickets/{ticket['id']}")).data["priority"] == "high"
    assert [each["type"] for each in (await desk.get("/events")).data] == ["ticket.updated", "ticket.created"]


async def test_a_message_starts_the_rules_for_its_ticket(desk: Desk) -> None:
    """The event is about a message, the rule about the ticket."""
    await rule(desk, {"type": "set_status", "status": "open"}, event="ticket.message_added")
    ticket = await desk.ticket(status="pending")
    await desk.post(f"/tickets/{ticket['id']}/messages", {"content": "I am back", "sender": "customer"})
    assert (await desk.get(f"/tickets/{ticket['id']}")).data["status"] == "open"


async def test_notes_tags_and_notifications(desk: Desk) -> None:
    """A note is an internal message of the system; a notification is for the team."""
    await rule(desk, {"type": "add_note", "note": "look here"}, {"type": "remove_tags", "tags": ["spam"]},
               {"type": "send_notification", "message": "A ticket!"})  # fmt: skip
    ticket = await desk.ticket(tags=["spam", "ham"])
    seen = (await desk.get(f"/tickets/{ticket['id']}")).data
    (note,) = seen["messages"]
    assert (note["content"], note["isInternal"], note["sender"]) == ("look here", True, "system")
    assert (seen["tags"], seen["messageCount"]) == (["ham"], 1)
    assert [each["body"] for each in (await desk.get("/notifications")).data] == ["A ticket!"]


async def test_an_action_that_cannot_be_done_spoils_nothing(desk: Desk) -> None:
    """The request goes through, and the other actions too; a deleted object is only told about."""
    # Customers are active or inactive, and never closed.
    await rule(desk, {"type": "set_status", "status": "closed"}, {"type": "add_tags", "tags": ["ok"]},
               event="customer.created")  # fmt: skip
    await rule(desk, {"type": "add_tags", "tags": ["x"]}, {"type": "send_notification", "message": "gone"},
               event="customer.deleted")  # fmt: skip
    customer = await desk.customer()
    kept = (await desk.get(f"/customers/{customer['id']}")).data
    assert (kept["status"], kept["tags"]) == ("active", ["ok"])
    assert (await desk.delete(f"/customers/{customer['id']}")).status == 200
    assert [each["body"] for each in (await desk.get("/notifications")).data] == ["gone"]


async def test_a_disabled_rule_does_nothing(desk: Desk) -> None:
    """Switched off is off."""
    await rule(desk, {"type": "add_tags", "tags": ["x"]}, enabled=False)
    ticket = await desk.ticket()
    assert (await desk.get(f"/tickets/{ticket['id']}")).data["tags"] == []


async def test_customers_and_articles_too(desk: Desk) -> None:
    """What has tags can be tagged; what has no assignee is left alone."""
    member = (await desk.get("/members")).ids[0]
    await rule(desk, {"type": "add_tags", "tags": ["new"]}, {"type": "assign_to", "agentId": member},
               event="customer.created")  # fmt: skip
    customer = await desk.customer()
    assert (await desk.get(f"/customers/{customer['id']}")).data["tags"] == ["new"]


async def test_a_dry_run_does_nothing(desk: Desk) -> None:
    """It says whether the rule matches and what would be done; nothing is changed or counted (seed)."""
    action = {"type": "add_tags", "tags": ["x"]}
    made = await rule(desk, action, conditions=URGENT, event="ticket.updated")
    for priority, matched in (("urgent", True), ("low", False)):
        ticket = await desk.ticket(priority=priority)
        body = {"resourceType": "ticket", "resourceId": ticket["id"]}
        told = (await desk.post(f"/automations/{made['id']}/test", body)).data
        assert told == {"wouldMatch": matched, "actionsWouldExecute": [action] if matched else []}
        assert (await desk.get(f"/tickets/{ticket['id']}")).data["tags"] == []
    assert (await desk.get("/automations")).data[0]["executionCount"] == 0
    missing = {"resourceType": "ticket", "resourceId": "tkt_none"}
    assert (await desk.post(f"/automations/{made['id']}/test", missing)).error == (404, "resource_missing", None)
    assert (await desk.post("/automations/rule_none/test", missing)).status == 404
