# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Tickets: the methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset, encode_array, encode_given
from cstar_async._generated_api import bulk as _jobs

from ..models.import_ import MergeStrategy
from ..models.shared import Deleted, Ticket, TicketPriority, TicketStatus, decode_deleted, decode_ticket
from ..models.tickets import TicketExpand
from ..operations import bulk_operations as _bulk_operations
from ..operations import export as _export
from ..operations import import_ as _import_
from ..operations import tickets as _tickets

if TYPE_CHECKING:
    from .messages import TicketsMessages


class Tickets:
    """`tickets`: Tickets."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    @cached_property
    def messages(self) -> TicketsMessages:
        """Messages."""
        from .messages import TicketsMessages

        return TicketsMessages(self._client)

    def list(
        self,
        *,
        status: TicketStatus | None = None,
        priority: TicketPriority | None = None,
        search: str | None = None,
        customer_id: str | None = None,
        assigned_to: str | None = None,
        tag: str | None = None,
        expand: Sequence[TicketExpand] | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Pager[Ticket]:
        """List tickets.

        Lists the tickets of the team, newest first. Several filters together must all match.

        `GET /api/v1/teams/{teamId}/tickets`.

        Args:
            status: Only tickets in this status.
            priority: Only tickets of this priority.
            search: Only tickets in which this text occurs, in the title, the content or the customer name.
            customer_id: Only tickets of this customer, by `cus_` id or bare UUID. From cStar's public
                documentation.
            assigned_to: Only tickets assigned to this member (`mem_…`). From cStar's public documentation.
            tag: Only tickets that carry exactly this tag. Not documented by cStar; inferred.
            expand: Related objects to put into each ticket. From cStar's public documentation.
            page: The page to return, counted from 1.
            page_size: How many items a page holds.
        """
        return Pager(
            self._client,
            _tickets.LIST,
            (),
            {
                "status": status,
                "priority": priority,
                "search": search,
                "customerId": customer_id,
                "assignedTo": assigned_to,
                "tag": tag,
                "expand": expand,
                "page": page,
                "pageSize": page_size,
            },
            None,
            decode_ticket,
        )

    def export(
        self,
        *,
        status: TicketStatus | None = None,
        priority: TicketPriority | None = None,
        search: str | None = None,
        customer_id: str | None = None,
        assigned_to: str | None = None,
        tag: str | None = None,
    ) -> _jobs.Export[Ticket]:
        """Read all tickets in as few requests as possible.

        Iterate over the result, or write it to a file with `to_csv` or `to_ndjson`.

        Args:
            status: Only tickets in this status.
            priority: Only tickets of this priority.
            search: Only tickets in which this text occurs, in the title, the content or the customer name.
            customer_id: Only tickets of this customer, by `cus_` id or bare UUID. From cStar's public
                documentation.
            assigned_to: Only tickets assigned to this member (`mem_…`). From cStar's public documentation.
            tag: Only tickets that carry exactly this tag. Not documented by cStar; inferred.
        """
        return _jobs.Export(
            self._client,
            _tickets.LIST,
            _export.CREATE,
            {
                "status": status,
                "priority": priority,
                "search": search,
                "customerId": customer_id,
                "assignedTo": assigned_to,
                "tag": tag,
            },
            decode_ticket,
            (
                "id",
                "object",
                "title",
                "status",
                "priority",
                "customerId",
                "customerName",
                "customer",
                "assignedTo",
                "tags",
                "notes",
                "messageCount",
                "messages",
                "responseDeadline",
                "resolutionDeadline",
                "firstResponseAt",
                "responseTier",
                "resolutionTier",
                "slaPaused",
                "metadata",
                "createdAt",
                "updatedAt",
                "resolvedAt",
                "closedAt",
            ),
        )

    def create(
        self,
        *,
        title: str,
        priority: TicketPriority | Unset = UNSET,
        status: TicketStatus | Unset = UNSET,
        customer_id: str | Unset = UNSET,
        customer_name: str | Unset = UNSET,
        customer_email: str | Unset = UNSET,
        assigned_to: str | Unset = UNSET,
        tags: Sequence[str] | Unset = UNSET,
        notes: str | Unset = UNSET,
        metadata: Mapping[str, Any] | Unset = UNSET,
        initial_message: str | Unset = UNSET,
    ) -> Call[Ticket]:
        """Create a ticket.

        Opens a ticket, for an existing customer (`customerId`) or for one described in the same request
        (`customerName`, `customerEmail`). An unknown `customerId` is refused with 400. Sends `ticket.created`.

        `POST /api/v1/teams/{teamId}/tickets`, needs a secret key.

        Args:
            title: The subject line.
            priority: How urgent it is.
            status: Where it stands from the start.
            customer_id: The existing customer it belongs to.
            customer_name: The name of the customer, when no `customerId` is given.
            customer_email: The email address of the customer, when no `customerId` is given. Not documented by
                cStar; inferred.
            assigned_to: The member to assign it to (`mem_…`).
            tags: The tags of the ticket.
            notes: Notes for the team, never shown to customers.
            metadata: Your own keys and values. From cStar's public documentation.
            initial_message: Becomes the first message of the thread, as from the customer. From cStar's public
                documentation.
        """
        return Call(
            self._client,
            _tickets.CREATE,
            (),
            None,
            {
                "title": title,
                "priority": priority,
                "status": status,
                "customerId": customer_id,
                "customerName": customer_name,
                "customerEmail": customer_email,
                "assignedTo": assigned_to,
                "tags": encode_given(tags, encode_array),
                "notes": notes,
                "metadata": metadata,
                "initialMessage": initial_message,
            },
            decode_ticket,
        )

    def import_many(
        self,
        records: _jobs.Records,
        *,
        merge_strategy: MergeStrategy | Unset = UNSET,
        journal: _jobs.JournalPath | None = None,
        concurrency: int = 1,
    ) -> _jobs.Bulk[_jobs.ImportReport]:
        """Create many tickets, or change those that exist.

        500 records go into a request, in order. They have the fields of `create`, by their Python names or as they
        are on the wire, and may have an `id` or `external_id` to find an existing one by. A record that fails does
        not stop the others.

        Args:
            records: A list, an iterator or an async iterator of mappings.
            merge_strategy: What to do with records that exist already.
            journal: The journal: a file that records finished work. After a crash, run the job again with it to do
                the rest.
            concurrency: The maximum number of concurrent requests.
        """
        return _jobs.import_many(
            self._client,
            _tickets.CREATE,
            _import_.RUN,
            records,
            merge_strategy,
            journal=journal,
            concurrency=concurrency,
        )

    def get(self, ticket_id: str, *, expand: Sequence[TicketExpand] | None = None) -> Call[Ticket]:
        """Get a ticket.

        Fetches one ticket together with its whole message thread, oldest message first.

        `GET /api/v1/teams/{teamId}/tickets/{ticketId}`.

        Args:
            ticket_id: The ticket, by its `tkt_` id or its bare UUID.
            expand: Related objects to put into the ticket. From cStar's public documentation.
        """
        return Call(self._client, _tickets.GET, (ticket_id,), {"expand": expand}, None, decode_ticket)

    def update(
        self,
        ticket_id: str,
        *,
        title: str | Unset = UNSET,
        status: TicketStatus | Unset = UNSET,
        priority: TicketPriority | Unset = UNSET,
        customer_id: str | None | Unset = UNSET,
        assigned_to: str | None | Unset = UNSET,
        tags: Sequence[str] | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        metadata: Mapping[str, Any] | Unset = UNSET,
    ) -> Call[Ticket]:
        """Update a ticket.

        Changes the fields that are given and leaves the others. Resolving or closing a ticket stamps `resolvedAt`
        or `closedAt`, reopening it clears them. Sends `ticket.updated`, and `ticket.closed` when the ticket is
        resolved or closed.

        `PATCH /api/v1/teams/{teamId}/tickets/{ticketId}`, needs a secret key.

        Args:
            ticket_id: The ticket, by its `tkt_` id or its bare UUID.
            title: The subject line.
            status: Where the ticket stands. `resolved` and `closed` also send `ticket.closed`.
            priority: How urgent it is.
            customer_id: The customer it belongs to; null unlinks it.
            assigned_to: The member to assign it to (`mem_…`); null removes the assignment.
            tags: The new tags; they replace the old ones.
            notes: Notes for the team; null clears them.
            metadata: Keys to add or change; a key set to null is removed, the others stay. Not documented by cStar;
                inferred.
        """
        return Call(
            self._client,
            _tickets.UPDATE,
            (ticket_id,),
            None,
            {
                "title": title,
                "status": status,
                "priority": priority,
                "customerId": customer_id,
                "assignedTo": assigned_to,
                "tags": encode_given(tags, encode_array),
                "notes": notes,
                "metadata": metadata,
            },
            decode_ticket,
        )

    def update_many(
        self,
        ids: _jobs.Ids,
        *,
        title: str | Unset = UNSET,
        status: TicketStatus | Unset = UNSET,
        priority: TicketPriority | Unset = UNSET,
        customer_id: str | None | Unset = UNSET,
        assigned_to: str | None | Unset = UNSET,
        tags: Sequence[str] | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        metadata: Mapping[str, Any] | Unset = UNSET,
        journal: _jobs.JournalPath | None = None,
        concurrency: int = 4,
    ) -> _jobs.Bulk[_jobs.BulkReport]:
        """Change many tickets in the same way.

        100 go into a request. An id that fails does not stop the others; the report has the error of each.

        Args:
            ids: A list, an iterator or an async iterator of ids, or of objects that have one.
            title: The subject line.
            status: Where the ticket stands. `resolved` and `closed` also send `ticket.closed`.
            priority: How urgent it is.
            customer_id: The customer it belongs to; null unlinks it.
            assigned_to: The member to assign it to (`mem_…`); null removes the assignment.
            tags: The new tags; they replace the old ones.
            notes: Notes for the team; null clears them.
            metadata: Keys to add or change; a key set to null is removed, the others stay. Not documented by cStar;
                inferred.
            journal: The journal: a file that records finished work. After a crash, run the job again with it to do
                the rest.
            concurrency: The maximum number of concurrent requests.
        """
        return _jobs.update_many(
            self._client,
            _tickets.UPDATE,
            _bulk_operations.RUN,
            ids,
            {
                "title": title,
                "status": status,
                "priority": priority,
                "customerId": customer_id,
                "assignedTo": assigned_to,
                "tags": encode_given(tags, encode_array),
                "notes": notes,
                "metadata": metadata,
            },
            journal=journal,
            concurrency=concurrency,
        )

    def update_each(
        self, changes: _jobs.Pairs, *, journal: _jobs.JournalPath | None = None, concurrency: int = 4
    ) -> _jobs.Bulk[_jobs.BulkReport]:
        """Change many tickets, each in its own way.

        Of equal changes 100 go into a request. An id that fails does not stop the others; the report has the error
        of each. The changes have the fields of `update`, by their Python names or as they are on the wire.

        Args:
            changes: A mapping of ids to changes, or an iterator or async iterator of such pairs.
            journal: The journal: a file that records finished work. After a crash, run the job again with it to do
                the rest.
            concurrency: The maximum number of concurrent requests.
        """
        return _jobs.update_each(
            self._client, _tickets.UPDATE, _bulk_operations.RUN, changes, journal=journal, concurrency=concurrency
        )

    def delete(self, ticket_id: str) -> Call[Deleted]:
        """Delete a ticket.

        Deletes a ticket and all its messages for good; this cannot be undone. Sends `ticket.deleted`.

        `DELETE /api/v1/teams/{teamId}/tickets/{ticketId}`, needs a secret key.

        Args:
            ticket_id: The ticket, by its `tkt_` id or its bare UUID.
        """
        return Call(self._client, _tickets.DELETE, (ticket_id,), None, None, decode_deleted)

    def delete_many(
        self, ids: _jobs.Ids, *, journal: _jobs.JournalPath | None = None, concurrency: int = 4
    ) -> _jobs.Bulk[_jobs.BulkReport]:
        """Delete many tickets.

        100 go into a request. An id that fails does not stop the others; the report has the error of each.

        Args:
            ids: A list, an iterator or an async iterator of ids, or of objects that have one.
            journal: The journal: a file that records finished work. After a crash, run the job again with it to do
                the rest.
            concurrency: The maximum number of concurrent requests.
        """
        return _jobs.delete_many(
            self._client, _tickets.DELETE, _bulk_operations.RUN, ids, journal=journal, concurrency=concurrency
        )
