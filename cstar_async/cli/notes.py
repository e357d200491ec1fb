"""Notes on standard error."""

from __future__ import annotations

from contextlib import suppress

import click


def note(text: str) -> None:
    """Write a line to standard error, if that can be written: a note must not fail the command."""
    with suppress(OSError):
        click.echo(text, err=True)
