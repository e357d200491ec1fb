"""Deadlines: blocks, nesting, tasks and generators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest

from cstar_async._core.deadline import Deadline, DeadlineBlock, earliest_deadline, forget_deadline
from tests.support.clock import FakeClock


def test_a_deadline_counts_down() -> None:
    """The remaining time follows the given clock, also below zero."""
    clock = FakeClock()
    deadline = Deadline(5, clock)
    clock.advance(3)
    assert deadline.remaining() == 2
    assert repr(deadline) == "<Deadline of 5 s, 2 s left>"
    clock.advance(3)
    assert deadline.remaining() == -1
    with pytest.raises(ValueError, match="nan"):
        Deadline(float("nan"), clock)


@pytest.mark.parametrize(("seconds", "error"), [(float("nan"), ValueError), (10**400, ValueError), ("5", TypeError)])
def test_an_invalid_number_of_seconds_is_refused_at_once(seconds: Any, error: type[Exception]) -> None:
    """An invalid number of seconds is refused when the block is made."""
    with pytest.raises(error, match=r"deadline must be a number of seconds"):
        DeadlineBlock(seconds, FakeClock())


async def test_a_block_is_entered_once_at_a_time() -> None:
    """A block cannot be entered twice at once, and can be used again after it has ended."""
    block = DeadlineBlock(5, FakeClock())
    async with block:
        with pytest.raises(RuntimeError, match="already entered"):
            await block.__aenter__()
    assert earliest_deadline(None) is None
    async with block as again:
        assert earliest_deadline(None) is again
    assert earliest_deadline(None) is None


async def test_the_earliest_deadline_applies() -> None:
    """The earliest deadline applies, whether of an outer block, an inner block or an option."""
    clock = FakeClock()
    assert earliest_deadline(None) is None
    async with DeadlineBlock(5, clock) as outer:
        assert earliest_deadline(None) is outer
        async with DeadlineBlock(60, clock) as inner:
            assert inner is outer
        async with DeadlineBlock(1, clock) as inner:
            assert inner.remaining() == 1
            assert earliest_deadline(Deadline(0.5, clock)) is not inner
            assert earliest_deadline(Deadline(3, clock)) is inner
        assert earliest_deadline(None) is outer
    assert earliest_deadline(None) is None


async def test_tasks_started_inside_inherit_it() -> None:
    """A task keeps the deadline of the block in which it was started, also after the block."""

    async def look() -> Deadline | None:
        await asyncio.sleep(0)
        return earliest_deadline(None)

    async with DeadlineBlock(5, FakeClock()) as deadline:
        task = asyncio.create_task(look())
    assert await task is deadline


async def test_a_block_left_in_another_task_restores_and_does_not_fail() -> None:
    """A block that is left in another task ends without an error."""
    clock = FakeClock()

    async def numbers() -> AsyncGenerator[int, None]:
        async with DeadlineBlock(5, clock):
            yield 1

    generator = numbers()
    assert await anext(generator) == 1
    await asyncio.create_task(generator.aclose())


async def test_forgetting_is_local_to_its_context() -> None:
    """A task that forgets its deadline does not change the deadline of its caller."""

    async def shared() -> Deadline | None:
        forget_deadline()
        return earliest_deadline(None)

    async with DeadlineBlock(5, FakeClock()) as deadline:
        assert await asyncio.create_task(shared()) is None
        assert earliest_deadline(None) is deadline
