# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Members: models, and the known values of enums."""

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

MemberRoleKnown: TypeAlias = Literal["owner", "admin", "manager", "librarian", "agent", "spectator"]
MemberRole: TypeAlias = MemberRoleKnown | str
"""What a member of the team may do. A team has one owner; ownership is transferred, not assigned. Unknown values are
passed through.
"""
MEMBER_ROLE_VALUES: tuple[MemberRoleKnown, ...] = ("owner", "admin", "manager", "librarian", "agent", "spectator")

AssignableRoleKnown: TypeAlias = Literal["admin", "manager", "librarian", "agent", "spectator"]
AssignableRole: TypeAlias = AssignableRoleKnown | str
"""The roles that can be given to a member: all but owner, which is only transferred. Unknown values are passed
through.
"""
ASSIGNABLE_ROLE_VALUES: tuple[AssignableRoleKnown, ...] = ("admin", "manager", "librarian", "agent", "spectator")


@attrs.define(slots=True, kw_only=True)
class Member:
    """A person in the team.

    Attributes:
        id: The id of the membership.
        user_id: The id of the user account (`usr_…`).
        name: The name to show.
        email: The email address.
        avatar_url: Where the picture is; null without one.
        role: What the member may do.
        role_display_name: The title of the role in the game.
        permissions: The keys of what the member may do, such as `export_data`.
        level: The level in the game.
        xp: The experience points now.
        joined_at: When the member joined.
    """

    __repr__ = show_fields

    id: str
    user_id: str = ABSENT
    name: str = ABSENT
    email: str = ABSENT
    avatar_url: str | None = ABSENT
    role: MemberRole = ABSENT
    role_display_name: str = ABSENT
    permissions: list[str] = ABSENT
    level: int = ABSENT
    xp: int = ABSENT
    joined_at: _dt.datetime = ABSENT


def decode_member(d: Mapping[str, Any]) -> Member:
    """Decode a Member from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Member)
    v: Any
    try:
        o.id = d["id"]
        o.user_id = d["userId"]
        o.name = d["name"]
        o.email = d["email"]
        o.avatar_url = d["avatarUrl"]
        o.role = d["role"]
        o.role_display_name = d["roleDisplayName"]
        o.permissions = d["permissions"]
        v = d["level"]
        o.level = v if v.__class__ is int else whole_number(v)
        v = d["xp"]
        o.xp = v if v.__class__ is int else whole_number(v)
        v = d["joinedAt"]
        o.joined_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_member(with_usual_times(d, ("joinedAt",)))
    return _decode_member_leniently(d)


_MEMBER_PROMISED = frozenset(
    ("id", "userId", "name", "email", "avatarUrl", "role", "roleDisplayName", "permissions", "level", "xp", "joinedAt")
)


def _decode_member_leniently(d: Mapping[str, Any]) -> Member:
    o: Any = new(Member)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.user_id = get("userId")
        o.name = get("name")
        o.email = get("email")
        o.avatar_url = get("avatarUrl")
        o.role = get("role")
        o.role_display_name = get("roleDisplayName")
        o.permissions = get("permissions")
        v = get("level")
        o.level = v if v.__class__ is int or v is None else whole_number(v)
        v = get("xp")
        o.xp = v if v.__class__ is int or v is None else whole_number(v)
        v = get("joinedAt")
        o.joined_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_member(with_usual_times(d, ("joinedAt",)))
    note_absent("Member", d, _MEMBER_PROMISED)
    decoded: Member = o
    return decoded


def encode_member(o: Member) -> dict[str, Any]:
    """Encode a Member as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.user_id
    if v is not None:
        d["userId"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.email
    if v is not None:
        d["email"] = v
    v = o.avatar_url
    d["avatarUrl"] = v
    v = o.role
    if v is not None:
        d["role"] = v
    v = o.role_display_name
    if v is not None:
        d["roleDisplayName"] = v
    v = o.permissions
    if v is not None:
        d["permissions"] = v
    v = o.level
    if v is not None:
        d["level"] = v
    v = o.xp
    if v is not None:
        d["xp"] = v
    v = o.joined_at
    if v is not None:
        d["joinedAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class Invite:
    """An invitation to the team.

    Attributes:
        id: The id of the invitation. Not documented by cStar; inferred.
        email: The address that was invited. Not documented by cStar; inferred.
        role: The role that the person will have. Not documented by cStar; inferred.
        status: Where the invitation stands; `pending` until it is answered. Not documented by cStar; inferred.
        invited_by: The member who sent it. Not documented by cStar; inferred.
        created_at: When it was sent. Not documented by cStar; inferred.
        expires_at: Until when it can be accepted. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    email: str | None = None
    role: AssignableRole | None = None
    status: str | None = None
    invited_by: str | None = None
    created_at: _dt.datetime | None = None
    expires_at: _dt.datetime | None = None


def decode_invite(d: Mapping[str, Any]) -> Invite:
    """Decode an Invite from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Invite)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.email = get("email")
        o.role = get("role")
        o.status = get("status")
        o.invited_by = get("invitedBy")
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("expiresAt")
        o.expires_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_invite(with_usual_times(d, ("createdAt", "expiresAt")))
    return o


def encode_invite(o: Invite) -> dict[str, Any]:
    """Encode an Invite as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.email
    if v is not None:
        d["email"] = v
    v = o.role
    if v is not None:
        d["role"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.invited_by
    if v is not None:
        d["invitedBy"] = v
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    v = o.expires_at
    if v is not None:
        d["expiresAt"] = encode_datetime(v)
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        Member: ModelInfo(
            decode_member,
            encode_member,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("user_id", "userId", True, False, None, False),
                FieldInfo("name", "name", True, False, None, False),
                FieldInfo("email", "email", True, False, None, False),
                FieldInfo("avatar_url", "avatarUrl", True, True, None, False),
                FieldInfo("role", "role", True, False, None, False, MEMBER_ROLE_VALUES),
                FieldInfo("role_display_name", "roleDisplayName", True, False, None, False),
                FieldInfo("permissions", "permissions", True, False, None, False),
                FieldInfo("level", "level", True, False, whole_number, False),
                FieldInfo("xp", "xp", True, False, whole_number, False),
                FieldInfo("joined_at", "joinedAt", True, False, parse_datetime, False),
            ),
            None,
        ),
        Invite: ModelInfo(
            decode_invite,
            encode_invite,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("email", "email", False, False, None, False),
                FieldInfo("role", "role", False, False, None, False, ASSIGNABLE_ROLE_VALUES),
                FieldInfo("status", "status", False, False, None, False),
                FieldInfo("invited_by", "invitedBy", False, True, None, False),
                FieldInfo("created_at", "createdAt", False, False, parse_datetime, False),
                FieldInfo("expires_at", "expiresAt", False, True, parse_datetime, False),
            ),
            None,
        ),
    }
