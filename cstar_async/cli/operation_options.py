"""The options of an operation's command, and the arguments that they give."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from cstar_async._core.operation import body_argument

from .values import Json, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cstar_async._core.operation import Operation, Param

SOURCES: Final = {"docs": "[docs]", "inferred": "[inferred]"}
STREAMS: Final = frozenset({"events.stream"})
UNKNOWN_RISK: Final = "unknown"
"""The risk of a write that the contract does not have."""
ASKS: Final = {
    "delete": "deletes",
    "send": "is seen outside the team",
    UNKNOWN_RISK: "is a write that this version does not know",
}
"""What operations do that ask first with a live key, by their risk."""


def dashed(name: str) -> str:
    """`customer_id` as a word of a command line."""
    return name.strip("_").replace("_", "-")


def options_of(param: Param) -> list[click.Option]:
    """The options of a parameter; a secret has none with a value, which others could see."""
    parts = (param.description, SOURCES.get(param.source), "(required)" if param.required else "")
    name, help_ = f"--{dashed(param.argument)}", " ".join(filter(None, parts))
    if param.secret:
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


def without_conflicts(*groups: Iterable[click.Option]) -> list[click.Option]:
    """All options but those whose names an earlier group has: an operation may have a parameter of any name."""
    found: list[click.Option] = []
    for group in groups:
        taken = {name for option in found for name in option.opts}
        found += [option for option in group if not taken & set(option.opts)]
    return found


def own_options(operation: Operation) -> Iterable[click.Option]:
    """The options that commands of operations have beside those of their parameters."""
    body = [p for p in operation.params if p.location == "body"]
    if body or body_argument(operation):
        yield click.Option(
            ["--input", "input_"],
            type=Json(),
            metavar="JSON|@FILE|-",
            help="The whole body as JSON, from a file, or from standard input; other options replace its fields.",
        )
    yield from clear_option(body)
    if operation.is_list:
        yield click.Option(
            ["--max-items"], type=click.IntRange(min=1), metavar="N", help="How many to show; 30 by default."
        )
        yield click.Option(["--all", "all_"], is_flag=True, help="Show all.")
    if operation.method not in {"GET", "HEAD"}:
        yield from write_options()
    yield unchecked_option()
    yield curl_option()
    yield from output_options()


def clear_option(params: Iterable[Param]) -> Iterable[click.Option]:
    """`--clear`, if one of the parameters may be null, or is a list, which may be empty."""
    names = [dashed(param.argument) for param in params if param.nullable or param.type == "array"]
    if names:
        kind = click.Choice(names, case_sensitive=False)
        yield click.Option(
            ["--clear"], multiple=True, type=kind, help="Set a field to null, empty a list (repeatable)."
        )


def write_options() -> Iterable[click.Option]:
    """The options of requests that change something."""
    yield click.Option(["--idempotency-key"], metavar="KEY", help="Do it once, however often it is sent with this key.")
    yield yes_option()


def yes_option() -> click.Option:
    """`--yes`: it has been confirmed."""
    return click.Option(["--yes", "-y"], is_flag=True, help="Do not ask.")


def unchecked_option() -> click.Option:
    """`--unchecked`. Eager, since the options before it are checked, too."""
    return click.Option(["--unchecked"], is_flag=True, is_eager=True, help="Take values and fields not known here.")


def curl_option() -> click.Option:
    """`--curl`: show the request."""
    return click.Option(["--curl"], is_flag=True, help="Send nothing; write the request as a curl command.")


def output_options() -> Iterable[click.Option]:
    """The options that say what is written."""
    yield click.Option(
        ["--output", "-o"],
        type=click.Choice(("table", "sheet", "json", "jsonl", "tsv", "csv", "ids"), case_sensitive=False),
        help="Default: a table or a sheet on a terminal, else JSON lines.",
    )
    yield click.Option(["--json", "json_"], is_flag=True, help="The same as --output json.")
    yield click.Option(["--fields"], metavar="A,B.C", help="Only these fields, in this order.")


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
        param = next(p for p in operation.params if dashed(p.argument) == name)
        if param.argument in given and values[param.argument]:
            raise click.UsageError(f"--{name} and --clear {name} exclude each other")
        given[param.argument] = None if param.nullable else []
    return given


def _from_body(operation: Operation, body: Any) -> dict[str, Any]:
    names = {p.name: p.argument for p in operation.params if p.location == "body"}
    if not isinstance(body, dict):
        raise click.UsageError("--input needs to be a JSON object")
    unknown = [str(name) for name in body if name not in names]  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
    if unknown:
        raise click.UsageError(f"--input: unknown fields {', '.join(unknown)}; known are {', '.join(names)}")
    return {names[str(name)]: value for name, value in body.items()}  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
