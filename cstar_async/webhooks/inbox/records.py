"""What goes into an inbox and comes out of it. Plain records."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class Incoming(NamedTuple):
    """An event on its way into the inbox."""

    id: str
    type: str
    team_id: str
    created_at: float
    """Unix seconds, from the signed body."""
    ordering_key: str
    """Events with the same key are handled one at a time and in order, within an ordered group."""
    body: bytes
    """As it came; UTF-8 text."""
    known: bool = True
    """Whether this version of the package knows the type."""
    synthetic: bool = False
    """Made by `reconcile`, not delivered."""


class Group(NamedTuple):
    """Who handles what: each event that one of the patterns means is handled once in each group."""

    name: str
    patterns: tuple[str, ...]
    ordered: bool = True


class Lease(NamedTuple):
    """One event of one group, lent out for a while. The token fences: only its holder can settle the event."""

    group: str
    ordering_key: str
    """That of the event; in a group that is not ordered, one of its own."""
    sequence: int
    """Where the event stands in the order in which events were accepted."""
    token: int
    attempt: int
    """1 for the first; counted when the lease was given, so that a crash is an attempt too."""
    event_id: str
    type: str
    received_at: float
    synthetic: bool
    body: bytes


class State(IntEnum):
    """Where an event stands within a group."""

    PENDING = 0
    DONE = 1
    DEAD = 2


class Outcome(NamedTuple):
    """What came of a lease."""

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
    """Where the event stands in the order in which events were accepted."""
    event_id: str
    type: str
    team_id: str
    attempts: int
    error: str | None
    received_at: float
    died_at: float


class GroupStats(NamedTuple):
    """The work of one group as it stands."""

    pending: int
    """Not done yet: due, leased, or waiting for a retry or for an earlier event."""
    leased: int
    """Lent out; one whose holder was killed counts until another worker takes it over."""
    dead: int
    done: int
    """As long as it is remembered."""
    oldest: float | None
    """When the oldest pending event was received, Unix seconds."""


class Seen(NamedTuple):
    """That an event is in the inbox."""

    type: str
    ordering_key: str
    created_at: float


class Pruned(NamedTuple):
    """What was forgotten."""

    bodies: int
    """Events whose content was removed; their ids are still known."""
    events: int
    """Events that are gone, ids and all."""
