"""The team: settings, members, keys, logs, notifications, analytics, billing, AI."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import TeamApi

WEEK = 7


async def test_settings(api: TeamApi) -> None:
    """A new name and slug apply at once; a slug must be valid and unique."""
    api.sandbox.team("Globex")
    changed = (await api.patch("/settings", {"teamName": "Acme Ltd", "teamSlug": "acme"})).data
    assert changed == {"object": "settings", "teamName": "Acme Ltd", "teamSlug": "acme"}
    assert (await api.get("/settings")).data == changed
    assert (await api.get("/api/v1/auth/whoami")).data["teamSlug"] == "acme"
    assert (await api.get("/api/library/acme/articles")).data == []
    assert (await api.patch("/settings", {"teamSlug": "globex"})).error == (409, "resource_already_exists", "teamSlug")
    assert (await api.patch("/settings", {"teamSlug": "Not A Slug"})).error == (400, "parameter_invalid", "teamSlug")
    (event,) = (await api.get("/events")).data
    assert event["type"] == "team.preferences_updated"
    assert event["data"]["changes"]["team_name"] == {"from": "Acme Support", "to": "Acme Ltd"}


async def test_settings_need_a_secret_key(api: TeamApi) -> None:
    """Settings, analytics, billing and the audit log need a secret key, as cStar documents."""
    key = api.team.publishable_key
    for path in ("/settings", "/settings/widget", "/analytics/overview", "/billing/subscription", "/audit-log"):
        assert (await api.get(path, key=key)).error == (403, "insufficient_permissions", None)


async def test_settings_that_can_only_be_read(api: TeamApi) -> None:
    """Statuses, business hours and the widget can be read."""
    statuses = (await api.get("/settings/statuses")).data
    assert [each["key"] for each in statuses] == ["new", "open", "pending", "resolved", "closed"]
    assert [each["key"] for each in statuses if each["isClosed"]] == ["resolved", "closed"]
    hours = (await api.get("/settings/business-hours")).data
    assert hours["schedule"]["monday"]["enabled"]
    assert not hours["schedule"]["sunday"]["enabled"]
    assert (await api.get("/settings/widget")).data["enabled"] is True


async def test_members_have_roles(api: TeamApi) -> None:
    """Title and permissions follow the role, and the owner cannot be changed."""
    owner, agent, _ = (await api.get("/members")).data
    assert (owner["role"], owner["roleDisplayName"]) == ("owner", "The Guildmaster")
    path = f"/members/{agent['id']}"
    promoted = (await api.patch(path, {"role": "manager"})).data
    assert (promoted["roleDisplayName"], "export_data" in promoted["permissions"]) == ("The Captain", True)
    assert (await api.get("/members?role=manager")).ids == [agent["id"]]
    assert (await api.patch(path, {"role": "owner"})).error == (400, "parameter_invalid", "role")
    for reply in (
        await api.patch(f"/members/{owner['id']}", {"role": "agent"}),
        await api.delete(f"/members/{owner['id']}"),
    ):
        assert reply.error == (403, "insufficient_permissions", None)
    assert (await api.delete(path)).data["deleted"] is True
    assert (await api.get(path)).error == (404, "resource_missing", None)
    assert (await api.get("/billing/subscription")).data["memberCount"] == 2


async def test_tickets_of_a_member_who_left(api: TeamApi) -> None:
    """Tickets of a member who left stay assigned and can be closed."""
    agent = (await api.get("/members")).data[1]
    ticket = await api.ticket(assignedTo=agent["id"])
    await api.delete(f"/members/{agent['id']}")
    closed = (await api.patch(f"/tickets/{ticket['id']}", {"status": "closed"})).data
    assert (closed["status"], closed["assignedTo"]) == ("closed", agent["id"])


async def test_invites(api: TeamApi) -> None:
    """An address that is invited or a member's is a conflict; an invitation expires after a week."""
    invite = (await api.post("/invites", {"email": "new@example.org", "role": "manager"})).data
    assert (invite["status"], invite["expiresAt"]) == ("pending", "2026-03-09T09:00:00.000Z")
    assert (await api.post("/invites", {"email": "NEW@example.org"})).error == (
        409,
        "resource_already_exists",
        "email",
    )
    member = (await api.get("/members")).data[0]
    assert (await api.post("/invites", {"email": member["email"]})).status == 409
    assert (await api.post("/invites", {"email": "x@example.org", "role": "owner"})).status == 400
    assert (await api.post("/invites", {"email": "no address"})).error == (400, "parameter_invalid", "email")
    api.sandbox.clock.advance(days=8)
    assert [each["status"] for each in (await api.get("/invites")).data] == ["expired"]
    again = (await api.post("/invites", {"email": "new@example.org"})).data
    assert (await api.get("/invites")).data == [again]
    assert again["status"] == "pending"


async def test_keys(api: TeamApi) -> None:
    """A key is shown once, is refused once revoked or expired, and is always a test key."""
    expires = "2026-03-02T10:00:00Z"
    made = (await api.post("/api-keys", {"name": "CI", "keyType": "publishable", "expiresAt": expires})).data
    assert made["key"].startswith("pk_test_")
    assert len(made["key"]) == len("pk_test_") + 32
    listed = (await api.get("/api-keys")).data
    assert [each["name"] for each in listed] == ["First secret key", "First publishable key", "CI"]
    assert all("key" not in each for each in listed)
    assert (await api.get("/tickets", key=made["key"])).status == 200
    api.sandbox.clock.advance(hours=1)
    assert (await api.get("/tickets", key=made["key"])).error == (401, "invalid_api_key", None)
    second = (await api.post("/api-keys", {"name": "two"})).data
    assert (await api.delete(f"/api-keys/{second['id']}", key=second["key"])).data["deleted"] is True
    assert (await api.get("/tickets", key=second["key"])).status == 401
    assert (await api.delete(f"/api-keys/{second['id']}")).status == 404
    live = await api.post("/api-keys", {"name": "x", "environment": "live"})
    assert live.error == (400, "parameter_invalid", "environment")
    assert (await api.post("/api-keys", {"name": "x", "expiresAt": expires})).error[2] == "expiresAt"


async def test_a_repeated_creation_shows_the_same_key(api: TeamApi) -> None:
    """A repeated creation with the same idempotency key shows the same API key."""
    headers = {"Idempotency-Key": "k"}
    first = await api.post("/api-keys", {"name": "CI"}, headers=headers)
    assert (await api.post("/api-keys", {"name": "CI"}, headers=headers)).data == first.data
    assert len((await api.get("/api-keys")).data) == 3


async def test_the_audit_log(api: TeamApi) -> None:
    """The audit log has every change, newest first, with its filters."""
    ticket = await api.ticket()
    api.sandbox.clock.advance(hours=1)
    await api.patch(f"/tickets/{ticket['id']}", {"status": "open"})
    await api.customer()
    rows = (await api.get("/audit-log")).data
    assert [each["action"] for each in rows] == ["customer.created", "ticket.updated", "ticket.created"]
    assert rows[1]["details"] == {"changes": {"status": {"from": "new", "to": "open"}}}
    assert rows[1]["resourceId"] == ticket["id"]

    async def count(query: str) -> int:
        return len((await api.get(f"/audit-log?{query}")).data)

    assert await count("resourceType=ticket") == 2
    assert await count("action=ticket.updated") == 1
    assert await count("actorId=usr_1") == 0
    assert await count("startDate=2026-03-02T09:30:00Z") == 2
    assert await count("endDate=2026-03-02T09:30:00Z") == 1
    assert await count("endDate=2026-03-02T10:00:00%2B01:00") == 1


async def test_the_request_log(api: TeamApi) -> None:
    """The request log has filters, pages and no keys."""
    await api.ticket()
    await api.get("/tickets/tkt_none")
    rows = (await api.get("/request-logs?limit=10")).data
    assert [(each["method"], each["status"]) for each in rows] == [("GET", 404), ("POST", 201)]
    assert api.team.secret_key not in str(rows)
    assert rows[0]["keyPrefix"] == api.team.secret_key[:12]
    assert [each["status"] for each in (await api.get("/request-logs?status=4xx")).data] == [404]
    assert [each["status"] for each in (await api.get("/request-logs?status=201&method=POST")).data] == [201]
    page = await api.get("/request-logs?limit=1")
    cursor = page.body["pagination"]["nextCursor"]
    following = (await api.get(f"/request-logs?limit=1&cursor={cursor}")).data
    assert following[0]["id"] != page.data[0]["id"]
    assert (await api.get("/request-logs?cursor=nonsense")).error == (400, "parameter_invalid", "cursor")


async def test_notifications(api: TeamApi) -> None:
    """Assignments and replies of customers make notifications, which can be marked as read."""
    agent = (await api.get("/members")).data[1]
    ticket = await api.ticket(assignedTo=agent["id"])
    await api.post(f"/tickets/{ticket['id']}/messages", {"content": "Hello?", "sender": "customer"})
    await api.post(f"/tickets/{ticket['id']}/messages", {"content": "Yes."})
    rows = (await api.get("/notifications")).data
    bodies = [(each["type"], each["body"]) for each in rows]
    assert bodies == [("ticket_reply", "Hello?"), ("ticket_assigned", "Printer on fire")]
    assert (await api.get("/notifications/unread-count")).data == {"count": 2, "unreadCount": 2}
    assert (await api.post("/notifications/mark-all-read")).data == {"updated": 2}
    assert (await api.get("/notifications?unreadOnly=true")).data == []
    assert (await api.get("/notifications?unreadOnly=false")).data[0]["read"] is True


async def test_analytics_of_the_team(api: TeamApi) -> None:
    """`total` and `resolved` are of the period, `open` is the current number, as cStar documents."""
    old = await api.ticket("old")
    await api.ticket("old and open")
    api.sandbox.clock.advance(days=WEEK + 1)
    await api.ticket("new", status="resolved")
    await api.patch(f"/tickets/{old['id']}", {"status": "closed"})
    await api.customer()
    week = (await api.get("/analytics/overview")).data
    assert week["tickets"] == {"total": 1, "open": 1, "resolved": 2}
    assert week["customers"] == {"total": 1, "active": 1, "new": 1}
    everything = (await api.get("/analytics/overview?period=all")).data
    assert everything["tickets"] == {"total": 3, "open": 1, "resolved": 2}
    assert (await api.get("/analytics/overview?period=decade")).error == (400, "parameter_invalid", "period")


async def test_analytics_of_agents(api: TeamApi) -> None:
    """Agents have their tickets, and their average times of response and resolution."""
    agent = (await api.get("/members")).data[1]
    ticket = await api.ticket(assignedTo=agent["id"])
    await api.ticket(assignedTo=agent["userId"])
    api.sandbox.clock.advance(minutes=30)
    await api.post(f"/tickets/{ticket['id']}/messages", {"content": "Hi"})
    api.sandbox.clock.advance(minutes=30)
    await api.patch(f"/tickets/{ticket['id']}", {"status": "resolved"})
    rows: list[Any] = (await api.get("/analytics/agents")).data
    (own,) = [each for each in rows if each["memberId"] == agent["id"]]
    assert (own["ticketsAssigned"], own["ticketsResolved"]) == (2, 1)
    assert (own["avgResponseTime"], own["avgResolutionTime"]) == (30.0, 60.0)
    assert {each["ticketsAssigned"] for each in rows if each is not own} == {0}


async def test_billing(api: TeamApi) -> None:
    """The subscription lasts until the end of the month, and each portal has a new address."""
    assert (await api.get("/billing/subscription")).data["currentPeriodEnd"] == "2026-04-01T00:00:00.000Z"
    first, second = [(await api.post("/billing/portal", {})).data["url"] for _ in range(2)]
    assert first != second
    assert "example.com" in first


@pytest.mark.parametrize(
    ("action", "body", "error"),
    [
        ("improve", {}, (400, "parameter_missing", "text")),
        ("summarize", {}, (400, "parameter_missing", "ticketId")),
        ("auto-tag", {"ticketId": "tkt_none"}, (404, "resource_missing", None)),
        ("write-a-poem", {}, (400, "parameter_invalid", "action")),
    ],
)
async def test_parameters_of_ai_actions(
    api: TeamApi, action: str, body: dict[str, str], error: tuple[int, str, str | None]
) -> None:
    """A missing or invalid parameter of an AI action is an error that names it."""
    assert (await api.post("/ai", {"action": action, **body})).error == error


async def test_ai_actions_are_deterministic(api: TeamApi) -> None:
    """AI actions give the same result for the same input."""
    await api.post("/tags", {"name": "refund"})
    article = {"title": "Refund rules", "content": "x", "status": "published", "isPublic": True}
    await api.post("/articles", article)
    message = "The printer broke. I want my money. printer!"
    ticket = await api.ticket("Refund for a broken printer", customerName="Ada Lovelace", initialMessage=message)

    async def act(action: str, **body: str) -> Any:
        return (await api.post("/ai", {"action": action, **body})).data["result"]

    assert await act("auto-tag", ticketId=ticket["id"]) == {"tags": ["refund", "printer", "broken"]}
    letter = (await act("suggest-reply", ticketId=ticket["id"]))["suggestion"]
    assert letter.startswith("Hi Ada,")
    assert '"Refund rules"' in letter
    summary = (await act("summarize", ticketId=ticket["id"]))["summary"]
    assert summary == "Refund for a broken printer (new, normal). Ada Lovelace: The printer broke."
    assert await act("improve", text="  hello   world. how are you ") == {"text": "Hello world. How are you."}
