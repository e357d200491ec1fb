"""Validation of headers that callers set."""

from __future__ import annotations

import re
from typing import Any, Final

_HEADER_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")

_HEADER_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]*")

AUTHORIZATION: Final = "authorization"

_RESERVED: Final = frozenset(
    {AUTHORIZATION, "idempotency-key", "host", "content-length", "content-type", "transfer-encoding", "connection"}
)


def check_header(name: Any, value: Any, *, reserved: bool) -> None:
    """Raise ValueError unless this header can be sent as it is; TypeError if name or value is not a string.

    `reserved` says whether to refuse headers that the client sets.
    """
    if not isinstance(name, str):
        raise TypeError(f"a header name must be a string, got {type(name).__name__}")
    if not _HEADER_NAME.fullmatch(name):
        raise ValueError(f"{name!r} is not a valid header name")
    if reserved and name.lower() in _RESERVED:
        raise ValueError(f"the header {name} is set by the client, not through headers=")
    check_header_value(name, value)


def check_header_value(name: str, value: Any) -> None:
    """Raise ValueError for a value that a header cannot hold: a line break, for example, would begin another header."""
    if not isinstance(value, str):
        raise TypeError(f"the header {name} must be a string, got {type(value).__name__}")
    if not _HEADER_VALUE.fullmatch(value):
        raise ValueError(
            f"the value of the header {name} contains a line break or another character that a header cannot hold"
        )
