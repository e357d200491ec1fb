"""Tickets and their messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import TeamApi

NOW = "2026-03-02T09:00:00.000Z"


async def test_a_ticket_has_its_messages(api: TeamApi) -> None:
    """A ticket read by id has all its messages, oldest first, the initial one included."""
    ticket = await api.ticket(initialMessage="Help", customerName="Jane")
    path = f"/tickets/{ticket['id']}"
    await api.post(f"{path}/messages", {"content": "On it"})
    thread = (await api.get(path)).data["messages"]
    assert [(each["content"], each["sender"]) for each in thread] == [("Help", "customer"), ("On it", "agent")]
    assert thread[0]["senderName"] == "Jane"
    assert (await api.get(f"{path}/messages")).data == thread


async def test_lists_have_no_messages(api: TeamApi) -> None:
    """Tickets in a list are without their messages."""
    await api.ticket(initialMessage="Help")
    assert "messages" not in (await api.get("/tickets")).data[0]


async def test_messages_are_paged(api: TeamApi) -> None:
    """Messages are paged, oldest first."""
    ticket = await api.ticket()
    path = f"/tickets/{ticket['id']}/messages"
    ids = [(await api.post(path, {"content": str(number)})).data["id"] for number in range(3)]
    assert (await api.get(f"{path}?page=1&pageSize=2")).ids == ids[:2]
    assert (await api.get(f"{path}?page=2&pageSize=2")).ids == ids[2:]


async def test_a_message_changes_its_ticket(api: TeamApi) -> None:
    """A message updates messageCount, updatedAt and, once, firstResponseAt."""
    ticket = await api.ticket()
    path = f"/tickets/{ticket['id']}"
    await api.post(f"{path}/messages", {"content": "?", "sender": "customer"})
    await api.post(f"{path}/messages", {"content": "note", "isInternal": True})
    assert (await api.get(path)).data["firstResponseAt"] is None
    api.sandbox.clock.advance(minutes=1)
    await api.post(f"{path}/messages", {"content": "Hello"})
    api.sandbox.clock.advance(minutes=1)
    await api.post(f"{path}/messages", {"content": "Still there?"})
    data = (await api.get(path)).data
    assert (data["messageCount"], data["firstResponseAt"], data["updatedAt"]) == (
        4,
        "2026-03-02T09:01:00.000Z",
        "2026-03-02T09:02:00.000Z",
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_messages_of_an_unknown_ticket(api: TeamApi, method: str) -> None:
    """Messages of an unknown ticket are a 404, whatever the body."""
    reply = await api.send(method, "/tickets/tkt_none/messages", None if method == "GET" else {})
    assert reply.error == (404, "resource_missing", None)
    assert reply.body["error"]["message"] == "Ticket not found"


async def test_messages_are_deleted_with_the_ticket(api: TeamApi) -> None:
    """Deleting a ticket deletes its messages, as cStar documents."""
    ticket = await api.ticket(initialMessage="Help")
    await api.delete(f"/tickets/{ticket['id']}")
    assert (await api.get(f"/tickets/{ticket['id']}/messages")).status == 404


@pytest.mark.parametrize(
    ("status", "times"), [("resolved", (NOW, None)), ("closed", (NOW, NOW)), ("open", (None, None))]
)
async def test_finishing_a_ticket_sets_its_times(
    api: TeamApi, status: str, times: tuple[str | None, str | None]
) -> None:
    """Resolving sets resolvedAt, and closing sets closedAt too."""
    ticket = await api.ticket()
    data = (await api.patch(f"/tickets/{ticket['id']}", {"status": status})).data
    assert (data["resolvedAt"], data["closedAt"]) == times


async def test_reopening_clears_the_times(api: TeamApi) -> None:
    """Reopening clears resolvedAt and closedAt."""
    ticket = await api.ticket(status="closed")
    assert ticket["closedAt"] == NOW
    data = (await api.patch(f"/tickets/{ticket['id']}", {"status": "open"})).data
    assert (data["resolvedAt"], data["closedAt"]) == (None, None)


async def test_a_ticket_is_linked_to_its_customer(api: TeamApi) -> None:
    """A ticket is linked to its customer by id or by a known email address."""
    jane = await api.customer()
    by_id = await api.ticket(customerId=jane["id"])
    by_email = await api.ticket(customerName="J.", customerEmail="JANE@example.org")
    unknown = await api.ticket(customerName="Joe", customerEmail="joe@example.org")
    assert (by_id["customerId"], by_id["customerName"]) == (jane["id"], "Jane")
    assert (by_email["customerId"], by_email["customerName"]) == (jane["id"], "Jane")
    assert (unknown["customerId"], unknown["customerName"]) == (None, "Joe")


async def test_expand_shows_the_customer(api: TeamApi) -> None:
    """expand=customer adds a summary of the customer."""
    jane = await api.customer()
    ticket = await api.ticket(customerId=jane["id"])
    await api.ticket("No customer")
    rows = (await api.get("/tickets?expand=customer")).data
    assert rows[0]["customer"] is None
    assert rows[1] == ticket | {"customer": {"id": jane["id"], "name": "Jane", "email": "jane@example.org"}}


async def test_the_ticket_count_follows_the_ticket(api: TeamApi) -> None:
    """The ticketCount of customers is updated when a ticket changes its customer."""
    jane, joe = await api.customer("Jane"), await api.customer("Joe")
    ticket = await api.ticket(customerId=jane["id"])
    path = f"/tickets/{ticket['id']}"
    assert (await api.patch(path, {"customerId": joe["id"]})).data["customerName"] == "Joe"
    counts = {each["name"]: each["ticketCount"] for each in (await api.get("/customers")).data}
    assert counts == {"Jane": 0, "Joe": 1}
    assert (await api.patch(path, {"customerId": None})).data["customerName"] is None
    await api.delete(path)
    assert (await api.get(f"/customers/{joe['id']}")).data["ticketCount"] == 0
