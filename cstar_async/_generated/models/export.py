# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Export: models, and the known values of enums."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

import attrs

from cstar_async._generated_api import ABSENT, FieldInfo, ModelInfo, new, note_absent, show_fields, whole_number

from .shared import BULK_RESOURCE_VALUES, BulkResource

ExportFormatKnown: TypeAlias = Literal["json", "csv"]
ExportFormat: TypeAlias = ExportFormatKnown | str
"""How exported rows are written. Unknown values are passed through."""
EXPORT_FORMAT_VALUES: tuple[ExportFormatKnown, ...] = ("json", "csv")


@attrs.define(slots=True, kw_only=True)
class ExportSelection:
    """One resource of an export.

    Attributes:
        type: The resource. From cStar's public documentation.
        filters: Which of its rows, by the names of the query parameters of its list. Empty means all. From cStar's
            public documentation.
    """

    __repr__ = show_fields

    type: BulkResource
    filters: dict[str, Any] | None = None


def decode_export_selection(d: Mapping[str, Any]) -> ExportSelection:
    """Decode an ExportSelection from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(ExportSelection)
    get = d.get
    o.type = d["type"]
    o.filters = get("filters")
    return o


def encode_export_selection(o: ExportSelection) -> dict[str, Any]:
    """Encode an ExportSelection as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.type
    d["type"] = v
    v = o.filters
    if v is not None:
        d["filters"] = v
    return d


@attrs.define(slots=True, kw_only=True)
class ExportResult:
    """An export.

    Attributes:
        object: Always `export`. From cStar's public documentation.
        format: How exported rows are written.
        total_rows: Rows exported, over all resources.
        resources: The rows of a JSON export: an array for each resource, under its name. From cStar's public
            documentation.
        csv: The text of a CSV export, with a header line. Not documented by cStar; inferred.
    """

    __repr__ = show_fields

    object: str = ABSENT
    format: ExportFormat = ABSENT
    total_rows: int = ABSENT
    resources: dict[str, Any] | None = None
    csv: str | None = None


def decode_export_result(d: Mapping[str, Any]) -> ExportResult:
    """Decode an ExportResult from a JSON object. Raises an exception of any type if it does not fit."""
    o = new(ExportResult)
    v: Any
    get = d.get
    try:
        o.object = d["object"]
        o.format = d["format"]
        v = d["totalRows"]
        o.total_rows = v if v.__class__ is int else whole_number(v)
        o.resources = get("resources")
        o.csv = get("csv")
        return o
    except (KeyError, TypeError):
        pass
    return _decode_export_result_leniently(d)


_EXPORT_RESULT_PROMISED = frozenset(("object", "format", "totalRows"))


def _decode_export_result_leniently(d: Mapping[str, Any]) -> ExportResult:
    o: Any = new(ExportResult)
    v: Any
    get = d.get
    o.object = get("object")
    o.format = get("format")
    v = get("totalRows")
    o.total_rows = v if v.__class__ is int or v is None else whole_number(v)
    o.resources = get("resources")
    o.csv = get("csv")
    note_absent("ExportResult", d, _EXPORT_RESULT_PROMISED)
    decoded: ExportResult = o
    return decoded


def encode_export_result(o: ExportResult) -> dict[str, Any]:
    """Encode an ExportResult as a JSON object; fields that are None are left out, unless they are promised and may be null."""
    d: dict[str, Any] = {}
    v: Any
    v = o.object
    if v is not None:
        d["object"] = v
    v = o.format
    if v is not None:
        d["format"] = v
    v = o.total_rows
    if v is not None:
        d["totalRows"] = v
    v = o.resources
    if v is not None:
        d["resources"] = v
    v = o.csv
    if v is not None:
        d["csv"] = v
    return d


def model_table() -> dict[type, ModelInfo]:
    """Return the fields of each model, for the cattrs converter and for error messages that name bad fields."""
    return {
        ExportSelection: ModelInfo(
            decode_export_selection,
            encode_export_selection,
            (
                FieldInfo("type", "type", True, False, None, True, BULK_RESOURCE_VALUES),
                FieldInfo("filters", "filters", False, False, None, False),
            ),
            None,
        ),
        ExportResult: ModelInfo(
            decode_export_result,
            encode_export_result,
            (
                FieldInfo("object", "object", True, False, None, False),
                FieldInfo("format", "format", True, False, None, False, EXPORT_FORMAT_VALUES),
                FieldInfo("total_rows", "totalRows", True, False, whole_number, False),
                FieldInfo("resources", "resources", False, False, None, False),
                FieldInfo("csv", "csv", False, False, None, False),
            ),
            None,
        ),
    }
