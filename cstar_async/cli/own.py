"""What commands share: how their output is written, and how they pass arguments on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .output import Writer
    from .state import State


def writer_of(
    values: Mapping[str, Any],
    state: State,
    on_terminal: str,
    columns: Sequence[str] = (),
    names: Mapping[str, str] | None = None,
) -> Writer:
    """The writer that the options of `output_options` ask for, or `--json` alone.

    Args:
        values: The values of the options.
        state: The common options.
        on_terminal: The form on a terminal, if none is asked for.
        columns: The fields of a table, if none are asked for.
        names: Wire names by other names that `--fields` may have.
    """
    from .output import Writer, default_form  # take long to load

    form = "json" if values.get("json_") else values.get("output") or default_form(on_terminal)
    given = [name.strip() for name in (values.get("fields") or "").split(",")]
    fields = [(names or {}).get(name, name) for name in given if name]
    return Writer(form, fields or columns, chosen=bool(fields), color=state.color)


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
