"""Moves the clock of the event loop, so that time limits are tested without waiting."""

from __future__ import annotations

import asyncio


def leap(seconds: float) -> None:
    """Move the clock of the running loop forward by `seconds`, for all its timers."""
    loop = asyncio.get_running_loop()
    time = loop.time
    loop.time = lambda: time() + seconds  # type: ignore[method-assign]
