"""Statistics of the team and of its agents over a period that ends now."""

from __future__ import annotations

from collections import Counter
from statistics import fmean
from typing import TYPE_CHECKING

from cstar_async.sandbox.clock import iso_time, unix_time
from cstar_async.sandbox.service.results import Result
from cstar_async.sandbox.storage.conditions import Condition

from .offsite import SURVEYS
from .roles import MEMBERS
from .tickets import FINISHED, TICKETS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}
"""The length of each period; `all` has no start. Neither names nor lengths are documented by cStar; inferred."""
DEFAULT_PERIOD = "week"
MINUTE = 60


def overview(context: Context) -> Result:
    """Tickets created and resolved in the period and those open now, customers, and survey scores."""
    period, since = _period(context)
    store, team = context.store, context.team
    scores = [each["score"] for each in store.select(team, SURVEYS, [_since("submittedAt", since)])]
    answer: Json = {
        "object": "analytics_overview",
        "period": period,
        "tickets": {
            "total": store.count(team, TICKETS, [_since("createdAt", since)]),
            "open": store.count(team, TICKETS, [Condition.equals("resolvedAt", None)]),
            "resolved": store.count(team, TICKETS, [_since("resolvedAt", since)]),
        },
        "customers": {
            "total": store.count(team, "customers"),
            "active": store.count(team, "customers", [Condition.equals("status", "active")]),
            "new": store.count(team, "customers", [_since("createdAt", since)]),
        },
        "csat": {"average": _mean(scores), "totalResponses": len(scores)},
    }
    return Result(answer)


def agents(context: Context) -> Result:
    """The tickets of each member that were created in the period; times are in minutes."""
    _, since = _period(context)
    tickets = context.store.select(context.team, TICKETS, [_since("createdAt", since)])
    surveys = context.store.select(context.team, SURVEYS, [_since("submittedAt", since)])
    found: list[Json] = []
    for member in context.store.select(context.team, MEMBERS, order="place"):
        ids = {member["id"], member["userId"]}
        own = [each for each in tickets if each["assignedTo"] in ids]
        counts = Counter(each["status"] in FINISHED for each in own)
        stats: Json = {
            "object": "agent_stats",
            "memberId": member["id"],
            "userId": member["userId"],
            "name": member["name"],
            "ticketsAssigned": len(own),
            "ticketsResolved": counts[True],
            "avgResponseTime": _mean_minutes(own, "firstResponseAt"),
            "avgResolutionTime": _mean_minutes(own, "resolvedAt"),
            "csatAverage": _mean([each["score"] for each in surveys if each["assignedTo"] in ids]),
        }
        found.append(stats)
    return Result(found)


def _period(context: Context) -> tuple[str, str]:
    period: str = context.query.get("period", DEFAULT_PERIOD)
    return period, iso_time(context.now - DAYS[period] * 86_400) if period in DAYS else ""


def _since(field: str, since: str) -> Condition:
    return Condition("json_extract(body, ?) >= ?", (f"$.{field}", since))


def _mean(numbers: Sequence[float]) -> float | None:
    return round(fmean(numbers), 2) if numbers else None


def _mean_minutes(tickets: Iterable[Json], field: str) -> float | None:
    times = [unix_time(each[field]) - unix_time(each["createdAt"]) for each in tickets if each.get(field)]
    return round(fmean(times) / MINUTE, 1) if times else None


HANDLERS: dict[str, Handler] = {"analytics.overview": overview, "analytics.agents": agents}
