"""The public library: a team's published articles, which are read without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.results import Result, not_found
from cstar_async.sandbox.storage.conditions import Condition

from .articles import ARTICLES, CATEGORIES, is_published
from .categories import Categories
from .search import find

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

PUBLISHED = [Condition.equals("status", "published"), Condition.equals("isPublic", value=True)]
VIEWS = "json_extract(body, '$.viewCount')"
SEARCH_MARGIN = 5
"""A search fetches this many times the limit, since some of the articles that it finds are not public."""


def articles(context: Context) -> Result:
    """The public articles, newest first."""
    where = list(PUBLISHED)
    slug = context.query.get("categorySlug")
    if slug is not None:
        category = context.store.by_unique_key(context.team, CATEGORIES, slug)
        where.append(Condition.equals("categoryId", category["id"] if category else ""))
    order = "json_extract(body, '$.publishedAt') DESC, place DESC"
    rows = context.store.select(context.team, ARTICLES, where, order=order, limit=context.query.get("limit", 20))
    return Result([_show(context, row) for row in rows])


def popular(context: Context) -> Result:
    """The public articles, the most viewed first."""
    limit: int = context.query.get("limit", 5)
    rows = context.store.select(context.team, ARTICLES, PUBLISHED, order=f"{VIEWS} DESC, place DESC", limit=limit)
    return Result([_show(context, row) for row in rows])


def article(context: Context) -> Result:
    """One article. Raises Problem 404 unless it is public."""
    return Result(_show(context, _find(context)))


def record_view(context: Context) -> Result:
    """Count a view of an article. Raises Problem 404 unless it is public."""
    found = _find(context)
    found["viewCount"] += 1
    _save(context, found)
    return Result({"recorded": True, "viewCount": found["viewCount"]})


def feedback(context: Context) -> Result:
    """Count a rating of an article. Raises Problem 404 unless it is public."""
    found = _find(context)
    ratings: dict[str, int] = found.setdefault("_ratings", {})
    rating: str = context.body["rating"]
    ratings[rating] = ratings.get(rating, 0) + 1
    _save(context, found)
    return Result({"recorded": True, "viewCount": found["viewCount"]})


def categories(context: Context) -> Result:
    """The public categories, each with the number of its public articles."""
    found: list[Json] = []
    where = [Condition.equals("isPublic", value=True)]
    for category in context.store.select(context.team, CATEGORIES, where, order=Categories.order):
        inside = [*PUBLISHED, Condition.equals("categoryId", category["id"])]
        shown = {name: category[name] for name in ("id", "name", "slug", "description", "icon", "color", "sortOrder")}
        found.append(shown | {"articleCount": context.store.count(context.team, ARTICLES, inside)})
    return Result(found)


def search(context: Context) -> Result:
    """The public articles that match a search, best first."""
    limit: int = context.query.get("limit", 10)
    hits = find(context, context.query["q"], [ARTICLES], limit * SEARCH_MARGIN)
    return Result([_show(context, hit.document) for hit in hits if is_published(hit.document)][:limit])


def stats(context: Context) -> Result:
    """The numbers of public articles, categories and views."""
    rows = context.store.select(context.team, ARTICLES, PUBLISHED)
    public = [Condition.equals("isPublic", value=True)]
    answer = {
        "totalArticles": len(rows),
        "totalCategories": context.store.count(context.team, CATEGORIES, public),
        "totalViews": sum(row["viewCount"] for row in rows),
    }
    return Result(answer)


def _find(context: Context) -> Json:
    found = context.store.by_unique_key(context.team, ARTICLES, context.path["slug"])
    if found is None or not is_published(found):
        raise not_found("Article")
    return found


def _save(context: Context, document: Json) -> None:
    context.store.update(context.team, ARTICLES, document, unique_key=document["slug"], now=context.now)


def _show(context: Context, document: Json) -> Json:
    category = document["categoryId"] and context.store.get(context.team, CATEGORIES, document["categoryId"])
    shown = {name: document[name] for name in context.contract.properties("LibraryArticle") if name in document}
    return shown | {"categorySlug": category["slug"] if category else None}


HANDLERS: dict[str, Handler] = {
    "library.articles.list": articles,
    "library.articles.get": article,
    "library.articles.record_view": record_view,
    "library.articles.feedback": feedback,
    "library.popular": popular,
    "library.categories": categories,
    "library.search": search,
    "library.stats": stats,
}
