# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Customer Groups: the methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset, encode_array, encode_given

from ..models.customer_groups import (
    CustomerGroup,
    GroupMemberRemoved,
    GroupMembersAdded,
    decode_customer_group,
    decode_group_member_removed,
    decode_group_members_added,
)
from ..models.shared import Customer, Deleted, decode_customer, decode_deleted
from ..operations import customer_groups as _customer_groups


class CustomerGroupsMembers:
    """`customer_groups.members`: Customer Groups."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self, group_id: str, *, page: int | None = None, page_size: int | None = None) -> Pager[Customer]:
        """List the members of a group.

        Lists the customers who belong to a group, newest first.

        `GET /api/v1/teams/{teamId}/customer-groups/{groupId}/members`.

        Args:
            group_id: The group, by its UUID.
            page: The page to return, counted from 1. Not documented by cStar; inferred.
            page_size: How many items a page holds. Not documented by cStar; inferred.
        """
        return Pager(
            self._client,
            _customer_groups.MEMBERS_LIST,
            (group_id,),
            {"page": page, "pageSize": page_size},
            None,
            decode_customer,
        )

    def add(self, group_id: str, *, customer_ids: Sequence[str]) -> Call[GroupMembersAdded]:
        """Add members to a group.

        Puts one or more customers into a group. Those who are already in it are skipped without an error.

        `POST /api/v1/teams/{teamId}/customer-groups/{groupId}/members`, needs a secret key.

        Args:
            group_id: The group, by its UUID.
            customer_ids: The ids of the customers (`cus_…`). Not documented by cStar; inferred.
        """
        return Call(
            self._client,
            _customer_groups.MEMBERS_ADD,
            (group_id,),
            None,
            {"customerIds": encode_given(customer_ids, encode_array)},
            decode_group_members_added,
        )

    def remove(self, group_id: str, *, customer_id: str) -> Call[GroupMemberRemoved]:
        """Remove a member from a group.

        Removes one customer from a group; the customer stays. A customer who is not in the group answers 404.

        `DELETE /api/v1/teams/{teamId}/customer-groups/{groupId}/members`, needs a secret key.

        Args:
            group_id: The group, by its UUID.
            customer_id: The customer to remove from the group. Not documented by cStar; inferred.
        """
        return Call(
            self._client,
            _customer_groups.MEMBERS_REMOVE,
            (group_id,),
            {"customerId": customer_id},
            None,
            decode_group_member_removed,
        )


class CustomerGroups:
    """`customer_groups`: Customer Groups."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    @cached_property
    def members(self) -> CustomerGroupsMembers:
        """Customer Groups."""
        return CustomerGroupsMembers(self._client)

    def list(
        self, *, search: str | None = None, page: int | None = None, page_size: int | None = None
    ) -> Pager[CustomerGroup]:
        """List customer groups.

        Lists the customer groups of the team, newest first. A page holds 25 groups unless asked otherwise, not 20.

        `GET /api/v1/teams/{teamId}/customer-groups`.

        Args:
            search: Only groups whose name contains this text. From cStar's public documentation.
            page: The page to return, counted from 1.
            page_size: How many groups a page holds.
        """
        return Pager(
            self._client,
            _customer_groups.LIST,
            (),
            {"search": search, "page": page, "pageSize": page_size},
            None,
            decode_customer_group,
        )

    def create(
        self,
        *,
        name: str,
        slug: str | Unset = UNSET,
        description: str | Unset = UNSET,
        external_id: str | Unset = UNSET,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
    ) -> Call[CustomerGroup]:
        """Create a customer group.

        Makes an empty group. A slug that is in use is refused with 409. Sends `customer_group.created`.

        `POST /api/v1/teams/{teamId}/customer-groups`, needs a secret key.

        Args:
            name: The name of the group.
            slug: The name in a form fit for addresses; made from `name` when left out.
            description: What the group is about.
            external_id: The id of the group on another platform, for imports.
            custom_fields: Free keys and values of the group.
        """
        return Call(
            self._client,
            _customer_groups.CREATE,
            (),
            None,
            {
                "name": name,
                "slug": slug,
                "description": description,
                "externalId": external_id,
                "customFields": custom_fields,
            },
            decode_customer_group,
        )

    def get(self, group_id: str) -> Call[CustomerGroup]:
        """Get a customer group.

        Fetches one group, without its members.

        `GET /api/v1/teams/{teamId}/customer-groups/{groupId}`.

        Args:
            group_id: The group, by its UUID.
        """
        return Call(self._client, _customer_groups.GET, (group_id,), None, None, decode_customer_group)

    def update(
        self,
        group_id: str,
        *,
        name: str | Unset = UNSET,
        slug: str | Unset = UNSET,
        description: str | None | Unset = UNSET,
        external_id: str | None | Unset = UNSET,
        custom_fields: Mapping[str, Any] | Unset = UNSET,
    ) -> Call[CustomerGroup]:
        """Update a customer group.

        Changes the fields that are given and leaves the others; the members stay. Sends `customer_group.updated`.

        `PATCH /api/v1/teams/{teamId}/customer-groups/{groupId}`, needs a secret key.

        Args:
            group_id: The group, by its UUID.
            name: The name of the group.
            slug: The name in a form fit for addresses.
            description: What the group is about; null clears it.
            external_id: The id of the group on another platform, for imports; null clears it.
            custom_fields: Free keys and values of the group.
        """
        return Call(
            self._client,
            _customer_groups.UPDATE,
            (group_id,),
            None,
            {
                "name": name,
                "slug": slug,
                "description": description,
                "externalId": external_id,
                "customFields": custom_fields,
            },
            decode_customer_group,
        )

    def delete(self, group_id: str) -> Call[Deleted]:
        """Delete a customer group.

        Deletes a group. Its customers leave the group and are otherwise untouched. Sends `customer_group.deleted`.

        `DELETE /api/v1/teams/{teamId}/customer-groups/{groupId}`, needs a secret key.

        Args:
            group_id: The group, by its UUID.
        """
        return Call(self._client, _customer_groups.DELETE, (group_id,), None, None, decode_deleted)
