"""How values look on the wire: what generated code and `Call` need to write and read them."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, TypeGuard, TypeVar, cast
from urllib.parse import quote
from uuid import UUID

from .unset import UNSET

if TYPE_CHECKING:
    from .operation import Operation

T = TypeVar("T")

_TEXTS: Final = (str, bytes)

LONGEST_INTEGER: Final = 2.0**63
"""orjson reads integers of more than 64 bits as floats. This is the least that may have been one."""

parse_isoformat = dt.datetime.fromisoformat
"""ISO 8601 text to a datetime; since Python 3.11 this is nearly all of RFC 3339, in C. It may be naive."""
parse_date = dt.date.fromisoformat
parse_time = dt.time.fromisoformat

_LATE: Final = re.compile(
    r"(?P<date>[0-9]{4}-?[0-9]{2}-?[0-9]{2}[T ])"
    r"(?:(?P<midnight>24:00(?::00(?:[.,]0+)?)?)|(?P<minute>[0-9]{2}:[0-9]{2}:)60(?:[.,][0-9]+)?)"
    r"(?P<rest>Z|[+-][0-9]{2}:?[0-9]{2})?"
)
"""A time of day that there is, but not in Python: midnight as the end of a day, a leap second."""


def parse_datetime(text: str) -> dt.datetime:
    """ISO 8601 text to an aware datetime. Text without a zone is UTC (not documented by cStar; inferred).

    Letters may be small, and a leap second is the moment after it, as is `24:00:00`. Digits of a fraction after the
    sixth are left out.

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
    """A moment that came without a zone, in UTC. The emitted decoders ask for the zone themselves: it is faster."""
    return moment.replace(tzinfo=dt.UTC)


def _parse_unusual(text: str) -> dt.datetime:
    upper = text.upper()
    late = _LATE.fullmatch(upper)
    if late is None:
        return parse_isoformat(upper)
    # Of a moment that the clock of Python does not have: the one before it, and what is missing to it.
    second = "23:59:59" if late["midnight"] else f"{late['minute']}59"
    moment = parse_isoformat(f"{late['date']}{second}{late['rest'] or ''}")
    try:
        return moment + dt.timedelta(seconds=1)
    except OverflowError as error:
        raise ValueError(str(error)) from None


def with_usual_times(members: Mapping[str, Any], names: Sequence[str]) -> Mapping[str, Any]:
    """A copy of an object in which `parse_isoformat` can read the date-times of these names.

    It is for the handler of a ValueError: raises that again if none of them can be read otherwise.
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
        raise  # noqa: PLE0704  # what is being handled
    return {**members, **usual}


def whole_number(value: Any) -> Any:
    """Convert what came where the contract has an integer, if its type is not int.

    Raises:
        ValueError: It is an integer of more than 64 bits, of which the last digits are lost.
    """
    if type(value) is float:
        if abs(value) >= LONGEST_INTEGER:
            raise ValueError(f"expected an integer of at most 64 bits, got about {value:g}")
        if value.is_integer():
            return int(value)  # 3.0 is an integer in JSON
    return value


def encode_datetime(value: dt.datetime) -> str:
    """An aware datetime as ISO 8601; UTC is written with `Z`, as cStar does.

    Raises ValueError for a naive datetime: whose clock it shows cannot be guessed.
    """
    offset = value.utcoffset()
    if offset is None:
        raise ValueError(
            f"{value!r} has no time zone; give it one, for example value.replace(tzinfo=datetime.timezone.utc)"
        )
    text = value.isoformat()
    return f"{text[:-6]}Z" if not offset and text.endswith("+00:00") else text


def encode_isoformat(value: dt.date | dt.time) -> str:
    """A date or a time of day as ISO 8601."""
    return value.isoformat()


def encode_uuid(value: UUID) -> str:
    """A UUID in its usual hyphenated form."""
    return str(value)


def encode_array(value: Iterable[T]) -> list[T]:
    """A list of the values. A single string is refused: it would be taken apart into its letters."""
    if isinstance(value, _TEXTS):
        raise TypeError(f"expected a list of values, got the single value {value!r}; write [{value!r}]")
    return list(value)


def is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a value is a JSON object."""
    return isinstance(value, Mapping)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a value is a JSON array."""
    return isinstance(value, list)


def drop_unset(members: Mapping[str, Any]) -> dict[str, Any]:
    """The members that were given, `None` among them."""
    return {name: value for name, value in members.items() if value is not UNSET}


def encode_given(value: Any, encode: Callable[[Any], object]) -> Any:
    """An argument on its way into a body: UNSET, None and ready-made mappings as they are, the rest encoded."""
    if value is UNSET or value is None:
        return value
    # A list is not an object, and asking costs as much as encoding one.
    return value if type(value) is not list and is_object(value) else encode(value)


def encode_each(value: Any, encode: Callable[[Any], object]) -> object:
    """The same for an argument that is a list."""
    if value is UNSET or value is None:
        return value
    return [encode_given(item, encode) for item in encode_array(value)]


def encode_headers(headers: Mapping[str, object]) -> dict[str, str]:
    """Header arguments that were given, as text."""
    return {name: _text(value) for name, value in headers.items() if value is not None}


Choice: TypeAlias = "tuple[type | tuple[type, ...], Callable[[Any], Any] | None]"
"""One member of a union: the JSON type it is written in, and how to read it (None: as it is)."""


def decode_union(value: Any, choices: Sequence[Choice]) -> Any:
    """The first member of a union that fits. Raises ValueError if none does."""
    for json_type, decode in choices:
        if isinstance(value, json_type):
            if decode is None:
                return value
            try:
                return decode(value)
            except (KeyError, TypeError, ValueError, AttributeError):
                continue
    raise ValueError(f"no member of the union fits a {type(value).__name__}")


def decode_discriminated(value: Any, member: str, decoders: Mapping[str, Callable[[Any], Any]]) -> Any:
    """The object that its `member` says it is; an object of an unknown kind stays a plain dict."""
    decode = decoders.get(value[member])
    return dict(value) if decode is None else decode(value)


def encode_union(value: Any, encoders: Mapping[type[Any], Callable[[Any], object]]) -> Any:
    """A value of a union, by its class."""
    encode = encoders.get(value.__class__)
    return value if encode is None else encode(value)


if TYPE_CHECKING:

    def new(cls: type[T]) -> T:
        """An instance whose slots the caller fills: decoding does without `__init__`."""
        ...

else:
    new = object.__new__

Kind: TypeAlias = "Callable[[Any], Any] | type[Any] | Sequence[Kind] | Mapping[str, Kind] | None"
"""How a field is read: as it is, by a function, as a model, `[kind]` for a list, `{"": kind}` for a map."""


class FieldInfo(NamedTuple):
    """A field as the emitted tables describe it."""

    name: str
    wire: str
    required: bool
    nullable: bool
    kind: Kind


class ModelInfo(NamedTuple):
    """A model as the emitted tables describe it."""

    decode: Callable[[Any], Any]
    encode: Callable[[Any], dict[str, Any]]
    fields: tuple[FieldInfo, ...]
    additional: FieldInfo | None
    """Where members beyond the fields are kept, if they are, and how each is read."""


def _text(value: Any) -> str:
    if isinstance(value, enum.Enum):
        value = value.value  # as JSON has it; the text of a `class Status(str, Enum)` would be "Status.OPEN"
    if isinstance(value, str):
        if not is_text(value):
            raise ValueError("it contains a lone surrogate")
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return encode_datetime(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, _WRITABLE):
        return str(value)
    raise TypeError(f"expected text, a number or a time, got {kind_of(value)}")


def kind_of(value: object) -> str:
    """The type of a value that cannot be sent, and what to send instead where it is an object of the API."""
    name = type(value).__name__
    return f"{name}; pass its id" if isinstance(getattr(value, "id", None), str) else name


def is_text(value: str) -> bool:
    """Whether it can be written as UTF-8, which half of a surrogate pair cannot."""
    try:
        return value.isascii() or bool(value.encode())
    except UnicodeEncodeError:
        return False


# Made once: a union written at its use is made anew each time.
_WRITABLE: Final = (int, float, UUID)
_SEVERAL: Final = (Sequence, set, frozenset)


def encode_query(query: Mapping[str, object], operation: Operation) -> list[tuple[str, str]]:
    """Query parameters as pairs of text, in order; those that are None or UNSET are left out.

    Sequences are repeated parameters, or one comma-separated value where the contract says so. Raises TypeError or
    ValueError, with the name of the parameter, for what a query has no form for, and for several values where the
    contract has one: which of them counts would be the service's choice.
    """
    pairs: list[tuple[str, str]] = []
    for name, value in query.items():
        if value is None or value is UNSET:
            continue
        try:
            if isinstance(value, _SEVERAL) and not isinstance(value, _TEXTS):
                texts = [_text(item) for item in cast("Sequence[object]", value)]
                param = next((p for p in operation.params if p.name == name and p.location == "query"), None)
                if param is not None and param.type not in {"array", "any"}:
                    kind = type(cast("object", value)).__name__
                    raise TypeError(f"takes one value, got {kind}; make a call for each")  # noqa: TRY301
                if param is not None and not param.explode:
                    texts = [",".join(texts)]
                pairs.extend((name, text) for text in texts)
            else:
                pairs.append((name, _text(value)))
        except TypeError as error:
            raise TypeError(f"{name}: {error}") from None
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return pairs


def quote_path_part(value: object, name: str) -> str:
    """One part of a path, percent-encoded whole, slashes included.

    Raises ValueError for text that would change which path is meant (empty, `.`, `..`), TypeError for anything
    but text.
    """
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a string, got {kind_of(value)}")
    if value in {"", ".", ".."} or not is_text(value):
        raise ValueError(f"{name} must be an id, got {value!r}")
    return quote(value, safe="")
