"""Deadlines: one time limit for a whole call, over all its attempts and waits."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING

from .representation import safe_repr
from .validation import check_seconds

if TYPE_CHECKING:
    from types import TracebackType

    from cstar_async.clock import Clock


def check_deadline(seconds: float) -> None:
    """Raise ValueError or TypeError unless it is a number of seconds; 0, negative and infinite ones are allowed."""
    check_seconds("deadline", seconds)


class Deadline:
    """A moment on a clock, `seconds` after the object was made."""

    __slots__ = ("_at", "_clock", "seconds")

    def __init__(self, seconds: float, clock: Clock) -> None:
        check_deadline(seconds)
        self.seconds = seconds
        self._clock = clock
        self._at = clock.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds left; negative once it has passed."""
        return self._at - self._clock.monotonic()

    @safe_repr
    def __repr__(self) -> str:
        return f"<Deadline of {self.seconds:g} s, {self.remaining():.3g} s left>"


_current: ContextVar[Deadline | None] = ContextVar("cstar_async._core.deadline", default=None)


def earliest_deadline(deadline: Deadline | None) -> Deadline | None:
    """The earlier of `deadline` and that of the block in which this code runs."""
    block = _current.get()
    if block is None:
        return deadline
    if deadline is None:
        return block
    return deadline if deadline.remaining() <= block.remaining() else block


def forget_deadline() -> None:
    """Leave the deadline block in this context only: for work that several callers share."""
    _current.set(None)


class DeadlineBlock:
    """The async context manager of `client.deadline(5)`, which limits the calls started inside it.

    Calls in tasks started inside are limited too, since tasks inherit the context; other awaits are not.
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
            raise RuntimeError("this deadline block is already entered; make a new one for each `async with`")
        self._entered = True
        self._previous = _current.get()
        deadline = Deadline(self._seconds, self._clock)
        earliest = earliest_deadline(deadline) or deadline
        _current.set(earliest)
        return earliest

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # Not reset(token), which fails in another context, for example when another task closes an async generator that
        # contains this block.
        _current.set(self._previous)
        self._entered = False
