"""Bulk operations. Each object is changed as by a request of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cstar_async.sandbox.service.results import Problem, Result, invalid, missing

if TYPE_CHECKING:
    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Context, Handler

ID_PARAMS = {"tickets": "ticketId", "customers": "customerId", "articles": "articleId"}


def bulk(context: Context) -> Result:
    """Update or delete many objects, each separately: the answer lists the failures. Raises Problem 400."""
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
        problem = attempt(context, f"{resource}.{action}", data, **{ID_PARAMS[resource]: each})
        if problem is not None:
            failures.append({"id": each, "code": problem.code, "message": problem.message})
    answer: Json = {
        "object": "bulk_result",
        "action": action,
        "resource": resource,
        "total": len(ids),
        "succeeded": len(ids) - len(failures),
        "failed": len(failures),
        "errors": failures,
    }
    return Result(answer)


def attempt(context: Context, operation_id: str, body: Json | None, **path: str) -> Problem | None:
    """Carry out one operation. If that fails, undo its changes and return the problem."""
    trace, fired = context.effects.trace, context.effects.fired
    trace_length, fired_length = len(trace), len(fired)
    try:
        with context.store.savepoint():
            context.run(operation_id, body, **path)
    except Problem as problem:
        del trace[trace_length:], fired[fired_length:]
        return problem
    return None


def _check_data(context: Context, operation_id: str, data: Json) -> None:
    """Check the data before any object is changed. Raises Problem 400 with its `param` below `data`."""
    try:
        _ = context.derive(operation_id, data).body
    except Problem as problem:
        raise invalid(problem.message, f"data.{problem.param}" if problem.param else "data") from None


HANDLERS: dict[str, Handler] = {"bulk.run": bulk}
