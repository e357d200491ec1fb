"""Articles, categories, webhooks and the smaller collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import TeamApi

HOOK = {"name": "Mine", "url": "https://example.org/hook", "events": ["ticket.*", "customer.created", "*"]}
FIELD = {"name": "Priority Level", "type": "text", "entityType": "tickets"}


async def test_published_at_is_set_once(api: TeamApi) -> None:
    """`publishedAt` is set by the first publication and kept."""
    article = (await api.post("/articles", {"title": "x", "content": "y"})).data
    assert article["publishedAt"] is None
    path = f"/articles/{article['id']}"
    stamp = (await api.patch(path, {"status": "published"})).data["publishedAt"]
    assert stamp == "2026-03-02T09:00:00.000Z"
    api.sandbox.clock.advance(hours=1)
    await api.patch(path, {"status": "draft"})
    assert (await api.patch(path, {"status": "published"})).data["publishedAt"] == stamp


async def test_articles_may_have_the_same_title(api: TeamApi) -> None:
    """A generated slug is numbered if in use; a given one is a conflict."""
    body = {"title": "Reset your password", "content": "y"}
    slugs = [(await api.post("/articles", body)).data["slug"] for _ in range(3)]
    assert slugs == ["reset-your-password", "reset-your-password-2", "reset-your-password-3"]
    assert (await api.post("/articles", body | {"slug": slugs[0]})).error == (409, "resource_already_exists", "slug")


async def test_an_article_has_its_category_by_name_and_id(api: TeamApi) -> None:
    """A category is given by name or id; deleting the category clears both, as cStar documents."""
    category = (await api.post("/categories", {"name": "Billing"})).data
    body = {"title": "x", "content": "y"}
    by_name = (await api.post("/articles", body | {"category": "Billing"})).data
    by_id = (await api.post("/articles", body | {"categoryId": category["id"]})).data
    assert by_name["categoryId"] == by_id["categoryId"] == category["id"]
    assert by_name["category"] == by_id["category"] == "Billing"
    await api.patch(f"/categories/{category['id']}", {"name": "Money"})
    assert (await api.get("/articles?category=Money")).ids == [by_id["id"], by_name["id"]]
    await api.delete(f"/categories/{category['id']}")
    orphan = (await api.get(f"/articles/{by_id['id']}")).data
    assert (orphan["category"], orphan["categoryId"]) == (None, None)


async def test_an_article_needs_a_category_that_exists(api: TeamApi) -> None:
    """An unknown category id is refused."""
    reply = await api.post("/articles", {"title": "x", "content": "y", "categoryId": "nope"})
    assert reply.error == (400, "parameter_invalid", "categoryId")


async def test_categories_are_sorted_and_all_in_one_answer(api: TeamApi) -> None:
    """Categories are sorted by sortOrder and name, and are one page, as cStar documents."""
    for name, order in (("Zoo", 0), ("Billing", 1), ("Ant", 1)):
        await api.post("/categories", {"name": name, "sortOrder": order})
    reply = await api.get("/categories")
    assert [each["name"] for each in reply.data] == ["Zoo", "Ant", "Billing"]
    assert reply.body["pagination"]["pageSize"] == 3


async def test_a_category_slug_is_unique(api: TeamApi) -> None:
    """A category whose slug is in use is a conflict."""
    await api.post("/categories", {"name": "Getting started"})
    reply = await api.post("/categories", {"name": "Getting  Started!"})
    assert reply.error == (409, "resource_already_exists", "slug")


async def test_the_webhook_secret_is_shown_once(api: TeamApi) -> None:
    """The secret of a webhook is shown at its creation only, under both documented names."""
    created = (await api.post("/webhooks", HOOK)).data
    assert created["secret"].startswith("whsec_")
    assert created["signingSecret"] == created["secret"]
    path = f"/webhooks/{created['id']}"
    for reply in (await api.get(path), await api.patch(path, {"isActive": False})):
        assert "secret" not in reply.data
        assert "signingSecret" not in reply.data
    assert "secret" not in (await api.get("/webhooks")).data[0]


@pytest.mark.parametrize(
    ("change", "param"),
    [
        ({"url": "http://example.org/hook"}, "url"),
        ({"url": "ftp://example.org"}, "url"),
        ({"events": []}, "events"),
        ({"events": ["ticket.created", "ticket.exploded"]}, "events[1]"),
    ],
)
async def test_a_webhook_needs_https_and_known_events(api: TeamApi, change: dict[str, object], param: str) -> None:
    """A webhook with an invalid address or unknown events is refused."""
    assert (await api.post("/webhooks", HOOK | change)).error == (400, "parameter_invalid", param)


async def test_a_webhook_may_point_to_this_machine(api: TeamApi) -> None:
    """A webhook may have an http address on this machine."""
    assert (await api.post("/webhooks", HOOK | {"url": "http://127.0.0.1:8000/hook"})).status == 201


async def test_lists_without_pagination_are_complete(api: TeamApi) -> None:
    """The list of webhooks is complete, without pagination."""
    for _ in range(25):
        await api.post("/webhooks", HOOK)
    reply = await api.get("/webhooks")
    assert len(reply.data) == 25
    assert "pagination" not in reply.body


async def test_custom_fields_get_a_key_and_a_position(api: TeamApi) -> None:
    """A custom field gets a key and a position; keys are unique by entity type."""
    first = (await api.post("/custom-fields", FIELD)).data
    assert (first["key"], first["position"], first["required"]) == ("priority_level", 0, False)
    assert (await api.post("/custom-fields", FIELD)).error == (409, "resource_already_exists", "key")
    assert (await api.post("/custom-fields", FIELD | {"entityType": "customers"})).data["position"] == 0
    early = (await api.post("/custom-fields", FIELD | {"key": "early", "position": 0})).data
    assert (await api.get("/custom-fields?entityType=tickets")).ids == [first["id"], early["id"]]


async def test_a_select_field_needs_options(api: TeamApi) -> None:
    """A select field without options is refused."""
    reply = await api.post("/custom-fields", FIELD | {"type": "select"})
    assert reply.error == (400, "parameter_missing", "options")


async def test_plain_collections_work(api: TeamApi) -> None:
    """SLA rules, automations and views can be created and listed."""
    rule = {"name": "Urgent", "priority": "urgent", "responseTarget": 15, "resolutionTarget": 120}
    assert (await api.post("/sla/rules", rule)).data["enabled"] is True
    action = {"type": "add_tags", "tags": ["vip"]}
    automation = {"name": "Tag", "triggerEvent": "ticket.created", "actions": [action]}
    assert (await api.post("/automations", automation)).data["executionCount"] == 0
    assert (await api.post("/views", {"name": "Mine", "entityType": "tickets"})).data["visibility"] == "private"
    for path in ("/sla/rules", "/automations", "/views?entityType=tickets"):
        assert len((await api.get(path)).ids) == 1


async def test_community_posts(api: TeamApi) -> None:
    """Community posts are in snake_case, and equal titles get different slugs."""
    topic = (await api.get("/community/topics")).ids[0]
    body = {"title": "Dark mode", "body": "please", "topic_id": topic}
    first = (await api.post("/community/posts", body)).data
    second = (await api.post("/community/posts", body)).data
    assert (first["slug"], first["vote_count"], first["is_pinned"]) == ("dark-mode", 0, False)
    assert second["slug"] != first["slug"]
    assert first["created_at"] == "2026-03-02T09:00:00.000Z"
    changed = await api.patch(f"/community/posts/{first['id']}", {"status": "planned"})
    assert changed.data["status"] == "planned"
    assert (await api.get("/community/posts?sort=votes&status=planned")).ids == [first["id"]]
