"""`Live`: lists and objects that stay true, and functions that are called with events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

from cstar_async._core.call import Call, request_of, requester_of
from cstar_async._core.event import Event
from cstar_async._core.event_patterns import check_pattern, matches, suggestion
from cstar_async._core.http_semantics import SAFE_METHODS
from cstar_async._core.pager import Pager
from cstar_async._core.representation import safe_repr
from cstar_async._core.validation import check_finite, check_plain_function, check_positive, check_wait

from .hub import Handler, Hub, logger
from .live_list import LiveList
from .live_object import LiveObject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import TracebackType
    from typing import Literal, Self

    from cstar_async._core.call import BaseClient
    from cstar_async._core.request import Request

    from .hub import EventSource
    from .stream import EventStream
    from .view import LiveView

T = TypeVar("T")

GROUP = "cstar_async.live"
"""The group of the handler that brings a dispatcher's events."""


class Live:
    """Lists and objects that stay true: `async with cstar.live() as live`. `CStarClient.live` makes it.

    All share one connection. It belongs to the event loop of the client, and ends when the client is closed.
    """

    def __init__(
        self,
        client: BaseClient,
        stream: Callable[[], EventStream[Event[Any]]],
        *,
        source: Literal["auto", "poll"] | EventSource,
        share: float,
        poll: float,
        linger: float,
        kinds: Iterable[str],
    ) -> None:
        """Set up; nothing is sent before the first reader. See `CStarClient.live` for the arguments.

        `kinds` are the event types that this version knows.
        """
        self._kinds = kinds
        if isinstance(share, bool) or not isinstance(share, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"share must be a share of the quota, got {type(share).__name__}")
        if not (0 < share <= 1 or share == float("inf")):
            raise ValueError(f"share must be more than 0 and at most 1, or math.inf for no limit, got {share!r}")
        check_positive("poll", poll)
        check_finite("poll", poll)
        check_wait("linger", linger)
        if isinstance(source, str) and source not in {"auto", "poll"}:
            raise ValueError(f"source must be 'auto', 'poll' or an EventDispatcher, got {source!r}")
        if not isinstance(source, str) and not callable(getattr(source, "on", None)):
            raise TypeError(f"source must be 'auto', 'poll' or an EventDispatcher, got {type(source).__name__}")
        self._hub = Hub(
            requester_of(client), stream if source == "auto" else None, share=share, poll=poll, linger=linger
        )
        if not isinstance(source, str):
            source.on("*", group=GROUP)(self.feed)
            self._hub.is_fed = True
            if callable(on_run := getattr(source, "on_run", None)):
                on_run(self._hub.source_changed)

    def list(self, pager: Pager[T], /) -> LiveList[T]:
        """Return the live list of a pager. Equal requests have one list.

        Raises:
            TypeError: `pager` is not a Pager.
            ValueError: The request has an argument that cannot be sent, or is of a client with another server, key or
                team.
            RuntimeError: The `Live` is closed.
        """
        request = request_of(pager) if isinstance(pager, Call) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if request is None or not isinstance(pager, Pager):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"list() takes a Pager, such as cstar.tickets.list(), got {pager!r}")
        return cast("LiveList[T]", self._view(pager, request, lambda: LiveList(self._hub, pager)))

    def one(self, call: Call[T], /) -> LiveObject[T]:
        """Return the live object of a call that reads. Equal requests have one object.

        Raises:
            TypeError: `call` is not a Call that reads one object.
            ValueError: The request has an argument that cannot be sent, or is of a client with another server, key or
                team.
            RuntimeError: The `Live` is closed.
        """
        request = request_of(call) if isinstance(call, Call) else None  # pyright: ignore[reportUnnecessaryIsInstance]
        if request is None or isinstance(call, Pager) or request.operation.method not in SAFE_METHODS:
            raise TypeError(f"one() takes a call that reads one object, such as cstar.tickets.get(id), got {call!r}")
        return cast("LiveObject[T]", self._view(call, request, lambda: LiveObject(self._hub, call)))

    def _view(self, call: Call[Any], request: Request, make: Callable[[], LiveView[Any]]) -> LiveView[Any]:
        if self._hub.is_closed:
            self._hub.require_open()
        ours, theirs = self._hub.requester, requester_of(call)
        if (ours.base_url, ours.key_identity, ours.team) != (theirs.base_url, theirs.key_identity, theirs.team):
            raise ValueError(
                "this call is of a client with another server, key or team, whose events do not arrive here; "
                "make it with the client of this Live, or make a Live with that client"
            )
        headers = tuple(sorted(request.extra_headers().items()))
        key = (request.operation.id, request.target("team" if request.operation.team else None), headers)
        view = self._hub.views.get(key)
        if view is None:
            view = self._hub.views[key] = make()
        return view

    def on(self, pattern: str, handler: Callable[[Any], object], /) -> Callable[[], None]:
        """Call a function with each event that matches a pattern: `"ticket.created"`, `"ticket.*"` or `"*"`.

        Args:
            pattern: Which events. A type that this version does not know is logged as a warning.
            handler: A function or coroutine function of one argument, the event. Coroutine functions run in tasks,
                several at a time. An exception is logged and given to `on_error`.

        Returns:
            A function that ends this.

        Raises:
            ValueError: The pattern is malformed.
            TypeError: `handler` is not callable.
            RuntimeError: The client or the `Live` is closed, or there is no event loop.
        """
        check_pattern(pattern)
        if not callable(handler):
            raise TypeError(f"handler must be a function of one argument, got {type(handler).__name__}")
        self._hub.require_open()
        if not any(matches(pattern, kind) for kind in self._kinds):  # it may be newer than this version
            hint = suggestion(pattern, self._kinds)
            logger.warning("live: on(%r): this version knows no such event type%s", pattern, hint)
        hub, own = self._hub, Handler(pattern, handler)
        hub.handlers.append(own)
        hub.listen()

        def stop() -> None:
            if own in hub.handlers:
                hub.handlers.remove(own)
                hub.rest()

        return stop

    @property
    def connected(self) -> bool:
        """Whether events arrive."""
        return self._hub.connected

    def on_connection(self, watcher: Callable[[bool], object], /) -> Callable[[], None]:
        """Call `watcher(connected)` whenever `connected` changes. Returns a function that ends this.

        Raises:
            TypeError: `watcher` is not callable, or is a coroutine function.
        """
        return _register("watcher", self._hub.watchers, watcher)

    def on_error(self, handler: Callable[[Exception], object], /) -> Callable[[], None]:
        """Call `handler(error)` for each error of the stream and of functions given to this `Live`.

        Errors of requests are in `state.error`. Returns a function that ends this.

        Raises:
            TypeError: `handler` is not callable, or is a coroutine function.
        """
        return _register("handler", self._hub.error_handlers, handler)

    async def feed(self, event: Event[Any], /) -> None:
        """Take an event that came another way, such as by a webhook. After `close` it is ignored.

        Raises:
            TypeError: `event` is not an Event.
        """
        if not isinstance(event, Event):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"feed() takes an Event, such as a handler is called with, got {type(event).__name__}")
        if not self._hub.is_closed:
            self._hub.receive(event)

    async def close(self) -> None:
        """Close the stream and stop all lists; their iterations end.

        Raises:
            RuntimeError: The client belongs to another event loop.
        """
        await self._hub.close()

    async def __aenter__(self) -> Self:
        if self._hub.is_closed:
            self._hub.require_open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    @safe_repr
    def __repr__(self) -> str:
        state = "closed" if self._hub.is_closed else "connected" if self._hub.connected else "not connected"
        return f"<{type(self).__name__}: {state}, {len(self._hub.views)} lists and objects>"


def hub_of(live: Live) -> Hub:
    """The hub behind a `Live`."""
    return live._hub  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]  # for this package only


def _register(name: str, functions: Any, function: Callable[[Any], object]) -> Callable[[], None]:
    check_plain_function(name, function)
    functions.append(function)

    def stop() -> None:
        if function in functions:
            functions.remove(function)

    return stop
