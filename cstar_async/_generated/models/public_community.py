# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Public Community: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

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

TopicCustomFieldTypeKnown: TypeAlias = Literal["text", "number", "date", "select", "checkbox", "url"]
TopicCustomFieldType: TypeAlias = TopicCustomFieldTypeKnown | str
"""What a custom field of a topic holds. Unknown values are passed through."""
TOPIC_CUSTOM_FIELD_TYPE_VALUES: tuple[TopicCustomFieldTypeKnown, ...] = (
    "text",
    "number",
    "date",
    "select",
    "checkbox",
    "url",
)


@attrs.define(slots=True, kw_only=True)
class PublicTopic:
    """A topic of the public forum. Its field names mix two styles, as cStar's do.

    Attributes:
        id: The topic's id, a UUID. From cStar's public documentation.
        name: The name. Not documented by cStar; inferred.
        slug: The topic's name in URLs. From cStar's public documentation.
        description: What it is about. Not documented by cStar; inferred.
        icon: The name of its icon. Not documented by cStar; inferred.
        color: Its colour, as a CSS value. Not documented by cStar; inferred.
        sort_order: The place in the display order, from 0. From cStar's public documentation.
        post_count: How many public posts it has. Not documented by cStar; inferred.
        custom_fields: The custom fields that its posts may have. From cStar's public documentation.
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
    custom_fields: list[TopicCustomField] | None = None


def decode_public_topic(d: Mapping[str, Any]) -> PublicTopic:
    """Decode a PublicTopic from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PublicTopic)
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
    v = get("customFields")
    o.custom_fields = None if v is None else [decode_topic_custom_field(v_) for v_ in v]
    return o


def encode_public_topic(o: PublicTopic) -> dict[str, Any]:
    """Encode a PublicTopic as a JSON object; fields that are None are left out, unless they are promised and may be null."""
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
    v = o.custom_fields
    if v is not None:
        d["customFields"] = [encode_topic_custom_field(v_) for v_ in v]
    return d


@attrs.define(slots=True, kw_only=True)
class TopicCustomField:
    """A custom field of the posts in a topic.

    Attributes:
        id: The id of the field's definition. From cStar's public documentation.
        label: What people see. From cStar's public documentation.
        type: What its values are. From cStar's public documentation.
        required: Whether a post must fill it in. From cStar's public documentation.
        options: The values to choose from, for `select`. From cStar's public documentation.
        default_value: The value to begin with. From cStar's public documentation.
    """

    __repr__ = show_fields

    id: str
    label: str = ABSENT
    type: TopicCustomFieldType = ABSENT
    required: bool = ABSENT
    options: list[TopicCustomFieldOption] | None = None
    default_value: str | None = None


def decode_topic_custom_field(d: Mapping[str, Any]) -> TopicCustomField:
    """Decode a TopicCustomField from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(TopicCustomField)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.label = d["label"]
        o.type = d["type"]
        o.required = d["required"]
        v = get("options")
        o.options = None if v is None else [decode_topic_custom_field_option(v_) for v_ in v]
        o.default_value = get("defaultValue")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_topic_custom_field_leniently(d)


_TOPIC_CUSTOM_FIELD_PROMISED = frozenset(("id", "label", "type", "required"))


def _decode_topic_custom_field_leniently(d: Mapping[str, Any]) -> TopicCustomField:
    o: Any = new(TopicCustomField)
    v: Any
    get = d.get
    o.id = d["id"]
    o.label = get("label")
    o.type = get("type")
    o.required = get("required")
    v = get("options")
    o.options = None if v is None else [decode_topic_custom_field_option(v_) for v_ in v]
    o.default_value = get("defaultValue")
    note_absent("TopicCustomField", d, _TOPIC_CUSTOM_FIELD_PROMISED)
    decoded: TopicCustomField = o
    return decoded


def encode_topic_custom_field(o: TopicCustomField) -> dict[str, Any]:
    """Encode a TopicCustomField as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.label
    if v is not None:
        d["label"] = v
    v = o.type
    if v is not None:
        d["type"] = v
    v = o.required
    if v is not None:
        d["required"] = v
    v = o.options
    if v is not None:
        d["options"] = [encode_topic_custom_field_option(v_) for v_ in v]
    v = o.default_value
    if v is not None:
        d["defaultValue"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class TopicCustomFieldOption:
    """A value to choose from.

    Attributes:
        value: The value as it is sent. From cStar's public documentation.
        label: What people see. From cStar's public documentation.
    """

    __repr__ = show_fields

    value: str = ABSENT
    label: str = ABSENT


def decode_topic_custom_field_option(d: Mapping[str, Any]) -> TopicCustomFieldOption:
    """Decode a TopicCustomFieldOption from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(TopicCustomFieldOption)
    try:
        o.value = d["value"]
        o.label = d["label"]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_topic_custom_field_option_leniently(d)


_TOPIC_CUSTOM_FIELD_OPTION_PROMISED = frozenset(("value", "label"))


def _decode_topic_custom_field_option_leniently(d: Mapping[str, Any]) -> TopicCustomFieldOption:
    o: Any = new(TopicCustomFieldOption)
    get = d.get
    o.value = get("value")
    o.label = get("label")
    note_absent("TopicCustomFieldOption", d, _TOPIC_CUSTOM_FIELD_OPTION_PROMISED)
    decoded: TopicCustomFieldOption = o
    return decoded


def encode_topic_custom_field_option(o: TopicCustomFieldOption) -> dict[str, Any]:
    """Encode a TopicCustomFieldOption as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.value
    if v is not None:
        d["value"] = v
    v = o.label
    if v is not None:
        d["label"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class PublicPost:
    """A post of the public forum. Its field names mix two styles, as cStar's do.

    Attributes:
        id: The post's id, a UUID.
        title: The title.
        slug: The post's name in URLs.
        body: The text.
        topic_id: The topic it is in.
        topic_name: The topic's name. From cStar's public documentation.
        topic_slug: The topic's name in URLs. From cStar's public documentation.
        status: Where a community post stands.
        visibility: Who can read a community post.
        author_name: Who wrote it. Not documented by cStar; inferred.
        vote_count: How many voted for it.
        comment_count: How many comments it has.
        is_pinned: Whether it stays on top.
        is_locked: Whether it takes no more comments.
        comments_enabled: Whether comments are shown and taken at all. From cStar's public documentation.
        custom_fields: Values of custom fields for readers, all strings. The team's own `custom_fields` is never
            sent here. From cStar's public documentation.
        attachments: Images, 10 at most.
        created_at: When it was written.
    """

    __repr__ = show_fields

    id: str
    title: str | None = None
    slug: str | None = None
    body: str | None = None
    topic_id: str | None = None
    topic_name: str | None = None
    topic_slug: str | None = None
    status: CommunityPostStatus | None = None
    visibility: CommunityPostVisibility | None = None
    author_name: str | None = None
    vote_count: int | None = None
    comment_count: int | None = None
    is_pinned: bool | None = None
    is_locked: bool | None = None
    comments_enabled: bool | None = None
    custom_fields: dict[str, Any] | None = None
    attachments: list[CommunityAttachment] | None = None
    created_at: _dt.datetime | None = None


def decode_public_post(d: Mapping[str, Any]) -> PublicPost:
    """Decode a PublicPost from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PublicPost)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.title = get("title")
        o.slug = get("slug")
        o.body = get("body")
        o.topic_id = get("topic_id")
        o.topic_name = get("topicName")
        o.topic_slug = get("topicSlug")
        o.status = get("status")
        o.visibility = get("visibility")
        o.author_name = get("author_name")
        v = get("vote_count")
        o.vote_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("comment_count")
        o.comment_count = v if v.__class__ is int or v is None else whole_number(v)
        o.is_pinned = get("is_pinned")
        o.is_locked = get("is_locked")
        o.comments_enabled = get("commentsEnabled")
        o.custom_fields = get("customFields")
        v = get("attachments")
        o.attachments = None if v is None else [decode_community_attachment(v_) for v_ in v]
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_public_post(with_usual_times(d, ("created_at",)))
    return o


def encode_public_post(o: PublicPost) -> dict[str, Any]:
    """Encode a PublicPost as a JSON object; fields that are None are left out, unless they are promised and may be null."""
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
    v = o.topic_name
    if v is not None:
        d["topicName"] = v
    v = o.topic_slug
    if v is not None:
        d["topicSlug"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.visibility
    if v is not None:
        d["visibility"] = v
    v = o.author_name
    if v is not None:
        d["author_name"] = v
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
    v = o.comments_enabled
    if v is not None:
        d["commentsEnabled"] = v
    v = o.custom_fields
    if v is not None:
        d["customFields"] = v
    v = o.attachments
    if v is not None:
        d["attachments"] = [encode_community_attachment(v_) for v_ in v]
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class PublicComment:
    """A comment on a public post.

    Attributes:
        id: The comment's id, a UUID. Not documented by cStar; inferred.
        post_id: The post it is on. Not documented by cStar; inferred.
        body: The text. Not documented by cStar; inferred.
        author_name: Who wrote it. Not documented by cStar; inferred.
        is_official: Whether it speaks for the team. Not documented by cStar; inferred.
        attachments: Images, 5 at most.
        created_at: When it was written. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    post_id: str | None = None
    body: str | None = None
    author_name: str | None = None
    is_official: bool | None = None
    attachments: list[CommunityAttachment] | None = None
    created_at: _dt.datetime | None = None


def decode_public_comment(d: Mapping[str, Any]) -> PublicComment:
    """Decode a PublicComment from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PublicComment)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.post_id = get("post_id")
        o.body = get("body")
        o.author_name = get("author_name")
        o.is_official = get("is_official")
        v = get("attachments")
        o.attachments = None if v is None else [decode_community_attachment(v_) for v_ in v]
        v = get("created_at")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_public_comment(with_usual_times(d, ("created_at",)))
    return o


def encode_public_comment(o: PublicComment) -> dict[str, Any]:
    """Encode a PublicComment as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.post_id
    if v is not None:
        d["post_id"] = v
    v = o.body
    if v is not None:
        d["body"] = v
    v = o.author_name
    if v is not None:
        d["author_name"] = v
    v = o.is_official
    if v is not None:
        d["is_official"] = v
    v = o.attachments
    if v is not None:
        d["attachments"] = [encode_community_attachment(v_) for v_ in v]
    v = o.created_at
    if v is not None:
        d["created_at"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class PublicVote:
    """How a customer's vote stands.

    Attributes:
        voted: Whether the customer's vote is given now. Not documented by cStar; inferred.
        vote_count: How many voted for the post. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    voted: bool = ABSENT
    vote_count: int = ABSENT


def decode_public_vote(d: Mapping[str, Any]) -> PublicVote:
    """Decode a PublicVote from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(PublicVote)
    v: Any
    try:
        o.voted = d["voted"]
        v = d["vote_count"]
        o.vote_count = v if v.__class__ is int else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_public_vote_leniently(d)


_PUBLIC_VOTE_PROMISED = frozenset(("voted", "vote_count"))


def _decode_public_vote_leniently(d: Mapping[str, Any]) -> PublicVote:
    o: Any = new(PublicVote)
    v: Any
    get = d.get
    o.voted = get("voted")
    v = get("vote_count")
    o.vote_count = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("PublicVote", d, _PUBLIC_VOTE_PROMISED)
    decoded: PublicVote = o
    return decoded


def encode_public_vote(o: PublicVote) -> dict[str, Any]:
    """Encode a PublicVote as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.voted
    if v is not None:
        d["voted"] = v
    v = o.vote_count
    if v is not None:
        d["vote_count"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        PublicTopic: ModelInfo(
            decode_public_topic,
            encode_public_topic,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("slug", "slug", False, False, None, False),
                FieldInfo("description", "description", False, True, None, False),
                FieldInfo("icon", "icon", False, True, None, False),
                FieldInfo("color", "color", False, True, None, False),
                FieldInfo("sort_order", "sort_order", False, False, whole_number, False),
                FieldInfo("post_count", "post_count", False, False, whole_number, False),
                FieldInfo("custom_fields", "customFields", False, False, [TopicCustomField], False),
            ),
            None,
        ),
        TopicCustomField: ModelInfo(
            decode_topic_custom_field,
            encode_topic_custom_field,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("label", "label", True, False, None, False),
                FieldInfo("type", "type", True, False, None, False, TOPIC_CUSTOM_FIELD_TYPE_VALUES),
                FieldInfo("required", "required", True, False, None, False),
                FieldInfo("options", "options", False, False, [TopicCustomFieldOption], False),
                FieldInfo("default_value", "defaultValue", False, True, None, False),
            ),
            None,
        ),
        TopicCustomFieldOption: ModelInfo(
            decode_topic_custom_field_option,
            encode_topic_custom_field_option,
            (
                FieldInfo("value", "value", True, False, None, False),
                FieldInfo("label", "label", True, False, None, False),
            ),
            None,
        ),
        PublicPost: ModelInfo(
            decode_public_post,
            encode_public_post,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("title", "title", False, False, None, False),
                FieldInfo("slug", "slug", False, False, None, False),
                FieldInfo("body", "body", False, False, None, False),
                FieldInfo("topic_id", "topic_id", False, True, None, False),
                FieldInfo("topic_name", "topicName", False, True, None, False),
                FieldInfo("topic_slug", "topicSlug", False, True, None, False),
                FieldInfo("status", "status", False, False, None, False, COMMUNITY_POST_STATUS_VALUES),
                FieldInfo("visibility", "visibility", False, False, None, False, COMMUNITY_POST_VISIBILITY_VALUES),
                FieldInfo("author_name", "author_name", False, True, None, False),
                FieldInfo("vote_count", "vote_count", False, False, whole_number, False),
                FieldInfo("comment_count", "comment_count", False, False, whole_number, False),
                FieldInfo("is_pinned", "is_pinned", False, False, None, False),
                FieldInfo("is_locked", "is_locked", False, False, None, False),
                FieldInfo("comments_enabled", "commentsEnabled", False, False, None, False),
                FieldInfo("custom_fields", "customFields", False, False, None, False),
                FieldInfo("attachments", "attachments", False, False, [CommunityAttachment], False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
            ),
            None,
        ),
        PublicComment: ModelInfo(
            decode_public_comment,
            encode_public_comment,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("post_id", "post_id", False, False, None, False),
                FieldInfo("body", "body", False, False, None, False),
                FieldInfo("author_name", "author_name", False, True, None, False),
                FieldInfo("is_official", "is_official", False, False, None, False),
                FieldInfo("attachments", "attachments", False, False, [CommunityAttachment], False),
                FieldInfo("created_at", "created_at", False, False, parse_datetime, False),
            ),
            None,
        ),
        PublicVote: ModelInfo(
            decode_public_vote,
            encode_public_vote,
            (
                FieldInfo("voted", "voted", True, False, None, False),
                FieldInfo("vote_count", "vote_count", True, False, whole_number, False),
            ),
            None,
        ),
    }
