"""Bulk changes, exports and imports."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import TeamApi


async def test_a_failed_id_does_not_affect_others(api: TeamApi) -> None:
    """A failed id is reported; the others are changed, and emit their events."""
    first, second = await api.ticket("a"), await api.ticket("b")
    ids = [first["id"], "tkt_none", second["id"]]
    body = {"action": "update", "resource": "tickets", "ids": ids, "data": {"status": "closed"}}
    result = (await api.post("/bulk", body)).data
    assert (result["total"], result["succeeded"], result["failed"]) == (3, 2, 1)
    assert result["errors"] == [{"id": "tkt_none", "code": "resource_missing", "message": "Ticket not found"}]
    assert [each["status"] for each in (await api.get("/tickets")).data] == ["closed", "closed"]
    types = [each["type"] for each in (await api.get("/events?types=ticket.closed")).data]
    assert types == ["ticket.closed"] * 2


async def test_a_bulk_deletion_is_like_single_ones(api: TeamApi) -> None:
    """Deleting customers in bulk unlinks their tickets; a repeated id fails the second time."""
    customer = await api.customer()
    ticket = await api.ticket(customerId=customer["id"])
    body = {"action": "delete", "resource": "customers", "ids": [customer["id"], customer["id"]]}
    result = (await api.post("/bulk", body)).data
    assert (result["succeeded"], result["failed"]) == (1, 1)
    assert (await api.get(f"/tickets/{ticket['id']}")).data["customerId"] is None


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"ids": []}, ("parameter_invalid", "ids")),
        ({"ids": ["x"] * 101}, ("parameter_invalid", "ids")),
        ({"data": "closed"}, ("parameter_invalid", "data")),
        ({"data": {"status": "odd"}}, ("parameter_invalid", "data.status")),
        ({"action": "merge"}, ("parameter_invalid", "action")),
        ({"resource": "members"}, ("parameter_invalid", "resource")),
    ],
)
async def test_an_invalid_change_is_refused(api: TeamApi, change: dict[str, object], error: tuple[str, str]) -> None:
    """An invalid change is refused as a whole, and the error names its field."""
    ticket = await api.ticket()
    body = {"action": "update", "resource": "tickets", "ids": [ticket["id"]], "data": {"status": "open"}}
    assert (await api.post("/bulk", body | change)).error == (400, *error)


async def test_an_update_needs_data(api: TeamApi) -> None:
    """An update without data is refused."""
    reply = await api.post("/bulk", {"action": "update", "resource": "tickets", "ids": ["tkt_1"]})
    assert reply.error == (400, "parameter_missing", "data")


async def test_a_failed_change_is_rolled_back(api: TeamApi) -> None:
    """A failed change leaves no event and no partial change."""
    await api.customer("Ada")
    bob = await api.customer("Bob")
    body = {"action": "update", "resource": "customers", "ids": [bob["id"]], "data": {"email": "ada@example.org"}}
    result = (await api.post("/bulk", body)).data
    assert result["errors"][0]["code"] == "resource_already_exists"
    assert (await api.get(f"/customers/{bob['id']}")).data["email"] == "bob@example.org"
    assert (await api.get("/events?types=customer.updated")).data == []


async def test_an_export_as_json(api: TeamApi) -> None:
    """An export has several kinds, each with its own filters."""
    await api.ticket("a", priority="urgent")
    await api.ticket("b", priority="low")
    await api.customer()
    body = {"resources": [{"type": "tickets", "filters": {"priority": ["urgent", "high"]}}, {"type": "customers"}]}
    result = (await api.post("/export", body)).data
    assert result["totalRows"] == 2
    assert [each["title"] for each in result["resources"]["tickets"]] == ["a"]
    assert [each["name"] for each in result["resources"]["customers"]] == ["Jane"]


async def test_an_export_as_csv(api: TeamApi) -> None:
    """A CSV export has one kind, quotes any text, and writes lists and booleans as JSON."""
    title = 'He said "no",\r\nthen left'
    ticket = await api.ticket(title, tags=["a", "b"])
    result = (await api.post("/export", {"resources": [{"type": "tickets"}], "format": "csv"})).data
    (row,) = csv.DictReader(io.StringIO(result["csv"], newline=""))
    assert (row["id"], row["title"], row["tags"], row["notes"]) == (ticket["id"], title, '["a","b"]', "")
    assert row["slaPaused"] == "false"
    two = {"resources": [{"type": "tickets"}, {"type": "customers"}], "format": "csv"}
    assert (await api.post("/export", two)).error == (400, "parameter_invalid", "resources")
    empty = {"resources": [{"type": "articles"}], "format": "csv"}
    assert (await api.post("/export", empty)).data["csv"].startswith("id,")


async def test_an_unknown_filter_of_an_export_is_refused(api: TeamApi) -> None:
    """An export with an unknown filter is refused."""
    body = {"resources": [{"type": "tickets", "filters": {"mood": "gloomy"}}]}
    assert (await api.post("/export", body)).error == (400, "parameter_invalid", "resources[0].filters.mood")


@pytest.mark.parametrize(
    ("strategy", "counts", "name", "tags"),
    [
        ("skip", {"created": 1, "updated": 0, "skipped": 1}, "Jane", ["old"]),
        ("update", {"created": 1, "updated": 1, "skipped": 0}, "Jane Doe", ["new"]),
        ("merge", {"created": 1, "updated": 1, "skipped": 0}, "Jane", ["old", "new"]),
    ],
)
async def test_imports_of_existing_records(
    api: TeamApi, strategy: str, counts: dict[str, int], name: str, tags: list[str]
) -> None:
    """An existing record is skipped, updated or merged; an invalid one is reported by its index."""
    customer = await api.customer(tags=["old"])
    records = [
        {"name": "Jane Doe", "email": "JANE@example.org", "tags": ["new"], "notes": "met at a fair"},
        {"name": "Bob", "email": "bob@example.org"},
        {"name": "Nobody"},
    ]
    body = {"resource": "customers", "records": records, "mergeStrategy": strategy}
    result = (await api.post("/import", body)).data
    assert {name: result[name] for name in counts} == counts
    assert result["errors"] == [{"index": 2, "message": "The 'email' field is required.", "field": "email"}]
    read = (await api.get(f"/customers/{customer['id']}")).data
    assert (read["name"], read["tags"]) == (name, tags)
    assert read["notes"] == (None if strategy == "skip" else "met at a fair")
    (log,) = (await api.get("/import")).data
    assert (log["total"], log["failed"], log["status"], log["created"]) == (3, 1, "completed", 1)


async def test_existing_articles_and_tickets_are_found(api: TeamApi) -> None:
    """Articles are matched by slug or title, tickets by id or external id."""
    article = (await api.post("/articles", {"title": "How to", "content": "x"})).data
    ticket = await api.ticket(metadata={"externalId": "zd-7"})
    for resource, record in (
        ("articles", {"title": "How to", "content": "y"}),
        ("articles", {"title": "Other", "slug": "how-to", "content": "y"}),
        ("articles", {"id": article["id"], "title": "How to", "content": "y"}),
        ("tickets", {"title": "Again", "metadata": {"externalId": "zd-7"}}),
        ("tickets", {"title": "Again", "id": ticket["id"]}),
    ):
        body = {"resource": resource, "records": [record]}
        assert (await api.post("/import", body)).data["skipped"] == 1, record


async def test_an_import_has_a_limit(api: TeamApi) -> None:
    """An import has at most 500 records, as cStar documents."""
    body = {"resource": "customers", "records": [{}] * 501}
    assert (await api.post("/import", body)).error == (400, "parameter_invalid", "records")
