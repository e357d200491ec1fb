"""The input of commands over many objects: ids, or rows of CSV or JSON lines, checked by the table. Sends nothing."""

from __future__ import annotations

import csv
import io
import re
import sys
from contextlib import contextmanager, nullcontext
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from cstar_async._core.binding import ArgumentError, bind
from cstar_async._core.operation import Param
from cstar_async._core.serialization import is_array, is_object

from .exits import CommandError, Exit
from .fields import result_fields, snake
from .values import KnownValues, parse_json, type_of

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

    from cstar_async._core.operation import Operation

_DELIMITERS: Final = ",;\t"
_IN_TSV: Final = re.compile(r"\\([\\tnr])")
"""The escapes of `-o tsv`."""
_ESCAPED: Final = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}
_ARRAY: Final = "a JSON array; write an object a line, as `jq -c '.[]'` does"
_SHOWN: Final = 20
"""Problems that an error names; it counts the others."""
_BOM: Final = "\ufeff"
_LONGEST_CELL: Final = 2**24
"""Characters; the 128 K of Python are too few for an article."""


class Row(NamedTuple):
    """One record of an input."""

    line: int
    """The line on which it begins, from 1."""
    members: dict[str, Any]
    """Its fields by wire name, as they are sent."""


class Rows(NamedTuple):
    """The records of an input that can be sent, and what is wrong with the others."""

    rows: list[Row]
    problems: list[str]
    """`line 3: …`, one for each record that cannot be sent."""

    def refuse_problems(self) -> None:
        """Raise CommandError that names the problems, if there are any."""
        if self.problems:
            more = len(self.problems) - _SHOWN
            lines = [*self.problems[:_SHOWN], *([f"and {more:,} more"] if more > 0 else [])]
            text = "\n  ".join(lines)
            raise CommandError(f"nothing was sent, since some lines cannot be:\n  {text}", Exit.USAGE)


@contextmanager
def open_input(path: str, what: str) -> Generator[Iterable[str]]:
    """The lines of a file, or of standard input for `-`. Raises CommandError if it cannot be read."""
    if path == "-" and sys.stdin.isatty():
        raise click.UsageError(f"give {what} on standard input, or name a file")
    try:
        # Standard input has the same encoding and ends of lines as a file, whatever the locale; it stays open.
        with Path(path).open("rb") if path != "-" else nullcontext(sys.stdin.buffer) as raw:
            file = io.TextIOWrapper(raw, encoding="utf-8", newline="")
            try:
                yield file
            finally:
                file.detach()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}", Exit.USAGE) from None
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8: {error.reason}; save it as UTF-8", Exit.USAGE) from None


def read_ids(lines: Iterable[str]) -> Rows:
    """Ids, one a line, or JSON lines with an `id`."""
    rows: list[Row] = []
    problems: list[str] = []
    for number, line in enumerate(lines, 1):
        text = line.strip().lstrip(_BOM)
        found: Any = text
        if text.startswith(("{", '"')):
            found = _json(text)
            found = found.get("id") if is_object(found) else found
        if not text:
            continue
        if not (rows or problems):
            _refuse_other_form(number, text)
        if isinstance(found, str) and found.isprintable() and not set(found) & set(' ,;{}"'):
            rows.append(Row(number, {"id": found}))
        else:
            problems.append(f'line {number}: not an id, nor JSON with an "id": {text[:40]!r}')
    return Rows(rows, problems)


def _refuse_other_form(number: int, text: str) -> None:
    """Raise CommandError if the first line is not one of ids, since all of the input is of another form then."""
    if text.startswith("["):
        raise CommandError(f"line {number}: {_ARRAY}", Exit.USAGE)
    if text.casefold() in {"id", '"id"'}:
        raise CommandError(f"line {number}: the name of a column; leave it out, as `tail -n +2` does", Exit.USAGE)


def read_rows(lines: Iterable[str], operation: Operation, keys: Sequence[str], *, unchecked: bool) -> Rows:
    """Rows of CSV, or JSON lines.

    Args:
        lines: The lines; those of CSV begin with a line of columns.
        operation: The operation whose body the fields are those of.
        keys: The wire names of fields beside those of the body, by which an object is found.
        unchecked: Whether to send values of enumerations that are not known.
    """
    iterator = iter(lines)
    start = [next(iterator, "").lstrip(_BOM)]
    while start[-1] and not start[-1].strip():
        start.append(next(iterator, ""))
    first = start[-1]
    reader = _Reader(operation, keys, unchecked=unchecked)
    if first.lstrip().startswith("{"):
        reader.read_json(chain(start, iterator))
    elif first.lstrip().startswith("["):
        raise CommandError(f"line 1: {_ARRAY}", Exit.USAGE)
    elif first:
        reader.read_csv(chain(start, iterator), max(_DELIMITERS, key=first.count))
    return Rows(reader.rows, reader.problems)


class _Reader:
    def __init__(self, operation: Operation, keys: Sequence[str], *, unchecked: bool) -> None:
        self._operation = operation
        self._keys = keys
        self._unchecked = unchecked
        body = [param for param in operation.params if param.location == "body"]
        self._params = {
            param.name: param for param in [*(Param(key, snake(key), "body", "string") for key in keys), *body]
        }
        self._wire = {param.argument: name for name, param in self._params.items()} | {
            name: name for name in self._params
        }
        self._in_path = {param.argument: "x" for param in operation.params if param.location == "path"}
        self._changes = bool(self._in_path)
        """Whether each row changes an object, and so needs its id."""
        self.rows: list[Row] = []
        self.problems: list[str] = []

    def read_json(self, lines: Iterator[str]) -> None:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            found = _json(line)
            if not is_object(found):
                self.problems.append(f"line {number}: not a JSON object")
                continue
            strange = [name for name in found if name not in self._wire]
            self._refuse_export(number, strange)
            unknown = [self._unknown(name) for name in strange]
            self._add(number, {self._wire[name]: v for name, v in found.items() if name in self._wire}, unknown)

    def read_csv(self, lines: Iterator[str], delimiter: str) -> None:
        csv.field_size_limit(_LONGEST_CELL)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        line = 1
        try:
            columns = [self._column(name.strip()) for name in next(cells for cells in reader if cells)]
            self._check_columns(columns)
            line = reader.line_num + 1
            for cells in reader:
                if cells:
                    self._read_cells(line, columns, _unescaped(cells) if delimiter == "\t" else cells)
                line = reader.line_num + 1
        except csv.Error as error:
            self.problems.append(f"line {line}: not CSV: {error}")

    def _column(self, name: str) -> tuple[Param | None, str, str]:
        """The field of a column, and the key in it: `metadata.plan` is the key `plan` of the field `metadata`."""
        if name in self._wire:
            return self._params[self._wire[name]], "", name
        head, _, key = name.partition(".")
        param = self._params.get(self._wire.get(head, ""))
        return (param, key, name) if param is not None and param.type == "object" and key else (None, "", name)

    def _check_columns(self, columns: Sequence[tuple[Param | None, str, str]]) -> None:
        unknown = [self._unknown(name) for param, _, name in columns if param is None]
        fields = [(param.name, key) for param, key, _ in columns if param is not None]
        repeated = sorted({name for param, key, name in columns if param and fields.count((param.name, key)) > 1})
        if repeated:
            unknown.append(f"two columns for one field: {', '.join(repeated)}")
        self._refuse_export(1, [name for param, _, name in columns if param is None])
        if unknown:
            raise CommandError(f"line 1: {'; '.join(unknown)}. The columns are {self._names()}", Exit.USAGE)

    def _refuse_export(self, line: int, unknown: Sequence[str]) -> None:
        """Raise CommandError if all unknown fields are those that only answers have, as in a whole export."""
        known = result_fields(self._operation) or {}
        if unknown and all(name in known for name in unknown):
            both = ",".join(name for name in self._params if name in known)
            raise CommandError(
                f"line {line}: the service sets {', '.join(unknown)}, so they cannot be in the input; an export with "
                f"--fields {both} has what can",
                Exit.USAGE,
            )

    def _read_cells(self, line: int, columns: Sequence[tuple[Param | None, str, str]], cells: Sequence[str]) -> None:
        if len(cells) != len(columns):
            self.problems.append(f"line {line}: {len(cells)} cells for {len(columns)} columns")
            return
        members: dict[str, Any] = {}
        problems: list[str] = []
        for (param, key, name), cell in zip(columns, cells, strict=True):
            if not cell.strip():
                continue
            assert param is not None  # the columns have been checked
            try:
                value = cell if key else _value(param, cell)
            except click.UsageError as error:
                problems.append(f"{name}: {error.message}")
                continue
            if key:
                members.setdefault(param.name, {})[key] = value
            elif param.type == "object" and is_object(value):
                members[param.name] = {**value, **members.get(param.name, {})}
            else:
                members[param.name] = value
        self._add(line, members, problems)

    def _add(self, line: int, members: dict[str, Any], problems: list[str]) -> None:
        problems += self._problems(members)
        problems += self._settle_known_values(members)
        if problems:
            self.problems.append(f"line {line}: {'; '.join(problems)}")
        else:
            self.rows.append(Row(line, members))

    def _problems(self, members: Mapping[str, Any]) -> Iterator[str]:
        found = any(members.get(key) is not None for key in self._keys)
        given = {self._params[name].argument: v for name, v in members.items() if name not in self._keys}
        try:
            bind(self._operation, self._in_path | given)
        except ArgumentError as error:
            # An object that exists already has what a new one needs.
            yield from (problem for problem in error.problems if not (found and problem.endswith(" is missing")))
        if self._changes and "id" not in members:
            yield "id is missing"
        elif self._changes and len(members) == 1:
            yield "no field to change"
        for name in self._keys:
            if not isinstance(members.get(name, ""), str):
                yield f"{name} must be text"

    def _settle_known_values(self, members: dict[str, Any]) -> Iterator[str]:
        """Give the values of enumerations the contract's spelling; the problems are those that it does not have."""
        for name, value in members.items():
            param = self._params[name]
            if not param.values or value is None or self._unchecked:
                continue
            known = KnownValues(param.values)
            try:
                found = [known.convert(str(item), None, None) for item in (value if is_array(value) else [value])]
            except click.UsageError as error:
                yield f"{param.argument}: {error.message}"
            else:
                members[name] = found if is_array(value) else found[0]

    def _unknown(self, name: str) -> str:
        near = get_close_matches(name, list(self._wire), 1)
        return f"unknown field {name[:60]!r}" + (f", did you mean {near[0]}?" if near else "")

    def _names(self) -> str:
        objects = [f"{name}.KEY" for name, param in self._params.items() if param.type == "object"]
        return ", ".join([*self._params, *objects])


def _unescaped(cells: Sequence[str]) -> list[str]:
    """Cells of TSV without its escapes."""
    return [_IN_TSV.sub(lambda found: _ESCAPED[found[1]], cell) for cell in cells]


def _value(param: Param, cell: str) -> Any:
    """The value of a cell, by the type of its field. Raises UsageError."""
    text = cell.strip()
    if param.type == "array":
        if text.startswith("["):
            return _parsed(text)
        one = param._replace(type=param.items, values=())
        return [_value(one, item.strip()) for item in text.split(",") if item.strip()]
    if param.type in {"object", "any"}:
        return _parsed(text) if param.type == "object" or text[:1] in {"{", "["} else cell
    if param.type == "boolean":
        return click.BOOL.convert(text, None, None)
    # The known values are checked with the others, for JSON as for CSV.
    kind = type_of(param._replace(values=()))
    return cell if kind is click.STRING else kind.convert(text, None, None)


def _parsed(text: str) -> Any:
    try:
        return parse_json(text)
    except ValueError:
        raise click.UsageError(f"not JSON: {text[:40]!r}") from None


def _json(text: str) -> Any:
    """The value of a JSON text, or None if it is not JSON."""
    try:
        return parse_json(text)
    except ValueError:
        return None
