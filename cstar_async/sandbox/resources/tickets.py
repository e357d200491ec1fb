"""Tickets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cstar_async.sandbox.game.rewards import reward_ticket
from cstar_async.sandbox.service.collection import Collection
from cstar_async.sandbox.service.events import customer_summary, emit
from cstar_async.sandbox.service.results import invalid

from . import sla_rules
from .customers import CUSTOMERS, count_tickets, find_customer
from .roles import check_member

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context
    from cstar_async.sandbox.storage.conditions import Condition

TICKETS = "tickets"
MESSAGES = "tickets/messages"
FIRST_NUMBER = 1000
FINISHED = frozenset({"resolved", "closed"})
OLDEST_FIRST = "place"
DASHBOARD = "https://www.cstar.help"


class Tickets(Collection):
    """Tickets, with their customer, the times of resolving and closing, and their messages."""

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Link the customer, by id or email address; set number, deadlines and times. Raises Problem 400."""
        email = body.get("customerEmail")
        if email is not None and body.get("customerId") is None:
            # cStar does not document whether an unknown address creates a customer; inferred: it does not.
            customer = context.store.by_unique_key(context.team, CUSTOMERS, str(email).casefold())
            document["customerId"] = None if customer is None else customer["id"]
        document["slaPaused"] = False
        document["_number"] = FIRST_NUMBER + context.store.next_number(context.team, TICKETS)
        self._link(context, document)
        check_member(context, document["assignedTo"], "assignedTo")
        sla_rules.set_deadlines(context, document)
        self._set_times(context, document, "new")
        sla_rules.update_ticket(context, {**document, "status": "new", "resolvedAt": None}, document)

    def created(self, context: Context, document: Json, body: Json) -> None:
        """Count the ticket for its customer, and create the message of `initialMessage`."""
        count_tickets(context, document["customerId"], 1)
        if body.get("initialMessage"):
            message = {
                "id": context.store.new_id(context.team, "msg_"),
                "ticketId": document["id"],
                "content": body["initialMessage"],
                "sender": "customer",
                "senderName": document["customerName"] or "Customer",
                "isInternal": False,
                "createdAt": context.timestamp,
            }
            context.store.insert(context.team, MESSAGES, message, owner=document["id"], now=context.now)
            document["messageCount"] = 1
            self.save(context, document)

    def changed(self, context: Context, before: Json, document: Json) -> None:
        """Apply a change of the customer, the assignee, the status or the priority. Raises Problem 400."""
        if document["assignedTo"] != before["assignedTo"]:
            check_member(context, document["assignedTo"], "assignedTo")
        if document["customerId"] != before["customerId"]:
            document["customerName"] = None
            self._link(context, document)
            count_tickets(context, before["customerId"], -1)
            count_tickets(context, document["customerId"], 1)
        self._set_times(context, document, before["status"])
        sla_rules.update_ticket(context, before, document)

    def announce(
        self, context: Context, verb: str, document: Json, *, before: Json | None = None, changes: Json | None = None
    ) -> None:
        """Also fire the events of an assignment and of finishing, and reward the latter in the game."""
        super().announce(context, verb, document, before=before, changes=changes)
        if verb == "deleted":
            return
        extra = self.extra_fields(context, document)
        if document["assignedTo"] and document["assignedTo"] != (before or {}).get("assignedTo"):
            emit(context, "ticket.assigned", document, **extra)
        if document["status"] in FINISHED and (before or {}).get("status") not in FINISHED:
            emit(context, "ticket.closed", document, **extra)
            reward_ticket(context, document)

    def extra_fields(self, context: Context, document: Json) -> Json:
        """The ticket's number and page in the dashboard, and its channel."""
        number = f"CST-{document['_number']}"
        return {"prefixed_id": number, "channel": "api", "dashboard_url": f"{DASHBOARD}/tickets/{number}"}

    def deleted(self, context: Context, document: Json) -> None:
        """Update the customer's count; the store has deleted the messages with the ticket."""
        count_tickets(context, document["customerId"], -1)

    def filter(self, context: Context, name: str, values: Sequence[Any]) -> Condition | None:
        """`expand` is not a filter."""
        return None if name == "expand" else super().filter(context, name, values)

    def show(self, context: Context, document: Json, *, whole: bool = False, fresh: bool = False) -> Json:
        """With the messages when it is fetched by id, and with the customer if `expand` asks for it."""
        shown = super().show(context, document, whole=whole, fresh=fresh)
        shown.pop("customer", None)
        if "customer" in context.query.get("expand", ()):
            shown["customer"] = customer_summary(context, document["customerId"])
        if whole and not fresh:
            shown["messages"] = context.store.select(context.team, MESSAGES, owner=document["id"], order=OLDEST_FIRST)
        return shown

    def _link(self, context: Context, document: Json) -> None:
        if document["customerId"] is None:
            return
        customer = find_customer(context, document["customerId"])
        if customer is None:
            raise invalid("The 'customerId' field names no customer of this team.", "customerId")
        document["customerName"] = customer["name"]

    def _set_times(self, context: Context, document: Json, status_before: str) -> None:
        status = document["status"]
        if status == status_before:
            return
        if status not in FINISHED:
            document["resolvedAt"] = document["closedAt"] = None
            return
        # Closing an unresolved ticket also resolves it: cStar describes both times as the end of a ticket.
        document["resolvedAt"] = document["resolvedAt"] or context.timestamp
        document["closedAt"] = context.timestamp if status == "closed" else None
