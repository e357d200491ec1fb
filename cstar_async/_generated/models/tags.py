# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Tags: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from cstar_async._generated_api import ABSENT, FieldInfo, ModelInfo, new, note_absent, show_fields, whole_number


@attrs.define(slots=True, kw_only=True)
class Tag:
    """A tag. Its name is its identity.

    Attributes:
        object: Always `tag`. From cStar's public documentation.
        name: The tag.
        count: How many tickets carry it.
    """

    __repr__ = show_fields

    object: str = ABSENT
    name: str = ABSENT
    count: int = ABSENT


def decode_tag(d: Mapping[str, Any]) -> Tag:
    """Decode a Tag from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Tag)
    v: Any
    try:
        o.object = d["object"]
        o.name = d["name"]
        v = d["count"]
        o.count = v if v.__class__ is int else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_tag_leniently(d)


_TAG_PROMISED = frozenset(("object", "name", "count"))


def _decode_tag_leniently(d: Mapping[str, Any]) -> Tag:
    o: Any = new(Tag)
    v: Any
    get = d.get
    o.object = get("object")
    o.name = get("name")
    v = get("count")
    o.count = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("Tag", d, _TAG_PROMISED)
    decoded: Tag = o
    return decoded


def encode_tag(o: Tag) -> dict[str, Any]:
    """Encode a Tag as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.count
    if v is not None:
        d["count"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        Tag: ModelInfo(
            decode_tag,
            encode_tag,
            (
                FieldInfo("object", "object", True, False, None, False),
                FieldInfo("name", "name", True, False, None, False),
                FieldInfo("count", "count", True, False, whole_number, False),
            ),
            None,
        )
    }
