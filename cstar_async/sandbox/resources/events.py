"""Events as callers see them: the list, the stream, and made-up ones for tests."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import orjson
from aiohttp import web

from cstar_async.sandbox.naming import camel_case
from cstar_async.sandbox.service.events import (
    WEBHOOKS,
    StoredEvent,
    events_after,
    matches,
    parse_id,
    queue_delivery,
    write_event,
)
from cstar_async.sandbox.service.pagination import cursor_of, decode_cursor
from cstar_async.sandbox.service.results import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.recording.timeline import Timeline
    from cstar_async.sandbox.service.context import Context, Handler
    from cstar_async.sandbox.storage.database import Store

STREAM = "events.stream"
TEST = "webhooks.test"
DEFAULT_TEST_EVENT = "ticket.created"
DEFAULT_LIMIT = 20
BATCH = 200
HEARTBEAT = 15.0
"""Real seconds after which a silent stream says that it is alive."""


def list_events(context: Context) -> Answer:
    """The events of the team, newest first, by cursor."""
    limit: int = context.query.get("limit", DEFAULT_LIMIT)
    patterns: list[str] = context.query.get("types", [])
    before = decode_cursor(context.query.get("cursor"))
    found: list[StoredEvent] = []
    while len(found) <= limit:
        rows = context.store.execute(
            "SELECT place, id, type, body FROM events WHERE team = ? AND (? IS NULL OR place < ?) "
            "ORDER BY place DESC LIMIT ?", context.team, before, before, BATCH,
        ).fetchall()  # fmt: skip
        found += [StoredEvent(*row) for row in rows if chosen(patterns, row[2])]
        if len(rows) < BATCH:
            break
        before = rows[-1][0]
    pagination = cursor_of([each.place for each in found], limit)
    return Answer([orjson.loads(each.body) for each in found[:limit]], pagination=pagination)


def trigger_test(context: Context) -> Answer:
    """A made-up event to every active webhook that wants its type, and to the streams."""
    kind: str = context.body.get("event", DEFAULT_TEST_EVENT)
    sql = "SELECT count(*) FROM deliveries WHERE event = ?"
    event_id = write_event(context, kind, sample(context, kind))
    place = parse_id(context.store, context.team, event_id)
    return Answer({"event": kind, "deliveredTo": context.store.execute(sql, place).fetchone()[0]})


def queue_test(context: Context, webhook: Json) -> int:
    """A made-up event for one webhook alone, whatever it subscribes to; the number of its delivery."""
    kind: str = context.body["event"]
    event_id = write_event(context, kind, sample(context, kind), deliver=False)
    place = parse_id(context.store, context.team, event_id)
    assert place is not None  # noqa: S101 - written just now
    return queue_delivery(context, place, webhook["id"], due=None)


def find_webhook(context: Context) -> Json | None:
    """The webhook that the path names."""
    return context.store.get(context.team, WEBHOOKS, context.path["webhookId"])


def sample(context: Context, kind: str) -> Json:
    """A payload with a plausible value for each field of this type of event."""
    shape = context.contract.event(kind)
    data = {name: _value(context, name, schema) for name, schema in shape.fields.items()}
    return {shape.nested: data} if shape.nested and context.switches.payload == "nested" else data


def _value(context: Context, name: str, schema: Json) -> Any:
    for choice in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        if choice.get("type") != "null":
            schema = context.contract.resolve(choice)
            break
    kinds: str | list[str] = schema.get("type", "")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if kind == "object":
        fields = context.contract.fields(schema)
        return {each: _value(context, each, inner) for each, inner in fields.items()}
    plain = {"integer": 1, "number": 1, "boolean": False, "array": list[Any]()}
    if kind in plain:
        return plain[kind]
    if schema.get("format") == "date-time":
        return context.timestamp
    if name == "id" or name.endswith("_id"):
        return context.store.new_id(context.team, "test_")
    return f"Test {camel_case(name)}"


async def stream(
    request: web.Request, context: Context, timeline: Timeline, headers: dict[str, str]
) -> web.StreamResponse:
    """Server-sent events, from now on or from after `Last-Event-ID`, until one side closes.

    An id that is not known (any more) starts with everything that is kept: better twice than never.
    """
    patterns: list[str] = context.query.get("types", [])
    last = request.headers.get("Last-Event-ID")
    place = _latest(context.store, context.team) if last is None else parse_id(context.store, context.team, last) or 0
    response = web.StreamResponse(headers=headers | {"Cache-Control": "no-cache"})
    response.content_type = "text/event-stream"
    with contextlib.suppress(ConnectionError):  # who listened is gone, which is how most streams end
        await response.prepare(request)
        await response.write(b": the stream is open\n\n")
        await _follow(response, context, timeline, patterns, place)
    return response


async def _follow(
    response: web.StreamResponse, context: Context, timeline: Timeline, patterns: Sequence[str], place: int
) -> None:
    """Write the events after a place, those that come as well, until the sandbox closes."""
    while True:
        events = events_after(context.store, context.team, place, BATCH)
        text = b"".join(_frame(each) for each in events if chosen(patterns, each.type))
        if text:
            await response.write(text)
        if events:
            place = events[-1].place
            continue
        woken = await timeline.changed(HEARTBEAT)
        if not timeline.open:
            return
        if not woken:
            await response.write(b": still here\n\n")


def _frame(event: StoredEvent) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (event.id.encode(), event.type.encode(), event.body)


def _latest(store: Store, team: str) -> int:
    row = store.execute("SELECT coalesce(max(place), 0) FROM events WHERE team = ?", team).fetchone()
    return int(row[0])


def chosen(patterns: Sequence[str], kind: str) -> bool:
    """Whether a list or a stream that was narrowed to these patterns has this type; none of them means all."""
    return not patterns or any(matches(each, kind) for each in patterns)


ASYNCHRONOUS = frozenset({STREAM, TEST})
"""Operations that take longer than a handler may: the application has them carried out itself."""
HANDLERS: dict[str, Handler] = {"events.list": list_events, "webhooks.trigger_test": trigger_test}
