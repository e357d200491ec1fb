"""Recipes for events: for each type the change that causes it, made through the handlers of requests.

What a change needs and nobody named (a ticket to close, a customer, a boss to hit) is made first, with its own events,
so that nothing that the team already has is changed or deleted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from cstar_async.sandbox.service.results import Problem, Result, invalid
from cstar_async.webhooks.patterns import suggestion

from .community import COMMUNITY
from .game import GAME
from .objects import OBJECTS
from .tickets import TICKETS
from .trigger import Trigger
from .values import read_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async.sandbox.contract.document import Contract, Json
    from cstar_async.sandbox.service.context import Context

    from .trigger import Recipe

RECIPES: Final[dict[str, Recipe]] = {**TICKETS, **OBJECTS, **GAME, **COMMUNITY}
"""By type of event."""


def happen(context: Context, kind: str, on: str | None, values: Mapping[str, Any]) -> Result:
    """Make an event happen, as a handler. Raises Problem: the object is unknown, or the event cannot happen now."""
    recipe = RECIPES[kind]
    if on is not None and not recipe.on:
        raise invalid(f"{kind} happens to nothing that is there before it: leave out 'on'.", "on")
    trigger = Trigger(context, kind, on, read_values(context.contract, kind, fields_of(context.contract, kind), values))
    recipe.make(trigger)
    events = [event for name, event in context.effects.trace if name == "event"]
    made = next((event for event in events if event["type"] == kind), None)
    if made is None:
        target = f" for {on}" if on else ""
        message = f"It did not cause {kind}{target}: nothing has changed, or this has happened already"
        raise Problem(409, "invalid_request_error", "resource_conflict", message)
    others = [event["type"] for event in events if event is not made]
    return Result({"id": made["id"], "type": kind, "requestId": context.request_id, "others": others})


def fields_of(contract: Contract, kind: str) -> Mapping[str, Json]:
    """The fields that can be set for an event, with their schemas."""
    recipe = RECIPES[kind]
    if recipe.fields is not None:
        return recipe.fields
    return contract.properties(contract.operations[recipe.operation].body) if recipe.operation else {}


def unknown_event(kind: str) -> Problem:
    """400: there is no such type of event."""
    return invalid(f"There is no event '{kind}'{suggestion(kind, RECIPES)}.", "event")
