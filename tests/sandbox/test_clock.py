"""The clock that stands still."""

from __future__ import annotations

import asyncio

import pytest

from cstar_async.sandbox import VirtualClock
from cstar_async.sandbox.clock import iso_time


def test_it_stands_still_and_advances() -> None:
    """Time passes when told to, and only then."""
    clock = VirtualClock(1000)
    clock.advance(seconds=1, minutes=1, hours=1, days=1)
    assert (clock.time(), clock.monotonic()) == (1000 + 90061, 90061)


def test_it_does_not_go_back() -> None:
    """A step back would break every promise about order."""
    with pytest.raises(ValueError, match="forward"):
        VirtualClock().advance(seconds=-1)


async def test_sleep_moves_it() -> None:
    """A nap costs no real time."""
    clock = VirtualClock()
    async with asyncio.timeout(1):
        await clock.sleep(3600)
    assert clock.monotonic() == 3600


async def test_sleepers_wake_in_the_order_of_their_naps() -> None:
    """Naps at the same time overlap, and the shortest ends first."""
    clock = VirtualClock()
    woken: list[tuple[float, float]] = []

    async def nap(seconds: float) -> None:
        await clock.sleep(seconds)
        woken.append((seconds, clock.monotonic()))

    await asyncio.gather(nap(60), nap(1), nap(30), nap(1))
    assert woken == [(1, 1), (1, 1), (30, 30), (60, 60)]


async def test_a_cancelled_sleeper_is_forgotten() -> None:
    """A nap that was given up must not hold up the others."""
    clock = VirtualClock()
    task = asyncio.create_task(clock.sleep(1))
    other = asyncio.create_task(clock.sleep(2))
    await asyncio.sleep(0)
    task.cancel()
    async with asyncio.timeout(1):
        await other
    assert clock.monotonic() == 2


def test_a_running_clock_follows_real_time() -> None:
    """For people, seconds pass by themselves."""
    clock = VirtualClock(0, running=True)
    first = clock.monotonic()
    while clock.monotonic() == first:
        pass
    assert clock.time() > first


def test_moments_are_written_as_the_service_does() -> None:
    """ISO 8601, UTC, milliseconds, Z."""
    assert iso_time(1_711_800_000.5) == "2024-03-30T12:00:00.500Z"
