"""The consequences of a request, in the same transaction: automations run, members are notified."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cstar_async.sandbox.resources import automations, notifications

if TYPE_CHECKING:
    from .context import Context


def react(context: Context) -> None:
    """React to every event of the request, and tell people of those that the rules then cause."""
    caused = replace(context, effects=replace(context.effects, fired=[]))
    for kind, document in context.effects.fired:
        automations.react(caused, kind, document)
    for kind, document in (*context.effects.fired, *caused.effects.fired):
        notifications.react(context, kind, document)
