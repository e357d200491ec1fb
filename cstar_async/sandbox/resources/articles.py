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
    """Whether everybody can read an article."""
    return article["status"] == "published" and bool(article["isPublic"])


class Articles(Slugged):
    """Articles: a category by name and id, and the moment of the first publication."""

    slug_source = "title"

    def prepare(self, context: Context, document: Json, body: Json) -> None:
        """Number the slug of a second article with the same title, and complete the category."""
        super().prepare(context, document, body)
        # Two articles may well have one title; only a slug that the caller chose is refused when it is in use.
        if "slug" not in body:
            document["slug"] = self._free_slug(context, document["slug"])
        self.changed(context, {"categoryId": None, "category": None, "publishedAt": None}, document)

    def changed(self, context: Context, before: Json, document: Json) -> None:
        """Keep name and id of the category together; stamp the first publication."""
        if document["categoryId"] != before["categoryId"]:
            document["category"] = self._category_name(context, document["categoryId"])
        elif document["category"] != before["category"]:
            named = [] if document["category"] is None else [Condition.equals("name", document["category"])]
            found = context.store.select(context.team, CATEGORIES, named, limit=1) if named else []
            # An article may name a category that does not exist as an object; it then has a name and no id.
            document["categoryId"] = found[0]["id"] if found else None
        if document["status"] == "published" and document["publishedAt"] is None:
            document["publishedAt"] = context.timestamp

    def announce(
        self, context: Context, verb: str, document: Json, *, before: Json | None = None, changes: Json | None = None
    ) -> None:
        """Becoming readable for everybody has an event of its own: the Public Library has published public articles."""
        super().announce(context, verb, document, before=before, changes=changes)
        if verb != "deleted" and is_published(document) and not (before and is_published(before)):
            emit(context, "article.published", document)

    def _free_slug(self, context: Context, slug: str) -> str:
        """The slug, with a number if it is in use; found by halving, since thousands may have one title."""

        def taken(number: int) -> bool:
            text = slug if number < 2 else f"{slug}-{number}"
            return context.store.by_unique_key(context.team, self.name, text) is not None

        low, high = 0, 1  # the number in between is free: low is taken, high is not
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
            raise invalid("The 'categoryId' field names no category of this team.", "categoryId")
        name: str = category["name"]
        return name
