# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Public Library: models, and the known values of enums."""

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

LibraryRatingKnown: TypeAlias = Literal["helpful", "not_helpful"]
LibraryRating: TypeAlias = LibraryRatingKnown | str
"""Whether an article helped. The documentation names the field, not its values. Unknown values are passed through."""
LIBRARY_RATING_VALUES: tuple[LibraryRatingKnown, ...] = ("helpful", "not_helpful")


@attrs.define(slots=True, kw_only=True)
class LibraryArticle:
    """A public article as readers see it.

    Attributes:
        id: The article's id. Not documented by cStar; inferred.
        slug: The article's name in URLs. From cStar's public documentation.
        title: The title. Not documented by cStar; inferred.
        content: The text, in Markdown. Lists may leave it out. From cStar's public documentation.
        excerpt: A short version of the text. Not documented by cStar; inferred.
        category: The name of its category; null without one. Not documented by cStar; inferred.
        category_slug: The category's name in URLs; null without one. Not documented by cStar; inferred.
        tags: Its tags. Not documented by cStar; inferred.
        read_time: How long reading takes. Not documented by cStar; inferred.
        meta_description: What search engines show. Not documented by cStar; inferred.
        view_count: How many times it was viewed. Not documented by cStar; inferred.
        published_at: When it was first published. Not documented by cStar; inferred.
        updated_at: When it was last changed. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str | None = None
    slug: str = ABSENT
    title: str | None = None
    content: str | None = None
    excerpt: str | None = None
    category: str | None = None
    category_slug: str | None = None
    tags: list[str] | None = None
    read_time: str | None = None
    meta_description: str | None = None
    view_count: int | None = None
    published_at: _dt.datetime | None = None
    updated_at: _dt.datetime | None = None


def decode_library_article(d: Mapping[str, Any]) -> LibraryArticle:
    """Decode a LibraryArticle from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(LibraryArticle)
    v: Any
    get = d.get
    try:
        o.id = get("id")
        o.slug = d["slug"]
        o.title = get("title")
        o.content = get("content")
        o.excerpt = get("excerpt")
        o.category = get("category")
        o.category_slug = get("categorySlug")
        o.tags = get("tags")
        o.read_time = get("readTime")
        o.meta_description = get("metaDescription")
        v = get("viewCount")
        o.view_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("publishedAt")
        o.published_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updatedAt")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        return o
    except (KeyError, TypeError):
        pass
    except ValueError:
        return decode_library_article(with_usual_times(d, ("publishedAt", "updatedAt")))
    return _decode_library_article_leniently(d)


_LIBRARY_ARTICLE_PROMISED = frozenset(("slug",))


def _decode_library_article_leniently(d: Mapping[str, Any]) -> LibraryArticle:
    o: Any = new(LibraryArticle)
    v: Any
    get = d.get
    try:
        o.id = get("id")
        o.slug = get("slug")
        o.title = get("title")
        o.content = get("content")
        o.excerpt = get("excerpt")
        o.category = get("category")
        o.category_slug = get("categorySlug")
        o.tags = get("tags")
        o.read_time = get("readTime")
        o.meta_description = get("metaDescription")
        v = get("viewCount")
        o.view_count = v if v.__class__ is int or v is None else whole_number(v)
        v = get("publishedAt")
        o.published_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
        v = get("updatedAt")
        o.updated_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_library_article(with_usual_times(d, ("publishedAt", "updatedAt")))
    note_absent("LibraryArticle", d, _LIBRARY_ARTICLE_PROMISED)
    decoded: LibraryArticle = o
    return decoded


def encode_library_article(o: LibraryArticle) -> dict[str, Any]:
    """Encode a LibraryArticle as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    if v is not None:
        d["id"] = v
    v = o.slug
    if v is not None:
        d["slug"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.content
    if v is not None:
        d["content"] = v
    v = o.excerpt
    if v is not None:
        d["excerpt"] = v
    v = o.category
    if v is not None:
        d["category"] = v
    v = o.category_slug
    if v is not None:
        d["categorySlug"] = v
    v = o.tags
    if v is not None:
        d["tags"] = v
    v = o.read_time
    if v is not None:
        d["readTime"] = v
    v = o.meta_description
    if v is not None:
        d["metaDescription"] = v
    v = o.view_count
    if v is not None:
        d["viewCount"] = v
    v = o.published_at
    if v is not None:
        d["publishedAt"] = encode_datetime(v)
    v = o.updated_at
    if v is not None:
        d["updatedAt"] = encode_datetime(v)
    return d


@attrs.define(slots=True, kw_only=True)
class LibraryCategory:
    """A public category as readers see it.

    Attributes:
        id: The category's id, a UUID. Not documented by cStar; inferred.
        name: The name. Not documented by cStar; inferred.
        slug: The category's name in URLs. From cStar's public documentation.
        description: What it is about. Not documented by cStar; inferred.
        icon: The name of its icon. Not documented by cStar; inferred.
        color: Its colour, as a CSS value. Not documented by cStar; inferred.
        sort_order: The place in the display order, from 0. Not documented by cStar; inferred.
        article_count: How many public articles it has. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str | None = None
    name: str | None = None
    slug: str = ABSENT
    description: str | None = None
    icon: str | None = None
    color: str | None = None
    sort_order: int | None = None
    article_count: int | None = None


def decode_library_category(d: Mapping[str, Any]) -> LibraryCategory:
    """Decode a LibraryCategory from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(LibraryCategory)
    v: Any
    get = d.get
    try:
        o.id = get("id")
        o.name = get("name")
        o.slug = d["slug"]
        o.description = get("description")
        o.icon = get("icon")
        o.color = get("color")
        v = get("sortOrder")
        o.sort_order = v if v.__class__ is int or v is None else whole_number(v)
        v = get("articleCount")
        o.article_count = v if v.__class__ is int or v is None else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_library_category_leniently(d)


_LIBRARY_CATEGORY_PROMISED = frozenset(("slug",))


def _decode_library_category_leniently(d: Mapping[str, Any]) -> LibraryCategory:
    o: Any = new(LibraryCategory)
    v: Any
    get = d.get
    o.id = get("id")
    o.name = get("name")
    o.slug = get("slug")
    o.description = get("description")
    o.icon = get("icon")
    o.color = get("color")
    v = get("sortOrder")
    o.sort_order = v if v.__class__ is int or v is None else whole_number(v)
    v = get("articleCount")
    o.article_count = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("LibraryCategory", d, _LIBRARY_CATEGORY_PROMISED)
    decoded: LibraryCategory = o
    return decoded


def encode_library_category(o: LibraryCategory) -> dict[str, Any]:
    """Encode a LibraryCategory as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    if v is not None:
        d["id"] = v
    v = o.name
    if v is not None:
        d["name"] = v
    v = o.slug
    if v is not None:
        d["slug"] = v
    v = o.description
    if v is not None:
        d["description"] = v
    v = o.icon
    if v is not None:
        d["icon"] = v
    v = o.color
    if v is not None:
        d["color"] = v
    v = o.sort_order
    if v is not None:
        d["sortOrder"] = v
    v = o.article_count
    if v is not None:
        d["articleCount"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class LibraryStats:
    """A public library in figures.

    Attributes:
        total_articles: Public articles.
        total_categories: Public categories.
        total_views: Views of all articles together.
    """

    __repr__ = show_fields

    total_articles: int = ABSENT
    total_categories: int = ABSENT
    total_views: int = ABSENT


def decode_library_stats(d: Mapping[str, Any]) -> LibraryStats:
    """Decode a LibraryStats from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(LibraryStats)
    v: Any
    try:
        v = d["totalArticles"]
        o.total_articles = v if v.__class__ is int else whole_number(v)
        v = d["totalCategories"]
        o.total_categories = v if v.__class__ is int else whole_number(v)
        v = d["totalViews"]
        o.total_views = v if v.__class__ is int else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_library_stats_leniently(d)


_LIBRARY_STATS_PROMISED = frozenset(("totalArticles", "totalCategories", "totalViews"))


def _decode_library_stats_leniently(d: Mapping[str, Any]) -> LibraryStats:
    o: Any = new(LibraryStats)
    v: Any
    get = d.get
    v = get("totalArticles")
    o.total_articles = v if v.__class__ is int or v is None else whole_number(v)
    v = get("totalCategories")
    o.total_categories = v if v.__class__ is int or v is None else whole_number(v)
    v = get("totalViews")
    o.total_views = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("LibraryStats", d, _LIBRARY_STATS_PROMISED)
    decoded: LibraryStats = o
    return decoded


def encode_library_stats(o: LibraryStats) -> dict[str, Any]:
    """Encode a LibraryStats as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.total_articles
    if v is not None:
        d["totalArticles"] = v
    v = o.total_categories
    if v is not None:
        d["totalCategories"] = v
    v = o.total_views
    if v is not None:
        d["totalViews"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class LibraryReceipt:
    """Says that a view or a rating was taken.

    Attributes:
        recorded: Always true. Not documented by cStar; inferred.
        view_count: The article's views after this one, for a view. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    recorded: bool = ABSENT
    view_count: int | None = None


def decode_library_receipt(d: Mapping[str, Any]) -> LibraryReceipt:
    """Decode a LibraryReceipt from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(LibraryReceipt)
    v: Any
    get = d.get
    try:
        o.recorded = d["recorded"]
        v = get("viewCount")
        o.view_count = v if v.__class__ is int or v is None else whole_number(v)
        return o
    except (KeyError, TypeError):
        pass
    return _decode_library_receipt_leniently(d)


_LIBRARY_RECEIPT_PROMISED = frozenset(("recorded",))


def _decode_library_receipt_leniently(d: Mapping[str, Any]) -> LibraryReceipt:
    o: Any = new(LibraryReceipt)
    v: Any
    get = d.get
    o.recorded = get("recorded")
    v = get("viewCount")
    o.view_count = v if v.__class__ is int or v is None else whole_number(v)
    note_absent("LibraryReceipt", d, _LIBRARY_RECEIPT_PROMISED)
    decoded: LibraryReceipt = o
    return decoded


def encode_library_receipt(o: LibraryReceipt) -> dict[str, Any]:
    """Encode a LibraryReceipt as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.recorded
    if v is not None:
        d["recorded"] = v
    v = o.view_count
    if v is not None:
        d["viewCount"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        LibraryArticle: ModelInfo(
            decode_library_article,
            encode_library_article,
            (
                FieldInfo("id", "id", False, False, None, False),
                FieldInfo("slug", "slug", True, False, None, False),
                FieldInfo("title", "title", False, False, None, False),
                FieldInfo("content", "content", False, False, None, False),
                FieldInfo("excerpt", "excerpt", False, True, None, False),
                FieldInfo("category", "category", False, True, None, False),
                FieldInfo("category_slug", "categorySlug", False, True, None, False),
                FieldInfo("tags", "tags", False, False, None, False),
                FieldInfo("read_time", "readTime", False, True, None, False),
                FieldInfo("meta_description", "metaDescription", False, True, None, False),
                FieldInfo("view_count", "viewCount", False, False, whole_number, False),
                FieldInfo("published_at", "publishedAt", False, True, parse_datetime, False),
                FieldInfo("updated_at", "updatedAt", False, False, parse_datetime, False),
            ),
            None,
        ),
        LibraryCategory: ModelInfo(
            decode_library_category,
            encode_library_category,
            (
                FieldInfo("id", "id", False, False, None, False),
                FieldInfo("name", "name", False, False, None, False),
                FieldInfo("slug", "slug", True, False, None, False),
                FieldInfo("description", "description", False, True, None, False),
                FieldInfo("icon", "icon", False, True, None, False),
                FieldInfo("color", "color", False, True, None, False),
                FieldInfo("sort_order", "sortOrder", False, False, whole_number, False),
                FieldInfo("article_count", "articleCount", False, False, whole_number, False),
            ),
            None,
        ),
        LibraryStats: ModelInfo(
            decode_library_stats,
            encode_library_stats,
            (
                FieldInfo("total_articles", "totalArticles", True, False, whole_number, False),
                FieldInfo("total_categories", "totalCategories", True, False, whole_number, False),
                FieldInfo("total_views", "totalViews", True, False, whole_number, False),
            ),
            None,
        ),
        LibraryReceipt: ModelInfo(
            decode_library_receipt,
            encode_library_receipt,
            (
                FieldInfo("recorded", "recorded", True, False, None, False),
                FieldInfo("view_count", "viewCount", False, False, whole_number, False),
            ),
            None,
        ),
    }
