# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Customer Groups: models, and the known values of enums."""

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
class CustomerGroup:
    """A set of customers, such as a company. A customer may be in several.

    Attributes:
        id: The id of the group, a UUID.
        object: The type of this object. From cStar's public documentation.
        name: The name of the group.
        slug: The name in a form fit for addresses.
        description: What the group is about.
        external_id: The id of the group on another platform; an import recognises it by this.
        custom_fields: Free keys and values of the group.
        customer_count: How many customers are in the group.
        created_at: When the group was made.
        updated_at: When it last changed.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    name: str
    slug: str
    description: str | None
    external_id: str | None = None
    custom_fields: dict[str, Any] | None = None
    customer_count: int
    created_at: _dt.datetime
    updated_at: _dt.datetime | None = None


def decode_customer_group(d: Mapping[str, Any]) -> CustomerGroup:
    """Decode a CustomerGroup from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CustomerGroup)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.name = d["name"]
        o.slug = d["slug"]
        o.description = d["description"]
        o.external_id = get("externalId")
        o.custom_fields = get("customFields")
        v = d["customerCount"]
        o.customer_count = v if v.__class__ is int else whole_number(v)
        v = d["createdAt"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        v = get("updatedAt")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_customer_group(with_usual_times(d, ("createdAt", "updatedAt")))
    return o


def encode_customer_group(o: CustomerGroup) -> dict[str, Any]:
    """Encode a CustomerGroup as a JSON object; fields that are None and not required are left out."""
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
    v = o.external_id
    if v is not None:
        d["externalId"] = v
    v = o.custom_fields
    if v is not None:
        d["customFields"] = v
    v = o.customer_count
    d["customerCount"] = v
    v = o.created_at
    d["createdAt"] = encode_datetime(v)
    v = o.updated_at
    if v is not None:
        d["updatedAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class GroupMembersAdded:
    """What came of adding customers to a group.

    Attributes:
        added: How many customers are new in the group. Not documented by cStar; inferred.
        skipped: How many were in it already. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    added: int
    skipped: int | None = None


def decode_group_members_added(d: Mapping[str, Any]) -> GroupMembersAdded:
    """Decode a GroupMembersAdded from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(GroupMembersAdded)
    v: Any
    get = d.get
    v = d["added"]
    o.added = v if v.__class__ is int else whole_number(v)
    v = get("skipped")
    o.skipped = v if v.__class__ is int or v is None else whole_number(v)
    return o


def encode_group_members_added(o: GroupMembersAdded) -> dict[str, Any]:
    """Encode a GroupMembersAdded as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.added
    d["added"] = v
    v = o.skipped
    if v is not None:
        d["skipped"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class GroupMemberRemoved:
    """Says that a customer has left a group.

    Attributes:
        removed: Always true. Not documented by cStar; inferred.
        customer_id: The customer who left. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    removed: bool
    customer_id: str | None = None


def decode_group_member_removed(d: Mapping[str, Any]) -> GroupMemberRemoved:
    """Decode a GroupMemberRemoved from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(GroupMemberRemoved)
    get = d.get
    o.removed = d["removed"]
    o.customer_id = get("customerId")
    return o


def encode_group_member_removed(o: GroupMemberRemoved) -> dict[str, Any]:
    """Encode a GroupMemberRemoved as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.removed
    d["removed"] = v
    v = o.customer_id
    if v is not None:
        d["customerId"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        CustomerGroup: ModelInfo(
            decode_customer_group,
            encode_customer_group,
            (
                FieldInfo("id", "id", True, False, None),
                FieldInfo("object", "object", False, False, None),
                FieldInfo("name", "name", True, False, None),
                FieldInfo("slug", "slug", True, False, None),
                FieldInfo("description", "description", True, True, None),
                FieldInfo("external_id", "externalId", False, True, None),
                FieldInfo("custom_fields", "customFields", False, False, None),
                FieldInfo("customer_count", "customerCount", True, False, whole_number),
                FieldInfo("created_at", "createdAt", True, False, parse_datetime),
                FieldInfo("updated_at", "updatedAt", False, False, parse_datetime),
            ),
            None,
        ),
        GroupMembersAdded: ModelInfo(
            decode_group_members_added,
            encode_group_members_added,
            (
                FieldInfo("added", "added", True, False, whole_number),
                FieldInfo("skipped", "skipped", False, False, whole_number),
            ),
            None,
        ),
        GroupMemberRemoved: ModelInfo(
            decode_group_member_removed,
            encode_group_member_removed,
            (
                FieldInfo("removed", "removed", True, False, None),
                FieldInfo("customer_id", "customerId", False, False, None),
            ),
            None,
        ),
    }
