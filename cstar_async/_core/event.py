"""The base of all webhook events; the class of each type is generated."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # typing.get_type_hints needs it
from collections.abc import Mapping  # noqa: TC003  # typing.get_type_hints needs it
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

import attrs

from .representation import show_fields

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from typing_extensions import TypeVar as TypeVarWithDefault

    DataT = TypeVarWithDefault("DataT", default=Any)  # a bare `Event` has data of any type
else:
    DataT = TypeVar("DataT")  # typing has no defaults before Python 3.13
T = TypeVar("T")


class Handling(Protocol):
    """The handling of one event; `Event.commit` uses it."""

    @property
    def event(self) -> Event[Any]:
        """The event that is handled."""
        ...

    async def commit(self, work: Callable[[Any], Any]) -> Any:
        """See `Event.commit`."""
        ...


handling: ContextVar[Handling | None] = ContextVar("cstar_async.handling", default=None)
"""Set in the task that runs a handler. It is not a field of the event, so that events can be pickled."""


@attrs.define(slots=True, kw_only=True)
class Event(Generic[DataT]):
    """One webhook event.

    Attributes:
        id: Identifies the event; the same in every delivery of it.
        type: What happened: `resource.action`.
        created_at: When it happened.
        team_id: The team in which it happened.
        data: The object it is about. Payloads that nest the object under its name are read like flat ones.
        raw: The event as it was sent.
        synthetic: Whether `reconcile` made it from the audit log because no delivery of it came.
        attempt: The number of the handler's attempt, from 1; 0 outside of handlers.
    """

    id: str
    type: str
    created_at: dt.datetime
    team_id: str
    data: DataT
    raw: Mapping[str, Any] = attrs.field(repr=False)
    synthetic: bool = False
    attempt: int = attrs.field(default=0, eq=False)

    __repr__ = show_fields

    # The order of the overloads matters: coroutine functions first.
    @overload
    async def commit(self, work: Callable[[Any], Coroutine[Any, Any, T]]) -> T: ...
    @overload
    async def commit(self, work: Callable[[Any], T]) -> T: ...
    async def commit(self, work: Callable[[Any], Any]) -> Any:
        """Write to your own tables and mark the event as done in one transaction, so that both happen exactly once.

        After the commit the event is done, whatever else the handler does.

        Args:
            work: Called with a connection to the inbox's database. On SQLite and in memory it is a plain function that
                takes a `sqlite3.Connection` and must be short, since it runs on the thread that writes; on PostgreSQL
                it is a coroutine function that takes an `asyncpg.Connection`. It must not end the transaction. If it
                raises, the transaction is rolled back and the event is not done.

        Returns:
            The result of `work`.

        Raises:
            LeaseLostError: Another worker has taken the event over.
            RuntimeError: Called outside of the event's handler.
        """
        current = handling.get()
        if current is None or current.event is not self:
            raise RuntimeError("commit() can be used only in the handler of this event, called by a dispatcher")
        return await current.commit(work)


@attrs.define(slots=True, kw_only=True, repr=False)
class UnknownEvent(Event[dict[str, Any]]):
    """An event of a type unknown to this version; `data` is the payload as it was sent."""


EventT_co = TypeVar("EventT_co", bound=Event[Any], covariant=True)


class Subscribe(Protocol[EventT_co]):
    """The type of `on(…)`: a decorator for a coroutine function that takes an event of this type."""

    def __call__(self, handler: Callable[[EventT_co], Awaitable[T]], /) -> Callable[[Any], Awaitable[T]]:
        """Register the handler and return it unchanged."""
        ...
