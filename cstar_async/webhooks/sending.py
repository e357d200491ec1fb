"""One attempt to deliver an event to a webhook, for the sandbox and `cstar listen`."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Final, NamedTuple

import aiohttp

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_ANSWER: Final = 2_000
"""Bytes of an answer that are read."""


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


def delivery_headers(event_id: str, kind: str, attempt: int, signature: str) -> dict[str, str]:
    """The headers that every delivery has."""
    return {
        "Content-Type": "application/json",
        "X-Signature": signature,
        "X-Event-ID": event_id,
        "X-Event-Type": kind,
        "X-Delivery-Attempt": str(attempt),
    }


async def post(
    session: aiohttp.ClientSession, url: str, body: bytes, headers: Mapping[str, str], *, seconds: float
) -> AttemptResult:
    """Send an event once, and wait `seconds` for the answer. Errors are returned, not raised."""
    started = time.perf_counter()
    status: int | None = None
    error: str | None = None
    answer: str | None = None
    limit = aiohttp.ClientTimeout(seconds)
    try:
        async with session.post(url, data=body, headers=headers, allow_redirects=False, timeout=limit) as response:
            answer = (await response.content.read(LARGEST_ANSWER)).decode(errors="replace")
            status = response.status
    except TimeoutError:
        error = f"no answer within {seconds:g} s"
    except (aiohttp.ClientError, OSError, ValueError) as problem:
        error = _reason(problem)
    return AttemptResult(status, error, answer, round((time.perf_counter() - started) * 1000, 3))


def _reason(error: Exception) -> str:
    number = getattr(error, "errno", None)
    if isinstance(number, int) and number > 0:
        return os.strerror(number)
    return str(error) or type(error).__name__
