"""Times and waiting on the injected clock."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from cstar_async.clock import Clock


@runtime_checkable
class _ManualClock(Protocol):
    async def reached(self, moment: float) -> None: ...


async def until(clock: Clock, moment: float) -> None:
    """Return once `clock.monotonic()` is `moment` or later, whatever the wall clock is set to meanwhile.

    On a sandbox's clock it waits until the clock is moved. The clock's own `sleep` would move it, which is right for
    the backoff of a client but not for a worker that waits for events.
    """
    if isinstance(clock, _ManualClock):
        await clock.reached(clock.time() + moment - clock.monotonic())
        return
    while (left := moment - clock.monotonic()) > 0:
        await clock.sleep(left)


def moment(since: dt.datetime | dt.timedelta, clock: Clock) -> float:
    """Convert a datetime, or a timedelta before now, to Unix seconds. Raises TypeError or ValueError."""
    if isinstance(since, dt.timedelta):
        return clock.time() - since.total_seconds()
    if not isinstance(since, dt.datetime):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"since must be a datetime, or a timedelta before now; got {type(since).__name__}")
    if since.tzinfo is None:
        raise ValueError("since must have a time zone, for example datetime.now(timezone.utc)")
    return since.timestamp()
