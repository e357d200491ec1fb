"""Read the outcome of each id or record from the answer to a batch. Pure.

The service sends counts and a list of failures. If they contradict each other, or name an item that is not in the
batch, nothing is guessed: what both agree on is believed, and the rest is in doubt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from cstar_async._core import response as responses
from cstar_async._core.secrets import clean_text
from cstar_async._core.serialization import json_type
from cstar_async.errors import DecodeError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cstar_async._core.operation import Operation
    from cstar_async._core.response import RawResponse

    from .batching import Batch

_PROBLEMS_SHOWN: Final = 5


class Failed(NamedTuple):
    """An item that failed, with the service's reason. Journals store it."""

    key: Any
    code: str | None
    message: str | None
    param: str | None


class BatchResult(NamedTuple):
    """The outcome of a batch."""

    failed: Sequence[Failed] = ()
    counts: tuple[int, int, int] = (0, 0, 0)
    """Created, updated, skipped; of imports only."""
    error: Exception | None = None
    """The error of the whole batch or, if `doubtful` has keys, the error about these."""
    doubtful: Sequence[Any] = ()
    """Keys that are in doubt."""


class _Reader:
    """Reads parts of a result and collects the problems."""

    def __init__(self, result: Mapping[str, Any], path: str, size: int) -> None:
        self._result = result
        self._path = path
        self._size = size
        self.problems: list[str] = []

    def count(self, name: str) -> int:
        value = self._result.get(name)
        if type(value) is int and 0 <= value <= self._size:
            return value
        shown = value if type(value) is int and abs(value) < 10**9 else json_type(value)
        got = f"got {shown}" if name in self._result else "it is missing"
        self.problems.append(f"{self._path}.{name}: expected a whole number from 0 to {self._size}, {got}")
        return 0

    def check_total(self) -> None:
        before = len(self.problems)
        total = self.count("total")
        if len(self.problems) == before and total != self._size:
            self.problems.append(f"{self._path}.total: expected {self._size}, the size of the batch, got {total}")

    def check_subject(self, **expected: str) -> None:
        """Check that the result is about the request. Absent members are accepted."""
        for name, value in expected.items():
            given = self._result.get(name, value)
            if given != value:
                shown = clean_text(given, limit=80) if isinstance(given, str) else json_type(given)
                self.problems.append(f"{self._path}.{name}: expected {value}, got {shown}")

    def failures(self, key_of: Callable[[Mapping[str, Any]], Any], names: tuple[str, str, str]) -> dict[Any, Failed]:
        """The failed items of the batch by key. An entry that names no item of the batch is a problem."""
        entries: Any = self._result.get("errors")
        if not isinstance(entries, list):
            got = f"got {json_type(entries)}" if "errors" in self._result else "it is missing"
            self.problems.append(f"{self._path}.errors: expected an array, {got}")
            return {}
        found: dict[Any, Failed] = {}
        for place, entry in enumerate(cast("list[Any]", entries)):  # type: ignore[redundant-cast]
            key = key_of(cast("Mapping[str, Any]", entry)) if isinstance(entry, dict) else None
            if key is None:
                self.problems.append(f"{self._path}.errors[{place}]: does not name an item of the batch")
            elif key not in found:  # a record may have several bad fields
                members = cast("dict[str, Any]", entry)
                texts = (members.get(name) for name in names)
                found[key] = Failed(key, *(clean_text(text) if isinstance(text, str) else None for text in texts))
        return found


def read_changes(
    operation: Operation, answer: RawResponse, batch: Batch[str], action: str, resource: str
) -> BatchResult:
    """The outcome of an update or a deletion of ids.

    Raises:
        DecodeError: The body is not JSON, or not in the service's envelope.
    """
    known = frozenset(batch.keys)

    def key_of(entry: Mapping[str, Any]) -> str | None:
        identity = entry.get("id")
        return identity if isinstance(identity, str) and identity in known else None

    reader = _reader(operation, answer, batch)
    reader.check_subject(object="bulk_result", action=action, resource=resource)
    reader.check_total()
    counted = (len(batch.keys) - reader.count("succeeded"), reader.count("failed"))
    bad = bool(reader.problems)
    named = reader.failures(key_of, ("code", "message", ""))
    return _settle(operation, answer, batch, reader, named, counted, (0, 0, 0), bad=bad)


def read_import(operation: Operation, answer: RawResponse, batch: Batch[int], resource: str) -> BatchResult:
    """The outcome of an import of records.

    Raises:
        DecodeError: The body is not JSON, or not in the service's envelope.
    """

    def key_of(entry: Mapping[str, Any]) -> int | None:
        index = entry.get("index")
        return batch.keys[index] if type(index) is int and 0 <= index < len(batch.keys) else None

    reader = _reader(operation, answer, batch)
    reader.check_subject(object="import_result", resource=resource)
    reader.check_total()
    counts = (reader.count("created"), reader.count("updated"), reader.count("skipped"))
    if sum(counts) > len(batch.keys):
        reader.problems.append(
            f"{responses.value_path(operation)}: created, updated and skipped are {sum(counts)} together, more than "
            f"the {len(batch.keys)} of the batch"
        )
    bad = bool(reader.problems)
    named = reader.failures(key_of, ("", "message", "field"))
    return _settle(operation, answer, batch, reader, named, (len(batch.keys) - sum(counts),), counts, bad=bad)


@responses.hide_variables
def _reader(operation: Operation, answer: RawResponse, batch: Batch[Any]) -> _Reader:
    result: Any = responses.read_result(operation, answer, cast("Callable[[Any], Any] | None", None))
    path = responses.value_path(operation)
    if not isinstance(result, dict):
        problem = f"{path}: expected an object, got {json_type(result)}"
        responses.raise_decode_error(operation, answer, responses.read_body(operation, answer), [problem], None)
    return _Reader(cast("dict[str, Any]", result), path, len(batch.keys))


def _settle(
    operation: Operation,
    answer: RawResponse,
    batch: Batch[Any],
    reader: _Reader,
    named: dict[Any, Failed],
    counted: Sequence[int],
    counts: tuple[int, int, int],
    *,
    bad: bool,
) -> BatchResult:
    """Compare the counts with the list of failures.

    `counted` is the number of failures by each of the counts, `bad` is whether the counts are invalid.
    """
    keys: Sequence[Any] = batch.keys
    bad_entries = bool(reader.problems) and not bad
    doubtful: Sequence[Any]
    believed = (0, 0, 0)
    if bad:
        doubtful = keys
    elif not bad_entries and all(count == len(named) for count in counted):
        doubtful = ()
    elif not bad_entries and all(count <= len(named) for count in counted):
        doubtful = [key for key in keys if key in named]  # by all counts, the others did not fail
    elif all(count >= len(named) for count in counted):
        doubtful = [key for key in keys if key not in named]  # more failed than are named
        believed = counts
    else:
        doubtful = keys
    in_doubt = set(doubtful)
    failed = [named[key] for key in keys if key in named and key not in in_doubt]
    if not doubtful:
        return BatchResult(failed, counts)
    if not reader.problems:
        failures = " and ".join(sorted({str(count) for count in counted}))
        reader.problems.append(
            f"{responses.value_path(operation)}.errors: names {len(named)} of the batch, but by the counts {failures} "
            "failed"
        )
    problems = reader.problems[:_PROBLEMS_SHOWN]
    if len(reader.problems) > _PROBLEMS_SHOWN:
        problems.append(f"and {len(reader.problems) - _PROBLEMS_SHOWN} more")
    try:
        responses.raise_decode_error(operation, answer, responses.read_body(operation, answer), problems, None)
    except DecodeError as error:
        return BatchResult(failed, believed, error, doubtful)
