"""JSON bodies: encoding with errors that name the bad part, and parsing.

`read_json` reads all JSON from outside: answers, streams, webhooks.
"""

from __future__ import annotations

import codecs
import datetime as dt
import json as json_module
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NoReturn, cast

import orjson

from .secrets import without_surrogates
from .serialization import encode_datetime, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_DEPTH: Final = 100
_BYTE_ORDER_MARK: Final = codecs.BOM_UTF8
_BEGINNINGS: Final = frozenset(b'{["-0123456789tfn')
"""The bytes with which JSON can begin."""
_DIGITS: Final = bytes(ord("0") if 48 <= each <= 57 else each for each in range(256))
_LONG: Final = b"0" * 19
_FOUR: Final = b"0" * 4


class InvalidJSONError(ValueError):
    """A text is not JSON. The message says where and contains nothing of the text."""


def read_json(text: bytes | bytearray | memoryview | str, *, exact: bool = True, mend: bool = True) -> Any:
    """Parse JSON from outside, also if its text is not valid Unicode.

    A byte order mark is skipped. Bytes that are not UTF-8 and lone surrogates (from a title that was cut in the middle
    of an emoji) become U+FFFD, since a string with a lone surrogate can be neither printed nor encoded.

    Args:
        text: The JSON.
        exact: Read integers of more than 64 bits exactly. Otherwise they become floats, and the text is not searched
            for them first.
        mend: Accept text that is not valid Unicode, which takes ten times as long to read.

    Raises:
        InvalidJSONError: The text is not JSON.
    """
    reason = ""
    exact = exact and may_hold_long_integer(text)
    if not exact:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError as error:
            reason = str(error)  # not the error, whose `doc` is the whole text
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)
    # Valid Unicode, and text that does not begin like JSON, is not read again: it may be long.
    first = raw[:100].removeprefix(_BYTE_ORDER_MARK).lstrip()[:1]
    if not exact and not (mend and first and first[0] in _BEGINNINGS and _is_unclean(raw)):
        raise InvalidJSONError(reason)
    clean = text if isinstance(text, str) else raw.decode("utf-8", "replace")
    return _read_slowly(clean.removeprefix("\ufeff"))


def _is_unclean(raw: bytes) -> bool:
    if b"\\u" in raw or raw.startswith(_BYTE_ORDER_MARK):
        return True
    try:
        raw.decode()
    except UnicodeDecodeError:
        return True
    return False


def _read_slowly(text: str) -> Any:
    """Parse with the `json` module, which accepts integers of any length and lone surrogates."""
    try:
        value = json_module.loads(text, parse_constant=_refuse)
    except RecursionError:
        reason = "it is nested too deeply"
    except json_module.JSONDecodeError as error:
        reason = f"{error.msg}: line {error.lineno} column {error.colno}"
    except ValueError:  # NaN or Infinity, or more digits than Python converts
        reason = "a number cannot be read"
    else:
        return _clean(value)
    raise InvalidJSONError(reason)


def _refuse(_: str) -> NoReturn:
    raise ValueError


def _clean(value: Any) -> Any:
    """Parsed JSON with U+FFFD for each lone surrogate. An infinite number raises InvalidJSONError."""
    if isinstance(value, str):
        return without_surrogates(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {_clean(name): _clean(member) for name, member in members.items()}
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidJSONError("a number cannot be read")
    return value


def may_hold_long_integer(text: bytes | bytearray | memoryview | str) -> bool:
    """Whether JSON may contain an integer of more than 64 bits (19 digits or more). Half a nanosecond a byte."""
    raw = text if isinstance(text, bytes) else text.encode("utf-8", "replace") if isinstance(text, str) else bytes(text)
    # In 19 digits, four bytes in a row of every fourth are digits; this cheaper search excludes nearly all other text.
    return _FOUR in raw[::4].translate(_DIGITS) and _LONG in raw.translate(_DIGITS)


def encode_body(json: Mapping[str, object] | Sequence[object]) -> bytes:
    """Encode a body as JSON.

    Raises:
        TypeError: A part has a type that JSON cannot express; the message has its JSON path.
        ValueError: A number is NaN or infinite, or a datetime has no time zone.
    """
    try:
        body = _dumps(json)
    except TypeError as error:
        place, reason = _unsendable(json, "$", error)
        raise TypeError(f"{place} cannot be sent: {reason}") from error
    # orjson writes null for NaN.
    if b"null" in body and (place := _not_finite(json, "$")):
        raise ValueError(f"{place} cannot be sent: JSON has no NaN or infinity")
    return body


def json_text(value: Any) -> str:
    """A parameter that is JSON text. Raises the errors of `encode_body`."""
    return encode_body(value).decode()


def _dumps(value: object) -> bytes:
    # Datetimes go through `_encode`, since orjson writes a naive one as if it were UTC.
    return orjson.dumps(value, default=_encode, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _encode(value: object) -> object:
    if isinstance(value, dt.datetime):
        return encode_datetime(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise TypeError(f"JSON cannot express {kind_of(value)}")


def _unsendable(value: object, place: str, error: TypeError, depth: int = 0) -> tuple[str, str]:
    """The path of the part of a value that cannot be sent, and why."""
    if depth > _MAX_DEPTH:
        return "$", "it is nested too deeply, or contains itself"
    for key, member, inner in _members(value, place):
        if isinstance(value, Mapping) and not isinstance(key, str):
            return place, f"the key {key!r} is not a string"
        try:
            _dumps(member)
        except TypeError as cause:
            return _unsendable(member, inner, cause, depth + 1)
    return place, str(error.__cause__ or error)


def _not_finite(value: object, place: str) -> str:
    """The path of a NaN or an infinity; empty if there is none."""
    if isinstance(value, float):
        return "" if math.isfinite(value) else place
    found = (_not_finite(member, inner) for _, member, inner in _members(value, place))
    return next(filter(None, found), "")


def _members(value: object, place: str) -> Iterable[tuple[object, object, str]]:
    """Key, value and path of each member of a value."""
    if isinstance(value, Mapping):
        for key, member in cast("Mapping[object, object]", value).items():
            yield key, member, f"{place}.{key}"
    elif isinstance(value, list | tuple):
        for index, member in enumerate(cast("Sequence[object]", value)):
            yield index, member, f"{place}[{index}]"
