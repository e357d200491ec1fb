"""Conditions on documents, as SQL with its values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

if TYPE_CHECKING:
    from collections.abc import Sequence

LISTED = "(SELECT value FROM json_each(?))"
HAS_ELEMENT = "EXISTS (SELECT 1 FROM json_each(body, ?) WHERE value IN (SELECT value FROM json_each(?)))"
NAME = re.compile(r"[A-Za-z_]+(\.[A-Za-z_]+)*")


class Condition(NamedTuple):
    """A condition on documents, as SQL with its values."""

    sql: str
    values: tuple[Any, ...]

    @classmethod
    def equals(cls, field: str, value: object) -> Condition:
        """The field has this value, which may be null."""
        if isinstance(value, int):
            # SQLite reads JSON booleans as 0 and 1, and integers beyond 63 bits as floats; it has no larger integers.
            value = int(value) if -(2**63) <= value < 2**63 else float(value)
        # Not always IS: indexes without nulls are only used for `=`.
        return cls(f"{_field(field)} {'IS' if value is None else '='} ?", (value,))

    @classmethod
    def one_of(cls, field: str, values: Sequence[object]) -> Condition:
        """The field has one of these values, none of which is null.

        They are bound as one value, because SQLite limits the number of values and the depth of an OR.
        """
        if len(values) == 1:
            return cls.equals(field, values[0])
        return cls(f"{_field(field)} IN {LISTED}", (_json(values),))

    @classmethod
    def contains(cls, field: str, values: Sequence[object]) -> Condition:
        """One of the values is an element of the array."""
        return cls(HAS_ELEMENT, (f"$.{field}", _json(values)))

    @classmethod
    def any_of(cls, choices: Sequence[Condition]) -> Condition:
        """One of the conditions is met. For a few conditions in code, since SQLite limits the depth of an OR."""
        return cls(f"({' OR '.join(each.sql for each in choices)})", tuple(v for each in choices for v in each.values))

    @classmethod
    def mentions(cls, fields: Sequence[str], text: str) -> Condition:
        """One of the fields contains the text, ignoring case."""
        one = "instr(casefold(coalesce(json_extract(body, ?), '')), ?) > 0"
        values = [value for field in fields for value in (f"$.{field}", text.casefold())]
        return cls(f"({' OR '.join([one] * len(fields))})", tuple(values))


def _field(name: str) -> str:
    # The name is part of the SQL, so that SQLite can use an index on it; names are those of the contract.
    if NAME.fullmatch(name) is None:
        raise ValueError(f"{name!r} is not a valid field name")
    return f"json_extract(body, '$.{name}')"


def _json(values: Sequence[object]) -> str:
    # SQLite ends a JSON string at a NUL, so a value with one would match the text before it.
    return orjson.dumps([each for each in values if not (isinstance(each, str) and "\0" in each)]).decode()
