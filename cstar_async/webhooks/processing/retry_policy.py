"""When a failed event is tried again. Pure: time and randomness are passed in."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Final

from cstar_async._core.validation import check_finite, check_wait
from cstar_async.webhooks.inbox.records import Outcome, State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cstar_async.webhooks.inbox.records import Lease

RETRY_DELAYS: Final = (0.0, 2.0, 10.0, 60.0, 300.0, 900.0, 3_600.0, 10_800.0, 21_600.0)
"""Seconds before each attempt; an event that fails at the last, ten hours after its arrival, is a dead letter."""
ATTEMPTS: Final = len(RETRY_DELAYS)
SPREAD: Final = 0.2
"""By what fraction a wait varies, so that events that failed together are not retried together."""
_LONGEST_ERROR: Final = 2_000
_MOST_LEAVES: Final = 1_000
"""Errors of a group that are looked at."""
_MOST_LOGGED: Final = 5


class RetryLater(Exception):  # noqa: N818  # a request of the handler, not an error
    """Raised by a handler that wants the event again, `after` seconds from now; by default as after any error.

    The attempt counts: there are nine. In an ExceptionGroup it decides, unless there is a `RejectEvent` too; of several
    the one with the longest `after` does.
    """

    def __init__(self, reason: str = "the handler asked for another attempt", *, after: float | None = None) -> None:
        if after is not None:
            check_wait("after", after)
            check_finite("after", after)
        super().__init__(reason)
        self.after = after


class RejectEvent(Exception):  # noqa: N818  # a decision of the handler, not an error
    """Raised by a handler that can never handle the event: it becomes a dead letter at once.

    Also if it is one of several errors in an ExceptionGroup, as a TaskGroup raises them.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


def leaves_of(error: BaseException) -> list[BaseException]:
    """The errors in a group, and in groups within it; of any other error itself.

    Causes are not looked at: an error that is raised *from* a `RejectEvent` replaces it.
    """
    found: list[BaseException] = []
    waiting = [error]
    while waiting and len(found) < _MOST_LEAVES:
        each = waiting.pop()
        if isinstance(each, BaseExceptionGroup):
            waiting.extend(reversed(each.exceptions))  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]
        else:
            found.append(each)
    return found


def outcome_of(error: BaseException, lease: Lease, now: float, chance: Callable[[], float]) -> Outcome:
    """The outcome of an event whose handler raised `error`.

    Of several errors in a group, `RejectEvent` decides: another attempt would fail at the same part again.
    Otherwise `RetryLater` decides, with the longest `after`. Otherwise the usual wait applies.
    """
    leaves = leaves_of(error)
    if lease.attempt >= ATTEMPTS or any(isinstance(leaf, RejectEvent) for leaf in leaves):
        return Outcome(State.DEAD, error=describe(error))
    waits = [leaf.after for leaf in leaves if isinstance(leaf, RetryLater) and leaf.after is not None]
    after = max(waits, default=None)
    if after is None:
        after = RETRY_DELAYS[lease.attempt] * (1 - SPREAD + 2 * SPREAD * chance())
    return Outcome(State.PENDING, now + after, describe(error))


def where(error: BaseException) -> str:
    """The class of an error and the line that raised it: this can be logged, since it contains nothing of the event.

    Of a group, those of the errors in it.
    """
    return "; ".join(_unique([_where(leaf) for leaf in leaves_of(error)], _MOST_LOGGED))


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def describe(error: BaseException) -> str:
    """An error for the dead letter: class, place and message, as text that every database accepts.

    Of a group, those of the errors in it, the deciding ones first.
    """
    leaves = sorted(
        leaves_of(error),
        key=lambda leaf: 0 if isinstance(leaf, RejectEvent) else 1 if isinstance(leaf, RetryLater) else 2,
    )
    return "; ".join(_unique([_describe(leaf) for leaf in leaves], _MOST_LEAVES))[:_LONGEST_ERROR]


def _describe(error: BaseException) -> str:
    try:
        message = str(error)
    except Exception:
        message = "(its message cannot be read)"
    text = message if isinstance(error, (RejectEvent, RetryLater)) else f"{_where(error)}: {message}"
    return text.encode("utf-8", "replace").decode().replace("\0", "\ufffd")[:_LONGEST_ERROR]


def _unique(texts: Sequence[str], most: int) -> list[str]:
    """The texts, each once, and how many more there are."""
    found = list(dict.fromkeys(texts))
    return found if len(found) <= most else [*found[:most], f"{len(found) - most} more"]
