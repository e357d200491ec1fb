# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Search: the methods."""

from __future__ import annotations

from collections.abc import Sequence

from cstar_async._generated_api import BaseClient, Pager

from ..models.search import SearchResult, SearchScope, decode_search_result
from ..operations import search as _search


class Search:
    """`search`: Search."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def query(
        self, *, q: str, types: Sequence[SearchScope] | None = None, limit: int | None = None
    ) -> Pager[SearchResult]:
        """Search everywhere.

        Searches tickets, customers and articles at once and gives the best matches first. There are no further
        pages; raise `limit` or narrow `types`.

        `GET /api/v1/teams/{teamId}/search`.

        Args:
            q: The words to look for. From cStar's public documentation.
            types: Where to look, comma-separated. Left out, it means everywhere. From cStar's public documentation.
            limit: How many results to return at most. The upper bound is inferred. From cStar's public
                documentation.
        """
        return Pager(
            self._client, _search.QUERY, (), {"q": q, "types": types, "limit": limit}, None, decode_search_result
        )
