"""Imports. Each record is created or updated as by a request of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.contract.document import is_list, is_object
from cstar_async.sandbox.service.events import audit
from cstar_async.sandbox.service.pagination import list_page
from cstar_async.sandbox.service.results import Result
from cstar_async.sandbox.storage.conditions import Condition

from .bulk_operations import ID_PARAMS, attempt

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

IMPORTS = "imports"


def import_records(context: Context) -> Result:
    """Create the records that are new; skip, update or merge the others, as `mergeStrategy` says."""
    resource: str = context.body["resource"]
    strategy: str = context.body.get("mergeStrategy", "skip")
    counts = {"created": 0, "updated": 0, "skipped": 0}
    failures: list[Json] = []
    for index, record in enumerate(context.body["records"]):
        existing = _existing(context, resource, record)
        if existing is None:
            outcome, problem = "created", attempt(context, f"{resource}.create", record)
        elif strategy == "skip":
            outcome, problem = "skipped", None
        else:
            change = record if strategy == "update" else _missing_fields(existing, record)
            outcome = "updated"
            problem = attempt(context, f"{resource}.update", change, **{ID_PARAMS[resource]: existing["id"]})
        if problem is None:
            counts[outcome] += 1
        else:
            failures.append({"index": index, "message": problem.message, "field": problem.param})
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
    return Result(answer)


def list_imports(context: Context) -> Result:
    """The imports, newest first."""
    return list_page(context, IMPORTS)


def _existing(context: Context, resource: str, record: Json) -> Json | None:
    """The object of a record: customers by email, articles by slug or title, tickets by external id, all by id."""
    store, team = context.store, context.team
    if isinstance(record.get("id"), str) and (found := store.get(team, resource, record["id"])):
        return found
    if resource == "customers":
        return store.by_unique_key(team, resource, str(record.get("email")).casefold())
    if resource == "articles":
        if isinstance(record.get("slug"), str):
            return store.by_unique_key(team, resource, record["slug"])
        where = [
            Condition.equals("title", str(record.get("title"))),
            Condition("collection = 'articles'", ()),  # a constant, so that SQLite uses the index on titles of articles
        ]
    else:
        metadata = record.get("metadata")
        external_id = metadata.get("externalId") if is_object(metadata) else None
        if not isinstance(external_id, str | int):
            return None
        where = [Condition.equals("metadata.externalId", external_id)]
    return next(iter(store.select(team, resource, where, limit=1)), None)


def _missing_fields(existing: Json, record: Json) -> Json:
    """Return the fields of a record that the object lacks; lists are joined, objects merged."""
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


HANDLERS: dict[str, Handler] = {"imports.run": import_records, "imports.list": list_imports}
