# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Billing: models, and the known values of enums."""

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
class Subscription:
    """What a team pays for.

    Attributes:
        object: Always `subscription`. From cStar's public documentation.
        status: Where the subscription stands, in Stripe's words.
        plan: The plan.
        member_count: Members of the team.
        current_period_end: When the paid period ends; null is to be expected on a plan without one.
        cancel_at_period_end: Whether the subscription ends then instead of going on. From cStar's public
            documentation.
    """

    __repr__ = show_fields

    object: str = ABSENT
    status: str = ABSENT
    plan: str = ABSENT
    member_count: int = ABSENT
    current_period_end: _dt.datetime | None = ABSENT
    cancel_at_period_end: bool = ABSENT


def decode_subscription(d: Mapping[str, Any]) -> Subscription:
    """Decode a Subscription from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Subscription)
    v: Any
    try:
        o.object = d["object"]
        o.status = d["status"]
        o.plan = d["plan"]
        v = d["memberCount"]
        o.member_count = v if v.__class__ is int else whole_number(v)
        v = d["currentPeriodEnd"]
        o.current_period_end = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.cancel_at_period_end = d["cancelAtPeriodEnd"]
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_subscription(with_usual_times(d, ("currentPeriodEnd",)))
    return _decode_subscription_leniently(d)


_SUBSCRIPTION_PROMISED = frozenset(("object", "status", "plan", "memberCount", "currentPeriodEnd", "cancelAtPeriodEnd"))


def _decode_subscription_leniently(d: Mapping[str, Any]) -> Subscription:
    o: Any = new(Subscription)
    v: Any
    get = d.get
    try:
        o.object = get("object")
        o.status = get("status")
        o.plan = get("plan")
        v = get("memberCount")
        o.member_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("currentPeriodEnd")
        o.current_period_end = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        o.cancel_at_period_end = get("cancelAtPeriodEnd")
    except ValueError:
        return decode_subscription(with_usual_times(d, ("currentPeriodEnd",)))
    note_absent("Subscription", d, _SUBSCRIPTION_PROMISED)
    decoded: Subscription = o
    return decoded


def encode_subscription(o: Subscription) -> dict[str, Any]:
    """Encode a Subscription as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.plan
    if v is not None:
        d["plan"] = v
    v = o.member_count
    if v is not None:
        d["memberCount"] = v
    v = o.current_period_end
    d["currentPeriodEnd"] = None if v is None else encode_datetime(v)
    v = o.cancel_at_period_end
    if v is not None:
        d["cancelAtPeriodEnd"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class BillingPortal:
    """A session of the billing portal.

    Attributes:
        object: Always `billing_portal_session`. Not documented by cStar; inferred.
        url: The address of the session. It works for a short time.
    """

    __repr__ = show_fields

    object: str | None = None
    url: str = ABSENT


def decode_billing_portal(d: Mapping[str, Any]) -> BillingPortal:
    """Decode a BillingPortal from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BillingPortal)
    get = d.get
    try:
        o.object = get("object")
        o.url = d["url"]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_billing_portal_leniently(d)


_BILLING_PORTAL_PROMISED = frozenset(("url",))


def _decode_billing_portal_leniently(d: Mapping[str, Any]) -> BillingPortal:
    o: Any = new(BillingPortal)
    get = d.get
    o.object = get("object")
    o.url = get("url")
    note_absent("BillingPortal", d, _BILLING_PORTAL_PROMISED)
    decoded: BillingPortal = o
    return decoded


def encode_billing_portal(o: BillingPortal) -> dict[str, Any]:
    """Encode a BillingPortal as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.url
    if v is not None:
        d["url"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        Subscription: ModelInfo(
            decode_subscription,
            encode_subscription,
            (
                FieldInfo("object", "object", True, False, None, False),
                FieldInfo("status", "status", True, False, None, False),
                FieldInfo("plan", "plan", True, False, None, False),
                FieldInfo("member_count", "memberCount", True, False, whole_number, False),
                FieldInfo("current_period_end", "currentPeriodEnd", True, True, parse_datetime, False),
                FieldInfo("cancel_at_period_end", "cancelAtPeriodEnd", True, False, None, False),
            ),
            None,
        ),
        BillingPortal: ModelInfo(
            decode_billing_portal,
            encode_billing_portal,
            (
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("url", "url", True, False, None, False),
            ),
            None,
        ),
    }
