# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Analytics: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import ABSENT, FieldInfo, ModelInfo, new, note_absent, show_fields, whole_number

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

    object: str = ABSENT
    period: AnalyticsPeriod = ABSENT
    tickets: AnalyticsTickets = ABSENT
    customers: AnalyticsCustomers = ABSENT
    csat: AnalyticsCsat = ABSENT


def decode_analytics_overview(d: Mapping[str, Any]) -> AnalyticsOverview:
    """Decode an AnalyticsOverview from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AnalyticsOverview)
    try:
        o.object = d["object"]
        o.period = d["period"]
        o.tickets = decode_analytics_tickets(d["tickets"])
        o.customers = decode_analytics_customers(d["customers"])
        o.csat = decode_analytics_csat(d["csat"])
        return o
    except (AttributeError, KeyError, TypeError):
        pass
    return _decode_analytics_overview_leniently(d)


_ANALYTICS_OVERVIEW_PROMISED = frozenset(("object", "period", "tickets", "customers", "csat"))


def _decode_analytics_overview_leniently(d: Mapping[str, Any]) -> AnalyticsOverview:
    o: Any = new(AnalyticsOverview)
    v: Any
    get = d.get
    o.object = get("object")
    o.period = get("period")
    v = get("tickets")
    o.tickets = None if v is None else decode_analytics_tickets(v)
    v = get("customers")
    o.customers = None if v is None else decode_analytics_customers(v)
    v = get("csat")
    o.csat = None if v is None else decode_analytics_csat(v)
    note_absent("AnalyticsOverview", d, _ANALYTICS_OVERVIEW_PROMISED)
    decoded: AnalyticsOverview = o
    return decoded


def encode_analytics_overview(o: AnalyticsOverview) -> dict[str, Any]:
    """Encode an AnalyticsOverview as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.period
    if v is not None:
        d["period"] = v
    v = o.tickets
    if v is not None:
        d["tickets"] = encode_analytics_tickets(v)
    v = o.customers
    if v is not None:
        d["customers"] = encode_analytics_customers(v)
    v = o.csat
    if v is not None:
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

    total: int = ABSENT
    open: int = ABSENT
    resolved: int = ABSENT


def decode_analytics_tickets(d: Mapping[str, Any]) -> AnalyticsTickets:
    """Decode an AnalyticsTickets from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AnalyticsTickets)
    v: Any
    try:
        v = d["total"]
        o.total = v if v.__class__ is int else whole_number(v)
        v = d["open"]
        o.open = v if v.__class__ is int else whole_number(v)
        v = d["resolved"]
        o.resolved = v if v.__class__ is int else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_analytics_tickets_leniently(d)


_ANALYTICS_TICKETS_PROMISED = frozenset(("total", "open", "resolved"))


def _decode_analytics_tickets_leniently(d: Mapping[str, Any]) -> AnalyticsTickets:
    o: Any = new(AnalyticsTickets)
    v: Any
    get = d.get
    v = get("total")
    o.total = v if v.__class__ is int or v is None else whole_number(v)
    v = get("open")
    o.open = v if v.__class__ is int or v is None else whole_number(v)
    v = get("resolved")
    o.resolved = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("AnalyticsTickets", d, _ANALYTICS_TICKETS_PROMISED)
    decoded: AnalyticsTickets = o
    return decoded


def encode_analytics_tickets(o: AnalyticsTickets) -> dict[str, Any]:
    """Encode an AnalyticsTickets as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.total
    if v is not None:
        d["total"] = v
    v = o.open
    if v is not None:
        d["open"] = v
    v = o.resolved
    if v is not None:
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

    total: int = ABSENT
    active: int = ABSENT
    new: int = ABSENT


def decode_analytics_customers(d: Mapping[str, Any]) -> AnalyticsCustomers:
    """Decode an AnalyticsCustomers from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AnalyticsCustomers)
    v: Any
    try:
        v = d["total"]
        o.total = v if v.__class__ is int else whole_number(v)
        v = d["active"]
        o.active = v if v.__class__ is int else whole_number(v)
        v = d["new"]
        o.new = v if v.__class__ is int else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_analytics_customers_leniently(d)


_ANALYTICS_CUSTOMERS_PROMISED = frozenset(("total", "active", "new"))


def _decode_analytics_customers_leniently(d: Mapping[str, Any]) -> AnalyticsCustomers:
    o: Any = new(AnalyticsCustomers)
    v: Any
    get = d.get
    v = get("total")
    o.total = v if v.__class__ is int or v is None else whole_number(v)
    v = get("active")
    o.active = v if v.__class__ is int or v is None else whole_number(v)
    v = get("new")
    o.new = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("AnalyticsCustomers", d, _ANALYTICS_CUSTOMERS_PROMISED)
    decoded: AnalyticsCustomers = o
    return decoded


def encode_analytics_customers(o: AnalyticsCustomers) -> dict[str, Any]:
    """Encode an AnalyticsCustomers as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.total
    if v is not None:
        d["total"] = v
    v = o.active
    if v is not None:
        d["active"] = v
    v = o.new
    if v is not None:
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

    average: float | None = ABSENT
    total_responses: int = ABSENT


def decode_analytics_csat(d: Mapping[str, Any]) -> AnalyticsCsat:
    """Decode an AnalyticsCsat from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(AnalyticsCsat)
    v: Any
    try:
        o.average = d["average"]
        v = d["totalResponses"]
        o.total_responses = v if v.__class__ is int else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_analytics_csat_leniently(d)


_ANALYTICS_CSAT_PROMISED = frozenset(("average", "totalResponses"))


def _decode_analytics_csat_leniently(d: Mapping[str, Any]) -> AnalyticsCsat:
    o: Any = new(AnalyticsCsat)
    v: Any
    get = d.get
    o.average = get("average")
    v = get("totalResponses")
    o.total_responses = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("AnalyticsCsat", d, _ANALYTICS_CSAT_PROMISED)
    decoded: AnalyticsCsat = o
    return decoded


def encode_analytics_csat(o: AnalyticsCsat) -> dict[str, Any]:
    """Encode an AnalyticsCsat as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.average
    d["average"] = v
    v = o.total_responses
    if v is not None:
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
    member_id: str = ABSENT
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
    try:
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
    except (KeyError, TypeError):
        pass
    return _decode_agent_stats_leniently(d)


_AGENT_STATS_PROMISED = frozenset(("memberId",))


def _decode_agent_stats_leniently(d: Mapping[str, Any]) -> AgentStats:
    o: Any = new(AgentStats)
    v: Any
    get = d.get
    o.object = get("object")
    o.member_id = get("memberId")
    o.user_id = get("userId")
    o.name = get("name")
    v = get("ticketsAssigned")
    o.tickets_assigned = v if v.__class__ is int or v is None else whole_number(v)
    v = get("ticketsResolved")
    o.tickets_resolved = v if v.__class__ is int or v is None else whole_number(v)
    o.avg_response_time = get("avgResponseTime")
    o.avg_resolution_time = get("avgResolutionTime")
    o.csat_average = get("csatAverage")
    note_absent("AgentStats", d, _AGENT_STATS_PROMISED)
    decoded: AgentStats = o
    return decoded


def encode_agent_stats(o: AgentStats) -> dict[str, Any]:
    """Encode an AgentStats as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.member_id
    if v is not None:
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
                FieldInfo("object", "object", True, False, None, False),
                FieldInfo("period", "period", True, False, None, False, ANALYTICS_PERIOD_VALUES),
                FieldInfo("tickets", "tickets", True, False, AnalyticsTickets, False),
                FieldInfo("customers", "customers", True, False, AnalyticsCustomers, False),
                FieldInfo("csat", "csat", True, False, AnalyticsCsat, False),
            ),
            None,
        ),
        AnalyticsTickets: ModelInfo(
            decode_analytics_tickets,
            encode_analytics_tickets,
            (
                FieldInfo("total", "total", True, False, whole_number, False),
                FieldInfo("open", "open", True, False, whole_number, False),
                FieldInfo("resolved", "resolved", True, False, whole_number, False),
            ),
            None,
        ),
        AnalyticsCustomers: ModelInfo(
            decode_analytics_customers,
            encode_analytics_customers,
            (
                FieldInfo("total", "total", True, False, whole_number, False),
                FieldInfo("active", "active", True, False, whole_number, False),
                FieldInfo("new", "new", True, False, whole_number, False),
            ),
            None,
        ),
        AnalyticsCsat: ModelInfo(
            decode_analytics_csat,
            encode_analytics_csat,
            (
                FieldInfo("average", "average", True, True, None, False),
                FieldInfo("total_responses", "totalResponses", True, False, whole_number, False),
            ),
            None,
        ),
        AgentStats: ModelInfo(
            decode_agent_stats,
            encode_agent_stats,
            (
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("member_id", "memberId", True, False, None, False),
                FieldInfo("user_id", "userId", False, False, None, False),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("tickets_assigned", "ticketsAssigned", False, False, whole_number, False),
                FieldInfo("tickets_resolved", "ticketsResolved", False, False, whole_number, False),
                FieldInfo("avg_response_time", "avgResponseTime", False, True, None, False),
                FieldInfo("avg_resolution_time", "avgResolutionTime", False, True, None, False),
                FieldInfo("csat_average", "csatAverage", False, True, None, False),
            ),
            None,
        ),
    }
