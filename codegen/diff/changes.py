"""The changes between two contracts: their kinds, and the forms in which `python -m codegen --diff` prints them."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Literal

import attrs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Level = Literal["breaking", "wire", "compatible", "words"]

KINDS: dict[Level, tuple[str, ...]] = {
    "breaking": (
        "method-removed", "result-changed", "argument-removed", "argument-added-required", "argument-required",
        "argument-type", "argument-order", "body-changed", "key-raised", "pagination-lost", "bulk-lost",
        "model-removed", "enum-removed", "enum-changed", "event-removed", "event-changed",
        "field-removed", "field-type", "field-may-be-none", "field-required",
    ),
    "wire": (
        "endpoint-moved", "envelope", "status", "content", "idempotency", "pagination-changed", "bulk-changed",
        "argument-sent-otherwise", "result-read-otherwise", "field-read-otherwise", "event-read-otherwise",
        "default-changed", "value-removed", "limit-narrowed",
    ),
    "compatible": (
        "method-added", "argument-added", "argument-optional", "argument-type-widened", "result-type-narrowed",
        "key-lowered", "pagination-added", "bulk-added", "deprecated",
        "model-added", "enum-added", "event-added", "event-type-narrowed",
        "field-added", "field-type-narrowed", "field-type-widened", "field-promised", "field-optional", "value-added",
        "limit-widened",
    ),
    "words": ("description", "id-prefix", "source"),
}  # fmt: skip
"""The kinds of changes by what they mean for users of the generated package.

`breaking`: code that worked fails, or a type checker objects. `wire`: the same code sends or reads other bytes.
`compatible`: there is more. `words`: only the documentation differs.
"""

_LEVELS: dict[str, Level] = {kind: level for level, kinds in KINDS.items() for kind in kinds}
_EXIT_CODES: dict[Level, int] = {"breaking": 5, "wire": 4, "compatible": 3, "words": 0}
_WIDTH = 120
_MOST_LINES = 5
"""The longest run of changelog lines about the same kind of change that is not folded into one."""
_MOST_NAMES = 12


@attrs.frozen
class Change:
    """One difference between two contracts."""

    level: Level
    kind: str
    subject: str
    """What it is about, as users write it in Python: `tickets.list(status)`, `Ticket.title`."""
    text: str

    @classmethod
    def of(cls, kind: str, subject: str, text: str) -> Change:
        """A change of a kind; the kind decides the level."""
        return cls(_LEVELS[kind], kind, subject, text)


def exit_code(changes: Iterable[Change]) -> int:
    """The exit code for the most severe change: 5 breaking, 4 wire, 3 compatible, 0 words only or none at all."""
    return max((_EXIT_CODES[change.level] for change in changes), default=0)


def as_text(changes: Sequence[Change]) -> str:
    """One line for each change, and a last line with the count of each level."""
    lines = [f"{change.level:<10} {change.subject}: {change.text}  [{change.kind}]" for change in changes]
    counts = [f"{sum(change.level == level for change in changes)} {level}" for level in KINDS]
    return "\n".join([*lines, ", ".join(counts)])


def as_json(changes: Sequence[Change]) -> str:
    """A list of objects with the members `level`, `kind`, `subject` and `text`."""
    return json.dumps([attrs.asdict(change) for change in changes], ensure_ascii=False, indent=1)


def as_changelog(changes: Sequence[Change]) -> str:
    """A draft of a changelog entry in Markdown; changes of words are left out."""
    by_subject: dict[str, list[Change]] = {}
    for change in changes:
        if change.level != "words":
            by_subject.setdefault(change.subject, []).append(change)
    sections: dict[str, dict[str, list[Change]]] = {"Breaking": {}, "Changed": {}, "Added": {}}
    for subject, found in by_subject.items():
        is_new = all(change.kind.endswith("-added") for change in found)
        title = "Breaking" if found[0].level == "breaking" else "Added" if is_new else "Changed"
        sections[title][subject] = found
    parts = [f"### {title}\n\n" + "\n".join(_bullets(found)) for title, found in sections.items() if found]
    return "\n\n".join(parts)


def _bullets(by_subject: dict[str, list[Change]]) -> list[str]:
    """One line for each subject; subjects of which the same is said share a line."""
    by_text: dict[tuple[str, str], list[str]] = {}
    for subject, found in by_subject.items():
        kinds = ", ".join(dict.fromkeys(change.kind for change in found))
        by_text.setdefault((kinds, "; ".join(change.text for change in found)), []).append(subject)
    by_kinds: dict[str, dict[str, list[str]]] = {}
    for (kinds, text), subjects in by_text.items():
        by_kinds.setdefault(kinds, {})[text] = subjects
    lines: list[str] = []
    for kinds, texts in by_kinds.items():
        if len(texts) > _MOST_LINES:
            everyone = [subject for subjects in texts.values() for subject in subjects]
            lines.append(f"{kinds.replace('-', ' ').capitalize()}: {_names(everyone)}")
        else:
            lines += [_names(subjects) + _said(text) for text, subjects in texts.items()]
    return [_filled(f"- {line}.") for line in lines]


def _names(subjects: list[str]) -> str:
    more = len(subjects) - _MOST_NAMES
    shown = ", ".join(f"`{subject}`" for subject in subjects[: _MOST_NAMES if more > 1 else None])
    return f"{shown} and {more} more" if more > 1 else shown


def _said(text: str) -> str:
    """What follows the subjects: `is new` says no more than that they are listed."""
    said = text.removeprefix("is ").removeprefix("new")
    return said if said.startswith(",") or not said else f": {said.strip()}"


def _filled(line: str) -> str:
    return textwrap.fill(line, _WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
