"""Deadlines: one bound for everything together, however many attempts and waits it takes."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from .representation import even_half_made
from .validation import check_seconds

if TYPE_CHECKING:
    from types import TracebackType

    from cstar_async.clock import Clock


def check_deadline(seconds: float) -> None:
    """Raise ValueError or TypeError unless it is a number of seconds; none left, or infinitely many, will do."""
    check_seconds("deadline", seconds)


class Deadline:
    """A moment on a clock, `seconds` after it was made."""

    __slots__ = ("_at", "_clock", "seconds")

    def __init__(self, seconds: float, clock: Clock) -> None:
        check_deadline(seconds)
        self.seconds = seconds
        self._clock = clock
        self._at = clock.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left; negative once it has passed."""
        return self._at - self._clock.monotonic()

    @even_half_made
    def __repr__(self) -> str:
        return f"<Deadline of {self.seconds:g} s, {self.remaining():.3g} s left>"


_current: ContextVar[Deadline | None] = ContextVar("cstar_async._core.deadline", default=None)


def earliest_deadline(one: Deadline | None) -> Deadline | None:
    """The nearer of `one` and the deadline of the block that this code runs in."""
    block = _current.get()
    if block is None:
        return one
    if one is None:
        return block
    return one if one.remaining() <= block.remaining() else block


def forget_deadline() -> None:
    """Leave the block, in this context only: for work that several callers share."""
    _current.set(None)


class DeadlineBlock:
    """What `client.deadline(5)` returns: an async context manager that bounds the calls begun inside it.

    Also those in tasks that are started inside, since these inherit the context; not the caller's own awaits.
    """

    __slots__ = ("_clock", "_entered", "_previous", "_seconds")

    def __init__(self, seconds: float, clock: Clock) -> None:
        check_deadline(seconds)
        self._entered = False
        self._seconds = seconds
        self._clock = clock
        self._previous: Deadline | None = None

    async def __aenter__(self) -> Deadline:
        if self._entered:
            raise RuntimeError("this deadline block is entered already; make one for each `async with`")
        self._entered = True
        self._previous = _current.get()
        deadline = Deadline(self._seconds, self._clock)
        nearer = earliest_deadline(deadline) or deadline
        _current.set(nearer)
        return nearer

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Not reset(token): a token is refused in any context but its own, for example when an async generator that
        # holds this block is closed by another task.
        _current.set(self._previous)
        self._entered = False
