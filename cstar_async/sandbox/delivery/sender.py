"""One attempt of a delivery: a signed request with the documented headers, and its result."""

from __future__ import annotations

import time
from typing import NamedTuple

import aiohttp

from cstar_async.sandbox.clock import iso_time
from cstar_async.webhooks.receiving.signature import sign

TIMEOUT = aiohttp.ClientTimeout(total=10)
"""A receiver must answer within 10 seconds of real time."""
LARGEST_ANSWER = 2_000
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


class AttemptResult(NamedTuple):
    """The outcome of one attempt: the receiver's status and answer, or the error."""

    status: int | None
    error: str | None
    answer: str | None
    milliseconds: float

    @property
    def success(self) -> bool:
        """Whether the receiver answered with a 2xx status."""
        return self.status is not None and 200 <= self.status < 300


async def post(
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
    headers = {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "X-Signature": sign(delivery.body, secret, timestamp=now if has_time else None),
        "X-Event-Type": delivery.type,
        "X-Event-ID": delivery.event_id,
        "X-Webhook-ID": delivery.webhook,
        "X-Timestamp": iso_time(now),
        "X-Delivery-Attempt": str(attempt),
        "x-cstar-request-id": delivery.request_id,
    }
    started = time.perf_counter()
    status: int | None = None
    error: str | None = None
    answer: str | None = None
    try:
        async with session.post(url, data=delivery.body, headers=headers, allow_redirects=False) as response:
            answer = (await response.content.read(LARGEST_ANSWER)).decode(errors="replace")
            status = response.status
    except TimeoutError:
        error = f"no answer within {TIMEOUT.total:g} s"
    except (aiohttp.ClientError, OSError, ValueError) as problem:
        error = f"{type(problem).__name__}: {problem}"
    return AttemptResult(status, error, answer, round((time.perf_counter() - started) * 1000, 3))
