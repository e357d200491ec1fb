"""The lines of a journal, and how they are read back. Pure.

A head, then for each batch a line `sent` before it is sent and a line `done` with its outcome; `unsent` takes a `sent`
back, and `end` tells how many batches the input makes. A last line without its line break was torn off and is ignored:
what it announces has not happened. Anything else that is not as it was written is an error, which names the line.
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
    from pathlib import Path

FORMAT: Final = 1
_LONGEST_MESSAGE: Final = 2000
_BEGINNING: Final = b'{"cstar_bulk":'
_HEAD: Final = frozenset({"cstar_bulk", "job"})
_JOB: Final = re.compile(r"[0-9A-Za-z-]{1,64}")


@attrs.define
class Entry:
    """What the journal knows of a batch."""

    digest: str
    sent_at: float
    """Of the first time, in seconds since 1970."""
    key_owner: str = ""
    """What stands for the API key that it was sent with: the service knows idempotency keys by API key."""
    settled: BatchResult | None = None

    __repr__ = show_fields


class Contents(NamedTuple):
    """What a journal holds."""

    head: dict[str, Any] | None
    """None for one that was torn before its first line was whole."""
    entries: dict[int, Entry]
    length: int | None
    """How many batches there are to be in all, if that is known."""
    size: int
    """Bytes of whole lines."""


class _DamagedError(Exception):
    pass


def parse(path: Path, raw: bytes) -> Contents:
    """Read a journal.

    Raises:
        JournalError: The file is not a journal, is damaged, or is of another format. The message names the line.
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
                head = _head(path, line)
            elif "end" in line:
                _members(line, "end")
                length = _number(line["end"])
            else:
                _take(entries, line)
        except _DamagedError as error:
            raise JournalError(
                f"{path} is not a journal of a bulk job, or is damaged: line {number} {error}. "
                "Nothing in it was changed"
            ) from None
    return Contents(head, entries, length, len(whole))


def agree(path: Path, head: dict[str, Any], terms: dict[str, Any]) -> None:
    """Raise JournalError if the journal is of a job on other terms."""
    terms = {"rules": RULES, **terms}
    for name in {**terms, **head}:
        there, here = head.get(name), terms.get(name)
        # The team may not have been known, the last time or now.
        if name not in _HEAD and there != here and not (name == "team" and None in {there, here}):
            raise JournalError(f"{path} is the journal of another job: {name} is {there!r:.100} there, {here!r} here")


def done_line(number: int, settled: BatchResult) -> dict[str, Any]:
    """The line that says what came of a batch."""
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
        # Not read_json, which mends text: here nothing may be mended unseen.
        line: Any = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        _damaged(f"is not JSON ({error})")
    if not isinstance(line, dict):
        _damaged("is not an object")
    return cast("dict[str, Any]", line)


def _head(path: Path, line: dict[str, Any]) -> dict[str, Any]:
    number = line.get("cstar_bulk")
    if type(number) is int and number != FORMAT:
        raise JournalError(f"{path} has the format {number}, and this version reads {FORMAT}")
    # The job's id becomes a part of a header.
    job = line.get("job")
    if type(number) is not int or not isinstance(job, str) or not _JOB.fullmatch(job):
        _damaged("is not the head of a journal")
    for name, value in line.items():
        if isinstance(value, dict | list):
            _damaged(f"has an odd {name!r:.100}")
    return line


def _take(entries: dict[int, Entry], line: dict[str, Any]) -> None:
    if "sent" in line:
        _members(line, "sent", "digest", "at", optional=("by",))
        number, at = _number(line["sent"]), line["at"]
        if number in entries:
            _damaged(f"sends batch {number} a second time")
        if type(at) not in {int, float} or not math.isfinite(at) or not 0 <= at < 1e11:
            _damaged("has no time")
        entries[number] = Entry(_text(line["digest"]), float(at), _text(line.get("by", "")))
        return
    name = "unsent" if "unsent" in line else "done"
    if name not in line:
        _damaged("is of no known kind")
    number = _number(line[name])
    entry = entries.get(number)
    if entry is None or entry.settled is not None:
        _damaged(f"is about batch {number}, which is not open")
    if name == "unsent":
        _members(line, name)
        del entries[number]
    else:
        _members(line, name, optional=("failed", "counts", "error"))
        entry.settled = _settled(line)


def _settled(line: dict[str, Any]) -> BatchResult:
    error: Exception | None = None
    if "error" in line:
        code, text = _list(line["error"], 2)
        error = BulkItemError(_text(text), item="", code=_text_or_none(code), message=text)
    created, updated, skipped = map(_number, _list(line.get("counts", [0, 0, 0]), 3))
    failed = [_failed(*_list(each, 4)) for each in _list(line.get("failed", []))]
    if len({each.key for each in failed}) < len(failed):
        _damaged("names one twice")
    return BatchResult(failed, (created, updated, skipped), error)


def _failed(key: Any, code: Any, message: Any, param: Any) -> Failed:
    key = key if isinstance(key, str) else _number(key)
    return Failed(key, _text_or_none(code), _text_or_none(message), _text_or_none(param))


def _members(line: dict[str, Any], *names: str, optional: tuple[str, ...] = ()) -> bool:
    for name in names:
        if name not in line:
            _damaged(f"lacks {name!r}")
    for name in line:
        if name not in names and name not in optional:
            _damaged(f"has an unknown member {name!r:.100}")
    return True


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        _damaged("has an odd number")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        _damaged("has something else than a text")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _list(value: Any, length: int | None = None) -> list[Any]:
    if not isinstance(value, list) or (length is not None and len(cast("list[Any]", value)) != length):  # type: ignore[redundant-cast]
        _damaged("has an odd list")
    return cast("list[Any]", value)  # type: ignore[redundant-cast]


def _damaged(reason: str) -> NoReturn:
    raise _DamagedError(reason)
