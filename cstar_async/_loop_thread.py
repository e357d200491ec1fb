"""An event loop in a thread of its own, for work that outlives the event loops of its callers."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class LoopThread:
    """A daemon thread that runs an event loop until it is stopped."""

    def __init__(self, name: str) -> None:
        """Start the thread.

        Args:
            name: The name of the thread.
        """
        self.loop = asyncio.new_event_loop()
        self.at_end: Callable[[], Coroutine[None, None, None]] | None = None
        """Called on the loop once it is stopped. An owner that is garbage-collected cannot rely on the ends of its own
        generators: the collector stops the loop first, and asyncio may no longer run them."""
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def stop(self, timeout: float | None = None) -> None:
        """Cancel the tasks of the loop as `asyncio.run` does, and end the thread.

        Args:
            timeout: Seconds to wait for the thread to end; None for no limit.
        """
        with contextlib.suppress(RuntimeError):  # already stopped
            self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(timeout)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self.loop) as runner:
            runner.get_loop().run_forever()
            if self.at_end is not None:
                runner.run(self.at_end())
