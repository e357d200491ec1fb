"""`UNSET`: an argument that was not given, unlike `None`, which is sent as null."""

from __future__ import annotations

import enum
from typing import Final, Literal, TypeAlias


class UnsetType(enum.Enum):
    """The type of `UNSET`: an enum with one member, so that type checkers narrow on `is UNSET`."""

    # An object() is not a JSON type, so it is never serialised by accident.
    UNSET = object()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce_ex__(self, protocol: object) -> tuple[object, tuple[type[UnsetType], str]]:
        # The default pickles an enum member by value, but an object() is not equal to its copy.
        return (getattr, (type(self), self.name))


UNSET: Final = UnsetType.UNSET
"""Leaves a field out of the request. `None` is sent as null and clears the field."""

Unset: TypeAlias = Literal[UnsetType.UNSET]
"""For annotations: `title: str | Unset = UNSET`."""
