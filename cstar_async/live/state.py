"""What a live list shows: its state, and the changes between two states."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # typing.get_type_hints needs it
from collections import Counter
from typing import Any, Final, Generic, TypeAlias, TypeVar, cast

import attrs

from cstar_async._core.pagination import Pagination
from cstar_async._core.representation import show_fields

from .rows import id_of

NO_PAGINATION: Final = Pagination()

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@attrs.frozen(kw_only=True, eq=False, repr=False)
class LiveState(Generic[T_co]):
    """What a live list or object shows at one moment. It does not change; the next state is another object.

    Attributes:
        data: A tuple of rows, or an object. Rows that did not change are the same objects as in the state before.
        loading: There has been no data yet.
        refreshing: A request for the data is under way.
        error: Why the last request failed; None after a success. `data` stays.
        pagination: The pagination of the last page.
        connected: Changes are announced by events. Otherwise the data is read again from time to time.
        stale: The data may be out of date: a change was announced that needs a request, the last one failed, or what
            was assumed is not confirmed yet.
        updated_at: When `data` last changed, by the client's clock.
        version: Grows with each state.
    """

    data: T_co
    loading: bool = True
    refreshing: bool = False
    error: Exception | None = None
    pagination: Pagination = NO_PAGINATION
    connected: bool = False
    stale: bool = False
    updated_at: dt.datetime | None = None
    version: int = 0

    __repr__ = show_fields


@attrs.frozen(kw_only=True)
class Added(Generic[T_co]):
    """A row that is new, and its place."""

    row: T_co
    at: int

    __repr__ = show_fields


@attrs.frozen(kw_only=True)
class Changed(Generic[T_co]):
    """A row with new values, and the names of their fields."""

    row: T_co
    fields: tuple[str, ...]

    __repr__ = show_fields


@attrs.frozen(kw_only=True)
class Moved(Generic[T_co]):
    """A row that is elsewhere in the list, and its new place."""

    row: T_co
    at: int

    __repr__ = show_fields


@attrs.frozen(kw_only=True)
class Removed(Generic[T_co]):
    """A row that is gone."""

    row: T_co

    __repr__ = show_fields


Change: TypeAlias = Added[T] | Changed[T] | Moved[T] | Removed[T]


def changes_between(old: tuple[T, ...], new: tuple[T, ...]) -> list[Change[T]]:
    """The changes that make the new rows of the old ones, if they are made one after the other.

    Rows without an id are the same only if they are equal.
    """
    before, after = _by_key(old), _by_key(new)
    found: list[Change[T]] = [Removed(row=row) for key, row in before.items() if key not in after]
    order = [key for key in before if key in after]
    for place, (key, row) in enumerate(after.items()):
        if key not in before:
            order.insert(place, key)
            found.append(Added(row=row, at=place))
            continue
        if order[place] != key:
            order.remove(key)
            order.insert(place, key)
            found.append(Moved(row=row, at=place))
        if before[key] is not row and before[key] != row:
            found.append(Changed(row=row, fields=_changed_fields(before[key], row)))
    return found


def _by_key(rows: tuple[T, ...]) -> dict[tuple[object, int], T]:
    counts = Counter[object]()
    found: dict[tuple[object, int], T] = {}
    for row in rows:
        identity = id_of(row)
        key = repr(row) if identity is None else identity
        counts[key] += 1
        found[key, counts[key]] = row
    return found


def _changed_fields(before: object, after: object) -> tuple[str, ...]:
    one, other = _fields(before), _fields(after)
    return tuple(name for name in {**one, **other} if one.get(name) != other.get(name))


def _fields(row: object) -> dict[str, Any]:
    if isinstance(row, dict):
        return cast("dict[str, Any]", row)
    fields: tuple[attrs.Attribute[Any], ...] = getattr(type(row), "__attrs_attrs__", ())
    return {field.name: getattr(row, field.name, None) for field in fields}
