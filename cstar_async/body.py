"""JSON bodies: what is sent, or a complaint that says which part of it cannot be, and what came.

`read_json` is the one reader of JSON from outside: answers, streams, webhooks.
"""

from __future__ import annotations

import codecs
import datetime as dt
import math
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, cast

import orjson

from .wire import encode_datetime, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_DEEPEST: Final = 100
_BYTE_ORDER_MARK: Final = codecs.BOM_UTF8
# Every escape of a JSON text, so that an escaped backslash before a `u` is not taken for one: a whole surrogate pair,
# half of one, or any other.
_ESCAPE: Final = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u([dD][89a-fA-F][0-9a-fA-F]{2})|.)", re.DOTALL
)


class InvalidJSONError(ValueError):
    """A text is not JSON. The message says where, and holds nothing of the text."""


def read_json(text: bytes | bytearray | memoryview | str) -> Any:
    """Parse JSON from outside, also where its text is not clean Unicode.

    A byte order mark is skipped. Bytes that are not UTF-8, and halves of surrogate pairs (a title that was cut in the
    middle of an emoji), become U+FFFD: the rest of the text is worth having, and a string with a lone surrogate could
    be neither printed nor written anywhere.

    Raises:
        InvalidJSONError: The text is not JSON.
    """
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        pass  # and its `doc`, the whole text, with it
    mended = _mend(text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text))
    try:
        return orjson.loads(mended)
    except orjson.JSONDecodeError as error:
        reason = str(error)
    raise InvalidJSONError(reason)


def _mend(raw: bytes) -> bytes:
    """The same text in clean Unicode."""
    raw = raw.removeprefix(_BYTE_ORDER_MARK)
    if b"\\u" in raw:
        raw = _ESCAPE.sub(lambda found: rb"\ufffd" if found[1] else found[0], raw)
    return raw.decode("utf-8", "replace").encode()


def encode_body(json: Mapping[str, object] | Sequence[object]) -> bytes:
    """The body as bytes.

    Raises TypeError or ValueError, with the JSON path of the part, for what JSON has no form for.
    """
    try:
        body = _dumps(json)
    except TypeError as error:
        place, reason = _unsendable(json, "$", error)
        raise TypeError(f"{place} cannot be sent: {reason}") from error
    # orjson writes null for a NaN, which would be another value.
    if b"null" in body and (place := _not_finite(json, "$")):
        raise ValueError(f"{place} cannot be sent: JSON has no NaN and no infinity")
    return body


def _dumps(value: object) -> bytes:
    # Times go through ours, since orjson writes a naive one as if it had a time zone.
    return orjson.dumps(value, default=_encode, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _encode(value: object) -> object:
    if isinstance(value, dt.datetime):
        return encode_datetime(value)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise TypeError(f"JSON has no form for {kind_of(value)}")


def _unsendable(value: object, place: str, error: TypeError, depth: int = 0) -> tuple[str, str]:
    """Which part of a value cannot be sent, and why."""
    if depth > _DEEPEST:
        return "$", "it is nested too deeply, or holds itself"
    for key, member, inner in _members(value, place):
        if isinstance(value, Mapping) and not isinstance(key, str):
            return place, f"the key {key!r} is no text"
        try:
            _dumps(member)
        except TypeError as cause:
            return _unsendable(member, inner, cause, depth + 1)
    return place, str(error.__cause__ or error)


def _not_finite(value: object, place: str) -> str:
    """The place of a NaN or an infinity, empty if there is none."""
    if isinstance(value, float):
        return "" if math.isfinite(value) else place
    found = (_not_finite(member, inner) for _, member, inner in _members(value, place))
    return next(filter(None, found), "")


def _members(value: object, place: str) -> Iterable[tuple[object, object, str]]:
    """Key, value and place of what a value holds."""
    if isinstance(value, Mapping):
        for key, member in cast("Mapping[object, object]", value).items():
            yield key, member, f"{place}.{key}"
    elif isinstance(value, list | tuple):
        for index, member in enumerate(cast("Sequence[object]", value)):
            yield index, member, f"{place}[{index}]"
