"""Endpoints that show what has happened, and send a delivery again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.delivery.worker import STATES
from cstar_async.sandbox.service.events import WEBHOOKS

from . import records
from .deps import ControlContext, Routes, json_response
from .errors import ControlError, not_found
from .params import Field, read_query
from .stream import is_selected, resume_position, stream

if TYPE_CHECKING:
    from aiohttp import web

KINDS = ("request", "change", "event", "attempt", "delivery", "control")
MAX_NUMBER = 10**15
DEFAULT_LIMIT = 50
LARGEST_LIMIT = 500
LIMIT = Field("limit", int, 1, LARGEST_LIMIT)
TEAM = Field("team", str)
TIMELINE_FILTERS = (TEAM, Field("kind", str, choices=KINDS), Field("after", str))
LIST_FIELDS = (TEAM, Field("before", int, 1, MAX_NUMBER), LIMIT)


async def list_timeline(context: ControlContext, request: web.Request) -> web.Response:
    """List the timeline, or the items after an id, oldest first."""
    query = read_query(request, (*TIMELINE_FILTERS, LIMIT))
    timeline = context.application.timeline
    number, _ = resume_position(timeline, query.get("after", ""))
    kept = timeline.since(number)
    items = [each for each in kept if is_selected(each, team=query.get("team"), kind=query.get("kind"))]
    items = items[: query.get("limit", LARGEST_LIMIT)]
    last = items[-1]["number"] if items else timeline.last
    return json_response({"items": items, "last": f"{timeline.run}-{last}"})


async def stream_timeline(context: ControlContext, request: web.Request) -> web.StreamResponse:
    """Send new items of the timeline as server-sent events."""
    query = read_query(request, TIMELINE_FILTERS)
    timeline = context.application.timeline
    return await stream(request, timeline, query.get("after"), team=query.get("team"), kind=query.get("kind"))


async def list_events(context: ControlContext, request: web.Request) -> web.Response:
    """List events with their payloads, newest first."""
    query = read_query(request, LIST_FIELDS)
    found = records.events(
        context.store, team=query.get("team"), before=query.get("before"), limit=query.get("limit", DEFAULT_LIMIT)
    )
    return json_response({"events": found})


async def show_event(context: ControlContext, request: web.Request) -> web.Response:
    """Show one event with its deliveries and their attempts."""
    event_id = request.match_info["event"]
    found = records.events(context.store, event_id=event_id)
    if not found:
        raise not_found("event")
    deliveries = records.deliveries(context.store, event=event_id, limit=LARGEST_LIMIT)
    return json_response(found[0] | {"deliveries": deliveries[::-1]})


async def list_deliveries(context: ControlContext, request: web.Request) -> web.Response:
    """List deliveries with their attempts, newest first."""
    query = read_query(request, (*LIST_FIELDS, Field("event", str), Field("state", str, choices=STATES)))
    query.setdefault("limit", DEFAULT_LIMIT)
    found = records.deliveries(context.store, **query)
    return json_response({"deliveries": found})


async def show_delivery(context: ControlContext, request: web.Request) -> web.Response:
    """Show one delivery with its attempts."""
    found = records.deliveries(context.store, number=int(request.match_info["number"]))
    if not found:
        raise not_found("delivery")
    return json_response(found[0])


async def resend(context: ControlContext, request: web.Request) -> web.Response:
    """Deliver again now. Refused if the webhook is paused or deleted, or while an attempt is running."""
    number = int(request.match_info["number"])
    found = records.deliveries(context.store, number=number)
    if not found:
        raise not_found("delivery")
    webhook = context.store.get(found[0]["team"], WEBHOOKS, found[0]["webhook"])
    if webhook is None:
        raise ControlError(409, "The webhook of this delivery was deleted.")
    if not webhook["isActive"]:
        raise ControlError(409, "The webhook of this delivery is paused.")
    deliveries = context.application.deliveries
    if deliveries.is_in_flight(number):
        raise ControlError(409, "An attempt of this delivery is running; try again when it has ended.")
    deliveries.resend(number)
    context.note("delivery.resent", found[0]["team"], delivery=number, type=found[0]["type"], url=found[0]["url"])
    return json_response(records.deliveries(context.store, number=number)[0], 202)


async def list_requests(context: ControlContext, request: web.Request) -> web.Response:
    """List requests to the API without their content, newest first."""
    query = read_query(request, LIST_FIELDS)
    found = [
        records.request(each)
        for each in reversed(context.application.requests)
        if query.get("team") in {None, each.team} and each.number < query.get("before", MAX_NUMBER)
    ]
    return json_response({"requests": found[: query.get("limit", DEFAULT_LIMIT)]})


async def show_request(context: ControlContext, request: web.Request) -> web.Response:
    """Show one request and its answer, with headers and bodies while these are kept."""
    number = int(request.match_info["number"])
    record = next((each for each in reversed(context.application.requests) if each.number == number), None)
    kept = context.application.exchanges.get(number)
    if record is None and kept is None:
        raise ControlError(404, "There is no such request, or it is no longer kept.")
    sent, answered = (None, None) if kept is None else (each.show() for each in kept)
    summary = {} if record is None else records.request(record)
    return json_response({"number": number, **summary, "request": sent, "answer": answered})


ROUTES: Routes = {
    ("GET", "/timeline"): list_timeline,
    ("GET", "/timeline/stream"): stream_timeline,
    ("GET", "/events"): list_events,
    ("GET", "/events/{event}"): show_event,
    ("GET", "/deliveries"): list_deliveries,
    ("GET", "/deliveries/{number:[0-9]{1,15}}"): show_delivery,
    ("POST", "/deliveries/{number:[0-9]{1,15}}/resend"): resend,
    ("GET", "/requests"): list_requests,
    ("GET", "/requests/{number:[0-9]{1,15}}"): show_request,
}
