"""The `cstar` command line: every operation of the API, and commands of its own for logging in, listening and logs."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; the arguments are those of the process by default."""
    try:
        import_module("click")  # an extra that may be missing
        from .root import run

        reconfigure = getattr(sys.stdout, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")  # a terminal may lack the characters of a customer's text
        return run(sys.argv[1:] if arguments is None else list(arguments))
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.stderr.write("cstar: the command line needs an extra: pip install 'cstar-async[cli]'\n")
        return 1
    except KeyboardInterrupt:  # also while modules load
        if sys.stderr is not None and sys.stderr.isatty():
            sys.stderr.write("\n")  # the shell's prompt goes below the ^C
        return 130
