"""From a stream of items to the batches that are sent. Pure, and the same batches for the same stream.

Equal changes go into the same batch. The buffer is bounded, however long the stream is and however many kinds of change
it has: when `MAX_BUFFERED_IDS` ids are waiting, the fullest group is sent, and no id waits for longer than
`MAX_BUFFER_AGE` further items. Up to `MAX_BUFFERED_IDS / limit` kinds of change never come to that, and make the fewest
batches that there can be.

An id that comes again with the same change as the last time is left out: within one job it is done once. One that comes
with another change gets both, in order. The last `REMEMBERED` ids are known for this, and all that are still held.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

import attrs

from cstar_async._core.representation import show_fields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_BUFFERED_IDS: Final = 10_000
MAX_BUFFER_AGE: Final = 50_000
REMEMBERED: Final = 100_000
RULES: Final = 1
"""The number of these rules. A journal names it, since other rules would make other batches of the same input."""

K = TypeVar("K", str, int)


@attrs.frozen
class Batch(Generic[K]):
    """What one request does."""

    number: int
    """From 0, in the order in which they are made."""
    keys: Sequence[K]
    """The ids, or for imports the places in the input."""
    content: Any
    """The change for all of the ids, None to delete them; for imports the records."""

    __repr__ = show_fields


@attrs.define
class _Group:
    content: Any
    since: int
    ids: list[str]

    __repr__ = show_fields


class Grouping:
    """The batches of a stream of ids, each with the change it is to get."""

    def __init__(
        self, limit: int, *, held: int = MAX_BUFFERED_IDS, patience: int = MAX_BUFFER_AGE, remembered: int = REMEMBERED
    ) -> None:
        self._limit = limit
        self._most = held
        self._patience = patience
        self._half = remembered // 2
        self._groups: dict[bytes, _Group] = {}
        """By the change, those begun first in front."""
        self._by_size: list[dict[bytes, None]] = [{} for _ in range(limit)]
        self._where: dict[str, bytes] = {}
        """In which group an id is held."""
        self._recent: dict[str, bytes] = {}
        self._older: dict[str, bytes] = {}
        """The last change of an id that is not held any more; in two halves, so that old ones go all at once."""
        self._number = 0
        self._read = 0
        self.duplicates = 0

    @property
    def taken(self) -> int:
        """Changes so far, those left out not counted."""
        return self._read - self.duplicates

    def held(self) -> list[str]:
        """The ids that are in no batch yet."""
        return list(self._where)

    def add(self, identity: str, change: bytes, content: Any) -> list[Batch[str]]:
        """Take in one item; the batches that are to be sent now. `change` is equal for equal contents only."""
        self._read += 1
        there = self._where.get(identity)
        last = self._recent.get(identity) or self._older.get(identity) if there is None else there
        if last == change:
            self.duplicates += 1
            return []
        ready: list[Batch[str]] = []
        if there is not None:
            ready.append(self._flush(there))  # what it was to get first goes first
        group = self._groups.get(change)
        if group is None:
            group = self._groups[change] = _Group(content, self._read, [])
        else:
            del self._by_size[len(group.ids)][change]
        group.ids.append(identity)
        self._where[identity] = change
        if len(group.ids) == self._limit:
            ready.append(self._take(change))
            return ready
        self._by_size[len(group.ids)][change] = None
        if len(self._where) >= self._most:
            ready.append(self._flush(next(key for sized in reversed(self._by_size) for key in sized)))
        oldest = next(iter(self._groups), None)
        if oldest is not None and self._read - self._groups[oldest].since >= self._patience:
            ready.append(self._flush(oldest))
        return ready

    def finish(self) -> list[Batch[str]]:
        """The stream is over: what is left."""
        return [self._flush(change) for change in list(self._groups)]

    def _flush(self, change: bytes) -> Batch[str]:
        del self._by_size[len(self._groups[change].ids)][change]
        return self._take(change)

    def _take(self, change: bytes) -> Batch[str]:
        group = self._groups.pop(change)
        for identity in group.ids:
            del self._where[identity]
            self._recent[identity] = change
        if len(self._recent) >= self._half:
            self._older, self._recent = self._recent, {}
        batch = Batch(self._number, tuple(group.ids), group.content)
        self._number += 1
        return batch


class Slicing:
    """The batches of a stream of records: in order, none left out."""

    duplicates = 0

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._records: list[Mapping[str, Any]] = []
        self._number = 0
        self.taken = 0

    def held(self) -> list[int]:
        """The places of the records that are in no batch yet."""
        return list(range(self.taken - len(self._records), self.taken))

    def add(self, record: Mapping[str, Any]) -> list[Batch[int]]:
        """Take in one record; the batch that is full with it."""
        self._records.append(record)
        self.taken += 1
        return self.finish() if len(self._records) == self._limit else []

    def finish(self) -> list[Batch[int]]:
        """What is left."""
        if not self._records:
            return []
        batch = Batch(self._number, range(self.taken - len(self._records), self.taken), self._records)
        self._records = []
        self._number += 1
        return [batch]
