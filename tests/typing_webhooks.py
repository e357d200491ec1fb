"""Webhooks as type checkers see them. Not run: `mypy --strict` and `pyright` strict read it (`make types`).

An ignore comment marks what must NOT be accepted; both checkers report one that is not needed.
"""

from __future__ import annotations

import email.message
import sqlite3
from typing import Any, assert_type

from aiohttp import web
from starlette.requests import Request as StarletteRequest
from werkzeug.wrappers import Request as WerkzeugRequest

from cstar_async import CStarClient, EventStream
from cstar_async.models import TicketEventData, TicketUpdatedData
from cstar_async.webhooks import (
    DeadLetter,
    Event,
    EventDispatcher,
    EventRouter,
    Pruned,
    Reconciliation,
    Reply,
    Stats,
    TicketCreated,
    TicketUpdated,
    UnknownEvent,
    construct_event,
)

events = EventDispatcher(secrets=["whsec_x"], inbox="memory:")
router = EventRouter()


@events.on("ticket.created")
async def typed(event: TicketCreated) -> None:
    """The handler of a type takes its class."""
    assert_type(event.data, TicketEventData)
    assert_type(event.data.id, str)
    assert_type(event.attempt, int)


@router.on("ticket.updated", group="g", ordered=False, timeout=5)
async def in_a_router(event: TicketUpdated) -> None:
    """A router types like a dispatcher."""
    assert_type(event.data, TicketUpdatedData)


@events.on("ticket.*", group="search-index")
async def by_pattern(event: Event[Any]) -> None:
    """A pattern matches many types, unknown ones too."""


@events.on("customer.*", group="search-index")
async def without_brackets(event: Event) -> None:
    """An event without a type argument is an event of any type."""
    assert_type(event, Event[Any])
    assert_type(event.data, Any)


@events.on("ticket.created", "ticket.closed")
async def several(event: Event[Any]) -> None:
    """A handler of several types takes any event."""


@events.on("ticket.closed")
async def any_event(event: Event[Any]) -> str:
    """A handler may take a more general event, and return anything."""
    return event.id


@events.on_unknown()
async def unknown(event: UnknownEvent) -> None:
    """A handler of unknown events takes an UnknownEvent."""
    assert_type(event.data, dict[str, Any])


@events.on("ticket.created")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
async def of_another_type(event: TicketUpdated) -> None:
    """A handler that takes the class of another type is refused."""


@events.on("ticket.created")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def not_async(event: TicketCreated) -> None:
    """A plain function is refused."""


async def committing(event: TicketCreated) -> None:
    """`commit` returns what the function returns, plain or awaited."""

    def plain(database: sqlite3.Connection) -> int:
        return database.total_changes

    async def awaited(connection: Any) -> str:
        return str(await connection.fetchval("SELECT 1"))

    assert_type(await event.commit(plain), int)
    assert_type(await event.commit(awaited), str)


async def operation_and_streams(cstar: CStarClient) -> None:
    """Operation, reconciliation and streams are typed."""
    assert_type(await events.dead_letters(), list[DeadLetter])
    assert_type(await events.stats(), Stats)
    assert_type(await events.prune(), Pruned)
    assert_type(await events.inbox.dead_letters(), list[DeadLetter])
    assert_type(await events.inbox.stats(), Stats)
    assert_type(await events.reconcile(cstar, enqueue=True), Reconciliation)
    assert_type(construct_event(b"", "", "whsec_x"), Event[Any])
    construct_event("text", "", "whsec_x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    stream = cstar.events.stream(types=["ticket.*"])
    assert_type(stream, EventStream[Event[Any]])
    async for event in stream:
        assert_type(event, Event[Any])


async def receiving(
    aiohttp: web.Request, starlette: StarletteRequest, flask: WerkzeugRequest, message: email.message.Message
) -> None:
    """The headers of every framework, and every kind of bytes, are accepted."""
    assert_type(await events.accept(aiohttp.headers, b""), Reply)
    await events.accept(starlette.headers, bytearray())
    await events.accept(flask.headers, memoryview(b""))
    await events.accept(message, b"")
    await events.accept({"X-Signature": ""}, b"")
    await events.accept([("X-Signature", "")], b"")
    await events.accept([(b"X-Signature", b"")], b"")
    await events.accept(5, b"")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    await events.accept({}, "text")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    construct_event(memoryview(b""), "", ["whsec_x"])
