"""The timeline over HTTP: as a list, and as server-sent events that resume after a lost connection."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.recording.timeline import Timeline

HEARTBEAT = 15.0
"""Real seconds of silence after which the stream sends a keep-alive."""
BATCH = 200
RETRY = b"retry: 500\n\n"
"""Milliseconds after which a browser tries again."""


def position(timeline: Timeline, text: str) -> tuple[int, bytes]:
    """The number that an id of the stream (`3f2a91bc-17`) stands for, and what its owner has to be told first.

    An id of another run of the sandbox, or anything else, means the beginning of what is kept.
    """
    run, _, number = text.rpartition("-")
    if run != timeline.run or not number.isascii() or not number.isdigit() or len(number) > 15:
        return 0, frame("restart", {"run": timeline.run}) if run else b""
    missed = timeline.first - 1 - int(number)
    return int(number), frame("gap", {"missed": missed}) if missed > 0 else b""


def chosen(item: Json, *, team: str | None, kind: str | None) -> bool:
    """Whether an item belongs to a narrowed timeline. An item without a team belongs to every one."""
    return item["team"] in {"", team or item["team"]} and kind in {None, item["kind"]}


def frame(event: str, data: Json, event_id: str = "") -> bytes:
    """One server-sent event."""
    head = f"id: {event_id}\n" if event_id else f"event: {event}\n"
    return head.encode() + b"data: " + orjson.dumps(data) + b"\n\n"


async def stream(
    request: web.Request, timeline: Timeline, after: str | None, *, team: str | None, kind: str | None
) -> web.StreamResponse:
    """Items as they come, after `Last-Event-ID`, else after the id `after`, else from now on; until one side closes."""
    last = request.headers.get("Last-Event-ID", after)
    number, notice = (timeline.last, b"") if last is None else position(timeline, last)
    response = web.StreamResponse(headers={"X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    with contextlib.suppress(ConnectionError):  # the page was closed
        await response.prepare(request)
        await response.write(b": the stream is open\n" + RETRY + notice)
        while timeline.open:
            items = timeline.since(number)[:BATCH]
            if items:
                number = items[-1]["number"]
                shown = [each for each in items if chosen(each, team=team, kind=kind)]
                await response.write(b"".join(frame("", each, f"{timeline.run}-{each['number']}") for each in shown))
                continue
            await timeline.wait_for_change(HEARTBEAT)
            if timeline.last == number and timeline.open:
                await response.write(b": still here\n\n")
    return response
