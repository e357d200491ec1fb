"""How many requests the key still has this hour.

The service allows 1,000 requests an hour per secret key and 100 per publishable key (seed). `window` has the
arithmetic; `Quota` is what a client holds, and what several clients of one key may share.
"""

from __future__ import annotations

import asyncio
import logging
import math
from typing import TYPE_CHECKING, Final

from cstar_async._core.rate_limit import REMAINING, RESET, read_count, read_rate_limit
from cstar_async._core.representation import safe_repr
from cstar_async.errors import ConfigError

from .bulk_pacing import RESERVE
from .window import DEFAULT_WINDOW, Window

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cstar_async._core.rate_limit import KeyKind, Priority
    from cstar_async.clock import Clock

logger = logging.getLogger("cstar_async")

ASSUMED_LIMITS: Final[dict[KeyKind, int]] = {"secret": 1000, "publishable": 100}
LONGEST_WAIT: Final = 60.0
"""Seconds that a call without a deadline waits for the next window before it gives up."""


class Quota:
    """The request budget of one key. Give the same one to several clients of the same key and loop to share it.

    `SharedQuota` is one for many processes.

    Args:
        reserve: The share of each window that work of priority `"bulk"` leaves to interactive calls.
    """

    def __init__(self, *, reserve: float = RESERVE) -> None:
        if not isinstance(reserve, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"reserve is a share of the limit, got {type(reserve).__name__}")
        if not 0 <= reserve < 1:
            raise ValueError(f"reserve is a share of the limit, from 0 to less than 1, got {reserve!r}")
        self._share = reserve
        self._identity = ""
        self._window: Window | None = None
        self._reset: str | None = None
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def limit(self) -> int | None:
        """Requests per window: the service's word, before that the key kind's limit; None before a client has it."""
        return None if self._window is None else self._window.limit

    @property
    def remaining(self) -> int | None:
        """Requests that may be sent now; None before a client has it."""
        return None if self._window is None else self._window.remaining

    @property
    def in_flight(self) -> int:
        """Requests sent and not answered yet."""
        return 0 if self._window is None else self._window.in_flight

    @property
    def reserve(self) -> int | None:
        """Requests of a window that bulk work leaves; None before a client has it."""
        return None if self._window is None else self._window.pace.kept(self._window.limit)

    def assume(self, kind: KeyKind, identity: str = "") -> None:
        """Expect the limit of this kind of key, until an answer says better. `identity` stands for the key itself.

        Raises ConfigError if it counts for another key already.
        """
        if self._identity not in {"", identity}:
            raise ConfigError("a Quota is for one key, and this one is in use with another; make one for each key")
        self._identity = identity
        if self._window is None:
            self._window = Window(ASSUMED_LIMITS[kind], self._share)

    def wait(self, now: float, priority: Priority, *, server_requested: bool = False) -> float:
        """Seconds until a request may go: 0 for now, infinity if only the next answer can tell.

        `server_requested` is whether the service itself has named this moment, in a Retry-After. Then what it said of
        its window before is moot.
        """
        return 0.0 if server_requested or self._window is None else self._window.wait(now, priority)

    async def admit(self, priority: Priority, clock: Clock, patience: float) -> float:
        """Return 0 as soon as a request may go; if that is not within `patience` seconds, how far off it is."""
        last = clock.monotonic() + patience
        while wait := self.wait(now := clock.monotonic(), priority):
            left = last - now
            if math.isinf(wait):
                # Nothing is known of the window until a request in flight is answered.
                if left > 0 and await self.changed(left):
                    continue
                return DEFAULT_WINDOW
            if wait >= left:
                return wait
            logger.log(logging.INFO if wait > 1 else logging.DEBUG, "%.1f s of waiting for the quota", wait)
            await clock.sleep(wait)
        return 0.0

    def begin(self, now: float = 0.0, priority: Priority = "interactive") -> int:
        """Count one request as in flight. Returns what `end` needs back."""
        return 0 if self._window is None else self._window.begin(now, priority)

    async def seconds_for(self, requests: int, now: float) -> float:
        """About how long that many bulk requests take from now, as the quota stands."""
        window = self._window or Window(ASSUMED_LIMITS["secret"], self._share)
        return window.seconds_for(requests, now)

    def end(self, generation: int, headers: Mapping[str, str] | None, now: float) -> None:
        """Count it as over, and learn from the headers of its answer, if there was one."""
        window = self._window
        if window is None:
            return
        window.in_flight -= 1
        if headers is not None:
            if generation == window.generation:
                window.told = True
            remaining, reset = headers.get(REMAINING), headers.get(RESET)
            if window.ends_at is not None and reset is not None and reset == self._reset:
                # The usual case, kept short: another answer of a window whose end is known.
                left = read_count(remaining)
                if left is not None and left < window.left:
                    window.left = left
            elif (rate := read_rate_limit(headers)) is not None:
                window.learn(rate, headers.get("Date"), generation, now)
                if rate.reset == window.reset:
                    self._reset = reset
        if self._waiting:
            self._wake()

    def _wake(self) -> None:
        for future in self._waiting:
            future.set_result(None)
        self._waiting.clear()

    async def changed(self, timeout: float) -> bool:  # noqa: ASYNC109  # asyncio.wait's own, and it does not raise
        """Wait until a request has ended; False if none has within `timeout` (real) seconds."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        try:
            await asyncio.wait({future}, timeout=None if math.isinf(timeout) else timeout)
        finally:
            if not future.done():
                self._waiting.remove(future)
        return future.done()

    @safe_repr
    def __repr__(self) -> str:
        return f"<Quota: {self.remaining} of {self.limit} left, {self.in_flight} in flight>"
