"""A sandbox in its own thread, for synchronous callers."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from cstar_async.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Self

T = TypeVar("T")


class ThreadedSandbox:
    """A running sandbox with an event loop in a thread."""

    def __init__(self, **options: Any) -> None:
        self.sandbox = Sandbox(**options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)

    def __enter__(self) -> Self:
        self._thread.start()
        self.run(self.sandbox.start())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self.sandbox.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the sandbox's loop, and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)
