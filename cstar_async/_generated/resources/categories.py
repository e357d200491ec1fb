# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Categories: the methods."""

from __future__ import annotations

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset

from ..models.categories import Category, decode_category
from ..models.shared import Deleted, decode_deleted
from ..operations import categories as _categories


class Categories:
    """`categories`: Categories."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(
        self, *, is_public: bool | None = None, page: int | None = None, page_size: int | None = None
    ) -> Pager[Category]:
        """List categories.

        Lists the article categories by `sortOrder`, then by name. Without `pageSize` all of them are in one answer.

        `GET /api/v1/teams/{teamId}/categories`.

        Args:
            is_public: Only categories that are (true) or are not (false) in the public knowledge base. From cStar's
                public documentation.
            page: The page to return, counted from 1. From cStar's public documentation.
            page_size: How many categories a page holds; all when left out. From cStar's public documentation.
        """
        return Pager(
            self._client,
            _categories.LIST,
            (),
            {"isPublic": is_public, "page": page, "pageSize": page_size},
            None,
            decode_category,
        )

    def create(
        self,
        *,
        name: str,
        description: str | Unset = UNSET,
        icon: str | Unset = UNSET,
        color: str | Unset = UNSET,
        sort_order: int | Unset = UNSET,
        is_public: bool | Unset = UNSET,
    ) -> Call[Category]:
        """Create a category.

        Makes a category for articles; its slug is made from the name. A slug that is in use is refused with 409.

        `POST /api/v1/teams/{teamId}/categories`, needs a secret key.

        Args:
            name: The name to show; the slug is made from it.
            description: What the category is about.
            icon: The name of its icon.
            color: Its colour, such as `#7c3aed`.
            sort_order: Its place among the categories, the lowest first.
            is_public: Whether it is in the public knowledge base.
        """
        return Call(
            self._client,
            _categories.CREATE,
            (),
            None,
            {
                "name": name,
                "description": description,
                "icon": icon,
                "color": color,
                "sortOrder": sort_order,
                "isPublic": is_public,
            },
            decode_category,
        )

    def update(
        self,
        category_id: str,
        *,
        name: str | Unset = UNSET,
        description: str | None | Unset = UNSET,
        icon: str | None | Unset = UNSET,
        color: str | None | Unset = UNSET,
        sort_order: int | Unset = UNSET,
        is_public: bool | Unset = UNSET,
    ) -> Call[Category]:
        """Update a category.

        Changes the fields that are given and leaves the others.

        `PATCH /api/v1/teams/{teamId}/categories/{categoryId}`, needs a secret key.

        Args:
            category_id: The category, by its UUID.
            name: The name to show.
            description: What the category is about; null clears it.
            icon: The name of its icon; null clears it.
            color: Its colour, such as `#7c3aed`; null clears it.
            sort_order: Its place among the categories, the lowest first.
            is_public: Whether it is in the public knowledge base.
        """
        return Call(
            self._client,
            _categories.UPDATE,
            (category_id,),
            None,
            {
                "name": name,
                "description": description,
                "icon": icon,
                "color": color,
                "sortOrder": sort_order,
                "isPublic": is_public,
            },
            decode_category,
        )

    def delete(self, category_id: str) -> Call[Deleted]:
        """Delete a category.

        Deletes a category for good. Its articles stay, without a category.

        `DELETE /api/v1/teams/{teamId}/categories/{categoryId}`, needs a secret key.

        Args:
            category_id: The category, by its UUID.
        """
        return Call(self._client, _categories.DELETE, (category_id,), None, None, decode_deleted)

    def get(self, category_id: str) -> Call[Category]:
        """Get a category.

        Fetches one category.

        `GET /api/v1/teams/{teamId}/categories/{categoryId}`. From cStar's public documentation.

        Args:
            category_id: The category, by its UUID.
        """
        return Call(self._client, _categories.GET, (category_id,), None, None, decode_category)
