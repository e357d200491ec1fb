"""`cstar inbox`: the same as `python -m cstar_async.webhooks`."""

from __future__ import annotations

from cstar_async.cli.passing import passing


def _main(arguments: list[str]) -> int:
    from cstar_async.webhooks.__main__ import main

    return main(arguments, prog="cstar inbox")


command = passing("inbox", _main, "Look into an inbox of webhook events, and repair it.")
