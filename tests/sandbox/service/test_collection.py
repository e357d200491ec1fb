"""Collections are served as the contract describes them."""

from __future__ import annotations

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async.models import TICKET_STATUS_VALUES
from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.contract.document import Contract, load_contract
from cstar_async.sandbox.service.pagination import pagination
from tests.sandbox.conftest import TeamApi


async def test_a_new_object_has_the_fields_of_the_contract(api: TeamApi) -> None:
    """A new object has the constants, defaults, empty values and nulls of its schema."""
    data = (await api.post("/articles", {"title": "Reset", "content": "..."})).data
    assert data["id"].startswith("art_")
    assert len(data["id"]) == len("art_") + 12
    assert (data["object"], data["status"], data["isPublic"]) == ("article", "draft", False)
    assert (data["tags"], data["metadata"], data["notes"], data["viewCount"]) == ([], {}, None, 0)
    assert data["createdAt"] == data["updatedAt"] == "2026-03-02T09:00:00.000Z"


async def test_a_created_object_can_be_read(api: TeamApi) -> None:
    """Reading a created object gives the same data as the creation."""
    ticket = await api.ticket(tags=["a"], metadata={"n": 1})
    assert (await api.get(f"/tickets/{ticket['id']}")).data | {"messages": []} == ticket | {"messages": []}


async def test_unknown_fields_are_ignored(api: TeamApi) -> None:
    """Unknown and read-only fields in a body are ignored."""
    ticket = await api.ticket(surprise=1, messageCount=7, id="tkt_mine")
    assert "surprise" not in ticket
    assert ticket["messageCount"] == 0
    assert ticket["id"] != "tkt_mine"


async def test_update_changes_only_what_is_given(api: TeamApi) -> None:
    """PATCH changes the given fields and updatedAt."""
    ticket = await api.ticket(priority="high")
    api.sandbox.clock.advance(seconds=90)
    changed = (await api.patch(f"/tickets/{ticket['id']}", {"title": "Out"})).data
    assert changed == ticket | {"title": "Out", "updatedAt": "2026-03-02T09:01:30.000Z"}


async def test_null_clears(api: TeamApi) -> None:
    """Null clears a field; a field left out stays."""
    member = (await api.get("/members")).ids[0]
    ticket = await api.ticket(notes="old", assignedTo=member)
    changed = (await api.patch(f"/tickets/{ticket['id']}", {"notes": None})).data
    assert (changed["notes"], changed["assignedTo"]) == (None, member)


async def test_metadata_is_merged(api: TeamApi) -> None:
    """Metadata is merged, and null removes a key."""
    ticket = await api.ticket(metadata={"a": 1, "b": 2})
    changed = (await api.patch(f"/tickets/{ticket['id']}", {"metadata": {"b": None, "c": 3}})).data
    assert changed["metadata"] == {"a": 1, "c": 3}


async def test_delete_answers_as_documented(api: TeamApi) -> None:
    """A deletion has the documented answer, and the object is a 404 afterwards."""
    ticket = await api.ticket()
    path = f"/tickets/{ticket['id']}"
    assert (await api.delete(path)).data == {"deleted": True, "id": ticket["id"], "object": "ticket"}
    assert (await api.get(path)).error == (404, "resource_missing", None)
    assert (await api.delete(path)).body["error"]["message"] == "Ticket not found"


async def test_teams_do_not_see_each_other(api: TeamApi) -> None:
    """Teams do not see each other's objects."""
    ticket = await api.ticket()
    other = TeamApi(api.sandbox, api.session, api.sandbox.team())
    assert (await other.get("/tickets")).ids == []
    assert (await other.get(f"/tickets/{ticket['id']}")).status == 404


async def test_lists_are_newest_first(api: TeamApi) -> None:
    """Objects are listed newest first, by order of creation."""
    ids = [(await api.ticket(str(number)))["id"] for number in range(3)]
    assert (await api.get("/tickets")).ids == ids[::-1]


async def test_pages_cover_everything_once(api: TeamApi) -> None:
    """Pages have every object once."""
    ids = [(await api.ticket(str(number)))["id"] for number in range(5)]
    pages = [(await api.get(f"/tickets?page={page}&pageSize=2")) for page in (1, 2, 3, 4)]
    assert [len(page.ids) for page in pages] == [2, 2, 1, 0]
    assert [each for page in pages for each in page.ids] == ids[::-1]
    assert [page.body["pagination"]["hasMore"] for page in pages] == [True, True, False, False]


async def test_pagination_is_in_both_documented_places(api: TeamApi) -> None:
    """Pagination is at the top of the body and in `meta`."""
    await api.ticket()
    body = (await api.get("/tickets")).body
    expected = {"page": 1, "pageSize": 20, "total": 1, "totalPages": 1, "hasMore": False}
    assert body["pagination"] == body["meta"]["pagination"] == expected


@pytest.mark.parametrize(("path", "size"), [("/tickets?pageSize=500", 100), ("/customer-groups", 25)])
async def test_the_page_size_follows_the_contract(api: TeamApi, path: str, size: int) -> None:
    """A page size above the maximum is the maximum; the default is that of the contract."""
    assert (await api.get(path)).body["pagination"]["pageSize"] == size


@given(page=st.integers(1, 50), size=st.integers(1, 100), total=st.integers(0, 2000))
def test_has_more_means_that_another_page_has_items(page: int, size: int, total: int) -> None:
    """hasMore, totalPages and total agree."""
    found = pagination(page, size, total)
    assert found["hasMore"] == (page < found["totalPages"])
    assert (found["totalPages"] - 1) * size < total <= found["totalPages"] * size or total == found["totalPages"] == 0


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("status=open", ["b"]),
        ("priority=urgent", ["c", "b"]),
        ("priority=urgent&status=new", ["c"]),
        ("tag=vip", ["a"]),
        ("assignedTo={member}", ["c"]),
        ("search=B", ["b"]),
        ("search=nothing", []),
        ("unknown=1", ["c", "b", "a"]),
    ],
)
async def test_filters_select_rows(api: TeamApi, query: str, titles: list[str]) -> None:
    """Filters match by equality, tag and search, and combine."""
    await api.ticket("a", tags=["vip", "x"])
    await api.ticket("b", priority="urgent", status="open")
    member = (await api.get("/members")).ids[0]
    await api.ticket("c", priority="urgent", assignedTo=member)
    reply = await api.get(f"/tickets?{query.format(member=member)}")
    assert [each["title"] for each in reply.data] == titles
    assert reply.body["pagination"]["total"] == len(titles)


async def test_boolean_filters(api: TeamApi) -> None:
    """A boolean filter matches its field."""
    hook = {"name": "x", "url": "https://example.org", "events": ["*"]}
    await api.post("/webhooks", hook)
    paused = (await api.post("/webhooks", hook | {"isActive": False})).data
    assert (await api.get("/webhooks?active=false")).ids == [paused["id"]]


async def test_a_filter_that_is_not_implemented_is_501(monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that is not implemented answers 501."""
    contract = load_contract()
    tickets = contract.operations["tickets.list"]
    mood = next(each for each in tickets.params if each.name == "search")._replace(name="mood")
    details = contract.document["operations"]["tickets.list"]
    parameters = [*details["parameters"], {"name": "mood", "in": "query", "schema": {"type": "string"}}]
    documented = {**contract.document["operations"], tickets.id: {**details, "parameters": parameters}}
    added = Contract(
        {**contract.operations, tickets.id: tickets._replace(params=(*tickets.params, mood))},
        {**contract.document, "operations": documented},
    )
    monkeypatch.setattr("cstar_async.sandbox.sandbox.load_contract", lambda: added)
    async with Sandbox() as sandbox, aiohttp.ClientSession() as session:
        reply = await TeamApi(sandbox, session, sandbox.default_team).get("/tickets?mood=gloomy")
        assert reply.error == (501, "not_emulated", None)


@pytest.mark.parametrize(
    ("query", "param", "message"),
    [
        ("page=0", "page", "The 'page' parameter must be at least 1."),
        ("page=x", "page", "The 'page' parameter must be an integer."),
        ("page=1_0", "page", "The 'page' parameter must be an integer."),
        ("page=99999999999999999999", "page", "The 'page' parameter must be an integer."),
        ("pageSize=0", "pageSize", "The 'pageSize' parameter must be at least 1."),
        ("status=odd", "status", f"The 'status' parameter must be one of: {', '.join(TICKET_STATUS_VALUES)}."),
    ],
)
async def test_invalid_parameters_are_named(api: TeamApi, query: str, param: str, message: str) -> None:
    """An invalid query parameter is a 400 that names it and says what it must be."""
    reply = await api.get(f"/tickets?{query}")
    assert reply.error == (400, "parameter_invalid", param)
    assert reply.body["error"]["message"] == message


@pytest.mark.parametrize(
    ("path", "body", "code", "param", "message"),
    [
        ("/tickets", {}, "parameter_missing", "title", "The 'title' field is required."),
        ("/customers", {"email": 1}, "parameter_missing", "name", "The 'name' field is required."),
        ("/tickets", {"title": 1}, "parameter_invalid", "title", "The 'title' field must be a string."),
        ("/tickets", {"title": ""}, "parameter_invalid", "title", "The 'title' field must have at least 1 character."),
        (
            "/tickets",
            {"title": "x", "tags": [1]},
            "parameter_invalid",
            "tags[0]",
            "The 'tags[0]' field must be a string.",
        ),
        (
            "/customers",
            {"name": "x", "email": "x"},
            "parameter_invalid",
            "email",
            "The 'email' field must be a valid email.",
        ),
        ("/tickets", [], "parameter_invalid", None, "The request body must be a JSON object."),
    ],
)
async def test_invalid_fields_are_named(
    api: TeamApi, path: str, body: object, code: str, param: str | None, message: str
) -> None:
    """An invalid body is a 400 that names the field; missing fields are named first."""
    reply = await api.post(path, body)
    assert reply.error == (400, code, param)
    assert reply.body["error"]["message"] == message


async def test_a_body_that_is_not_json(api: TeamApi) -> None:
    """A body that is not JSON is a 400 with its own code."""
    assert (await api.post("/tickets", data=b"{title")).error == (400, "invalid_json", None)


async def test_404_comes_before_400(api: TeamApi) -> None:
    """A missing object is reported before an invalid body."""
    assert (await api.patch("/tickets/tkt_none", {"status": "odd"})).status == 404


async def test_a_refused_create_leaves_nothing(api: TeamApi) -> None:
    """A refused creation leaves nothing behind."""
    refused = await api.post("/tickets", {"title": "x", "customerId": "cus_none"})
    assert refused.error == (400, "parameter_invalid", "customerId")
    assert (await api.get("/tickets")).ids == []


async def test_path_parts_are_decoded_once(api: TeamApi) -> None:
    """An escaped slash is part of an id."""
    assert (await api.get("/tickets/a%2Fmessages")).body["error"]["message"] == "Ticket not found"
