"""What commands write to standard output: tables and sheets on a terminal, JSON lines off it."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import sys
from typing import TYPE_CHECKING, Any, Final

import click
import orjson

from cstar_async._core.serialization import is_array, is_object, parse_datetime

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .state import State

FORMATS: Final = ("table", "sheet", "json", "jsonl", "tsv", "csv", "ids")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\t")
_PICTURES: Final = 0x2400
_TIMES: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d")


class Writer:
    """Writes the rows of a list, as they come, or one object.

    Args:
        form: One of FORMATS.
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

    def rows(self, rows: Sequence[Any]) -> None:
        """Write some rows of a list."""
        if self._form in {"table", "json", "sheet"}:
            self._rows += rows
            return
        if not self._columns and rows and is_object(rows[0]) and self._form in {"tsv", "csv"}:
            self._columns = list(rows[0])
        for row in rows:
            self._line(row)
        sys.stdout.flush()

    def end(self) -> None:
        """Finish a list."""
        if self._form == "json":
            _write(orjson.dumps([self._picked(row) for row in self._rows], option=orjson.OPT_INDENT_2) + b"\n")
        elif self._form == "sheet":
            for number, row in enumerate(self._rows):
                if number:
                    click.echo()
                self._sheet(row)
        elif self._form == "table":
            self._table()

    def one(self, value: Any) -> None:
        """Write one object."""
        if self._form == "json":
            _write(orjson.dumps(self._picked(value), option=orjson.OPT_INDENT_2) + b"\n")
        elif self._form == "sheet":
            self._sheet(value)
        elif self._form == "table":
            self._rows = [value]
            self._table()
        else:
            self.rows([value])

    def _picked(self, row: Any) -> Any:
        if not (self._chosen and is_object(row)):
            return row
        return {name: _field(row, name) for name in self._columns}

    def _line(self, row: Any) -> None:
        if self._form == "jsonl":
            _write(orjson.dumps(self._picked(row)) + b"\n")
        elif self._form == "ids":
            found = _field(row, "id") if is_object(row) else row
            click.echo(_cell(found))
        else:
            if not self._began:
                self._began = True
                self._separated(self._columns)
            self._separated([_cell(_field(row, name)) for name in self._columns])

    def _separated(self, cells: Sequence[str]) -> None:
        if self._form == "tsv":
            click.echo("\t".join(printable(cell) for cell in cells))
            return
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(cells)
        click.echo(text.getvalue(), nl=False)

    def _sheet(self, value: Any) -> None:
        if not is_object(value):
            click.echo(printable(_cell(value)))
            return
        names = self._columns if self._chosen else list(value)
        width = max((len(name) for name in names), default=0)
        for name in names:
            shown = printable(_shown(_field(value, name)))
            label = click.style(name.ljust(width), bold=True) if self._color else name.ljust(width)
            click.echo(f"{label}  {shown}")

    def _table(self) -> None:
        # rich takes 50 ms to load, so it is used only where a person looks.
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        rows = self._rows
        if not rows:
            return
        columns = self._columns or (list(rows[0])[:6] if is_object(rows[0]) else ["value"])
        table = Table(box=None, pad_edge=False, show_edge=False, header_style="bold" if self._color else "")
        cells = [[printable(_shown(_field(row, name) if is_object(row) else row)) for name in columns] for row in rows]
        for number, name in enumerate(columns):
            heading = _heading(name)
            # Ids are there to be copied, so they are never cut.
            is_id = name == "id" or name.endswith("Id")
            widest = max(len(heading), *(len(row[number]) for row in cells)) if is_id else None
            table.add_column(Text(heading), no_wrap=True, overflow="ellipsis", min_width=widest)
        for row in cells:
            table.add_row(*map(Text, row))
        # Off a terminal there is no width, and nothing is cut.
        width = None if sys.stdout.isatty() else 10_000
        Console(file=sys.stdout, no_color=not self._color, width=width, highlight=False).print(table)


def default_form(on_terminal: str) -> str:
    """The form for a terminal, and JSON lines off it."""
    return on_terminal if sys.stdout.isatty() else "jsonl"


def json_option() -> click.Option:
    """`--json`, for commands that write one object."""
    return click.Option(["--json", "json_"], is_flag=True, help="Write one JSON document.")


def write_object(value: dict[str, Any], state: State, *, as_json: bool) -> None:
    """Write an object of a command of its own."""
    Writer("json" if as_json else default_form("sheet"), (), chosen=False, color=state.color).one(value)


def write_text(text: str) -> None:
    """Write text of the service; on a terminal, without what the terminal would act on."""
    if sys.stdout.isatty():
        text = "\n".join(map(printable, text.splitlines()))
    click.echo(text, nl=not text.endswith("\n"))


def _write(raw: bytes) -> None:
    if sys.stdout.isatty():
        # In JSON these are in strings only, where an escape means the same.
        raw = _CONTROL.sub(
            lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", raw.decode()
        ).encode()
    sys.stdout.flush()
    sys.stdout.buffer.write(raw)


def _field(row: Any, name: str) -> Any:
    """A field by its name; `customer.name` is a field of a field."""
    if is_object(row) and name in row:
        return row[name]
    for part in name.split("."):
        row = row.get(part) if is_object(row) else None
    return row


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
    return orjson.dumps(value).decode()


def _shown(value: Any) -> str:
    """A value as the text of a cell for people."""
    if value is None:
        return "-"
    if isinstance(value, str) and _TIMES.match(value):
        try:
            return ago(parse_datetime(value), dt.datetime.now(dt.UTC))
        except ValueError:
            return value
    return ", ".join(_cell(item) for item in value) if is_array(value) else _cell(value)


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
