"""SharedTimeout: one timer for the time limits of many waits."""

from __future__ import annotations

import asyncio

import pytest

from cstar_async.webhooks.inbox.shared_timeout import SharedTimeout

SOON = 0.01


async def test_each_wait_has_its_own_limit() -> None:
    """Waits that start at different times each end after their own limit."""
    limit = SharedTimeout(10 * SOON)
    loop = asyncio.get_running_loop()
    took: list[float] = []

    async def hang(delay: float) -> None:
        await asyncio.sleep(delay)
        begun = loop.time()
        with pytest.raises(TimeoutError):
            await limit.wait(asyncio.Event().wait())
        took.append(loop.time() - begun)

    await asyncio.gather(*(hang(delay) for delay in (0, 4 * SOON, 8 * SOON, 15 * SOON, 40 * SOON)))
    assert len(took) == 5
    assert min(took) >= 9.9 * SOON
    assert await limit.wait(asyncio.sleep(0, "done")) == "done"


async def test_the_work_is_cancelled() -> None:
    """Work that does not finish in time is cancelled."""
    ended: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("work")

    with pytest.raises(TimeoutError):
        await SharedTimeout(SOON).wait(work())
    assert ended == ["work"]
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_a_cancellation_from_outside_is_not_a_timeout() -> None:
    """A cancellation from outside is raised as CancelledError, also at the moment of the timeout."""
    limit = SharedTimeout(SOON)
    task = asyncio.create_task(limit.wait(asyncio.Event().wait()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            outer.cancel()  # at the moment of the timeout
            raise

    outer = asyncio.create_task(limit.wait(stubborn()))
    with pytest.raises(asyncio.CancelledError):
        await outer


async def test_errors_of_the_work_are_raised() -> None:
    """An error of the work is raised, and the next wait is not affected."""
    limit = SharedTimeout(SOON)

    async def fails() -> None:
        raise TypeError("no")

    with pytest.raises(TypeError, match="no"):
        await limit.wait(fails())
    assert await limit.wait(asyncio.sleep(0, 1)) == 1


def test_it_works_on_several_loops() -> None:
    """After its loop has ended, it works on another one."""
    limit = SharedTimeout(SOON)

    async def hang() -> None:
        await limit.wait(asyncio.Event().wait())

    asyncio.run(asyncio.wait_for(limit.wait(asyncio.sleep(0)), 5))
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(hang(), 5))
