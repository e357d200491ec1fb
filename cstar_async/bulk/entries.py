"""The lines of a journal, and how they are read. Pure.

A journal has a head, then for each batch a line `sent` before it is sent and a line `done` with its outcome. `unsent`
revokes a `sent`, and `end` has the number of batches of the input. A last line without a line break was torn off and is
ignored: what it announces has not happened. Any other damage is an error that names the line.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple, NoReturn, cast

import attrs
import orjson

from cstar_async._core.representation import show_fields
from cstar_async._core.secrets import clean_text
from cstar_async.errors import BulkItemError, JournalError

from .batching import RULES
from .results import BatchResult, Failed

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

FORMAT: Final = 1
_LONGEST_MESSAGE: Final = 2000
_BEGINNING: Final = b'{"cstar_bulk":'
_HEAD: Final = frozenset({"cstar_bulk", "job"})
CHANGE: Final = "change"
"""The term with the hash of a change that all items get."""
_MAY_BE_UNKNOWN: Final = frozenset({"team", CHANGE})
"""The team may have been unknown then, or may be unknown now."""
_ANOTHER_INPUT: Final = "Give the same items in the same order, or use a new journal"
_JOB: Final = re.compile(r"[0-9A-Za-z-]{1,64}")


@attrs.define
class Entry:
    """A batch, as the journal has it."""

    digest: str
    sent_at: float
    """When it was first sent, in seconds since 1970."""
    key_owner: str = ""
    """A hash of the API key that it was sent with, since each API key has idempotency keys of its own."""
    settled: BatchResult | None = None

    __repr__ = show_fields


class Contents(NamedTuple):
    """The contents of a journal."""

    head: dict[str, Any] | None
    """None if the first line is not whole."""
    entries: dict[int, Entry]
    length: int | None
    """The number of batches of the input, if it is known."""
    size: int
    """Bytes of whole lines."""

    def find(self, path: Path, number: int, digest: str, keys: Collection[Any]) -> Entry | None:
        """The entry of a batch with these ids. Raises JournalError if the batch was different in an earlier run."""
        entry = self.entries.get(number)
        changed = entry is not None and entry.digest != digest
        if changed or (entry is None and self.length is not None and number >= self.length):
            raise JournalError(
                f"{path}: the input has changed since the last run: batch {number} differs. {_ANOTHER_INPUT}"
            )
        if entry is not None and entry.settled is not None and entry.settled.failed:
            known = frozenset(keys)
            if any(failed.key not in known for failed in entry.settled.failed):
                raise JournalError(f"{path} is damaged: batch {number} does not contain an id that failed in it")
        return entry

    def check_length(self, path: Path, batches: int) -> None:
        """Raise JournalError if an earlier run had more batches."""
        before = self.length if self.length is not None else max(self.entries, default=-1) + 1
        if batches < before:
            raise JournalError(
                f"{path}: the input has changed since the last run: it makes {batches} batches now, and made {before} "
                f"then. {_ANOTHER_INPUT}"
            )


class _DamagedError(Exception):
    pass


def parse(path: Path, raw: bytes) -> Contents:
    """Read a journal.

    Raises:
        JournalError: The file is not a journal, is damaged, or has another format. The message names the line.
    """
    whole = raw[: raw.rfind(b"\n") + 1]
    if not whole and not raw.startswith(_BEGINNING) and not _BEGINNING.startswith(raw):
        raise JournalError(f"{path} is not a journal of a bulk job; nothing in it was changed")
    head: dict[str, Any] | None = None
    entries: dict[int, Entry] = {}
    length: int | None = None
    for number, text in enumerate(whole.split(b"\n")[:-1], 1):
        try:
            line = _load(text)
            if head is None:
                head = _read_head(path, line)
            elif "end" in line:
                _check_members(line, "end")
                length = _number(line["end"])
            else:
                _read_entry(entries, line)
        except _DamagedError as error:
            raise JournalError(
                f"{path} is not a journal of a bulk job, or is damaged: line {number} {error}. "
                "Nothing in it was changed"
            ) from None
    return Contents(head, entries, length, len(whole))


def check_terms(path: Path, head: dict[str, Any], terms: dict[str, Any]) -> None:
    """Raise JournalError if the journal is of another job."""
    terms = {"rules": RULES, **terms}
    for name in {**terms, **head}:
        stored, given = head.get(name), terms.get(name)
        if name in _HEAD or stored == given or (name in _MAY_BE_UNKNOWN and None in {stored, given}):
            continue
        if name == CHANGE:
            raise JournalError(
                f"{path} is the journal of a job with another change. Give the same change, or use a new journal"
            )
        raise JournalError(
            f"{path} is the journal of another job: {name} is {stored!r:.100} in the journal and {given!r} in this job"
        )


def done_line(number: int, settled: BatchResult) -> dict[str, Any]:
    """The line with the outcome of a batch."""
    line: dict[str, Any] = {"done": number}
    if settled.failed:
        line["failed"] = [list(failed) for failed in settled.failed]
    if any(settled.counts):
        line["counts"] = settled.counts
    if settled.error is not None:
        code: object = getattr(settled.error, "code", None)
        text = clean_text(str(settled.error), limit=_LONGEST_MESSAGE)
        line["error"] = [clean_text(code) if isinstance(code, str) else None, text]
    return line


def _load(text: bytes) -> dict[str, Any]:
    try:
        # Not read_json, which repairs invalid text: damage must be an error here.
        line: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        _damaged(f"is not JSON ({error})")
    if not isinstance(line, dict):
        _damaged("is not an object")
    return cast("dict[str, Any]", line)


def _read_head(path: Path, line: dict[str, Any]) -> dict[str, Any]:
    number = line.get("cstar_bulk")
    if type(number) is int and number != FORMAT:
        raise JournalError(f"{path} has the format {number}, and this version reads only {FORMAT}")
    # The job's id becomes part of a header.
    job = line.get("job")
    if type(number) is not int or not isinstance(job, str) or not _JOB.fullmatch(job):
        _damaged("is not the head of a journal")
    for name, value in line.items():
        if isinstance(value, dict | list):
            _damaged(f"has an invalid {name!r:.100}")
    return line


def _read_entry(entries: dict[int, Entry], line: dict[str, Any]) -> None:
    if "sent" in line:
        _check_members(line, "sent", "digest", "at", optional=("by",))
        number, at = _number(line["sent"]), line["at"]
        if number in entries:
            _damaged(f"sends batch {number} a second time")
        if type(at) not in {int, float} or not math.isfinite(at) or not 0 <= at < 1e11:
            _damaged("has an invalid time")
        entries[number] = Entry(_text(line["digest"]), float(at), _text(line.get("by", "")))
        return
    name = "unsent" if "unsent" in line else "done"
    if name not in line:
        _damaged("has an unknown kind")
    number = _number(line[name])
    entry = entries.get(number)
    if entry is None or entry.settled is not None:
        _damaged(f"is about batch {number}, which is not open")
    if name == "unsent":
        _check_members(line, name)
        del entries[number]
    else:
        _check_members(line, name, optional=("failed", "counts", "error"))
        entry.settled = _settled(line)


def _settled(line: dict[str, Any]) -> BatchResult:
    error: Exception | None = None
    if "error" in line:
        code, text = _list(line["error"], 2)
        error = BulkItemError(_text(text), item="", code=_text_or_none(code), message=text)
    created, updated, skipped = map(_number, _list(line.get("counts", [0, 0, 0]), 3))
    failed = [_failed(*_list(each, 4)) for each in _list(line.get("failed", []))]
    if len({each.key for each in failed}) < len(failed):
        _damaged("names a failed item twice")
    return BatchResult(failed, (created, updated, skipped), error)


def _failed(key: Any, code: Any, message: Any, param: Any) -> Failed:
    key = key if isinstance(key, str) else _number(key)
    return Failed(key, _text_or_none(code), _text_or_none(message), _text_or_none(param))


def _check_members(line: dict[str, Any], *names: str, optional: tuple[str, ...] = ()) -> None:
    for name in names:
        if name not in line:
            _damaged(f"lacks {name!r}")
    for name in line:
        if name not in names and name not in optional:
            _damaged(f"has an unknown member {name!r:.100}")


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        _damaged("has an invalid number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        _damaged("has a value that is not text")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _list(value: Any, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (length is not None and len(cast("list[Any]", value)) != length):  # type: ignore[redundant-cast]
        _damaged("has an invalid list")
    return cast("list[Any]", value)  # type: ignore[redundant-cast]


def _damaged(reason: str) -> NoReturn:
    raise _DamagedError(reason)
