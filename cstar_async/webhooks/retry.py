"""When a handler that failed is tried again. Pure: time and chance are passed in."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Final

from cstar_async.amounts import check_finite, check_wait

from .stores.records import Outcome, State

if TYPE_CHECKING:
    from collections.abc import Callable

    from .stores.records import Lease

LADDER: Final = (0.0, 2.0, 10.0, 60.0, 300.0, 900.0, 3_600.0, 10_800.0, 21_600.0)
"""Seconds before each attempt; what fails at the last one is a dead letter, some ten hours after it came."""
ATTEMPTS: Final = len(LADDER)
SPREAD: Final = 0.2
"""By which part a wait is longer or shorter, so that what failed together is not tried again together."""
_LONGEST_ERROR: Final = 2_000


class Retry(Exception):  # noqa: N818 - it is what the handler asks for, not something that went wrong
    """Raised by a handler that wants the event again, `after` seconds from now; by default as after any error.

    The attempt counts: there are nine.
    """

    def __init__(self, reason: str = "the handler asked for another attempt", *, after: float | None = None) -> None:
        if after is not None:
            check_wait("after", after)
            check_finite("after", after)
        super().__init__(reason)
        self.after = after


class Dead(Exception):  # noqa: N818 - as above
    """Raised by a handler that can never handle the event: it becomes a dead letter at once."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


def outcome_of(error: BaseException, lease: Lease, now: float, chance: Callable[[], float]) -> Outcome:
    """What becomes of an event whose handler raised `error`."""
    if isinstance(error, Dead) or lease.attempt >= ATTEMPTS:
        return Outcome(State.DEAD, error=describe(error))
    after = error.after if isinstance(error, Retry) else None
    if after is None:
        after = LADDER[lease.attempt] * (1 - SPREAD + 2 * SPREAD * chance())
    return Outcome(State.PENDING, now + after, describe(error))


def where(error: BaseException) -> str:
    """The class of an error and the line that raised it: what can be logged, since it holds nothing of the event."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def describe(error: BaseException) -> str:
    """An error for the dead letter: class, place and message, as text that every database takes."""
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 - an error's own __str__ may fail
        message = "(its message cannot be read)"
    text = message if isinstance(error, (Dead, Retry)) else f"{where(error)}: {message}"
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")[:_LONGEST_ERROR]
