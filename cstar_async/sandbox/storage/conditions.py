"""Conditions on documents, as SQL with its values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Sequence

LISTED = "(SELECT value FROM json_each(?))"
NAME = re.compile(r"[A-Za-z_]+(\.[A-Za-z_]+)*")


class Condition(NamedTuple):
    """A condition on documents, as SQL with its values."""

    sql: str
    values: tuple[Any, ...]

    @classmethod
    def equals(cls, field: str, value: object) -> Condition:
        """The field has this value, which may be null; SQLite reads a JSON boolean as 0 or 1."""
        if isinstance(value, int):
            # SQLite reads a JSON number beyond 63 bits as a floating one, and takes no such integer.
            value = int(value) if -(2**63) <= value < 2**63 else float(value)
        # `=` and not IS, where it can be: it says that there is a value, which an index without nulls has to know.
        return cls(f"{_field(field)} {'IS' if value is None else '='} ?", (value,))

    @classmethod
    def one_of(cls, field: str, values: Sequence[object]) -> Condition:
        """The field has one of these values, none of which is null.

        However many they are: they are one value of the statement, since SQLite counts those, and the depth of an OR.
        """
        if len(values) == 1:
            return cls.equals(field, values[0])
        return cls(f"{_field(field)} IN {LISTED}", (_json(values),))

    @classmethod
    def contains(cls, field: str, values: Sequence[object]) -> Condition:
        """One of the values is an element of the array."""
        sql = f"EXISTS (SELECT 1 FROM json_each(body, ?) WHERE value IN {LISTED})"  # noqa: S608  # ours
        return cls(sql, (f"$.{field}", _json(values)))

    @classmethod
    def any_of(cls, choices: Sequence[Condition]) -> Condition:
        """One of the conditions holds. They are few, and written in the code."""
        return cls(f"({' OR '.join(each.sql for each in choices)})", tuple(v for each in choices for v in each.values))

    @classmethod
    def mentions(cls, fields: Sequence[str], text: str) -> Condition:
        """One of the fields contains the text, ignoring case."""
        one = "instr(casefold(coalesce(json_extract(body, ?), '')), ?) > 0"
        values = [value for field in fields for value in (f"$.{field}", text.casefold())]
        return cls(f"({' OR '.join([one] * len(fields))})", tuple(values))


def _field(name: str) -> str:
    # The name stands in the SQL, where an index on it is recognised; it is always one of the contract's.
    if NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is not a valid field name")
    return f"json_extract(body, '$.{name}')"


def _json(values: Sequence[object]) -> str:
    # SQLite reads text in JSON up to a NUL, and would take what has one for what stands before it.
    return orjson.dumps([each for each in values if not (isinstance(each, str) and "\0" in each)]).decode()
