"""`UNSET`: an argument that was not given, as opposed to `None`, which is sent as null."""

from __future__ import annotations

import enum
from typing import Final, Literal, TypeAlias


class UnsetType(enum.Enum):
    """The type of `UNSET`. An enum with one member, so that type checkers narrow on `is UNSET`."""

    # A bare object() is not a JSON type, so a value that slips through cannot be serialised by accident.
    UNSET = object()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce_ex__(self, protocol: object) -> tuple[object, tuple[type[UnsetType], str]]:
        # The default pickles an enum member by value, and an object() has none that survives.
        return (getattr, (type(self), self.name))


UNSET: Final = UnsetType.UNSET
"""Leave a field out of the request. `None` is different: it is sent as null and clears the field."""

Unset: TypeAlias = Literal[UnsetType.UNSET]
"""What to write in an annotation: `title: str | Unset = UNSET`."""
