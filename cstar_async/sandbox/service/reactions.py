"""The reactions to the events of a request, in its transaction: automations and notifications."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cstar_async.sandbox.resources import automations, notifications

if TYPE_CHECKING:
    from .context import Context


def react(context: Context) -> None:
    """Run automations for the events of a request, and send notifications for these and for those of automations."""
    caused = replace(context, effects=replace(context.effects, fired=[]))
    for kind, document in context.effects.fired:
        automations.react(caused, kind, document)
    for kind, document in (*context.effects.fired, *caused.effects.fired):
        notifications.react(context, kind, document)
