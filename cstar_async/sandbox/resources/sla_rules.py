"""Service levels: by when a ticket has to be answered and resolved, and how well that was done.

The rules' targets are minutes (docs). A tier is gold in under 25 % of the target (docs), silver in under 50 %, bronze
in time (the last two are ours). A ticket that waits for its customer (`pending`) does not run.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cstar_async.sandbox.clock import iso_time, unix_time
from cstar_async.sandbox.service.collection import Collection
from cstar_async.sandbox.service.results import invalid
from cstar_async.sandbox.storage.conditions import Condition

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context

RULES = "sla/rules"
PAUSING = frozenset({"pending"})
TIERS = (("gold", 0.25), ("silver", 0.5), ("bronze", 1.0))
WEEK: dict[str, tuple[str, str]] = dict.fromkeys(
    ("monday", "tuesday", "wednesday", "thursday", "friday"), ("09:00", "17:00")
)
"""When the sandbox's teams work, in UTC. The API reads business hours and changes none."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FIELDS = ("responseDeadline", "resolutionDeadline")
TARGETS = ("responseTarget", "resolutionTarget")
LONGEST_TARGET = 366 * 24 * 60
"""Minutes (ours: the documentation has no limit, but the calendar has)."""


class Rules(Collection):
    """Rules. What no deadline could be made of is refused here, and not with each ticket afterwards."""

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Keep the targets within a year."""
        for name in TARGETS:
            if document[name] > LONGEST_TARGET:
                raise invalid(f"The '{name}' field must be at most {LONGEST_TARGET}.", name)


def deadline(start: float, minutes: float, *, business_hours: bool) -> float:
    """When so many minutes, or so many minutes of business hours, have passed since `start` (Unix seconds)."""
    if not business_hours:
        return start + minutes * 60
    left = minutes * 60
    day = dt.datetime.fromtimestamp(start, dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        hours = WEEK.get(DAYS[day.weekday()])
        if hours is not None:
            opens, closes = (day.timestamp() + _seconds(each) for each in hours)
            begin = max(start, opens)
            if begin < closes:
                if left <= closes - begin:
                    return begin + left
                left -= closes - begin
        day += dt.timedelta(days=1)


def tier(used: float, allowed: float) -> str | None:
    """Return the tier for the share of the allowed time that was used; None if it was too late."""
    return next((name for name, share in TIERS if used < share * allowed or (share == 1 and used <= allowed)), None)


def begin(context: Context, ticket: Json) -> None:
    """Give a new ticket, or one with a new priority, the deadlines of the first enabled rule for its priority."""
    conditions = [Condition.equals("priority", ticket["priority"]), Condition.equals("enabled", value=True)]
    rules = context.store.select(context.team, RULES, conditions, order="place", limit=1)
    if not rules:
        ticket["responseDeadline"] = ticket["resolutionDeadline"] = None
        return
    (rule,) = rules
    for field, target in zip(FIELDS, TARGETS, strict=True):
        end = deadline(unix_time(ticket["createdAt"]), rule[target], business_hours=rule["businessHoursOnly"])
        ticket[field] = iso_time(end + ticket.get("_pausedSeconds", 0.0))


def follow(context: Context, before: Json, ticket: Json) -> None:
    """Keep deadlines and tiers true after a change of the priority or of the status."""
    if ticket["priority"] != before["priority"]:
        begin(context, ticket)
    if (ticket["status"] in PAUSING) != (before["status"] in PAUSING):
        _pause(context, ticket)
    if ticket["resolvedAt"] != before.get("resolvedAt"):
        ticket["resolutionTier"] = _tier_of(ticket, "resolutionDeadline", ticket["resolvedAt"])


def answered(ticket: Json) -> None:
    """Rate the first response."""
    ticket["responseTier"] = _tier_of(ticket, "responseDeadline", ticket["firstResponseAt"])


def _pause(context: Context, ticket: Json) -> None:
    if ticket["status"] in PAUSING:
        ticket["slaPaused"], ticket["_pausedAt"] = True, context.now
        return
    paused = context.now - ticket.pop("_pausedAt", context.now)
    ticket["slaPaused"] = False
    ticket["_pausedSeconds"] = ticket.get("_pausedSeconds", 0.0) + paused
    for field in FIELDS:
        if ticket.get(field):
            ticket[field] = iso_time(unix_time(ticket[field]) + paused)


def _tier_of(ticket: Json, field: str, end: str | None) -> str | None:
    if end is None or not ticket.get(field):
        return None
    begun = unix_time(ticket["createdAt"]) + ticket.get("_pausedSeconds", 0.0)
    return tier(unix_time(end) - begun, unix_time(ticket[field]) - begun)


def _seconds(clock: str) -> int:
    hours, _, minutes = clock.partition(":")
    return int(hours) * 3600 + int(minutes) * 60
