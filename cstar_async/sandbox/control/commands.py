"""Endpoints that change what the sandbox does: teams, clock, faults, switches, quota."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.clock import LATEST, iso_time
from cstar_async.sandbox.demo.generator import make_team, reset_team
from cstar_async.sandbox.faults.fault import RuleError
from cstar_async.sandbox.http.rate_limit import LIMITS
from cstar_async.sandbox.naming import camel_case, snake_from_camel
from cstar_async.sandbox.service.identity import KEY_SHOWN, Caller
from cstar_async.sandbox.switches import switch_choices

from . import records
from .deps import Parts, Routes, answer
from .errors import Refusal, not_there
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


async def list_teams(parts: Parts, request: web.Request) -> web.Response:
    """All teams with their keys."""
    return answer({"teams": records.teams(parts.store)})


async def create_team(parts: Parts, request: web.Request) -> web.Response:
    """A new team, with demo data if asked for."""
    body = await read_body(request, TEAM)
    keys = make_team(
        parts.application.execution, parts.store, body.get("name"), parts.clock.time(), demo=body.get("demo", False)
    )
    parts.note("team.created", keys.id, name=keys.name)
    return answer(records.teams(parts.store, keys.id)[0], 201)


async def reset(parts: Parts, request: web.Request) -> web.Response:
    """Take everything from a team but its name and its keys; then demo data, if asked for."""
    team = request.match_info["team"]
    body = await read_body(request, RESET)
    if not records.teams(parts.store, team):
        raise not_there("team")
    reset_team(parts.application.execution, parts.store, team, parts.clock.time(), demo=body.get("demo", False))
    parts.note("team.reset", team)
    return answer(records.teams(parts.store, team)[0])


async def show_clock(parts: Parts, request: web.Request) -> web.Response:
    """The time, and when the next delivery is due."""
    return answer(_clock(parts))


async def advance(parts: Parts, request: web.Request) -> web.Response:
    """Move the clock forward; with `settle`, answer when everything that became due has had its attempt."""
    body = await read_body(request, ADVANCE)
    step = {unit: body[unit] for unit in UNITS if unit in body}
    seconds = sum(value * UNITS[unit] for unit, value in step.items())
    if not seconds and not body.get("settle"):
        raise Refusal(400, f"Say how far: {', '.join(UNITS)}.", "seconds")
    if parts.clock.time() + seconds > LATEST:
        raise Refusal(400, "The clock does not go that far.", next(iter(step)))
    if seconds:
        parts.clock.advance(seconds=seconds)
        parts.note("clock.advanced", **step)
    if body.get("settle"):
        await parts.application.deliveries.settled()
    return answer(_clock(parts))


def _clock(parts: Parts) -> Json:
    due = parts.store.execute("SELECT min(due) FROM deliveries WHERE due IS NOT NULL").fetchone()[0]
    now = parts.clock.time()
    running = parts.clock.running
    return {"time": iso_time(now), "running": running, "nextDelivery": None if due is None else iso_time(due)}


async def list_faults(parts: Parts, request: web.Request) -> web.Response:
    """The rules that are not spent."""
    faults = parts.application.faults
    return answer({
        "requests": [_fault(each) for each in faults.requests],
        "deliveries": [_fault(each) for each in faults.deliveries],
    })  # fmt: skip


async def add_request_fault(parts: Parts, request: web.Request) -> web.Response:
    """A rule about requests."""
    body = await read_body(request, REQUEST_FAULT)
    return _added(parts, parts.application.faults.add, body)


async def add_delivery_fault(parts: Parts, request: web.Request) -> web.Response:
    """A rule about deliveries."""
    body = await read_body(request, DELIVERY_FAULT)
    return _added(parts, parts.application.faults.add_delivery, body)


def _added(parts: Parts, add: Any, body: Json) -> web.Response:
    try:
        rule = add(**{snake_from_camel(name): value for name, value in body.items()})
    except RuleError as error:
        words = str(error)
        raise Refusal(400, f"{words[:1].upper()}{words[1:]}.", camel_case(error.field)) from None
    parts.note("fault.added", **body)
    return answer(_fault(rule), 201)


def _fault(rule: Fault | DeliveryFault) -> Json:
    return {camel_case(name): value for name, value in asdict(rule).items() if not name.startswith("_")}


async def clear_faults(parts: Parts, request: web.Request) -> web.Response:
    """Drop all rules."""
    parts.application.faults.clear()
    parts.note("faults.cleared")
    return answer({"requests": [], "deliveries": []})


async def remove_fault(parts: Parts, request: web.Request) -> web.Response:
    """Drop one rule."""
    number = int(request.match_info["number"])
    if not parts.application.faults.remove(number):
        raise not_there("fault")
    parts.note("fault.removed", number=number)
    return answer({"removed": number})


async def show_switches(parts: Parts, request: web.Request) -> web.Response:
    """Each switch and what it may be."""
    return answer(_switches(parts))


async def set_switches(parts: Parts, request: web.Request) -> web.Response:
    """Set some of the switches; from now on."""
    fields = [Field(name, str, choices=choices) for name, choices in switch_choices().items()]
    body = await read_body(request, fields)
    for name, value in body.items():
        setattr(parts.switches, name, value)
    parts.note("switches.set", **body)
    return answer(_switches(parts))


def _switches(parts: Parts) -> Json:
    choices = {name: list(words) for name, words in switch_choices().items()}
    return {**asdict(parts.switches), "choices": choices}


async def show_quota(parts: Parts, request: web.Request) -> web.Response:
    """Whether the quota is enforced, and what each key has used of this hour."""
    return answer(_quota(parts))


async def set_quota(parts: Parts, request: web.Request) -> web.Response:
    """Enforce the quota, or do not."""
    body = await read_body(request, QUOTA)
    parts.application.quota.enforced = body["enforced"]
    parts.note("quota.set", **body)
    return answer(_quota(parts))


def _quota(parts: Parts) -> Json:
    now, quota = parts.clock.time(), parts.application.quota
    keys: list[Json] = []
    for row in parts.store.execute("SELECT key, type, environment, team, '', '' FROM keys ORDER BY rowid"):
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
