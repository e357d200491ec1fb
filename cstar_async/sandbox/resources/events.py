"""The list and the stream of events."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from cstar_async._core.event_patterns import matches
from cstar_async.sandbox.service.events import StoredEvent, event_place, events_after
from cstar_async.sandbox.service.pagination import cursor_pagination, decode_cursor
from cstar_async.sandbox.service.results import Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async.sandbox.recording.timeline import Timeline
    from cstar_async.sandbox.service.context import Context, Handler
    from cstar_async.sandbox.storage.database import Database

STREAM = "events.stream"
DEFAULT_LIMIT = 20
BATCH = 200
HEARTBEAT = 15.0
"""Real seconds after which an idle stream sends a comment, so that its client sees that it is open."""


def list_events(context: Context) -> Result:
    """The events of the team, newest first, by cursor."""
    limit: int = context.query.get("limit", DEFAULT_LIMIT)
    patterns: list[str] = context.query.get("types", [])
    before = decode_cursor(context.query.get("cursor"))
    sql = """SELECT place, id, type, body FROM events WHERE team = ? AND (? IS NULL OR place < ?)
             ORDER BY place DESC LIMIT ?"""
    found: list[StoredEvent] = []
    while len(found) <= limit:
        rows = context.store.execute(sql, context.team, before, before, BATCH).fetchall()
        found += [StoredEvent(*row) for row in rows if matches_any(patterns, row[2])]
        if len(rows) < BATCH:
            break
        before = rows[-1][0]
    pagination = cursor_pagination([each.place for each in found], limit)
    return Result([orjson.loads(each.body) for each in found[:limit]], pagination=pagination)


async def stream(
    request: web.Request, context: Context, timeline: Timeline, headers: dict[str, str]
) -> web.StreamResponse:
    """Send events as they happen, or all after `Last-Event-ID`, until the client or the sandbox closes.

    After an unknown id, all stored events are sent: a client can skip an event that it has, not recover a lost one.
    """
    patterns: list[str] = context.query.get("types", [])
    last = request.headers.get("Last-Event-ID")
    place = (
        _latest(context.store, context.team) if last is None else event_place(context.store, context.team, last) or 0
    )
    response = web.StreamResponse(headers=headers | {"Cache-Control": "no-cache"})
    response.content_type = "text/event-stream"
    with contextlib.suppress(ConnectionError):  # the client disconnected, as most streams end
        await response.prepare(request)
        await response.write(b": the stream is open\n\n")
        await _follow(response, context, timeline, patterns, place)
    return response


async def _follow(
    response: web.StreamResponse, context: Context, timeline: Timeline, patterns: Sequence[str], place: int
) -> None:
    """Write the events after a place, then new ones as they happen, until the sandbox closes."""
    while True:
        events = events_after(context.store, context.team, place, BATCH)
        text = b"".join(_frame(each) for each in events if matches_any(patterns, each.type))
        if text:
            await response.write(text)
        if events:
            place = events[-1].place
            continue
        woken = await timeline.wait_for_change(HEARTBEAT)
        if not timeline.open:
            return
        if not woken:
            await response.write(b": keep-alive\n\n")


def _frame(event: StoredEvent) -> bytes:
    return b"id: %s\nevent: %s\ndata: %s\n\n" % (event.id.encode(), event.type.encode(), event.body)


def _latest(store: Database, team: str) -> int:
    row = store.execute("SELECT coalesce(max(place), 0) FROM events WHERE team = ?", team).fetchone()
    return int(row[0])


def matches_any(patterns: Sequence[str], kind: str) -> bool:
    """Whether a type of event matches one of the patterns; without patterns, all types do."""
    return not patterns or any(matches(each, kind) for each in patterns)


HANDLERS: dict[str, Handler] = {"events.list": list_events}
