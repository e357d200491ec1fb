"""docs/cli-reference.md: the commands of the operations, from the table. `make docs` writes it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from cstar_async._generated import operations

from .tree import command_of, dashed, example

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cstar_async._core.operation import Operation

_HEAD: Final = """\
# Commands of the operations

Made by `make docs` from the contract. [cli.md](cli.md) tells how values are written, and has the commands that are not
operations.

Options that many commands have are left out below. All have `--output`, `--json`, `--fields`, `--curl`, and the common
options (`cstar --help`). Lists have `--max-items` and `--all`, writes `--idempotency-key` and `--yes`, those with a
body `--input`, and those with known values `--unchecked`.
"""
_KEYS: Final = {"secret": "needs a secret key", "any": "any key", "none": "no key"}


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
    return "\n".join(lines)


def _section(operation: Operation) -> Iterator[str]:
    command = command_of(operation)
    context = click.Context(command, info_name="cstar", terminal_width=1_000, max_content_width=1_000)
    names = {param.argument for param in operation.params} | {f"{param.argument}_stdin" for param in operation.params}
    words = ["cstar", *map(dashed, operation.id.split("."))]
    words += [param.argument.upper() for param in operation.params if param.location == "path"]
    yield f"### `{' '.join(words)}`\n"
    source = {"docs": " [docs]", "inferred": " [inferred]"}.get(operation.source, "")
    about = f"{operation.summary.rstrip('.')}. {operation.description}".strip()
    yield f"{about} `{operation.method} {operation.path}`, {_KEYS[operation.key]}.{source}\n"
    records = [
        record
        for param in command.params
        if isinstance(param, click.Option)
        and param.name in {*names, "clear"}
        and (record := param.get_help_record(context)) is not None
    ]
    if records:
        yield "| Option | |\n|---|---|"
        yield from (f"| `{_cell(option)}` | {_cell(text)} |" for option, text in records)
        yield ""
    yield f"```sh\n{example(operation)}\n```\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(render())
