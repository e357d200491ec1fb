# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Notifications: models, and the known values of enums."""

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
class Notification:
    """Something that a user should know.

    Attributes:
        id: The notification's id.
        type: What happened. The set of types is not documented.
        title: The headline.
        body: The text below it.
        read: Whether it has been read.
        created_at: When it was made.
    """

    __repr__ = show_fields

    id: str
    type: str = ABSENT
    title: str = ABSENT
    body: str | None = ABSENT
    read: bool = ABSENT
    created_at: _dt.datetime = ABSENT


def decode_notification(d: Mapping[str, Any]) -> Notification:
    """Decode a Notification from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Notification)
    v: Any
    try:
        o.id = d["id"]
        o.type = d["type"]
        o.title = d["title"]
        o.body = d["body"]
        o.read = d["read"]
        v = d["createdAt"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_notification(with_usual_times(d, ("createdAt",)))
    return _decode_notification_leniently(d)


_NOTIFICATION_PROMISED = frozenset(("id", "type", "title", "body", "read", "createdAt"))


def _decode_notification_leniently(d: Mapping[str, Any]) -> Notification:
    o: Any = new(Notification)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.type = get("type")
        o.title = get("title")
        o.body = get("body")
        o.read = get("read")
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_notification(with_usual_times(d, ("createdAt",)))
    note_absent("Notification", d, _NOTIFICATION_PROMISED)
    decoded: Notification = o
    return decoded


def encode_notification(o: Notification) -> dict[str, Any]:
    """Encode a Notification as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.type
    if v is not None:
        d["type"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.body
    d["body"] = v
    v = o.read
    if v is not None:
        d["read"] = v
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class UnreadCount:
    """How many notifications are unread. The name of the field is not documented.

    Attributes:
        count: The number of unread notifications. Not documented by cStar; inferred.
        unread_count: The same number under its other likely name. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    count: int = ABSENT
    unread_count: int | None = None


def decode_unread_count(d: Mapping[str, Any]) -> UnreadCount:
    """Decode an UnreadCount from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(UnreadCount)
    v: Any
    get = d.get
    try:
        v = d["count"]
        o.count = v if v.__class__ is int else whole_number(v)
        v = get("unreadCount")
        o.unread_count = v if v.__class__ is int or v is None else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_unread_count_leniently(d)


_UNREAD_COUNT_PROMISED = frozenset(("count",))


def _decode_unread_count_leniently(d: Mapping[str, Any]) -> UnreadCount:
    o: Any = new(UnreadCount)
    v: Any
    get = d.get
    v = get("count")
    o.count = v if v.__class__ is int or v is None else whole_number(v)
    v = get("unreadCount")
    o.unread_count = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("UnreadCount", d, _UNREAD_COUNT_PROMISED)
    decoded: UnreadCount = o
    return decoded


def encode_unread_count(o: UnreadCount) -> dict[str, Any]:
    """Encode an UnreadCount as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.count
    if v is not None:
        d["count"] = v
    v = o.unread_count
    if v is not None:
        d["unreadCount"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class NotificationsRead:
    """The effect of marking all as read.

    Attributes:
        updated: How many notifications were unread before. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    updated: int = ABSENT


def decode_notifications_read(d: Mapping[str, Any]) -> NotificationsRead:
    """Decode a NotificationsRead from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(NotificationsRead)
    v: Any
    try:
        v = d["updated"]
        o.updated = v if v.__class__ is int else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_notifications_read_leniently(d)


_NOTIFICATIONS_READ_PROMISED = frozenset(("updated",))


def _decode_notifications_read_leniently(d: Mapping[str, Any]) -> NotificationsRead:
    o: Any = new(NotificationsRead)
    v: Any
    get = d.get
    v = get("updated")
    o.updated = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("NotificationsRead", d, _NOTIFICATIONS_READ_PROMISED)
    decoded: NotificationsRead = o
    return decoded


def encode_notifications_read(o: NotificationsRead) -> dict[str, Any]:
    """Encode a NotificationsRead as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.updated
    if v is not None:
        d["updated"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        Notification: ModelInfo(
            decode_notification,
            encode_notification,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("type", "type", True, False, None, False),
                FieldInfo("title", "title", True, False, None, False),
                FieldInfo("body", "body", True, True, None, False),
                FieldInfo("read", "read", True, False, None, False),
                FieldInfo("created_at", "createdAt", True, False, parse_datetime, False),
            ),
            None,
        ),
        UnreadCount: ModelInfo(
            decode_unread_count,
            encode_unread_count,
            (
                FieldInfo("count", "count", True, False, whole_number, False),
                FieldInfo("unread_count", "unreadCount", False, False, whole_number, False),
            ),
            None,
        ),
        NotificationsRead: ModelInfo(
            decode_notifications_read,
            encode_notifications_read,
            (FieldInfo("updated", "updated", True, False, whole_number, False),),
            None,
        ),
    }
