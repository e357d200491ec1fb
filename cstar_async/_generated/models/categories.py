# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Categories: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import (
    ABSENT,
    FieldInfo,
    ModelInfo,
    encode_datetime,
    in_utc,
    new,
    note_absent,
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
    name: str = ABSENT
    slug: str = ABSENT
    description: str | None = ABSENT
    icon: str | None = ABSENT
    color: str | None = ABSENT
    sort_order: int = ABSENT
    is_public: bool = ABSENT
    created_at: _dt.datetime = ABSENT
    updated_at: _dt.datetime = ABSENT


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
        o.icon = d["icon"]
        o.color = d["color"]
        v = d["sortOrder"]
        o.sort_order = v if v.__class__ is int else whole_number(v)
        o.is_public = d["isPublic"]
        v = d["createdAt"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        v = d["updatedAt"]
        o.updated_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_category(with_usual_times(d, ("createdAt", "updatedAt")))
    return _decode_category_leniently(d)


_CATEGORY_PROMISED = frozenset(
    ("id", "name", "slug", "description", "icon", "color", "sortOrder", "isPublic", "createdAt", "updatedAt")
)


def _decode_category_leniently(d: Mapping[str, Any]) -> Category:
    o: Any = new(Category)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.name = get("name")
        o.slug = get("slug")
        o.description = get("description")
        o.icon = get("icon")
        o.color = get("color")
        v = get("sortOrder")
        o.sort_order = v if v.__class__ is int or v is None else whole_number(v)
        o.is_public = get("isPublic")
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updatedAt")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_category(with_usual_times(d, ("createdAt", "updatedAt")))
    note_absent("Category", d, _CATEGORY_PROMISED)
    decoded: Category = o
    return decoded


def encode_category(o: Category) -> dict[str, Any]:
    """Encode a Category as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.slug
    if v is not None:
        d["slug"] = v
    v = o.description
    d["description"] = v
    v = o.icon
    d["icon"] = v
    v = o.color
    d["color"] = v
    v = o.sort_order
    if v is not None:
        d["sortOrder"] = v
    v = o.is_public
    if v is not None:
        d["isPublic"] = v
    v = o.created_at
    if v is not None:
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
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("name", "name", True, False, None, False),
                FieldInfo("slug", "slug", True, False, None, False),
                FieldInfo("description", "description", True, True, None, False),
                FieldInfo("icon", "icon", True, True, None, False),
                FieldInfo("color", "color", True, True, None, False),
                FieldInfo("sort_order", "sortOrder", True, False, whole_number, False),
                FieldInfo("is_public", "isPublic", True, False, None, False),
                FieldInfo("created_at", "createdAt", True, False, parse_datetime, False),
                FieldInfo("updated_at", "updatedAt", True, False, parse_datetime, False),
            ),
            None,
        )
    }
