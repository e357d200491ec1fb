"""Rows as lines of JSON and of CSV, whatever is in them. Pure.

Rows come from the service, and one odd value in thousands of them must not end an export: text with half an emoji, a
number of a hundred digits, a value nested a thousand deep.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final, cast

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_DIGITS: Final = 4000
"""Python refuses to write more digits than 4,300 at once, as that takes quadratic time."""


class _Written(str):
    """A part of JSON text that is finished."""

    __slots__ = ()


def to_json(value: Any) -> bytes:
    """JSON text of what was parsed from JSON, on one line.

    Integers are written in full. Half a surrogate pair becomes U+FFFD, NaN and infinity become null.
    """
    try:
        return orjson.dumps(value)
    except TypeError:  # of orjson, for each of its limits: 64 bits, clean text, a depth of 254
        return "".join(_parts(value)).encode()


def _parts(value: Any) -> Iterable[str]:
    """The text of a value, piece by piece. A stack of its own, since the depth of a value is the sender's choice."""
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, _Written):
            yield item
        elif isinstance(item, str):
            yield orjson.dumps(clean(item)).decode()
        elif isinstance(item, int) and not isinstance(item, bool):
            yield digits(item)
        elif isinstance(item, dict):
            todo.append(_Written("}"))
            members = list(enumerate(cast("Mapping[Any, Any]", item).items()))
            for place, (name, member) in reversed(members):
                before = "," if place else ""
                todo += (member, _Written(f"{before}{orjson.dumps(clean(str(name))).decode()}:"))
            todo.append(_Written("{"))
        elif isinstance(item, list | tuple):
            todo.append(_Written("]"))
            for place, member in reversed(list(enumerate(cast("Sequence[Any]", item)))):
                todo.append(member)
                if place:
                    todo.append(_Written(","))
            todo.append(_Written("["))
        else:
            yield orjson.dumps(item, default=str).decode()


def to_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """Lines of CSV (RFC 4180, UTF-8), one for each row of cells."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def cells(row: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The columns of a row; what is absent or null is empty, lists and objects are JSON."""
    return [_cell(row.get(name)) for name in names]


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return clean(value)
    text = to_json(value).decode()
    return "" if text == "null" else text


def clean(text: str) -> str:
    """Text that can be written: two halves of a surrogate pair are joined, a half alone becomes U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def digits(number: int) -> str:
    """An integer of any size in decimal."""
    if -(10**_DIGITS) < number < 10**_DIGITS:
        return str(number)
    if number < 0:
        return f"-{digits(-number)}"
    # Halves again and again, rather than piece by piece, so that the time grows less than the square of the length.
    length = _DIGITS
    while number >= 10 ** (2 * length):
        length *= 2
    high, low = divmod(number, 10**length)
    return digits(high) + digits(low).zfill(length)
