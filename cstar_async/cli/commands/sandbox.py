"""`cstar sandbox`: the same as `python -m cstar_async.sandbox`."""

from __future__ import annotations

from cstar_async.cli.passing import passing


def _main(arguments: list[str]) -> int:
    from cstar_async.sandbox.__main__ import main

    return main(arguments, prog="cstar sandbox")


command = passing("sandbox", _main, "Run the whole service on this machine, without an account.")
