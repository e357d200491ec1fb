"""Assumptions: what rows will be once a write has succeeded, shown before the service says so. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from cstar_async._core.representation import show_fields
from cstar_async._core.serialization import is_object

from .rows import id_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .rows import Shape


@attrs.define(eq=False, repr=False)
class Assumption:
    """That a row has these values.

    It holds until a row shows them, until a read that began after the write has ended, or until the write fails. So
    neither an answer that is older than the write nor its absence makes the old values appear again.
    """

    id: object
    fields: Mapping[str, Any]
    written_at: int | None = None
    """The number of the last read that had begun when the write ended; None while it is under way."""

    __repr__ = show_fields

    def is_true(self, rows: Iterable[object]) -> bool:
        """Whether the rows show it; a row that has left the list after the write needs no assumption either."""
        row = next((row for row in rows if id_of(row) == self.id), None)
        if row is None:
            return self.written_at is not None
        return all(_value(row, name) == value for name, value in self.fields.items())

    def is_settled(self, read: int) -> bool:
        """Whether the answer of this read knows of the write."""
        return self.written_at is not None and read > self.written_at

    def check(self, rows: Iterable[object]) -> None:
        """Raise TypeError for the id, and for a field that the row does not have."""
        if "id" in self.fields:
            raise TypeError("assume() takes the values of fields that change; the id of a row cannot change")
        row = next((row for row in rows if id_of(row) == self.id), None)
        names = [field.name for field in getattr(type(row), "__attrs_attrs__", ())]
        unknown = [name for name in self.fields if names and name not in names]
        if unknown:
            from difflib import get_close_matches

            near = get_close_matches(unknown[0], names, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise TypeError(f"{type(row).__name__} has no field {unknown[0]!r}{hint}")


def with_assumptions(rows: tuple[Any, ...], assumptions: Iterable[Assumption], shape: Shape) -> tuple[Any, ...]:
    """The rows as they will be, without those that will no longer fit the filters."""
    for assumption in assumptions:
        changed = [_assume(row, assumption, shape) if id_of(row) == assumption.id else row for row in rows]
        rows = tuple(row for row in changed if row is not None)
    return rows


def _assume(row: Any, assumption: Assumption, shape: Shape) -> Any:
    if is_object(row):
        return {**row, **assumption.fields}
    changed = attrs.evolve(row, **assumption.fields)
    names = [field.name for field in row.__attrs_attrs__]
    fits = shape.single or shape.fits({name: getattr(changed, name, None) for name in names}, None)
    return None if fits is False else changed


def _value(row: Any, name: str) -> object:
    return row.get(name) if is_object(row) else getattr(row, name, None)
