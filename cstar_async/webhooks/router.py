"""Routers: handlers with their patterns and groups."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from cstar_async._core.validation import check_timeout
from cstar_async._generated.events import Subscribing

from .inbox.records import Group
from .patterns import UNKNOWN, check_pattern, matches, specificity

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cstar_async._core.event import Subscribe, UnknownEvent


T = TypeVar("T")

_MAIN: Final = frozenset({"__main__", "__mp_main__"})
"""The name of the main module, in this process and in those of multiprocessing."""


class Handler(NamedTuple):
    """A coroutine function with the options of its registration."""

    function: Callable[[Any], Awaitable[Any]]
    patterns: tuple[str, ...]
    group: str
    ordered: bool
    timeout: float
    """Seconds."""
    is_named: bool = True
    """Whether the group was given; otherwise it is named after the function, and has no other handler."""


class EventRouter(Subscribing):
    """Collects handlers. A dispatcher is a router too and can include others, so that each module can have its own.

    events = EventRouter()

    @events.on("ticket.created")
    async def triage(event: TicketCreated) -> None: ...
    """

    def __init__(self) -> None:
        self._handlers: dict[str, list[Handler]] = {}

    def _subscribe(
        self, patterns: tuple[str, ...], *, group: str | None, ordered: bool, timeout: float
    ) -> Subscribe[Any]:
        if not patterns:
            raise ValueError("on() needs a type of events: on('ticket.created'), on('ticket.*') or on('*')")
        for pattern in patterns:
            check_pattern(pattern)
        return self._decorator(patterns, group, ordered=ordered, timeout=timeout)

    def on_unknown(
        self, *, group: str | None = None, ordered: bool = True, timeout: float = 60.0
    ) -> Subscribe[UnknownEvent]:
        """Register a coroutine function for events of types that this version of the package does not know.

        Handlers of `*` and of their prefix get them too. The options are those of `on`.
        """
        return self._decorator((UNKNOWN,), group, ordered=ordered, timeout=timeout)

    def include(self, *routers: EventRouter) -> None:
        """Add the current handlers of other routers."""
        for router in routers:
            for handlers in router._handlers.values():  # noqa: SLF001  # an object of this class
                for handler in handlers:
                    self._add(handler)

    def _decorator(
        self, patterns: tuple[str, ...], group: str | None, *, ordered: bool, timeout: float
    ) -> Subscribe[Any]:
        check_timeout(timeout)
        if group is not None and (not group or "\0" in group):
            raise ValueError("group must not be empty or contain a NUL character")

        def decorate(function: Callable[[Any], Awaitable[T]], /) -> Callable[[Any], Awaitable[T]]:
            if not _is_async(function):
                raise TypeError(f"a handler must be a coroutine function (async def), got {function!r}")
            if not _takes_one(function):
                raise TypeError(f"a handler must take one argument, the event; got {function!r}")
            name = group or _name(function)
            self._add(Handler(function, patterns, name, ordered, timeout, group is not None))
            return function

        return decorate

    def _add(self, handler: Handler) -> None:
        for other in self._handlers.get(handler.group, ()):
            if other.function != handler.function and not (other.is_named and handler.is_named):
                raise ValueError(
                    f"two handlers have the name {handler.group!r}, and so the same group; pass a different group= for "
                    "each, or the same group= for both to share it"
                )
            if same := set(other.patterns) & set(handler.patterns):
                raise ValueError(
                    f"group {handler.group!r} already has a handler of {min(same)!r}, and only one handler of a group "
                    "gets an event; pass another group= for one of them"
                )
            if other.ordered != handler.ordered:
                raise ValueError(f"group {handler.group!r} must be either ordered or not; its handlers differ")
        self._handlers.setdefault(handler.group, []).append(handler)

    def find(self, group: str, kind: str, *, known: bool) -> Handler | None:
        """Return the handler of a group for events of a type: the one with the most specific pattern."""
        found: Handler | None = None
        best = -1
        for handler in self._handlers.get(group, ()):
            for pattern in handler.patterns:
                if matches(pattern, kind, known=known) and specificity(pattern) > best:
                    found, best = handler, specificity(pattern)
        if found is None and known:
            # The process that received it was an older version, which did not know the type.
            return self.find(group, kind, known=False)
        return found

    def groups(self) -> list[Group]:
        """Return the groups, as saved in the inbox."""
        return [
            Group(name, tuple(sorted({pattern for each in handlers for pattern in each.patterns})), handlers[0].ordered)
            for name, handlers in self._handlers.items()
        ]


def _is_async(function: object) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(type(function).__call__)


def _takes_one(function: Callable[..., object]) -> bool:
    try:
        inspect.signature(function).bind(None)
    except TypeError:
        return False
    except ValueError:  # it has no signature
        return True
    return True


def _name(function: Any) -> str:
    """Return module and qualified name, which are the same in every process and after a restart."""
    name: object
    if inspect.ismethod(function):
        # For an inherited method, the class of the object rather than the one that defines it.
        owner: Any = function.__self__ if isinstance(function.__self__, type) else type(function.__self__)
        module, name = owner.__module__, f"{owner.__qualname__}.{function.__name__}"
        scope: Any = inspect.unwrap(function.__func__)
    else:
        scope = inspect.unwrap(function)
        module, name = getattr(scope, "__module__", None), getattr(scope, "__qualname__", None)
    # Callable objects and partials have no name of their own.
    if not inspect.isfunction(scope) or not isinstance(name, str) or "<lambda>" in name:
        raise ValueError(f"{function!r} has no name of its own; pass group=")
    return f"{_module(module, name, scope)}:{name}"


def _module(module: object, name: str, function: Any) -> str:
    """Return the name by which the module of a function is imported."""
    if module in _MAIN:
        # Under `python -m worker` the module is called __main__; `__spec__` has its name.
        spec = function.__globals__.get("__spec__")
        module = getattr(spec, "name", None)
        if module in _MAIN or not isinstance(module, str):
            raise ValueError(
                f"the group of {name!r} would be named after __main__, like those of other scripts; pass group=, or "
                "start the program with python -m"
            )
    if not isinstance(module, str) or not module:
        raise ValueError(f"the module of {name!r} has no name; pass group=")
    return module
