# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Saved Views: the methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset

from ..models.saved_views import SavedView, SortDirection, ViewEntityType, ViewVisibility, decode_saved_view
from ..models.shared import Ticket, decode_ticket
from ..operations import saved_views as _saved_views


class Views:
    """`views`: Saved Views."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self, *, entity_type: ViewEntityType | None = None) -> Pager[SavedView]:
        """List saved views.

        Lists the team's shared views and one's own private ones, in one answer. It gives the views, not what they
        show.

        `GET /api/v1/teams/{teamId}/views`.

        Args:
            entity_type: Only views of this type of object. From cStar's public documentation.
        """
        return Pager(self._client, _saved_views.LIST, (), {"entityType": entity_type}, None, decode_saved_view)

    def create(
        self,
        *,
        name: str,
        entity_type: ViewEntityType,
        filters: Mapping[str, Any] | Unset = UNSET,
        sort_field: str | Unset = UNSET,
        sort_direction: SortDirection | Unset = UNSET,
        visibility: ViewVisibility | Unset = UNSET,
    ) -> Call[SavedView]:
        """Create a saved view.

        Keeps a filter and an order under a name. The view is private unless `visibility` says otherwise.

        `POST /api/v1/teams/{teamId}/views`, needs a secret key.

        Args:
            name: The view's name.
            entity_type: What a saved view shows.
            filters: The filter, by the names of the list's query parameters.
            sort_field: The field to sort by.
            sort_direction: Which way to sort.
            visibility: Who sees the view.
        """
        return Call(
            self._client,
            _saved_views.CREATE,
            (),
            None,
            {
                "name": name,
                "entityType": entity_type,
                "filters": filters,
                "sortField": sort_field,
                "sortDirection": sort_direction,
                "visibility": visibility,
            },
            decode_saved_view,
        )

    def execute(self, view_id: str, *, page: int | None = None, page_size: int | None = None) -> Pager[Ticket]:
        """Run a saved view.

        Gives what the view shows at this moment, filtered and sorted as saved. The path and the item type are those
        of a ticket view. What a view of customers, articles or community posts does here is not documented; a 400
        (`parameter_invalid`) is inferred, so list those resources with the view's `filters` instead.

        `GET /api/v1/teams/{teamId}/views/{viewId}/tickets`.

        Args:
            view_id: The view's id (`view_…`).
            page: The page to return, counted from 1. Not documented by cStar; inferred.
            page_size: How many items a page holds. Not documented by cStar; inferred.
        """
        return Pager(
            self._client, _saved_views.EXECUTE, (view_id,), {"page": page, "pageSize": page_size}, None, decode_ticket
        )
