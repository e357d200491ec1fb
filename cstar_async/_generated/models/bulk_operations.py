# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Bulk Operations: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import ABSENT, FieldInfo, ModelInfo, new, note_absent, show_fields, whole_number

from .shared import BULK_RESOURCE_VALUES, BulkResource

BulkActionKnown: TypeAlias = Literal["update", "delete"]
BulkAction: TypeAlias = BulkActionKnown | str
"""What a bulk operation does. Unknown values are passed through."""
BULK_ACTION_VALUES: tuple[BulkActionKnown, ...] = ("update", "delete")


@attrs.define(slots=True, kw_only=True)
class BulkResult:
    """What a bulk operation did.

    Attributes:
        object: Always `bulk_result`. From cStar's public documentation.
        action: What a bulk operation does.
        resource: A resource that can be changed, imported and exported in bulk.
        total: Objects looked at.
        succeeded: Objects changed or deleted.
        failed: Objects left as they were.
        errors: One entry for each object that failed. From cStar's public documentation.
    """

    __repr__ = show_fields

    object: str = ABSENT
    action: BulkAction = ABSENT
    resource: BulkResource = ABSENT
    total: int = ABSENT
    succeeded: int = ABSENT
    failed: int = ABSENT
    errors: list[BulkFailure] = ABSENT


def decode_bulk_result(d: Mapping[str, Any]) -> BulkResult:
    """Decode a BulkResult from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BulkResult)
    v: Any
    try:
        o.object = d["object"]
        o.action = d["action"]
        o.resource = d["resource"]
        v = d["total"]
        o.total = v if v.__class__ is int else whole_number(v)
        v = d["succeeded"]
        o.succeeded = v if v.__class__ is int else whole_number(v)
        v = d["failed"]
        o.failed = v if v.__class__ is int else whole_number(v)
        o.errors = [decode_bulk_failure(i) for i in d["errors"]]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_bulk_result_leniently(d)


_BULK_RESULT_PROMISED = frozenset(("object", "action", "resource", "total", "succeeded", "failed", "errors"))


def _decode_bulk_result_leniently(d: Mapping[str, Any]) -> BulkResult:
    o: Any = new(BulkResult)
    v: Any
    get = d.get
    o.object = get("object")
    o.action = get("action")
    o.resource = get("resource")
    v = get("total")
    o.total = v if v.__class__ is int or v is None else whole_number(v)
    v = get("succeeded")
    o.succeeded = v if v.__class__ is int or v is None else whole_number(v)
    v = get("failed")
    o.failed = v if v.__class__ is int or v is None else whole_number(v)
    v = get("errors")
    o.errors = None if v is None else [decode_bulk_failure(v_) for v_ in v]
    note_absent("BulkResult", d, _BULK_RESULT_PROMISED)
    decoded: BulkResult = o
    return decoded


def encode_bulk_result(o: BulkResult) -> dict[str, Any]:
    """Encode a BulkResult as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.action
    if v is not None:
        d["action"] = v
    v = o.resource
    if v is not None:
        d["resource"] = v
    v = o.total
    if v is not None:
        d["total"] = v
    v = o.succeeded
    if v is not None:
        d["succeeded"] = v
    v = o.failed
    if v is not None:
        d["failed"] = v
    v = o.errors
    if v is not None:
        d["errors"] = [encode_bulk_failure(v_) for v_ in v]
    return d


@attrs.define(slots=True, kw_only=True)
class BulkFailure:
    """Why one object of a bulk operation failed.

    Attributes:
        id: The object that failed. Not documented by cStar; inferred.
        code: The cause, for programs, as in `error.code`. Not documented by cStar; inferred.
        message: The cause, for people. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    code: str | None = None
    message: str | None = None


def decode_bulk_failure(d: Mapping[str, Any]) -> BulkFailure:
    """Decode a BulkFailure from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(BulkFailure)
    get = d.get
    o.id = d["id"]
    o.code = get("code")
    o.message = get("message")
    return o


def encode_bulk_failure(o: BulkFailure) -> dict[str, Any]:
    """Encode a BulkFailure as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.code
    if v is not None:
        d["code"] = v
    v = o.message
    if v is not None:
        d["message"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        BulkResult: ModelInfo(
            decode_bulk_result,
            encode_bulk_result,
            (
                FieldInfo("object", "object", True, False, None, False),
                FieldInfo("action", "action", True, False, None, False, BULK_ACTION_VALUES),
                FieldInfo("resource", "resource", True, False, None, False, BULK_RESOURCE_VALUES),
                FieldInfo("total", "total", True, False, whole_number, False),
                FieldInfo("succeeded", "succeeded", True, False, whole_number, False),
                FieldInfo("failed", "failed", True, False, whole_number, False),
                FieldInfo("errors", "errors", True, False, [BulkFailure], False),
            ),
            None,
        ),
        BulkFailure: ModelInfo(
            decode_bulk_failure,
            encode_bulk_failure,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("code", "code", False, False, None, False),
                FieldInfo("message", "message", False, False, None, False),
            ),
            None,
        ),
    }
