"""What every webhook event has, whatever its type; the classes of the types are generated."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - typing.get_type_hints looks them up
from collections.abc import Mapping  # noqa: TC003
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, overload

import attrs

from .representation import show_fields

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from typing_extensions import TypeVar as TypeVarWithDefault

    DataT = TypeVarWithDefault("DataT", default=Any)  # `Event` alone is one of any type
else:
    DataT = TypeVar("DataT")  # there are no defaults before Python 3.13
T = TypeVar("T")


class Handling(Protocol):
    """The handling of one event: what `Event.commit` works on."""

    @property
    def event(self) -> Event[Any]:
        """The event that is handled."""
        ...

    async def commit(self, work: Callable[[Any], Any]) -> Any:
        """See `Event.commit`."""
        ...


handling: ContextVar[Handling | None] = ContextVar("cstar_async.handling", default=None)
"""Set in the task that runs a handler. Not a field of the event, which so stays data that can be pickled."""


@attrs.define(slots=True, kw_only=True)
class Event(Generic[DataT]):
    """One webhook event.

    Attributes:
        id: The same on every attempt to deliver it; recognise repeats by it.
        type: What happened: `resource.action`.
        created_at: When it happened.
        team_id: In which team.
        data: About what. Payloads that nest the object under its name are read like flat ones.
        raw: The event as it was sent.
        synthetic: Whether `reconcile` made it up from the audit log, because no delivery of it came.
        attempt: Which attempt of a handler this is, from 1; 0 outside of handlers.

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

    # A coroutine function is a function, too; which of the two is meant, the first that fits says.
    @overload
    async def commit(self, work: Callable[[Any], Coroutine[Any, Any, T]]) -> T: ...
    @overload
    async def commit(self, work: Callable[[Any], T]) -> T: ...
    async def commit(self, work: Callable[[Any], Any]) -> Any:
        """Have the effects of this event and the mark that it is done in one transaction, exactly once.

        `work(connection)` writes to tables of your own in the database of the inbox. On SQLite and in memory it is a
        plain function of a `sqlite3.Connection` and is called on the thread that writes, so it must be short; on
        PostgreSQL it is a coroutine function of an `asyncpg.Connection`. It cannot end the transaction itself.

        Returns what `work` returns. If that raises, nothing has happened and the event is not done. Afterwards the
        event is done, whatever else the handler does. Raises LeaseLostError if another worker has the event by now;
        RuntimeError outside of the event's handler.
        """
        held = handling.get()
        if held is None or held.event is not self:
            raise RuntimeError("commit() works inside the handler of this event, where a dispatcher calls it")
        return await held.commit(work)


@attrs.define(slots=True, kw_only=True, repr=False)
class UnknownEvent(Event[dict[str, Any]]):
    """An event of a type that this version does not know; `data` is the payload as it was sent."""


EventT_co = TypeVar("EventT_co", bound=Event[Any], covariant=True)


class Subscribe(Protocol[EventT_co]):
    """What `on(…)` returns: a decorator for a coroutine function that takes such an event."""

    def __call__(self, handler: Callable[[EventT_co], Awaitable[T]], /) -> Callable[[Any], Awaitable[T]]:
        """Register the handler and give it back as it is."""
        ...
