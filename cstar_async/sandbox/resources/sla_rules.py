"""SLA rules: by when a ticket must be answered and resolved, and the tiers for how fast that was done.

Targets are in minutes, and gold is for under 25 % of the target, as cStar documents. Silver, for under 50 %, and
bronze, for in time, are inferred. The clock is paused while a ticket waits for its customer (`pending`).
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
"""The business hours of all teams, in UTC; no endpoint changes them."""
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DEADLINES = ("responseDeadline", "resolutionDeadline")
TARGETS = ("responseTarget", "resolutionTarget")
MAX_TARGET = 366 * 24 * 60
"""Minutes. cStar documents no limit; this one keeps deadlines within the range of dates."""


class Rules(Collection):
    """SLA rules."""

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Limit the targets, so that no ticket fails for a deadline out of range. Raises Problem 400."""
        for name in TARGETS:
            if document[name] > MAX_TARGET:
                raise invalid(f"The '{name}' field must be at most {MAX_TARGET}.", name)


def deadline(start: float, minutes: float, *, business_hours: bool) -> float:
    """The time, in Unix seconds, at which so many minutes (of business hours) have passed since `start`."""
    if not business_hours:
        return start + minutes * 60
    left = minutes * 60
    day = dt.datetime.fromtimestamp(start, dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        hours = WEEK.get(DAYS[day.weekday()])
        if hours is not None:
            opens, closes = (day.timestamp() + _seconds_of_day(each) for each in hours)
            begin = max(start, opens)
            if begin < closes:
                if left <= closes - begin:
                    return begin + left
                left -= closes - begin
        day += dt.timedelta(days=1)


def tier(used: float, allowed: float) -> str | None:
    """Return the tier for the share of the allowed time that was used; None if it was exceeded."""
    return next((name for name, share in TIERS if used < share * allowed or (share == 1 and used <= allowed)), None)


def set_deadlines(context: Context, ticket: Json) -> None:
    """Give a ticket the deadlines of the first enabled rule for its priority."""
    conditions = [Condition.equals("priority", ticket["priority"]), Condition.equals("enabled", value=True)]
    rules = context.store.select(context.team, RULES, conditions, order="place", limit=1)
    if not rules:
        ticket["responseDeadline"] = ticket["resolutionDeadline"] = None
        return
    (rule,) = rules
    for field, target in zip(DEADLINES, TARGETS, strict=True):
        end = deadline(unix_time(ticket["createdAt"]), rule[target], business_hours=rule["businessHoursOnly"])
        ticket[field] = iso_time(end + ticket.get("_pausedSeconds", 0.0))


def update_ticket(context: Context, before: Json, ticket: Json) -> None:
    """Update deadlines and tiers after a change of the priority or the status."""
    if ticket["priority"] != before["priority"]:
        set_deadlines(context, ticket)
    if (ticket["status"] in PAUSING) != (before["status"] in PAUSING):
        _pause_or_resume(context, ticket)
    if ticket["resolvedAt"] != before.get("resolvedAt"):
        ticket["resolutionTier"] = _tier_of(ticket, "resolutionDeadline", ticket["resolvedAt"])


def rate_response(ticket: Json) -> None:
    """Set the tier of the first response."""
    ticket["responseTier"] = _tier_of(ticket, "responseDeadline", ticket["firstResponseAt"])


def _pause_or_resume(context: Context, ticket: Json) -> None:
    if ticket["status"] in PAUSING:
        ticket["slaPaused"], ticket["_pausedAt"] = True, context.now
        return
    paused = context.now - ticket.pop("_pausedAt", context.now)
    ticket["slaPaused"] = False
    ticket["_pausedSeconds"] = ticket.get("_pausedSeconds", 0.0) + paused
    for field in DEADLINES:
        if ticket.get(field):
            ticket[field] = iso_time(unix_time(ticket[field]) + paused)


def _tier_of(ticket: Json, field: str, end: str | None) -> str | None:
    if end is None or not ticket.get(field):
        return None
    start = unix_time(ticket["createdAt"]) + ticket.get("_pausedSeconds", 0.0)
    return tier(unix_time(end) - start, unix_time(ticket[field]) - start)


def _seconds_of_day(time: str) -> int:
    hours, _, minutes = time.partition(":")
    return int(hours) * 3600 + int(minutes) * 60
