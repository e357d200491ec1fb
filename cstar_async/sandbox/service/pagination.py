"""Pages of lists: by number, by cursor, or all at once, as the contract defines for the operation."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from .results import Result, invalid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cstar_async._core.operation import Operation
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.storage.conditions import Condition

    from .context import Context


PAGING = frozenset({"page", "pageSize", "cursor", "limit"})
"""Query parameters that are not filters."""
DEFAULT_PAGE_SIZE = 20
NEWEST_FIRST = "place DESC"


def list_page(
    context: Context,
    collection: str,
    where: Sequence[Condition] = (),
    *,
    owner: str = "",
    order: str = NEWEST_FIRST,
    show: Callable[[Json], Json] = dict,
) -> Result:
    """The documents of a collection that meet all conditions, with the pagination of the requested operation."""
    store, team = context.store, context.team
    if context.operation.pagination == "cursor":
        return _by_cursor(context, collection, where, show)
    if context.operation.pagination != "page":
        limit: int = context.query.get("limit", -1)
        rows = store.select(team, collection, where, owner=owner, order=order, limit=limit)
        return Result([show(row) for row in rows])
    total = store.count(team, collection, where, owner=owner)
    page, size = requested_page(context, total)
    rows = store.select(team, collection, where, owner=owner, order=order, limit=size, offset=(page - 1) * size)
    return Result([show(row) for row in rows], pagination=pagination(page, size, total))


def requested_page(context: Context, total: int) -> tuple[int, int]:
    """The number of the requested page, and the page size: all items if the contract has no default."""
    size = context.query.get("pageSize") or page_size_default(context.operation) or max(total, 1)
    return context.query.get("page", 1), size


def page_size_default(operation: Operation) -> int | None:
    """Return the default page size; None if the contract returns all items by default."""
    default = next((param.default for param in operation.params if param.name == "pageSize"), DEFAULT_PAGE_SIZE)
    return default if isinstance(default, int) else None


def _by_cursor(context: Context, collection: str, where: Sequence[Condition], show: Callable[[Json], Json]) -> Result:
    limit: int = context.query.get("limit", DEFAULT_PAGE_SIZE)
    before = decode_cursor(context.query.get("cursor"))
    rows = context.store.before(context.team, collection, where, before, limit + 1)
    return Result(
        [show(row) for _, row in rows[:limit]], pagination=cursor_pagination([place for place, _ in rows], limit)
    )


def cursor_pagination(places: Sequence[int], limit: int) -> dict[str, Any]:
    """The pagination fields of a page by cursor. `places` has its items and, if there are more, the next one."""
    more = len(places) > limit
    return {"nextCursor": encode_cursor(places[limit - 1]) if more else None, "hasMore": more}


def encode_cursor(place: int) -> str:
    """A place in an order as an opaque cursor."""
    return base64.urlsafe_b64encode(b"before:%d" % place).decode()


def decode_cursor(cursor: str | None) -> int | None:
    """The place in a cursor. Raises Problem 400 for an invalid cursor."""
    if cursor is None:
        return None
    try:
        kind, _, number = base64.b64decode(cursor, altchars=b"-_", validate=True).partition(b":")
        place = int(number)
    except (binascii.Error, ValueError):
        kind, place = b"", 0
    if kind != b"before" or not 0 < place < 2**63:
        raise invalid("The 'cursor' parameter must be a cursor from an earlier answer.", "cursor")
    return place


def pagination(page: int, page_size: int, total: int) -> dict[str, Any]:
    """The pagination fields of a page by number, with those of all variants that cStar documents."""
    return {
        "page": page,
        "pageSize": page_size,
        "total": total,
        "totalPages": -(-total // page_size),
        "hasMore": page * page_size < total,
    }
