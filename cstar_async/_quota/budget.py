"""The request budget of one key, as the sending side uses it: `Quota` is what users see of it.

cStar documents 1,000 requests an hour per secret key and 100 per publishable key. `window` has the arithmetic.
"""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING, Final

from cstar_async._core.rate_limit import REMAINING, RESET, read_count, read_rate_limit
from cstar_async.errors import ConfigError

from .window import DEFAULT_WINDOW, Window

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async._core.rate_limit import KeyKind, Priority
    from cstar_async.clock import Clock

logger = logging.getLogger("cstar_async")

ASSUMED_LIMITS: Final[dict[KeyKind, int]] = {"secret": 1000, "publishable": 100}
LONGEST_WAIT: Final = 60.0
"""Seconds for which a call without a deadline waits for the next window."""


class Budget:
    """The request budget of one key in one process.

    Args:
        reserve: The share of each window that bulk work leaves to interactive calls.

    Raises:
        TypeError: `reserve` is not a number.
        ValueError: `reserve` is out of range.
    """

    def __init__(self, reserve: float) -> None:
        if not isinstance(reserve, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"reserve must be a share of the limit, got {type(reserve).__name__}")
        if not 0 <= reserve < 1:
            raise ValueError(f"reserve must be a share of the limit, from 0 to less than 1, got {reserve!r}")
        self._reserve = reserve
        self._identity = ""
        self.window: Window | None = None
        """None until the kind of key is known."""
        self._reset: str | None = None
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def limit(self) -> int | None:
        """Requests per window; None until the kind of key is known."""
        return None if self.window is None else self.window.limit

    @property
    def remaining(self) -> int | None:
        """Requests that may be sent now; None until the kind of key is known."""
        return None if self.window is None else self.window.remaining

    @property
    def in_flight(self) -> int:
        """Requests sent and not answered yet."""
        return 0 if self.window is None else self.window.in_flight

    def assume(self, kind: KeyKind, identity: str = "") -> None:
        """Assume the limit of this kind of key until an answer states it.

        Args:
            kind: Secret or publishable.
            identity: A hash of the key.

        Raises:
            ConfigError: The budget is in use with another key.
        """
        if self._identity not in {"", identity}:
            raise ConfigError("a Quota is for one key, and this one is in use with another; make one for each key")
        self._identity = identity
        if self.window is None:
            self.window = Window(ASSUMED_LIMITS[kind], self._reserve)

    def wait(self, now: float, priority: Priority, *, server_requested: bool = False) -> float:
        """Seconds until a request may be sent: 0 for now, infinity if that depends on the next answer.

        `server_requested`: the service itself asked for a request now, by a Retry-After, so the window does not matter.
        """
        return 0.0 if server_requested or self.window is None else self.window.wait(now, priority)

    async def admit(self, priority: Priority, clock: Clock, max_wait: float) -> float:
        """Wait until a request may be sent, and return 0; return the seconds until then if they exceed `max_wait`."""
        last = clock.monotonic() + max_wait
        while wait := self.wait(now := clock.monotonic(), priority):
            left = last - now
            if math.isinf(wait):
                # The window is unknown until a request in flight is answered.
                if left > 0 and await self.changed(left):
                    continue
                return DEFAULT_WINDOW
            if wait >= left:
                return wait
            logger.log(logging.INFO if wait > 1 else logging.DEBUG, "waiting %.1f s for the quota", wait)
            await clock.sleep(wait)
        return 0.0

    def begin(self, now: float = 0.0, priority: Priority = "interactive") -> int:
        """Count a request as in flight. Returns the token that `end` takes."""
        return 0 if self.window is None else self.window.begin(now, priority)

    async def seconds_for(self, requests: int, now: float) -> float:
        """Estimate how long that many bulk requests take from now, in seconds."""
        window = self.window or Window(ASSUMED_LIMITS["secret"], self._reserve)
        return window.seconds_for(requests, now)

    def end(self, token: int, headers: Mapping[str, str] | None, now: float) -> None:
        """Count the request as ended, and read the rate limit headers of its answer, if there was one."""
        window = self.window
        if window is None:
            return
        window.in_flight -= 1
        if headers is not None:
            if token == window.generation:
                window.observed = True
            remaining, reset = headers.get(REMAINING), headers.get(RESET)
            if window.ends_at is not None and reset is not None and reset == self._reset:
                # The usual case, kept short: another answer in a window whose end is known.
                left = read_count(remaining)
                if left is not None and left < window.left:
                    window.left = left
            elif (rate := read_rate_limit(headers)) is not None:
                window.learn(rate, headers.get("Date"), token, now)
                if rate.reset == window.reset:
                    self._reset = reset
        if self._waiting:
            for future in self._waiting:
                future.set_result(None)
            self._waiting.clear()

    async def changed(self, max_wait: float) -> bool:
        """Wait until a request has ended; False if none ends within `max_wait` (real) seconds."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await asyncio.wait({future}, timeout=None if math.isinf(max_wait) else max_wait)
        finally:
            if not future.done():
                self._waiting.remove(future)
        return future.done()
