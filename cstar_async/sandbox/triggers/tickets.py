"""Recipes for the events of tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cstar_async.sandbox.resources.offsite import HIGHEST_SCORE, LOWEST_SCORE, submit_survey
from cstar_async.sandbox.service.results import invalid

from .trigger import Recipe

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async.sandbox.contract.document import Json

    from .trigger import Trigger

SURVEY: Final[Json] = {"score": {"type": "integer"}, "comment": {"type": "string"}}


def _on_ticket(operation: str, body: Json) -> Callable[[Trigger], object]:
    return lambda trigger: trigger.change(operation, body, path={"ticketId": trigger.ticket()})


def _created(trigger: Trigger) -> None:
    body: Json = {"title": f"Triggered ticket {trigger.number}", "initialMessage": "Could you have a look?"}
    if not trigger.values.keys() & {"customerId", "customerEmail"}:
        body["customerId"] = trigger.customer()
    trigger.change("tickets.create", body)


def _updated(trigger: Trigger) -> None:
    ticket = trigger.ticket()
    priority = trigger.do("tickets.get", path={"ticketId": ticket})["priority"]
    body = {"priority": "high" if priority != "high" else "urgent"}
    trigger.change("tickets.update", body, instead=True, path={"ticketId": ticket})


def _assigned(trigger: Trigger) -> None:
    ticket = trigger.ticket()
    present = trigger.do("tickets.get", path={"ticketId": ticket})["assignedTo"]
    member = next((each["id"] for each in trigger.members() if present not in {each["id"], each["userId"]}), None)
    trigger.change("tickets.update", {"assignedTo": member}, path={"ticketId": ticket})


def _deleted(trigger: Trigger) -> None:
    trigger.do("tickets.delete", path={"ticketId": trigger.ticket()})


def _survey(trigger: Trigger) -> None:
    score, comment = trigger.values.get("score", HIGHEST_SCORE), trigger.values.get("comment", "Quick and kind.")
    if not (isinstance(score, int) and LOWEST_SCORE <= score <= HIGHEST_SCORE):
        raise invalid(f"The 'score' field must be an integer from {LOWEST_SCORE} to {HIGHEST_SCORE}.", "set.score")
    submit_survey(trigger.context.derive("tickets.get", ticketId=trigger.ticket()), score, comment)


_MESSAGE: Final[Json] = {"content": "Is there any news?", "sender": "customer"}

TICKETS: Final = {
    "ticket.created": Recipe(_created, operation="tickets.create"),
    "ticket.updated": Recipe(_updated, "ticket", "tickets.update"),
    "ticket.closed": Recipe(_on_ticket("tickets.update", {"status": "closed"}), "ticket", "tickets.update"),
    "ticket.message_added": Recipe(
        _on_ticket("tickets.messages.create", _MESSAGE), "ticket", "tickets.messages.create"
    ),
    "ticket.deleted": Recipe(_deleted, "ticket"),
    "ticket.assigned": Recipe(_assigned, "ticket", "tickets.update"),
    "survey.submitted": Recipe(_survey, "ticket", fields=SURVEY),
}
"""By type of event."""
