"""What commands share: how their output is written, and how they pass arguments on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cstar_async._core.operation import Operation

    from .output import Writer
    from .state import State


def writer_of(
    values: Mapping[str, Any],
    state: State,
    on_terminal: str,
    columns: Sequence[str] = (),
    operation: Operation | None = None,
) -> Writer:
    """The writer that the options of `output_options` ask for, or `--json` alone.

    Args:
        values: The values of the options.
        state: The common options.
        on_terminal: The form on a terminal, if none is asked for.
        columns: The fields of a table, if none are asked for.
        operation: The operation whose result is written; None if the contract does not have it.

    Raises:
        click.UsageError: The options contradict each other, a field is not in the contract, or a secret would be lost.
    """
    from .output import Writer, default_form  # take long to load

    if values.get("json_") and values.get("output") not in {None, "json"}:
        raise click.UsageError(f"--json and --output {values['output']} exclude each other")
    form = "json" if values.get("json_") else values.get("output") or default_form(on_terminal)
    fields = fields_of(values, operation)
    if operation is not None and operation.risk == "secret":
        from .fields import refuse_hidden_secrets

        refuse_hidden_secrets(operation, form, fields)
    return Writer(form, fields or columns, chosen=bool(fields), color=state.color)


def fields_of(values: Mapping[str, Any], operation: Operation | None) -> list[str]:
    """The wire names of `--fields`. Raises UsageError for one that the contract does not have."""
    fields = [name for each in (values.get("fields") or "").split(",") if (name := each.strip())]
    if not fields or operation is None:
        return fields
    from .fields import wire_fields

    return wire_fields(operation, fields, unchecked=bool(values.get("unchecked")))


def json_option() -> click.Option:
    """`--json`, for commands that write one object."""
    return click.Option(["--json", "json_"], is_flag=True, help="Write one JSON document.")


def passing(name: str, run: Callable[[list[str]], int], summary: str, example: str) -> click.Command:
    """A command that passes all of its arguments on to another command line, `--help` too."""

    def callback(**values: Any) -> int:
        try:
            return run(list(values["arguments"]))
        except SystemExit as error:  # argparse: help, and mistakes
            return error.code if isinstance(error.code, int) else int(error.code is not None)

    return click.Command(
        name,
        params=[click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)],
        callback=callback,
        context_settings={"ignore_unknown_options": True},
        add_help_option=False,
        short_help=summary,
        help=summary,
        epilog=f"Example: {example}",
    )
