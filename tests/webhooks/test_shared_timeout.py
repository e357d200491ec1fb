"""One time limit for many waits."""

from __future__ import annotations

import asyncio

import pytest

from cstar_async.webhooks.inbox.shared_timeout import SharedTimeout

SOON = 0.01


async def test_each_wait_has_its_whole_time() -> None:
    """The one timer would cut off what began later, or forget it after the first."""
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
    """What nobody waits for any more would go on."""
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


async def test_a_cancellation_from_elsewhere_is_none_of_its_own() -> None:
    """A server that is shut down would go on handling, or see a timeout where there was none."""
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
            outer.cancel()  # in the moment in which its time is up
            raise

    outer = asyncio.create_task(limit.wait(stubborn()))
    with pytest.raises(asyncio.CancelledError):
        await outer


async def test_what_the_work_raises_is_raised() -> None:
    """An error of the inbox would be taken for a timeout, and the next wait for a late one."""
    limit = SharedTimeout(SOON)

    async def fails() -> None:
        raise TypeError("no")

    with pytest.raises(TypeError, match="no"):
        await limit.wait(fails())
    assert await limit.wait(asyncio.sleep(0, 1)) == 1


def test_it_works_on_the_next_loop_too() -> None:
    """The timer of a loop that has ended would be waited for in vain, and nothing ever cut off."""
    limit = SharedTimeout(SOON)

    async def hang() -> None:
        await limit.wait(asyncio.Event().wait())

    asyncio.run(asyncio.wait_for(limit.wait(asyncio.sleep(0)), 5))
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(hang(), 5))
