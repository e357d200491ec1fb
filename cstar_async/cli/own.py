"""What the commands that are not operations share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .output import Writer, default_form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .state import State


def writer_of_own(values: Mapping[str, Any], state: State, on_terminal: str, columns: Sequence[str] = ()) -> Writer:
    """The writer that the options of `output_options` ask for, or `--json` alone."""
    form = "json" if values.get("json_") else values.get("output") or default_form(on_terminal)
    fields = [name.strip() for name in (values.get("fields") or "").split(",") if name.strip()]
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
