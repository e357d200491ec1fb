"""Endpoints that change what the sandbox does: teams, clock, faults, switches, quota."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.clock import LATEST, iso_time
from cstar_async.sandbox.demo.generator import make_team, reset_team
from cstar_async.sandbox.faults.fault import RuleError
from cstar_async.sandbox.http.rate_limit import LIMITS
from cstar_async.sandbox.naming import camel_case, snake_from_camel
from cstar_async.sandbox.service.identity import Caller
from cstar_async.sandbox.storage.database import KEY_SHOWN
from cstar_async.sandbox.switches import switch_choices

from . import records
from .deps import ControlContext, Routes, json_response
from .errors import ControlError, not_found
from .params import Field, read_body

if TYPE_CHECKING:
    from aiohttp import web

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.faults.fault import DeliveryFault, Fault

LONGEST_STEP = 366 * 86_400.0
UNITS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
TEAM = (Field("name", str), Field("demo", bool))
RESET = (Field("demo", bool),)
ADVANCE = (*(Field(unit, float, 0, LONGEST_STEP / seconds) for unit, seconds in UNITS.items()), Field("settle", bool))
MOST_TIMES = 1_000_000
LONGEST_DELAY = 600.0
LEAST_PROBABILITY = 1e-6
SCOPE = (
    Field("team", str),
    Field("times", int, 1, MOST_TIMES, nullable=True),
    Field("probability", float, LEAST_PROBABILITY, 1),
)
REQUEST_FAULT = (
    *SCOPE,
    Field("method", str, choices=("GET", "POST", "PATCH", "PUT", "DELETE")),
    Field("path", str),
    Field("status", int, 400, 599),
    Field("delay", float, 0, LONGEST_DELAY),
    Field("retryAfter", int, 0, 86_400),
    Field("reset", bool),
    Field("truncate", bool),
    Field("hang", bool),
    Field("malformed", bool),
    Field("contentType", str),
)
DELIVERY_FAULT = (
    *SCOPE,
    Field("event", str),
    Field("webhook", str),
    Field("drop", bool),
    Field("duplicate", bool),
    Field("reorder", bool),
    Field("badSignature", bool),
    Field("delay", float, 0, LONGEST_STEP),
)
QUOTA = (Field("enforced", bool, required=True),)


async def list_teams(context: ControlContext, request: web.Request) -> web.Response:
    """List all teams with their keys."""
    return json_response({"teams": records.teams(context.store)})


async def create_team(context: ControlContext, request: web.Request) -> web.Response:
    """Create a team, with demo data on request."""
    body = await read_body(request, TEAM)
    keys = make_team(
        context.application.execution,
        context.store,
        body.get("name"),
        context.clock.time(),
        demo=body.get("demo", False),
    )
    context.note("team.created", keys.id, name=keys.name)
    return json_response(records.teams(context.store, keys.id)[0], 201)


async def reset(context: ControlContext, request: web.Request) -> web.Response:
    """Remove everything of a team except its name and keys; then add demo data on request."""
    team = request.match_info["team"]
    body = await read_body(request, RESET)
    if not records.teams(context.store, team):
        raise not_found("team")
    reset_team(context.application.execution, context.store, team, context.clock.time(), demo=body.get("demo", False))
    context.note("team.reset", team)
    return json_response(records.teams(context.store, team)[0])


async def show_clock(context: ControlContext, request: web.Request) -> web.Response:
    """Show the time, and when the next delivery is due."""
    return json_response(_clock_state(context))


async def advance(context: ControlContext, request: web.Request) -> web.Response:
    """Move the clock forward; with `settle`, answer once every delivery that became due has been attempted."""
    body = await read_body(request, ADVANCE)
    step = {unit: body[unit] for unit in UNITS if unit in body}
    seconds = sum(value * UNITS[unit] for unit, value in step.items())
    if not seconds and not body.get("settle"):
        raise ControlError(400, f"Give at least one of: {', '.join(UNITS)}.", "seconds")
    if context.clock.time() + seconds > LATEST:
        raise ControlError(400, "The clock cannot move beyond the year 9000.", next(iter(step)))
    if seconds:
        context.clock.advance(seconds=seconds)
        context.note("clock.advanced", **step)
    if body.get("settle"):
        await context.application.deliveries.settled()
    return json_response(_clock_state(context))


def _clock_state(context: ControlContext) -> Json:
    due = context.store.execute("SELECT min(due) FROM deliveries WHERE due IS NOT NULL").fetchone()[0]
    now = context.clock.time()
    running = context.clock.running
    return {"time": iso_time(now), "running": running, "nextDelivery": None if due is None else iso_time(due)}


async def list_faults(context: ControlContext, request: web.Request) -> web.Response:
    """List the active rules."""
    faults = context.application.faults
    requests = [_fault_state(each) for each in faults.requests]
    deliveries = [_fault_state(each) for each in faults.deliveries]
    return json_response({"requests": requests, "deliveries": deliveries})


async def add_request_fault(context: ControlContext, request: web.Request) -> web.Response:
    """Add a rule about requests."""
    body = await read_body(request, REQUEST_FAULT)
    return _add_fault(context, context.application.faults.add, body)


async def add_delivery_fault(context: ControlContext, request: web.Request) -> web.Response:
    """Add a rule about deliveries."""
    body = await read_body(request, DELIVERY_FAULT)
    return _add_fault(context, context.application.faults.add_delivery, body)


def _add_fault(context: ControlContext, add: Any, body: Json) -> web.Response:
    try:
        rule = add(**{snake_from_camel(name): value for name, value in body.items()})
    except RuleError as error:
        message = str(error)
        raise ControlError(400, f"{message[:1].upper()}{message[1:]}.", camel_case(error.field)) from None
    context.note("fault.added", **body)
    return json_response(_fault_state(rule), 201)


def _fault_state(rule: Fault | DeliveryFault) -> Json:
    return {camel_case(name): value for name, value in asdict(rule).items() if not name.startswith("_")}


async def clear_faults(context: ControlContext, request: web.Request) -> web.Response:
    """Remove all rules."""
    context.application.faults.clear()
    context.note("faults.cleared")
    return json_response({"requests": [], "deliveries": []})


async def remove_fault(context: ControlContext, request: web.Request) -> web.Response:
    """Remove one rule."""
    number = int(request.match_info["number"])
    if not context.application.faults.remove(number):
        raise not_found("fault")
    context.note("fault.removed", number=number)
    return json_response({"removed": number})


async def show_switches(context: ControlContext, request: web.Request) -> web.Response:
    """Show each switch with its value and choices."""
    return json_response(_switch_state(context))


async def set_switches(context: ControlContext, request: web.Request) -> web.Response:
    """Set some of the switches, from the next request on."""
    fields = [Field(name, str, choices=choices) for name, choices in switch_choices().items()]
    body = await read_body(request, fields)
    for name, value in body.items():
        setattr(context.switches, name, value)
    context.note("switches.set", **body)
    return json_response(_switch_state(context))


def _switch_state(context: ControlContext) -> Json:
    choices = {name: list(values) for name, values in switch_choices().items()}
    return {**asdict(context.switches), "choices": choices}


async def show_quota(context: ControlContext, request: web.Request) -> web.Response:
    """Show whether the quota is enforced, and how many requests each key has sent this hour."""
    return json_response(_quota_state(context))


async def set_quota(context: ControlContext, request: web.Request) -> web.Response:
    """Turn enforcement of the quota on or off."""
    body = await read_body(request, QUOTA)
    context.application.rate_limiter.enforced = body["enforced"]
    context.note("quota.set", **body)
    return json_response(_quota_state(context))


def _quota_state(context: ControlContext) -> Json:
    now, quota = context.clock.time(), context.application.rate_limiter
    keys: list[Json] = []
    for row in context.store.execute("SELECT key, type, environment, team, '', '' FROM keys ORDER BY rowid"):
        caller = Caller(*row)
        if used := quota.used(caller, now):
            prefix, limit = caller.key[:KEY_SHOWN], LIMITS[caller.key_type]
            keys.append({"team": caller.team_id, "prefix": prefix, "used": used, "limit": limit})
    return {"enforced": quota.enforced, "keys": keys}


ROUTES: Routes = {
    ("GET", "/teams"): list_teams,
    ("POST", "/teams"): create_team,
    ("POST", "/teams/{team}/reset"): reset,
    ("GET", "/clock"): show_clock,
    ("POST", "/clock/advance"): advance,
    ("GET", "/faults"): list_faults,
    ("POST", "/faults/requests"): add_request_fault,
    ("POST", "/faults/deliveries"): add_delivery_fault,
    ("DELETE", "/faults"): clear_faults,
    ("DELETE", "/faults/{number:[0-9]{1,15}}"): remove_fault,
    ("GET", "/switches"): show_switches,
    ("PATCH", "/switches"): set_switches,
    ("GET", "/quota"): show_quota,
    ("PATCH", "/quota"): set_quota,
}
