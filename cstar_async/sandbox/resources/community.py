"""The community as the team sees it: topics and posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

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
"""The custom field of posts on ideas. Only the dashboard can create topics and fields, so each new team has some."""


def add_first_topics(store: Database, team: str, now: float) -> None:
    """Create the topics of a new team, and their field."""
    field = {"id": store.new_id(team, "cf_"), **FIRST_FIELD}
    store.insert(team, FIELDS, field, now=now)
    for position, (name, slug, description, icon, color) in enumerate(FIRST_TOPICS):
        topic = {
            "id": store.new_id(team, ""),
            "name": name,
            "slug": slug,
            "description": description,
            "icon": icon,
            "color": color,
            "sort_order": position,
            "customFieldConfig": [{"fieldId": field["id"], "required": False, "position": 0}] if position == 0 else [],
        }
        store.insert(team, TOPICS, topic, unique_key=slug, now=now)


class CommunityPosts(Slugged):
    """Posts, each on a topic and with the custom fields of that topic."""

    slug_source = "title"
    orders: ClassVar[dict[str, str]] = {
        "recent": "place DESC",
        "votes": "json_extract(body, '$.vote_count') DESC, place DESC",
        "comments": "json_extract(body, '$.comment_count') DESC, place DESC",
    }

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Complete a new post. A slug that is in use gets the first part of the post's id. Raises Problem 400."""
        super().prepare(context, document, body)
        document["is_pinned"] = document["is_locked"] = False
        if context.store.by_unique_key(context.team, self.name, document["slug"]):
            document["slug"] += "-" + document["id"].partition("-")[0]
        self.changed(context, {"topic_id": None, "custom_fields": None}, document)

    def changed(self, context: Context, before: Json, document: Json) -> None:
        """Check that the topic exists and has the given custom fields. Raises Problem 400."""
        if document["topic_id"] == before["topic_id"] and document["custom_fields"] == before["custom_fields"]:
            return
        topic = context.store.get(context.team, TOPICS, document["topic_id"])
        if topic is None:
            raise invalid("The 'topic_id' field must be the id of a topic of this team.", "topic_id")
        check_fields(context, topic, document["custom_fields"] or {}, "custom_fields")

    def announce(
        self, context: Context, verb: str, document: Json, *, before: Json | None = None, changes: Json | None = None
    ) -> None:
        """Also fire the event of a changed status."""
        super().announce(context, verb, document, before=before, changes=changes)
        if before is not None and document["status"] != before["status"]:
            emit(context, "community_post.status_changed", document, previous_status=before["status"])

    def filter(self, context: Context, name: str, values: Sequence[Any]) -> Condition | None:
        """`sort` is not a filter; `topic` is the slug of a topic."""
        if name == "sort":
            return None
        if name == "topic":
            ids = [each["id"] for each in all_topics(context) if each["slug"] in values]
            return Condition.one_of("topic_id", ids or [""])
        return super().filter(context, name, values)

    def sorting(self, context: Context) -> str:
        """By time, votes or comments."""
        return self.orders[context.query.get("sort", "recent")]


def check_fields(context: Context, topic: Json, values: Json, param: str) -> None:
    """Check that a topic has the fields, and that its required fields have values. Raises Problem 400."""
    config: dict[str, Json] = {each["fieldId"]: each for each in topic["customFieldConfig"]}
    for field_id, value in values.items():
        if field_id not in config:
            raise invalid(f"Posts on '{topic['name']}' have no field '{field_id}'.", f"{param}.{field_id}")
        field = context.store.get(context.team, FIELDS, field_id) or {}
        choices = [option["value"] for option in field.get("options") or ()]
        if choices and value not in choices:
            raise invalid(f"The '{param}.{field_id}' field must be one of {', '.join(choices)}.", f"{param}.{field_id}")
    for field_id, each in config.items():
        if each["required"] and values.get(field_id) in (None, ""):
            raise missing(f"{param}.{field_id}")


def topics(context: Context) -> Result:
    """The topics, with the configuration of their custom fields."""
    return Result([show_topic(context, each) for each in all_topics(context)])


def all_topics(context: Context) -> list[Json]:
    """The topics of the team, in their order."""
    return context.store.select(context.team, TOPICS, order="json_extract(body, '$.sort_order'), place")


def show_topic(context: Context, topic: Json) -> Json:
    """A topic with the number of its posts."""
    return topic | {"post_count": context.store.count(context.team, POSTS, [Condition.equals("topic_id", topic["id"])])}


HANDLERS: dict[str, Handler] = {"community.topics.list": topics}
