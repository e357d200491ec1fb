"""Who reads a live list or object: iterations, subscriptions and waits, and the task that they keep running."""

from __future__ import annotations

import abc
import asyncio
import contextlib
from typing import TYPE_CHECKING, Generic, TypeVar

from cstar_async._core.validation import check_plain_function

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Generator

    from .hub import Hub
    from .state import LiveState

D = TypeVar("D")


class Readers(abc.ABC, Generic[D]):
    """A state with readers.

    The task runs while an iteration, a subscription or a wait is under way, and for `linger` seconds after the last
    one. The next reader starts it again.
    """

    def __init__(self, hub: Hub, state: LiveState[D]) -> None:
        self._hub = hub
        self._state = state
        self._subscribers: dict[Callable[[LiveState[D]], object], contextlib.ExitStack] = {}
        """What ends each subscription. It is kept here, since it ends a subscription when it is collected, too."""
        self._waiters: set[asyncio.Future[None]] = set()
        self._readers = 0
        self._task: asyncio.Task[None] | None = None
        self._crash: BaseException | None = None
        self._stopping = False
        self._lingering: asyncio.TimerHandle | None = None

    @abc.abstractmethod
    def _run(self) -> Coroutine[None, None, None]:
        """The work of the task."""

    @abc.abstractmethod
    def _entered(self) -> None:
        """The task has begun."""

    @abc.abstractmethod
    def _left(self) -> None:
        """The task has ended."""

    @property
    def state(self) -> LiveState[D]:
        """The newest state. It is kept up to date while somebody reads, and for `linger` seconds after."""
        return self._state

    def __aiter__(self) -> AsyncGenerator[LiveState[D]]:
        """Iterate over states: the present one, then the newest whenever there is another. None is kept for later.

        The iteration ends when the `Live` is closed. It raises RuntimeError when the client is closed first.
        """
        return self._states()

    async def _states(self) -> AsyncGenerator[LiveState[D]]:
        seen = -1
        with self._reading():
            while self._hub.is_open():
                if self._state.version == seen:
                    await self._wait()
                    continue
                seen = self._state.version
                yield self._state

    def subscribe(self, subscriber: Callable[[LiveState[D]], object], /) -> Callable[[], None]:
        """Call a function with the present state and with each later one.

        Args:
            subscriber: A plain function, which must not block. An exception in it is logged and given to `on_error`.

        Returns:
            A function that ends the subscription.

        Raises:
            TypeError: `subscriber` is not callable, or is a coroutine function.
            RuntimeError: The client or the `Live` is closed, or there is no event loop.
        """
        check_plain_function("subscriber", subscriber)
        stack = contextlib.ExitStack()
        stack.enter_context(self._reading())

        def own(state: LiveState[D]) -> object:  # the same function may be subscribed twice
            return subscriber(state)

        self._subscribers[own] = stack
        stack.callback(self._subscribers.pop, own, None)
        self._hub.call(own, self._state)
        return stack.close

    @contextlib.contextmanager
    def _reading(self) -> Generator[None]:
        self._hub.require_open()
        self._readers += 1
        if self._lingering is not None:
            self._lingering.cancel()
            self._lingering = None
        try:
            if self._task is None:
                self._start()
            yield
        finally:
            self._readers -= 1
            if not self._readers and self._task is not None:
                self._lingering = self._hub.later(self._stop)

    def _start(self) -> None:
        self._crash, self._stopping = None, False
        self._task = self._hub.spawn(self._run())
        self._task.add_done_callback(self._task_ended)
        self._entered()

    def _stop(self) -> None:
        """Let the data become old: nobody reads it."""
        self._lingering = None
        self._stopping = True
        if self._task is not None:
            self._task.cancel()

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        self._task = None
        self._left()
        if not task.cancelled():
            self._crash = task.exception()
            if isinstance(self._crash, Exception) and self._hub.is_usable():
                self._hub.report(self._crash)
        elif not self._stopping:
            self._crash = asyncio.CancelledError()  # by the end of the client, the `Live` or the event loop
        elif self._readers:
            self._start()  # a reader came while the task was being cancelled
        self.wake_readers()

    async def _wait(self) -> None:
        """Wait for another state, or the end. Raises RuntimeError if the task has failed."""
        self._require_sound()
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiters.add(future)
        try:
            await future
        finally:
            self._waiters.discard(future)

    def _require_sound(self) -> None:
        if self._crash is not None and self._hub.is_open():
            raise RuntimeError(f"{self!r} has failed") from self._crash

    def wake_readers(self) -> None:
        """Let readers see that something has changed."""
        for future in self._waiters:
            if not future.done():
                future.set_result(None)
        self._waiters.clear()

    def _show(self) -> None:
        """Give a new state to the readers."""
        for subscriber in tuple(self._subscribers):
            self._hub.call(subscriber, self._state)
        self.wake_readers()
