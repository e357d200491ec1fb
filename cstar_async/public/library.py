"""`LibraryClient`: a team's public articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .connection import PublicClient

if TYPE_CHECKING:
    from cstar_async._core.call import Call
    from cstar_async._core.pager import Pager
    from cstar_async._generated.models.public_library import (
        LibraryArticle,
        LibraryCategory,
        LibraryRating,
        LibraryReceipt,
        LibraryStats,
    )


class LibraryClient(PublicClient):
    """A team's public articles, without an API key.

    cStar limits requests without a key to about 200 an hour for each address (docs); a 429 is retried as everywhere.
    """

    def categories(self) -> Pager[LibraryCategory]:
        """The public categories, in their display order."""
        return self.client.library.categories(self.team_slug)

    def articles(self, *, category_slug: str | None = None, limit: int | None = None) -> Pager[LibraryArticle]:
        """The public articles, of one category if `category_slug` is given, `limit` at most."""
        return self.client.library.articles.list(self.team_slug, category_slug=category_slug, limit=limit)

    def article(self, slug: str) -> Call[LibraryArticle]:
        """One article with its whole text in Markdown. It does not count as a view; `record_view` does."""
        return self.client.library.articles.get(self.team_slug, slug)

    def search(self, query: str, *, limit: int | None = None) -> Pager[LibraryArticle]:
        """The articles with these words, best first, `limit` at most."""
        return self.client.library.search(self.team_slug, q=query, limit=limit)

    def popular_articles(self, limit: int | None = None) -> Pager[LibraryArticle]:
        """The most read articles, `limit` at most."""
        return self.client.library.popular(self.team_slug, limit=limit)

    def stats(self) -> Call[LibraryStats]:
        """The numbers of articles, categories and views."""
        return self.client.library.stats(self.team_slug)

    def record_view(self, slug: str) -> Call[LibraryReceipt]:
        """Count a view of an article."""
        return self.client.library.articles.record_view(self.team_slug, slug)

    def feedback(self, slug: str, *, rating: LibraryRating) -> Call[LibraryReceipt]:
        """Say whether an article helped: `helpful` or `not_helpful`."""
        return self.client.library.articles.feedback(self.team_slug, slug, rating=rating)
