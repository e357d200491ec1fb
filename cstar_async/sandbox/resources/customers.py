"""Customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.collection import Collection
from cstar_async.sandbox.storage.conditions import Condition

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context

CUSTOMERS = "customers"
GROUPS = "customer-groups"
TICKETS = "tickets"
RECENT_TICKETS = 5
UNFINISHED = ("new", "open", "pending")


class Customers(Collection):
    """Customers: one per email address, each with a summary of their tickets."""

    unique = "email"

    def unique_key(self, document: Json) -> str:
        """Addresses that differ in case only are the same."""
        return str(document["email"]).casefold()

    def changed(self, context: Context, before: Json, document: Json) -> None:
        """Copy a new name to the customer's tickets."""
        if document["name"] != before["name"]:
            for ticket in _tickets(context, document["id"]):
                ticket["customerName"] = document["name"]
                context.store.update(context.team, TICKETS, ticket, now=context.now)

    def deleted(self, context: Context, document: Json) -> None:
        """Take the customer off its tickets and out of its groups."""
        for ticket in _tickets(context, document["id"]):
            ticket["customerId"] = None
            context.store.update(context.team, TICKETS, ticket, now=context.now)
        for group in context.store.select(context.team, GROUPS, [Condition.contains("_members", [document["id"]])]):
            group["_members"].remove(document["id"])
            save_group(context, group)

    def show(self, context: Context, document: Json, *, whole: bool = False, fresh: bool = False) -> Json:
        """With the ticket history when it is fetched by id."""
        shown = super().show(context, document, whole=whole, fresh=fresh)
        if whole and not fresh:
            tickets = _tickets(context, document["id"])
            recent = [{name: each[name] for name in ("id", "title", "status", "createdAt")} for each in tickets]
            unfinished = sum(ticket["status"] in UNFINISHED for ticket in tickets)
            shown["recentTickets"] = recent[:RECENT_TICKETS]
            summary = {"total": len(tickets), "open": unfinished, "resolved": len(tickets) - unfinished}
            shown["ticketSummary"] = summary
        return shown


def find_customer(context: Context, customer_id: str | None) -> Json | None:
    """A customer of the team by id."""
    return None if customer_id is None else context.store.get(context.team, CUSTOMERS, customer_id)


def count_tickets(context: Context, customer_id: str | None, step: int) -> None:
    """Change a customer's `ticketCount` by `step`."""
    customer = find_customer(context, customer_id)
    if customer is not None:
        customer["ticketCount"] += step
        unique_key = str(customer["email"]).casefold()
        context.store.update(context.team, CUSTOMERS, customer, unique_key=unique_key, now=context.now)


def _tickets(context: Context, customer_id: str) -> list[Json]:
    return context.store.select(context.team, TICKETS, [Condition.equals("customerId", customer_id)])


def save_group(context: Context, group: Json) -> None:
    """Write a group, with the number of its members."""
    group["customerCount"] = len(group["_members"])
    context.store.update(context.team, GROUPS, group, unique_key=group["slug"], now=context.now)
