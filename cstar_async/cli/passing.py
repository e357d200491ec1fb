"""Commands that pass their arguments on to a command line of another part of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable


def passing(name: str, run: Callable[[list[str]], int], summary: str) -> click.Command:
    """A command that passes all of its arguments on, `--help` too."""

    def callback(**values: Any) -> int:
        try:
            return run(list(values["arguments"]))
        except SystemExit as error:  # argparse: help, and mistakes
            if isinstance(error.code, str):
                click.echo(error.code, err=True)
            return error.code if isinstance(error.code, int) else int(error.code is not None)

    return click.Command(
        name,
        params=[click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)],
        callback=callback,
        context_settings={"ignore_unknown_options": True},
        add_help_option=False,
        short_help=summary,
        help=summary,
    )
