"""Conversion between Python values and wire values, for generated code and `Call`."""

from __future__ import annotations

import datetime as dt
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeGuard, TypeVar

from .unset import UNSET

if TYPE_CHECKING:
    from uuid import UUID

T = TypeVar("T")

_TEXTS: Final = (str, bytes)

LONGEST_INTEGER: Final = 2.0**63
"""orjson reads integers of more than 64 bits as floats; this is the smallest such float."""

parse_isoformat = dt.datetime.fromisoformat
"""ISO 8601 text to a datetime; since Python 3.11 this is nearly all of RFC 3339, in C. It may be naive."""
parse_date = dt.date.fromisoformat
parse_time = dt.time.fromisoformat

_UNUSUAL_TIME: Final = re.compile(
    r"(?P<date>[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ])"
    r"(?:(?P<midnight>24:00(?::00(?:[.,]0+)?)?)|(?P<minute>[0-9]{2}:[0-9]{2}:)60(?:[.,][0-9]+)?)"
    r"(?P<rest>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
"""A time of day that ISO 8601 has and Python does not: midnight as the end of a day, a leap second."""


def parse_datetime(text: str) -> dt.datetime:
    """ISO 8601 text to an aware datetime. Text without a zone is UTC (not documented by cStar; inferred).

    Letters may be lower case. A leap second is the second after it, `24:00:00` is the next midnight. Fractions are cut
    to six digits.

    Raises:
        ValueError: The text is not a date-time, or the moment is after the year 9999.
        TypeError: `text` is not a str.
    """
    try:
        moment = parse_isoformat(text)
    except ValueError:
        moment = _parse_unusual(text)
    return moment if moment.tzinfo is not None else in_utc(moment)


def in_utc(moment: dt.datetime) -> dt.datetime:
    """Set the zone of a naive datetime to UTC. Generated decoders test for a missing zone themselves: it is faster."""
    return moment.replace(tzinfo=dt.UTC)


def _parse_unusual(text: str) -> dt.datetime:
    upper = text.upper()
    late = _UNUSUAL_TIME.fullmatch(upper)
    if late is None:
        return parse_isoformat(upper)
    # Python has no such time, so read the second before it and add one.
    second = "23:59:59" if late["midnight"] else f"{late['minute']}59"
    moment = parse_isoformat(f"{late['date']}{second}{late['rest'] or ''}")
    try:
        return moment + dt.timedelta(seconds=1)
    except OverflowError as error:
        raise ValueError(str(error)) from None


def with_usual_times(members: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
    """Copy an object, with its date-times of these names rewritten so that `parse_isoformat` can read them.

    Call it while handling a ValueError, which is raised again if there is nothing to rewrite.
    """
    usual: dict[str, str] = {}
    for name in names:
        text = members.get(name)
        if isinstance(text, str):
            try:
                moment = parse_datetime(text)
            except ValueError:
                continue
            if (written := encode_datetime(moment)) != text:
                usual[name] = written
    if not usual:
        raise  # noqa: PLE0704  # the ValueError that the caller handles
    return {**members, **usual}


def whole_number(value: Any) -> Any:
    """Convert a value that is not an int but whose field is an integer in the contract.

    Raises:
        ValueError: It is an integer of more than 64 bits, whose last digits are lost.
    """
    if type(value) is float:
        if abs(value) >= LONGEST_INTEGER:
            raise ValueError(f"expected an integer of at most 64 bits, got about {value:g}")
        if value.is_integer():
            return int(value)  # 3.0 is an integer in JSON
    return value


def encode_datetime(value: dt.datetime) -> str:
    """An aware datetime as ISO 8601; UTC is written with `Z`, as cStar does.

    Raises ValueError for a naive datetime, since its zone is unknown.
    """
    offset = value.utcoffset()
    if offset is None:
        raise ValueError(
            f"{value!r} has no time zone; add one, for example value.replace(tzinfo=datetime.timezone.utc)"
        )
    text = value.isoformat()
    return f"{text[:-6]}Z" if not offset and text.endswith("+00:00") else text


def encode_isoformat(value: dt.date | dt.time) -> str:
    """A date or a time of day as ISO 8601."""
    return value.isoformat()


def encode_uuid(value: UUID) -> str:
    """A UUID in its hyphenated form."""
    return str(value)


def encode_array(value: Iterable[T]) -> list[T]:
    """A list of the values. A single string is refused: it would be split into its characters."""
    if isinstance(value, _TEXTS):
        raise TypeError(f"expected a list of values, got the single value {value!r}; write [{value!r}]")
    return list(value)


def is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value is a JSON object."""
    return isinstance(value, Mapping)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is a JSON array."""
    return isinstance(value, list)


def json_type(value: object) -> str:
    """The JSON name of the type of this value, with an article."""
    if value is None:
        return "null"
    names: dict[type, str] = {bool: "a boolean", str: "a string", int: "a number", float: "a number", list: "an array"}
    return names.get(type(value), "an object")


def drop_unset(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that were given, including those that are None."""
    return {name: value for name, value in members.items() if value is not UNSET}


def encode_given(value: Any, encode: Callable[[Any], object]) -> Any:
    """Encode an argument for a body; UNSET, None and mappings stay as they are."""
    if value is UNSET or value is None:
        return value
    # A list is not an object, and the check by is_object costs as much as encoding one.
    return value if type(value) is not list and is_object(value) else encode(value)


def encode_each(value: Any, encode: Callable[[Any], object]) -> object:
    """Encode each item of an argument that is a list, as `encode_given` does."""
    if value is UNSET or value is None:
        return value
    return [encode_given(item, encode) for item in encode_array(value)]


Choice: TypeAlias = "tuple[type | tuple[type, ...], Callable[[Any], Any] | None]"
"""One member of a union: its JSON type, and its decode function (None: as it is)."""


def decode_union(value: Any, choices: Sequence[Choice]) -> Any:
    """Decode as the first member of a union that fits. Raises ValueError if none does."""
    for json_type, decode in choices:
        if isinstance(value, json_type):
            if decode is None:
                return value
            try:
                return decode(value)
            except (KeyError, TypeError, ValueError, AttributeError):
                continue
    raise ValueError(f"no member of the union fits a {type(value).__name__}")


def decode_discriminated(
    value: Any, member: str, decoders: Mapping[str, Callable[[Any], Any]], base: Callable[[Any], Any] | None = None
) -> Any:
    """Decode an object of the kind that its `member` names; an unknown kind is decoded by `base`, or stays a dict."""
    decode = decoders.get(value[member] if base is None else value.get(member), base)
    return dict(value) if decode is None else decode(value)


Shape: TypeAlias = "tuple[Callable[[Any], Any], Mapping[str | tuple[str, str], object], Sequence[str], Sequence[str]]"
"""A model in a union: its decode function, its fields with one value (also those of an object in a field), and the
names of required and other fields."""


def decode_closest(value: Any, shapes: Sequence[Shape]) -> Any:
    """Decode an object as the model of a union that it fits best; if none or several do, it stays a dict.

    A model fits if the object has its required fields and none of its constants is another. Of several, the one that
    knows the most members of the object wins, since what it does not know would be lost, then the one with the most
    matching constants, then the one with the fewest fields that the object lacks.

    Raises:
        TypeError: The value is not an object.
    """
    if not is_object(value):
        raise TypeError(f"expected an object, got {type(value).__name__}")
    ranks: dict[tuple[int, int, int], list[Callable[[Any], Any]]] = {}
    for decode, constants, required, optional in shapes:
        same = [
            found == constant for name, constant in constants.items() if (found := _member(value, name)) is not UNSET
        ]
        if all(same) and all(name in value for name in required):
            known = len(required) + sum(name in value for name in optional)
            if known or not value:
                ranks.setdefault((known, len(same), -len(required) - len(optional)), []).append(decode)
    for rank in sorted(ranks, reverse=True):
        found = [result for decode in ranks[rank] if (result := _decode_if_valid(value, decode)) is not None]
        if found:
            return found[0] if len(found) == 1 else dict(value)
    return dict(value)


def _member(value: Mapping[str, Any], name: str | tuple[str, str]) -> object:
    """A member of an object, or of an object in a member; UNSET if there is none."""
    if isinstance(name, str):
        return value.get(name, UNSET)
    inner = value.get(name[0])
    return inner.get(name[1], UNSET) if is_object(inner) else UNSET


def _decode_if_valid(value: Mapping[str, Any], decode: Callable[[Any], Any]) -> Any:
    try:
        return decode(value)
    except (KeyError, TypeError, ValueError, AttributeError):
        return None  # a field has another type


def encode_union(value: Any, encoders: Mapping[type[Any], Callable[[Any], object]]) -> Any:
    """Encode a value of a union by its class."""
    encode = encoders.get(value.__class__)
    return value if encode is None else encode(value)


if TYPE_CHECKING:

    def new(cls: type[T]) -> T:
        """Make an instance without `__init__`, for decoders, which fill its slots."""
        ...

else:
    new = object.__new__

Kind: TypeAlias = "Callable[[Any], Any] | type[Any] | Sequence[Kind] | Mapping[str, Kind] | None"
"""How a field is decoded: as it is, by a function, as a model, `[kind]` for a list, `{"": kind}` for a map."""


class FieldInfo(NamedTuple):
    """A field, as generated tables describe it."""

    name: str
    wire: str
    required: bool
    """Whether the contract promises it."""
    nullable: bool
    kind: Kind
    strict: bool = False
    """Whether an answer without it is an error."""
    values: tuple[str | int, ...] = ()
    """Known values (of the items, for arrays)."""


class ModelInfo(NamedTuple):
    """A model, as generated tables describe it."""

    decode: Callable[[Any], Any]
    encode: Callable[[Any], dict[str, Any]]
    fields: tuple[FieldInfo, ...]
    additional: FieldInfo | None
    """The field that holds other members, and how each is decoded; None if they are ignored."""


def model_info(cls: object) -> ModelInfo | None:
    """The generator's table entry for a class, if it is one of its models."""
    if not isinstance(cls, type) or not hasattr(cls, "__attrs_attrs__"):
        return None
    table = getattr(sys.modules.get(cls.__module__), "model_table", None)
    info: ModelInfo | None = table().get(cls) if table is not None else None
    return info


def kind_of(value: object) -> str:
    """The type of a value that cannot be sent; for an object of the API also what to send instead."""
    name = type(value).__name__
    return f"{name}; pass its id" if isinstance(getattr(value, "id", None), str) else name


def is_text(value: str) -> bool:
    """Whether it can be encoded as UTF-8: it contains no lone surrogate."""
    try:
        return value.isascii() or bool(value.encode())
    except UnicodeEncodeError:
        return False
