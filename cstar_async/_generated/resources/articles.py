# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Articles: the methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from cstar_async._generated_api import UNSET, BaseClient, Call, Pager, Unset, encode_array, encode_given
from cstar_async._generated_api import bulk as _jobs

from ..models.articles import Article, ArticleStatusFilter, decode_article
from ..models.import_ import MergeStrategy
from ..models.shared import ArticleStatus, Deleted, decode_deleted
from ..operations import articles as _articles
from ..operations import bulk_operations as _bulk_operations
from ..operations import export as _export
from ..operations import import_ as _import_


class Articles:
    """`articles`: Articles."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def list(
        self,
        *,
        category: str | None = None,
        status: ArticleStatusFilter | None = None,
        is_public: bool | None = None,
        search: str | None = None,
        tag: str | None = None,
        page: int | None = None,
        page_size: int | None = None,
    ) -> Pager[Article]:
        """List articles.

        Lists the articles of the knowledge base, newest first. Several filters together must all match.

        `GET /api/v1/teams/{teamId}/articles`.

        Args:
            category: Only articles of this category. The documentation names the category by name on one page and
                by UUID only on another; a slug finds nothing. From cStar's public documentation.
            status: Only articles in this status. From cStar's public documentation.
            is_public: Only articles that are (true) or are not (false) in the public knowledge base. From cStar's
                public documentation.
            search: Only articles whose title or content contains this text. From cStar's public documentation.
            tag: Only articles that carry exactly this tag. From cStar's public documentation.
            page: The page to return, counted from 1.
            page_size: How many items a page holds.
        """
        return Pager(
            self._client,
            _articles.LIST,
            (),
            {
                "category": category,
                "status": status,
                "isPublic": is_public,
                "search": search,
                "tag": tag,
                "page": page,
                "pageSize": page_size,
            },
            None,
            decode_article,
        )

    def export(
        self,
        *,
        category: str | None = None,
        status: ArticleStatusFilter | None = None,
        is_public: bool | None = None,
        search: str | None = None,
        tag: str | None = None,
    ) -> _jobs.Export[Article]:
        """Read all articles in as few requests as possible.

        Iterate over the result, or write it to a file with `to_csv` or `to_ndjson`.

        Args:
            category: Only articles of this category. The documentation names the category by name on one page and
                by UUID only on another; a slug finds nothing. From cStar's public documentation.
            status: Only articles in this status. From cStar's public documentation.
            is_public: Only articles that are (true) or are not (false) in the public knowledge base. From cStar's
                public documentation.
            search: Only articles whose title or content contains this text. From cStar's public documentation.
            tag: Only articles that carry exactly this tag. From cStar's public documentation.
        """
        return _jobs.Export(
            self._client,
            _articles.LIST,
            _export.CREATE,
            {"category": category, "status": status, "isPublic": is_public, "search": search, "tag": tag},
            decode_article,
            (
                "id",
                "object",
                "title",
                "slug",
                "excerpt",
                "content",
                "category",
                "categoryId",
                "status",
                "isPublic",
                "tags",
                "notes",
                "viewCount",
                "useCount",
                "readTime",
                "metaDescription",
                "metadata",
                "publishedAt",
                "createdAt",
                "updatedAt",
            ),
        )

    def create(
        self,
        *,
        title: str,
        content: str,
        category: str | Unset = UNSET,
        category_id: str | Unset = UNSET,
        status: ArticleStatus | Unset = UNSET,
        is_public: bool | Unset = UNSET,
        tags: Sequence[str] | Unset = UNSET,
        slug: str | Unset = UNSET,
        excerpt: str | Unset = UNSET,
        meta_description: str | Unset = UNSET,
        notes: str | Unset = UNSET,
        metadata: Mapping[str, Any] | Unset = UNSET,
    ) -> Call[Article]:
        """Create an article.

        Writes an article, a draft unless asked otherwise. Sends `article.created`, and `article.published` if it is
        published and public at once.

        `POST /api/v1/teams/{teamId}/articles`, needs a secret key.

        Args:
            title: The title.
            content: The text, in Markdown.
            category: The name of the category.
            category_id: The id of the category, instead of its name. Not documented by cStar; inferred.
            status: Whether the article is published.
            is_public: Whether it belongs in the public knowledge base, once published.
            tags: The tags of the article.
            slug: The title in a form fit for addresses; made from `title` when left out. Not documented by cStar;
                inferred.
            excerpt: A short text for lists and search results. Not documented by cStar; inferred.
            meta_description: The description for search engines. From cStar's public documentation.
            notes: Notes for the team, never shown to readers. Not documented by cStar; inferred.
            metadata: Your own keys and values. Not documented by cStar; inferred.
        """
        return Call(
            self._client,
            _articles.CREATE,
            (),
            None,
            {
                "title": title,
                "content": content,
                "category": category,
                "categoryId": category_id,
                "status": status,
                "isPublic": is_public,
                "tags": encode_given(tags, encode_array),
                "slug": slug,
                "excerpt": excerpt,
                "metaDescription": meta_description,
                "notes": notes,
                "metadata": metadata,
            },
            decode_article,
        )

    def import_many(
        self,
        records: _jobs.Records,
        *,
        merge_strategy: MergeStrategy | Unset = UNSET,
        journal: _jobs.JournalPath | None = None,
        concurrency: int = 1,
    ) -> _jobs.Bulk[_jobs.ImportReport]:
        """Create many articles, or change those that exist.

        500 records go into a request, in order. They have the fields of `create`, by their Python names or as they
        are on the wire, and may have an `id` or `external_id` to find an existing one by. A record that fails does
        not stop the others.

        Args:
            records: A list, an iterator or an async iterator of mappings.
            merge_strategy: What to do with records that exist already.
            journal: The journal: a file that records finished work. After a crash, run the job again with it to do
                the rest.
            concurrency: The maximum number of concurrent requests.
        """
        return _jobs.import_many(
            self._client,
            _articles.CREATE,
            _import_.RUN,
            records,
            merge_strategy,
            journal=journal,
            concurrency=concurrency,
        )

    def get(self, article_id: str) -> Call[Article]:
        """Get an article.

        Fetches one article with its full content.

        `GET /api/v1/teams/{teamId}/articles/{articleId}`.

        Args:
            article_id: The article, by its `art_` id or its bare UUID.
        """
        return Call(self._client, _articles.GET, (article_id,), None, None, decode_article)

    def update(
        self,
        article_id: str,
        *,
        title: str | Unset = UNSET,
        content: str | Unset = UNSET,
        category: str | None | Unset = UNSET,
        category_id: str | None | Unset = UNSET,
        status: ArticleStatus | Unset = UNSET,
        is_public: bool | Unset = UNSET,
        tags: Sequence[str] | Unset = UNSET,
        slug: str | Unset = UNSET,
        excerpt: str | None | Unset = UNSET,
        meta_description: str | None | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        metadata: Mapping[str, Any] | Unset = UNSET,
    ) -> Call[Article]:
        """Update an article.

        Changes the fields that are given and leaves the others. The first publication stamps `publishedAt`. Sends
        `article.updated`, and `article.published` when the article goes public.

        `PATCH /api/v1/teams/{teamId}/articles/{articleId}`, needs a secret key.

        Args:
            article_id: The article, by its `art_` id or its bare UUID.
            title: The title.
            content: The text, in Markdown.
            category: The name of the category; null takes the article out of it.
            category_id: The id of the category, instead of its name; null takes the article out of it. Not
                documented by cStar; inferred.
            status: Whether the article is published.
            is_public: Whether it belongs in the public knowledge base, once published.
            tags: The new tags; they replace the old ones.
            slug: The title in a form fit for addresses. Not documented by cStar; inferred.
            excerpt: A short text for lists and search results; null clears it. Not documented by cStar; inferred.
            meta_description: The description for search engines; null clears it. From cStar's public documentation.
            notes: Notes for the team; null clears them. Not documented by cStar; inferred.
            metadata: Keys to add or change; a key set to null is removed, the others stay. Not documented by cStar;
                inferred.
        """
        return Call(
            self._client,
            _articles.UPDATE,
            (article_id,),
            None,
            {
                "title": title,
                "content": content,
                "category": category,
                "categoryId": category_id,
                "status": status,
                "isPublic": is_public,
                "tags": encode_given(tags, encode_array),
                "slug": slug,
                "excerpt": excerpt,
                "metaDescription": meta_description,
                "notes": notes,
                "metadata": metadata,
            },
            decode_article,
        )

    def update_many(
        self,
        ids: _jobs.Ids,
        *,
        title: str | Unset = UNSET,
        content: str | Unset = UNSET,
        category: str | None | Unset = UNSET,
        category_id: str | None | Unset = UNSET,
        status: ArticleStatus | Unset = UNSET,
        is_public: bool | Unset = UNSET,
        tags: Sequence[str] | Unset = UNSET,
        slug: str | Unset = UNSET,
        excerpt: str | None | Unset = UNSET,
        meta_description: str | None | Unset = UNSET,
        notes: str | None | Unset = UNSET,
        metadata: Mapping[str, Any] | Unset = UNSET,
        journal: _jobs.JournalPath | None = None,
        concurrency: int = 4,
    ) -> _jobs.Bulk[_jobs.BulkReport]:
        """Change many articles in the same way.

        100 go into a request. An id that fails does not stop the others; the report has the error of each.

        Args:
            ids: A list, an iterator or an async iterator of ids, or of objects that have one.
            title: The title.
            content: The text, in Markdown.
            category: The name of the category; null takes the article out of it.
            category_id: The id of the category, instead of its name; null takes the article out of it. Not
                documented by cStar; inferred.
            status: Whether the article is published.
            is_public: Whether it belongs in the public knowledge base, once published.
            tags: The new tags; they replace the old ones.
            slug: The title in a form fit for addresses. Not documented by cStar; inferred.
            excerpt: A short text for lists and search results; null clears it. Not documented by cStar; inferred.
            meta_description: The description for search engines; null clears it. From cStar's public documentation.
            notes: Notes for the team; null clears them. Not documented by cStar; inferred.
            metadata: Keys to add or change; a key set to null is removed, the others stay. Not documented by cStar;
                inferred.
            journal: The journal: a file that records finished work. After a crash, run the job again with it to do
                the rest.
            concurrency: The maximum number of concurrent requests.
        """
        return _jobs.update_many(
            self._client,
            _articles.UPDATE,
            _bulk_operations.RUN,
            ids,
            {
                "title": title,
                "content": content,
                "category": category,
                "categoryId": category_id,
                "status": status,
                "isPublic": is_public,
                "tags": encode_given(tags, encode_array),
                "slug": slug,
                "excerpt": excerpt,
                "metaDescription": meta_description,
                "notes": notes,
                "metadata": metadata,
            },
            journal=journal,
            concurrency=concurrency,
        )

    def update_each(
        self, changes: _jobs.Pairs, *, journal: _jobs.JournalPath | None = None, concurrency: int = 4
    ) -> _jobs.Bulk[_jobs.BulkReport]:
        """Change many articles, each in its own way.

        Of equal changes 100 go into a request. An id that fails does not stop the others; the report has the error
        of each. The changes have the fields of `update`, by their Python names or as they are on the wire.

        Args:
            changes: A mapping of ids to changes, or an iterator or async iterator of such pairs.
            journal: The journal: a file that records finished work. After a crash, run the job again with it to do
                the rest.
            concurrency: The maximum number of concurrent requests.
        """
        return _jobs.update_each(
            self._client, _articles.UPDATE, _bulk_operations.RUN, changes, journal=journal, concurrency=concurrency
        )

    def delete(self, article_id: str) -> Call[Deleted]:
        """Delete an article.

        Deletes an article from the knowledge base for good. Sends `article.deleted`.

        `DELETE /api/v1/teams/{teamId}/articles/{articleId}`, needs a secret key.

        Args:
            article_id: The article, by its `art_` id or its bare UUID.
        """
        return Call(self._client, _articles.DELETE, (article_id,), None, None, decode_deleted)

    def delete_many(
        self, ids: _jobs.Ids, *, journal: _jobs.JournalPath | None = None, concurrency: int = 4
    ) -> _jobs.Bulk[_jobs.BulkReport]:
        """Delete many articles.

        100 go into a request. An id that fails does not stop the others; the report has the error of each.

        Args:
            ids: A list, an iterator or an async iterator of ids, or of objects that have one.
            journal: The journal: a file that records finished work. After a crash, run the job again with it to do
                the rest.
            concurrency: The maximum number of concurrent requests.
        """
        return _jobs.delete_many(
            self._client, _articles.DELETE, _bulk_operations.RUN, ids, journal=journal, concurrency=concurrency
        )
