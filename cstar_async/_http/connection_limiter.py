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
    """Counts the connections in use, so that no call queues inside aiohttp, which would count that as its own time.

    Taking a free connection is a plain call and not a coroutine: it is on the way of every request. All clients that
    share a connector share its limiter.
    """

    __slots__ = ("_counts_hosts", "_free", "_held", "_limit", "_per_host", "_used", "_waiting")

    def __init__(self, limit: float, per_host: float = math.inf) -> None:
        """Begin with all connections free.

        Args:
            limit: How many connections there may be at once, infinity for any number.
            per_host: How many of them to one host.
        """
        self._limit: Final = limit
        self._per_host: Final = per_host
        self._counts_hosts: Final = per_host != math.inf
        self._free = limit
        self._used: Counter[str] = Counter()
        """Connections in use to each host; kept only where `per_host` is finite."""
        self._held = 0
        """Connections in use for as long as it pleases the caller: those of event streams."""
        self._waiting: dict[asyncio.Future[None], str] = {}
        """Who waits, the longest first, with the host."""

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
        """Give a connection back, to whoever waits longest and can use it."""
        self._free += 1
        if self._counts_hosts:
            self._used[host] -= 1
        for future, wanted in self._waiting.items():
            if not future.done() and self.take(wanted):  # one that is done has been cancelled, and has not gone on yet
                del self._waiting[future]
                future.set_result(None)
                return

    async def wait(self, host: str, patience: float = math.inf) -> bool:
        """Wait for a connection and take it; False if none was free within `patience` (real) seconds."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[future] = host
        try:
            if math.isinf(patience):
                await future  # the usual case, and much the cheaper one
            else:
                await asyncio.wait({future}, timeout=patience)
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.give(host)  # handed over in the same moment
            raise
        finally:
            self._waiting.pop(future, None)
        return future.done()

    async def hold(self, host: str, patience: float = math.inf) -> bool:
        """Take a connection for an event stream, which keeps it; waits as `wait` does. `release` gives it back.

        Raises:
            ConfigError: Streams would hold every connection, and calls would wait for ever.
        """
        most = min(self._limit, self._per_host)
        if self._held + 1 >= most:
            raise ConfigError(
                f"the session allows {most} connections at once, and each event stream keeps one for itself; another "
                "stream would leave none for calls: give the session's connector a larger limit"
            )
        self._held += 1
        taken = False
        try:
            taken = self.take(host) or await self.wait(host, patience)
        finally:
            if not taken:
                self._held -= 1
        return taken

    def release(self, host: str) -> None:
        """Give back a connection taken by `hold`."""
        self._held -= 1
        self.give(host)


_shared: WeakKeyDictionary[aiohttp.BaseConnector, ConnectionLimiter] = WeakKeyDictionary()


def limiter_of(connector: aiohttp.BaseConnector) -> ConnectionLimiter:
    """The limiter that belongs to a connector of the user's, the same for all clients that use it."""
    limiter = _shared.get(connector)
    if limiter is None:
        limits = (limit or math.inf for limit in (connector.limit, connector.limit_per_host))
        limiter = _shared[connector] = ConnectionLimiter(*limits)
    return limiter
