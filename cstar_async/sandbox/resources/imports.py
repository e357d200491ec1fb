"""Imports: each record goes the way that a single request for it would."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    return Result(answer)


def list_imports(context: Context) -> Result:
    """List the imports, the latest first."""
    return list_page(context, IMPORTS)


def _existing(context: Context, resource: str, record: Json) -> Json | None:
    """The object that a record is about: customers by email, articles by slug or title, all by id (docs)."""
    store, team = context.store, context.team
    if isinstance(record.get("id"), str) and (found := store.get(team, resource, record["id"])):
        return found
    if resource == "customers":
        return store.by_unique_key(team, resource, str(record.get("email")).casefold())
    if resource == "articles":
        if isinstance(record.get("slug"), str):
            return store.by_unique_key(team, resource, record["slug"])
        same = [
            Condition.equals("title", str(record.get("title"))),
            Condition("collection = 'articles'", ()),
        ]  # for its index
        return next(iter(store.select(team, resource, same, limit=1)), None)
    metadata = record.get("metadata")
    external: Any = metadata.get("externalId") if is_object(metadata) else None
    if isinstance(external, str | int):
        return next(
            iter(store.select(team, resource, [Condition.equals("metadata.externalId", external)], limit=1)), None
        )
    return None


def _gaps(existing: Json, record: Json) -> Json:
    """Return the fields of a record that the object lacks; lists are joined."""
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
