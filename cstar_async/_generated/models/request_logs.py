# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Request Logs: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import (
    FieldInfo,
    ModelInfo,
    encode_datetime,
    in_utc,
    new,
    parse_datetime,
    parse_isoformat,
    show_fields,
    whole_number,
    with_usual_times,
)

HttpMethodKnown: TypeAlias = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
HttpMethod: TypeAlias = HttpMethodKnown | str
"""The method of an HTTP request. Unknown values are passed through."""
HTTP_METHOD_VALUES: tuple[HttpMethodKnown, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE")


@attrs.define(slots=True, kw_only=True)
class RequestLog:
    """A request made to the API. Its id prefix is inferred.

    Attributes:
        id: The id of the log entry. Not documented by cStar; inferred.
        object: Always `request_log`. Not documented by cStar; inferred.
        method: The request's method. Not documented by cStar; inferred.
        path: The request's path, without host and query. Not documented by cStar; inferred.
        status: The status of the answer. Not documented by cStar; inferred.
        duration_ms: How long the answer took, in milliseconds. Not documented by cStar; inferred.
        request_id: The request's id, as in `meta.requestId`. Not documented by cStar; inferred.
        key_prefix: The first characters of the key used; null without a key. Not documented by cStar; inferred.
        created_at: When the request came in. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    method: HttpMethod | None = None
    path: str | None = None
    status: int | None = None
    duration_ms: float | None = None
    request_id: str | None = None
    key_prefix: str | None = None
    created_at: _dt.datetime | None = None


def decode_request_log(d: Mapping[str, Any]) -> RequestLog:
    """Decode a RequestLog from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(RequestLog)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.method = get("method")
        o.path = get("path")
        v = get("status")
        o.status = v if v.__class__ is int or v is None else whole_number(v)
        o.duration_ms = get("durationMs")
        o.request_id = get("requestId")
        o.key_prefix = get("keyPrefix")
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_request_log(with_usual_times(d, ("createdAt",)))
    return o


def encode_request_log(o: RequestLog) -> dict[str, Any]:
    """Encode a RequestLog as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.method
    if v is not None:
        d["method"] = v
    v = o.path
    if v is not None:
        d["path"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.duration_ms
    if v is not None:
        d["durationMs"] = v
    v = o.request_id
    if v is not None:
        d["requestId"] = v
    v = o.key_prefix
    if v is not None:
        d["keyPrefix"] = v
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        RequestLog: ModelInfo(
            decode_request_log,
            encode_request_log,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("method", "method", False, False, None, False, HTTP_METHOD_VALUES),
                FieldInfo("path", "path", False, False, None, False),
                FieldInfo("status", "status", False, False, whole_number, False),
                FieldInfo("duration_ms", "durationMs", False, False, None, False),
                FieldInfo("request_id", "requestId", False, False, None, False),
                FieldInfo("key_prefix", "keyPrefix", False, True, None, False),
                FieldInfo("created_at", "createdAt", False, False, parse_datetime, False),
            ),
            None,
        )
    }
