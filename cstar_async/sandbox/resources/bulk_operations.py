"""Many changes at once. Each object goes the way that a single request for it would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.results import Problem, Result, invalid, missing

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

ID_PARAMS = {"tickets": "ticketId", "customers": "customerId", "articles": "articleId"}
Failure = tuple[str, str, "str | None"]


def bulk(context: Context) -> Result:
    """Update or delete many objects. Each id is handled separately: failures are reported, the other ids are done."""
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
    return Result({
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
    trace, fired = context.effects.trace, context.effects.fired
    traced, before = len(trace), len(fired)
    try:
        with context.store.savepoint():
            context.run(operation_id, body, **path)
    except Problem as problem:
        del trace[traced:], fired[before:]
        return problem.code, problem.message, problem.param
    return None


def _check_data(context: Context, operation_id: str, data: Json) -> None:
    """Refuse at once what no object could take. Raises Problem 400 that names the place in `data`."""
    try:
        _ = context.derive(operation_id, data).body
    except Problem as problem:
        raise invalid(problem.message, f"data.{problem.param}" if problem.param else "data") from None


HANDLERS: dict[str, Handler] = {
    "bulk.run": bulk,
}
