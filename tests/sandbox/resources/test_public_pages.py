"""Endpoints without an API key: the library, the community and customer accounts."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import orjson
import pytest

if TYPE_CHECKING:
    from tests.sandbox.conftest import Reply, TeamApi

LIBRARY = "/api/library/acme-support"
COMMUNITY = "/api/community/acme-support"
AUTH = "/api/auth/acme-support"
ADA = {"email": "ada@example.org", "password": "correct horse", "name": "Ada"}
PNG = {"filename": "a.png", "content_type": "image/png", "size_bytes": 1000, "storage_path": "x/a.png"}


async def publish(api: TeamApi, title: str, **fields: Any) -> Any:
    """Create a published, public article."""
    body = {"title": title, "content": f"All about {title}.", "status": "published", "isPublic": True}
    return (await api.post("/articles", body | fields)).data


async def sign_up(api: TeamApi, **changes: str) -> Any:
    """The session of a new account."""
    return (await api.post(f"{AUTH}/signup", ADA | changes)).data


async def topic(api: TeamApi, slug: str = "ideas") -> Any:
    """One of the default topics."""
    return next(each for each in (await api.get("/community/topics")).data if each["slug"] == slug)


async def post_as(api: TeamApi, session: Any, **fields: Any) -> Reply:
    """Create a post as a customer."""
    body = {"title": "Dark mode", "body": "Please.", "topic_id": (await topic(api))["id"]}
    return await api.post(f"{COMMUNITY}/posts", body | fields, key=session["accessToken"])


# --- the library


async def test_the_library_shows_published_articles(api: TeamApi) -> None:
    """The library shows published public articles only, without a key."""
    await publish(api, "Refunds")
    await publish(api, "Draft", status="draft")
    await publish(api, "Internal", isPublic=False)
    for team in ("acme-support", api.team.id):
        rows = await api.send("GET", f"/api/library/{team}/articles", key="", headers={"Authorization": ""})
        assert [each["title"] for each in rows.data] == ["Refunds"]
    assert (await api.get("/api/library/nobody/articles")).error == (404, "resource_missing", None)
    assert (await api.get(f"{LIBRARY}/articles/draft")).error == (404, "resource_missing", None)
    assert [each["title"] for each in (await api.get(f"{LIBRARY}/search?q=about")).data] == ["Refunds"]
    assert (await api.get(f"{LIBRARY}/stats")).data == {"totalArticles": 1, "totalCategories": 0, "totalViews": 0}


async def test_views_are_counted(api: TeamApi) -> None:
    """Views count in the library and for the team, and decide popularity."""
    await publish(api, "First")
    article = await publish(api, "Second")
    assert (await api.post(f"{LIBRARY}/articles/second/view")).data == {"recorded": True, "viewCount": 1}
    assert (await api.get(f"/articles/{article['id']}")).data["viewCount"] == 1
    assert [each["title"] for each in (await api.get(f"{LIBRARY}/articles/popular?limit=1")).data] == ["Second"]
    assert (await api.get(f"{LIBRARY}/stats")).data["totalViews"] == 1


async def test_categories_of_the_library(api: TeamApi) -> None:
    """The library lists public categories with the number of their readable articles."""
    billing = (await api.post("/categories", {"name": "Billing"})).data
    await api.post("/categories", {"name": "Secret", "isPublic": False})
    await publish(api, "Refunds", categoryId=billing["id"])
    await publish(api, "Draft", categoryId=billing["id"], status="draft")
    await publish(api, "Other")
    rows = (await api.get(f"{LIBRARY}/categories")).data
    assert [(each["slug"], each["articleCount"]) for each in rows] == [("billing", 1)]
    titles = [each["title"] for each in (await api.get(f"{LIBRARY}/articles?categorySlug=billing")).data]
    assert titles == ["Refunds"]
    assert (await api.get(f"{LIBRARY}/articles?categorySlug=none")).data == []


# --- accounts


async def test_signing_up_and_out(api: TeamApi) -> None:
    """Signing up makes a customer with a token, and signing out invalidates the token."""
    session = await sign_up(api)
    (customer,) = (await api.get("/customers")).data
    assert session["customer"] == {"id": customer["id"], "email": "ada@example.org", "name": "Ada"}
    token = session["accessToken"]
    assert (await api.get(f"{AUTH}/me", key=token)).data == session["customer"]
    claims = orjson.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    assert claims["exp"] - claims["iat"] == 3600
    assert (await api.post(f"{AUTH}/logout", key=token)).data == {"loggedOut": True}
    assert (await api.get(f"{AUTH}/me", key=token)).error == (401, "invalid_token", None)
    refused = await api.post(f"{AUTH}/refresh", {"refreshToken": session["refreshToken"]})
    assert refused.error == (401, "invalid_refresh_token", None)


async def test_an_account_belongs_to_an_existing_customer(api: TeamApi) -> None:
    """An account belongs to the customer with its address; an address has one account."""
    customer = await api.customer("Ada")
    session = await sign_up(api, email="ADA@example.org")
    assert session["customer"]["id"] == customer["id"]
    assert (await api.post(f"{AUTH}/signup", ADA)).error == (409, "resource_already_exists", "email")
    assert (await api.get("/customers")).body["pagination"]["total"] == 1


async def test_signing_in(api: TeamApi) -> None:
    """Signing in gives the same error for a wrong address and a wrong password."""
    await sign_up(api)
    assert (await api.post(f"{AUTH}/login", ADA)).data["customer"]["name"] == "Ada"
    wrong_fields = ({"password": "wrong horse"}, {"email": "bob@example.org"})
    wrong = [await api.post(f"{AUTH}/login", ADA | fields) for fields in wrong_fields]
    assert {each.error for each in wrong} == {(401, "invalid_credentials", None)}
    assert len({each.body["error"]["message"] for each in wrong}) == 1
    short = ADA | {"password": "short", "email": "c@example.org"}
    assert (await api.post(f"{AUTH}/signup", short)).error == (400, "parameter_invalid", "password")


async def test_addresses_have_to_be_confirmed(api: TeamApi) -> None:
    """With the switch `signup` at `confirm`, signing up gives no tokens; signing in is refused until it is `open`."""
    before = await sign_up(api, email="before@example.org")
    api.sandbox.switches.signup = "confirm"
    session = await sign_up(api)
    assert (session["accessToken"], session["refreshToken"], session["confirmationRequired"]) == (None, None, True)
    assert (await api.post(f"{AUTH}/login", ADA)).error == (401, "email_not_confirmed", None)
    assert (await api.post(f"{AUTH}/login", ADA | {"email": before["customer"]["email"]})).status == 200
    api.sandbox.switches.signup = "open"
    assert (await api.post(f"{AUTH}/login", ADA)).status == 200


async def test_tokens_expire(api: TeamApi) -> None:
    """Access tokens expire after an hour; refresh tokens after one use or 30 days."""
    session = await sign_up(api)
    api.sandbox.clock.advance(minutes=61)
    assert (await api.get(f"{AUTH}/me", key=session["accessToken"])).status == 401
    fresh = (await api.post(f"{AUTH}/refresh", {"refreshToken": session["refreshToken"]})).data
    assert (await api.get(f"{AUTH}/me", key=fresh["accessToken"])).status == 200
    assert (await api.post(f"{AUTH}/refresh", {"refreshToken": session["refreshToken"]})).status == 401
    api.sandbox.clock.advance(days=31)
    assert (await api.post(f"{AUTH}/refresh", {"refreshToken": fresh["refreshToken"]})).status == 401


async def test_an_account_is_deleted_with_its_customer(api: TeamApi) -> None:
    """Deleting a customer deletes the account, and the address can be used again."""
    session = await sign_up(api)
    await api.delete(f"/customers/{session['customer']['id']}")
    assert (await api.get(f"{AUTH}/me", key=session["accessToken"])).status == 401
    assert (await api.post(f"{AUTH}/login", ADA)).status == 401
    assert (await api.post(f"{AUTH}/refresh", {"refreshToken": session["refreshToken"]})).status == 401
    assert (await sign_up(api))["customer"]["id"] != session["customer"]["id"]


async def test_an_account_moves_to_the_new_address(api: TeamApi) -> None:
    """An account moves to the new address of its customer."""
    session = await sign_up(api)
    await api.patch(f"/customers/{session['customer']['id']}", {"email": "lovelace@example.org"})
    assert (await api.post(f"{AUTH}/login", ADA)).status == 401
    moved = ADA | {"email": "lovelace@example.org"}
    assert (await api.post(f"{AUTH}/login", moved)).data["customer"]["email"] == "lovelace@example.org"


@pytest.mark.parametrize("invalid", ["", "x", "a.b.c", "ü", "x" * 5000])
async def test_an_invalid_token_is_401(api: TeamApi, invalid: str) -> None:
    """An invalid token is a 401."""
    token = (await sign_up(api))["accessToken"]
    sent = token[:-1] + ("A" if token[-1] != "A" else "B") if invalid == "x" else invalid
    headers = {"Authorization": f"Bearer {sent}"}
    assert (await api.send("GET", f"{AUTH}/me", headers=headers)).status == 401


async def test_a_token_of_another_team(api: TeamApi) -> None:
    """A token of another team is a 401."""
    session = await sign_up(api)
    other = api.sandbox.team("Globex")
    assert (await api.get(f"/api/auth/{other.slug}/me", key=session["accessToken"])).status == 401


async def test_passwords_are_not_stored(api: TeamApi) -> None:
    """The database holds no passwords and no refresh tokens."""
    session = await sign_up(api)
    stored = str(api.sandbox._running().store.execute("SELECT body FROM documents").fetchall())
    assert ADA["password"] not in stored
    assert session["refreshToken"] not in stored


# --- the community


async def test_a_customer_posts_votes_and_comments(api: TeamApi) -> None:
    """Posts, votes and comments are counted and emit events; a second vote is a withdrawal."""
    session = await sign_up(api)
    token = session["accessToken"]
    post = (await post_as(api, session)).data
    assert (post["slug"], post["author_name"], post["topicSlug"]) == ("dark-mode", "Ada", "ideas")
    path = f"{COMMUNITY}/posts/dark-mode"
    assert (await api.post(f"{path}/vote", key=token)).data == {"voted": True, "vote_count": 1}
    comment = (await api.post(f"{path}/comments", {"body": "Me too"}, key=token)).data
    assert comment["author_name"] == "Ada"
    assert (await api.get(f"{path}/comments")).ids == [comment["id"]]
    (seen,) = (await api.get("/community/posts")).data
    assert (seen["vote_count"], seen["comment_count"]) == (1, 1)
    assert (await api.post(f"{path}/vote", key=token)).data == {"voted": False, "vote_count": 0}
    types = [each["type"] for each in (await api.get("/events?types=community_post.*")).data]
    assert types == ["community_post.commented", "community_post.voted", "community_post.created"]


async def test_without_a_token_posts_can_only_be_read(api: TeamApi) -> None:
    """Without a token, public posts can be read, and nothing can be written."""
    session = await sign_up(api)
    await post_as(api, session)
    hidden = {"title": "Secret", "body": "x", "topic_id": (await topic(api))["id"], "visibility": "members_only"}
    await api.post("/community/posts", hidden)
    posts, path = f"{COMMUNITY}/posts", f"{COMMUNITY}/posts/dark-mode"
    assert [each["title"] for each in (await api.get(posts)).data] == ["Dark mode"]
    assert len((await api.get(posts, key=session["accessToken"])).data) == 2
    assert (await api.get(f"{posts}/secret")).status == 404
    for address, body in ((posts, hidden), (f"{path}/vote", None), (f"{path}/comments", {"body": "x"})):
        assert (await api.post(address, body)).status == 401


async def test_a_locked_post_refuses_comments(api: TeamApi) -> None:
    """A locked post has `commentsEnabled: false`, and refuses comments."""
    session = await sign_up(api)
    post = (await post_as(api, session)).data
    await api.patch(f"/community/posts/{post['id']}", {"is_locked": True})
    path = f"{COMMUNITY}/posts/dark-mode"
    assert (await api.get(path)).data["commentsEnabled"] is False
    reply = await api.post(f"{path}/comments", {"body": "x"}, key=session["accessToken"])
    assert reply.error == (403, "insufficient_permissions", None)


async def test_posts_are_filtered_and_sorted(api: TeamApi) -> None:
    """Posts are filtered by topic and status, and pinned posts come first."""
    session = await sign_up(api)
    question = await topic(api, "questions")
    first = (await post_as(api, session, title="One")).data
    await post_as(api, session, title="Two", topic_id=question["id"], customFields={})
    await api.post(f"{COMMUNITY}/posts/one/vote", key=session["accessToken"])

    async def titles(query: str) -> list[str]:
        return [each["title"] for each in (await api.get(f"{COMMUNITY}/posts?{query}")).data]

    assert await titles("") == ["Two", "One"]
    assert await titles("sort=votes") == ["One", "Two"]
    assert await titles("topic=questions") == ["Two"]
    assert await titles("topic=nothing") == []
    await api.patch(f"/community/posts/{first['id']}", {"is_pinned": True, "status": "planned"})
    assert await titles("") == ["One", "Two"]
    assert await titles("status=planned") == ["One"]
    changed = (await api.get("/events?types=community_post.status_changed")).data
    assert changed[0]["data"]["previous_status"] == "open"
    counts = {each["slug"]: each["post_count"] for each in (await api.get("/community/topics")).data}
    assert counts == {"ideas": 1, "questions": 1}


async def test_fields_belong_to_topics(api: TeamApi) -> None:
    """Custom fields must be of the topic and have a valid value; those of the team are hidden, as cStar documents."""
    ideas, questions = await topic(api), await topic(api, "questions")
    field = ideas["customFieldConfig"][0]["fieldId"]
    body = {"title": "x", "body": "y", "topic_id": ideas["id"], "custom_fields": {field: "api"}}
    assert (await api.post("/community/posts", body)).data["custom_fields"] == {field: "api"}
    assert (await api.get(f"{COMMUNITY}/posts/x")).data["customFields"] == {}
    wrong = body | {"custom_fields": {field: "moon"}}
    assert (await api.post("/community/posts", wrong)).error == (400, "parameter_invalid", f"custom_fields.{field}")
    other = body | {"topic_id": questions["id"]}
    assert (await api.post("/community/posts", other)).error == (400, "parameter_invalid", f"custom_fields.{field}")
    session = await sign_up(api)
    own = (await post_as(api, session, customFields={field: "app"})).data
    assert own["customFields"] == {field: "app"}
    public = (await api.get(f"{COMMUNITY}/topics")).data[0]
    assert public["customFields"][0]["id"] == field


@pytest.mark.parametrize(
    ("attachments", "param"),
    [
        ([PNG] * 11, "attachments"),
        ([PNG | {"content_type": "application/pdf"}], "attachments[0].content_type"),
        ([PNG | {"size_bytes": 5 * 1024 * 1024 + 1}], "attachments[0].size_bytes"),
    ],
)
async def test_attachments_have_limits(api: TeamApi, attachments: list[Any], param: str) -> None:
    """A post has at most ten images of five megabytes each, as cStar documents."""
    body = {"title": "x", "body": "y", "topic_id": (await topic(api))["id"]}
    assert (await api.post("/community/posts", body | {"attachments": [PNG] * 10})).status == 201
    reply = await api.post("/community/posts", body | {"attachments": attachments})
    assert reply.error == (400, "parameter_invalid", param)


async def test_a_comment_has_at_most_five_attachments(api: TeamApi) -> None:
    """A comment with more than five attachments is refused, as cStar documents."""
    session = await sign_up(api)
    await post_as(api, session)
    path = f"{COMMUNITY}/posts/dark-mode/comments"
    body = {"body": "x", "attachments": [PNG] * 5}
    assert (await api.post(path, body, key=session["accessToken"])).status == 201
    reply = await api.post(path, body | {"attachments": [PNG] * 6}, key=session["accessToken"])
    assert reply.error == (400, "parameter_invalid", "attachments")
