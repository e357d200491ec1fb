"""Records that are written to an inbox and read from it."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Incoming(NamedTuple):
    """An event to be kept."""

    id: str
    type: str
    team_id: str
    created_at: float
    """Unix seconds, from the signed body."""
    ordering_key: str
    """Events with the same key are handled one at a time and in order, within an ordered group."""
    body: bytes
    """As received; UTF-8 text."""
    known: bool = True
    """Whether this version of the package knows the type."""
    synthetic: bool = False
    """Made by `reconcile`, not delivered."""


class Group(NamedTuple):
    """A group with its patterns; it handles each event that matches one of them at least once."""

    name: str
    patterns: tuple[str, ...]
    ordered: bool = True


class Lease(NamedTuple):
    """The lease of one event in one group. Only the holder of the current token can settle the event."""

    group: str
    ordering_key: str
    """The ordering key of the event; in a group that is not ordered, one of its own."""
    sequence: int
    """The sequence number of the event, in the order of acceptance."""
    token: int
    attempt: int
    """1 for the first. Counted when the lease is given, so that a crash counts as an attempt."""
    event_id: str
    type: str
    received_at: float
    synthetic: bool
    body: bytes


class State(IntEnum):
    """The state of an event in a group."""

    PENDING = 0
    DONE = 1
    DEAD = 2


class Outcome(NamedTuple):
    """The result of handling a leased event."""

    state: State
    due: float = 0.0
    """When a pending event is due again, Unix seconds on the store's clock."""
    error: str | None = None
    counts: bool = True
    """Whether the attempt stays counted; False gives it back."""


DONE = Outcome(State.DONE)


class DeadLetter(NamedTuple):
    """An event that a group could not handle."""

    group: str
    sequence: int
    """The sequence number of the event, in the order of acceptance."""
    event_id: str
    type: str
    team_id: str
    attempts: int
    error: str | None
    received_at: float
    died_at: float


class GroupStats(NamedTuple):
    """The counts of one group's events."""

    pending: int
    """Not done yet: due, leased, or waiting for a retry or for an earlier event."""
    leased: int
    """Leased, including events whose worker was killed, until another worker takes them over."""
    dead: int
    done: int
    """Done, and not pruned."""
    oldest: float | None
    """When the oldest pending event was received, Unix seconds."""


class Seen(NamedTuple):
    """An event that is in the inbox."""

    type: str
    ordering_key: str
    created_at: float


class Pruned(NamedTuple):
    """The result of a prune."""

    bodies: int
    """Events whose content was removed; their ids are still known."""
    events: int
    """Events that were removed with their ids."""
