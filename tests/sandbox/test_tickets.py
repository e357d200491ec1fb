"""Tickets and their messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Desk

NOW = "2026-03-02T09:00:00.000Z"


async def test_a_ticket_carries_its_thread(desk: Desk) -> None:
    """The initialMessage becomes the first message, and get shows all of them, oldest first."""
    ticket = await desk.ticket(initialMessage="Help", customerName="Jane")
    path = f"/tickets/{ticket['id']}"
    await desk.post(f"{path}/messages", {"content": "On it"})
    thread = (await desk.get(path)).data["messages"]
    assert [(each["content"], each["sender"]) for each in thread] == [("Help", "customer"), ("On it", "agent")]
    assert thread[0]["senderName"] == "Jane"
    assert (await desk.get(f"{path}/messages")).data == thread


async def test_lists_carry_no_thread(desk: Desk) -> None:
    """Only a ticket asked for by its id has messages."""
    await desk.ticket(initialMessage="Help")
    assert "messages" not in (await desk.get("/tickets")).data[0]


async def test_messages_are_paged(desk: Desk) -> None:
    """The second page begins where the first ended, oldest first."""
    ticket = await desk.ticket()
    path = f"/tickets/{ticket['id']}/messages"
    ids = [(await desk.post(path, {"content": str(number)})).data["id"] for number in range(3)]
    assert (await desk.get(f"{path}?page=1&pageSize=2")).ids == ids[:2]
    assert (await desk.get(f"{path}?page=2&pageSize=2")).ids == ids[2:]


async def test_a_message_changes_its_ticket(desk: Desk) -> None:
    """messageCount, updatedAt and, once, firstResponseAt follow the thread."""
    ticket = await desk.ticket()
    path = f"/tickets/{ticket['id']}"
    await desk.post(f"{path}/messages", {"content": "?", "sender": "customer"})
    await desk.post(f"{path}/messages", {"content": "note", "isInternal": True})
    assert (await desk.get(path)).data["firstResponseAt"] is None
    desk.sandbox.clock.advance(minutes=1)
    await desk.post(f"{path}/messages", {"content": "Hello"})
    desk.sandbox.clock.advance(minutes=1)
    await desk.post(f"{path}/messages", {"content": "Still there?"})
    data = (await desk.get(path)).data
    assert (data["messageCount"], data["firstResponseAt"], data["updatedAt"]) == (
        4,
        "2026-03-02T09:01:00.000Z",
        "2026-03-02T09:02:00.000Z",
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_a_thread_needs_its_ticket(desk: Desk, method: str) -> None:
    """Messages of no ticket are 404, whatever the body."""
    reply = await desk.send(method, "/tickets/tkt_none/messages", None if method == "GET" else {})
    assert reply.error == (404, "resource_missing", None)
    assert reply.body["error"]["message"] == "Ticket not found"


async def test_messages_go_with_the_ticket(desk: Desk) -> None:
    """Deleting a ticket deletes its thread (seed)."""
    ticket = await desk.ticket(initialMessage="Help")
    await desk.delete(f"/tickets/{ticket['id']}")
    assert (await desk.get(f"/tickets/{ticket['id']}/messages")).status == 404


@pytest.mark.parametrize(
    ("status", "stamps"), [("resolved", (NOW, None)), ("closed", (NOW, NOW)), ("open", (None, None))]
)
async def test_finishing_stamps_the_ticket(desk: Desk, status: str, stamps: tuple[str | None, str | None]) -> None:
    """The end of a ticket is in resolvedAt, and closing it in closedAt as well."""
    ticket = await desk.ticket()
    data = (await desk.patch(f"/tickets/{ticket['id']}", {"status": status})).data
    assert (data["resolvedAt"], data["closedAt"]) == stamps


async def test_reopening_clears_the_stamps(desk: Desk) -> None:
    """A reopened ticket has no end."""
    ticket = await desk.ticket(status="closed")
    assert ticket["closedAt"] == NOW
    data = (await desk.patch(f"/tickets/{ticket['id']}", {"status": "open"})).data
    assert (data["resolvedAt"], data["closedAt"]) == (None, None)


async def test_a_ticket_is_linked_to_its_customer(desk: Desk) -> None:
    """By id or by a known email address, with the customer's name."""
    jane = await desk.customer()
    by_id = await desk.ticket(customerId=jane["id"])
    by_email = await desk.ticket(customerName="J.", customerEmail="JANE@example.org")
    unknown = await desk.ticket(customerName="Joe", customerEmail="joe@example.org")
    assert (by_id["customerId"], by_id["customerName"]) == (jane["id"], "Jane")
    assert (by_email["customerId"], by_email["customerName"]) == (jane["id"], "Jane")
    assert (unknown["customerId"], unknown["customerName"]) == (None, "Joe")


async def test_expand_shows_the_customer(desk: Desk) -> None:
    """expand=customer adds a summary and nothing else changes."""
    jane = await desk.customer()
    ticket = await desk.ticket(customerId=jane["id"])
    await desk.ticket("No customer")
    rows = (await desk.get("/tickets?expand=customer")).data
    assert rows[0]["customer"] is None
    assert rows[1] == ticket | {"customer": {"id": jane["id"], "name": "Jane", "email": "jane@example.org"}}


async def test_moving_a_ticket_moves_the_count(desk: Desk) -> None:
    """The ticketCount follows the tickets from customer to customer."""
    jane, joe = await desk.customer("Jane"), await desk.customer("Joe")
    ticket = await desk.ticket(customerId=jane["id"])
    path = f"/tickets/{ticket['id']}"
    assert (await desk.patch(path, {"customerId": joe["id"]})).data["customerName"] == "Joe"
    counts = {each["name"]: each["ticketCount"] for each in (await desk.get("/customers")).data}
    assert counts == {"Jane": 0, "Joe": 1}
    assert (await desk.patch(path, {"customerId": None})).data["customerName"] is None
    await desk.delete(path)
    assert (await desk.get(f"/customers/{joe['id']}")).data["ticketCount"] == 0
