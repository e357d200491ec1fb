# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Import: models, and the known values of enums."""

from __future__ import annotations

import datetime as _dt
from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import (
    ABSENT,
    FieldInfo,
    ModelInfo,
    encode_datetime,
    in_utc,
    new,
    note_absent,
    parse_datetime,
    parse_isoformat,
    show_fields,
    whole_number,
    with_usual_times,
)

from .shared import BULK_RESOURCE_VALUES, BulkResource

MergeStrategyKnown: TypeAlias = Literal["skip", "update", "merge"]
MergeStrategy: TypeAlias = MergeStrategyKnown | str
"""What an import does with a record that exists already. `skip`, the default, leaves it; it alone is documented.
`update` overwrites the given fields; `merge` fills only empty fields and adds to lists and maps. Both are inferred.
Unknown values are passed through.
"""
MERGE_STRATEGY_VALUES: tuple[MergeStrategyKnown, ...] = ("skip", "update", "merge")


@attrs.define(slots=True, kw_only=True)
class ImportResult:
    """What an import did.

    Attributes:
        object: Always `import_result`. From cStar's public documentation.
        resource: A resource that can be changed, imported and exported in bulk.
        total: Records looked at.
        created: Records that became new objects.
        updated: Records that changed an object.
        skipped: Records left out because the object exists.
        errors: One entry for each record that failed. From cStar's public documentation.
    """

    __repr__ = show_fields

    object: str = ABSENT
    resource: BulkResource = ABSENT
    total: int = ABSENT
    created: int = ABSENT
    updated: int = ABSENT
    skipped: int = ABSENT
    errors: list[ImportFailure] = ABSENT


def decode_import_result(d: Mapping[str, Any]) -> ImportResult:
    """Decode an ImportResult from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(ImportResult)
    v: Any
    try:
        o.object = d["object"]
        o.resource = d["resource"]
        v = d["total"]
        o.total = v if v.__class__ is int else whole_number(v)
        v = d["created"]
        o.created = v if v.__class__ is int else whole_number(v)
        v = d["updated"]
        o.updated = v if v.__class__ is int else whole_number(v)
        v = d["skipped"]
        o.skipped = v if v.__class__ is int else whole_number(v)
        o.errors = [decode_import_failure(i) for i in d["errors"]]
        return o
    except (KeyError, TypeError):
        pass
    return _decode_import_result_leniently(d)


_IMPORT_RESULT_PROMISED = frozenset(("object", "resource", "total", "created", "updated", "skipped", "errors"))


def _decode_import_result_leniently(d: Mapping[str, Any]) -> ImportResult:
    o: Any = new(ImportResult)
    v: Any
    get = d.get
    o.object = get("object")
    o.resource = get("resource")
    v = get("total")
    o.total = v if v.__class__ is int or v is None else whole_number(v)
    v = get("created")
    o.created = v if v.__class__ is int or v is None else whole_number(v)
    v = get("updated")
    o.updated = v if v.__class__ is int or v is None else whole_number(v)
    v = get("skipped")
    o.skipped = v if v.__class__ is int or v is None else whole_number(v)
    v = get("errors")
    o.errors = None if v is None else [decode_import_failure(v_) for v_ in v]
    note_absent("ImportResult", d, _IMPORT_RESULT_PROMISED)
    decoded: ImportResult = o
    return decoded


def encode_import_result(o: ImportResult) -> dict[str, Any]:
    """Encode an ImportResult as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.resource
    if v is not None:
        d["resource"] = v
    v = o.total
    if v is not None:
        d["total"] = v
    v = o.created
    if v is not None:
        d["created"] = v
    v = o.updated
    if v is not None:
        d["updated"] = v
    v = o.skipped
    if v is not None:
        d["skipped"] = v
    v = o.errors
    if v is not None:
        d["errors"] = [encode_import_failure(v_) for v_ in v]
    return d


@attrs.define(slots=True, kw_only=True)
class ImportFailure:
    """Why one record of an import failed.

    Attributes:
        index: The record's place in `records`, from 0. Not documented by cStar; inferred.
        message: The cause, for people. It may quote the record. Not documented by cStar; inferred.
        field: The offending field, where there is one. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    index: int = ABSENT
    message: str | None = None
    field: str | None = None


def decode_import_failure(d: Mapping[str, Any]) -> ImportFailure:
    """Decode an ImportFailure from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(ImportFailure)
    v: Any
    get = d.get
    try:
        v = d["index"]
        o.index = v if v.__class__ is int else whole_number(v)
        o.message = get("message")
        o.field = get("field")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_import_failure_leniently(d)


_IMPORT_FAILURE_PROMISED = frozenset(("index",))


def _decode_import_failure_leniently(d: Mapping[str, Any]) -> ImportFailure:
    o: Any = new(ImportFailure)
    v: Any
    get = d.get
    v = get("index")
    o.index = v if v.__class__ is int or v is None else whole_number(v)
    o.message = get("message")
    o.field = get("field")
    note_absent("ImportFailure", d, _IMPORT_FAILURE_PROMISED)
    decoded: ImportFailure = o
    return decoded


def encode_import_failure(o: ImportFailure) -> dict[str, Any]:
    """Encode an ImportFailure as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.index
    if v is not None:
        d["index"] = v
    v = o.message
    if v is not None:
        d["message"] = v
    v = o.field
    if v is not None:
        d["field"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class ImportLog:
    """A past import. Its id prefix is inferred.

    Attributes:
        id: The id of the log entry. Not documented by cStar; inferred.
        object: Always `import_log`. Not documented by cStar; inferred.
        resource: What was imported.
        total: Records looked at.
        created: Records that became new objects.
        updated: Records that changed an object.
        skipped: Records left out because the object exists.
        failed: Records that failed. Not documented by cStar; inferred.
        status: How the import ended. Not documented by cStar; inferred.
        created_at: When it ran. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    id: str
    object: str | None = None
    resource: BulkResource | None = None
    total: int | None = None
    created: int | None = None
    updated: int | None = None
    skipped: int | None = None
    failed: int | None = None
    status: str | None = None
    created_at: _dt.datetime | None = None


def decode_import_log(d: Mapping[str, Any]) -> ImportLog:
    """Decode an ImportLog from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(ImportLog)
    v: Any
    get = d.get
    try:
        o.id = d["id"]
        o.object = get("object")
        o.resource = get("resource")
        v = get("total")
        o.total = v if v.__class__ is int or v is None else whole_number(v)
        v = get("created")
        o.created = v if v.__class__ is int or v is None else whole_number(v)
        v = get("updated")
        o.updated = v if v.__class__ is int or v is None else whole_number(v)
        v = get("skipped")
        o.skipped = v if v.__class__ is int or v is None else whole_number(v)
        v = get("failed")
        o.failed = v if v.__class__ is int or v is None else whole_number(v)
        o.status = get("status")
        v = get("createdAt")
        o.created_at = None if v is None else (t if (t := parse_isoformat(v)).tzinfo is not None else in_utc(t))
    except ValueError:
        return decode_import_log(with_usual_times(d, ("createdAt",)))
    return o


def encode_import_log(o: ImportLog) -> dict[str, Any]:
    """Encode an ImportLog as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.id
    d["id"] = v
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.resource
    if v is not None:
        d["resource"] = v
    v = o.total
    if v is not None:
        d["total"] = v
    v = o.created
    if v is not None:
        d["created"] = v
    v = o.updated
    if v is not None:
        d["updated"] = v
    v = o.skipped
    if v is not None:
        d["skipped"] = v
    v = o.failed
    if v is not None:
        d["failed"] = v
    v = o.status
    if v is not None:
        d["status"] = v
    v = o.created_at
    if v is not None:
        d["createdAt"] = encode_datetime(v)
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        ImportResult: ModelInfo(
            decode_import_result,
            encode_import_result,
            (
                FieldInfo("object", "object", True, False, None, False),
                FieldInfo("resource", "resource", True, False, None, False, BULK_RESOURCE_VALUES),
                FieldInfo("total", "total", True, False, whole_number, False),
                FieldInfo("created", "created", True, False, whole_number, False),
                FieldInfo("updated", "updated", True, False, whole_number, False),
                FieldInfo("skipped", "skipped", True, False, whole_number, False),
                FieldInfo("errors", "errors", True, False, [ImportFailure], False),
            ),
            None,
        ),
        ImportFailure: ModelInfo(
            decode_import_failure,
            encode_import_failure,
            (
                FieldInfo("index", "index", True, False, whole_number, False),
                FieldInfo("message", "message", False, False, None, False),
                FieldInfo("field", "field", False, True, None, False),
            ),
            None,
        ),
        ImportLog: ModelInfo(
            decode_import_log,
            encode_import_log,
            (
                FieldInfo("id", "id", True, False, None, True),
                FieldInfo("object", "object", False, False, None, False),
                FieldInfo("resource", "resource", False, False, None, False, BULK_RESOURCE_VALUES),
                FieldInfo("total", "total", False, False, whole_number, False),
                FieldInfo("created", "created", False, False, whole_number, False),
                FieldInfo("updated", "updated", False, False, whole_number, False),
                FieldInfo("skipped", "skipped", False, False, whole_number, False),
                FieldInfo("failed", "failed", False, False, whole_number, False),
                FieldInfo("status", "status", False, False, None, False),
                FieldInfo("created_at", "createdAt", False, False, parse_datetime, False),
            ),
            None,
        ),
    }
