"""Customers and their groups."""

from __future__ import annotations

from .conftest import Desk


async def test_an_email_address_is_unique(desk: Desk) -> None:
    """A second customer with the address is a conflict, on create and on update, in any case."""
    await desk.customer("Jane")
    joe = await desk.customer("Joe")
    taken = (409, "resource_already_exists", "email")
    assert (await desk.post("/customers", {"name": "J", "email": "JANE@example.org"})).error == taken
    assert (await desk.patch(f"/customers/{joe['id']}", {"email": "jane@example.org"})).error == taken
    assert (await desk.patch(f"/customers/{joe['id']}", {"email": "JOE@example.org"})).status == 200


async def test_an_address_is_unique_within_a_team_only(desk: Desk) -> None:
    """Two teams may know the same person."""
    await desk.customer()
    await Desk(desk.sandbox, desk.session, desk.sandbox.team()).customer()


async def test_a_customer_has_a_history(desk: Desk) -> None:
    """Only the customer asked for by id shows the tickets."""
    jane = await desk.customer()
    await desk.ticket("a", customerId=jane["id"])
    last = await desk.ticket("b", customerId=jane["id"], status="resolved")
    data = (await desk.get(f"/customers/{jane['id']}")).data
    assert data["ticketSummary"] == {"total": 2, "open": 1, "resolved": 1}
    assert data["recentTickets"][0] == {name: last[name] for name in ("id", "title", "status", "createdAt")}
    assert "ticketSummary" not in (await desk.get("/customers")).data[0]


async def test_tickets_outlive_their_customer(desk: Desk) -> None:
    """Deleting a customer unlinks the tickets (seed)."""
    jane = await desk.customer()
    ticket = await desk.ticket(customerId=jane["id"])
    await desk.delete(f"/customers/{jane['id']}")
    assert (await desk.get(f"/tickets/{ticket['id']}")).data["customerId"] is None


async def test_a_new_name_reaches_the_tickets(desk: Desk) -> None:
    """A ticket shows the present name of the customer, not a copy from long ago."""
    jane = await desk.customer()
    ticket = await desk.ticket(customerId=jane["id"])
    await desk.patch(f"/customers/{jane['id']}", {"name": "Jane Doe"})
    assert (await desk.get(f"/tickets/{ticket['id']}")).data["customerName"] == "Jane Doe"


async def test_groups_have_a_slug(desk: Desk) -> None:
    """Made from the name unless given; one that is in use is a conflict."""
    assert (await desk.post("/customer-groups", {"name": "Acme Corp."})).data["slug"] == "acme-corp"
    assert (await desk.post("/customer-groups", {"name": "Acme", "slug": "acme-corp"})).error == (
        409,
        "resource_already_exists",
        "slug",
    )


async def test_members_come_and_go(desk: Desk) -> None:
    """Repeats are skipped without an error; the count follows."""
    jane, joe = await desk.customer("Jane"), await desk.customer("Joe")
    group = (await desk.post("/customer-groups", {"name": "Acme"})).data
    path = f"/customer-groups/{group['id']}"
    await desk.post(f"{path}/members", {"customerIds": [jane["id"]]})
    added = await desk.post(f"{path}/members", {"customerIds": [jane["id"], joe["id"], joe["id"]]})
    assert added.data == {"added": 1, "skipped": 2}
    assert (await desk.get(f"{path}/members?pageSize=1&page=2")).ids == [joe["id"]]
    assert (await desk.get(path)).data["customerCount"] == 2
    removed = await desk.delete(f"{path}/members?customerId={jane['id']}")
    assert removed.data == {"removed": True, "customerId": jane["id"]}
    assert (await desk.get(f"{path}/members")).ids == [joe["id"]]


async def test_a_stranger_cannot_join_or_leave(desk: Desk) -> None:
    """Unknown customers, and customers outside the group, are 404; nobody is added halfway."""
    jane = await desk.customer()
    group = (await desk.post("/customer-groups", {"name": "Acme"})).data
    path = f"/customer-groups/{group['id']}/members"
    assert (await desk.post(path, {"customerIds": [jane["id"], "cus_none"]})).status == 404
    assert (await desk.get(path)).ids == []
    assert (await desk.delete(f"{path}?customerId={jane['id']}")).status == 404
    assert (await desk.delete(path)).error == (400, "parameter_missing", "customerId")


async def test_a_deleted_customer_leaves_the_groups(desk: Desk) -> None:
    """A group must not list someone who is gone."""
    jane = await desk.customer()
    group = (await desk.post("/customer-groups", {"name": "Acme"})).data
    path = f"/customer-groups/{group['id']}"
    await desk.post(f"{path}/members", {"customerIds": [jane["id"]]})
    await desk.delete(f"/customers/{jane['id']}")
    assert (await desk.get(path)).data["customerCount"] == 0
    assert (await desk.get(f"{path}/members")).ids == []
