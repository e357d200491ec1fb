"""Signed deliveries, as cStar makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from cstar_async.sandbox.clock import iso_time
from cstar_async.webhooks import EventDispatcher, sign

if TYPE_CHECKING:
    from cstar_async.webhooks import Reply

    from .clock import ManualClock

SECRET = "whsec_test_secret"


def event_body(number: object, clock: ManualClock, kind: str = "ticket.updated", **other: Any) -> bytes:
    """The body of an event of ticket `ticket`, by default ticket 1."""
    ticket = other.pop("ticket", "1")
    made = {
        "id": f"evt_{number}",
        "type": kind,
        "created_at": iso_time(clock.time()),
        "team_id": "team",
        "data": {"id": f"tkt_{ticket}", "title": f"Café {number}", "status": "open"},
    }
    return orjson.dumps({**made, **other})


def signed(body: bytes, **more: str) -> dict[str, str]:
    """The headers of a signed delivery."""
    return {"X-Signature": sign(body, SECRET), **more}


async def deliver(events: EventDispatcher, clock: ManualClock, *numbers: object, **other: Any) -> list[Reply]:
    """Deliver events one after the other."""
    replies: list[Reply] = []
    for number in numbers:
        body = event_body(number, clock, **other)
        replies.append(await events.accept(signed(body), body))
    return replies
