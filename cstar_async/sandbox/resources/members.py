"""Members and invitations. No endpoint changes or removes the owner of a team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.game.players import level_and_xp
from cstar_async.sandbox.service.events import audit, emit
from cstar_async.sandbox.service.pagination import list_page
from cstar_async.sandbox.service.results import Problem, Result, already_exists, invalid, not_found
from cstar_async.sandbox.storage.conditions import Condition

from .roles import MEMBERS, ROLES, find_member

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

INVITES = "invites"
INVITATION_SECONDS = 7 * 86_400
DEFAULT_ROLE = "agent"


def show(context: Context, member: Json) -> Json:
    """A member as it is answered: with the title and the permissions of the role, and the level and XP in the game."""
    role = ROLES[member["role"]]
    level, xp = level_and_xp(context, member)
    return {
        **member,
        "roleDisplayName": role.title,
        "permissions": list(role.permissions),
        "level": level,
        "xp": xp,
    }


def list_members(context: Context) -> Result:
    """The members, in the order in which they joined."""
    role = context.query.get("role")
    where = [] if role is None else [Condition.equals("role", role)]
    return list_page(context, MEMBERS, where, order="place", show=lambda each: show(context, each))


def get(context: Context) -> Result:
    """One member."""
    return Result(show(context, _member(context)))


def update(context: Context) -> Result:
    """Give a member another role. Raises Problem 403 for the owner."""
    member = _member(context)
    role: str = context.body["role"]
    _protect_owner(member, "The owner's role cannot be changed")
    if role != member["role"]:
        changes = {"role": {"from": member["role"], "to": role}}
        member["role"] = role
        context.store.update(context.team, MEMBERS, member, unique_key=_key(member["email"]), now=context.now)
        audit(context, "member.updated", "member", member["id"], {"changes": changes})
        preferences = {"memberId": member["id"], "updatedAt": context.timestamp}
        emit(context, "agent.preferences_updated", preferences, changes=changes)
    return Result(show(context, member))


def remove(context: Context) -> Result:
    """Remove a member from the team; the member's tickets stay assigned. Raises Problem 403 for the owner."""
    member = _member(context)
    _protect_owner(member, "The owner cannot be removed")
    context.store.delete(context.team, MEMBERS, member["id"])
    audit(context, "member.deleted", "member", member["id"])
    return Result({"deleted": True, "id": member["id"], "object": "member"})


def list_invites(context: Context) -> Result:
    """The invitations that were not accepted, newest first."""
    return Result([show_invite(context, each) for each in context.store.select(context.team, INVITES)])


def invite(context: Context) -> Result:
    """Invite a person by email; a new invitation replaces one that has expired. Raises Problem 400, 409."""
    email: str = context.body["email"]
    if context.store.by_unique_key(context.team, MEMBERS, _key(email)):
        raise already_exists("A member with this email already exists.", "email")
    previous = context.store.by_unique_key(context.team, INVITES, _key(email))
    if previous and show_invite(context, previous)["status"] == "pending":
        raise already_exists("A pending invitation to this email already exists.", "email")
    role: str = context.body.get("role", DEFAULT_ROLE)
    if role not in ROLES or role == "owner":
        raise invalid("The 'role' field must be a role other than 'owner'.", "role")
    if previous:
        context.store.delete(context.team, INVITES, previous["id"])
    invitation: Json = {
        "id": context.store.new_id(context.team, "inv_"),
        "email": email,
        "role": role,
        "status": "pending",
        "invitedBy": None,
        "createdAt": context.timestamp,
        "expiresAt": iso_time(context.now + INVITATION_SECONDS),
    }
    context.store.insert(context.team, INVITES, invitation, unique_key=_key(email), now=context.now)
    audit(context, "member.invited", "invite", invitation["id"], {"email": email, "role": role})
    return Result(invitation, status=201)


def show_invite(context: Context, invitation: Json) -> Json:
    """An invitation as it is answered: with the status `expired` after its time."""
    expired = invitation["expiresAt"] <= context.timestamp
    return {**invitation, "status": "expired" if expired else invitation["status"]}


def _member(context: Context) -> Json:
    member = find_member(context.store, context.team, context.path["memberId"])
    if member is None:
        raise not_found("Member")
    return member


def _protect_owner(member: Json, message: str) -> None:
    if member["role"] == "owner":
        raise Problem(403, "authentication_error", "insufficient_permissions", message)


def _key(email: str) -> str:
    return email.casefold()


HANDLERS: dict[str, Handler] = {
    "members.list": list_members,
    "members.get": get,
    "members.update": update,
    "members.delete": remove,
    "members.invites.list": list_invites,
    "members.invites.send": invite,
}
