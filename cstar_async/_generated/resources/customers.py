# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Customers: the methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset, encode_array, encode_given
from cstar_async._generated_api import bulk as _jobs

from ..models.import_ import MergeStrategy
from ..models.shared import Customer, CustomerSentiment, CustomerStatus, Deleted, decode_customer, decode_deleted
from ..operations import bulk_operations as _bulk_operations
from ..operations import customers as _customers
from ..operations import export as _export
from ..operations import import_ as _import_


class Customers:
    """`customers`: Customers."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(
        self,
        *,
        status: CustomerStatus | None = None,
        sentiment: CustomerSentiment | None = None,
        search: str | None = None,
        tag: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Pager[Customer]:
        """List customers.

        Lists the customers of the team, newest first. Several filters together must all match.

        `GET /api/v1/teams/{teamId}/customers`.

        Args:
            status: Only customers with this account status. From cStar's public documentation.
            sentiment: Only customers with this sentiment. From cStar's public documentation.
            search: Only customers whose name or email address contains this text.
            tag: Only customers who carry exactly this tag. From cStar's public documentation.
            page: The page to return, counted from 1.
            page_size: How many items a page holds.
        """
        return Pager(
            self._client,
            _customers.LIST,
            (),
            {
                "status": status,
                "sentiment": sentiment,
                "search": search,
                "tag": tag,
                "page": page,
                "pageSize": page_size,
            },
            None,
            decode_customer,
        )

    def export(
        self,
        *,
        status: CustomerStatus | None = None,
        sentiment: CustomerSentiment | None = None,
        search: str | None = None,
        tag: str | None = None,
    ) -> _jobs.Export[Customer]:
        """Read all customers in as few requests as possible.

        Iterate over the result, or write it to a file with `to_csv` or `to_ndjson`.

        Args:
            status: Only customers with this account status. From cStar's public documentation.
            sentiment: Only customers with this sentiment. From cStar's public documentation.
            search: Only customers whose name or email address contains this text.
            tag: Only customers who carry exactly this tag. From cStar's public documentation.
        """
        return _jobs.Export(
            self._client,
            _customers.LIST,
            _export.CREATE,
            {"status": status, "sentiment": sentiment, "search": search, "tag": tag},
            decode_customer,
            (
                "id",
                "object",
                "name",
                "email",
                "status",
                "sentiment",
                "tags",
                "notes",
                "customFields",
                "metadata",
                "ticketCount",
                "recentTickets",
                "ticketSummary",
                "createdAt",
                "updatedAt",
            ),
        )

    def create(
        self,
        *,
        name: str,
        email: str,
        status: CustomerStatus | Unset = UNSET,
        sentiment: CustomerSentiment | Unset = UNSET,
        tags: Sequence[str] | Unset = UNSET,
        notes: str | Unset = UNSET,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
        metadata: Mapping[str, Any] | Unset = UNSET,
    ) -> Call[Customer]:
        """Create a customer.

        Adds a customer. The email address must not be in use in this team, else 409. Sends `customer.created`.

        `POST /api/v1/teams/{teamId}/customers`, needs a secret key.

        Args:
            name: The full name.
            email: The email address, unique within the team.
            status: Whether the account is in use.
            sentiment: The initial sentiment; the service recalculates it.
            tags: The tags of the customer.
            notes: Notes for the team, never shown to the customer.
            custom_fields: The values of the team's custom fields, by field key. From cStar's public documentation.
            metadata: Your own keys and values. From cStar's public documentation.
        """
        return Call(
            self._client,
            _customers.CREATE,
            (),
            None,
            {
                "name": name,
                "email": email,
                "status": status,
                "sentiment": sentiment,
                "tags": encode_given(tags, encode_array),
                "notes": notes,
                "customFields": custom_fields,
                "metadata": metadata,
            },
            decode_customer,
        )

    def import_many(
        self,
        records: _jobs.Records,
        *,
        merge_strategy: MergeStrategy | Unset = UNSET,
        journal: _jobs.JournalPath | None = None,
        concurrency: int = 1,
    ) -> _jobs.Bulk[_jobs.ImportReport]:
        """Create many customers, or change those that exist.

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
            _customers.CREATE,
            _import_.RUN,
            records,
            merge_strategy,
            journal=journal,
            concurrency=concurrency,
        )

    def get(self, customer_id: str) -> Call[Customer]:
        """Get a customer.

        Fetches one customer with the full profile and a summary of the ticket history.

        `GET /api/v1/teams/{teamId}/customers/{customerId}`.

        Args:
            customer_id: The customer, by its `cus_` id or its bare UUID.
        """
        return Call(self._client, _customers.GET, (customer_id,), None, None, decode_customer)

    def update(
        self,
        customer_id: str,
        *,
        name: str | Unset = UNSET,
        email: str | Unset = UNSET,
        status: CustomerStatus | Unset = UNSET,
        sentiment: CustomerSentiment | Unset = UNSET,
        tags: Sequence[str] | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
        metadata: Mapping[str, Any] | Unset = UNSET,
    ) -> Call[Customer]:
        """Update a customer.

        Changes the fields that are given and leaves the others. An email address that another customer of the team
        has is refused with 409. Sends `customer.updated`.

        `PATCH /api/v1/teams/{teamId}/customers/{customerId}`, needs a secret key.

        Args:
            customer_id: The customer, by its `cus_` id or its bare UUID.
            name: The full name.
            email: The email address, unique within the team.
            status: Whether the account is in use.
            sentiment: How the customer's interactions read.
            tags: The new tags; they replace the old ones.
            notes: Notes for the team; null clears them.
            custom_fields: New values of the team's custom fields, by field key. From cStar's public documentation.
            metadata: Keys to add or change; a key set to null is removed, the others stay. From cStar's public
                documentation.
        """
        return Call(
            self._client,
            _customers.UPDATE,
            (customer_id,),
            None,
            {
                "name": name,
                "email": email,
                "status": status,
                "sentiment": sentiment,
                "tags": encode_given(tags, encode_array),
                "notes": notes,
                "customFields": custom_fields,
                "metadata": metadata,
            },
            decode_customer,
        )

    def update_many(
        self,
        ids: _jobs.Ids,
        *,
        name: str | Unset = UNSET,
        email: str | Unset = UNSET,
        status: CustomerStatus | Unset = UNSET,
        sentiment: CustomerSentiment | Unset = UNSET,
        tags: Sequence[str] | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
        metadata: Mapping[str, Any] | Unset = UNSET,
        journal: _jobs.JournalPath | None = None,
        concurrency: int = 4,
    ) -> _jobs.Bulk[_jobs.BulkReport]:
        """Change many customers in the same way.

        100 go into a request. An id that fails does not stop the others; the report has the error of each.

        Args:
            ids: A list, an iterator or an async iterator of ids, or of objects that have one.
            name: The full name.
            email: The email address, unique within the team.
            status: Whether the account is in use.
            sentiment: How the customer's interactions read.
            tags: The new tags; they replace the old ones.
            notes: Notes for the team; null clears them.
            custom_fields: New values of the team's custom fields, by field key. From cStar's public documentation.
            metadata: Keys to add or change; a key set to null is removed, the others stay. From cStar's public
                documentation.
            journal: The journal: a file that records finished work. After a crash, run the job again with it to do
                the rest.
            concurrency: The maximum number of concurrent requests.
        """
        return _jobs.update_many(
            self._client,
            _customers.UPDATE,
            _bulk_operations.RUN,
            ids,
            {
                "name": name,
                "email": email,
                "status": status,
                "sentiment": sentiment,
                "tags": encode_given(tags, encode_array),
                "notes": notes,
                "customFields": custom_fields,
                "metadata": metadata,
            },
            journal=journal,
            concurrency=concurrency,
        )

    def update_each(
        self, changes: _jobs.Pairs, *, journal: _jobs.JournalPath | None = None, concurrency: int = 4
    ) -> _jobs.Bulk[_jobs.BulkReport]:
        """Change many customers, each in its own way.

        Of equal changes 100 go into a request. An id that fails does not stop the others; the report has the error
        of each. The changes have the fields of `update`, by their Python names or as they are on the wire.

        Args:
            changes: A mapping of ids to changes, or an iterator or async iterator of such pairs.
            journal: The journal: a file that records finished work. After a crash, run the job again with it to do
                the rest.
            concurrency: The maximum number of concurrent requests.
        """
        return _jobs.update_each(
            self._client, _customers.UPDATE, _bulk_operations.RUN, changes, journal=journal, concurrency=concurrency
        )

    def delete(self, customer_id: str) -> Call[Deleted]:
        """Delete a customer.

        Deletes a customer for good. The tickets stay, without a customer. Sends `customer.deleted`.

        `DELETE /api/v1/teams/{teamId}/customers/{customerId}`, needs a secret key.

        Args:
            customer_id: The customer, by its `cus_` id or its bare UUID.
        """
        return Call(self._client, _customers.DELETE, (customer_id,), None, None, decode_deleted)

    def delete_many(
        self, ids: _jobs.Ids, *, journal: _jobs.JournalPath | None = None, concurrency: int = 4
    ) -> _jobs.Bulk[_jobs.BulkReport]:
        """Delete many customers.

        100 go into a request. An id that fails does not stop the others; the report has the error of each.

        Args:
            ids: A list, an iterator or an async iterator of ids, or of objects that have one.
            journal: The journal: a file that records finished work. After a crash, run the job again with it to do
                the rest.
            concurrency: The maximum number of concurrent requests.
        """
        return _jobs.delete_many(
            self._client, _customers.DELETE, _bulk_operations.RUN, ids, journal=journal, concurrency=concurrency
        )
