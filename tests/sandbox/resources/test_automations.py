"""Automations: conditions, actions, dry runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.sandbox.resources.automations import holds, matches

if TYPE_CHECKING:
    from tests.sandbox.conftest import TeamApi

URGENT = {"all": [{"field": "priority", "operator": "equals", "value": "urgent"}]}
TICKET: dict[str, Any] = {"priority": "urgent", "title": "Printer on FIRE", "tags": ["hardware"], "notes": None}
TICKET |= {"messageCount": 3, "metadata": {"plan": "gold"}}


async def rule(api: TeamApi, *actions: dict[str, Any], event: str = "ticket.created", **fields: Any) -> Any:
    """Create an automation."""
    body = {"name": "Rule", "triggerEvent": event, "actions": list(actions), **fields}
    return (await api.post("/automations", body)).data


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
    """Each operator works on text in any case, on lists, on numbers and on missing values."""
    assert holds({"field": field, "operator": operator, "value": value}, TICKET) is expected


def test_all_and_any() -> None:
    """All of `all` and one of `any` must hold; without conditions everything matches."""
    yes = {"field": "priority", "operator": "equals", "value": "urgent"}
    no = {"field": "priority", "operator": "equals", "value": "low"}
    assert matches({}, TICKET)
    assert matches({"conditions": {"all": [], "any": []}}, TICKET)
    assert matches({"conditions": {"all": [yes], "any": [no, yes]}}, TICKET)
    assert not matches({"conditions": {"all": [yes, no]}}, TICKET)
    assert not matches({"conditions": {"all": [yes], "any": [no]}}, TICKET)


async def test_a_rule_runs_on_its_event(api: TeamApi) -> None:
    """The actions of a rule are executed within the request of its event, and counted."""
    member = (await api.get("/members")).ids[1]
    assign, tag = {"type": "assign_to", "agentId": member}, {"type": "add_tags", "tags": ["vip", "fire"]}
    made = await rule(api, assign, tag, {"type": "set_status", "status": "open"}, conditions=URGENT)
    ticket = await api.ticket(priority="urgent", tags=["fire"])
    changed = (await api.get(f"/tickets/{ticket['id']}")).data
    assert (changed["assignedTo"], changed["tags"], changed["status"]) == (member, ["fire", "vip"], "open")
    other = await api.ticket(priority="low")
    assert (await api.get(f"/tickets/{other['id']}")).data["assignedTo"] is None
    assert (await api.get("/automations")).data[0]["executionCount"] == 1
    assert made["executionCount"] == 0


async def test_changes_by_rules_start_no_other_rules(api: TeamApi) -> None:
    """Changes by rules emit events and start no other rules."""
    await rule(api, {"type": "set_priority", "priority": "high"}, event="ticket.created")
    await rule(api, {"type": "set_priority", "priority": "low"}, event="ticket.updated")
    ticket = await api.ticket()
    assert (await api.get(f"/tickets/{ticket['id']}")).data["priority"] == "high"
    assert [each["type"] for each in (await api.get("/events")).data] == ["ticket.updated", "ticket.created"]


async def test_a_message_starts_the_rules_for_its_ticket(api: TeamApi) -> None:
    """A message starts the rules for its ticket."""
    await rule(api, {"type": "set_status", "status": "open"}, event="ticket.message_added")
    ticket = await api.ticket(status="pending")
    await api.post(f"/tickets/{ticket['id']}/messages", {"content": "I am back", "sender": "customer"})
    assert (await api.get(f"/tickets/{ticket['id']}")).data["status"] == "open"


async def test_notes_tags_and_notifications(api: TeamApi) -> None:
    """Rules add internal notes, remove tags and notify the team."""
    note, tag = {"type": "add_note", "note": "look here"}, {"type": "remove_tags", "tags": ["spam"]}
    await rule(api, note, tag, {"type": "send_notification", "message": "A ticket!"})
    ticket = await api.ticket(tags=["spam", "ham"])
    changed = (await api.get(f"/tickets/{ticket['id']}")).data
    (message,) = changed["messages"]
    assert (message["content"], message["isInternal"], message["sender"]) == ("look here", True, "system")
    assert (changed["tags"], changed["messageCount"]) == (["ham"], 1)
    assert [each["body"] for each in (await api.get("/notifications")).data] == ["A ticket!"]


async def test_an_impossible_action_is_skipped(api: TeamApi) -> None:
    """An impossible action is skipped; the request and the other actions succeed."""
    # Customers are active or inactive; `closed` is not one of their statuses.
    close, tag = {"type": "set_status", "status": "closed"}, {"type": "add_tags", "tags": ["ok"]}
    await rule(api, close, tag, event="customer.created")
    await rule(api, tag, {"type": "send_notification", "message": "deleted"}, event="customer.deleted")
    customer = await api.customer()
    changed = (await api.get(f"/customers/{customer['id']}")).data
    assert (changed["status"], changed["tags"]) == ("active", ["ok"])
    assert (await api.delete(f"/customers/{customer['id']}")).status == 200
    assert [each["body"] for each in (await api.get("/notifications")).data] == ["deleted"]


async def test_a_disabled_rule_does_nothing(api: TeamApi) -> None:
    """A disabled rule executes no actions."""
    await rule(api, {"type": "add_tags", "tags": ["x"]}, enabled=False)
    ticket = await api.ticket()
    assert (await api.get(f"/tickets/{ticket['id']}")).data["tags"] == []


async def test_rules_for_customers(api: TeamApi) -> None:
    """Customers can be tagged by rules; an action that does not apply to them is skipped."""
    member = (await api.get("/members")).ids[0]
    tag, assign = {"type": "add_tags", "tags": ["new"]}, {"type": "assign_to", "agentId": member}
    await rule(api, tag, assign, event="customer.created")
    customer = await api.customer()
    assert (await api.get(f"/customers/{customer['id']}")).data["tags"] == ["new"]


async def test_a_dry_run_changes_nothing(api: TeamApi) -> None:
    """A dry run says what would be done and changes nothing, as cStar documents."""
    action = {"type": "add_tags", "tags": ["x"]}
    made = await rule(api, action, conditions=URGENT, event="ticket.updated")
    for priority, matched in (("urgent", True), ("low", False)):
        ticket = await api.ticket(priority=priority)
        body = {"resourceType": "ticket", "resourceId": ticket["id"]}
        result = (await api.post(f"/automations/{made['id']}/test", body)).data
        assert result == {"wouldMatch": matched, "actionsWouldExecute": [action] if matched else []}
        assert (await api.get(f"/tickets/{ticket['id']}")).data["tags"] == []
    assert (await api.get("/automations")).data[0]["executionCount"] == 0
    missing = {"resourceType": "ticket", "resourceId": "tkt_none"}
    assert (await api.post(f"/automations/{made['id']}/test", missing)).error == (404, "resource_missing", None)
    assert (await api.post("/automations/rule_none/test", missing)).status == 404
