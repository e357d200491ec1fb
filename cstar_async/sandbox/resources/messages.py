"""The messages of a ticket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.collection import Collection
from cstar_async.sandbox.service.events import audit, customer_summary, emit

from . import sla_rules
from .tickets import OLDEST_FIRST, TICKETS

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context


class Messages(Collection):
    """The thread of a ticket, oldest message first."""

    order = OLDEST_FIRST

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Name the sender if the caller does not. cStar does not document the name that it uses; inferred."""
        document["senderName"] = body.get("senderName") or str(document["sender"]).capitalize()

    def created(self, context: Context, document: Json, body: Json) -> None:
        """Count the message on its ticket. An agent's first message that is not internal is the first response."""
        ticket = context.store.get(context.team, TICKETS, document["ticketId"])
        assert ticket is not None  # owner() has found it in this transaction
        ticket["messageCount"] += 1
        ticket["updatedAt"] = context.timestamp
        if document["sender"] == "agent" and not document["isInternal"] and ticket["firstResponseAt"] is None:
            ticket["firstResponseAt"] = context.timestamp
            sla_rules.rate_response(ticket)
        context.store.update(context.team, TICKETS, ticket, now=context.now)

    def announce(
        self, context: Context, verb: str, document: Json, *, before: Json | None = None, changes: Json | None = None
    ) -> None:
        """Fire the ticket's event of a new message: messages are neither changed nor deleted."""
        del verb, before, changes
        ticket = context.store.get(context.team, TICKETS, document["ticketId"]) or {}
        audit(context, "ticket.message_added", "message", document["id"], {"ticketId": document["ticketId"]})
        customer = customer_summary(context, ticket.get("customerId"))
        emit(context, "ticket.message_added", document, customer=customer)
