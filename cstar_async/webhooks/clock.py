"""Waiting on the injected clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from cstar_async.clock import Clock


@runtime_checkable
class _Standing(Protocol):
    async def reached(self, moment: float) -> None: ...


async def until(clock: Clock, moment: float) -> None:
    """Return once `clock.time()` is `moment` or later.

    On a sandbox's clock it waits for somebody to move it: its `sleep` moves the clock itself, which is right for a
    client's backoff, and wrong for a worker that only waits whether there will be something to do.
    """
    if isinstance(clock, _Standing):
        await clock.reached(moment)
        return
    while (left := moment - clock.time()) > 0:
        await clock.sleep(left)
