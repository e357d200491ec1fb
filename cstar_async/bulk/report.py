"""The result of a job, and its plan."""

from __future__ import annotations

import datetime as dt
from typing import Any, Generic, TypeVar

import attrs

from cstar_async._core.representation import safe_repr, show_fields

K = TypeVar("K", str, int)


@attrs.define(kw_only=True, repr=False)
class _Report(Generic[K]):
    total: int = 0
    """Changes read from the input so far; an id that was repeated with the same change counts once."""
    expected: int | None = None
    """Items in the input, duplicates included; None for a stream of unknown length."""
    succeeded: int = 0
    """Changes made, including those of earlier runs with the same journal."""
    failed: dict[K, Exception] = attrs.field(factory=dict[Any, Exception])
    """By id (imports: by index), the error of each change that was refused or never sent; not of those in doubt."""
    requests_used: int = 0
    """Requests that this run has sent, retries included."""
    duplicates: int = 0
    """Items left out because their id had the same change before."""
    resumed: int = 0
    """How many of `total` an earlier run has settled, by its journal."""
    complete: bool = False
    """Whether the input was read to its end and every change has an outcome: none is in doubt."""
    in_doubt: list[K] = attrs.field(factory=list[Any])
    """Ids (imports: indexes) whose change was sent and may or may not have been made: there was no answer, or it cannot
    be read or contradicts itself, or the job was stopped first. Each change has an entry, so an id may be in it twice.
    If the job is run again with the same journal within 24 hours, each change is made once."""
    doubts: dict[K, Exception] = attrs.field(factory=dict[Any, Exception])
    """The error of each entry of `in_doubt`."""
    unsent: list[K] = attrs.field(factory=list[Any])
    """Ids (imports: indexes) that were read from the input and not sent by this run. Items after `total` were not read.
    With a journal, a change of an id whose earlier change is in doubt is not sent, since the next run sends the earlier
    one again."""
    failures: int = 0
    """Changes that failed. There are more than entries in `failed` if an id failed with several changes."""

    @property
    def done(self) -> int:
        """Changes with an outcome. With those in doubt and unsent they add up to `total`, once the job has ended."""
        return self.succeeded + self.failures

    def raise_for_failures(self) -> None:
        """Raise an ExceptionGroup of the errors in `failed` and `doubts`, if there are any.

        An error that many items share is in it once.
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
            f"{counted(self.requests_used, 'request')}>"
        )


@attrs.define(kw_only=True, repr=False)
class BulkReport(_Report[str]):
    """The result of `update_many`, `update_each` or `delete_many`; the result so far, while the job is iterated."""


@attrs.define(kw_only=True, repr=False)
class ImportReport(_Report[int]):
    """The result of `import_many`. Records are named by their index in the input, from 0."""

    created: int = 0
    """Records that became new objects."""
    updated: int = 0
    """Records that changed an object."""
    skipped: int = 0
    """Records left out because the object exists."""


@attrs.frozen(kw_only=True)
class Plan:
    """The cost of a job. `str(plan)` gives it in words."""

    total: int
    """Changes in the input."""
    requests: int
    """Requests for these changes, if none has to be sent again."""
    resumed: int
    """Changes that are done by the journal; they cost nothing."""
    duplicates: int
    """Items left out because their id has the same change before."""
    seconds: float
    """An estimate of the time at the present pace of the quota, if nothing else uses the key."""
    remaining: int | None
    """Requests that the key has left in this window, if known."""

    __repr__ = show_fields

    @property
    def minutes(self) -> float:
        """`seconds` in minutes."""
        return self.seconds / 60

    def __str__(self) -> str:
        texts = [f"{counted(self.total, 'change')} in {counted(self.requests, 'request')}"]
        if self.resumed:
            texts.append(f"{self.resumed:,} done already")
        if self.duplicates:
            texts.append(f"{counted(self.duplicates, 'duplicate')} left out")
        pace = "no waiting" if self.seconds < 1 else f"about {dt.timedelta(seconds=round(self.seconds))}"
        return f"{', '.join(texts)}; {pace} at the pace of the quota"


def counted(number: int, noun: str) -> str:
    """`1 request`, `2 requests`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
