"""The public pages of the community, and the posts, comments and votes of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.events import audit, emit
from cstar_async.sandbox.service.pagination import list_page
from cstar_async.sandbox.service.results import Problem, Result, not_found
from cstar_async.sandbox.storage.conditions import Condition

from .community import FIELDS, POSTS, TOPICS, all_topics, show_topic
from .customer_auth import current_customer, require_customer

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

COMMENTS = "community/posts/comments"
VOTES = "community/posts/votes"
POST_FILTERS = frozenset({"topic", "status", "search"})


def public_topics(context: Context) -> Result:
    """The topics, with the custom fields of their posts."""
    found: list[Json] = []
    for topic in all_topics(context):
        shown = show_topic(context, topic)
        config: list[Json] = shown.pop("customFieldConfig")
        fields = [(each, context.store.get(context.team, FIELDS, each["fieldId"])) for each in config]
        shown["customFields"] = [field | {"required": each["required"]} for each, field in fields if field]
        found.append(shown)
    return Result(found)


def public_posts(context: Context) -> Result:
    """The public posts, and with a customer's token also those for members."""
    posts = context.service.collections[POSTS]
    where = posts.conditions(context, {name: value for name, value in context.query.items() if name in POST_FILTERS})
    if current_customer(context) is None:
        where = [*where, Condition.equals("visibility", "public")]
    order = f"json_extract(body, '$.is_pinned') DESC, {posts.sorting(context)}"
    return list_page(context, POSTS, where, order=order, show=lambda each: _public_post(context, each))


def public_post(context: Context) -> Result:
    """One post, by its slug. Raises Problem 404."""
    return Result(_public_post(context, _post(context)))


def create_post(context: Context) -> Result:
    """Create a customer's post. Raises Problem 401 without a customer's token."""
    customer = require_customer(context)
    body = dict(context.body)
    body["custom_fields"] = body.pop("customFields", {})
    posts = context.service.collections[POSTS]
    document = posts.create(context.derive("community.posts.create", body)).data
    stored = context.store.get(context.team, POSTS, document["id"]) or {}
    shown = list(body["custom_fields"])
    stored |= {"_author_id": customer["id"], "_author_name": customer["name"], "_public_fields": shown}
    context.store.update(context.team, POSTS, stored, unique_key=stored["slug"], now=context.now)
    return Result(_public_post(context, stored), status=201)


def comments(context: Context) -> Result:
    """The comments on a post, oldest first."""
    post = _post(context)
    rows = context.store.select(context.team, COMMENTS, owner=post["id"], order="place")
    return Result([_comment(each) for each in rows])


def create_comment(context: Context) -> Result:
    """Create a customer's comment. Raises Problem 401 without a customer's token, 403 on a locked post."""
    customer = require_customer(context)
    post = _post(context)
    if post["is_locked"]:
        raise Problem(403, "authentication_error", "insufficient_permissions", "This post is locked")
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
    context.store.update(context.team, POSTS, post, unique_key=post["slug"], now=context.now)
    audit(context, "community_post.commented", "community_post", post["id"], {"commentId": comment["id"]})
    emit(context, "community_post.commented", comment, author_id=customer["id"])
    return Result(_comment(comment), status=201)


def vote(context: Context) -> Result:
    """Vote for a post, or withdraw the vote. Raises Problem 401 without a customer's token."""
    customer = require_customer(context)
    post = _post(context)
    own = [Condition.equals("customerId", customer["id"])]
    previous = next(iter(context.store.select(context.team, VOTES, own, owner=post["id"], limit=1)), None)
    if previous is None:
        new = {"id": context.store.new_id(context.team, "vote_"), "customerId": customer["id"]}
        context.store.insert(context.team, VOTES, new, owner=post["id"], now=context.now)
    else:
        context.store.delete(context.team, VOTES, previous["id"])
    post["vote_count"] += 1 if previous is None else -1
    context.store.update(context.team, POSTS, post, unique_key=post["slug"], now=context.now)
    if previous is None:
        emit(context, "community_post.voted", post, voter_id=customer["id"], voter_name=customer["name"])
    return Result({"voted": previous is None, "vote_count": post["vote_count"]})


def _post(context: Context) -> Json:
    post = context.store.by_unique_key(context.team, POSTS, context.path["slug"])
    if post is None or (post["visibility"] != "public" and current_customer(context) is None):
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
        # Only the fields that the author gave: cStar documents those that the team fills in as internal.
        "customFields": {
            name: post["custom_fields"][name]
            for name in post.get("_public_fields", ())
            if name in (post["custom_fields"] or {})
        },
    }


def _comment(comment: Json) -> Json:
    return {name: value for name, value in comment.items() if not name.startswith("_")}


HANDLERS: dict[str, Handler] = {
    "public_community.topics": public_topics,
    "public_community.posts.list": public_posts,
    "public_community.posts.get": public_post,
    "public_community.posts.create": create_post,
    "public_community.posts.vote": vote,
    "public_community.comments.list": comments,
    "public_community.comments.create": create_comment,
}
