"""The community as the team sees it: topics, posts and their rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.service.events import emit
from cstar_async.sandbox.service.results import Result, invalid, missing
from cstar_async.sandbox.storage.conditions import Condition

from .slugged import Slugged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler
    from cstar_async.sandbox.storage.database import Database

TOPICS = "community/topics"
POSTS = "community/posts"
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


def add_first_topics(store: Database, team: str, now: float) -> None:
    """Give a new team its topics."""
    field = {"id": store.new_id(team, "cf_"), **FIRST_FIELD}
    store.insert(team, FIELDS, field, now=now)
    for position, (name, slug, description, icon, color) in enumerate(FIRST_TOPICS):
        config = [{"fieldId": field["id"], "required": False, "position": 0}] if position == 0 else []
        topic = {
            "id": store.new_id(team, ""), "name": name, "slug": slug, "description": description, "icon": icon,
            "color": color, "sort_order": position, "customFieldConfig": config,
        }  # fmt: skip
        store.insert(team, TOPICS, topic, unique_key=slug, now=now)


class CommunityPosts(Slugged):
    """Posts: of a topic, with the fields of that topic, a few images, and a status."""

    slug_source = "title"
    orders = {  # noqa: RUF012  # a constant
        "recent": "place DESC",
        "votes": "json_extract(body, '$.vote_count') DESC, place DESC",
        "comments": "json_extract(body, '$.comment_count') DESC, place DESC",
    }

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """A new post is neither pinned nor locked; the slug of a title that is in use gets the post's id."""
        super().prepare(context, document, body)
        document["is_pinned"] = document["is_locked"] = False
        if context.store.by_unique_key(context.team, self.name, document["slug"]):
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

    def filter(self, context: Context, name: str, values: Sequence[Any]) -> Condition | None:
        """`sort` orders the posts and chooses none; a topic is named by its slug."""
        if name == "sort":
            return None
        if name == "topic":
            return Condition.one_of(
                "topic_id", [each["id"] for each in all_topics(context) if each["slug"] in values] or [""]
            )
        return super().filter(context, name, values)

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


def topics(context: Context) -> Result:
    """The topics, with what the team can set about them."""
    return Result([show_topic(context, each) for each in all_topics(context)])


def all_topics(context: Context) -> list[Json]:
    """The topics of the team, in their order."""
    return context.store.select(context.team, TOPICS, order="json_extract(body, '$.sort_order'), place")


def show_topic(context: Context, topic: Json) -> Json:
    """A topic with the number of its posts."""
    return topic | {"post_count": context.store.count(context.team, POSTS, [Condition.equals("topic_id", topic["id"])])}


HANDLERS: dict[str, Handler] = {"community.topics.list": topics}
