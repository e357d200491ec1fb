"""Results and problems in the envelope of the API, as they go over the wire."""

from __future__ import annotations

from typing import Any

import orjson

from .results import Problem, Response, Result

DOCUMENTATION = "https://www.cstar.help/developers/errors#"


def encode_result(answer: Result, request_id: str, timestamp: str, where: str) -> Response:
    """A successful answer in its envelope; `where` pagination stands is one of the Switches."""
    meta: dict[str, Any] = {"requestId": request_id, "timestamp": timestamp}
    body: dict[str, Any] = {"success": True, "data": answer.data}
    if answer.pagination is not None:
        if where != "meta":
            body["pagination"] = answer.pagination
        if where != "top":
            meta["pagination"] = answer.pagination
    body["meta"] = meta
    return Response(answer.status, orjson.dumps(body), request_id)


def encode_problem(problem: Problem, request_id: str, timestamp: str) -> Response:
    """An error in its envelope. The seed calls the offending field `field`, the documentation `param`: we send both."""
    error: dict[str, Any] = {"type": problem.kind, "code": problem.code, "message": problem.message}
    if problem.param is not None:
        error["param"] = error["field"] = problem.param
    error["doc_url"] = DOCUMENTATION + problem.code
    error["request_id"] = request_id
    if problem.retry_after is not None:
        error["retryAfter"] = problem.retry_after
    meta = {"requestId": request_id, "timestamp": timestamp}
    body = orjson.dumps({"success": False, "error": error, "meta": meta})
    return Response(problem.status, body, request_id)
