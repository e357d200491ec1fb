"""What an event does to the rows of a list, and how two versions of the rows differ. Pure.

An event is trusted to say all that changed only by its `changes`: other payloads lack fields that changed too. What
cannot be decided from the event alone makes the list stale: it is read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar, cast

from cstar_async._core import drift
from cstar_async._core.serialization import is_object, model_info, parse_datetime
from cstar_async._core.unset import UNSET

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from cstar_async._core.event import Event
    from cstar_async._core.operation import Operation, Param
    from cstar_async._core.request import Request
    from cstar_async._core.serialization import ModelInfo

T = TypeVar("T")

_BESIDE: Final = frozenset({"changes", "customer"})
"""Members of a nested payload that are not the object."""
_UPDATED: Final = "updated_at"
_MISSING: Final = object()


class Notice(NamedTuple):
    """What an event says about an object."""

    kind: str
    """The type of the event: `ticket.updated`."""
    id: object
    fields: Mapping[str, Any]
    """The payload, flat, with the names and values of the event."""
    changes: Mapping[str, Any] | None
    """Old and new value of each field that changed; None if the event does not say."""

    @property
    def resource(self) -> str:
        """The first part of the type: `ticket`."""
        return self.kind.partition(".")[0]

    @property
    def deleted(self) -> bool:
        """Whether the object is gone."""
        return self.kind.endswith(".deleted")

    @property
    def updated(self) -> bool:
        """Whether the event announces a change of fields."""
        return self.kind.endswith(".updated")


class Applied(NamedTuple):
    """The rows after an event."""

    rows: tuple[Any, ...]
    stale: bool
    """Whether the rows must be fetched again."""
    patched: bool = False
    """Whether a row has values from the event."""


class _Filter(NamedTuple):
    """A parameter that selects rows."""

    param: Param | None
    value: object


def read_notice(event: Event[Any]) -> Notice:
    """Read an event, whose payload may be flat, or nested under the name of its object."""
    payload = event.raw.get("data")
    data: dict[str, Any] = dict(payload) if is_object(payload) else {}
    resource = event.type.partition(".")[0]
    if "id" not in data:
        objects = [name for name, value in data.items() if is_object(value) and name not in _BESIDE]
        name = resource if is_object(data.get(resource)) else objects[0] if len(objects) == 1 else None
        if name is not None:
            data = {**data.pop(name), **data}
    changes = data.pop("changes", None)
    is_usable = is_object(changes) and all(is_object(each) and "to" in each for each in changes.values())
    return Notice(event.type, data.get("id"), data, changes if is_usable else None)


class Shape:
    """What a request selects: which events are about its rows, and which rows fit its filters."""

    __slots__ = ("filters", "first", "opaque", "operation", "path_args", "prefix", "resource", "single")

    def __init__(self, request: Request, *, single: bool) -> None:
        operation, query = request.operation, dict(request.query or {})
        self.operation = operation
        self.single = single
        self.path_args = request.path_args
        self.resource = operation.result.lower()
        self.prefix = operation.id_prefix
        self.first = query.get(operation.page_param) in {None, UNSET, 1, "1"} if operation.page_param else True
        """Whether the rows begin with the first of the list."""
        names = operation.path_params[1:] if operation.team else operation.path_params
        given: dict[str, object] = {} if single else dict(zip(names, request.path_args, strict=False))
        paging = {operation.page_param, operation.size_param}
        given |= {n: v for n, v in query.items() if n not in paging and v is not None and v is not UNSET}
        self.filters = tuple(_Filter(_param(operation, name), value) for name, value in given.items())
        self.opaque = not all(_compares(each.param) for each in self.filters)
        """Whether other objects may decide which rows there are, their order, or what they hold."""

    def is_own(self, notice: Notice) -> bool:
        """Whether the event is about an object of the kind of the rows."""
        if self.prefix:
            return isinstance(notice.id, str) and notice.id.startswith(self.prefix)
        return notice.id is not None and notice.resource.replace("_", "") == self.resource

    def fits(self, fields: Mapping[str, Any], info: ModelInfo | None) -> bool | None:
        """Whether an object passes the filters; None if that cannot be decided here.

        Args:
            fields: The object, by Python names.
            info: Its model, which tells the fields that exist.
        """
        answers = [_passes(each, fields, info) for each in self.filters]
        return False if False in answers else None if None in answers else True


def _param(operation: Operation, name: str) -> Param | None:
    return next((param for param in operation.params if param.name == name), None)


def _passes(condition: _Filter, fields: Mapping[str, Any], info: ModelInfo | None) -> bool | None:
    """Whether an object passes one filter: only known values, booleans, ids and tags can be compared."""
    param, wanted = condition
    if param is None or not isinstance(wanted, str | bool):
        return None
    name = param.argument
    if name == "tag":
        tags = fields.get("tags")
        return wanted in cast("list[object]", tags) if isinstance(tags, list) else None
    if name not in fields and f"is_{name}" in fields:
        name = f"is_{name}"
    found = fields.get(name, _MISSING)
    field = None if info is None else next((field for field in info.fields if field.name == name), None)
    if found is _MISSING or (info is not None and field is None):
        return None
    if isinstance(wanted, bool):
        return found is wanted if isinstance(found, bool) else None
    if param.values:
        # A filter may take words that are not values of the field, such as "all".
        values = param.values if field is None or not field.values else field.values
        return found == wanted if found in values and wanted in values else None
    if found is None:
        return False if "_" in wanted and param.argument.endswith("_id") else None
    if found == wanted:
        return True
    # Ids of two forms may name the same object.
    kind = wanted.partition("_")
    return False if kind[1] and isinstance(found, str) and found.startswith(kind[0] + "_") else None


def apply(rows: tuple[Any, ...], notice: Notice, shape: Shape, *, complete: bool) -> Applied:
    """Apply an event to rows.

    Args:
        rows: The rows of a list, or the one object.
        notice: The event.
        shape: What was requested.
        complete: Whether no rows follow these.
    """
    if not shape.is_own(notice):
        return Applied(rows, stale=_concerns(rows, notice, shape))
    place = next((place for place, row in enumerate(rows) if id_of(row) == notice.id), None)
    if place is None:
        return Applied(rows, stale=_may_enter(rows, notice, shape, complete=complete))
    without = (*rows[:place], *rows[place + 1 :])
    if notice.deleted:
        return Applied(without, stale=shape.single or not complete)
    row = rows[place]
    info = _info((row,))
    if info is None or not _is_whole(row, info):
        return Applied(rows, stale=True)
    before = info.encode(row)
    after, trusted = _laid_over(before, notice, info)
    event_time, row_time = _time(notice.fields.get(_UPDATED)), _time(before.get(_wire(info, _UPDATED)))
    if event_time is not None and row_time is not None and event_time < row_time:
        # The row was read after the change. If the clocks of the service disagree, it was not.
        return Applied(rows, stale=_differ(before, after, {_wire(info, _UPDATED)}))
    trusted = trusted and event_time is not None and row_time is not None
    same_time = event_time is not None and event_time == row_time
    changed = _differ(before, after)
    # Of two changes at the same time, the other may be the newer one. An event that accompanies a change adds nothing.
    skipped = changed and trusted and not _follows(before, notice, info)
    adds_nothing = same_time and not changed and not notice.updated
    stale = skipped or (same_time and changed) or not (trusted or adds_nothing)
    new = row
    if changed:
        try:
            new = info.decode(after)
        except Exception:  # noqa: BLE001  # decoders raise whatever bad data makes them raise
            return Applied(rows, stale=True)
        finally:
            drift.forget_absent()
    fits = True if shape.single else shape.fits(_by_name(new, info), info)
    if fits is False:
        return Applied(without, stale=stale or not complete, patched=True)
    rows = rows if new is row else (*rows[:place], new, *rows[place + 1 :])
    return Applied(rows, stale=stale or fits is None, patched=changed)


def _may_enter(rows: tuple[Any, ...], notice: Notice, shape: Shape, *, complete: bool) -> bool:
    """Whether an object that is not among the rows may be one of them, or of those before them, now."""
    if shape.single:
        named = any(part.startswith(shape.prefix or "\0") for part in shape.path_args)
        return notice.id in shape.path_args or not (named or (rows and id_of(rows[0]) is not None))
    info = _info(rows)
    after = False if notice.deleted else shape.fits(notice.fields, info)
    if after is not False:
        return True
    if complete and shape.first:
        return False  # all objects that fit are here
    if notice.kind.endswith(".created"):
        return False
    if notice.changes is None:
        return not (notice.deleted and shape.fits(notice.fields, info) is False)
    old = {name: change.get("from") for name, change in notice.changes.items()}
    return shape.fits({**notice.fields, **old}, info) is not False


def _concerns(rows: tuple[Any, ...], notice: Notice, shape: Shape) -> bool:
    """Whether an event about an object of another kind may change rows.

    Objects name each other by fields such as `customer_id`.
    """
    if shape.opaque:
        return True
    known: set[object] = {id_of(row) for row in rows} | set(shape.path_args if shape.single else ())
    own_id = f"{snake(shape.operation.result)}_id"
    if own_id in notice.fields:
        if notice.updated and notice.changes is None:
            return True
        change = (notice.changes or {}).get(own_id, {})
        return not known.isdisjoint({notice.fields[own_id], change.get("from"), change.get("to")} - {None})
    info = _info(rows)
    back = f"{notice.resource}_id"
    if notice.id is not None and info is not None and any(field.name == back for field in info.fields):
        return notice.id in shape.path_args or any(getattr(row, back, None) == notice.id for row in rows)
    return True


def _compares(param: Param | None) -> bool:
    """Whether a parameter only compares a field of the object; a search, an order or an expansion does more."""
    return param is not None and (
        param.location == "path"
        or (param.type == "string" and bool(param.values) and param.argument not in {"sort", "sort_by"})
        or param.type == "boolean"
        or param.argument in {"tag", "assigned_to"}
        or param.argument.endswith("_id")
    )


def snake(name: str) -> str:
    """A camelCase or PascalCase name with underscores: `updatedAt` becomes `updated_at`."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


def _laid_over(before: dict[str, Any], notice: Notice, info: ModelInfo) -> tuple[dict[str, Any], bool]:
    """The object with what the event says, and whether that is all that changed."""
    wires = {field.name: field.wire for field in info.fields} | {field.wire: field.wire for field in info.fields}
    changes, time = notice.changes, notice.fields.get(_UPDATED)
    if changes and time is not None and all(name in wires for name in changes) and _UPDATED in wires:
        laid = {wires[name]: change["to"] for name, change in changes.items()}
        return {**before, **laid, wires[_UPDATED]: time}, True
    # Nested objects of events are shorter than those of answers.
    said = {n: v for n, v in notice.fields.items() if n in wires and not isinstance(v, dict)}
    return {**before, **{wires[name]: value for name, value in said.items()}}, False


def _follows(before: Mapping[str, Any], notice: Notice, info: ModelInfo) -> bool:
    """Whether the object has the old values of the changes, so that no change between was missed."""
    return all(
        "from" not in change or _alike(before.get(_wire(info, name)), change["from"])
        for name, change in (notice.changes or {}).items()
    )


def _differ(before: Mapping[str, Any], after: Mapping[str, Any], except_for: Iterable[str] = ()) -> bool:
    names = {*before, *after}.difference(except_for)
    return any(not _alike(before.get(name), after.get(name)) for name in names)


def _alike(one: object, other: object) -> bool:
    """Whether two values of JSON are the same; times may be written in several ways."""
    return one == other or (isinstance(one, str) and isinstance(other, str) and _time(one) == _time(other) is not None)


def _is_whole(row: object, info: ModelInfo) -> bool:
    """Whether the row has all that the contract promises. If it has not, events and answers may not agree."""
    return all(getattr(row, f.name, None) is not None for f in info.fields if f.required and not f.nullable)


def _by_name(row: object, info: ModelInfo) -> dict[str, Any]:
    return {field.name: getattr(row, field.name, None) for field in info.fields}


def _wire(info: ModelInfo, name: str) -> str:
    return next((field.wire for field in info.fields if field.name == name), name)


def _info(rows: tuple[object, ...]) -> ModelInfo | None:
    return model_info(type(rows[0])) if rows else None


def _time(value: object) -> dt.datetime | None:
    try:
        return parse_datetime(value) if isinstance(value, str) and value[:1].isdecimal() else None
    except ValueError:
        return None


def id_of(row: object) -> object:
    """The id of a row; None if it has none."""
    return cast("dict[str, Any]", row).get("id") if isinstance(row, dict) else getattr(row, "id", None)


def share(old: tuple[T, ...], new: Sequence[T]) -> tuple[T, ...]:
    """The new rows, with the old objects where they are equal; the old tuple if all are."""
    known = {id_of(row): row for row in old}
    known.pop(None, None)
    shared = tuple(_same(known.get(id_of(row)), row) for row in new)
    if len(shared) == len(old) and all(one is other or one == other for one, other in zip(old, shared, strict=True)):
        return old
    return shared


def _same(old: T | None, new: T) -> T:
    # The comparison of equal models takes a microsecond, and of a list of a thousand, a millisecond.
    return new if old is new or old is None or old != new else old
