"""The virtual clock."""

from __future__ import annotations

import asyncio
import threading

import pytest

from cstar_async.sandbox import VirtualClock
from cstar_async.sandbox.clock import iso_time


def test_it_stands_still_and_advances() -> None:
    """Time passes only when the clock is advanced."""
    clock = VirtualClock(1000)
    clock.advance(seconds=1, minutes=1, hours=1, days=1)
    assert (clock.time(), clock.monotonic()) == (1000 + 90061, 90061)


def test_it_does_not_go_back() -> None:
    """The clock cannot be set back."""
    with pytest.raises(ValueError, match="only moves forward"):
        VirtualClock().advance(seconds=-1)


def test_it_does_not_pass_the_year_9000() -> None:
    """The clock refuses to go beyond the year 9000."""
    clock = VirtualClock()
    for step in ({"days": 10_000_000.0}, {"seconds": 1e300}, {"hours": float("inf")}):
        with pytest.raises(ValueError, match="beyond the year 9000"):
            clock.advance(**step)
    with pytest.raises(ValueError, match="only moves forward"):
        clock.advance(seconds=float("nan"))
    clock.advance(days=365 * 6_900)
    assert iso_time(clock.time()).startswith("89")


async def test_a_sleep_advances_it() -> None:
    """A sleep advances the clock and takes no real time."""
    clock = VirtualClock()
    async with asyncio.timeout(60):
        await clock.sleep(3600)
    assert clock.monotonic() == 3600


async def test_concurrent_sleeps_end_in_order() -> None:
    """Sleeps at the same time overlap, and the shortest ends first."""
    clock = VirtualClock()
    ended: list[tuple[float, float]] = []

    async def sleep(seconds: float) -> None:
        await clock.sleep(seconds)
        ended.append((seconds, clock.monotonic()))

    await asyncio.gather(sleep(60), sleep(1), sleep(30), sleep(1))
    assert ended == [(1, 1), (1, 1), (30, 30), (60, 60)]


async def test_a_cancelled_sleep_does_not_delay_others() -> None:
    """A cancelled sleep does not delay other sleeps."""
    clock = VirtualClock()
    task = asyncio.create_task(clock.sleep(1))
    other = asyncio.create_task(clock.sleep(2))
    await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(60):
        await other
    assert clock.monotonic() == 2


def test_a_running_clock_follows_real_time() -> None:
    """A running clock follows real time."""
    clock = VirtualClock(0, running=True)
    first = clock.monotonic()
    while clock.monotonic() == first:
        pass
    assert clock.time() > first


async def test_an_advance_in_another_thread_wakes_waiting_tasks() -> None:
    """Advancing the clock in another thread wakes the tasks that wait for it."""
    clock = VirtualClock(0)
    waiting = asyncio.create_task(clock.reached(3600))
    await asyncio.sleep(0)
    await asyncio.to_thread(clock.advance, hours=1)
    async with asyncio.timeout(60):
        await waiting
    assert clock.time() == 3600


async def test_waiters_of_a_closed_loop_are_ignored() -> None:
    """Waiters of a closed event loop do not keep the clock from advancing."""
    clock = VirtualClock(0)

    def leave_a_waiter() -> None:
        loop = asyncio.new_event_loop()
        waiting = clock.reached(1)
        loop.run_until_complete(asyncio.sleep(0))
        task = loop.create_task(waiting)
        loop.run_until_complete(asyncio.sleep(0))
        clock._moves.add(loop.create_future())
        task.cancel()
        loop.run_until_complete(asyncio.gather(task, return_exceptions=True))
        loop.close()

    await asyncio.to_thread(leave_a_waiter)
    clock.advance(seconds=1)
    assert clock.time() == 1


def test_sleeps_in_several_threads_all_end() -> None:
    """Sleeps in several threads all end, and overlap or add up."""
    clock = VirtualClock(0)

    async def sleep_each(lengths: range) -> None:
        for length in lengths:
            await clock.sleep(length)

    threads = [threading.Thread(target=asyncio.run, args=(sleep_each(range(100)),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
        assert not thread.is_alive()
    # Concurrent sleeps overlap, consecutive ones do not: at least the sum of one thread, at most of all.
    assert sum(range(100)) <= clock.monotonic() <= 4 * sum(range(100))
    assert clock._sleepers == []


async def test_advances_in_several_threads_add_up() -> None:
    """Advances in several threads add up."""
    clock = VirtualClock(0)

    def advance() -> None:
        for _ in range(2000):
            clock.advance(seconds=1)

    await asyncio.gather(*(asyncio.to_thread(advance) for _ in range(4)))
    assert clock.monotonic() == 8000


def test_times_are_written_in_iso_8601() -> None:
    """Times are written as ISO 8601 in UTC, with milliseconds and Z."""
    assert iso_time(1_711_800_000.5) == "2024-03-30T12:00:00.500Z"
