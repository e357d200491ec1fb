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
"""Seconds before each retry; an event whose last attempt fails, ten hours after its arrival, is a dead letter."""
ATTEMPTS: Final = len(RETRY_DELAYS)
SPREAD: Final = 0.2
"""The fraction by which a delay varies, so that events that failed together are not retried together."""
_LONGEST_ERROR: Final = 2_000
_MOST_LEAVES: Final = 1_000
"""How many errors of a group are examined."""
_MOST_LOGGED: Final = 5


class RetryLater(Exception):  # noqa: N818  # a request of the handler, not an error
    """Raise this in a handler to have the event retried after `after` seconds; by default as after any error.

    The attempt counts, and there are nine. In an ExceptionGroup it takes precedence over other errors except
    `RejectEvent`; of several, the one with the longest `after` is used.
    """

    def __init__(self, reason: str = "the handler asked for another attempt", *, after: float | None = None) -> None:
        if after is not None:
            check_wait("after", after)
            check_finite("after", after)
        super().__init__(reason)
        self.after = after


class RejectEvent(Exception):  # noqa: N818  # a decision of the handler, not an error
    """Raise this in a handler to make the event a dead letter at once, because no attempt could succeed.

    This also works as one of several errors in an ExceptionGroup, such as a TaskGroup raises.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)


def leaves_of(error: BaseException) -> list[BaseException]:
    """Return the errors in a group and in nested groups; for any other error, the error itself.

    Causes are not examined: an error that is raised *from* a `RejectEvent` replaces it.
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
    """Return the outcome of an event whose handler raised `error`.

    In a group of errors, `RejectEvent` takes precedence, since another attempt would fail again; then `RetryLater`,
    with the longest `after`; then the usual delay applies.
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
    """Describe an error by its class and the line that raised it; safe to log, since it contains no data of the event.

    For a group, its errors are described.
    """
    return "; ".join(_unique([_where(leaf) for leaf in leaves_of(error)], _MOST_LOGGED))


def _where(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def describe(error: BaseException) -> str:
    """Describe an error for the dead letter: class, line and message, as text that every database accepts.

    For a group, its errors are described, the decisive ones first.
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
    """Join texts, without duplicates, and with the number of those left out."""
    found = list(dict.fromkeys(texts))
    return found if len(found) <= most else [*found[:most], f"{len(found) - most} more"]
