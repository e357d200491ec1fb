"""Live lists as text for tables. Pure."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from cstar_async._core.secrets import clean_text
from cstar_async._core.serialization import is_array

from .rows import snake

if TYPE_CHECKING:
    from .view import LiveView

LONGEST_CELL: Final = 200
"""The most characters of a cell."""


def columns_of(view: LiveView[Any]) -> tuple[str, ...]:
    """The names of the fields that a table of a live list shows, by the contract."""
    return tuple(snake(name) for name in view.operation.columns) or ("id",)


def label(name: str) -> str:
    """The heading of a column: `assigned_to` becomes `Assigned to`."""
    return name.replace("_", " ").capitalize()


def cell(value: object) -> str:
    """A value as one printable line: customers write some of it."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if is_array(value):
        return clean_text(", ".join(str(each) for each in value), limit=LONGEST_CELL)
    return clean_text(str(value), limit=LONGEST_CELL)
