"""The commands of the API's operations, made from the operation table when they are needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import click

from cstar_async._generated import operations

from .operation_options import ASKS, SOURCES, dashed, options_of, own_options, without_conflicts
from .state import Command, Group
from .values import type_of

if TYPE_CHECKING:
    from cstar_async._core.operation import Operation, Param

BULK: Final = {
    "update": ("update-many", "update-each"),
    "delete": ("delete-many",),
    "import": ("import",),
    "export": ("export",),
}
"""The commands over many objects, by the action in the table's column `bulk`."""


class OperationGroup(Group):
    """A resource: its operations and the resources inside it are loaded when they are used."""

    def __init__(self, path: tuple[str, ...], **settings: Any) -> None:
        super().__init__(name=dashed(path[-1]) if path else "cstar", **settings)
        self.path = path
        self.no_args_is_help = True

    @cached_property
    def _words(self) -> dict[str, tuple[str, str]]:
        """By the next word of each operation below this: its name, and the operation's id, "" for a resource."""
        depth = len(self.path)
        found: dict[str, tuple[str, str]] = {}
        for operation_id in operations.ids():
            parts = operation_id.split(".")
            if tuple(parts[:depth]) == self.path:
                whole = operation_id if len(parts) == depth + 1 else ""
                found.setdefault(dashed(parts[depth]), (parts[depth], whole))
        return found

    @cached_property
    def _bulk(self) -> dict[str, Operation]:
        """The names of the commands over many objects, and the operation over one that each is made from."""
        found: dict[str, Operation] = {}
        for operation in (operations.load(i) for _, i in self._words.values() if i):
            if operation.bulk is not None:
                found |= {name: operation for name in BULK[operation.bulk[1]] if name not in self._words}
        return found

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands: those of its own first."""
        return [*self.commands, *(name for name in (*self._words, *self._bulk) if name not in self.commands)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, made now if it is an operation's."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        if cmd_name not in self._words:
            if cmd_name not in self._bulk:
                return None
            from .bulk import bulk_command

            return bulk_command(cmd_name, self._bulk[cmd_name])
        word, operation_id = self._words[cmd_name]
        if operation_id:
            return command_of(operations.load(operation_id))
        text = self.about(cmd_name)
        return OperationGroup((*self.path, word), short_help=text, help=f"{text}.")

    def about(self, name: str) -> str:
        """What is in a resource: `Customer groups: list, create, …`."""
        word, _ = self._words[name]
        prefix = ".".join((*self.path, word)) + "."
        inside = (i.removeprefix(prefix).split(".")[0] for i in operations.ids() if i.startswith(prefix))
        return f"{word.replace('_', ' ').capitalize()}: {', '.join(dict.fromkeys(map(dashed, inside)))}"

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with the nearest names in the error."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.list_commands(ctx), 3)
            if not near:
                raise
            raise click.UsageError(f"{error.message} Did you mean {' or '.join(near)}?", ctx) from None


def command_of(operation: Operation) -> click.Command:
    """The command of an operation."""
    params = [p for p in operation.params if p.location == "path"]
    arguments = [click.Argument([p.argument], metavar=p.argument.upper(), type=type_of(p)) for p in params]
    options = [option for p in operation.params if p.location != "path" for option in options_of(p)]

    def callback(**values: Any) -> None:
        from .run import run_operation  # brings the client

        run_operation(operation, values)

    return Command(
        dashed(operation.id.rpartition(".")[2]),
        params=[*arguments, *without_conflicts(options, own_options(operation))],
        callback=callback,
        help=_help(operation),
        short_help=operation.summary,
        epilog=f"\b\nExample: {example(operation)}",
        deprecated=operation.deprecated,
    )


def _help(operation: Operation) -> str:
    facts = f"{operation.method} {operation.path} ({needs(operation)}) {SOURCES.get(operation.source, '')}".rstrip()
    parts = (operation.summary.rstrip(".") + ".", operation.description, facts, _markers(operation))
    return "\n\n".join(part for part in parts if part)


def _markers(operation: Operation) -> str:
    """What the markers in the help of an operation mean."""
    found = {operation.source, *(param.source for param in operation.params)}
    meanings = {"docs": "from cStar's public documentation", "inferred": "published nowhere, so it may differ"}
    return "; ".join(f"{SOURCES[name]}: {text}" for name, text in meanings.items() if name in found)


def needs(operation: Operation) -> str:
    """What an operation needs: the key, and the answer to a question."""
    key = {"secret": "needs a secret key", "any": "any key", "none": "no key"}[operation.key]
    return f"{key}; asks first with a live key" if operation.risk in ASKS else key


def example(operation: Operation) -> str:
    """A command line that works, with made-up values for what is required."""
    words = ["cstar", *(dashed(part) for part in operation.id.split("."))]
    body = [param for param in operation.params if param.location == "body"]
    # A change needs a field.
    shown = body[:1] if operation.method == "PATCH" and not any(param.required for param in body) else []
    for param in operation.params:
        value = _made_up(param)
        if param.location == "path":
            words.append(value)
        elif (param.required or param in shown) and not param.secret:
            words.append(
                f"--{dashed(param.argument)}" if param.type == "boolean" else f"--{dashed(param.argument)} {value}"
            )
    return " ".join(words)


def _made_up(param: Param) -> str:
    kind = param.items if param.type == "array" else param.type
    if param.values:
        return str(param.values[0])
    if param.type == "array" and kind == "object":
        return """'{"key":"text"}'"""
    if param.location == "path" and param.argument.endswith("_id"):
        return f"{param.argument.removesuffix('_id')}_123"
    return {"integer": "1", "number": "1.5", "date-time": "+30d", "date": "2026-03-01", "object": "key=text"}.get(
        kind, "text"
    )
