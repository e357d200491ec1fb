# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Search: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import ABSENT, FieldInfo, ModelInfo, new, note_absent, show_fields

SearchResultTypeKnown: TypeAlias = Literal["ticket", "customer", "article"]
SearchResultType: TypeAlias = SearchResultTypeKnown | str
"""What a search result is. Unknown values are passed through."""
SEARCH_RESULT_TYPE_VALUES: tuple[SearchResultTypeKnown, ...] = ("ticket", "customer", "article")

SearchScopeKnown: TypeAlias = Literal["tickets", "customers", "articles"]
SearchScope: TypeAlias = SearchScopeKnown | str
"""Where a search can look. Unknown values are passed through."""
SEARCH_SCOPE_VALUES: tuple[SearchScopeKnown, ...] = ("tickets", "customers", "articles")


@attrs.define(slots=True, kw_only=True)
class SearchResult:
    """One match of a search.

    Attributes:
        object: Always `search_result`. From cStar's public documentation.
        type: What a search result is.
        id: The id of the ticket, customer or article.
        title: Its title or name.
        snippet: The text around the match.
    """

    __repr__ = show_fields

    object: str = ABSENT
    type: SearchResultType = ABSENT
    id: str
    title: str = ABSENT
    snippet: str = ABSENT


def decode_search_result(d: Mapping[str, Any]) -> SearchResult:
    """Decode a SearchResult from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(SearchResult)
    try:
        o.object = d["object"]
        o.type = d["type"]
        o.id = d["id"]
        o.title = d["title"]
        o.snippet = d["snippet"]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_search_result_leniently(d)


_SEARCH_RESULT_PROMISED = frozenset(("object", "type", "id", "title", "snippet"))


def _decode_search_result_leniently(d: Mapping[str, Any]) -> SearchResult:
    o: Any = new(SearchResult)
    get = d.get
    o.object = get("object")
    o.type = get("type")
    o.id = d["id"]
    o.title = get("title")
    o.snippet = get("snippet")
    note_absent("SearchResult", d, _SEARCH_RESULT_PROMISED)
    decoded: SearchResult = o
    return decoded


def encode_search_result(o: SearchResult) -> dict[str, Any]:
    """Encode a SearchResult as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.type
    if v is not None:
        d["type"] = v
    v = o.id
    d["id"] = v
    v = o.title
    if v is not None:
        d["title"] = v
    v = o.snippet
    if v is not None:
        d["snippet"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        SearchResult: ModelInfo(
            decode_search_result,
            encode_search_result,
            (
                FieldInfo("object", "object", True, False, None, False),
                FieldInfo("type", "type", True, False, None, False, SEARCH_RESULT_TYPE_VALUES),
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("title", "title", True, False, None, False),
                FieldInfo("snippet", "snippet", True, False, None, False),
            ),
            None,
        )
    }
