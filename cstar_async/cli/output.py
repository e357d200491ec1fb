"""What commands write to standard output: tables and sheets on a terminal, JSON lines off it."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sys
from typing import TYPE_CHECKING, Any, Final

import click
import orjson

from cstar_async._core.serialization import is_array, is_object, parse_datetime
from cstar_async.bulk.writing import cells, to_csv, to_json

from .notes import note

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_UNSAFE: Final = r"\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff"
"""Without the joiners U+200C and U+200D, which Persian, the scripts of India and emoji are written with."""
_CONTROL: Final = re.compile(rf"[{_UNSAFE}\n\t]")
_BETWEEN_LINES: Final = re.compile(rf"[{_UNSAFE}]")
_IN_TSV: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
"""What separates cells and lines, and the escape for it."""
_NARROWEST: Final = 8
"""Cells that a text is shown in at the least."""
_DEEPEST: Final = 24
"""Cells of the indent, from which on what is inside is shown as JSON."""
_PICTURES: Final = 0x2400
_TIMES: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")
_TEAM: Final = re.compile(r"/api/v1/teams/[^/]+/")


class Writer:
    """Writes the rows of a list, as they come, or one object.

    Args:
        form: `table`, `sheet`, `json`, `jsonl`, `tsv`, `csv` or `ids`.
        columns: The fields of tables, TSV and CSV, and with `chosen` those of JSON too: `customer.name` is a field of a
            field. Without any, all fields.
        chosen: Whether the user chose the columns.
        color: Whether a table may have colours.
    """

    def __init__(self, form: str, columns: Sequence[str], *, chosen: bool, color: bool) -> None:
        self._form = form
        self._columns = list(columns)
        self._chosen = chosen
        self._color = color
        self._rows: list[Any] = []
        self._began = False
        self._missing = dict.fromkeys(columns) if chosen and form != "ids" else {}
        """Fields that the user chose and no object had so far."""
        self._first: Any = None

    def rows(self, rows: Sequence[Any]) -> None:
        """Write some rows of a list."""
        if self._form in {"table", "json", "sheet"}:
            self._rows += rows
            return
        _write(self.lines(rows))
        sys.stdout.flush()

    def lines(self, rows: Sequence[Any]) -> bytes:
        """The lines of some rows: of JSON, TSV, CSV, or ids. The first of TSV and CSV are the columns."""
        if not self._columns and rows and is_object(rows[0]):
            self._columns = list(rows[0])
        self._look_for_missing(rows)
        head = self.head() if rows else b""
        return head + b"".join(map(self._line, rows))

    def head(self) -> bytes:
        """The line of the columns, if there is one that has not been written."""
        if self._began or self._form not in {"tsv", "csv"}:
            return b""
        self._began = True
        return self._separated({name: name for name in self._columns})

    def end(self) -> None:
        """Finish a list."""
        self._look_for_missing(self._rows)
        if self._form == "json":
            _write(_json([self._picked(row) for row in self._rows]))
        elif self._form == "sheet":
            for number, row in enumerate(self._rows):
                if number:
                    click.echo()
                self._sheet(row)
        elif self._form == "table":
            self._table()
        elif self._columns:
            _write(self.head())
        self._say_missing()

    def one(self, value: Any) -> None:
        """Write one object."""
        self._look_for_missing([value])
        if self._form == "json":
            _write(_json(self._picked(value)))
        elif self._form == "sheet":
            self._sheet(value)
        elif self._form == "table":
            self._rows = [value]
            self._table()
        else:
            _write(self.lines([value]))
            sys.stdout.flush()
        self._say_missing()

    def _look_for_missing(self, rows: Iterable[Any]) -> None:
        for row in rows:
            if not self._missing:
                return
            self._first = self._first or row
            for name in [name for name in self._missing if _has(row, name)]:
                del self._missing[name]

    def _say_missing(self) -> None:
        """Say which fields no object had: a mistake in a name is otherwise a column of nothing."""
        if self._missing and is_object(self._first):
            known = ", ".join(map(printable, self._first))
            note(f"no such field: {', '.join(map(printable, self._missing))}; there are {known}")
            self._missing.clear()

    def _picked(self, row: Any) -> Any:
        if not (self._chosen and is_object(row)):
            return row
        return {name: _field(row, name) for name in self._columns}

    def _line(self, row: Any) -> bytes:
        if self._form == "jsonl":
            return to_json(self._picked(row)) + b"\n"
        if self._form == "ids":
            return _cell(_field(row, "id") if is_object(row) else row).encode("utf-8", "replace") + b"\n"
        return self._separated({name: _field(row, name) for name in self._columns})

    def _separated(self, row: Mapping[str, Any]) -> bytes:
        if self._form == "csv":
            return to_csv([cells(row, self._columns)]).removesuffix(b"\r\n") + b"\n"
        cells_ = (_cell(row[name]).translate(_IN_TSV) for name in self._columns)
        return "\t".join(cells_).encode("utf-8", "replace") + b"\n"

    def _sheet(self, value: Any, indent: str = "") -> None:
        """Write a line for each field; below it, and indented, the fields of what it has inside."""
        if not is_object(value):
            click.echo(printable(_cell(value)))
            return
        names = self._columns if self._chosen and not indent else list(value)
        width = max((len(name) for name in names), default=0)
        for name in names:
            found = _field(value, name)
            label = indent + printable(name.ljust(width))
            indent = " " * len(indent)  # after the dash of an item
            label = click.style(label, bold=True) if self._color else label
            inside = [found] if is_object(found) else found
            if (
                inside
                and is_array(inside)
                and len(indent) < _DEEPEST
                and all(is_object(item) and item for item in inside)
            ):
                click.echo(label.rstrip())
                for item in inside:
                    self._sheet(item, f"{indent}  {'' if is_object(found) else '- '}")
            else:
                below = " " * (len(indent) + width + 2)
                for number, line in enumerate(_wrapped(_shown(found), len(below))):
                    click.echo(f"{below if number else f'{label}  '}{line}".rstrip())

    def _table(self) -> None:
        # The width of letters and emoji on a terminal; a part of rich that loads at once.
        from rich.cells import cell_len, set_cell_size

        rows = self._rows
        if not rows:
            if sys.stdout.isatty():
                note("nothing found")
            return
        names = self._columns or ([n for n in rows[0] if n != "object"][:6] if is_object(rows[0]) else ["value"])
        lines = [[short(_field(row, name) if is_object(row) else row) for name in names] for row in rows]
        lines.insert(0, [printable(_heading(name)) for name in names])
        widths = [max(cell_len(line[place]) for line in lines) for place in range(len(names))]
        if sys.stdout.isatty():
            widths = _fitting(names, widths, shutil.get_terminal_size().columns, keep=self._chosen)
        for number, line in enumerate(lines):
            cells = [
                set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + "…"
                for text, width in zip(line, widths, strict=False)
            ]
            shown = "  ".join(cells).rstrip()
            click.echo(click.style(shown, bold=True) if self._color and not number else shown)
        if len(widths) < len(names):
            note(f"not shown: {', '.join(names[len(widths) :])}; --fields chooses")


def _fitting(names: Sequence[str], widths: list[int], room: int, *, keep: bool) -> list[int]:
    """The widths of columns, so that a row fits into `room`.

    Texts are made narrower, the widest first, but no ids, which are there to be copied, and no times. If that is not
    enough, the last columns are left out, unless `keep` is set.
    """
    texts = [place for place, name in enumerate(names) if not (name == "id" or name.lower().endswith(("id", "at")))]
    while len(widths) > 1 and sum(widths) + 2 * (len(widths) - 1) > room:
        widest = max((place for place in texts if place < len(widths)), key=widths.__getitem__, default=-1)
        if widest >= 0 and widths[widest] > _NARROWEST:
            widths[widest] -= 1
        elif keep:
            break
        else:
            widths = widths[:-1]
    return widths


def _write(raw: bytes) -> None:
    if sys.stdout.isatty():
        # In JSON these are characters of texts, where an escape means the same.
        raw = _BETWEEN_LINES.sub(_escaped, raw.decode("utf-8", "replace")).encode()
    sys.stdout.flush()
    sys.stdout.buffer.write(raw)


def default_form(on_terminal: str) -> str:
    """The form for a terminal, and JSON lines off it."""
    return on_terminal if sys.stdout.isatty() else "jsonl"


def write_text(text: str) -> None:
    """Write a text that is the whole result; to a terminal without what a terminal would act on."""
    _write(text.encode("utf-8", "replace"))


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"


def _json(value: Any) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_INDENT_2) + b"\n"
    except TypeError:  # beyond orjson's limits, such as integers of more than 64 bits
        return to_json(value) + b"\n"


def _field(row: Any, name: str) -> Any:
    """A field by its name; `customer.name` is a field of a field."""
    if is_object(row) and name in row:
        return row[name]
    for part in name.split("."):
        row = row.get(part) if is_object(row) else None
    return row


def _has(row: Any, name: str) -> bool:
    """Whether an object has a field; a field of null may have any."""
    if not is_object(row) or name in row:
        return True
    for part in name.split("."):
        if row is None:
            return True
        if not is_object(row) or part not in row:
            return False
        row = row[part]
    return True


def _cell(value: Any) -> str:
    """A value as the text of a cell for programs."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if is_array(value) and all(isinstance(item, str | int) for item in value):
        return ",".join(_cell(item) for item in value)
    return to_json(value).decode()


def _shown(value: Any) -> str:
    """A value as the text of a cell for people."""
    if value is None or value == []:
        return "-"
    if isinstance(value, str) and _TIMES.match(value):
        try:
            return ago(parse_datetime(value), dt.datetime.now(dt.UTC))
        except ValueError:
            return value
    return ", ".join(_cell(item) for item in value) if is_array(value) else _cell(value)


def short(value: Any) -> str:
    """A value as the text of a cell of a table; a path is that below the team, as `cstar api` takes it."""
    return printable(_TEAM.sub("", _shown(value), count=1) if isinstance(value, str) else _shown(value))


def _wrapped(text: str, before: int) -> list[str]:
    """The lines of a text, on a terminal broken between words, so that they fit beside `before` cells."""
    lines = [printable(line) for line in text.splitlines() or [""]]
    if not sys.stdout.isatty():
        return lines
    from textwrap import wrap

    room = max(shutil.get_terminal_size().columns - before, 20)
    settings: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False, "replace_whitespace": False}
    return [part for line in lines for part in wrap(line, room, **settings) or [""]]


def ago(moment: dt.datetime, now: dt.datetime) -> str:
    """A moment as people say it: `42 min ago`, `yesterday 14:02`, `2026-03-01 12:00`."""
    seconds = (now - moment).total_seconds()
    here = moment.astimezone()
    if 0 <= seconds < 60:
        return "now"
    if 0 <= seconds < 3_600:
        return f"{int(seconds // 60)} min ago"
    days = (now.astimezone().date() - here.date()).days
    if days == 0 and seconds > 0:
        return f"today {here:%H:%M}"
    return f"yesterday {here:%H:%M}" if days == 1 else f"{here:%Y-%m-%d %H:%M}"


def printable(text: str) -> str:
    """A text without characters that a terminal would act on: a picture of each, since customers write these texts."""

    def picture(found: re.Match[str]) -> str:
        code = ord(found[0])
        return chr(_PICTURES + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"

    return _CONTROL.sub(picture, text)


def _heading(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])|[._]", " ", name.removesuffix("At")).upper()
