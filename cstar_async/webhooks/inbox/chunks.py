"""Progress of maintenance of many rows, which is done in chunks, each in its own transaction."""

from __future__ import annotations

from typing import Final, NamedTuple

CHUNK: Final = 1_000
"""Rows in one transaction, so that deliveries do not wait for it."""


class Replayed(NamedTuple):
    """What one chunk of a replay did; `last` is where the next one begins, None after the end."""

    revived: int
    last: int | None


class PruneCursor(NamedTuple):
    """Progress of a prune: the (received_at, place) after which the next chunk begins, None at the end."""

    bodies: tuple[float, int] | None = (-1e18, 0)  # before all times
    events: tuple[float, int] | None = (-1e18, 0)


THROUGH = PruneCursor(None, None)
