"""The commands over many objects, made from the table's column `bulk`: update-many, delete-many, import, export."""

from __future__ import annotations

import sys
from contextlib import aclosing, nullcontext
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from cstar_async._generated import operations

from .notes import note
from .operation_options import (
    arguments_of,
    clear_option,
    dashed,
    options_of,
    output_options,
    unchecked_option,
    without_conflicts,
    yes_option,
)
from .state import Command, State
from .values import complete_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cstar_async._core.operation import Operation
    from cstar_async.bulk import Bulk
    from cstar_async.client import CStarClient

    from .rows import Rows

_CARRIERS: Final = {"update": "bulk.run", "delete": "bulk.run", "import": "imports.run", "export": "exports.create"}
"""The operation that does each action for many objects."""
_NOT_FILTERS: Final = frozenset({"page", "page_size", "expand"})
_FIRST: Final = 5
"""Items that a dry run shows."""
_MATCHED_BY: Final = ("id", "externalId")
"""The fields by which an import finds an object that exists."""


def bulk_command(name: str, operation: Operation) -> click.Command:
    """The command of this name.

    Args:
        name: Its name: `update-many`.
        operation: The operation over one object that it is made from.
    """
    assert operation.bulk is not None  # only such operations have these commands
    kind, _, limit = operation.bulk
    make = {
        "update-many": _update_many,
        "update-each": _update_each,
        "delete-many": _delete_many,
        "import": _import,
        "export": _export,
    }[name]
    arguments, options, callback, text, example = make(operation, kind, limit)
    group = " ".join(dashed(part) for part in operation.id.split(".")[:-1])
    return Command(
        name,
        params=[*arguments, *without_conflicts(options)],
        callback=callback,
        help=text,
        short_help=text.partition("\n")[0].rstrip("."),
        epilog=f"\b\nExample: cstar {group} {name} {example}",
    )


class _Made(NamedTuple):
    arguments: list[click.Argument]
    options: list[click.Option]
    callback: Callable[..., None]
    text: str
    example: str


_JOURNAL: Final = (
    "With --journal, the same command goes on after a crash or Ctrl-C and does nothing twice. What failed or is in "
    "doubt is written to standard output as JSON lines; the exit code is then 7."
)


def _update_many(operation: Operation, kind: str, limit: int) -> _Made:
    def callback(**values: Any) -> None:
        changes = _changes(operation, values)

        def start(client: CStarClient, rows: Rows, options: dict[str, Any]) -> Bulk[Any]:
            from cstar_async import bulk

            ids = [row.members["id"] for row in rows.rows]
            return bulk.update_many(client, operation, _carrier(operation), ids, changes, **options)

        _run(operation, values, _ids(values), start, changes)

    text = f"Change many {kind} in the same way.\n\n{limit} go into a request. {_JOURNAL}"
    body = [param for param in operation.params if param.location == "body"]
    fields = [option for param in body for option in options_of(param)]
    options = [_ids_option(), *fields, *clear_option(body), *job_options(concurrency=4)]
    choice = next((param for param in body if param.values), body[0])
    change = f"--{dashed(choice.argument)} {choice.values[-1] if choice.values else 'text'}"
    return _Made([], options, callback, text, f"{change} < ids.txt")


def _update_each(operation: Operation, kind: str, limit: int) -> _Made:
    def callback(**values: Any) -> None:
        def start(client: CStarClient, rows: Rows, options: dict[str, Any]) -> Bulk[Any]:
            from cstar_async import bulk

            pairs = [(r.members["id"], {n: v for n, v in r.members.items() if n != "id"}) for r in rows.rows]
            return bulk.update_each(client, operation, _carrier(operation), pairs, **options)

        _run(operation, values, _records(operation, values, ("id",)), start)

    text = (
        f"Change many {kind}, each in its own way.\n\nFILE is CSV or JSON lines, - for standard input: an id, and the "
        f"fields to change. Of equal changes {limit} go into a request. {_file_help(operation)} {_JOURNAL}"
    )
    return _Made([_file_argument()], [*job_options(concurrency=4)], callback, text, "changes.csv --dry-run")


def _delete_many(operation: Operation, kind: str, limit: int) -> _Made:
    def callback(**values: Any) -> None:
        def start(client: CStarClient, rows: Rows, options: dict[str, Any]) -> Bulk[Any]:
            from cstar_async import bulk

            ids = [row.members["id"] for row in rows.rows]
            return bulk.delete_many(client, operation, _carrier(operation), ids, **options)

        _run(operation, values, _ids(values), start)

    text = f"Delete many {kind}.\n\n{limit} go into a request. {_JOURNAL}"
    options = [_ids_option(), *job_options(concurrency=4)]
    return _Made([], options, callback, text, "--journal delete.journal < ids.txt")


def _import(operation: Operation, kind: str, limit: int) -> _Made:
    own = [p for p in _carrier(operation).params if p.location == "body" and p.name not in {"resource", "records"}]

    def callback(**values: Any) -> None:
        def start(client: CStarClient, rows: Rows, options: dict[str, Any]) -> Bulk[Any]:
            from cstar_async import UNSET, bulk

            given = [UNSET if values[param.argument] is None else values[param.argument] for param in own]
            records = [row.members for row in rows.rows]
            return bulk.import_many(client, operation, _carrier(operation), records, *given, **options)

        _run(operation, values, _records(operation, values, _MATCHED_BY), start)

    text = (
        f"Create many {kind}, or change those that exist.\n\nFILE is CSV or JSON lines, - for standard input, with the "
        f"fields of `create`; id or externalId finds what exists. {limit} records go into a request, in order. "
        f"{_file_help(operation)} --dry-run checks the whole file and sends nothing. {_JOURNAL}"
    )
    options = [*(option for param in own for option in options_of(param)), *job_options(concurrency=1)]
    return _Made([_file_argument()], options, callback, text, f"{kind}.csv --dry-run")


def _export(operation: Operation, kind: str, limit: int) -> _Made:
    cost = f"1 request for fewer than {limit:,} {kind}; for more, 1 for each 100"
    filters = [p for p in operation.params if p.location == "query" and p.argument not in _NOT_FILTERS]

    def callback(**values: Any) -> None:
        from .run import run  # brings the client

        values = values | {p.argument: None for p in operation.params if p.argument not in values}
        run(_send_export(operation, values, cost, click.get_current_context().ensure_object(State)))

    text = (
        f"Read all {kind}, in no order, in as few requests as possible.\n\nIt costs {cost}. "
        "A file appears under its name only when it is complete."
    )
    options = [option for param in filters for option in options_of(param)]
    options.append(unchecked_option())
    form, _json, fields = output_options()
    form.type = click.Choice(("jsonl", "csv", "tsv", "ids"), case_sensitive=False)
    form.help = "Default: CSV for a file whose name ends in .csv, else JSON lines."
    out = click.Option(
        ["--out"],
        metavar="FILE",
        help="Write to this file; without it, or with -, to standard output.",
        shell_complete=complete_files,
    )
    return _Made([], [*options, out, form, fields], callback, text, f"--out {kind}.csv")


def _carrier(operation: Operation) -> Operation:
    assert operation.bulk is not None  # as above
    return operations.load(_CARRIERS[operation.bulk[1]])


def _file_help(operation: Operation) -> str:
    found = next(
        (param.argument for param in operation.params if param.type == "object" and param.location == "body"), ""
    )
    nested = f", and {found}.KEY for what is in an object" if found else ""
    return (
        f"Columns are named as in the API, customFields, or with underscores, custom_fields{nested}; an empty cell is "
        "left out, and a list has commas or is JSON."
    )


def _ids_option() -> click.Option:
    return click.Option(
        ["--ids-file"],
        metavar="FILE",
        default="-",
        shell_complete=complete_files,
        help='Ids, one a line, or JSON lines with an "id"; standard input by default.',
    )


def _file_argument() -> click.Argument:
    return click.Argument(["file"], metavar="FILE", shell_complete=complete_files)


def job_options(*, concurrency: int) -> Iterable[click.Option]:
    """The options of commands that change many objects."""
    yield click.Option(
        ["--journal"],
        metavar="FILE",
        help="Remember here what is done, and go on from there.",
        shell_complete=complete_files,
    )
    yield click.Option(
        ["--concurrency"],
        type=click.IntRange(min=1),
        default=concurrency,
        show_default=True,
        help="How many requests at once.",
    )
    yield click.Option(["--dry-run"], is_flag=True, help="Send nothing; say the cost, and write the first items.")
    yield yes_option()
    yield unchecked_option()


def _changes(operation: Operation, values: dict[str, Any]) -> dict[str, Any]:
    from .run import checked

    placeholders = {param.argument: "id" for param in operation.params if param.location == "path"}
    found = checked(operation, placeholders | arguments_of(operation, values)).json
    if not found:
        raise click.UsageError("give at least one field to change")
    return dict(found)


def _ids(values: dict[str, Any]) -> Callable[[], Rows]:
    from .rows import open_input, read_ids

    def read() -> Rows:
        with open_input(values["ids_file"], "ids") as lines:
            return read_ids(lines)

    return read


def _records(operation: Operation, values: dict[str, Any], keys: Sequence[str]) -> Callable[[], Rows]:
    from .rows import open_input, read_rows

    def read() -> Rows:
        with open_input(values["file"], "rows") as lines:
            return read_rows(lines, operation, keys, unchecked=values["unchecked"])

    return read


def _run(
    operation: Operation,
    values: dict[str, Any],
    read: Callable[[], Rows],
    start: Callable[[CStarClient, Rows, dict[str, Any]], Bulk[Any]],
    changes: dict[str, Any] | None = None,
) -> None:
    from .job import dry_run, run_job

    context = click.get_current_context()
    state = context.ensure_object(State)
    rows = read()
    options = {"journal": values["journal"], "concurrency": values["concurrency"]}
    if values["dry_run"]:
        dry_run(state, rows, lambda client: start(client, rows, options), changes or {}, shown=_FIRST)
    else:
        rows.refuse_problems()
        what = f"{' '.join(dashed(part) for part in operation.id.split('.')[:-1])} {context.info_name}"
        run_job(
            state, rows, lambda client: start(client, rows, options), what, journal=values["journal"], yes=values["yes"]
        )


async def _send_export(operation: Operation, values: dict[str, Any], cost: str, state: State) -> None:
    from .output import printable
    from .own import writer_of

    out = None if values["out"] == "-" else values["out"]
    form = values["output"] or ("csv" if out is not None and out.lower().endswith(".csv") else "jsonl")
    async with state.client() as client, client.deadline(state.deadline) if state.deadline else nullcontext():
        resource: Any = client
        for part in operation.id.split(".")[:-1]:
            resource = getattr(resource, part)
        export = resource.export(**arguments_of(operation, values))
        writer = writer_of({**values, "output": form}, state, form, export.columns, operation)
        if sys.stderr.isatty():
            note(f"plan: {cost}")
        if out is not None:
            count = await export.write("--out", out, writer.head(), writer.lines)
            writer.end()
            note(f"{count:,} {operation.id.partition('.')[0]} in {printable(out)}")
            return
        async with aclosing(export.chunks()) as chunks:
            async for rows in chunks:
                writer.rows(rows)
        writer.end()
