"""The roles of members, and the members of a new team."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.service.results import invalid
from cstar_async.sandbox.storage.conditions import Condition

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context
    from cstar_async.sandbox.storage.database import Database

MEMBERS = "members"
FOUNDERS = (("Olivia Reyes", "owner"), ("Marcus Chen", "agent"), ("Priya Patel", "agent"))
"""The members of a new team. In cStar, people join by accepting an invitation, which no endpoint does."""

_AGENT = ("tickets", "customers")
_LIBRARIAN = ("articles", "quick_replies")
_MANAGER = (*_AGENT, *_LIBRARIAN, "sla", "custom_fields", "delete", "export_data", "bulk")
_ADMIN = (*_MANAGER, "members", "settings", "webhooks", "api_keys")


class Role(NamedTuple):
    """A role: its title in the game, and its permissions.

    cStar documents the titles, and of the permissions `export_data`; the others are inferred.
    """

    title: str
    permissions: tuple[str, ...]


ROLES = {
    "owner": Role("The Guildmaster", (*_ADMIN, "billing")),
    "admin": Role("The Commander", _ADMIN),
    "manager": Role("The Captain", _MANAGER),
    "librarian": Role("The Lorekeeper", _LIBRARIAN),
    "agent": Role("The Hero", _AGENT),
    "spectator": Role("The Watcher", ()),
}


def add_member(store: Database, team: str, name: str, role: str, email: str, now: float) -> Json:
    """Add a person to a team. Returns the member."""
    member: Json = {
        "id": store.new_id(team, "mem_"),
        "userId": store.new_id(team, "usr_"),
        "name": name,
        "email": email,
        "avatarUrl": None,
        "role": role,
        "joinedAt": iso_time(now),
    }
    store.insert(team, MEMBERS, member, unique_key=email.casefold(), now=now)
    return member


def add_founders(store: Database, team: str, slug: str, now: float) -> None:
    """Add the first members to a new team."""
    for name, role in FOUNDERS:
        add_member(store, team, name, role, f"{name.partition(' ')[0].lower()}@{slug}.example.com", now)


def find_member(store: Database, team: str, person_id: str) -> Json | None:
    """A member by member id (`mem_…`) or user id (`usr_…`): requests may have either."""
    member = store.get(team, MEMBERS, person_id)
    if member is not None:
        return member
    return next(iter(store.select(team, MEMBERS, [Condition.equals("userId", person_id)], limit=1)), None)


def check_member(context: Context, person_id: str | None, param: str) -> None:
    """Check that the value of a field is null or the id of a member. Raises Problem 400."""
    if person_id is not None and find_member(context.store, context.team, person_id) is None:
        raise invalid(f"The '{param}' field must be the id of a member of this team.", param)
