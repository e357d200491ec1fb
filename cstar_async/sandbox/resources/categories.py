"""Categories of articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.storage.conditions import Condition

from .articles import ARTICLES
from .slugged import Slugged

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context


class Categories(Slugged):
    """Categories, by `sortOrder` and then by name."""

    slug_source = "name"
    order = "json_extract(body, '$.sortOrder'), json_extract(body, '$.name'), place"

    def changed(self, context: Context, before: Json, document: Json) -> None:
        """Copy a new name to the articles of the category."""
        if document["name"] != before["name"]:
            self._rename(context, document["id"], document["name"], document["id"])

    def deleted(self, context: Context, document: Json) -> None:
        """Take its articles out of a deleted category."""
        self._rename(context, document["id"], None, None)

    def _rename(self, context: Context, category_id: str, name: str | None, new_id: str | None) -> None:
        for article in context.store.select(context.team, ARTICLES, [Condition.equals("categoryId", category_id)]):
            article["category"], article["categoryId"] = name, new_id
            context.store.update(context.team, ARTICLES, article, unique_key=article["slug"], now=context.now)
