# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Saved Views: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import ABSENT, FieldInfo, ModelInfo, new, note_absent, show_fields

SortDirectionKnown: TypeAlias = Literal["asc", "desc"]
SortDirection: TypeAlias = SortDirectionKnown | str
"""Ascending or descending. Unknown values are passed through."""
SORT_DIRECTION_VALUES: tuple[SortDirectionKnown, ...] = ("asc", "desc")

ViewEntityTypeKnown: TypeAlias = Literal["tickets", "customers", "articles", "community_posts"]
ViewEntityType: TypeAlias = ViewEntityTypeKnown | str
"""What a saved view shows. Unknown values are passed through."""
VIEW_ENTITY_TYPE_VALUES: tuple[ViewEntityTypeKnown, ...] = ("tickets", "customers", "articles", "community_posts")

ViewVisibilityKnown: TypeAlias = Literal["private", "team"]
ViewVisibility: TypeAlias = ViewVisibilityKnown | str
"""Who sees a saved view, only its owner or the whole team. Unknown values are passed through."""
VIEW_VISIBILITY_VALUES: tuple[ViewVisibilityKnown, ...] = ("private", "team")


@attrs.define(slots=True, kw_only=True)
class SavedView:
    """A filter and an order under a name.

    Attributes:
        id: The view's id.
        name: The view's name.
        entity_type: What a saved view shows.
        filters: The filter, by the names of the list's query parameters.
        sort_field: The field to sort by.
        sort_direction: Ascending or descending.
        visibility: Who sees a saved view, only its owner or the whole team.
    """

    __repr__ = show_fields

    id: str
    name: str = ABSENT
    entity_type: ViewEntityType = ABSENT
    filters: dict[str, Any] = ABSENT
    sort_field: str = ABSENT
    sort_direction: SortDirection = ABSENT
    visibility: ViewVisibility = ABSENT


def decode_saved_view(d: Mapping[str, Any]) -> SavedView:
    """Decode a SavedView from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(SavedView)
    try:
        o.id = d["id"]
        o.name = d["name"]
        o.entity_type = d["entityType"]
        o.filters = d["filters"]
        o.sort_field = d["sortField"]
        o.sort_direction = d["sortDirection"]
        o.visibility = d["visibility"]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_saved_view_leniently(d)


_SAVED_VIEW_PROMISED = frozenset(("id", "name", "entityType", "filters", "sortField", "sortDirection", "visibility"))


def _decode_saved_view_leniently(d: Mapping[str, Any]) -> SavedView:
    o: Any = new(SavedView)
    get = d.get
    o.id = d["id"]
    o.name = get("name")
    o.entity_type = get("entityType")
    o.filters = get("filters")
    o.sort_field = get("sortField")
    o.sort_direction = get("sortDirection")
    o.visibility = get("visibility")
    note_absent("SavedView", d, _SAVED_VIEW_PROMISED)
    decoded: SavedView = o
    return decoded


def encode_saved_view(o: SavedView) -> dict[str, Any]:
    """Encode a SavedView as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.entity_type
    if v is not None:
        d["entityType"] = v
    v = o.filters
    if v is not None:
        d["filters"] = v
    v = o.sort_field
    if v is not None:
        d["sortField"] = v
    v = o.sort_direction
    if v is not None:
        d["sortDirection"] = v
    v = o.visibility
    if v is not None:
        d["visibility"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        SavedView: ModelInfo(
            decode_saved_view,
            encode_saved_view,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", True, False, None, False),
                FieldInfo("entity_type", "entityType", True, False, None, False, VIEW_ENTITY_TYPE_VALUES),
                FieldInfo("filters", "filters", True, False, None, False),
                FieldInfo("sort_field", "sortField", True, False, None, False),
                FieldInfo("sort_direction", "sortDirection", True, False, None, False, SORT_DIRECTION_VALUES),
                FieldInfo("visibility", "visibility", True, False, None, False, VIEW_VISIBILITY_VALUES),
            ),
            None,
        )
    }
