"""The tags of a team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.results import Result, already_exists, invalid

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

TAGS = "tags"


def tag_counts(context: Context) -> dict[str, int]:
    """Count the tickets of each tag that is in use or was created.

    Only tickets count, as cStar documents: a tag of customers or articles alone has 0.
    """
    sql = """SELECT value, sum(collection = 'tickets') FROM documents, json_each(body, '$.tags')
             WHERE team = ? AND collection IN ('tickets', 'customers', 'articles') GROUP BY value"""
    created = {each["name"]: 0 for each in context.store.select(context.team, TAGS)}
    return created | {str(name): count for name, count in context.store.execute(sql, context.team)}


def list_tags(context: Context) -> Result:
    """The tags, the most used first."""
    counts = sorted(tag_counts(context).items(), key=lambda each: (-each[1], each[0]))
    return Result([{"object": "tag", "name": name, "count": count} for name, count in counts])


def create_tag(context: Context) -> Result:
    """Create a tag that no object has yet. Raises Problem 400, 409."""
    name: str = context.body["name"].strip()
    if not name:
        raise invalid("The 'name' field must not be empty.", "name")
    if name in tag_counts(context):
        raise already_exists("A tag with this name already exists.", "name")
    tag: Json = {"id": context.store.new_id(context.team, "tag_"), "name": name}
    context.store.insert(context.team, TAGS, tag, now=context.now)
    return Result({"object": "tag", "name": name, "count": 0}, status=201)


HANDLERS: dict[str, Handler] = {"tags.list": list_tags, "tags.create": create_tag}
