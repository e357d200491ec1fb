"""What came of a job, and what one would cost."""

from __future__ import annotations

import datetime as dt
from typing import Any, Generic, TypeVar

import attrs

from cstar_async._core.representation import safe_repr, show_fields

K = TypeVar("K", str, int)


@attrs.define(kw_only=True, repr=False)
class _Report(Generic[K]):
    total: int = 0
    """Changes taken from the input so far; an id that was given twice with the same change counts once."""
    expected: int | None = None
    """How many the input has, duplicates included; None for a stream, which does not say."""
    succeeded: int = 0
    """Changes made, those of earlier runs of the same journal among them."""
    failed: dict[K, Exception] = attrs.field(factory=dict[Any, Exception])
    """The error of each that the service refused, or that was never sent. Not of those in doubt."""
    requests_used: int = 0
    """Requests that this run has sent, retries included."""
    duplicates: int = 0
    """Items left out because their id had just had the same change."""
    resumed: int = 0
    """How many of `total` an earlier run had settled, as its journal says."""
    complete: bool = False
    """Whether the input was read to its end and every change has an outcome: none is in doubt."""
    in_doubt: list[K] = attrs.field(factory=list[Any])
    """Sent, and nobody knows whether they were carried out: no answer came, or none that can be read or relied upon, or
    the job was stopped before. An entry for each change, so an id with several may be in it twice. Run again with the
    same journal within 24 hours, they are done once."""
    doubts: dict[K, Exception] = attrs.field(factory=dict[Any, Exception])
    """For each of `in_doubt`, what happened to its request."""
    unsent: list[K] = attrs.field(factory=list[Any])
    """Taken from the input and not sent by this run. When the job was stopped, what follows in the input was not looked
    at. With a journal, a change of an id whose earlier change is in doubt is not sent either, as the next run sends the
    earlier one again."""
    failures: int = 0
    """How many changes failed. More than `failed` has entries if an id failed with several changes."""

    @property
    def done(self) -> int:
        """Changes with an outcome. Together with those in doubt and unsent they are `total`, once the job has ended."""
        return self.succeeded + self.failures

    def raise_for_failures(self) -> None:
        """Raise an ExceptionGroup of the errors in `failed` and `doubts`, if there are any.

        An error that many share is in it once.
        """
        if self.failed or self.doubts:
            errors = list({id(error): error for error in (*self.failed.values(), *self.doubts.values())}.values())
            doubt = f", {len(self.in_doubt):,} in doubt" if self.in_doubt else ""
            raise ExceptionGroup(f"{self.failures:,} of {self.total:,} failed{doubt}", errors)

    @safe_repr
    def __repr__(self) -> str:
        # Not the errors themselves: there may be thousands.
        state = "" if self.complete else f", {len(self.in_doubt):,} in doubt, {len(self.unsent):,} unsent"
        return (
            f"<{type(self).__name__}: {self.succeeded:,} of {self.total:,} succeeded, {self.failures:,} failed{state}, "
            f"{_counted(self.requests_used, 'request')}>"
        )

    def _fail(self, key: K, error: Exception) -> None:
        self.failed[key] = error
        self.failures += 1

    def _doubt(self, key: K, error: Exception) -> None:
        self.doubts[key] = error
        self.in_doubt.append(key)


@attrs.define(kw_only=True, repr=False)
class BulkReport(_Report[str]):
    """What `update_many`, `update_each` or `delete_many` did. While the job is iterated, what it has done so far."""


@attrs.define(kw_only=True, repr=False)
class ImportReport(_Report[int]):
    """What `import_many` did. Records are named by their place in the input, from 0."""

    created: int = 0
    """Records that became new objects."""
    updated: int = 0
    """Records that changed an object."""
    skipped: int = 0
    """Records left out because the object exists."""


@attrs.frozen(kw_only=True)
class Plan:
    """What a job would cost. `print(plan)` says it in words."""

    total: int
    """Changes in the input."""
    requests: int
    """Requests that are needed for them, if none has to be sent again."""
    resumed: int
    """Changes that the journal has as done; they cost nothing."""
    duplicates: int
    """Items that are left out because their id has just had the same change."""
    seconds: float
    """About how long it takes at the pace of the quota, as it stands now and if nothing else uses the key."""
    remaining: int | None
    """Requests that the key has left in this window, as far as known."""

    __repr__ = show_fields

    @property
    def minutes(self) -> float:
        """`seconds` in minutes."""
        return self.seconds / 60

    def __str__(self) -> str:
        texts = [f"{_counted(self.total, 'change')} in {_counted(self.requests, 'request')}"]
        if self.resumed:
            texts.append(f"{self.resumed:,} done already")
        if self.duplicates:
            texts.append(f"{_counted(self.duplicates, 'duplicate')} left out")
        pace = "no waiting" if self.seconds < 1 else f"about {dt.timedelta(seconds=round(self.seconds))}"
        return f"{', '.join(texts)}; {pace} at the pace of the quota"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
