"""What users get from an outbox, and the rows behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import attrs

from cstar_async._core.representation import show_fields

if TYPE_CHECKING:
    import datetime as dt

    from cstar_async.errors import CStarError

State = Literal["queued", "sending", "done", "failed", "uncertain"]
"""`queued`: waits to be sent, for the first time or again. `sending`: on its way, or its sender has ended in the
meantime. `done`: the service says that it is done. `failed`: the service has refused it. `uncertain`: it may have been
done, and it is not safe to send it again."""


@attrs.frozen(kw_only=True)
class OutboxEntry:
    """A write in an outbox.

    Attributes:
        id: Its number, which grows with each entry.
        operation: The operation's id: `tickets.update`.
        path_args: The ids in its path, without the team's: `("tkt_1",)`.
        state: See `State`.
        team: The id of the team that it is for.
        base_url: The server that it is for.
        idempotency_key: The key under which it is sent; None for a deletion.
        attempts: How often it was given to the client to be sent.
        put_at: When it was put.
        first_attempt_at: When it may have been done for the first time; None if it has not been.
        error: The error of the last attempt; None if there is none.
        check: For an entry that failed or is uncertain, the request that shows whether it was done:
            `tickets.get("tkt_1")`; None if there is none.
    """

    id: int
    operation: str
    path_args: tuple[str, ...]
    state: State
    team: str
    base_url: str
    idempotency_key: str | None
    attempts: int
    put_at: dt.datetime
    first_attempt_at: dt.datetime | None
    error: str | None
    check: str | None

    __repr__ = show_fields


@attrs.frozen(kw_only=True)
class OutboxResult:
    """What became of an entry in a `flush`.

    Attributes:
        id: The entry's id.
        ok: Whether the write is done.
        value: The service's result, as parsed JSON; None if it is not done, or if a deletion had been done before.
        error: Why it is not done; None if it is.
        state: The entry's state now: an entry that is `queued` will be sent again by the next `flush`.
    """

    id: int
    ok: bool
    value: Any
    error: CStarError | ValueError | TypeError | None
    state: State

    __repr__ = show_fields


@attrs.frozen(kw_only=True)
class OutboxStats:
    """How many entries are in each state. Those that are done are counted for a week."""

    queued: int = 0
    sending: int = 0
    done: int = 0
    failed: int = 0
    uncertain: int = 0

    __repr__ = show_fields


class Owner(NamedTuple):
    """Whose entries a client puts and sends."""

    server: str
    team: str
    sender: str
    """A hash of the client's API key, to which the service binds idempotency keys."""


class NewEntry(NamedTuple):
    """An entry to be put."""

    owner: Owner
    operation: str
    path: str
    """A JSON array of strings."""
    query: str
    """A JSON object of strings, and of arrays for names with several values."""
    body: bytes | None
    digest: bytes
    key: str | None
    lane: str
    halts: bool
    in_doubt: bool
    """Whether it may have been done already."""


class Claimed(NamedTuple):
    """An entry that this process sends now."""

    number: int
    operation: str
    path: str
    query: str
    body: bytes | None
    key: str | None
    attempts: int
    """How often it was sent before."""
    first_attempt: float | None
    """When it may have been done for the first time, seconds since 1970; None if it cannot have been done."""
    sender: str | None


class Until(NamedTuple):
    """Which entries are sent in a round."""

    due: float
    """Those that are due by then, seconds since 1970."""
    newest: int = 2**63 - 1
    """Those with at most this number: without it, a round would not end while entries are put."""


class Settlement(NamedTuple):
    """The new state of an entry that was sent."""

    number: int
    state: State
    error: str | None = None
    in_doubt: bool = False
    due: float = 0.0
    """For a queued entry: when to send it again, seconds since 1970."""
