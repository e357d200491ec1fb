"""An event loop in a thread of its own, for as long as something is open on it."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager


class Background:
    """Keeps an async context manager open on a loop in another thread, which sync code and other loops can use."""

    def __init__(self, what: AbstractAsyncContextManager[Any], name: str) -> None:
        self._what = what
        self._opened: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        self._closed: Future[None] = Future()
        # A thread that is forgotten must not keep the program from ending.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def open(self) -> None:
        """Enter. Raises what entering raises."""
        self._thread.start()
        self._opened.result()

    def close(self) -> None:
        """Leave, and end the thread. Raises what leaving raises."""
        loop, over = self._opened.result()
        loop.call_soon_threadsafe(over.set)
        self._thread.join()
        self._closed.result()

    def _run(self) -> None:
        try:
            asyncio.run(self._live())
        except BaseException as error:  # noqa: BLE001 - it belongs to the thread that opens or closes
            (self._closed if self._opened.done() else self._opened).set_exception(error)
        else:
            self._closed.set_result(None)

    async def _live(self) -> None:
        async with self._what:
            over = asyncio.Event()
            self._opened.set_result((asyncio.get_running_loop(), over))
            await over.wait()
