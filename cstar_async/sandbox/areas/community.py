"""The community: topics, posts and their rules, for the team and on its public pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.answers import Answer, Problem, invalid, missing, not_found
from cstar_async.sandbox.events import audit, emit
from cstar_async.sandbox.paging import list_page
from cstar_async.sandbox.store import Where

from .accounts import signed_in, signed_in_or_none
from .library import Slugged

if TYPE_CHECKING:
    from cstar_async.sandbox.context import Context, Handler
    from cstar_async.sandbox.contract import Json
    from cstar_async.sandbox.store import Store

TOPICS = "community/topics"
POSTS = "community/posts"
COMMENTS = "community/posts/comments"
VOTES = "community/posts/votes"
FIELDS = "community/fields"
FIRST_TOPICS = (
    ("Ideas", "ideas", "What should we build next?", "bulb", "#f59e0b"),
    ("Questions", "questions", "How do I ...?", "help", "#3b82f6"),
)
FIRST_FIELD: Json = {
    "label": "Area",
    "type": "select",
    "required": False,
    "options": [{"value": "app", "label": "App"}, {"value": "api", "label": "API"}],
    "defaultValue": None,
}
"""The field that posts on ideas may have. Topics and their fields are made in the dashboard alone, so a new team of
the sandbox has some."""


def found_community(store: Store, team: str, now: float) -> None:
    """Give a new team its topics."""
    field = {"id": store.new_id(team, "cf_"), **FIRST_FIELD}
    store.insert(team, FIELDS, field, now=now)
    for position, (name, slug, description, icon, color) in enumerate(FIRST_TOPICS):
        config = [{"fieldId": field["id"], "required": False, "position": 0}] if position == 0 else []
        topic = {
            "id": store.new_id(team, ""), "name": name, "slug": slug, "description": description, "icon": icon,
            "color": color, "sort_order": position, "customFieldConfig": config,
        }  # fmt: skip
        store.insert(team, TOPICS, topic, natural=slug, now=now)


class CommunityPosts(Slugged):
    """Posts: of a topic, with the fields of that topic, a few images, and a status."""

    slug_source = "title"
    orders = {  # noqa: RUF012 - a constant
        "recent": "place DESC",
        "votes": "json_extract(body, '$.vote_count') DESC, place DESC",
        "comments": "json_extract(body, '$.comment_count') DESC, place DESC",
    }

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """A new post is neither pinned nor locked; the slug of a title that is in use gets the post's id."""
        super().prepare(context, document, body)
        document["is_pinned"] = document["is_locked"] = False
        if context.store.by_natural(context.team, self.name, document["slug"]):
            document["slug"] += "-" + document["id"].partition("-")[0]
        self.changed(context, {"topic_id": None, "custom_fields": None}, document)

    def changed(self, context: Context, before: Json, document: Json) -> None:
        """The topic must be there, and the post must have its fields and no others."""
        if document["topic_id"] == before["topic_id"] and document["custom_fields"] == before["custom_fields"]:
            return
        topic = context.store.get(context.team, TOPICS, document["topic_id"])
        if topic is None:
            raise invalid("The 'topic_id' field names no topic of this team.", "topic_id")
        check_fields(context, topic, document["custom_fields"] or {}, "custom_fields")

    def announce(
        self, context: Context, verb: str, document: Json, *, before: Json | None = None, changes: Json | None = None
    ) -> None:
        """A new status has an event of its own."""
        super().announce(context, verb, document, before=before, changes=changes)
        if before is not None and document["status"] != before["status"]:
            emit(context, "community_post.status_changed", document, previous_status=before["status"])

    def filter(self, context: Context, name: str, value: Any) -> Where | None:
        """`sort` orders the posts and chooses none; a topic is named by its slug."""
        if name == "sort":
            return None
        if name == "topic":
            topic = context.store.by_natural(context.team, TOPICS, str(value))
            return Where.equals("topic_id", topic["id"] if topic else "")
        return super().filter(context, name, value)

    def sorting(self, context: Context) -> str:
        """By time, votes or comments."""
        return self.orders[context.query.get("sort", "recent")]


def check_fields(context: Context, topic: Json, given: Json, param: str) -> None:
    """Refuse fields that a topic does not have, and the lack of those that it wants. Raises Problem 400."""
    config: dict[str, Json] = {each["fieldId"]: each for each in topic["customFieldConfig"]}
    for field_id, value in given.items():
        if field_id not in config:
            raise invalid(f"Posts on '{topic['name']}' have no field '{field_id}'.", f"{param}.{field_id}")
        field = context.store.get(context.team, FIELDS, field_id) or {}
        choices = [option["value"] for option in field.get("options") or ()]
        if choices and value not in choices:
            raise invalid(f"The '{param}.{field_id}' field must be one of {', '.join(choices)}.", f"{param}.{field_id}")
    for field_id, each in config.items():
        if each["required"] and given.get(field_id) in (None, ""):
            raise missing(f"{param}.{field_id}")


def topics(context: Context) -> Answer:
    """The topics, with what the team can set about them."""
    return Answer([_topic(context, each) for each in _topics(context)])


# --- the public pages


def public_topics(context: Context) -> Answer:
    """The topics, with the fields that a post on them may have."""
    found: list[Json] = []
    for topic in _topics(context):
        shown = _topic(context, topic)
        config: list[Json] = shown.pop("customFieldConfig")
        fields = [(each, context.store.get(context.team, FIELDS, each["fieldId"])) for each in config]
        shown["customFields"] = [field | {"required": each["required"]} for each, field in fields if field]
        found.append(shown)
    return Answer(found)


def public_posts(context: Context) -> Answer:
    """The posts that the visitor may see: public ones, and with a customer's token those for members."""
    posts = context.collections[POSTS]
    where = posts.conditions(context, {name: value for name, value in context.query.items() if name in POST_FILTERS})
    if signed_in_or_none(context) is None:
        where = [*where, Where.equals("visibility", "public")]
    order = f"json_extract(body, '$.is_pinned') DESC, {posts.sorting(context)}"
    return list_page(context, POSTS, where, order=order, show=lambda each: _public_post(context, each))


def public_post(context: Context) -> Answer:
    """One post, by its slug."""
    return Answer(_public_post(context, _post(context)))


def create_post(context: Context) -> Answer:
    """A customer's post. Raises Problem 401 without a customer's token."""
    customer = signed_in(context)
    body = dict(context.body)
    body["custom_fields"] = body.pop("customFields", {})
    posts = context.collections[POSTS]
    document = posts.create(context.derive("community.posts.create", body)).data
    stored = context.store.get(context.team, POSTS, document["id"]) or {}
    shown = list(body["custom_fields"])
    stored |= {"_author_id": customer["id"], "_author_name": customer["name"], "_public_fields": shown}
    context.store.update(context.team, POSTS, stored, natural=stored["slug"], now=context.now)
    return Answer(_public_post(context, stored), status=201)


def comments(context: Context) -> Answer:
    """The comments on a post, oldest first."""
    post = _post(context)
    rows = context.store.select(context.team, COMMENTS, owner=post["id"], order="place")
    return Answer([_comment(each) for each in rows])


def create_comment(context: Context) -> Answer:
    """A customer's comment. Raises Problem 401 without a customer's token, 403 on a locked post."""
    customer = signed_in(context)
    post = _post(context)
    if post["is_locked"]:
        raise Problem(403, "authentication_error", "insufficient_permissions", "This post takes no more comments")
    comment: Json = {
        "id": context.store.new_id(context.team, ""),
        "post_id": post["id"],
        "body": context.body["body"],
        "author_name": customer["name"],
        "is_official": False,
        "attachments": context.body.get("attachments", []),
        "created_at": context.timestamp,
        "_author_id": customer["id"],
    }
    context.store.insert(context.team, COMMENTS, comment, owner=post["id"], now=context.now)
    post["comment_count"] += 1
    context.store.update(context.team, POSTS, post, natural=post["slug"], now=context.now)
    audit(context, "community_post.commented", "community_post", post["id"], {"commentId": comment["id"]})
    emit(context, "community_post.commented", comment, author_id=customer["id"])
    return Answer(_comment(comment), status=201)


def vote(context: Context) -> Answer:
    """Vote for a post, or take the vote back. Raises Problem 401 without a customer's token."""
    customer = signed_in(context)
    post = _post(context)
    given = next((each for each in context.store.select(context.team, VOTES, owner=post["id"])
                  if each["customerId"] == customer["id"]), None)  # fmt: skip
    if given is None:
        ballot = {"id": context.store.new_id(context.team, "vote_"), "customerId": customer["id"]}
        context.store.insert(context.team, VOTES, ballot, owner=post["id"], now=context.now)
    else:
        context.store.delete(context.team, VOTES, given["id"])
    post["vote_count"] += 1 if given is None else -1
    context.store.update(context.team, POSTS, post, natural=post["slug"], now=context.now)
    if given is None:
        emit(context, "community_post.voted", post, voter_id=customer["id"], voter_name=customer["name"])
    return Answer({"voted": given is None, "vote_count": post["vote_count"]})


POST_FILTERS = frozenset({"topic", "status", "search"})


def _topics(context: Context) -> list[Json]:
    return context.store.select(context.team, TOPICS, order="json_extract(body, '$.sort_order'), place")


def _topic(context: Context, topic: Json) -> Json:
    return topic | {"post_count": context.store.count(context.team, POSTS, [Where.equals("topic_id", topic["id"])])}


def _post(context: Context) -> Json:
    post = context.store.by_natural(context.team, POSTS, context.path["slug"])
    if post is None or (post["visibility"] != "public" and signed_in_or_none(context) is None):
        raise not_found("Post")
    return post


def _public_post(context: Context, post: Json) -> Json:
    topic = context.store.get(context.team, TOPICS, post["topic_id"]) or {}
    shown = {name: post[name] for name in context.contract.properties("PublicPost") if name in post}
    return shown | {
        "topicName": topic.get("name"),
        "topicSlug": topic.get("slug"),
        "author_name": post.get("_author_name"),
        "commentsEnabled": not post["is_locked"],
        # What the team itself enters is internal (seed); what the author gave is the author's.
        "customFields": {
            name: post["custom_fields"][name]
            for name in post.get("_public_fields", ())
            if name in (post["custom_fields"] or {})
        },
    }


def _comment(comment: Json) -> Json:
    return {name: value for name, value in comment.items() if not name.startswith("_")}


HANDLERS: dict[str, Handler] = {
    "community.topics.list": topics,
    "public_community.topics": public_topics,
    "public_community.posts.list": public_posts,
    "public_community.posts.get": public_post,
    "public_community.posts.create": create_post,
    "public_community.posts.vote": vote,
    "public_community.comments.list": comments,
    "public_community.comments.create": create_comment,
}
