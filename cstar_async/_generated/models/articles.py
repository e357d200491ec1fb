# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Articles: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import (
    ABSENT,
    FieldInfo,
    ModelInfo,
    encode_datetime,
    in_utc,
    new,
    note_absent,
    parse_datetime,
    parse_isoformat,
    show_fields,
    whole_number,
    with_usual_times,
)

from .shared import ARTICLE_STATUS_VALUES, ArticleStatus

ArticleStatusFilterKnown: TypeAlias = Literal["draft", "published", "archived"]
ArticleStatusFilter: TypeAlias = ArticleStatusFilterKnown | str
"""The statuses by which articles can be listed. No article is documented as carrying `archived`. Unknown values are
passed through.
"""
ARTICLE_STATUS_FILTER_VALUES: tuple[ArticleStatusFilterKnown, ...] = ("draft", "published", "archived")


@attrs.define(slots=True, kw_only=True)
class Article:
    """A page of the knowledge base.

    Attributes:
        id: The id of the article.
        object: The type of this object. From cStar's public documentation.
        title: The title.
        slug: The title in a form fit for addresses. From cStar's public documentation.
        excerpt: A short text for lists and search results. From cStar's public documentation.
        content: The text, in Markdown.
        category: The name of its category; null when it has none.
        category_id: The id of its category; null when it has none. From cStar's public documentation.
        status: Whether the article is published. Some articles of the documentation add `archived`.
        is_public: Whether it is in the public knowledge base.
        tags: The tags of the article.
        notes: Notes for the team, never shown to readers. From cStar's public documentation.
        view_count: How often it was read.
        use_count: How often it was used in replies.
        read_time: How long reading takes, in words. From cStar's public documentation.
        meta_description: The description for search engines. From cStar's public documentation.
        metadata: Your own keys and values; the service only keeps them. From cStar's public documentation.
        published_at: When it was first published; null before. From cStar's public documentation.
        created_at: When it was written.
        updated_at: When it last changed.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    title: str = ABSENT
    slug: str | None = None
    excerpt: str | None = None
    content: str = ABSENT
    category: str | None = ABSENT
    category_id: str | None = None
    status: ArticleStatus = ABSENT
    is_public: bool = ABSENT
    tags: list[str] = ABSENT
    notes: str | None = None
    view_count: int = ABSENT
    use_count: int = ABSENT
    read_time: str | None = None
    meta_description: str | None = None
    metadata: dict[str, Any] | None = None
    published_at: _dt.datetime | None = None
    created_at: _dt.datetime = ABSENT
    updated_at: _dt.datetime = ABSENT


def decode_article(d: Mapping[str, Any]) -> Article:
    """Decode an Article from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(Article)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.title = d["title"]
        o.slug = get("slug")
        o.excerpt = get("excerpt")
        o.content = d["content"]
        o.category = d["category"]
        o.category_id = get("categoryId")
        o.status = d["status"]
        o.is_public = d["isPublic"]
        o.tags = d["tags"]
        o.notes = get("notes")
        v = d["viewCount"]
        o.view_count = v if v.__class__ is int else whole_number(v)
        v = d["useCount"]
        o.use_count = v if v.__class__ is int else whole_number(v)
        o.read_time = get("readTime")
        o.meta_description = get("metaDescription")
        o.metadata = get("metadata")
        v = get("publishedAt")
        o.published_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = d["createdAt"]
        o.created_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        v = d["updatedAt"]
        o.updated_at = t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t)
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_article(with_usual_times(d, ("publishedAt", "createdAt", "updatedAt")))
    return _decode_article_leniently(d)


_ARTICLE_PROMISED = frozenset(
    (
        "id",
        "title",
        "content",
        "category",
        "status",
        "isPublic",
        "tags",
        "viewCount",
        "useCount",
        "createdAt",
        "updatedAt",
    )
)


def _decode_article_leniently(d: Mapping[str, Any]) -> Article:
    o: Any = new(Article)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.title = get("title")
        o.slug = get("slug")
        o.excerpt = get("excerpt")
        o.content = get("content")
        o.category = get("category")
        o.category_id = get("categoryId")
        o.status = get("status")
        o.is_public = get("isPublic")
        o.tags = get("tags")
        o.notes = get("notes")
        v = get("viewCount")
        o.view_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("useCount")
        o.use_count = v if v.__class__ is int or v is None else whole_number(v)
        o.read_time = get("readTime")
        o.meta_description = get("metaDescription")
        o.metadata = get("metadata")
        v = get("publishedAt")
        o.published_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updatedAt")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_article(with_usual_times(d, ("publishedAt", "createdAt", "updatedAt")))
    note_absent("Article", d, _ARTICLE_PROMISED)
    decoded: Article = o
    return decoded


def encode_article(o: Article) -> dict[str, Any]:
    """Encode an Article as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.slug
    if v is not None:
        d["slug"] = v
    v = o.excerpt
    if v is not None:
        d["excerpt"] = v
    v = o.content
    if v is not None:
        d["content"] = v
    v = o.category
    d["category"] = v
    v = o.category_id
    if v is not None:
        d["categoryId"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.is_public
    if v is not None:
        d["isPublic"] = v
    v = o.tags
    if v is not None:
        d["tags"] = v
    v = o.notes
    if v is not None:
        d["notes"] = v
    v = o.view_count
    if v is not None:
        d["viewCount"] = v
    v = o.use_count
    if v is not None:
        d["useCount"] = v
    v = o.read_time
    if v is not None:
        d["readTime"] = v
    v = o.meta_description
    if v is not None:
        d["metaDescription"] = v
    v = o.metadata
    if v is not None:
        d["metadata"] = v
    v = o.published_at
    if v is not None:
        d["publishedAt"] = encode_datetime(v)
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    v = o.updated_at
    if v is not None:
        d["updatedAt"] = encode_datetime(v)
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        Article: ModelInfo(
            decode_article,
            encode_article,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("title", "title", True, False, None, False),
                FieldInfo("slug", "slug", False, False, None, False),
                FieldInfo("excerpt", "excerpt", False, True, None, False),
                FieldInfo("content", "content", True, False, None, False),
                FieldInfo("category", "category", True, True, None, False),
                FieldInfo("category_id", "categoryId", False, True, None, False),
                FieldInfo("status", "status", True, False, None, False, ARTICLE_STATUS_VALUES),
                FieldInfo("is_public", "isPublic", True, False, None, False),
                FieldInfo("tags", "tags", True, False, None, False),
                FieldInfo("notes", "notes", False, True, None, False),
                FieldInfo("view_count", "viewCount", True, False, whole_number, False),
                FieldInfo("use_count", "useCount", True, False, whole_number, False),
                FieldInfo("read_time", "readTime", False, True, None, False),
                FieldInfo("meta_description", "metaDescription", False, True, None, False),
                FieldInfo("metadata", "metadata", False, False, None, False),
                FieldInfo("published_at", "publishedAt", False, True, parse_datetime, False),
                FieldInfo("created_at", "createdAt", True, False, parse_datetime, False),
                FieldInfo("updated_at", "updatedAt", True, False, parse_datetime, False),
            ),
            None,
        )
    }
