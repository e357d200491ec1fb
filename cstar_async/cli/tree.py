"""The commands of the API's operations, made from the operation table when they are needed."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import click

from cstar_async._core.operation import body_argument
from cstar_async._generated import operations

from .state import common_options
from .values import Json, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cstar_async._core.operation import Operation, Param

_SOURCES: Final = {"docs": "[docs]", "inferred": "[inferred]"}
STREAMS: Final = frozenset({"events.stream"})
BULK: Final = {
    "update": ("update-many", "update-each"),
    "delete": ("delete-many",),
    "import": ("import",),
    "export": ("export",),
}
"""The commands over many objects, by the action in the table's column `bulk`."""


def dashed(name: str) -> str:
    """`customer_id` as a word of a command line."""
    return name.strip("_").replace("_", "-")


class OperationGroup(click.Group):
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
        path = (*self.path, word)
        return OperationGroup(path, short_help=_about(path), help=f"{_about(path)}.")

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


def _about(path: tuple[str, ...]) -> str:
    prefix = ".".join(path) + "."
    words = dict.fromkeys(
        dashed(i.removeprefix(prefix).split(".")[0]) for i in operations.ids() if i.startswith(prefix)
    )
    return f"{path[-1].replace('_', ' ').capitalize()}: {', '.join(words)}"


def command_of(operation: Operation) -> click.Command:
    """The command of an operation."""
    params = [p for p in operation.params if p.location == "path"]
    arguments: list[click.Parameter] = [
        click.Argument([p.argument], metavar=p.argument.upper(), type=type_of(p)) for p in params
    ]
    options = [option for p in operation.params if p.location != "path" for option in options_of(p)]
    taken = {name for option in options for name in option.opts}
    more = [option for option in _own_options(operation) if not taken & set(option.opts)]
    common = [option for option in common_options() if not taken & set(option.opts)]

    def callback(**values: Any) -> None:
        from .run import run_operation  # brings the client

        run_operation(operation, values)

    return click.Command(
        dashed(operation.id.rpartition(".")[2]),
        params=[*arguments, *options, *more, *common],
        callback=callback,
        help=_help(operation),
        short_help=operation.summary,
        epilog=f"\b\nExample: {example(operation)}",
        deprecated=operation.deprecated,
    )


def _help(operation: Operation) -> str:
    key = {"secret": "needs a secret key", "any": "any key", "none": "no key"}[operation.key]
    source = _SOURCES.get(operation.source, "")
    facts = f"{operation.method} {operation.path} ({key}) {source}".rstrip()
    return "\n\n".join(part for part in (operation.summary.rstrip(".") + ".", operation.description, facts) if part)


def options_of(param: Param) -> list[click.Option]:
    """The options of a parameter; a secret has none with a value, which others could see."""
    parts = (param.description, _SOURCES.get(param.source), "(required)" if param.required else "")
    name, help_ = f"--{dashed(param.argument)}", " ".join(filter(None, parts))
    if is_secret(param):
        return [
            click.Option(
                [f"{name}-stdin", f"{param.argument}_stdin"], is_flag=True, help=f"Read it from standard input. {help_}"
            )
        ]
    if param.type == "boolean":
        return [click.Option([f"{name}/--no-{name[2:]}", param.argument], default=None, help=help_)]
    several = param.type in {"array", "object"}
    if several:
        help_ = f"{help_} (repeatable)"
    return [
        click.Option(
            [name, param.argument], type=type_of(param), multiple=several, default=None, help=help_, required=False
        )
    ]


def is_secret(param: Param) -> bool:
    """Whether a parameter must not be on the command line."""
    return param.secret


def _own_options(operation: Operation) -> Iterable[click.Option]:
    """The options that commands of operations have beside those of their parameters."""
    body = [p for p in operation.params if p.location == "body"]
    nullable = [dashed(p.argument) for p in body if p.nullable]
    if body or body_argument(operation):
        yield click.Option(
            ["--input", "input_"],
            type=Json(),
            metavar="JSON|@FILE|-",
            help="The whole body as JSON, from a file, or from standard input; other options replace its fields.",
        )
    if nullable:
        yield click.Option(
            ["--clear"], multiple=True, type=click.Choice(nullable), help="Set a field to null (repeatable)."
        )
    if operation.is_list:
        yield click.Option(
            ["--max-items"], type=click.IntRange(min=1), metavar="N", help="How many to show; 30 by default."
        )
        yield click.Option(["--all", "all_"], is_flag=True, help="Show all.")
    if operation.method not in {"GET", "HEAD"}:
        yield click.Option(
            ["--idempotency-key"], metavar="KEY", help="Do it once, however often it is sent with this key."
        )
        yield click.Option(["--yes", "-y"], is_flag=True, help="Do not ask.")
    if any(p.values for p in operation.params):
        yield click.Option(["--unchecked"], is_flag=True, is_eager=True, help="Send values that are not known here.")
    yield click.Option(["--curl"], is_flag=True, help="Send nothing; write the request as a curl command.")
    yield from output_options()


def output_options() -> Iterable[click.Option]:
    """The options that say what is written."""
    yield click.Option(
        ["--output", "-o"],
        type=click.Choice(("table", "sheet", "json", "jsonl", "tsv", "csv", "ids")),
        help="Default: a table or a sheet on a terminal, else JSON lines.",
    )
    yield click.Option(["--json", "json_"], is_flag=True, help="The same as --output json.")
    yield click.Option(["--fields"], metavar="A,B.C", help="Only these fields, in this order.")


def example(operation: Operation) -> str:
    """A command line that works, with made-up values for what is required."""
    words = ["cstar", *(dashed(part) for part in operation.id.split("."))]
    for param in operation.params:
        value = _made_up(param)
        if param.location == "path":
            words.append(value)
        elif param.required and not is_secret(param):
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
        return f"<{dashed(param.argument)}>"
    return {"integer": "1", "number": "1.5", "date-time": "+30d", "date": "2026-03-01", "object": "key=text"}.get(
        kind, "text"
    )


def arguments_of(operation: Operation, values: dict[str, Any]) -> dict[str, Any]:
    """The values that click read as the arguments of an operation: those that were given, and null for cleared ones."""
    whole = body_argument(operation)
    body = values.get("input_")
    given: dict[str, Any] = {}
    if body is not None and whole:
        given[whole] = body
    elif body is not None:
        given |= _from_body(operation, body)
    for param in operation.params:
        value = values.get(param.argument)
        if value is None or value == ():
            continue
        if param.type == "object":
            value = {name: part for members in value for name, part in members.items()}
        given[param.argument] = list(value) if param.type == "array" else value
    for name in values.get("clear") or ():
        given[next(p.argument for p in operation.params if dashed(p.argument) == name)] = None
    return given


def _from_body(operation: Operation, body: Any) -> dict[str, Any]:
    names = {p.name: p.argument for p in operation.params if p.location == "body"}
    if not isinstance(body, dict):
        raise click.UsageError("--input needs to be a JSON object")
    unknown = [str(name) for name in body if name not in names]  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
    if unknown:
        raise click.UsageError(f"--input: unknown fields {', '.join(unknown)}; known are {', '.join(names)}")
    return {names[str(name)]: value for name, value in body.items()}  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
