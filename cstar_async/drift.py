"""How the service's answers differ from the contract: `report()` counts it, `as_issue()` writes a bug report.

    from cstar_async import drift

    drift.watch(sample=0.01)  # inspect one answer in a hundred
    ...
    print(drift.report().as_issue())

Promised fields that were absent are counted always, which costs nothing while none is. What only an inspection finds
(null in place of a value, unknown fields, unknown values of an enumeration) is counted in the answers that `watch`
selects; at first it selects none. Reports contain names and types, never values. The counts are those of the process.
"""

from __future__ import annotations

import attrs

from ._core.drift import DriftKind, recorder
from ._core.representation import show_fields
from ._version import __version__

__all__ = ["Difference", "DriftKind", "Report", "clear", "report", "watch"]


@attrs.frozen
class Difference:
    """One kind of difference between answers and the contract.

    Attributes:
        operation: The operation of the answers (`tickets.list`), the type of the events (`ticket.created`), or
            `converter`.
        model: The class of the object.
        field: The name of the field on the wire.
        kind: `absent` or `null` for a promised field, `unknown field`, or `unknown value` of an enumeration.
        type: The JSON type of the value; empty if the field is absent.
        count: How many objects have it.
    """

    operation: str
    model: str
    field: str
    kind: DriftKind
    type: str
    count: int

    __repr__ = show_fields


@attrs.frozen
class Report:
    """The differences that were found, by operation, model and field; false if there are none."""

    differences: tuple[Difference, ...]

    __repr__ = show_fields

    def __bool__(self) -> bool:
        return bool(self.differences)

    def as_issue(self) -> str:
        """The report in Markdown, to paste into a bug report."""
        title = f"Answers of cStar differ from the contract of cstar-async {__version__}"
        if not self:
            return f"{title}: no differences found.\n"
        rows = [
            f"| {d.operation} | {d.model}.{_cell(d.field)} | {d.kind} | {d.type} | {d.count} |"
            for d in self.differences
        ]
        head = ["| operation | field | difference | type | objects |", "|---|---|---|---|---:|"]
        return "\n".join([f"{title}:", "", *head, *rows, ""])


def watch(*, sample: float = 0.01) -> None:
    """Inspect this share of the answers: 1 for all, 0 for none.

    Raises:
        ValueError: `sample` is not from 0 to 1.
        TypeError: `sample` is not a number.
    """
    if isinstance(sample, bool) or not isinstance(sample, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"sample must be a number, got {type(sample).__name__}")
    if not 0 <= sample <= 1:
        raise ValueError(f"sample must be from 0 to 1, got {sample}")
    recorder.sample = float(sample)


def report() -> Report:
    """The differences since the start of the process, or since `clear`."""
    found = sorted(recorder.taken().items())
    return Report(tuple(Difference(*finding, count) for finding, count in found))


def clear() -> None:
    """Forget the differences found so far."""
    recorder.clear()


def _cell(name: str) -> str:
    return name.replace("\\", "\\\\").replace("|", "\\|")
