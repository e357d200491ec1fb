# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Analytics: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import FieldInfo, ModelInfo, new, show_fields, whole_number

AnalyticsPeriodKnown: TypeAlias = Literal["day", "week", "month", "quarter", "year", "all"]
AnalyticsPeriod: TypeAlias = AnalyticsPeriodKnown | str
"""A period up to now. Only `week` is documented; the other values are inferred. Unknown values are passed through."""
ANALYTICS_PERIOD_VALUES: tuple[AnalyticsPeriodKnown, ...] = ("day", "week", "month", "quarter", "year", "all")


@attrs.define(slots=True, kw_only=True)
class AnalyticsOverview:
    """A team's figures over a period.

    Attributes:
        object: Always `analytics_overview`. From cStar's public documentation.
        period: The period summed up.
        tickets: Tickets in figures.
        customers: Customers in figures.
        csat: Customer satisfaction in figures.
    """

    __repr__ = show_fields

    object: str
    period: AnalyticsPeriod
    tickets: AnalyticsTickets
    customers: AnalyticsCustomers
    csat: AnalyticsCsat


def decode_analytics_overview(d: Mapping[str, Any]) -> AnalyticsOverview:
    """Decode an AnalyticsOverview from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AnalyticsOverview)
    o.object = d["object"]
    o.period = d["period"]
    o.tickets = decode_analytics_tickets(d["tickets"])
    o.customers = decode_analytics_customers(d["customers"])
    o.csat = decode_analytics_csat(d["csat"])
    return o


def encode_analytics_overview(o: AnalyticsOverview) -> dict[str, Any]:
    """Encode an AnalyticsOverview as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    d["object"] = v
    v = o.period
    d["period"] = v
    v = o.tickets
    d["tickets"] = encode_analytics_tickets(v)
    v = o.customers
    d["customers"] = encode_analytics_customers(v)
    v = o.csat
    d["csat"] = encode_analytics_csat(v)
    return d


@attrs.define(slots=True, kw_only=True)
class AnalyticsTickets:
    """Tickets in figures.

    Attributes:
        total: Tickets in the period.
        open: Tickets that are open now.
        resolved: Tickets resolved in the period.
    """

    __repr__ = show_fields

    total: int
    open: int
    resolved: int


def decode_analytics_tickets(d: Mapping[str, Any]) -> AnalyticsTickets:
    """Decode an AnalyticsTickets from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AnalyticsTickets)
    v: Any
    v = d["total"]
    o.total = v if v.__class__ is int else whole_number(v)
    v = d["open"]
    o.open = v if v.__class__ is int else whole_number(v)
    v = d["resolved"]
    o.resolved = v if v.__class__ is int else whole_number(v)
    return o


def encode_analytics_tickets(o: AnalyticsTickets) -> dict[str, Any]:
    """Encode an AnalyticsTickets as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.total
    d["total"] = v
    v = o.open
    d["open"] = v
    v = o.resolved
    d["resolved"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class AnalyticsCustomers:
    """Customers in figures.

    Attributes:
        total: All customers.
        active: Customers active in the period. From cStar's public documentation.
        new: Customers created in the period. From cStar's public documentation.
    """

    __repr__ = show_fields

    total: int
    active: int
    new: int


def decode_analytics_customers(d: Mapping[str, Any]) -> AnalyticsCustomers:
    """Decode an AnalyticsCustomers from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AnalyticsCustomers)
    v: Any
    v = d["total"]
    o.total = v if v.__class__ is int else whole_number(v)
    v = d["active"]
    o.active = v if v.__class__ is int else whole_number(v)
    v = d["new"]
    o.new = v if v.__class__ is int else whole_number(v)
    return o


def encode_analytics_customers(o: AnalyticsCustomers) -> dict[str, Any]:
    """Encode an AnalyticsCustomers as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.total
    d["total"] = v
    v = o.active
    d["active"] = v
    v = o.new
    d["new"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class AnalyticsCsat:
    """Customer satisfaction in figures.

    Attributes:
        average: The average score; null is to be expected where nobody answered.
        total_responses: How many surveys were answered. From cStar's public documentation.
    """

    __repr__ = show_fields

    average: float | None
    total_responses: int


def decode_analytics_csat(d: Mapping[str, Any]) -> AnalyticsCsat:
    """Decode an AnalyticsCsat from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AnalyticsCsat)
    v: Any
    o.average = d["average"]
    v = d["totalResponses"]
    o.total_responses = v if v.__class__ is int else whole_number(v)
    return o


def encode_analytics_csat(o: AnalyticsCsat) -> dict[str, Any]:
    """Encode an AnalyticsCsat as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.average
    d["average"] = v
    v = o.total_responses
    d["totalResponses"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class AgentStats:
    """One agent's figures over a period.

    Attributes:
        object: Always `agent_stats`. Not documented by cStar; inferred.
        member_id: The agent's membership (`mem_…`). Not documented by cStar; inferred.
        user_id: The agent's user account (`usr_…`). Not documented by cStar; inferred.
        name: The agent's name. Not documented by cStar; inferred.
        tickets_assigned: Tickets assigned to the agent in the period. Not documented by cStar; inferred.
        tickets_resolved: Tickets the agent resolved in the period. Not documented by cStar; inferred.
        avg_response_time: Average minutes until the first answer; null without one. Not documented by cStar;
            inferred.
        avg_resolution_time: Average minutes until a ticket is resolved; null without one. Not documented by cStar;
            inferred.
        csat_average: The average satisfaction score; null without answers. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    object: str | None = None
    member_id: str
    user_id: str | None = None
    name: str | None = None
    tickets_assigned: int | None = None
    tickets_resolved: int | None = None
    avg_response_time: float | None = None
    avg_resolution_time: float | None = None
    csat_average: float | None = None


def decode_agent_stats(d: Mapping[str, Any]) -> AgentStats:
    """Decode an AgentStats from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AgentStats)
    v: Any
    get = d.get
    o.object = get("object")
    o.member_id = d["memberId"]
    o.user_id = get("userId")
    o.name = get("name")
    v = get("ticketsAssigned")
    o.tickets_assigned = v if v.__class__ is int or v is None else whole_number(v)
    v = get("ticketsResolved")
    o.tickets_resolved = v if v.__class__ is int or v is None else whole_number(v)
    o.avg_response_time = get("avgResponseTime")
    o.avg_resolution_time = get("avgResolutionTime")
    o.csat_average = get("csatAverage")
    return o


def encode_agent_stats(o: AgentStats) -> dict[str, Any]:
    """Encode an AgentStats as a JSON object; fields that are None and not required are left out."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.member_id
    d["memberId"] = v
    v = o.user_id
    if v is not None:
        d["userId"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.tickets_assigned
    if v is not None:
        d["ticketsAssigned"] = v
    v = o.tickets_resolved
    if v is not None:
        d["ticketsResolved"] = v
    v = o.avg_response_time
    if v is not None:
        d["avgResponseTime"] = v
    v = o.avg_resolution_time
    if v is not None:
        d["avgResolutionTime"] = v
    v = o.csat_average
    if v is not None:
        d["csatAverage"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        AnalyticsOverview: ModelInfo(
            decode_analytics_overview,
            encode_analytics_overview,
            (
                FieldInfo("object", "object", True, False, None),
                FieldInfo("period", "period", True, False, None),
                FieldInfo("tickets", "tickets", True, False, AnalyticsTickets),
                FieldInfo("customers", "customers", True, False, AnalyticsCustomers),
                FieldInfo("csat", "csat", True, False, AnalyticsCsat),
            ),
            None,
        ),
        AnalyticsTickets: ModelInfo(
            decode_analytics_tickets,
            encode_analytics_tickets,
            (
                FieldInfo("total", "total", True, False, whole_number),
                FieldInfo("open", "open", True, False, whole_number),
                FieldInfo("resolved", "resolved", True, False, whole_number),
            ),
            None,
        ),
        AnalyticsCustomers: ModelInfo(
            decode_analytics_customers,
            encode_analytics_customers,
            (
                FieldInfo("total", "total", True, False, whole_number),
                FieldInfo("active", "active", True, False, whole_number),
                FieldInfo("new", "new", True, False, whole_number),
            ),
            None,
        ),
        AnalyticsCsat: ModelInfo(
            decode_analytics_csat,
            encode_analytics_csat,
            (
                FieldInfo("average", "average", True, True, None),
                FieldInfo("total_responses", "totalResponses", True, False, whole_number),
            ),
            None,
        ),
        AgentStats: ModelInfo(
            decode_agent_stats,
            encode_agent_stats,
            (
                FieldInfo("object", "object", False, False, None),
                FieldInfo("member_id", "memberId", True, False, None),
                FieldInfo("user_id", "userId", False, False, None),
                FieldInfo("name", "name", False, False, None),
                FieldInfo("tickets_assigned", "ticketsAssigned", False, False, whole_number),
                FieldInfo("tickets_resolved", "ticketsResolved", False, False, whole_number),
                FieldInfo("avg_response_time", "avgResponseTime", False, True, None),
                FieldInfo("avg_resolution_time", "avgResolutionTime", False, True, None),
                FieldInfo("csat_average", "csatAverage", False, True, None),
            ),
            None,
        ),
    }
