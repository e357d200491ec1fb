"""The connections of a session, handed out in the order in which they are asked for."""

from __future__ import annotations

import asyncio
import math
from collections import Counter
from typing import TYPE_CHECKING, Final
from weakref import WeakKeyDictionary

from cstar_async.errors import ConfigError

if TYPE_CHECKING:
    import aiohttp


class ConnectionLimiter:
    """Counts the connections in use. Calls queue here, since aiohttp counts its own queue as time of an attempt.

    Taking a free connection is a plain call, not a coroutine, since it is on the path of every request. All clients
    that share a connector share its limiter.
    """

    __slots__ = ("_counts_hosts", "_free", "_limit", "_per_host", "_streams", "_used", "_waiting")

    def __init__(self, limit: float, per_host: float = math.inf) -> None:
        """Begin with all connections free.

        Args:
            limit: How many connections there may be at once; infinity for no limit.
            per_host: How many of them to one host; infinity for no limit.
        """
        self._limit: Final = limit
        self._per_host: Final = per_host
        self._counts_hosts: Final = per_host != math.inf
        self._free = limit
        self._used: Counter[str] = Counter()
        """Connections in use to each host; counted only if `per_host` is finite."""
        self._streams = 0
        """Connections of event streams, which are in use for an unlimited time."""
        self._waiting: dict[asyncio.Future[None], str] = {}
        """The waiters with their hosts, in the order of arrival."""

    @property
    def free(self) -> float:
        """How many connections may be made now."""
        return self._free

    @property
    def waiting(self) -> int:
        """How many callers wait for a connection."""
        return len(self._waiting)

    def take(self, host: str) -> bool:
        """Take a connection if one is free."""
        if self._free <= 0:
            return False
        if self._counts_hosts:
            if self._used[host] >= self._per_host:
                return False
            self._used[host] += 1
        self._free -= 1
        return True

    def give(self, host: str) -> None:
        """Give a connection back, to the first waiter that can use it."""
        self._free += 1
        if self._counts_hosts:
            self._used[host] -= 1
        for future, wanted in self._waiting.items():
            if not future.done() and self.take(wanted):  # a future that is done was cancelled and not removed yet
                del self._waiting[future]
                future.set_result(None)
                return

    async def wait(self, host: str, max_wait: float = math.inf) -> bool:
        """Wait for a connection and take it; False if none is free within `max_wait` (real) seconds."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[future] = host
        try:
            if math.isinf(max_wait):
                await future  # the usual case, and much cheaper
            else:
                await asyncio.wait({future}, timeout=max_wait)
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.give(host)  # it was given at the moment of the cancellation
            raise
        finally:
            self._waiting.pop(future, None)
        return future.done()

    async def hold(self, host: str, max_wait: float = math.inf) -> bool:
        """Take a connection for an event stream, waiting as `wait` does. `release` gives it back.

        Raises:
            ConfigError: It would be the last one, and calls would wait for ever.
        """
        most = min(self._limit, self._per_host)
        if self._streams + 1 >= most:
            raise ConfigError(
                f"the session allows {most} connections at once, and each event stream uses one; another stream would "
                "leave none for calls: give the session's connector a larger limit"
            )
        self._streams += 1
        taken = False
        try:
            taken = self.take(host) or await self.wait(host, max_wait)
        finally:
            if not taken:
                self._streams -= 1
        return taken

    def release(self, host: str) -> None:
        """Give back a connection taken by `hold`."""
        self._streams -= 1
        self.give(host)


_shared: WeakKeyDictionary[aiohttp.BaseConnector, ConnectionLimiter] = WeakKeyDictionary()


def limiter_of(connector: aiohttp.BaseConnector) -> ConnectionLimiter:
    """The limiter of a user's connector, the same for all clients that use the connector."""
    limiter = _shared.get(connector)
    if limiter is None:
        limits = (limit or math.inf for limit in (connector.limit, connector.limit_per_host))
        limiter = _shared[connector] = ConnectionLimiter(*limits)
    return limiter
