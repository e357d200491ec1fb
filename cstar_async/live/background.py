"""`BackgroundLive`: live lists for programs without an event loop, such as scripts that run again for each click."""

from __future__ import annotations

import math
import weakref
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from cstar_async._core.call import Call, request_of
from cstar_async._core.representation import safe_repr
from cstar_async._core.validation import check_plain_function
from cstar_async._loop_thread import LoopThread

from .live import Live, hub_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from cstar_async._core.pager import Pager

    from .hub import Hub
    from .state import LiveState
    from .view import LiveView

T = TypeVar("T")
D = TypeVar("D")
CallT = TypeVar("CallT", bound="Call[Any]")


class BackgroundLive:
    """A `Live` in a thread of its own: `with BackgroundLive(cstar.live()) as live`. Any thread may use it.

    It owns the client of the `Live`, and closes both: at the end of the block, by `close`, when nothing refers to it
    any more, or when the interpreter exits.
    """

    def __init__(self, live: Live, /) -> None:
        """Start the thread; nothing is sent before the first list.

        Args:
            live: What `client.live()` returned. Neither it nor the client may have been used.

        Raises:
            TypeError: `live` is not a Live.
            ValueError: Its source is an EventDispatcher, or it is in use.
            RuntimeError: It or its client is closed, or has been used in an event loop.
        """
        if not isinstance(live, Live):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"BackgroundLive takes what client.live() returned, got {type(live).__name__}")
        hub = hub_of(live)
        if hub.is_fed or hub.connected:
            raise ValueError("BackgroundLive takes a new Live, whose source is 'auto' or 'poll'")
        self._live = live
        self._thread = LoopThread("BackgroundLive")
        try:
            self._thread.run(_claim(hub))
        except BaseException:
            self._thread.stop()
            raise
        self._thread.at_end = partial(_close, live, hub)
        self._stop = weakref.finalize(self, self._thread.stop, 2.0)  # seconds, of the collector or at the exit

    def list(self, pager: Pager[T], /) -> BackgroundView[tuple[T, ...]]:
        """Return the live list of a pager. It is kept true until it is closed, or nothing refers to it any more.

        Raises the errors of `Live.list`, and RuntimeError if this is closed, the process was forked, or the caller is a
        subscriber, in the thread of this.
        """
        return self._view(pager, self._live.list)

    def one(self, call: Call[T], /) -> BackgroundView[T | None]:
        """Return the live object of a call that reads one. It lasts, and raises errors, as `list` does."""
        return self._view(call, self._live.one)

    def _view(self, call: CallT, make: Callable[[CallT], LiveView[D]]) -> BackgroundView[D]:
        async def read() -> tuple[LiveView[D], Callable[[], None]]:
            view = make(call)
            return view, view.subscribe(_ignore)

        if isinstance(call, Call):  # pyright: ignore[reportUnnecessaryIsInstance]
            request_of(call)  # so that it is not reported as forgotten if this fails
        return BackgroundView(self, self._thread, *self._thread.run(read()))

    def close(self) -> None:
        """Close the lists and the client, and end the thread. Threads that wait for a state get a RuntimeError."""
        self._stop.detach()
        self._thread.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class BackgroundView(Generic[D]):
    """A live list or object for any thread, made by `BackgroundLive`. All for the same request share the data."""

    def __init__(self, live: BackgroundLive, thread: LoopThread, view: LiveView[D], leave: Callable[[], None]) -> None:
        self._live = live  # so that it lasts as long as this
        self._thread = thread
        self._view = view
        self._stops: dict[Callable[[LiveState[D]], object], Callable[[], None]] = {}
        self._leave = weakref.finalize(self, thread.call_soon, leave)

    @property
    def state(self) -> LiveState[D]:
        """The newest state; after the end, the last one. Raises RuntimeError in a forked process."""
        self._thread.require_process()
        return self._view.state

    def ready(self, timeout: float = math.inf) -> LiveState[D]:
        """Wait for the first data, at most `timeout` seconds, and return the newest state.

        Raises:
            CStarError: The request failed.
            TimeoutError: There is no data yet.
            RuntimeError: This or the `BackgroundLive` is closed, the process was forked, or the caller is a subscriber.
        """
        return self._run(self._view.ready(), timeout)

    def wait(self, after: LiveState[D] | None = None, timeout: float = math.inf) -> LiveState[D]:
        """Wait for another state than `after`, which is the present one by default, and return the newest one.

        Raises:
            TimeoutError: There was no other state for so many seconds.
            RuntimeError: As for `ready`.
        """
        return self._run(_next(self._view, self.state if after is None else after), timeout)

    def refetch(self) -> None:
        """Let the data be read now, without regard to the share of the quota. Does not wait."""
        self._thread.call_soon(self._view.refetch)

    def subscribe(self, subscriber: Callable[[LiveState[D]], object], /) -> Callable[[], None]:
        """Call a function with the present state and with each later one, in the thread of the `BackgroundLive`.

        The function must not block; an exception in it is logged. Returns a function that ends the subscription, and
        does not wait for a call that is under way.

        Raises:
            TypeError: `subscriber` is not callable, or is a coroutine function.
            RuntimeError: As for `ready`.
        """
        check_plain_function("subscriber", subscriber)

        def own(state: LiveState[D]) -> object:  # refers to this object, so that it lasts
            return subscriber(state) if own in self._stops else None

        def end() -> None:
            self._thread.call_soon(self._stops.pop(own, _ignore))

        async def begin() -> None:
            self._stops[own] = _ignore
            self._stops[own] = self._view.subscribe(own)

        self._run(begin())
        return end

    def close(self) -> None:
        """End the subscriptions, and keep the data true no longer, unless others read it. Does not wait."""
        while self._stops:
            self._thread.call_soon(self._stops.popitem()[1])
        self._leave()

    def _run(self, work: Coroutine[Any, Any, T], timeout: float = math.inf) -> T:
        if not self._leave.alive:
            work.close()
            raise RuntimeError("this list or object is closed; take another of the BackgroundLive")
        return self._thread.run(work, timeout)

    @safe_repr
    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._view!r}>"


async def _claim(hub: Hub) -> None:
    hub.require_open()  # the client belongs to the running event loop from now on


async def _close(live: Live, hub: Hub) -> None:
    try:
        await live.close()
    finally:
        await hub.requester.close()


async def _next(view: LiveView[D], old: LiveState[D]) -> LiveState[D]:
    async with aclosing(view.__aiter__()) as states:
        async for state in states:
            if state.version != old.version:
                return state
    raise RuntimeError("this BackgroundLive is closed; make another")


def _ignore(_: object = None) -> None:
    """Do nothing."""
