# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Custom Fields: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import ABSENT, FieldInfo, ModelInfo, new, note_absent, show_fields, whole_number

CustomFieldTypeKnown: TypeAlias = Literal["text", "number", "select", "multiselect", "date", "boolean"]
CustomFieldType: TypeAlias = CustomFieldTypeKnown | str
"""What a custom field holds. Unknown values are passed through."""
CUSTOM_FIELD_TYPE_VALUES: tuple[CustomFieldTypeKnown, ...] = (
    "text",
    "number",
    "select",
    "multiselect",
    "date",
    "boolean",
)

CustomFieldEntityKnown: TypeAlias = Literal["tickets", "customers"]
CustomFieldEntity: TypeAlias = CustomFieldEntityKnown | str
"""What a custom field belongs to. Unknown values are passed through."""
CUSTOM_FIELD_ENTITY_VALUES: tuple[CustomFieldEntityKnown, ...] = ("tickets", "customers")


@attrs.define(slots=True, kw_only=True)
class CustomField:
    """The definition of a custom field, not its value on one object.

    Attributes:
        id: The definition's id.
        name: What people see.
        key: What programs use, unique within an entity type.
        type: What a custom field holds.
        entity_type: What a custom field belongs to.
        required: Whether the field must have a value.
        options: The values to choose from, for `select` and `multiselect`.
        position: The place in the display order, from 0.
    """

    __repr__ = show_fields

    id: str
    name: str = ABSENT
    key: str = ABSENT
    type: CustomFieldType = ABSENT
    entity_type: CustomFieldEntity = ABSENT
    required: bool = ABSENT
    options: list[str] | None = None
    position: int = ABSENT


def decode_custom_field(d: Mapping[str, Any]) -> CustomField:
    """Decode a CustomField from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CustomField)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.name = d["name"]
        o.key = d["key"]
        o.type = d["type"]
        o.entity_type = d["entityType"]
        o.required = d["required"]
        o.options = get("options")
        v = d["position"]
        o.position = v if v.__class__ is int else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_custom_field_leniently(d)


_CUSTOM_FIELD_PROMISED = frozenset(("id", "name", "key", "type", "entityType", "required", "position"))


def _decode_custom_field_leniently(d: Mapping[str, Any]) -> CustomField:
    o: Any = new(CustomField)
    v: Any
    get = d.get
    o.id = d["id"]
    o.name = get("name")
    o.key = get("key")
    o.type = get("type")
    o.entity_type = get("entityType")
    o.required = get("required")
    o.options = get("options")
    v = get("position")
    o.position = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("CustomField", d, _CUSTOM_FIELD_PROMISED)
    decoded: CustomField = o
    return decoded


def encode_custom_field(o: CustomField) -> dict[str, Any]:
    """Encode a CustomField as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.key
    if v is not None:
        d["key"] = v
    v = o.type
    if v is not None:
        d["type"] = v
    v = o.entity_type
    if v is not None:
        d["entityType"] = v
    v = o.required
    if v is not None:
        d["required"] = v
    v = o.options
    if v is not None:
        d["options"] = v
    v = o.position
    if v is not None:
        d["position"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        CustomField: ModelInfo(
            decode_custom_field,
            encode_custom_field,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", True, False, None, False),
                FieldInfo("key", "key", True, False, None, False),
                FieldInfo("type", "type", True, False, None, False, CUSTOM_FIELD_TYPE_VALUES),
                FieldInfo("entity_type", "entityType", True, False, None, False, CUSTOM_FIELD_ENTITY_VALUES),
                FieldInfo("required", "required", True, False, None, False),
                FieldInfo("options", "options", False, False, None, False),
                FieldInfo("position", "position", True, False, whole_number, False),
            ),
            None,
        )
    }
