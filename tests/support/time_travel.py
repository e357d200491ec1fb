"""Moves the clock of the event loop, so that time limits are tested without waiting."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class _Time:
    """The clock of a loop, moved forward."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self.offset = 0.0

    def __call__(self) -> float:
        return self._time() + self.offset


def leap(seconds: float) -> None:
    """Move the clock of the running loop forward by `seconds`, for all its timers."""
    loop = asyncio.get_running_loop()
    if not isinstance(loop.time, _Time):
        loop.time = _Time(loop.time)  # type: ignore[method-assign]
    loop.time.offset += seconds
