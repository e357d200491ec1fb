"""Encodes results and problems in the envelope of the API."""

from __future__ import annotations

from typing import Any

import orjson

from .results import Problem, Response, Result

DOCUMENTATION = "https://www.cstar.help/developers/errors#"


def encode_result(result: Result, request_id: str, timestamp: str, pagination: str) -> Response:
    """Encode a result; `pagination` is the value of that switch."""
    meta: dict[str, Any] = {"requestId": request_id, "timestamp": timestamp}
    body: dict[str, Any] = {"success": True, "data": result.data}
    if result.pagination is not None:
        if pagination != "meta":
            body["pagination"] = result.pagination
        if pagination != "top":
            meta["pagination"] = result.pagination
    body["meta"] = meta
    return Response(result.status, orjson.dumps(body), request_id)


def encode_problem(problem: Problem, request_id: str, timestamp: str) -> Response:
    """Encode an error. It has the invalid field as `field` and as `param`, since cStar documents both names."""
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
