"""Errors in groups, as task groups raise them: what becomes of the event, and what the dead letter says."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async.errors import DecodeError, LeaseLostError
from cstar_async.webhooks import Event, EventDispatcher, RejectEvent, RetryLater
from cstar_async.webhooks.inbox.records import Lease, State
from cstar_async.webhooks.processing.retry_policy import ATTEMPTS, RETRY_DELAYS, outcome_of

from .deliveries import deliver
from .waiting import settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clock import ManualClock


def group(*errors: BaseException) -> BaseException:
    """A group of errors."""
    return BaseExceptionGroup("several", errors)


def lease(attempt: int = 1) -> Lease:
    """A lease of an event at some attempt."""
    return Lease("g", "lane", 1, 1, attempt, "evt_1", "ticket.updated", 0.0, False, b"{}")


def caused(error: Exception, cause: Exception) -> Exception:
    """An error that was raised from another."""
    error.__cause__ = cause
    return error


RULINGS: list[tuple[BaseException, State, float | None]] = [
    (group(RejectEvent("no")), State.DEAD, None),
    (group(group(group(RejectEvent("no")))), State.DEAD, None),
    (group(ValueError("x"), RejectEvent("no")), State.DEAD, None),
    (group(RetryLater(after=60), RejectEvent("no")), State.DEAD, None),
    (group(asyncio.CancelledError(), RejectEvent("no")), State.DEAD, None),
    (group(RetryLater(after=60)), State.PENDING, 60),
    (group(ValueError("x"), group(RetryLater(after=60), KeyError("y"))), State.PENDING, 60),
    (group(RetryLater(after=60), RetryLater(after=600), RetryLater()), State.PENDING, 600),
    (group(RetryLater(after=0)), State.PENDING, 0),
    (group(RetryLater(), ValueError("x")), State.PENDING, RETRY_DELAYS[1]),
    (group(ValueError("x"), KeyError("y")), State.PENDING, RETRY_DELAYS[1]),
    (group(asyncio.CancelledError()), State.PENDING, RETRY_DELAYS[1]),
    (caused(ValueError("x"), RejectEvent("no")), State.PENDING, RETRY_DELAYS[1]),
    (caused(RejectEvent("no"), ValueError("x")), State.DEAD, None),
    (ExceptionGroup("several", [caused(ValueError("x"), RejectEvent("no"))]), State.PENDING, RETRY_DELAYS[1]),
]


@pytest.mark.parametrize(("error", "state", "wait"), RULINGS, ids=lambda value: repr(value)[:60])
def test_which_error_of_a_group_decides(error: BaseException, state: State, wait: float | None) -> None:
    """`RejectEvent` decides, then the longest `RetryLater`, then the usual wait; causes are not considered."""
    outcome = outcome_of(error, lease(), 100.0, lambda: 0.5)
    assert outcome.state is state
    if wait is not None:
        assert outcome.due == pytest.approx(100 + wait)
    assert outcome_of(error, lease(ATTEMPTS), 100.0, lambda: 0.5).state is State.DEAD


LEAVES = st.one_of(
    st.builds(RejectEvent, st.text(max_size=20)),
    st.builds(RetryLater, st.text(max_size=20), after=st.none() | st.floats(0, 1e6)),
    st.builds(ValueError, st.text(max_size=20)),
    st.just(asyncio.CancelledError()),
)
ERRORS = st.recursive(LEAVES, lambda inner: st.lists(inner, min_size=1, max_size=4).map(lambda each: group(*each)))


def flat(error: BaseException) -> list[BaseException]:
    """The errors of a group and of the groups in it."""
    if isinstance(error, BaseExceptionGroup):
        return [leaf for each in error.exceptions for leaf in flat(each)]
    return [error]


@given(error=ERRORS)
def test_how_errors_are_grouped_does_not_matter(error: BaseException) -> None:
    """A nested group has the outcome of its errors; the text has each reason, and no character a database refuses."""
    leaves = flat(error)
    outcome = outcome_of(error, lease(), 0.0, lambda: 0.5)
    assert (outcome.state is State.DEAD) == any(isinstance(leaf, RejectEvent) for leaf in leaves)
    waits = [leaf.after for leaf in leaves if isinstance(leaf, RetryLater) and leaf.after is not None]
    if outcome.state is State.PENDING:
        assert outcome.due == (max(waits) if waits else RETRY_DELAYS[1])
    assert outcome.error is not None
    outcome.error.encode()
    assert "\0" not in outcome.error
    for leaf in leaves:
        if isinstance(leaf, ValueError) and len(outcome.error) < 1_900:
            assert str(leaf).encode("utf-8", "replace").decode().replace("\0", "\ufffd") in outcome.error


def test_the_text_of_very_many_errors_is_short() -> None:
    """The text of a group of a hundred thousand errors has at most 2,000 characters."""
    error = group(*(ValueError(str(number)) for number in range(100_000)))
    text = outcome_of(error, lease(), 0.0, lambda: 0.5).error
    assert text is not None
    assert len(text) <= 2_000


async def run_once(events: EventDispatcher, clock: ManualClock, raises: Callable[[], BaseException]) -> None:
    """Deliver an event whose handler raises on its first attempt."""

    @events.on("*", group="g")
    async def handle(event: Event[Any]) -> None:
        if event.attempt == 1:
            raise raises()

    await deliver(events, clock, 1)
    await events.drain()


async def test_a_task_group_in_a_handler(events: EventDispatcher, clock: ManualClock) -> None:
    """`RejectEvent` from a task of a TaskGroup makes a dead letter at once."""

    async def give_up() -> None:
        raise RejectEvent("the customer is gone")

    async def fail() -> None:
        await asyncio.sleep(0)
        raise ValueError("the index is away")

    @events.on("*", group="g")
    async def handle(event: Event[Any]) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(fail())
            tasks.create_task(give_up())
            tasks.create_task(asyncio.sleep(3_600))
            await asyncio.sleep(0)

    await deliver(events, clock, 1)
    await events.drain()
    (letter,) = await events.dead_letters()
    assert letter.error is not None
    assert letter.error.startswith("the customer is gone")
    assert letter.attempts == 1


async def test_a_wait_from_a_task_group(events: EventDispatcher, clock: ManualClock) -> None:
    """`RetryLater` in a group retries the event after its own wait."""
    await run_once(events, clock, lambda: group(KeyError("x"), RetryLater(after=500)))
    clock.advance(499)
    await events.drain()
    assert (await events.stats()).groups["g"].pending == 1
    clock.advance(1)
    await events.drain()
    assert (await events.stats()).groups["g"].done == 1


async def test_a_decode_error_in_a_group(events: EventDispatcher, clock: ManualClock) -> None:
    """A DecodeError in a group makes a dead letter at once, with the other reasons in its text."""
    await run_once(events, clock, lambda: group(DecodeError("no such field", problems=[]), ValueError("and this")))
    (letter,) = await events.dead_letters()
    assert letter.error is not None
    assert letter.error.startswith("no such field")
    assert "ValueError" in letter.error
    assert "and this" in letter.error


async def test_a_lost_lease_in_a_group(events: EventDispatcher, clock: ManualClock) -> None:
    """A worker that has lost the lease does not settle the event, whatever else is in the group."""

    @events.on("*", group="g")
    async def handle(event: Event[Any]) -> None:
        raise group(RejectEvent("no"), group(LeaseLostError("lost")))

    await deliver(events, clock, 1)
    running = asyncio.create_task(events.run())
    await settled(events, "lost")
    stats = await events.stats()
    assert stats.groups["g"].dead == 0
    assert stats.groups["g"].pending == 1
    await events.close()
    await running


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt()])
async def test_an_exit_in_a_group(events: EventDispatcher, clock: ManualClock, error: BaseException) -> None:
    """SystemExit and KeyboardInterrupt in a group end the worker, and the event is pending again."""
    with pytest.raises(type(error)):
        await run_once(events, clock, lambda: group(ValueError("x"), group(error)))
    assert (await events.stats()).groups["g"].pending == 1
