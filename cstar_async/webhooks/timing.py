"""Moments and waiting on the injected clock."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from cstar_async.clock import Clock


@runtime_checkable
class _Standing(Protocol):
    async def reached(self, moment: float) -> None: ...


async def until(clock: Clock, moment: float) -> None:
    """Return once `clock.monotonic()` is `moment` or later, whatever the wall clock is set to meanwhile.

    On a sandbox's clock it waits for somebody to move it: its `sleep` moves the clock itself, which is right for a
    client's backoff, and wrong for a worker that only waits whether there will be something to do.
    """
    if isinstance(clock, _Standing):
        await clock.reached(clock.time() + moment - clock.monotonic())
        return
    while (left := moment - clock.monotonic()) > 0:
        await clock.sleep(left)


def moment(since: dt.datetime | dt.timedelta, clock: Clock) -> float:
    """Unix seconds of a moment, or of so long ago. Raises TypeError or ValueError for what says neither."""
    if isinstance(since, dt.timedelta):
        return clock.time() - since.total_seconds()
    if not isinstance(since, dt.datetime):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"since is a datetime or, for so long ago, a timedelta; got {type(since).__name__}")
    if since.tzinfo is None:
        raise ValueError("since has no time zone; give it one, for example datetime.now(timezone.utc)")
    return since.timestamp()
