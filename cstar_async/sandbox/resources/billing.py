"""Billing: every team has an active subscription."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.service.results import Result

from .roles import MEMBERS

if TYPE_CHECKING:
    from cstar_async.sandbox.service.context import Context, Handler


PORTAL = "https://billing.example.com/portal/"


def subscription(context: Context) -> Result:
    """A subscription that is active until the end of the month."""
    now = dt.datetime.fromtimestamp(context.now, dt.UTC)
    end = (now.replace(day=1, hour=0, minute=0, second=0, microsecond=0) + dt.timedelta(days=32)).replace(day=1)
    answer = {
        "object": "subscription",
        "status": "active",
        "plan": "team",
        "memberCount": context.store.count(context.team, MEMBERS),
        "currentPeriodEnd": iso_time(end.timestamp()),
        "cancelAtPeriodEnd": False,
    }
    return Result(answer)


def portal(context: Context) -> Result:
    """The address of a billing portal; there is no page at it."""
    session = context.store.new_id(context.team, "bps_")
    return Result({"object": "billing_portal_session", "url": PORTAL + session})


HANDLERS: dict[str, Handler] = {"billing.subscription": subscription, "billing.portal": portal}
