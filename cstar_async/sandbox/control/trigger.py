"""Endpoints that make events happen."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cstar_async.sandbox.contract.document import load_contract
from cstar_async.sandbox.service.results import Problem
from cstar_async.sandbox.triggers import RECIPES, fields_of, happen, unknown_event

from . import records
from .deps import ControlContext, Routes, json_response
from .errors import ControlError
from .params import Field, read_body

if TYPE_CHECKING:
    from aiohttp import web

    from cstar_async.sandbox.contract.document import Json

MOST_TIMES = 100
TRIGGER = (
    Field("event", str, required=True),
    Field("on", str),
    Field("set", dict),
    Field("times", int, 1, MOST_TIMES),
    Field("team", str),
)


async def list_recipes(context: ControlContext, request: web.Request) -> web.Response:
    """The types of events, with what each can happen to and which fields can be set."""
    contract = load_contract()
    shown = [
        {"event": kind, "on": recipe.on or None, "fields": list(fields_of(contract, kind))}
        for kind, recipe in RECIPES.items()
    ]
    return json_response({"events": shown})


async def trigger(context: ControlContext, request: web.Request) -> web.Response:
    """Make the change that causes an event, once or several times, each in a transaction of its own."""
    body = await read_body(request, TRIGGER)
    kind = body["event"]
    try:
        if kind not in RECIPES:
            raise unknown_event(kind)
        team = body.get("team") or records.teams(context.store)[0]["id"]
        handler = partial(happen, kind=kind, on=body.get("on"), values=body.get("set", {}))
        made: list[Json] = []
        failed: list[Problem] = []
        for _ in range(body.get("times", 1)):
            try:
                made.append(context.application.perform(team, handler, "settings.get"))
            except Problem as problem:
                failed.append(problem)
        if not made:
            raise failed[0]
    except Problem as problem:
        raise ControlError(problem.status, _sentence(problem), problem.param) from None
    errors = [{"status": each.status, "message": _sentence(each), "field": each.param} for each in failed]
    return json_response({"event": kind, "team": team, "made": made, "failed": errors}, 201)


def _sentence(problem: Problem) -> str:
    return problem.message if problem.message.endswith(".") else f"{problem.message}."


ROUTES: Routes = {
    ("GET", "/trigger"): list_recipes,
    ("POST", "/trigger"): trigger,
}
