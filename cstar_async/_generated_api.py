"""The interface to generated code: the only module of this package that it imports.

A package that `codegen` makes from another document imports the same names. Other modules can move as long as these
names stay. Each name is loaded when it is first used, since the models alone need few of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import bulk
from ._lazy import lazy_names

if TYPE_CHECKING:
    from ._core.call import BaseClient, Call, CallByStatus
    from ._core.drift import ABSENT, note_absent
    from ._core.event import Event, Subscribe, UnknownEvent
    from ._core.forms import File
    from ._core.json_body import json_text
    from ._core.operation import Operation, Param
    from ._core.pager import Pager
    from ._core.parameters import encode_headers, path_part
    from ._core.representation import show_fields
    from ._core.serialization import (
        FieldInfo,
        ModelInfo,
        decode_closest,
        decode_discriminated,
        decode_union,
        encode_array,
        encode_datetime,
        encode_each,
        encode_given,
        encode_isoformat,
        encode_union,
        encode_uuid,
        in_utc,
        new,
        parse_date,
        parse_datetime,
        parse_isoformat,
        whole_number,
        with_usual_times,
    )
    from ._core.unset import UNSET, Unset
    from .live.stream import EventStream

_HOME = {
    "ABSENT": "_core.drift",
    "BaseClient": "_core.call",
    "Call": "_core.call",
    "CallByStatus": "_core.call",
    "Event": "_core.event",
    "EventStream": "live.stream",
    "FieldInfo": "_core.serialization",
    "File": "_core.forms",
    "ModelInfo": "_core.serialization",
    "Operation": "_core.operation",
    "Pager": "_core.pager",
    "Param": "_core.operation",
    "Subscribe": "_core.event",
    "UNSET": "_core.unset",
    "UnknownEvent": "_core.event",
    "Unset": "_core.unset",
    "decode_closest": "_core.serialization",
    "decode_discriminated": "_core.serialization",
    "decode_union": "_core.serialization",
    "encode_array": "_core.serialization",
    "encode_datetime": "_core.serialization",
    "encode_each": "_core.serialization",
    "encode_given": "_core.serialization",
    "encode_headers": "_core.parameters",
    "encode_isoformat": "_core.serialization",
    "json_text": "_core.json_body",
    "path_part": "_core.parameters",
    "encode_union": "_core.serialization",
    "encode_uuid": "_core.serialization",
    "in_utc": "_core.serialization",
    "new": "_core.serialization",
    "note_absent": "_core.drift",
    "parse_date": "_core.serialization",
    "parse_datetime": "_core.serialization",
    "parse_isoformat": "_core.serialization",
    "show_fields": "_core.representation",
    "whole_number": "_core.serialization",
    "with_usual_times": "_core.serialization",
}

__all__ = [
    "ABSENT",
    "UNSET",
    "BaseClient",
    "Call",
    "CallByStatus",
    "Event",
    "EventStream",
    "FieldInfo",
    "File",
    "ModelInfo",
    "Operation",
    "Pager",
    "Param",
    "Subscribe",
    "UnknownEvent",
    "Unset",
    "bulk",
    "decode_closest",
    "decode_discriminated",
    "decode_union",
    "encode_array",
    "encode_datetime",
    "encode_each",
    "encode_given",
    "encode_headers",
    "encode_isoformat",
    "encode_union",
    "encode_uuid",
    "in_utc",
    "json_text",
    "lazy_names",
    "new",
    "note_absent",
    "parse_date",
    "parse_datetime",
    "parse_isoformat",
    "path_part",
    "show_fields",
    "whole_number",
    "with_usual_times",
]

__getattr__ = lazy_names(__name__, _HOME)
