"""Exports: all objects of some kinds, as JSON or CSV."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import orjson

from cstar_async.sandbox.service.events import audit
from cstar_async.sandbox.service.results import Result, invalid

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler


MAX_ROWS = 10_000
"""The rows of one kind in an export. cStar documents this limit."""


def export(context: Context) -> Result:
    """Export the objects that meet the filters, as JSON, or those of one kind as CSV. Raises Problem 400."""
    selections: list[Json] = context.body["resources"]
    form: str = context.body.get("format", "json")
    if form == "csv" and len(selections) != 1:
        raise invalid("The 'resources' field must have exactly one item if the 'format' is 'csv'.", "resources")
    exported: dict[str, list[Json]] = {}
    for index, selection in enumerate(selections):
        collection = context.service.collections[selection["type"]]
        where = collection.body_conditions(context, selection.get("filters") or {}, f"resources[{index}].filters")
        rows = context.store.select(context.team, collection.name, where, order="place", limit=MAX_ROWS)
        exported[selection["type"]] = [collection.to_response(row) for row in rows]
    total = sum(map(len, exported.values()))
    audit(context, "export.created", "export", context.request_id, {"format": form, "totalRows": total})
    answer: Json = {"object": "export", "format": form, "totalRows": total}
    if form == "json":
        return Result(answer | {"resources": exported})
    ((kind, rows),) = exported.items()
    return Result(answer | {"csv": as_csv(list(context.service.collections[kind].fields), rows)})


def as_csv(columns: list[str], rows: list[Json]) -> str:
    """Rows as CSV (RFC 4180) with a header; booleans, lists and objects are JSON, null is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    used = [each for each in columns if any(each in row for row in rows)] if rows else columns
    writer.writerow(used)
    writer.writerows([_cell(row.get(each)) for each in used] for row in rows)
    return text.getvalue()


def _cell(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, bool | list | dict) else value


HANDLERS: dict[str, Handler] = {"exports.create": export}
