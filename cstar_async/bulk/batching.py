"""Cut a stream of items into batches. Pure: the same stream makes the same batches.

Equal changes go into the same batch. The buffer is bounded, however long the stream is and however many distinct
changes it has: when `MAX_BUFFERED_IDS` ids are waiting, the fullest group is sent, and no id waits for longer than
`MAX_BUFFER_AGE` further items. Up to `MAX_BUFFERED_IDS / limit` distinct changes never reach the first bound, so the
number of batches is minimal.

An id that is repeated with its latest change is left out: within one job it is done once. An id with another change
gets both, in order. For this the last `REMEMBERED` ids are known, and all buffered ones.
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
"""The version of these rules. Journals store it, since other rules would make other batches of the same input."""

K = TypeVar("K", str, int)


@attrs.frozen
class Batch(Generic[K]):
    """The items of one request."""

    number: int
    """From 0, in the order in which batches are made."""
    keys: Sequence[K]
    """The ids, or for imports the indexes in the input."""
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
    """Makes the batches of a stream of ids, each with its change."""

    def __init__(
        self,
        limit: int,
        *,
        max_buffered: int = MAX_BUFFERED_IDS,
        max_age: int = MAX_BUFFER_AGE,
        remembered: int = REMEMBERED,
    ) -> None:
        self._limit = limit
        self._max_buffered = max_buffered
        self._max_age = max_age
        self._half = remembered // 2
        self._groups: dict[bytes, _Group] = {}
        """By the change, in the order in which they were begun."""
        self._by_size: list[dict[bytes, None]] = [{} for _ in range(limit)]
        self._group_of: dict[str, bytes] = {}
        """By id, the group that it is buffered in."""
        self._recent: dict[str, bytes] = {}
        self._older: dict[str, bytes] = {}
        """The last change of ids that are no longer buffered, in two halves; the older half is dropped at once."""
        self._number = 0
        self._read = 0
        self.duplicates = 0

    @property
    def taken(self) -> int:
        """Changes so far, without those left out."""
        return self._read - self.duplicates

    def buffered(self) -> list[str]:
        """The ids that are not in a batch yet."""
        return list(self._group_of)

    def add(self, identity: str, change: bytes, content: Any) -> list[Batch[str]]:
        """Add one item, and return the batches to send now. `change` is equal only for equal contents."""
        self._read += 1
        pending = self._group_of.get(identity)
        last = self._recent.get(identity) or self._older.get(identity) if pending is None else pending
        if last == change:
            self.duplicates += 1
            return []
        ready: list[Batch[str]] = []
        if pending is not None:
            ready.append(self._flush(pending))  # its earlier change goes first
        group = self._groups.get(change)
        if group is None:
            group = self._groups[change] = _Group(content, self._read, [])
        else:
            del self._by_size[len(group.ids)][change]
        group.ids.append(identity)
        self._group_of[identity] = change
        if len(group.ids) == self._limit:
            ready.append(self._make_batch(change))
            return ready
        self._by_size[len(group.ids)][change] = None
        if len(self._group_of) >= self._max_buffered:
            ready.append(self._flush(next(key for sized in reversed(self._by_size) for key in sized)))
        oldest = next(iter(self._groups), None)
        if oldest is not None and self._read - self._groups[oldest].since >= self._max_age:
            ready.append(self._flush(oldest))
        return ready

    def finish(self) -> list[Batch[str]]:
        """End the stream, and return the remaining batches."""
        return [self._flush(change) for change in list(self._groups)]

    def _flush(self, change: bytes) -> Batch[str]:
        del self._by_size[len(self._groups[change].ids)][change]
        return self._make_batch(change)

    def _make_batch(self, change: bytes) -> Batch[str]:
        group = self._groups.pop(change)
        for identity in group.ids:
            del self._group_of[identity]
            self._recent[identity] = change
        if len(self._recent) >= self._half:
            self._older, self._recent = self._recent, {}
        batch = Batch(self._number, tuple(group.ids), group.content)
        self._number += 1
        return batch


class Slicing:
    """Makes the batches of a stream of records, in order and without leaving any out."""

    duplicates = 0

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._records: list[Mapping[str, Any]] = []
        self._number = 0
        self.taken = 0

    def buffered(self) -> list[int]:
        """The indexes of the records that are not in a batch yet."""
        return list(range(self.taken - len(self._records), self.taken))

    def add(self, record: Mapping[str, Any]) -> list[Batch[int]]:
        """Add one record, and return the batch that it fills, if any."""
        self._records.append(record)
        self.taken += 1
        return self.finish() if len(self._records) == self._limit else []

    def finish(self) -> list[Batch[int]]:
        """End the stream, and return the remaining batch, if any."""
        if not self._records:
            return []
        batch = Batch(self._number, range(self.taken - len(self._records), self.taken), self._records)
        self._records = []
        self._number += 1
        return [batch]
