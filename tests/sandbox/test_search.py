"""Search, tags and saved views."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .conftest import Desk


async def found(desk: Desk, query: str) -> list[tuple[str, str]]:
    """Type and title of what a search finds."""
    return [(each["type"], each["title"]) for each in (await desk.get(f"/search?q={query}")).data]


async def test_search_over_all_kinds(desk: Desk) -> None:
    """Words of titles, names, texts, addresses and tags; a ticket is also found by its messages."""
    ticket = await desk.ticket("Printer on fire", tags=["hardware"])
    await desk.post(f"/tickets/{ticket['id']}/messages", {"content": "It smells of toast"})
    await desk.customer("Printella", notes="owns a toaster")
    await desk.post("/articles", {"title": "Extinguish a printer", "content": "Use sand."})
    titles = {("ticket", "Printer on fire"), ("customer", "Printella"), ("article", "Extinguish a printer")}
    assert set(await found(desk, "print")) == titles
    assert set(await found(desk, "toast")) == {("ticket", "Printer on fire"), ("customer", "Printella")}
    assert await found(desk, "hardware") == [("ticket", "Printer on fire")]
    assert await found(desk, "fire+printer") == [("ticket", "Printer on fire")]
    assert await found(desk, "printella@example.org") == [("customer", "Printella")]


async def test_the_index_follows(desk: Desk) -> None:
    """A changed title is found by its new words only, a deleted object not at all, nor its messages."""
    ticket = await desk.ticket("Alpha")
    path = f"/tickets/{ticket['id']}"
    await desk.post(f"{path}/messages", {"content": "omega"})
    await desk.patch(path, {"title": "Beta"})
    assert await found(desk, "alpha") == []
    assert await found(desk, "beta") == await found(desk, "omega") == [("ticket", "Beta")]
    await desk.delete(path)
    assert await found(desk, "beta") == await found(desk, "omega") == []


@pytest.mark.parametrize("query", ['"', "a* OR b", "NEAR(x", "title:x", "-", "%00", "😀", "(((", "AND", "x'--"])
async def test_words_are_only_words(desk: Desk, query: str) -> None:
    """The query language of the index is not the caller's: nothing breaks, nothing is interpreted."""
    await desk.ticket("A ticket")
    assert (await desk.get(f"/search?q={query}")).status == 200


async def test_narrower(desk: Desk) -> None:
    """By kind, by number; an empty search is refused."""
    for number in range(12):
        await desk.ticket(f"Same {number}")
    await desk.customer("Same")
    assert len((await desk.get("/search?q=same")).data) == 10
    assert len((await desk.get("/search?q=same&limit=50&types=tickets")).data) == 12
    assert len((await desk.get("/search?q=same&types=customers,articles")).data) == 1
    assert (await desk.get("/search")).error == (400, "parameter_missing", "q")
    assert (await desk.get("/search?q=%20")).error == (400, "parameter_invalid", "q")
    assert (await desk.get("/search?q=x&types=bosses")).error == (400, "parameter_invalid", "types[0]")


async def test_another_team_finds_nothing(desk: Desk) -> None:
    """One index, many teams."""
    await desk.ticket("Secret plan")
    other = type(desk)(desk.sandbox, desk.session, desk.sandbox.team())
    assert await found(other, "secret") == []


async def test_an_accent_is_no_obstacle(desk: Desk) -> None:
    """Who searches for cafe means café."""
    await desk.ticket("Café closed")
    assert await found(desk, "cafe") == [("ticket", "Café closed")]


async def test_tags_count_tickets(desk: Desk) -> None:
    """The count is of tickets (seed); tags that only customers have, and new ones, are known as well."""
    ticket = await desk.ticket(tags=["billing", "vip"])
    await desk.ticket(tags=["billing"])
    await desk.customer(tags=["vip", "lead"])
    assert (await desk.post("/tags", {"name": "fresh"})).data == {"object": "tag", "name": "fresh", "count": 0}
    counts = [(each["name"], each["count"]) for each in (await desk.get("/tags")).data]
    assert counts == [("billing", 2), ("vip", 1), ("fresh", 0), ("lead", 0)]
    assert (await desk.post("/tags", {"name": "lead"})).error == (409, "resource_already_exists", "name")
    assert (await desk.post("/tags", {"name": " "})).status == 400
    await desk.delete(f"/tickets/{ticket['id']}")
    assert ("billing", 1) in [(each["name"], each["count"]) for each in (await desk.get("/tags")).data]


async def test_a_view_filters_and_sorts(desk: Desk) -> None:
    """A list of values means any of them; priorities sort by urgency, not by the alphabet; views page."""
    for title, priority, status in (
        ("a", "low", "open"), ("b", "urgent", "open"), ("c", "normal", "new"), ("d", "high", "closed"),
    ):  # fmt: skip
        await desk.ticket(title, priority=priority, status=status)
    filters = {"status": ["open", "new"]}
    body = {"name": "Desk", "entityType": "tickets", "filters": filters, "sortField": "priority"}
    view = (await desk.post("/views", body)).data
    assert view["sortDirection"] == "desc"
    rows = await desk.get(f"/views/{view['id']}/tickets")
    assert [each["title"] for each in rows.data] == ["b", "c", "a"]
    page = await desk.get(f"/views/{view['id']}/tickets?page=2&pageSize=2")
    assert [each["title"] for each in page.data] == ["a"]
    assert page.body["pagination"]["total"] == 3


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"filters": {"mood": "bad"}}, "filters.mood"),
        ({"filters": {"status": {"not": "open"}}}, "filters.status"),
        ({"filters": {"status": []}}, "filters.status"),
        ({"filters": {"search": 7}}, "filters.search"),
        ({"sortField": "mood"}, "sortField"),
        ({"entityType": "bosses"}, "entityType"),
    ],
)
async def test_a_view_that_could_not_work_is_refused(desk: Desk, change: dict[str, object], param: str) -> None:
    """When it is made, not when somebody uses it."""
    body = {"name": "x", "entityType": "tickets"}
    assert (await desk.post("/views", body | change)).error == (400, "parameter_invalid", param)


async def test_views_of_other_kinds(desk: Desk) -> None:
    """They can be kept; only those of tickets give tickets."""
    for kind in ("customers", "articles", "community_posts"):
        view = (await desk.post("/views", {"name": kind, "entityType": kind, "filters": {"search": "x"}})).data
        assert (await desk.get(f"/views/{view['id']}/tickets")).error == (400, "parameter_invalid", "viewId")
    assert (await desk.get("/views/view_none/tickets")).error == (404, "resource_missing", None)
