# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Customer Groups: models, and the known values of enums."""

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
    name: str = ABSENT
    slug: str | None = None
    description: str | None = None
    external_id: str | None = ABSENT
    custom_fields: dict[str, Any] = ABSENT
    customer_count: int = ABSENT
    created_at: _dt.datetime = ABSENT
    updated_at: _dt.datetime = ABSENT


def decode_customer_group(d: Mapping[str, Any]) -> CustomerGroup:
    """Decode a CustomerGroup from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CustomerGroup)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.name = d["name"]
        o.slug = get("slug")
        o.description = get("description")
        o.external_id = d["externalId"]
        o.custom_fields = d["customFields"]
        v = d["customerCount"]
        o.customer_count = v if v.__class__ is int else whole_number(v)
        v = d["createdAt"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        v = d["updatedAt"]
        o.updated_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_customer_group(with_usual_times(d, ("createdAt", "updatedAt")))
    return _decode_customer_group_leniently(d)


_CUSTOMER_GROUP_PROMISED = frozenset(
    ("id", "name", "externalId", "customFields", "customerCount", "createdAt", "updatedAt")
)


def _decode_customer_group_leniently(d: Mapping[str, Any]) -> CustomerGroup:
    o: Any = new(CustomerGroup)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.name = get("name")
        o.slug = get("slug")
        o.description = get("description")
        o.external_id = get("externalId")
        o.custom_fields = get("customFields")
        v = get("customerCount")
        o.customer_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updatedAt")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_customer_group(with_usual_times(d, ("createdAt", "updatedAt")))
    note_absent("CustomerGroup", d, _CUSTOMER_GROUP_PROMISED)
    decoded: CustomerGroup = o
    return decoded


def encode_customer_group(o: CustomerGroup) -> dict[str, Any]:
    """Encode a CustomerGroup as a JSON object; fields that are None are left out, unless they are promised and may be null."""
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
    if v is not None:
        d["description"] = v
    v = o.external_id
    d["externalId"] = v
    v = o.custom_fields
    if v is not None:
        d["customFields"] = v
    v = o.customer_count
    if v is not None:
        d["customerCount"] = v
    v = o.created_at
    if v is not None:
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

    added: int = ABSENT
    skipped: int | None = None


def decode_group_members_added(d: Mapping[str, Any]) -> GroupMembersAdded:
    """Decode a GroupMembersAdded from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(GroupMembersAdded)
    v: Any
    get = d.get
    try:
        v = d["added"]
        o.added = v if v.__class__ is int else whole_number(v)
        v = get("skipped")
        o.skipped = v if v.__class__ is int or v is None else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_group_members_added_leniently(d)


_GROUP_MEMBERS_ADDED_PROMISED = frozenset(("added",))


def _decode_group_members_added_leniently(d: Mapping[str, Any]) -> GroupMembersAdded:
    o: Any = new(GroupMembersAdded)
    v: Any
    get = d.get
    v = get("added")
    o.added = v if v.__class__ is int or v is None else whole_number(v)
    v = get("skipped")
    o.skipped = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("GroupMembersAdded", d, _GROUP_MEMBERS_ADDED_PROMISED)
    decoded: GroupMembersAdded = o
    return decoded


def encode_group_members_added(o: GroupMembersAdded) -> dict[str, Any]:
    """Encode a GroupMembersAdded as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.added
    if v is not None:
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

    removed: bool = ABSENT
    customer_id: str | None = None


def decode_group_member_removed(d: Mapping[str, Any]) -> GroupMemberRemoved:
    """Decode a GroupMemberRemoved from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(GroupMemberRemoved)
    get = d.get
    try:
        o.removed = d["removed"]
        o.customer_id = get("customerId")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_group_member_removed_leniently(d)


_GROUP_MEMBER_REMOVED_PROMISED = frozenset(("removed",))


def _decode_group_member_removed_leniently(d: Mapping[str, Any]) -> GroupMemberRemoved:
    o: Any = new(GroupMemberRemoved)
    get = d.get
    o.removed = get("removed")
    o.customer_id = get("customerId")
    note_absent("GroupMemberRemoved", d, _GROUP_MEMBER_REMOVED_PROMISED)
    decoded: GroupMemberRemoved = o
    return decoded


def encode_group_member_removed(o: GroupMemberRemoved) -> dict[str, Any]:
    """Encode a GroupMemberRemoved as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.removed
    if v is not None:
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
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("name", "name", True, False, None, False),
                FieldInfo("slug", "slug", False, False, None, False),
                FieldInfo("description", "description", False, True, None, False),
                FieldInfo("external_id", "externalId", True, True, None, False),
                FieldInfo("custom_fields", "customFields", True, False, None, False),
                FieldInfo("customer_count", "customerCount", True, False, whole_number, False),
                FieldInfo("created_at", "createdAt", True, False, parse_datetime, False),
                FieldInfo("updated_at", "updatedAt", True, False, parse_datetime, False),
            ),
            None,
        ),
        GroupMembersAdded: ModelInfo(
            decode_group_members_added,
            encode_group_members_added,
            (
                FieldInfo("added", "added", True, False, whole_number, False),
                FieldInfo("skipped", "skipped", False, False, whole_number, False),
            ),
            None,
        ),
        GroupMemberRemoved: ModelInfo(
            decode_group_member_removed,
            encode_group_member_removed,
            (
                FieldInfo("removed", "removed", True, False, None, False),
                FieldInfo("customer_id", "customerId", False, False, None, False),
            ),
            None,
        ),
    }
