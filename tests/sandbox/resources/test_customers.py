"""Customers and customer groups."""

from __future__ import annotations

from tests.sandbox.conftest import TeamApi


async def test_an_email_address_is_unique(api: TeamApi) -> None:
    """An email address that is in use is a conflict, in any case."""
    await api.customer("Jane")
    joe = await api.customer("Joe")
    taken = (409, "resource_already_exists", "email")
    assert (await api.post("/customers", {"name": "J", "email": "JANE@example.org"})).error == taken
    assert (await api.patch(f"/customers/{joe['id']}", {"email": "jane@example.org"})).error == taken
    assert (await api.patch(f"/customers/{joe['id']}", {"email": "JOE@example.org"})).status == 200


async def test_an_address_is_unique_within_a_team_only(api: TeamApi) -> None:
    """Two teams can have customers with the same address."""
    await api.customer()
    await TeamApi(api.sandbox, api.session, api.sandbox.team()).customer()


async def test_a_customer_has_a_summary_of_tickets(api: TeamApi) -> None:
    """A customer read by id has a summary of its tickets; lists have none."""
    jane = await api.customer()
    await api.ticket("a", customerId=jane["id"])
    last = await api.ticket("b", customerId=jane["id"], status="resolved")
    data = (await api.get(f"/customers/{jane['id']}")).data
    assert data["ticketSummary"] == {"total": 2, "open": 1, "resolved": 1}
    assert data["recentTickets"][0] == {name: last[name] for name in ("id", "title", "status", "createdAt")}
    assert "ticketSummary" not in (await api.get("/customers")).data[0]


async def test_tickets_of_a_deleted_customer_stay(api: TeamApi) -> None:
    """Deleting a customer unlinks its tickets, as cStar documents."""
    jane = await api.customer()
    ticket = await api.ticket(customerId=jane["id"])
    await api.delete(f"/customers/{jane['id']}")
    assert (await api.get(f"/tickets/{ticket['id']}")).data["customerId"] is None


async def test_a_new_name_is_on_the_tickets(api: TeamApi) -> None:
    """A ticket has the current name of its customer."""
    jane = await api.customer()
    ticket = await api.ticket(customerId=jane["id"])
    await api.patch(f"/customers/{jane['id']}", {"name": "Jane Doe"})
    assert (await api.get(f"/tickets/{ticket['id']}")).data["customerName"] == "Jane Doe"


async def test_groups_have_a_slug(api: TeamApi) -> None:
    """A slug is made from the name unless given; one in use is a conflict."""
    assert (await api.post("/customer-groups", {"name": "Acme Corp."})).data["slug"] == "acme-corp"
    assert (await api.post("/customer-groups", {"name": "Acme", "slug": "acme-corp"})).error == (
        409,
        "resource_already_exists",
        "slug",
    )


async def test_members_are_added_and_removed(api: TeamApi) -> None:
    """Members can be added and removed, repeated ids are skipped, and the count is updated."""
    jane, joe = await api.customer("Jane"), await api.customer("Joe")
    group = (await api.post("/customer-groups", {"name": "Acme"})).data
    path = f"/customer-groups/{group['id']}"
    await api.post(f"{path}/members", {"customerIds": [jane["id"]]})
    added = await api.post(f"{path}/members", {"customerIds": [jane["id"], joe["id"], joe["id"]]})
    assert added.data == {"added": 1, "skipped": 2}
    assert (await api.get(f"{path}/members?pageSize=1&page=2")).ids == [joe["id"]]
    assert (await api.get(path)).data["customerCount"] == 2
    removed = await api.delete(f"{path}/members?customerId={jane['id']}")
    assert removed.data == {"removed": True, "customerId": jane["id"]}
    assert (await api.get(f"{path}/members")).ids == [joe["id"]]


async def test_unknown_customers_cannot_be_members(api: TeamApi) -> None:
    """Unknown customers are a 404, and no customer is added."""
    jane = await api.customer()
    group = (await api.post("/customer-groups", {"name": "Acme"})).data
    path = f"/customer-groups/{group['id']}/members"
    assert (await api.post(path, {"customerIds": [jane["id"], "cus_none"]})).status == 404
    assert (await api.get(path)).ids == []
    assert (await api.delete(f"{path}?customerId={jane['id']}")).status == 404
    assert (await api.delete(path)).error == (400, "parameter_missing", "customerId")


async def test_a_deleted_customer_is_removed_from_groups(api: TeamApi) -> None:
    """A deleted customer is no longer a member of its groups."""
    jane = await api.customer()
    group = (await api.post("/customer-groups", {"name": "Acme"})).data
    path = f"/customer-groups/{group['id']}"
    await api.post(f"{path}/members", {"customerIds": [jane["id"]]})
    await api.delete(f"/customers/{jane['id']}")
    assert (await api.get(path)).data["customerCount"] == 0
    assert (await api.get(f"{path}/members")).ids == []
