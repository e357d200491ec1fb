"""Progress of work on many rows, which is done in chunks, each in a transaction."""

from __future__ import annotations

from typing import Final, NamedTuple

CHUNK: Final = 1_000
"""Rows in one transaction, so that deliveries do not wait for it."""


class Replayed(NamedTuple):
    """What one chunk of a replay did; `last` is where the next one begins, None after the end."""

    revived: int
    last: int | None


class PruneCursor(NamedTuple):
    """How far a prune has come: behind which (received_at, place) the next chunk begins, None when it is through."""

    bodies: tuple[float, int] | None = (-1e18, 0)  # before all times
    events: tuple[float, int] | None = (-1e18, 0)


THROUGH = PruneCursor(None, None)
