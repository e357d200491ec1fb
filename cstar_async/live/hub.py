"""The hub of a `Live`: the source of events, the views that they reach, and the pace of the requests."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import logging
import math
from contextlib import aclosing
from random import random
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

from cstar_async._core.deadline import forget_deadline
from cstar_async._core.event_patterns import matches
from cstar_async._core.secrets import clean_text
from cstar_async._http.retry_policy import is_transient
from cstar_async.errors import CStarError, DecodeError, QuotaExceededError

from .pace import REFUSED_WAIT, Pace
from .rows import read_notice
from .stream import reconnect_wait

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from cstar_async._core.call import Call
    from cstar_async._core.event import Event
    from cstar_async._core.requester import Requester

    from .rows import Notice
    from .stream import EventStream

logger = logging.getLogger("cstar_async")

CallT = TypeVar("CallT", bound="Call[Any]")
T = TypeVar("T")

OPENED_WITHIN: Final = 5.0
"""Seconds that the first reads wait for the stream, so that no change falls between."""


class EventSource(Protocol):
    """What events come from instead of the stream: an `EventDispatcher`."""

    def on(self, /, *patterns: str, group: str | None = None) -> Any:
        """Return a decorator for the handler of events."""
        ...


class EventTarget(Protocol):
    """What a hub brings events to: a `LiveView`."""

    @property
    def changed_by(self) -> tuple[str, ...]:
        """The patterns of the events that announce changes."""
        ...

    def receive(self, notice: Notice) -> None:
        """Apply an event."""

    def invalidate(self) -> None:
        """Read the data again soon."""

    def connection_changed(self) -> None:
        """Adapt to whether events arrive."""

    def wake_readers(self) -> None:
        """Let the readers see that something has changed."""

    def wake_task(self) -> None:
        """Let the task see that something is to be done."""


class Handler:
    """A function that is called with events, and their pattern. It compares by identity."""

    __slots__ = ("function", "pattern")

    def __init__(self, pattern: str, function: Callable[[Any], object]) -> None:
        self.pattern = pattern
        self.function = function


PACES: Final = WeakKeyDictionary["Requester", Pace]()
"""The pace of each client: all its lists share it."""


class Hub:
    """Brings events to views. Its tasks are cancelled by `close`, and when the client is closed."""

    def __init__(
        self,
        requester: Requester,
        stream: Callable[[], EventStream[Event[Any]]] | None,
        *,
        share: float,
        poll: float,
        linger: float,
    ) -> None:
        """Set up a hub; nothing is sent before the first reader.

        Args:
            requester: What sends the requests of the client.
            stream: Makes the stream of events; None to do without.
            share: The share of the quota that background reads may take.
            poll: Seconds between reads of data that no event announces.
            linger: Seconds for which data is kept true after its last reader has left.
        """
        self.requester = requester
        self.clock = requester.clock
        self.poll = poll
        self.connected = False
        self.is_fed = False
        """Whether the events come from a dispatcher."""
        self.views = WeakValueDictionary[object, Any]()
        self.handlers: list[Handler] = []
        self.watchers: list[Callable[[bool], object]] = []
        self.error_handlers: list[Callable[[Exception], object]] = []
        self.is_closed = False
        self._linger = linger
        self._stream = stream
        self._try_at = -math.inf
        """When the stream may be asked for again."""
        self._listening: asyncio.Task[None] | None = None
        self._opened = asyncio.Event()
        self._active: dict[EventTarget, None] = {}
        self._waiting: dict[EventTarget, None] = {}
        """The views that wait for their turn to send a request; the first is next."""
        self._pace = PACES.setdefault(requester, Pace(share))
        self._pace.share = share
        self._paced = not math.isinf(share)
        self._tasks: set[asyncio.Task[Any]] = set()

    # The lifetime

    def require_open(self) -> None:
        """Raise RuntimeError if the `Live` or the client is closed."""
        if self.is_closed:
            raise RuntimeError("this Live is closed; make another with client.live()")
        self.requester.require_open()

    def is_open(self) -> bool:
        """Whether the `Live` is open. Raises RuntimeError if the client was closed under it."""
        if not self.is_closed:
            self.requester.require_open()
        return not self.is_closed

    def is_usable(self) -> bool:
        """Whether tasks can be started."""
        try:
            return self.is_open()
        except RuntimeError:
            return False

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run work in a task of the client's, outside of the caller's deadline."""
        context = contextvars.copy_context()
        context.run(forget_deadline)
        task = context.run(self.requester.spawn, work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Cancel the tasks and wait for them; readers come to their end."""
        loop = asyncio.get_running_loop()
        if any(task.get_loop() is not loop and not task.get_loop().is_closed() for task in self._tasks):
            raise RuntimeError("this Live belongs to another event loop, that of its client; close it there")
        self.is_closed = True
        tasks = [task for task in self._tasks if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for view in [*self._active, *self.views.values()]:
            view.wake_readers()

    def call(self, function: Callable[[Any], object], argument: object) -> None:
        """Call a function of the user's; if it is a coroutine function, in a task. Its errors are reported."""
        try:
            result = function(argument)
        except Exception as error:  # noqa: BLE001  # it is the user's
            self.report(error)
            return
        if inspect.iscoroutine(result) and self.is_closed:
            result.close()  # there is nobody to wait for it any more
        elif inspect.isawaitable(result):
            self.spawn(self._finish(result))

    async def _finish(self, result: Awaitable[object]) -> None:
        try:
            await result
        except Exception as error:  # noqa: BLE001  # it is the user's
            self.report(error)

    def report(self, error: Exception) -> None:
        """Log an error, and give it to the functions of `on_error`."""
        # The errors of the service need no traceback, since they are not mistakes of the program.
        place = None if isinstance(error, CStarError) else error
        logger.warning("live: %s: %s", type(error).__name__, clean_text(str(error)), exc_info=place)
        for handler in tuple(self.error_handlers):
            try:
                handler(error)
            except Exception:
                logger.exception("live: a function of on_error failed")

    # Views

    def enter(self, view: EventTarget) -> None:
        """Bring events to a view."""
        self._active[view] = None
        if view.changed_by:
            self.listen()

    def leave(self, view: EventTarget) -> None:
        """Bring no more events to a view."""
        self._active.pop(view, None)
        self.end_turn(view)
        self.rest()

    def later(self, stop: Callable[[], None]) -> asyncio.TimerHandle | None:
        """Call a function when a view has been without a reader for a while."""
        if math.isinf(self._linger) or self.is_closed:
            return None
        try:
            return asyncio.get_running_loop().call_later(self._linger, stop)
        except RuntimeError:  # the reader was collected where its loop does not run, such as in a forked process
            return None

    def now(self) -> float:
        """Seconds of the event loop's clock, since waits in the background would move a virtual clock of the client."""
        return asyncio.get_running_loop().time()

    async def pause(self, wake: asyncio.Event, seconds: float = math.inf) -> None:
        """Wait until `wake` is set, or for this long."""
        waiting = asyncio.ensure_future(wake.wait())
        try:
            await asyncio.wait({waiting}, timeout=None if math.isinf(seconds) else seconds)
        finally:
            waiting.cancel()

    def prepared(self, call: CallT, *, asked: bool) -> CallT:
        """A call as a view sends it: what the program does not wait for is bulk work, and retried by the view."""
        return call if asked or not self._paced else call.options(priority="bulk", max_retries=0)

    def turn(self, view: EventTarget, requests: int) -> float:
        """Seconds until a view may send requests; infinity while others are before it."""
        self._waiting[view] = None
        if next(iter(self._waiting)) is not view:
            return math.inf
        return self._pace.wait(requests, self.requester.quota.remaining, self.now())

    def pay(self, requests: int) -> None:
        """Count requests that a view sends in its turn."""
        self._pace.take(requests)

    def end_turn(self, view: EventTarget) -> None:
        """A view waits no more; let the next one have its turn."""
        self._waiting.pop(view, None)
        if self._waiting:
            next(iter(self._waiting)).wake_task()

    # Events

    async def opened(self, view: EventTarget) -> None:
        """Wait until the stream is open, or it turns out that there is none."""
        if self._stream is not None and view.changed_by and not self._opened.is_set():
            await self.pause(self._opened, OPENED_WITHIN)

    def listen(self) -> None:
        """Open the stream, if there is one."""
        if self._stream is not None and self._listening is None:
            self._opened.clear()
            self._listening = self.spawn(self._listen(self._stream()))

    def rest(self) -> None:
        """Close the stream if nobody needs it."""
        needed = self.handlers or any(view.changed_by for view in self._active)
        if self._listening is not None and not needed:
            self._listening.cancel()
            self._listening = None

    async def _listen(self, stream: EventStream[Event[Any]]) -> None:
        stream.on_connection(self.connection_changed)
        failures = 0
        while True:
            if (wait := self._try_at - self.now()) > 0:
                self._opened.set()
                await asyncio.sleep(wait)
            reached, failure = False, None
            try:
                async with aclosing(aiter(stream)) as events:
                    async for event in events:
                        failures = 0
                        self.receive(event)
            except CStarError as error:
                failure = error
                # The stream continues after an event that cannot be read; it has reported the end of its connection.
                reached = isinstance(error, DecodeError) and error.event_id is not None
            self._opened.set()
            failures += 1
            if failure is not None:
                self.report(failure)
            if reached:
                continue  # the stream itself waits before it connects again
            is_passing = isinstance(failure, QuotaExceededError) or (failure is not None and is_transient(failure))
            wait = reconnect_wait(failures, 1.0, random) if is_passing else REFUSED_WAIT
            self._try_at = self.now() + wait  # for later streams of this hub, too

    def connection_changed(self, connected: bool) -> None:  # noqa: FBT001  # as EventStream calls it
        """Take over whether events arrive."""
        self.connected = connected
        if connected:
            self._opened.set()
        for view in tuple(self._active):
            view.connection_changed()
        for watcher in tuple(self.watchers):
            self.call(watcher, connected)

    def source_changed(self, runs: bool) -> None:  # noqa: FBT001  # as EventDispatcher calls it
        """Take over whether a dispatcher handles events here. On another event loop they cannot be taken."""
        if self.is_usable():
            self.connection_changed(runs)
        elif not runs:
            self.connected = False

    def receive(self, event: Event[Any]) -> None:
        """Bring an event to the handlers and views that it concerns."""
        team = self.requester.team
        if team is not None and event.team_id not in {team, "", None}:
            logger.warning("live: ignored an event of another team, %s", clean_text(str(event.team_id), limit=100))
            return
        for handler in tuple(self.handlers):
            if matches(handler.pattern, event.type):
                self.call(handler.function, event)
        notice = None
        for view in tuple(self._active):
            if any(matches(pattern, event.type) for pattern in view.changed_by):
                notice = notice or read_notice(event)
                try:
                    view.receive(notice)
                except Exception as error:  # noqa: BLE001  # one view must not end the stream of all
                    self.report(error)
                    view.invalidate()
