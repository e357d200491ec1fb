"""Search, tags and views."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import TeamApi


async def found(api: TeamApi, query: str) -> list[tuple[str, str]]:
    """Type and title of each result of a search."""
    return [(each["type"], each["title"]) for each in (await api.get(f"/search?q={query}")).data]


async def test_search_over_all_kinds(api: TeamApi) -> None:
    """Search finds titles, names, texts, addresses, tags and messages."""
    ticket = await api.ticket("Printer on fire", tags=["hardware"])
    await api.post(f"/tickets/{ticket['id']}/messages", {"content": "It smells of toast"})
    await api.customer("Printella", notes="owns a toaster")
    await api.post("/articles", {"title": "Extinguish a printer", "content": "Use sand."})
    titles = {("ticket", "Printer on fire"), ("customer", "Printella"), ("article", "Extinguish a printer")}
    assert set(await found(api, "print")) == titles
    assert set(await found(api, "toast")) == {("ticket", "Printer on fire"), ("customer", "Printella")}
    assert await found(api, "hardware") == [("ticket", "Printer on fire")]
    assert await found(api, "fire+printer") == [("ticket", "Printer on fire")]
    assert await found(api, "printella@example.org") == [("customer", "Printella")]


async def test_the_index_is_updated(api: TeamApi) -> None:
    """The index is updated by changes and deletions."""
    ticket = await api.ticket("Alpha")
    path = f"/tickets/{ticket['id']}"
    await api.post(f"{path}/messages", {"content": "omega"})
    await api.patch(path, {"title": "Beta"})
    assert await found(api, "alpha") == []
    assert await found(api, "beta") == await found(api, "omega") == [("ticket", "Beta")]
    await api.delete(path)
    assert await found(api, "beta") == await found(api, "omega") == []


@pytest.mark.parametrize("query", ['"', "a* OR b", "NEAR(x", "title:x", "-", "%00", "😀", "(((", "AND", "x'--"])
async def test_the_syntax_of_the_index_is_not_interpreted(api: TeamApi, query: str) -> None:
    """A search with the syntax of the index is a search for words."""
    await api.ticket("A ticket")
    assert (await api.get(f"/search?q={query}")).status == 200


async def test_a_search_can_be_limited(api: TeamApi) -> None:
    """A search is limited by kind and number; an empty one is refused."""
    for number in range(12):
        await api.ticket(f"Same {number}")
    await api.customer("Same")
    assert len((await api.get("/search?q=same")).data) == 10
    assert len((await api.get("/search?q=same&limit=50&types=tickets")).data) == 12
    assert len((await api.get("/search?q=same&types=customers,articles")).data) == 1
    assert (await api.get("/search")).error == (400, "parameter_missing", "q")
    assert (await api.get("/search?q=%20")).error == (400, "parameter_invalid", "q")
    assert (await api.get("/search?q=x&types=bosses")).error == (400, "parameter_invalid", "types[0]")


async def test_another_team_finds_nothing(api: TeamApi) -> None:
    """A search finds objects of its own team only."""
    await api.ticket("Secret plan")
    other = type(api)(api.sandbox, api.session, api.sandbox.team())
    assert await found(other, "secret") == []


async def test_accents_are_ignored(api: TeamApi) -> None:
    """A search ignores accents."""
    await api.ticket("Café closed")
    assert await found(api, "cafe") == [("ticket", "Café closed")]


async def test_tags_count_tickets(api: TeamApi) -> None:
    """Tags count tickets, as cStar documents; tags of customers and new tags count zero."""
    ticket = await api.ticket(tags=["billing", "vip"])
    await api.ticket(tags=["billing"])
    await api.customer(tags=["vip", "lead"])
    assert (await api.post("/tags", {"name": "fresh"})).data == {"object": "tag", "name": "fresh", "count": 0}
    counts = [(each["name"], each["count"]) for each in (await api.get("/tags")).data]
    assert counts == [("billing", 2), ("vip", 1), ("fresh", 0), ("lead", 0)]
    assert (await api.post("/tags", {"name": "lead"})).error == (409, "resource_already_exists", "name")
    assert (await api.post("/tags", {"name": " "})).status == 400
    await api.delete(f"/tickets/{ticket['id']}")
    assert ("billing", 1) in [(each["name"], each["count"]) for each in (await api.get("/tags")).data]


async def test_a_view_filters_and_sorts(api: TeamApi) -> None:
    """A view filters by any of several values, sorts priorities by urgency, and is paged."""
    tickets = [("a", "low", "open"), ("b", "urgent", "open"), ("c", "normal", "new"), ("d", "high", "closed")]
    for title, priority, status in tickets:
        await api.ticket(title, priority=priority, status=status)
    filters = {"status": ["open", "new"]}
    body = {"name": "Urgent", "entityType": "tickets", "filters": filters, "sortField": "priority"}
    view = (await api.post("/views", body)).data
    assert view["sortDirection"] == "desc"
    rows = await api.get(f"/views/{view['id']}/tickets")
    assert [each["title"] for each in rows.data] == ["b", "c", "a"]
    page = await api.get(f"/views/{view['id']}/tickets?page=2&pageSize=2")
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
async def test_an_invalid_view_is_refused(api: TeamApi, change: dict[str, object], param: str) -> None:
    """An invalid view is refused when it is created."""
    body = {"name": "x", "entityType": "tickets"}
    assert (await api.post("/views", body | change)).error == (400, "parameter_invalid", param)


async def test_views_of_other_kinds(api: TeamApi) -> None:
    """Views of other kinds can be created, and give no tickets."""
    for kind in ("customers", "articles", "community_posts"):
        view = (await api.post("/views", {"name": kind, "entityType": kind, "filters": {"search": "x"}})).data
        assert (await api.get(f"/views/{view['id']}/tickets")).error == (400, "parameter_invalid", "viewId")
    assert (await api.get("/views/view_none/tickets")).error == (404, "resource_missing", None)
