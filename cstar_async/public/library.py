"""`LibraryClient`: a team's public articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async._core.call import BaseClient
from cstar_async._core.validation import check_wait
from cstar_async._generated.resources.public_library import Library

from .connection import PublicClient

if TYPE_CHECKING:
    from typing import Self

    from cstar_async._core.call import Call
    from cstar_async._core.pager import Pager
    from cstar_async._core.requester import Requester
    from cstar_async._generated.models.public_library import (
        LibraryArticle,
        LibraryCategory,
        LibraryRating,
        LibraryReceipt,
        LibraryStats,
    )


class _Sender(BaseClient):
    """Makes the calls of a resource go through a requester."""

    def __init__(self, requester: Requester) -> None:
        self._requester = requester


class LibraryClient(PublicClient):
    """A team's public articles, without an API key.

    cStar limits requests without a key to about 200 an hour for each address (docs); a 429 is retried as everywhere.
    `cached` saves requests.
    """

    _library: Library | None = None
    """The resource of a client that keeps answers."""

    @property
    def _resource(self) -> Library:
        return self.client.library if self._library is None else self._library

    def cached(self, seconds: float) -> Self:
        """Return a client on the same connection that keeps answers to reads, so that many readers are one request.

        Args:
            seconds: How old an answer may be. Views and ratings are always sent.

        Raises:
            ValueError: `seconds` is negative.
        """
        from .answer_cache import CachingRequester

        check_wait("seconds", seconds)
        made = type(self).sharing(self._connection)
        made._library = Library(_Sender(CachingRequester(self.client.requester, seconds)))  # noqa: SLF001  # same class
        return made

    def categories(self) -> Pager[LibraryCategory]:
        """The public categories, in their display order."""
        return self._resource.categories(self.team_slug)

    def articles(self, *, category_slug: str | None = None, limit: int | None = None) -> Pager[LibraryArticle]:
        """The public articles, of one category if `category_slug` is given, `limit` at most."""
        return self._resource.articles.list(self.team_slug, category_slug=category_slug, limit=limit)

    def article(self, slug: str) -> Call[LibraryArticle]:
        """One article with its whole text in Markdown. It does not count as a view; `record_view` does."""
        return self._resource.articles.get(self.team_slug, slug)

    def search(self, query: str, *, limit: int | None = None) -> Pager[LibraryArticle]:
        """The articles with these words, best first, `limit` at most."""
        return self._resource.search(self.team_slug, q=query, limit=limit)

    def popular_articles(self, limit: int | None = None) -> Pager[LibraryArticle]:
        """The most read articles, `limit` at most."""
        return self._resource.popular(self.team_slug, limit=limit)

    def stats(self) -> Call[LibraryStats]:
        """The numbers of articles, categories and views."""
        return self._resource.stats(self.team_slug)

    def record_view(self, slug: str) -> Call[LibraryReceipt]:
        """Count a view of an article."""
        return self._resource.articles.record_view(self.team_slug, slug)

    def feedback(self, slug: str, *, rating: LibraryRating) -> Call[LibraryReceipt]:
        """Say whether an article helped: `helpful` or `not_helpful`."""
        return self._resource.articles.feedback(self.team_slug, slug, rating=rating)
