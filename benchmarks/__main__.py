"""`python -m benchmarks [decode http ...] [--quick]`: measure, print and write the tables, all of them by default."""

from __future__ import annotations

import argparse
import importlib
import os

from .report import publish
from .rounds import CLIENT_CORE, pin

TABLES = (
    "decode",
    "http",
    "pages",
    "gather",
    "start",
    "cli",
    "growth",
    "bulk",
    "sandbox",
    "webhooks",
    "backlog",
    "outbox",
)


def main() -> None:
    """Run the named tables, by default all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="What the client and the sandbox cost.")
    parser.add_argument("tables", nargs="*", metavar="table", help=f"one of {', '.join(TABLES)}; all by default")
    parser.add_argument("--quick", action="store_true", help="few rounds, and no result files are written")
    arguments = parser.parse_args()
    unknown = set(arguments.tables) - set(TABLES)
    if unknown:
        parser.error(f"no such table: {', '.join(sorted(unknown))}")
    # Set in many containers; with it each import compiles the source again, which is not to be measured.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    pin(CLIENT_CORE)
    for name in arguments.tables or TABLES:
        module = importlib.import_module(f".{name}", __package__)
        for table in module.tables(quick=arguments.quick):
            publish(table, write=not arguments.quick)


if __name__ == "__main__":
    main()
