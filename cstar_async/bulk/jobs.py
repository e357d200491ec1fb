"""The kinds of job: how items become batches, batches become requests, and answers become outcomes."""

from __future__ import annotations

import abc
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

import orjson

from cstar_async._core.json_body import encode_body
from cstar_async._core.response import request_id
from cstar_async._core.serialization import drop_unset
from cstar_async.errors import BulkItemError

from .batching import Grouping, Slicing
from .entries import CHANGE
from .inputs import Fields, read_id, read_pair
from .report import BulkReport, ImportReport
from .results import read_changes, read_import

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation
    from cstar_async._core.response import RawResponse

    from .batching import Batch
    from .results import BatchResult, Failed

K = TypeVar("K", str, int)
R = TypeVar("R", BulkReport, ImportReport)
_MISSING: Final = "resource_missing"
_MATCH_FIELDS: Final = {"id": "id", "external_id": "externalId"}
"""The fields, besides those of `create`, by which an import finds an object; not documented by cStar, inferred."""


class Planner(abc.ABC):
    """Makes batches of items."""

    @property
    @abc.abstractmethod
    def taken(self) -> int:
        """Changes or records so far."""

    @property
    def duplicates(self) -> int:
        """Items left out because their id had the same change before."""
        return 0

    @abc.abstractmethod
    def add(self, item: Any) -> list[Batch[Any]]:
        """Add one item, and return the batches to send now. Raises TypeError or ValueError for an invalid item."""

    @abc.abstractmethod
    def finish(self) -> list[Batch[Any]]:
        """End the input, and return the remaining batches."""

    @abc.abstractmethod
    def buffered(self) -> list[Any]:
        """The keys that are not in a batch yet."""


class JobKind(abc.ABC, Generic[R]):
    """A kind of job for one resource.

    Args:
        item_operation: The endpoint for a single object.
        bulk_operation: The endpoint for many.
    """

    def __init__(self, item_operation: Operation, bulk_operation: Operation) -> None:
        assert item_operation.bulk is not None  # only such resources have the methods
        self.resource, self.action, self.limit = item_operation.bulk
        self.bulk_operation = bulk_operation
        self.idempotent = self.action == "delete"
        """Whether carrying it out twice has the same effect as once. That holds for deletions only: a change made again
        may overwrite a later one, and an import creates new objects."""

    def terms(self) -> dict[str, Any]:
        """What must be the same in each run with a journal."""
        return {"resource": self.resource, "action": self.action, "limit": self.limit}

    @abc.abstractmethod
    def planner(self) -> Planner:
        """A new planner."""

    @abc.abstractmethod
    def body(self, batch: Batch[Any]) -> dict[str, Any]:
        """The body of the request."""

    @abc.abstractmethod
    def report(self) -> R:
        """An empty report."""

    @abc.abstractmethod
    def read(self, batch: Batch[Any], answer: RawResponse, *, again: bool) -> BatchResult:
        """Read the outcome of a batch from an answer.

        Args:
            batch: The batch.
            answer: The answer to its request.
            again: Whether the batch may have been carried out before, and the service has forgotten its key.

        Raises:
            DecodeError: The answer has no result.
        """

    def settle(self, report: R, batch: Batch[Any], settled: BatchResult, about: Mapping[str, Any]) -> None:
        """Add an outcome to the report. `about` has the fields of errors that describe the request."""
        if settled.error is not None and not settled.doubtful:
            for key in batch.keys:
                _add_failure(report, key, settled.error)
            return
        if settled.error is not None:
            report.doubts.update(dict.fromkeys(settled.doubtful, settled.error))
            report.in_doubt.extend(settled.doubtful)
        for failed in settled.failed:
            error = BulkItemError(
                _describe(failed),
                item=failed.key,
                code=failed.code,
                message=failed.message,
                param=failed.param,
                method=self.bulk_operation.method,
                path=self.bulk_operation.path,
                **about,
            )
            _add_failure(report, failed.key, error)
        report.succeeded += len(batch.keys) - len(settled.failed) - len(settled.doubtful)


def _add_failure(report: Any, key: str | int, error: Exception) -> None:
    report.failed[key] = error
    report.failures += 1


def _describe(failed: Failed) -> str:
    what = failed.key if isinstance(failed.key, str) else f"record {failed.key}"
    reason = ": ".join(part for part in (failed.code, failed.message or "no message") if part)
    return f"{what}: {reason}" + (f" ({failed.param})" if failed.param else "")


class _IdPlanner(Planner):
    """For items that are ids, or pairs of an id and its changes."""

    def __init__(self, limit: int, shared: dict[str, Any] | None, fields: Fields | None) -> None:
        self._grouping = Grouping(limit)
        self._shared = shared
        self._fields = fields

    @property
    def duplicates(self) -> int:
        return self._grouping.duplicates

    @property
    def taken(self) -> int:
        return self._grouping.taken

    def add(self, item: Any) -> list[Batch[str]]:
        if self._fields is None:
            return self._grouping.add(read_id(item), b"the same for all", self._shared)
        identity, changes = read_pair(item)
        content = _clean_changes(self._fields.wire(changes), identity)
        change = orjson.dumps(orjson.loads(encode_body(content)), option=orjson.OPT_SORT_KEYS)
        return self._grouping.add(identity, change, content)

    def finish(self) -> list[Batch[str]]:
        return self._grouping.finish()

    def buffered(self) -> list[str]:
        return self._grouping.buffered()


def _clean_changes(content: dict[str, Any], where: str) -> dict[str, Any]:
    content = drop_unset(content)
    if not content:
        raise ValueError(f"no change is given for {where}")
    return content


class Changes(JobKind[BulkReport]):
    """The same change for many ids, a change for each id, or a deletion, which has no change."""

    def __init__(
        self,
        item_operation: Operation,
        bulk_operation: Operation,
        shared: Mapping[str, Any] | None,
        *,
        paired: bool = False,
    ) -> None:
        super().__init__(item_operation, bulk_operation)
        self._shared = None if shared is None else _clean_changes(dict(shared), f"all {self.resource}")
        self._fields = Fields(item_operation) if paired else None
        if self._shared is not None:
            encode_body(self._shared)  # raises for an invalid change before anything is sent

    def terms(self) -> dict[str, Any]:
        """Includes a hash of the change that all get."""
        if self._shared is None:
            return super().terms()
        text = orjson.dumps(orjson.loads(encode_body(self._shared)), option=orjson.OPT_SORT_KEYS)
        return {**super().terms(), CHANGE: hashlib.blake2b(text, digest_size=16).hexdigest()}

    def planner(self) -> Planner:
        """Ids grouped by change."""
        return _IdPlanner(self.limit, self._shared, self._fields)

    def body(self, batch: Batch[Any]) -> dict[str, Any]:
        """The body of `POST /bulk`."""
        body = {"action": self.action, "resource": self.resource, "ids": list(batch.keys)}
        return body if batch.content is None else {**body, "data": batch.content}

    def report(self) -> BulkReport:
        """A report by id."""
        return BulkReport()

    def read(self, batch: Batch[Any], answer: RawResponse, *, again: bool) -> BatchResult:
        """Read the errors of single ids. A missing id counts as deleted if an earlier attempt may have deleted it."""
        settled = read_changes(self.bulk_operation, answer, batch, self.action, self.resource)
        if again and self.action == "delete":
            settled = settled._replace(
                failed=[each for each in settled.failed if (each.code or "").lower() != _MISSING]
            )
        return settled


class _RecordPlanner(Planner):
    def __init__(self, limit: int, fields: Fields) -> None:
        self._slicing = Slicing(limit)
        self._fields = fields

    @property
    def taken(self) -> int:
        return self._slicing.taken

    def add(self, item: Any) -> list[Batch[int]]:
        if not isinstance(item, Mapping):
            raise TypeError(f"record {self.taken} must be a mapping of fields to values, got {type(item).__name__}")
        try:
            record = self._fields.wire(cast("Mapping[str, Any]", item))
        except TypeError as error:
            raise TypeError(f"record {self.taken}: {error}") from None
        return self._slicing.add(drop_unset(record))

    def finish(self) -> list[Batch[int]]:
        return self._slicing.finish()

    def buffered(self) -> list[int]:
        return self._slicing.buffered()


class Import(JobKind[ImportReport]):
    """New objects, or changes of existing ones, as the merge strategy says."""

    def __init__(self, item_operation: Operation, bulk_operation: Operation, merge_strategy: Any) -> None:
        super().__init__(item_operation, bulk_operation)
        self._fields = Fields(item_operation, _MATCH_FIELDS)
        self._options = drop_unset({"mergeStrategy": merge_strategy})
        (known,) = (param.values for param in bulk_operation.params if param.name == "mergeStrategy")
        if self._options and merge_strategy not in known:
            # Unlike other enums, unknown values are not passed on, since every record of the job would fail.
            *others, last = map(str, known)
            raise ValueError(f"merge_strategy must be {', '.join(others)} or {last}, got {merge_strategy!r}")

    def terms(self) -> dict[str, Any]:
        """Includes the merge strategy."""
        return super().terms() | self._options

    def planner(self) -> Planner:
        """Records in order."""
        return _RecordPlanner(self.limit, self._fields)

    def body(self, batch: Batch[Any]) -> dict[str, Any]:
        """The body of `POST /import`."""
        return {"resource": self.resource, "records": batch.content, **self._options}

    def report(self) -> ImportReport:
        """A report by index in the input."""
        return ImportReport()

    def read(self, batch: Batch[Any], answer: RawResponse, *, again: bool) -> BatchResult:  # noqa: ARG002  # inherited
        """Read the errors of single records, by their index in the whole input."""
        return read_import(self.bulk_operation, answer, batch, self.resource)

    def settle(self, report: ImportReport, batch: Batch[Any], settled: BatchResult, about: Mapping[str, Any]) -> None:
        """Includes the counts."""
        super().settle(report, batch, settled, about)
        created, updated, skipped = settled.counts
        report.created += created
        report.updated += updated
        report.skipped += skipped


def about(answer: RawResponse) -> dict[str, Any]:
    """The fields of an item's error that describe its request."""
    return {
        "attempts": answer.attempts,
        "request_id": request_id(answer.headers, None),
        "idempotency_key": answer.idempotency_key,
    }
