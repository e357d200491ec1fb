# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Public Library: the methods."""

from __future__ import annotations

from functools import cached_property

from cstar_async._generated_api import BaseClient, Call, Pager

from ..models.public_library import (
    LibraryArticle,
    LibraryCategory,
    LibraryRating,
    LibraryReceipt,
    LibraryStats,
    decode_library_article,
    decode_library_category,
    decode_library_receipt,
    decode_library_stats,
)
from ..operations import public_library as _public_library


class LibraryArticles:
    """`library.articles`: Public Library."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(self, team: str, *, category_slug: str | None = None, limit: int | None = None) -> Pager[LibraryArticle]:
        """List public articles.

        Lists the published public articles of a team's library. It needs no key, but has a limit per IP address (an
        older page says 200 an hour). The JSON envelope is inferred.

        `GET /api/library/{team}/articles`. From cStar's public documentation.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            category_slug: Only articles of this category. From cStar's public documentation.
            limit: How many articles to return at most. From cStar's public documentation.
        """
        return Pager(
            self._client,
            _public_library.ARTICLES_LIST,
            (team,),
            {"categorySlug": category_slug, "limit": limit},
            None,
            decode_library_article,
        )

    def get(self, team: str, slug: str) -> Call[LibraryArticle]:
        """Get a public article.

        Gives one public article with its whole text in Markdown. It does not count as a view;
        `library.articles.record_view` does that. The JSON envelope is inferred.

        `GET /api/library/{team}/articles/{slug}`. From cStar's public documentation.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            slug: The article's name in URLs. From cStar's public documentation.
        """
        return Call(self._client, _public_library.ARTICLES_GET, (team, slug), None, None, decode_library_article)

    def record_view(self, team: str, slug: str) -> Call[LibraryReceipt]:
        """Count a view.

        Adds one to the article's views. There is no body. The answer is inferred.

        `POST /api/library/{team}/articles/{slug}/view`. From cStar's public documentation.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            slug: The article's name in URLs. From cStar's public documentation.
        """
        return Call(
            self._client, _public_library.ARTICLES_RECORD_VIEW, (team, slug), None, None, decode_library_receipt
        )

    def feedback(self, team: str, slug: str, *, rating: LibraryRating) -> Call[LibraryReceipt]:
        """Rate an article.

        Tells the team whether the article helped. The values of `rating` and the answer are inferred.

        `POST /api/library/{team}/articles/{slug}/feedback`. From cStar's public documentation.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            slug: The article's name in URLs. From cStar's public documentation.
            rating: Whether the article helped. From cStar's public documentation.
        """
        return Call(
            self._client,
            _public_library.ARTICLES_FEEDBACK,
            (team, slug),
            None,
            {"rating": rating},
            decode_library_receipt,
        )


class Library:
    """`library`: Public Library."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    @cached_property
    def articles(self) -> LibraryArticles:
        """Public Library."""
        return LibraryArticles(self._client)

    def popular(self, team: str, *, limit: int | None = None) -> Pager[LibraryArticle]:
        """List the most read articles.

        Lists the public articles with the most views, the most read first. cStar's own SDK has this call; its path
        and the JSON envelope are inferred.

        `GET /api/library/{team}/articles/popular`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            limit: How many articles to return at most. Not documented by cStar; inferred.
        """
        return Pager(self._client, _public_library.POPULAR, (team,), {"limit": limit}, None, decode_library_article)

    def categories(self, team: str) -> Pager[LibraryCategory]:
        """List public categories.

        Lists the public categories of a team's library in their display order. The JSON envelope is inferred.

        `GET /api/library/{team}/categories`. From cStar's public documentation.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
        """
        return Pager(self._client, _public_library.CATEGORIES, (team,), None, None, decode_library_category)

    def search(self, team: str, *, q: str, limit: int | None = None) -> Pager[LibraryArticle]:
        """Search public articles.

        Searches the public articles and gives the best matches first. The JSON envelope is inferred.

        `GET /api/library/{team}/search`. From cStar's public documentation.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
            q: The words to look for. From cStar's public documentation.
            limit: How many articles to return at most. Default and bound are inferred. From cStar's public
                documentation.
        """
        return Pager(
            self._client, _public_library.SEARCH, (team,), {"q": q, "limit": limit}, None, decode_library_article
        )

    def stats(self, team: str) -> Call[LibraryStats]:
        """Get the library's figures.

        Sums up a team's public library. cStar's own SDK has this call; its path and the JSON envelope are inferred.

        `GET /api/library/{team}/stats`. Not documented by cStar; inferred.

        Args:
            team: The team, by its slug or its UUID. From cStar's public documentation.
        """
        return Call(self._client, _public_library.STATS, (team,), None, None, decode_library_stats)
