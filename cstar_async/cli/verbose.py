"""What `-v` writes to standard error: each answer, each retry, and at the end what is left of the quota."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from cstar_async._core.representation import safe_repr
from cstar_async._quota.quota import budget_of

from .notes import note

if TYPE_CHECKING:
    from collections.abc import Callable

    import click

    from cstar_async.client import CStarClient


class _Lines(logging.Handler):
    """Writes records to standard error, if that can be written."""

    @safe_repr
    def __repr__(self) -> str:
        return super().__repr__()

    def emit(self, record: logging.LogRecord) -> None:
        note(self.format(record))


def start(ctx: click.Context, count: int, client_of: Callable[[], CStarClient | None]) -> None:
    """Write the log of the client until a context is closed, and from a count of 2 on that of all libraries."""
    logger, handler = logging.getLogger("cstar_async" if count < 2 else None), _Lines()
    levels = [(each, each.level) for each in (logger, logging.getLogger("cstar_async"))]
    handler.setFormatter(logging.Formatter("%(message)s" if count < 2 else "%(name)s: %(message)s"))
    logger.addHandler(handler)
    for each, _ in levels:
        each.setLevel(logging.DEBUG)

    def stop() -> None:
        logger.removeHandler(handler)
        for each, level in levels:
            each.setLevel(level)
        client = client_of()
        if client is not None:
            note(f"quota: {quota_left(client) or 'not known'}")

    ctx.call_on_close(stop)


def quota_left(client: CStarClient) -> str:
    """What is left of the quota, as the service said; empty if it has not."""
    quota = client.quota
    window = budget_of(quota).window
    if window is None or window.ends_at is None:
        return ""
    return f"{quota.remaining:,} of {quota.limit:,} requests of this hour are left"
