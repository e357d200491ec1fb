"""The log of requests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.clock import iso_time
from cstar_async.sandbox.service.pagination import DEFAULT_PAGE_SIZE, cursor_pagination, decode_cursor
from cstar_async.sandbox.service.results import Result

if TYPE_CHECKING:
    from cstar_async.sandbox.service.context import Context, Handler


def request_log(context: Context) -> Result:
    """The team's last requests, newest first. The `status` to filter by is a number (404) or a class (4xx)."""
    query = context.query
    limit: int = query.get("limit", DEFAULT_PAGE_SIZE)
    before = decode_cursor(query.get("cursor"))
    status, method = query.get("status"), query.get("method")
    found = [
        each
        for each in reversed(context.service.requests)
        if each.team == context.team
        and (before is None or each.number < before)
        and (method is None or each.method == method)
        and (status is None or _matches_status(each.status, status))
    ][: limit + 1]
    rows = [
        {
            "id": f"log_{each.number}",
            "object": "request_log",
            "method": each.method,
            "path": each.path,
            "status": each.status,
            "durationMs": each.milliseconds,
            "requestId": each.request_id,
            "keyPrefix": each.key_prefix or None,
            "createdAt": iso_time(each.at),
        }
        for each in found[:limit]
    ]
    return Result(rows, pagination=cursor_pagination([each.number for each in found], limit))


def _matches_status(status: int, query: str) -> bool:
    return str(status) == query or f"{status // 100}xx" == query.casefold()


HANDLERS: dict[str, Handler] = {"logs.list": request_log}
