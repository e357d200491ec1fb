"""Results as Markdown: printed, and written to benchmarks/results."""

from __future__ import annotations

import datetime as dt
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = Path(__file__).parent / "results"


class Table(NamedTuple):
    """One table, with what was measured."""

    name: str
    """The name of the table and of its file."""
    about: str
    """What was measured, and which row the others are compared with."""
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()

    def markdown(self) -> str:
        """The table with its title and the versions of what was measured."""
        made = (
            f"{dt.datetime.now(dt.UTC):%Y-%m-%d}, Python {platform.python_version()}, aiohttp {version('aiohttp')}, "
            f"orjson {version('orjson')}, {os.cpu_count()} cores. Medians, with the least and the greatest in brackets."
        )
        lines = [
            f"# {self.name}",
            "",
            self.about,
            "",
            made,
            "",
            f"| {' | '.join(self.head)} |",
            f"|{'---|' * len(self.head)}",
            *(f"| {' | '.join(row)} |" for row in self.rows),
        ]
        for note in self.notes:
            lines += ["", note]
        return "\n".join([*lines, ""])


def publish(table: Table, *, write: bool) -> None:
    """Print the table; with `write`, also write it to a file."""
    text = table.markdown()
    print(text)
    if write:
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{table.name}.md").write_text(text)
