"""Many at once: bulk changes, exports and imports. Each object goes the way that a single request for it would."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

import orjson

from cstar_async.sandbox.contract.document import is_list, is_object
from cstar_async.sandbox.service.events import audit
from cstar_async.sandbox.service.pagination import list_page
from cstar_async.sandbox.service.results import Answer, Problem, invalid, missing
from cstar_async.sandbox.storage.conditions import Where

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

IMPORTS = "imports"
ID_PARAMS = {"tickets": "ticketId", "customers": "customerId", "articles": "articleId"}
EXPORTED_AT_MOST = 10_000
"""Rows of one kind (docs)."""
Failure = tuple[str, str, "str | None"]


def bulk(context: Context) -> Answer:
    """Update or delete many objects. Each id stands for itself: what cannot be done is told, the rest is done."""
    body = context.body
    action, resource, ids = body["action"], body["resource"], body["ids"]
    data: Json | None = None
    if action == "update":
        if body.get("data") is None:
            raise missing("data")
        _check_data(context, f"{resource}.update", body["data"])
        data = body["data"]
    failures: list[Json] = []
    for each in ids:
        failure = attempt(context, f"{resource}.{action}", data, **{ID_PARAMS[resource]: each})
        if failure is not None:
            failures.append({"id": each, "code": failure[0], "message": failure[1]})
    return Answer({
        "object": "bulk_result",
        "action": action,
        "resource": resource,
        "total": len(ids),
        "succeeded": len(ids) - len(failures),
        "failed": len(failures),
        "errors": failures,
    })  # fmt: skip


def attempt(context: Context, operation_id: str, body: Json | None, **path: str) -> Failure | None:
    """Carry out one operation, or leave no trace of it: code, message and param of what went wrong."""
    traced, happened = len(context.trace), len(context.happened)
    try:
        with context.store.savepoint():
            context.run(operation_id, body, **path)
    except Problem as problem:
        del context.trace[traced:], context.happened[happened:]
        return problem.code, problem.message, problem.param
    return None


def export(context: Context) -> Answer:
    """All objects of some kinds that meet the filters, as JSON, or those of one kind as CSV."""
    selections: list[Json] = context.body["resources"]
    form: str = context.body.get("format", "json")
    if form == "csv" and len(selections) != 1:
        raise invalid("CSV holds one kind of object: 'resources' must have exactly one item.", "resources")
    exported: dict[str, list[Json]] = {}
    for index, selection in enumerate(selections):
        collection = context.collections[selection["type"]]
        where = collection.chosen(context, selection.get("filters") or {}, f"resources[{index}].filters")
        rows = context.store.select(context.team, collection.name, where, order="place", limit=EXPORTED_AT_MOST)
        exported[selection["type"]] = [collection.plain(row) for row in rows]
    total = sum(map(len, exported.values()))
    audit(context, "export.created", "export", context.request_id, {"format": form, "totalRows": total})
    answer: Json = {"object": "export", "format": form, "totalRows": total}
    if form == "json":
        return Answer(answer | {"resources": exported})
    ((kind, rows),) = exported.items()
    return Answer(answer | {"csv": as_csv(list(context.collections[kind].fields), rows)})


def as_csv(columns: list[str], rows: list[Json]) -> str:
    """Rows as CSV (RFC 4180) with a header; lists and objects as JSON, null as nothing."""
    text = io.StringIO()
    writer = csv.writer(text)
    used = [each for each in columns if any(each in row for row in rows)] if rows else columns
    writer.writerow(used)
    writer.writerows([_cell(row.get(each)) for each in used] for row in rows)
    return text.getvalue()


def import_records(context: Context) -> Answer:
    """Create what is new; leave what exists, overwrite it, or fill in what it lacks, as `mergeStrategy` says."""
    resource: str = context.body["resource"]
    strategy: str = context.body.get("mergeStrategy", "skip")
    counts = {"created": 0, "updated": 0, "skipped": 0}
    failures: list[Json] = []
    for index, record in enumerate(context.body["records"]):
        existing = _existing(context, resource, record)
        if existing is None:
            outcome, failure = "created", attempt(context, f"{resource}.create", record)
        elif strategy == "skip":
            outcome, failure = "skipped", None
        else:
            change = record if strategy == "update" else _gaps(existing, record)
            outcome = "updated"
            failure = attempt(context, f"{resource}.update", change, **{ID_PARAMS[resource]: existing["id"]})
        if failure is None:
            counts[outcome] += 1
        else:
            failures.append({"index": index, "message": failure[1], "field": failure[2]})
    total = len(context.body["records"])
    log: Json = {
        "id": context.store.new_id(context.team, "imp_"),
        "object": "import_log",
        "resource": resource,
        "total": total,
        **counts,
        "failed": len(failures),
        "status": "completed",
        "createdAt": context.timestamp,
    }
    context.store.insert(context.team, IMPORTS, log, now=context.now)
    audit(context, "import.completed", "import", log["id"], {"resource": resource, **counts, "failed": len(failures)})
    answer: Json = {"object": "import_result", "resource": resource, "total": total, **counts, "errors": failures}
    return Answer(answer)


def list_imports(context: Context) -> Answer:
    """What was imported, the latest first."""
    return list_page(context, IMPORTS)


def _check_data(context: Context, operation_id: str, data: Json) -> None:
    """Refuse at once what no object could take. Raises Problem 400 that names the place in `data`."""
    try:
        _ = context.derive(operation_id, data).body
    except Problem as problem:
        raise invalid(problem.message, f"data.{problem.param}" if problem.param else "data") from None


def _existing(context: Context, resource: str, record: Json) -> Json | None:
    """The object that a record is about: customers by email, articles by slug or title, all by id (docs)."""
    store, team = context.store, context.team
    if isinstance(record.get("id"), str) and (found := store.get(team, resource, record["id"])):
        return found
    if resource == "customers":
        return store.by_natural(team, resource, str(record.get("email")).casefold())
    if resource == "articles":
        if isinstance(record.get("slug"), str):
            return store.by_natural(team, resource, record["slug"])
        same = [Where.equals("title", str(record.get("title"))), Where("collection = 'articles'", ())]  # for its index
        return next(iter(store.select(team, resource, same, limit=1)), None)
    metadata = record.get("metadata")
    external: Any = metadata.get("externalId") if is_object(metadata) else None
    if isinstance(external, str | int):
        return next(iter(store.select(team, resource, [Where.equals("metadata.externalId", external)], limit=1)), None)
    return None


def _gaps(existing: Json, record: Json) -> Json:
    """What a record has and the object lacks; lists are joined."""
    change: Json = {}
    for name, value in record.items():
        before = existing.get(name)
        if is_list(before) and is_list(value):
            joined = [*before, *(each for each in value if each not in before)]
            if joined != before:
                change[name] = joined
        elif is_object(before) and is_object(value):
            change[name] = {**value, **before}
        elif before is None or before == "":
            change[name] = value
    return change


def _cell(value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(value, list | dict) else value


HANDLERS: dict[str, Handler] = {
    "bulk.run": bulk,
    "exports.create": export,
    "imports.run": import_records,
    "imports.list": list_imports,
}
