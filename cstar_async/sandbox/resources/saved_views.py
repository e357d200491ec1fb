"""Saved views: filters and an order under a name, executed on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.naming import snake_from_camel
from cstar_async.sandbox.service.collection import Collection
from cstar_async.sandbox.service.pagination import list_page
from cstar_async.sandbox.service.results import Result, invalid, not_found

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, ObjectCollection

VIEWS = "views"
COLLECTIONS = {"community_posts": "community/posts"}
"""The types of entity whose collection has another name."""


class Views(Collection):
    """Views. What a view could not filter or sort by is refused when it is made, not when it is used."""

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Check filters and order against the entity."""
        entity = _entity(context, document)
        entity.chosen(context, document["filters"], "filters")
        if sort_field(entity, document["sortField"]) not in entity.fields:
            message = f"{entity.noun}s have no '{document['sortField']}' to sort by."
            raise invalid(message, "sortField")


def execute(context: Context) -> Result:
    """The tickets of a view, filtered and sorted."""
    view = context.store.get(context.team, VIEWS, context.path["viewId"])
    if view is None:
        raise not_found("Saved view")
    entity = _entity(context, view)
    if view["entityType"] != "tickets":
        raise invalid(f"This is a view of {view['entityType']}; only views of tickets give tickets.", "viewId")
    where = entity.chosen(context, view["filters"], "filters")
    order = f"{sort_key(entity, view['sortField'])} {'ASC' if view['sortDirection'] == 'asc' else 'DESC'}, place DESC"
    return list_page(
        context, entity.name, where, order=order, show=lambda ticket: entity.show(context, ticket)
    )  # fmt: skip


def sort_field(entity: ObjectCollection, name: str) -> str:
    """The field that is meant: community posts have `created_at` for the `createdAt` that views sort by."""
    return name if name in entity.fields else snake_from_camel(name)


def sort_key(entity: ObjectCollection, field: str) -> str:
    """Return the SQL expression to sort by a field; words of a scale (low, normal, high, urgent) sort by their rank."""
    value = f"json_extract(body, '$.{field}')"
    scale: list[str] = entity.fields[field].get("enum", [])
    if not scale:
        return value
    places = " ".join(f"WHEN '{word}' THEN {place}" for place, word in enumerate(scale))
    return f"CASE {value} {places} END"


def _entity(context: Context, view: Json) -> ObjectCollection:
    return context.service.collections[COLLECTIONS.get(str(view["entityType"]), str(view["entityType"]))]
