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
"""The collections of types of entity; the others have the name of their type."""


class Views(Collection):
    """Saved views. Their filters and order are checked when they are created, not when they are executed."""

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Check the filters and the order. Raises Problem 400."""
        entity = _entity(context, document)
        entity.body_conditions(context, document["filters"], "filters")
        if sort_field(entity, document["sortField"]) not in entity.fields:
            message = f"{entity.noun}s have no '{document['sortField']}' to sort by."
            raise invalid(message, "sortField")


def execute(context: Context) -> Result:
    """The tickets of a view, filtered and sorted. Raises Problem 400 for a view of other objects."""
    view = context.store.get(context.team, VIEWS, context.path["viewId"])
    if view is None:
        raise not_found("Saved view")
    entity = _entity(context, view)
    if view["entityType"] != "tickets":
        raise invalid(f"Only views of tickets can be executed; this is a view of {view['entityType']}.", "viewId")
    where = entity.body_conditions(context, view["filters"], "filters")
    order = f"{sort_key(entity, view['sortField'])} {'ASC' if view['sortDirection'] == 'asc' else 'DESC'}, place DESC"
    return list_page(context, entity.name, where, order=order, show=lambda ticket: entity.show(context, ticket))


def sort_field(entity: ObjectCollection, name: str) -> str:
    """The entity's name for a field: community posts have `created_at` where views have `createdAt`."""
    return name if name in entity.fields else snake_from_camel(name)


def sort_key(entity: ObjectCollection, field: str) -> str:
    """Return the SQL expression to sort by a field; enums (low, normal, high, urgent) sort in the contract's order."""
    value = f"json_extract(body, '$.{field}')"
    enum: list[str] = entity.fields[field].get("enum", [])
    if not enum:
        return value
    ranks = " ".join(f"WHEN '{word}' THEN {rank}" for rank, word in enumerate(enum))
    return f"CASE {value} {ranks} END"


def _entity(context: Context, view: Json) -> ObjectCollection:
    return context.service.collections[COLLECTIONS.get(str(view["entityType"]), str(view["entityType"]))]
