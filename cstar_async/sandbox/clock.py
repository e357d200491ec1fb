"""A clock that stands still until it is advanced, so that tests never wait and are repeatable."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import threading
import time as real_time
from bisect import insort
from email.utils import formatdate
from functools import lru_cache
from typing import Protocol

LATEST = dt.datetime(9000, 12, 31, tzinfo=dt.UTC).timestamp()


class Clock(Protocol):
    """The clock interface that the sandbox and the client need."""

    def monotonic(self) -> float:
        """Seconds since a fixed time; never decreases."""
        ...

    def time(self) -> float:
        """Seconds since 1970 in UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return after that many seconds of this clock."""
        ...


class VirtualClock:
    """Time for the sandbox and for a client that shares its clock.

    `start` is the start time in Unix seconds, by default now. `advance()` moves the clock. `sleep()` also moves it,
    instead of waiting. With `running=True` it also follows real time, for interactive use.

    Threads and event loops may share a clock: the sandbox of a test run has its own loop.
    """

    def __init__(self, start: float | None = None, *, running: bool = False) -> None:
        self._start = current_time() if start is None else start
        self._advanced = 0.0
        self._running_since = real_time.monotonic() if running else None
        self._lock = threading.Lock()
        self._sleepers: list[float] = []
        self._moves: set[asyncio.Future[None]] = set()

    @property
    def running(self) -> bool:
        """Whether the clock also follows real time."""
        return self._running_since is not None

    def monotonic(self) -> float:
        """Seconds since the clock was made."""
        running = 0.0 if self._running_since is None else real_time.monotonic() - self._running_since
        return self._advanced + running

    def time(self) -> float:
        """Seconds since 1970 in UTC."""
        return self._start + self.monotonic()

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> None:
        """Move the clock forward.

        Raises:
            ValueError: The step is negative, or ends after the year 9000 (Python's dates end with 9999).
        """
        step = seconds + 60 * minutes + 3_600 * hours + 86_400 * days
        if not step >= 0:
            raise ValueError("the clock only moves forward; use a step of 0 or more")
        if self.time() + step > LATEST:
            raise ValueError("the clock cannot move beyond the year 9000")
        with self._lock:
            self._move(step)

    async def sleep(self, seconds: float) -> None:
        """Move the clock forward by `seconds`. Concurrent sleeps end in the order of their times."""
        with self._lock:
            target = self.monotonic() + seconds
            insort(self._sleepers, target)
        try:
            # sleep(0) also lets other tasks run, as asyncio.sleep(0) does.
            await asyncio.sleep(0)
            while not self._slept(target):  # noqa: ASYNC110  # an earlier sleep of another task must end first
                await asyncio.sleep(0)
        finally:
            with self._lock:
                self._sleepers.remove(target)

    async def reached(self, moment: float) -> None:
        """Wait until the clock reaches `moment` (Unix seconds). Unlike `sleep`, it does not move the clock."""
        moved: asyncio.Future[None]
        while True:
            with self._lock:  # so that no move between reading the time and registering is missed
                if (left := moment - self.time()) <= 0:
                    return
                moved = asyncio.get_running_loop().create_future()
                self._moves.add(moved)
            try:
                await asyncio.wait({moved}, timeout=None if self._running_since is None else left)
            finally:
                with self._lock:
                    self._moves.discard(moved)

    def _slept(self, target: float) -> bool:
        """Whether a sleep is over. Moves the clock to its end if no other sleep ends earlier."""
        with self._lock:
            while (left := target - self.monotonic()) > 0:
                if self._sleepers[0] != target:
                    return False
                self._move(left)
            return True

    def _move(self, step: float) -> None:
        """Move the clock and wake the waiters on every event loop. The caller holds the lock."""
        self._advanced += step
        running_loop = None
        with contextlib.suppress(RuntimeError):
            running_loop = asyncio.get_running_loop()
        for moved in self._moves:
            loop = moved.get_loop()
            if loop is running_loop:
                _finish(moved)
            else:
                with contextlib.suppress(RuntimeError):  # a closed loop has no waiters
                    loop.call_soon_threadsafe(_finish, moved)


def current_time() -> float:
    """Return the current time in whole Unix seconds, so that rounding to milliseconds never yields an earlier time."""
    return float(int(real_time.time()))


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def unix_time(text: str) -> float:
    """Parse an ISO 8601 time to Unix seconds; without an offset it is UTC. Raises ValueError or OverflowError."""
    time = dt.datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=dt.UTC)).timestamp()


@lru_cache(8)
def http_time(seconds: int) -> str:
    """Unix seconds as an HTTP date."""
    return formatdate(seconds, usegmt=True)


@lru_cache(64)
def iso_time(seconds: float) -> str:
    """Unix seconds in the format of cStar's times: ISO 8601 in UTC with milliseconds and `Z`."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
