"""The timeline as server-sent events, which resume after a lost connection."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.recording.timeline import Timeline

HEARTBEAT = 15.0
"""Real seconds without an item after which the stream sends a comment, to keep the connection alive."""
BATCH = 200
"""Items in one write."""
RETRY = b"retry: 500\n\n"
"""Milliseconds after which a browser reconnects."""


def resume_position(timeline: Timeline, event_id: str) -> tuple[int, bytes]:
    """Return the item number of an event id (`3f2a91bc-17`), and a notice for the client if items are missing.

    An id of another run of the sandbox, or an invalid one, means the oldest item that is kept.
    """
    run, _, number = event_id.rpartition("-")
    if run != timeline.run or not number.isascii() or not number.isdigit() or len(number) > 15:
        return 0, sse_frame("restart", {"run": timeline.run}) if run else b""
    missed = timeline.first - 1 - int(number)
    return int(number), sse_frame("gap", {"missed": missed}) if missed > 0 else b""


def is_selected(item: Json, *, team: str | None, kind: str | None) -> bool:
    """Whether an item passes the filters. One without a team passes for every team."""
    return item["team"] in {"", team or item["team"]} and kind in {None, item["kind"]}


def sse_frame(event: str, data: Json, event_id: str = "") -> bytes:
    """Encode a server-sent event, with a name or an id."""
    head = f"id: {event_id}\n" if event_id else f"event: {event}\n"
    return head.encode() + b"data: " + orjson.dumps(data) + b"\n\n"


async def stream(
    request: web.Request, timeline: Timeline, after: str | None, *, team: str | None, kind: str | None
) -> web.StreamResponse:
    """Send items until one side closes: those after `Last-Event-ID`, else after the id `after`, else new ones only."""
    last = request.headers.get("Last-Event-ID", after)
    number, notice = (timeline.last, b"") if last is None else resume_position(timeline, last)
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    with contextlib.suppress(ConnectionError):  # the client disconnected
        await response.prepare(request)
        await response.write(b": the stream is open\n" + RETRY + notice)
        while timeline.open:
            items = timeline.since(number)[:BATCH]
            if items:
                number = items[-1]["number"]
                selected = [each for each in items if is_selected(each, team=team, kind=kind)]
                frames = [sse_frame("", each, f"{timeline.run}-{each['number']}") for each in selected]
                await response.write(b"".join(frames))
                continue
            await timeline.wait_for_change(HEARTBEAT)
            if timeline.last == number and timeline.open:
                await response.write(b": still here\n\n")
    return response
