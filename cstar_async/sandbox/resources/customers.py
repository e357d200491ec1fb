"""Customers and the groups they are in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.collection import Collection
from cstar_async.sandbox.service.pagination import page_asked
from cstar_async.sandbox.service.results import Answer, Problem, missing, not_found, pagination
from cstar_async.sandbox.storage.conditions import Where

from .articles import Slugged

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

CUSTOMERS = "customers"
GROUPS = "customer-groups"
TICKETS = "tickets"
RECENT_TICKETS = 5
UNFINISHED = ("new", "open", "pending")


class Customers(Collection):
    """Customers: one per email address, each with a summary of their tickets."""

    unique = "email"

    def natural(self, document: Json) -> str:
        """Addresses that differ in case only are the same."""
        return str(document["email"]).casefold()

    def changed(self, context: Context, before: Json, document: Json) -> None:
        """A new name is also the one on the customer's tickets."""
        if document["name"] != before["name"]:
            for ticket in _tickets(context, document["id"]):
                ticket["customerName"] = document["name"]
                context.store.update(context.team, TICKETS, ticket, now=context.now)

    def deleted(self, context: Context, document: Json) -> None:
        """The tickets stay, without a customer; the groups have one member less."""
        for ticket in _tickets(context, document["id"]):
            ticket["customerId"] = None
            context.store.update(context.team, TICKETS, ticket, now=context.now)
        for group in context.store.select(context.team, GROUPS, [Where.contains("_members", [document["id"]])]):
            group["_members"].remove(document["id"])
            _save_group(context, group)

    def show(self, context: Context, document: Json, *, whole: bool = False, fresh: bool = False) -> Json:
        """With the ticket history when asked for by id."""
        shown = super().show(context, document, whole=whole, fresh=fresh)
        if whole and not fresh:
            tickets = _tickets(context, document["id"])
            recent = [{name: each[name] for name in ("id", "title", "status", "createdAt")} for each in tickets]
            unfinished = sum(ticket["status"] in UNFINISHED for ticket in tickets)
            shown["recentTickets"] = recent[:RECENT_TICKETS]
            summary = {"total": len(tickets), "open": unfinished, "resolved": len(tickets) - unfinished}
            shown["ticketSummary"] = summary
        return shown


class CustomerGroups(Slugged):
    """Groups of customers. Who is in a group is kept in the group."""

    slug_source = "name"

    def handlers(self) -> dict[str, Handler]:
        """The members as well: they are customers, not objects of their own."""
        return {
            **super().handlers(),
            "members.list": self.members,
            "members.add": self.add_members,
            "members.remove": self.remove_member,
        }

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """A new group is empty."""
        super().prepare(context, document, body)
        document["_members"] = []

    def members(self, context: Context) -> Answer:
        """The customers of a group, in the order in which they came."""
        ids: list[str] = self._group(context)["_members"]
        page, size = page_asked(context, len(ids))
        rows = [find_customer(context, each) for each in ids[(page - 1) * size : page * size]]
        return Answer(rows, pagination=pagination(page, size, len(ids)))

    def add_members(self, context: Context) -> Answer:
        """Put customers into a group; those who are in it already are skipped."""
        group = self._group(context)
        ids: list[str] = context.body["customerIds"]
        for customer_id in ids:
            if find_customer(context, customer_id) is None:
                raise not_found("Customer")
        members: list[str] = group["_members"]
        new = [each for each in dict.fromkeys(ids) if each not in members]
        members.extend(new)
        _save_group(context, group)
        return Answer({"added": len(new), "skipped": len(ids) - len(new)}, status=context.operation.status)

    def remove_member(self, context: Context) -> Answer:
        """Take one customer out; the id may stand in the query or in the body (reference, 2.3)."""
        group = self._group(context)
        customer_id = context.query.get("customerId") or context.body.get("customerId")
        if customer_id is None:
            raise missing("customerId", "parameter")
        if customer_id not in group["_members"]:
            message = "The customer is not in this group"
            raise Problem(404, "not_found_error", "resource_missing", message, param="customerId")
        group["_members"].remove(customer_id)
        _save_group(context, group)
        return Answer({"removed": True, "customerId": customer_id})

    def _group(self, context: Context) -> Json:
        group = context.store.get(context.team, GROUPS, context.path["groupId"])
        if group is None:
            raise not_found(self.noun)
        return group


def find_customer(context: Context, customer_id: str | None) -> Json | None:
    """A customer of the team by id."""
    return None if customer_id is None else context.store.get(context.team, CUSTOMERS, customer_id)


def count_tickets(context: Context, customer_id: str | None, step: int) -> None:
    """Change a customer's `ticketCount`."""
    customer = find_customer(context, customer_id)
    if customer is not None:
        customer["ticketCount"] += step
        natural = str(customer["email"]).casefold()
        context.store.update(context.team, CUSTOMERS, customer, natural=natural, now=context.now)


def _tickets(context: Context, customer_id: str) -> list[Json]:
    return context.store.select(context.team, TICKETS, [Where.equals("customerId", customer_id)])


def _save_group(context: Context, group: Json) -> None:
    group["customerCount"] = len(group["_members"])
    context.store.update(context.team, GROUPS, group, natural=group["slug"], now=context.now)
