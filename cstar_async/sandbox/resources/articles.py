"""Articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.events import emit
from cstar_async.sandbox.service.results import invalid
from cstar_async.sandbox.storage.conditions import Condition

from .slugged import Slugged

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context

ARTICLES = "articles"
CATEGORIES = "categories"


def is_published(article: Json) -> bool:
    """Whether an article is public: published, and not internal."""
    return article["status"] == "published" and bool(article["isPublic"])


class Articles(Slugged):
    """Articles, with the name and id of their category and the time of their first publication."""

    slug_source = "title"

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Number a generated slug that is in use, and complete the category."""
        super().prepare(context, document, body)
        # Articles may share a title. A slug that the caller gives is a conflict if it is in use.
        if "slug" not in body:
            document["slug"] = self._free_slug(context, document["slug"])
        self.changed(context, {"categoryId": None, "category": None, "publishedAt": None}, document)

    def changed(self, context: Context, before: Json, document: Json) -> None:
        """Keep the name and the id of the category together, and set the time of the first publication."""
        if document["categoryId"] != before["categoryId"]:
            document["category"] = self._category_name(context, document["categoryId"])
        elif document["category"] != before["category"]:
            by_name = [Condition.equals("name", document["category"])]
            found = context.store.select(context.team, CATEGORIES, by_name, limit=1)
            # The name of a category that does not exist is kept, without an id.
            document["categoryId"] = found[0]["id"] if found else None
        if document["status"] == "published" and document["publishedAt"] is None:
            document["publishedAt"] = context.timestamp

    def announce(
        self, context: Context, verb: str, document: Json, *, before: Json | None = None, changes: Json | None = None
    ) -> None:
        """Also fire the event of an article that has become public."""
        super().announce(context, verb, document, before=before, changes=changes)
        if verb != "deleted" and is_published(document) and not (before and is_published(before)):
            emit(context, "article.published", document)

    def _free_slug(self, context: Context, slug: str) -> str:
        """The slug, numbered if it is in use. Found by binary search, since thousands of articles may share a title."""

        def taken(number: int) -> bool:
            text = slug if number < 2 else f"{slug}-{number}"
            return context.store.by_unique_key(context.team, self.name, text) is not None

        low, high = 0, 1  # afterwards: low is taken, high is free
        while taken(high):
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if taken(middle) else (low, middle)
        return slug if high < 2 else f"{slug}-{high}"

    def _category_name(self, context: Context, category_id: str | None) -> str | None:
        if category_id is None:
            return None
        category = context.store.get(context.team, CATEGORIES, category_id)
        if category is None:
            raise invalid("The 'categoryId' field must be the id of a category of this team.", "categoryId")
        name: str = category["name"]
        return name
