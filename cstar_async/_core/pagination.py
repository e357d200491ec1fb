"""Pages of a list, and which page comes next. Pure."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # typing.get_type_hints(PageMeta) needs it
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Generic, NamedTuple, TypeVar, cast

import attrs

from .representation import show_fields
from .secrets import clean_text
from .serialization import parse_datetime

T_co = TypeVar("T_co", covariant=True)

REMEMBERED_PAGES = 10
MAX_STALE_PAGES = 3
LARGEST_PAGE = 100
"""The most items that the service sends in a page, whatever is requested, as cStar documents."""


class Pagination(NamedTuple):
    """The pagination fields of an answer; None for one that is absent."""

    page: int | None = None
    page_size: int | None = None
    total: int | None = None
    total_pages: int | None = None
    has_more: bool | None = None
    next_cursor: str | None = None


class PageMeta(NamedTuple):
    """`meta` of an answer; None for what is absent."""

    request_id: str | None = None
    timestamp: dt.datetime | None = None


@attrs.define(kw_only=True)
class Page(Generic[T_co]):
    """One page of a list; iterable and sized."""

    data: list[T_co]
    pagination: Pagination
    has_more: bool
    """Whether another page follows: as the answer says; if it does not, a page that is not full is the last."""
    meta: PageMeta

    __repr__ = show_fields

    def __iter__(self) -> Iterator[T_co]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)


_CURSOR = ("nextCursor", "next_cursor")
# A field counts if it has this type and at least this value; so an empty cursor does not count.
_FIELDS: dict[str, tuple[type, tuple[str, ...], Any]] = {
    "page": (int, ("page",), 0),
    "page_size": (int, ("pageSize", "page_size"), 1),
    "total": (int, ("total",), 0),
    "total_pages": (int, ("totalPages", "total_pages"), 0),
    "has_more": (bool, ("hasMore", "has_more"), False),
    "next_cursor": (str, _CURSOR, "\0"),
}


def around_list(body: Mapping[str, Any], envelope: str) -> Mapping[str, Any]:
    """The body with the pagination of a list that is a member of the result: `{"data": {"items": [], "total": 9}}`."""
    if "." not in envelope:
        return body
    inner = body
    for member in envelope.split(".")[:-1]:
        found = inner.get(member)
        if not isinstance(found, Mapping):
            return body
        inner = cast("Mapping[str, Any]", found)
    return {**body, "pagination": inner.get("pagination", inner)}


def read_pagination(body: Mapping[str, Any]) -> Pagination:
    """Read each field from the top level or from `meta` (docs show both places).

    An impossible value (a page size of 0, a negative total) is ignored, like one of another type.
    """
    places = _places(body)
    return Pagination(**{field: _first(places, *about) for field, about in _FIELDS.items()})


def without_contradictions(pagination: Pagination, number: int, size: int, rows: int) -> Pagination:
    """The pagination without a total, or a number of pages, that the rows of page `number` contradict."""
    if rows and number > 0:
        if pagination.total is not None and pagination.total < (number - 1) * size + rows:
            pagination = pagination._replace(total=None)
        if pagination.total_pages is not None and pagination.total_pages < number:
            pagination = pagination._replace(total_pages=None)
    return pagination


def invalid_cursor(body: Mapping[str, Any]) -> str | None:
    """Name and value of a cursor that is neither a string nor null; None if there is none."""
    for place in _places(body):
        for name in _CURSOR:
            value = place.get(name)
            if value is not None and not isinstance(value, str):
                return clean_text(f"{name} {value!r:.100}")
    return None


def _places(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    places: list[Mapping[str, Any]] = []
    for holder in (body, body.get("meta")):
        place = cast("Mapping[str, Any]", holder).get("pagination") if isinstance(holder, Mapping) else None
        if isinstance(place, Mapping):
            places.append(cast("Mapping[str, Any]", place))
    # The JavaScript SDK has hasMore beside data; a body of that shape is read as well.
    places.append({name: body[name] for name in ("hasMore", "nextCursor") if name in body})
    return places


def _first(places: list[Mapping[str, Any]], kind: type, names: tuple[str, ...], least: Any) -> Any:
    for place in places:
        for name in names:
            value = place.get(name)
            if type(value) is kind and value >= least:
                return value
    return None


def read_meta(body: Mapping[str, Any]) -> PageMeta:
    """Read `meta`. It is only information, so invalid values are None."""
    meta = body.get("meta")
    if not isinstance(meta, Mapping):
        return PageMeta()
    members = cast("Mapping[str, Any]", meta)
    identity, moment = members.get("requestId"), members.get("timestamp")
    try:
        timestamp = parse_datetime(moment) if isinstance(moment, str) else None
    except ValueError:
        timestamp = None
    return PageMeta(identity if isinstance(identity, str) else None, timestamp)


def says_more(pagination: Pagination, number: int, size: int) -> bool | None:
    """Whether the answer says that a page follows page `number` of `size` rows; None if it does not say."""
    if pagination.has_more is not None:
        return pagination.has_more
    if pagination.next_cursor is not None:
        return True
    number = pagination.page or number
    if pagination.total_pages is not None:
        return number < pagination.total_pages
    if pagination.total is not None:
        return number * (pagination.page_size or size) < pagination.total
    return None


def last_page(pagination: Pagination, size: int) -> int | None:
    """The number of the last page; None if the answer does not say."""
    if pagination.total is not None and size > 0:
        return -(-pagination.total // size)
    return pagination.total_pages


class _Gap(NamedTuple):
    """A page that was read before rows in front of it: once these are read, the page after it is next."""

    page: int
    more: bool


class PageCursor:
    """The position in a numbered list: which page to request next, and which of its rows are new.

    Rows that disappear from pages already read (a loop closes tickets while it lists the open ones) move all later rows
    forward, some of them into pages already read. When `total` has fallen by k since the previous page, up to k rows
    have moved into the last ceil(k / size) pages. These are read again without the rows already given; then the page
    after the one with the lower total is next. Memory is constant: the ids of the last 10 pages are kept.
    """

    def __init__(self, start: int) -> None:
        self.upcoming: int | None = start
        self._total: int | None = None
        self._lowest: int | None = None
        self._gap: _Gap | None = None
        self._seen: dict[object, None] = {}
        """Ids, the most recently seen last."""
        self._longest = 0
        self.fresh = False
        """Whether the last page had new rows."""
        self._rows_hash = 0
        self._stale = 0
        """Pages in a row, each the furthest yet, without new rows."""
        self._reread = 0
        """Pages in a row that were read again and had no new rows."""
        self._furthest = 0

    def unseen(self, ids: Sequence[object], rows_hash: int = 0) -> list[int]:
        """Return the indexes of the rows not given yet, and remember their ids. A row without an id is new.

        `rows_hash` is a hash of the page if it has rows without ids; a page with the hash of the previous one is not
        new.
        """
        places: list[int] = []
        seen = self._seen
        page = dict.fromkeys(ids)
        if len(page) == len(ids) and None not in page and seen.keys().isdisjoint(page):
            # The fast path for the usual page: every row has an id and is new.
            seen.update(page)
            places.extend(range(len(ids)))
        else:
            for place, identity in enumerate(ids):
                if identity is None:
                    places.append(place)
                    continue
                if identity in seen:
                    del seen[identity]  # moved to the end, so that a row that is read repeatedly is not forgotten
                else:
                    places.append(place)
                seen[identity] = None
        self._longest = max(self._longest, len(ids))
        # All at once, since finding the first key of a dict passes all that were deleted before it.
        for identity in list(islice(seen, max(0, len(seen) - REMEMBERED_PAGES * self._longest))):
            del seen[identity]
        self.fresh = bool(places) and (rows_hash == 0 or rows_hash != self._rows_hash)
        self._rows_hash = rows_hash
        return places

    def stall(self) -> str | None:
        """The error message if many pages in a row have no new rows but the list claims to go on; else None."""
        # Pages that are read again may have no new rows, but there are no more of them than pages so far.
        if self.upcoming is None or (self._stale < MAX_STALE_PAGES and self._reread < MAX_STALE_PAGES + self._furthest):
            return None
        return (
            f"{self._stale + self._reread} pages in a row had no new items, but the list claims to go on with page "
            f"{self.upcoming}"
        )

    def advance(self, number: int, total: int | None, size: int, *, more: bool) -> bool:
        """Record that page `number` was read. True if rows have moved: pages fetched in advance are outdated."""
        fallen = 0 if total is None or self._total is None else max(0, self._total - total)
        shorter = total is not None and (self._lowest is None or total < self._lowest)
        if total is not None:
            self._total = total
        if shorter:
            self._lowest = total
        if self.fresh or shorter:
            # A total below all earlier ones is progress, even if all rows of this page are known.
            self._stale = self._reread = 0
        elif number > self._furthest:
            self._stale += 1
        else:
            self._reread += 1
        self._furthest = max(self._furthest, number)
        back = min(-(-fallen // size) if size > 0 else 0, number - 1)
        gap = self._gap
        if back:
            self._gap = _Gap(number, more)
            self.upcoming = number - back
        elif gap is not None and not fallen:
            if number + 1 < gap.page:
                self.upcoming = number + 1
            else:
                self._gap = None
                self.upcoming = gap.page + 1 if gap.more else None
        else:
            self._gap = None
            self.upcoming = number + 1 if more else None
        return fallen > 0
