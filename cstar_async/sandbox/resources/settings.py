"""The settings of a team."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.naming import slug_of
from cstar_async.sandbox.service.events import audit, emit
from cstar_async.sandbox.service.results import Result, already_exists, invalid

from .sla_rules import DAYS, PAUSING, WEEK
from .tickets import FINISHED

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

STATUSES = (
    ("new", "New", "#3b82f6"),
    ("open", "Open", "#22c55e"),
    ("pending", "Pending", "#f59e0b"),
    ("resolved", "Resolved", "#8b5cf6"),
    ("closed", "Closed", "#6b7280"),
)
WIDGET = {
    "enabled": True,
    "primaryColor": "#7c3aed",
    "position": "bottom-right",
    "greeting": "Hi! How can we help?",
    "showAgentAvatars": True,
}


def settings(context: Context) -> Result:
    """The name and the slug of the team."""
    return Result(_settings(context.caller.team_name, context.caller.team_slug))


def update_settings(context: Context) -> Result:
    """Change the name and the slug, which is part of the addresses of the public pages. Raises Problem 400, 409."""
    name: str = context.body.get("teamName", context.caller.team_name)
    slug: str = context.body.get("teamSlug", context.caller.team_slug)
    if not name.strip():
        raise invalid("The 'teamName' field must not be empty.", "teamName")
    if slug != slug_of(slug):
        raise invalid("The 'teamSlug' field must consist of lowercase letters, digits and single hyphens.", "teamSlug")
    taken = context.store.execute("SELECT 1 FROM teams WHERE slug = ? AND id != ?", slug, context.team).fetchone()
    if taken:
        raise already_exists("A team with this slug already exists.", "teamSlug")
    context.store.execute("UPDATE teams SET name = ?, slug = ? WHERE id = ?", name, slug, context.team)
    pairs = (("team_name", context.caller.team_name, name), ("team_slug", context.caller.team_slug, slug))
    changes = {field: {"from": before, "to": after} for field, before, after in pairs if before != after}
    if changes:
        audit(context, "settings.updated", "settings", context.team, {"changes": changes})
        emit(context, "team.preferences_updated", {"memberId": None, "updatedAt": context.timestamp}, changes=changes)
    return Result(_settings(name, slug))


def _settings(name: str, slug: str) -> Json:
    return {"object": "settings", "teamName": name, "teamSlug": slug}


def statuses(context: Context) -> Result:
    """The statuses of tickets; no endpoint changes them."""
    found = [
        {
            "id": key,
            "key": key,
            "label": label,
            "color": color,
            "position": position,
            "isDefault": position == 0,
            "isClosed": key in FINISHED,
            "pausesSla": key in PAUSING,
        }
        for position, (key, label, color) in enumerate(STATUSES)
    ]
    return Result(found)


def business_hours(context: Context) -> Result:
    """The business hours, which the deadlines of SLA rules with `businessHoursOnly` follow."""
    schedule: Json = {day: {"enabled": False} for day in DAYS}
    schedule |= {day: {"enabled": True, "start": start, "end": end} for day, (start, end) in WEEK.items()}
    return Result({"timezone": "UTC", "enabled": True, "schedule": schedule, "holidays": []})


def widget(context: Context) -> Result:
    """The look of the chat widget; no endpoint changes it."""
    return Result(WIDGET)


HANDLERS: dict[str, Handler] = {
    "settings.get": settings,
    "settings.update": update_settings,
    "settings.statuses": statuses,
    "settings.business_hours": business_hours,
    "settings.widget": widget,
}
