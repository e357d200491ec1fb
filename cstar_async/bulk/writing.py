"""Write rows as lines of JSON and of CSV, whatever is in them. Pure.

Rows come from the service, and one unusual value must not end an export: a lone surrogate, a number of a hundred
digits, a value nested a thousand levels deep.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final, cast

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_DIGITS: Final = 4000
"""Python writes at most 4,300 digits at once, since that takes quadratic time."""


class _JSONText(str):
    """Finished JSON text."""

    __slots__ = ()


def to_json(value: Any) -> bytes:
    """The JSON text of a parsed value, on one line.

    Integers are written in full. Lone surrogates become U+FFFD, NaN and infinity become null.
    """
    try:
        return orjson.dumps(value)
    except TypeError:  # orjson's limits: integers of 64 bits, valid Unicode, a depth of 254
        return "".join(_parts(value)).encode()


def _parts(value: Any) -> Iterable[str]:
    """The text of a value in parts. Not recursive, since a value may be nested deeper than Python's stack allows."""
    todo = [value]
    while todo:
        item = todo.pop()
        if isinstance(item, _JSONText):
            yield item
        elif isinstance(item, str):
            yield orjson.dumps(clean(item)).decode()
        elif isinstance(item, int) and not isinstance(item, bool):
            yield digits(item)
        elif isinstance(item, dict):
            todo.append(_JSONText("}"))
            members = list(enumerate(cast("Mapping[Any, Any]", item).items()))
            for place, (name, member) in reversed(members):
                before = "," if place else ""
                todo += (member, _JSONText(f"{before}{orjson.dumps(clean(str(name))).decode()}:"))
            todo.append(_JSONText("{"))
        elif isinstance(item, list | tuple):
            todo.append(_JSONText("]"))
            for place, member in reversed(list(enumerate(cast("Sequence[Any]", item)))):
                todo.append(member)
                if place:
                    todo.append(_JSONText(","))
            todo.append(_JSONText("["))
        else:
            yield orjson.dumps(item, default=str).decode()


def to_csv(rows: Iterable[Sequence[Any]]) -> bytes:
    """Lines of CSV (RFC 4180, UTF-8), one for each row of cells."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def cells(row: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """The cells of a row: absent and null values are empty, lists and objects are JSON."""
    return [_cell(row.get(name)) for name in names]


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return clean(value)
    text = to_json(value).decode()
    return "" if text == "null" else text


def clean(text: str) -> str:
    """Text as valid Unicode: surrogate pairs are joined, lone surrogates become U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def digits(number: int) -> str:
    """An integer of any size in decimal."""
    if -(10**_DIGITS) < number < 10**_DIGITS:
        return str(number)
    if number < 0:
        return f"-{digits(-number)}"
    # Split in halves, so that the time grows less than the square of the length.
    length = _DIGITS
    while number >= 10 ** (2 * length):
        length *= 2
    high, low = divmod(number, 10**length)
    return digits(high) + digits(low).zfill(length)
