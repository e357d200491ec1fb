"""docs/cli-reference.md: the commands of the operations, from the table. `make docs` writes it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from cstar_async._generated import operations

from .bulk import bulk_command, job_options
from .operation_options import SOURCES, dashed, output_options
from .state import common_options
from .tree import BULK, command_of, example, needs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cstar_async._core.operation import Operation

_HEAD: Final = """\
# Commands of the operations

Made by `make docs` from the contract. [cli.md](cli.md) tells how values are written, and has the commands that are not
operations.

Options that many commands have are left out below. All have `--output`, `--json`, `--fields`, `--unchecked`, `--curl`,
and the common options (`cstar --help`). Lists have `--max-items` and `--all`, writes `--idempotency-key` and `--yes`,
and those with a body `--input`. Those that change many objects have `--journal`, `--concurrency`, `--dry-run`, `--yes`
and `--unchecked`; exports have `--output`, `--fields` and `--unchecked`.
"""


def render() -> str:
    """The whole document."""
    lines = [_HEAD]
    resource = ""
    for operation in map(operations.load, operations.ids()):
        *path, _ = map(dashed, operation.id.split("."))
        if path[0] != resource:
            resource = path[0]
            lines.append(f"## {resource}\n")
        lines += _section(operation)
        if operation.bulk is not None:
            for name in BULK[operation.bulk[1]]:
                lines += _bulk_section(name, operation)
    return "\n".join(lines)


def _section(operation: Operation) -> Iterator[str]:
    command = command_of(operation)
    names = {param.argument for param in operation.params} | {f"{param.argument}_stdin" for param in operation.params}
    words = ["cstar", *map(dashed, operation.id.split("."))]
    words += [param.argument.upper() for param in operation.params if param.location == "path"]
    yield f"### `{' '.join(words)}`\n"
    about = f"{operation.summary.rstrip('.')}. {operation.description}".strip()
    source = SOURCES.get(operation.source, "")
    yield f"{about} `{operation.method} {operation.path}`, {needs(operation)}. {source}".rstrip() + "\n"
    yield from _options(command, {*names, "clear"})
    yield f"```sh\n{example(operation)}\n```\n"


def _bulk_section(name: str, operation: Operation) -> Iterator[str]:
    command = bulk_command(name, operation)
    words = ["cstar", *map(dashed, operation.id.split(".")[:-1]), name]
    words += [str(param.metavar) for param in command.params if isinstance(param, click.Argument)]
    yield f"### `{' '.join(words)}`\n"
    yield f"{' '.join((command.help or '').split())}\n"
    left_out = {str(param.name) for param in (*common_options(), *job_options(concurrency=1), *output_options())}
    yield from _options(command, {str(param.name) for param in command.params} - left_out)
    yield f"```sh\n{(command.epilog or '').partition('Example: ')[2]}\n```\n"


def _options(command: click.Command, names: set[str]) -> Iterator[str]:
    """A table of the options of these names."""
    context = click.Context(command, info_name="cstar", terminal_width=1_000, max_content_width=1_000)
    records = [
        record
        for param in command.params
        if isinstance(param, click.Option)
        and param.name in names
        and (record := param.get_help_record(context)) is not None
    ]
    if records:
        yield "| Option | |\n|---|---|"
        yield from (f"| `{_cell(option)}` | {_cell(text)} |" for option, text in records)
        yield ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(render())
