"""One attempt of a delivery: a signed request with the documented headers, and its result."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cstar_async.sandbox.clock import iso_time
from cstar_async.webhooks.receiving.signature import sign
from cstar_async.webhooks.sending import delivery_headers, post

if TYPE_CHECKING:
    import aiohttp

    from cstar_async.webhooks.sending import AttemptResult

TIMEOUT = 10.0
"""Seconds of real time for a receiver to answer."""
USER_AGENT = "cStar-Webhooks/1.0"


class Delivery(NamedTuple):
    """An event and the webhook that it is delivered to."""

    number: int
    team: str
    webhook: str
    attempts: int
    due: float
    state: str
    event_id: str
    type: str
    request_id: str
    body: bytes


async def deliver(
    session: aiohttp.ClientSession,
    url: str,
    delivery: Delivery,
    attempt: int,
    *,
    now: float,
    secret: str,
    has_time: bool,
) -> AttemptResult:
    """Send a delivery once. `has_time` includes the time in the signature. Errors are returned, not raised."""
    signature = sign(delivery.body, secret, timestamp=now if has_time else None)
    headers = delivery_headers(delivery.event_id, delivery.type, attempt, signature) | {
        "User-Agent": USER_AGENT,
        "X-Webhook-ID": delivery.webhook,
        "X-Timestamp": iso_time(now),
        "x-cstar-request-id": delivery.request_id,
    }
    return await post(session, url, delivery.body, headers, seconds=TIMEOUT)
