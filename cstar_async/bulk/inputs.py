"""The input of a job: any iterable, sync or async, of ids, of changes or of records."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Iterable, Iterator, Mapping, Sized
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, cast

from cstar_async._core.aiter import ensure_aiter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async._core.operation import Operation


class HasId(Protocol):
    """An object with an id, such as a Ticket, which can be given in place of its id."""

    @property
    def id(self) -> str:
        """The id."""
        ...


Ids: TypeAlias = Iterable[str | HasId] | AsyncIterable[str | HasId]
"""Ids, or objects that have one, such as those of a list of the API (`cstar.tickets.list(...)`)."""
Pairs: TypeAlias = (
    Mapping[str, Mapping[str, Any]]
    | Iterable[tuple[str | HasId, Mapping[str, Any]]]
    | AsyncIterable[tuple[str | HasId, Mapping[str, Any]]]
)
"""Changes by id: a mapping, or pairs of an id and its changes."""
Records: TypeAlias = Iterable[Mapping[str, Any]] | AsyncIterable[Mapping[str, Any]]
"""New objects, with the fields of the resource's `create`."""
Source: TypeAlias = Iterable[Any] | AsyncIterable[Any]


def check_source(source: object, what: str) -> None:
    """Raise TypeError for an input that is not iterable, or is a single item."""
    if isinstance(source, str | bytes):
        raise TypeError(f"expected {what}, got the single value {source!r}; write [{source!r}]")
    if not isinstance(source, Iterable | AsyncIterable):
        raise TypeError(f"expected {what}, got {type(source).__name__}")


def known_length(source: Source) -> int | None:
    """The number of items, if it is known without reading them."""
    return len(source) if isinstance(source, Sized) else None


def readable_again(source: Source) -> bool:
    """Whether it can be read more than once."""
    return not isinstance(source, Iterator | AsyncIterator)


def items(source: Source) -> AsyncGenerator[Any, None]:
    """Its items one by one; the pairs of a mapping."""
    return ensure_aiter(cast("Iterable[Any]", source.items()) if isinstance(source, Mapping) else source)


def read_id(item: object) -> str:
    """The id of an item, which is an id or an object with one. Raises TypeError or ValueError for anything else."""
    identity = item if type(item) is str else getattr(item, "id", item)
    if not isinstance(identity, str):
        raise TypeError(f"expected an id, or an object with one, got {type(item).__name__}")
    if not identity:
        raise ValueError("an id must not be empty")
    return identity


def read_pair(item: object) -> tuple[str, Mapping[str, Any]]:
    """Id and changes. Raises TypeError for anything else."""
    pair = cast("Sequence[Any]", item) if isinstance(item, tuple | list) else ()
    if len(pair) != 2 or not isinstance(pair[1], Mapping):
        raise TypeError(f"expected pairs of an id and a mapping of its changes, got {item!r:.100}")
    return read_id(pair[0]), cast("Mapping[str, Any]", pair[1])


class Fields:
    """The fields of an operation's body, by their Python names and their wire names."""

    def __init__(self, operation: Operation, also: Mapping[str, str] = MappingProxyType({})) -> None:
        body = {param.argument: param.name for param in operation.params if param.location == "body"} | dict(also)
        self._wire = body | {name: name for name in body.values()}
        self._what = operation.id
        self._names = ", ".join(body)

    def wire(self, members: Mapping[str, Any]) -> dict[str, Any]:
        """The members under their wire names. Raises TypeError for an unknown name."""
        result: dict[str, Any] = {}
        for name, value in members.items():
            wire = self._wire.get(name)
            if wire is None:
                raise TypeError(f"{self._what} has no field {name!r}; it has {self._names}")
            result[wire] = value
        return result
