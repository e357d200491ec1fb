# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Categories: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import (
    FieldInfo,
    ModelInfo,
    encode_datetime,
    in_utc,
    new,
    parse_datetime,
    parse_isoformat,
    show_fields,
    whole_number,
    with_usual_times,
)


@attrs.define(slots=True, kw_only=True)
class Category:
    """A heading under which articles stand.

    Attributes:
        id: The id of the category, a UUID.
        object: The type of this object. From cStar's public documentation.
        name: The name to show.
        slug: The name in a form fit for addresses.
        description: What the category is about.
        icon: The name of its icon.
        color: Its colour.
        sort_order: Its place among the categories, the lowest first.
        is_public: Whether it is in the public knowledge base.
        created_at: When the category was made.
        updated_at: When it last changed.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    name: str
    slug: str
    description: str | None
    icon: str | None = None
    color: str | None = None
    sort_order: int
    is_public: bool
    created_at: _dt.datetime
    updated_at: _dt.datetime | None = None


def decode_category(d: Mapping[str, Any]) -> Category:
    """Decode a Category from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Category)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.name = d["name"]
        o.slug = d["slug"]
        o.description = d["description"]
        o.icon = get("icon")
        o.color = get("color")
        v = d["sortOrder"]
        o.sort_order = v if v.__class__ is int else whole_number(v)
        o.is_public = d["isPublic"]
        v = d["createdAt"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        v = get("updatedAt")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_category(with_usual_times(d, ("createdAt", "updatedAt")))
    return o


def encode_category(o: Category) -> dict[str, Any]:
    """Encode a Category as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.name
    d["name"] = v
    v = o.slug
    d["slug"] = v
    v = o.description
    d["description"] = v
    v = o.icon
    if v is not None:
        d["icon"] = v
    v = o.color
    if v is not None:
        d["color"] = v
    v = o.sort_order
    d["sortOrder"] = v
    v = o.is_public
    d["isPublic"] = v
    v = o.created_at
    d["createdAt"] = encode_datetime(v)
    v = o.updated_at
    if v is not None:
        d["updatedAt"] = encode_datetime(v)
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        Category: ModelInfo(
            decode_category,
            encode_category,
            (
                FieldInfo("id", "id", True, False, None),
                FieldInfo("object", "object", False, False, None),
                FieldInfo("name", "name", True, False, None),
                FieldInfo("slug", "slug", True, False, None),
                FieldInfo("description", "description", True, True, None),
                FieldInfo("icon", "icon", False, True, None),
                FieldInfo("color", "color", False, True, None),
                FieldInfo("sort_order", "sortOrder", True, False, whole_number),
                FieldInfo("is_public", "isPublic", True, False, None),
                FieldInfo("created_at", "createdAt", True, False, parse_datetime),
                FieldInfo("updated_at", "updatedAt", False, False, parse_datetime),
            ),
            None,
        )
    }
