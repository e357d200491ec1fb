"""LISTEN: wakes the worker when other processes have added events."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Final

from .queries import CHANNEL

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

logger = logging.getLogger("cstar_async.webhooks")

PAUSE: Final = 1.0
"""Seconds between attempts to connect."""
QUIET: Final = 15.0
"""Seconds without a notification after which the connection is checked, since a lost one may look idle."""
ANSWER: Final = 5.0
"""Seconds for the answer to the check."""


class Listener:
    """A connection that sets an event at each notification. It is replaced when it is lost."""

    def __init__(self, connect: Callable[[], Awaitable[Any]], wake: asyncio.Event) -> None:
        self._connect = connect
        self._wake = wake
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Return when it listens, or when the first attempt has failed."""
        if self._task is None:
            tried = asyncio.Event()
            self._task = asyncio.get_running_loop().create_task(self._run(tried))
            await tried.wait()

    async def stop(self) -> None:
        """Disconnect."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _run(self, tried: asyncio.Event) -> None:
        while True:
            try:
                await self._listen(tried)
            except Exception as error:  # without a listener, events are found at the next poll
                logger.debug("the inbox's listener was cut off: %s", type(error).__name__)
            tried.set()
            await asyncio.sleep(PAUSE)

    async def _listen(self, tried: asyncio.Event) -> None:
        """Listen until the connection is lost."""
        connection = await self._connect()
        try:
            closed = asyncio.Event()
            connection.add_termination_listener(_setter(closed))
            await connection.add_listener(CHANNEL, _setter(self._wake))
            self._wake.set()  # for events added before it listened
            tried.set()
            while not closed.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(closed.wait(), QUIET)
                    break
                await connection.execute("SELECT 1", timeout=ANSWER)
        finally:
            connection.terminate()


def _setter(event: asyncio.Event) -> Callable[..., None]:
    def call(*_: object) -> None:
        event.set()

    return call
