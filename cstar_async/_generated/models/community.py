# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Community: models, and the known values of enums."""

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

from .shared import (
    COMMUNITY_POST_STATUS_VALUES,
    COMMUNITY_POST_VISIBILITY_VALUES,
    CommunityAttachment,
    CommunityPostStatus,
    CommunityPostVisibility,
    decode_community_attachment,
    encode_community_attachment,
)


@attrs.define(slots=True, kw_only=True)
class CommunityPost:
    """A post in the community of a team.

    Attributes:
        id: The id of the post, a UUID.
        title: The title.
        slug: The title in a form fit for addresses.
        body: The text of the post.
        topic_id: The topic it belongs to.
        status: Where the post stands.
        visibility: Who can read it.
        vote_count: How many upvotes it has.
        comment_count: How many comments it has.
        is_pinned: Whether it stays at the top.
        is_locked: Whether new comments are refused.
        custom_fields: Values by the id of the field definition. For the team only; the public community does not
            show them.
        attachments: The images of the post, 10 at most.
        created_at: When the post was written.
    """

    __repr__ = show_fields

    id: str
    title: str = ABSENT
    slug: str = ABSENT
    body: str = ABSENT
    topic_id: str = ABSENT
    status: CommunityPostStatus = ABSENT
    visibility: CommunityPostVisibility = ABSENT
    vote_count: int = ABSENT
    comment_count: int = ABSENT
    is_pinned: bool = ABSENT
    is_locked: bool = ABSENT
    custom_fields: dict[str, Any] | None = None
    attachments: list[CommunityAttachment] = ABSENT
    created_at: _dt.datetime = ABSENT


def decode_community_post(d: Mapping[str, Any]) -> CommunityPost:
    """Decode a CommunityPost from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CommunityPost)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.title = d["title"]
        o.slug = d["slug"]
        o.body = d["body"]
        o.topic_id = d["topic_id"]
        o.status = d["status"]
        o.visibility = d["visibility"]
        v = d["vote_count"]
        o.vote_count = v if v.__class__ is int else whole_number(v)
        v = d["comment_count"]
        o.comment_count = v if v.__class__ is int else whole_number(v)
        o.is_pinned = d["is_pinned"]
        o.is_locked = d["is_locked"]
        o.custom_fields = get("custom_fields")
        o.attachments = [decode_community_attachment(i) for i in d["attachments"]]
        v = d["created_at"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_community_post(with_usual_times(d, ("created_at",)))
    return _decode_community_post_leniently(d)


_COMMUNITY_POST_PROMISED = frozenset(
    (
        "id",
        "title",
        "slug",
        "body",
        "topic_id",
        "status",
        "visibility",
        "vote_count",
        "comment_count",
        "is_pinned",
        "is_locked",
        "attachments",
        "created_at",
    )
)


def _decode_community_post_leniently(d: Mapping[str, Any]) -> CommunityPost:
    o: Any = new(CommunityPost)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.title = get("title")
        o.slug = get("slug")
        o.body = get("body")
        o.topic_id = get("topic_id")
        o.status = get("status")
        o.visibility = get("visibility")
        v = get("vote_count")
        o.vote_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("comment_count")
        o.comment_count = v if v.__class__ is int or v is None else whole_number(v)
        o.is_pinned = get("is_pinned")
        o.is_locked = get("is_locked")
        o.custom_fields = get("custom_fields")
        v = get("attachments")
        o.attachments = None if v is None else [decode_community_attachment(v_) for v_ in v]
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_community_post(with_usual_times(d, ("created_at",)))
    note_absent("CommunityPost", d, _COMMUNITY_POST_PROMISED)
    decoded: CommunityPost = o
    return decoded


def encode_community_post(o: CommunityPost) -> dict[str, Any]:
    """Encode a CommunityPost as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.slug
    if v is not None:
        d["slug"] = v
    v = o.body
    if v is not None:
        d["body"] = v
    v = o.topic_id
    if v is not None:
        d["topic_id"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.visibility
    if v is not None:
        d["visibility"] = v
    v = o.vote_count
    if v is not None:
        d["vote_count"] = v
    v = o.comment_count
    if v is not None:
        d["comment_count"] = v
    v = o.is_pinned
    if v is not None:
        d["is_pinned"] = v
    v = o.is_locked
    if v is not None:
        d["is_locked"] = v
    v = o.custom_fields
    if v is not None:
        d["custom_fields"] = v
    v = o.attachments
    if v is not None:
        d["attachments"] = [encode_community_attachment(v_) for v_ in v]
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class CommunityTopic:
    """A section of the community.

    Attributes:
        id: The id of the topic, a UUID. Not documented by cStar; inferred.
        name: The name to show. Not documented by cStar; inferred.
        slug: The name in a form fit for addresses; posts are filtered by it. Not documented by cStar; inferred.
        description: What the topic is about. Not documented by cStar; inferred.
        icon: The name of its icon. Not documented by cStar; inferred.
        color: Its colour. Not documented by cStar; inferred.
        sort_order: Its place among the topics, the lowest first. Not documented by cStar; inferred.
        post_count: How many posts it has. Not documented by cStar; inferred.
        custom_field_config: The custom fields that posts of this topic have. The one camelCase field here.
    """

    __repr__ = show_fields

    id: str
    name: str | None = None
    slug: str | None = None
    description: str | None = None
    icon: str | None = None
    color: str | None = None
    sort_order: int | None = None
    post_count: int | None = None
    custom_field_config: list[CommunityTopicField] | None = None


def decode_community_topic(d: Mapping[str, Any]) -> CommunityTopic:
    """Decode a CommunityTopic from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CommunityTopic)
    v: Any
    get = d.get
    o.id = d["id"]
    o.name = get("name")
    o.slug = get("slug")
    o.description = get("description")
    o.icon = get("icon")
    o.color = get("color")
    v = get("sort_order")
    o.sort_order = v if v.__class__ is int or v is None else whole_number(v)
    v = get("post_count")
    o.post_count = v if v.__class__ is int or v is None else whole_number(v)
    v = get("customFieldConfig")
    o.custom_field_config = None if v is None else [decode_community_topic_field(v_) for v_ in v]
    return o


def encode_community_topic(o: CommunityTopic) -> dict[str, Any]:
    """Encode a CommunityTopic as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.slug
    if v is not None:
        d["slug"] = v
    v = o.description
    if v is not None:
        d["description"] = v
    v = o.icon
    if v is not None:
        d["icon"] = v
    v = o.color
    if v is not None:
        d["color"] = v
    v = o.sort_order
    if v is not None:
        d["sort_order"] = v
    v = o.post_count
    if v is not None:
        d["post_count"] = v
    v = o.custom_field_config
    if v is not None:
        d["customFieldConfig"] = [encode_community_topic_field(v_) for v_ in v]
    return d


@attrs.define(slots=True, kw_only=True)
class CommunityTopicField:
    """A custom field as one topic uses it.

    Attributes:
        field_id: The id of the field definition. Not documented by cStar; inferred.
        required: Whether a post must fill it in. Not documented by cStar; inferred.
        position: Its place in the form, the lowest first. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    field_id: str = ABSENT
    required: bool | None = None
    position: int | None = None


def decode_community_topic_field(d: Mapping[str, Any]) -> CommunityTopicField:
    """Decode a CommunityTopicField from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(CommunityTopicField)
    v: Any
    get = d.get
    try:
        o.field_id = d["fieldId"]
        o.required = get("required")
        v = get("position")
        o.position = v if v.__class__ is int or v is None else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_community_topic_field_leniently(d)


_COMMUNITY_TOPIC_FIELD_PROMISED = frozenset(("fieldId",))


def _decode_community_topic_field_leniently(d: Mapping[str, Any]) -> CommunityTopicField:
    o: Any = new(CommunityTopicField)
    v: Any
    get = d.get
    o.field_id = get("fieldId")
    o.required = get("required")
    v = get("position")
    o.position = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("CommunityTopicField", d, _COMMUNITY_TOPIC_FIELD_PROMISED)
    decoded: CommunityTopicField = o
    return decoded


def encode_community_topic_field(o: CommunityTopicField) -> dict[str, Any]:
    """Encode a CommunityTopicField as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.field_id
    if v is not None:
        d["fieldId"] = v
    v = o.required
    if v is not None:
        d["required"] = v
    v = o.position
    if v is not None:
        d["position"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        CommunityPost: ModelInfo(
            decode_community_post,
            encode_community_post,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("title", "title", True, False, None, False),
                FieldInfo("slug", "slug", True, False, None, False),
                FieldInfo("body", "body", True, False, None, False),
                FieldInfo("topic_id", "topic_id", True, False, None, False),
                FieldInfo("status", "status", True, False, None, False, COMMUNITY_POST_STATUS_VALUES),
                FieldInfo("visibility", "visibility", True, False, None, False, COMMUNITY_POST_VISIBILITY_VALUES),
                FieldInfo("vote_count", "vote_count", True, False, whole_number, False),
                FieldInfo("comment_count", "comment_count", True, False, whole_number, False),
                FieldInfo("is_pinned", "is_pinned", True, False, None, False),
                FieldInfo("is_locked", "is_locked", True, False, None, False),
                FieldInfo("custom_fields", "custom_fields", False, False, None, False),
                FieldInfo("attachments", "attachments", True, False, [CommunityAttachment], False),
                FieldInfo("created_at", "created_at", True, False, parse_datetime, False),
            ),
            None,
        ),
        CommunityTopic: ModelInfo(
            decode_community_topic,
            encode_community_topic,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("slug", "slug", False, False, None, False),
                FieldInfo("description", "description", False, True, None, False),
                FieldInfo("icon", "icon", False, True, None, False),
                FieldInfo("color", "color", False, True, None, False),
                FieldInfo("sort_order", "sort_order", False, False, whole_number, False),
                FieldInfo("post_count", "post_count", False, False, whole_number, False),
                FieldInfo("custom_field_config", "customFieldConfig", False, False, [CommunityTopicField], False),
            ),
            None,
        ),
        CommunityTopicField: ModelInfo(
            decode_community_topic_field,
            encode_community_topic_field,
            (
                FieldInfo("field_id", "fieldId", True, False, None, False),
                FieldInfo("required", "required", False, False, None, False),
                FieldInfo("position", "position", False, False, whole_number, False),
            ),
            None,
        ),
    }
