"""An event loop in a thread of its own, for work that outlives the event loops of its callers."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import math
import os
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from cstar_async._core.validation import check_wait

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

T = TypeVar("T")


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
        self._is_stopped = False
        self._process = os.getpid()
        self._lock = threading.RLock()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], timeout: float = math.inf) -> T:
        """Run work on the loop, and wait for its result in the calling thread.

        If the time ends, or an exception such as KeyboardInterrupt ends the wait, the work is cancelled.

        Args:
            work: What to run.
            timeout: Seconds to wait; `math.inf` for no limit.

        Raises:
            TimeoutError: The work took longer. Its cancellation may still be under way.
            RuntimeError: The thread is stopped, or is the calling thread, or the process was forked.
        """
        try:
            check_wait("timeout", timeout)
            future = self._schedule(work)
        except BaseException:
            work.close()
            raise
        try:
            return future.result(min(timeout, threading.TIMEOUT_MAX))
        except concurrent.futures.CancelledError:
            raise RuntimeError(self._stopped()) from None
        finally:
            future.cancel()  # does nothing if it is done

    def _schedule(self, work: Coroutine[Any, Any, T]) -> concurrent.futures.Future[T]:
        self.require_process()
        if self.is_current():
            raise RuntimeError(
                f"called in the thread {self._thread.name!r}, which cannot wait for itself; call it in another thread"
            )
        with self._lock:  # the loop runs or cancels what is scheduled before it is stopped
            if self._is_stopped:
                raise RuntimeError(self._stopped())
            return asyncio.run_coroutine_threadsafe(work, self.loop)

    def _stopped(self) -> str:
        return f"the thread {self._thread.name!r} is closed; make another"

    def call_soon(self, function: Callable[[], object]) -> None:
        """Call a function on the loop, without waiting for it. Does nothing once the thread is stopped."""
        with contextlib.suppress(RuntimeError):
            self.require_process()
            self.loop.call_soon_threadsafe(function)

    def is_current(self) -> bool:
        """Whether this is called in the thread."""
        return threading.current_thread() is self._thread

    def require_process(self) -> None:
        """Raise RuntimeError in a process that was forked from the one of the thread: it does not have the thread."""
        if os.getpid() != self._process:
            raise RuntimeError(
                f"the process was forked after the thread {self._thread.name!r} had started; make another in it"
            )

    def stop(self, timeout: float | None = None) -> None:
        """Cancel the tasks of the loop as `asyncio.run` does, and end the thread. Does nothing in a forked process.

        Args:
            timeout: Seconds to wait for the thread to end; None for no limit. The thread does not wait for itself.
        """
        if os.getpid() != self._process:
            return
        with self._lock:
            if not self._is_stopped:  # a second time would stop `at_end`
                self._is_stopped = True
                self.call_soon(self.loop.stop)
        if not self.is_current():  # the garbage collector may run anywhere
            self._thread.join(timeout)

    def _run(self) -> None:
        runner = asyncio.Runner(loop_factory=lambda: self.loop)
        try:
            runner.get_loop().run_forever()
            if self.at_end is not None:
                runner.run(self.at_end())
        finally:
            try:
                runner.close()
            except RuntimeError:  # Python 3.12 starts a thread to end those of `getaddrinfo`: not while it exits itself
                if threading.main_thread().is_alive():
                    raise
