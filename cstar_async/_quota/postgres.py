"""`SharedQuota`: one request budget for many processes and machines, kept in a row of a PostgreSQL database.

Each request takes a slot in the row before it is sent and settles it after its answer, each in one short transaction
that locks the row. So all processes share what one learns about the window, and together never exceed the limit. A
transaction takes about a millisecond; requests are scarce, at most a thousand an hour.

Time is the database's clock. The database holds a hash of the key, not the key.

While the database is unavailable nothing can be counted, so nothing is sent: calls raise `QuotaUnavailableError`.
Uncounted requests would lead to 429s for all processes; a caller that accepts that can use a `Quota()` of its own.
"""

from __future__ import annotations

import asyncio
import logging
import math
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from cstar_async._core.rate_limit import read_rate_limit
from cstar_async._core.secrets import Secret, without_secrets
from cstar_async._core.validation import check_finite, check_positive
from cstar_async._postgres import cause, database_name, failures, read_address
from cstar_async.errors import ConfigError, QuotaUnavailableError

from .budget import ASSUMED_LIMITS, Budget
from .bulk_pacing import RESERVE
from .ledger import Ledger, Settlement
from .quota import Quota
from .window import DEFAULT_WINDOW

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from types import TracebackType
    from typing import Self

    from cstar_async._core.rate_limit import KeyKind, Priority
    from cstar_async.clock import Clock

    from .ledger import Slot

logger = logging.getLogger("cstar_async")

LEASE: Final = 60.0
POLL_INTERVAL: Final = 0.1
"""Seconds between two looks at the ledger while the wait depends on an answer, perhaps to another process."""
MAX_POLL_INTERVAL: Final = 5.0
"""Seconds between two looks at most, since other processes may have returned slots."""
_TABLE: Final = """
SELECT pg_advisory_xact_lock(7315871);
CREATE TABLE IF NOT EXISTS cstar_quota (key text PRIMARY KEY, ledger text NOT NULL);
"""
_ADDRESS: Final = "the address of the shared quota's database"
_TIMEOUTS: Final = "SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = '10s'"


class SharedBudget(Budget):
    """The request budget of one key, in a database. The arguments are those of `SharedQuota`."""

    def __init__(self, dsn: str, reserve: float, lease: float) -> None:
        super().__init__(reserve)
        # A wrong type is usually an environment variable that is not set.
        if not isinstance(dsn, str) or not dsn.startswith(("postgresql://", "postgres://")):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigError("dsn must be the address of a database: postgresql://user:password@host/database")
        check_positive("lease", lease)
        check_finite("lease", lease)
        try:
            self._asyncpg: Any = import_module("asyncpg")
        except ImportError as error:
            raise ImportError("a shared quota needs asyncpg: pip install 'cstar-async[postgres]'") from error
        self._failures = failures()
        self._name = database_name(dsn, _ADDRESS, ConfigError)
        self._dsn = Secret(dsn)  # it may hold a password
        self._lease = lease
        self._pool: Any = None
        self._lock = asyncio.Lock()
        self._kind: KeyKind = "secret"
        self._unused: list[tuple[Slot, float]] = []
        """Slots that no request has used yet, and when they were taken, on the loop's clock."""
        self._used: dict[int, Slot] = {}
        self._unsettled: list[Settlement] = []
        self._settling: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def assume(self, kind: KeyKind, identity: str = "") -> None:
        """Use the ledger of this key. Raises ConfigError if it uses that of another key."""
        super().assume(kind, identity)
        self._kind = kind

    @property
    def in_flight(self) -> int:
        """Requests of this process that are sent and not answered yet."""
        return len(self._used)

    def wait(self, now: float, priority: Priority, *, server_requested: bool = False) -> float:  # noqa: ARG002  # inherited
        """0 if a slot is at hand, else infinity: `admit` requests one."""
        return 0.0 if self._has_slot() else math.inf

    def _has_slot(self) -> bool:
        """Whether a slot is at hand. Slots that have used a quarter of their lease are returned."""
        now = asyncio.get_running_loop().time()
        while self._unused and now - self._unused[0][1] > self._lease / 4:
            self._return_slot(self._unused.pop(0)[0])
        return bool(self._unused)

    async def admit(self, priority: Priority, clock: Clock, max_wait: float) -> float:
        """Wait until a request may be sent, and return 0; return the seconds until then if they exceed `max_wait`."""
        last = clock.monotonic() + max_wait
        while not self._has_slot():
            wait = await self._request_slot(priority)
            if wait == 0:
                break
            left = last - clock.monotonic()
            if math.isinf(wait):
                if left <= 0:
                    return DEFAULT_WINDOW
                wait = POLL_INTERVAL
            elif wait >= left:
                return wait
            await clock.sleep(min(wait, left, MAX_POLL_INTERVAL))
        return 0.0

    def begin(self, now: float = 0.0, priority: Priority = "interactive") -> int:  # noqa: ARG002  # inherited
        """Use the slot that `admit` took. Returns the token that `end` takes."""
        slot, _ = self._unused.pop(0)
        self._used[slot.id] = slot
        return slot.id

    def end(self, token: int, headers: Mapping[str, str] | None, now: float) -> None:  # noqa: ARG002  # inherited
        """Settle the slot with the number `token` in the background."""
        rate = None if headers is None else read_rate_limit(headers)
        date = None if headers is None else headers.get("Date")
        answered = headers is not None
        self._settle(Settlement(self._used.pop(token), sent=True, answered=answered, rate=rate, date=date))

    async def seconds_for(self, requests: int, now: float) -> float:  # noqa: ARG002  # the database's clock counts
        """Estimate how long that many bulk requests take from now, in seconds."""
        found = await self._exchange(lambda ledger, moment: ledger.window.seconds_for(requests, moment))
        return float(found)

    async def refresh(self) -> None:
        """Settle what has ended, and read the ledger."""
        await self._exchange(lambda _ledger, _now: None)

    async def close(self) -> None:
        """Return unused slots, settle what has ended, and close the connections."""
        for slot, _ in self._unused:
            self._return_slot(slot)
        self._unused.clear()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await pool.close()

    async def _request_slot(self, priority: Priority) -> float:
        """Take a slot and return 0, or return the seconds until there may be one."""
        taking = self._spawn(self._exchange(lambda ledger, now: ledger.take(priority, self._lease, now)))
        try:
            found = await asyncio.shield(taking)
        except asyncio.CancelledError:
            taking.add_done_callback(self._return_unwanted)
            raise
        if isinstance(found, float):
            return found
        self._unused.append((found, asyncio.get_running_loop().time()))
        return 0.0

    def _return_unwanted(self, taking: asyncio.Task[Any]) -> None:
        if not taking.cancelled() and taking.exception() is None and not isinstance(taking.result(), float):
            self._return_slot(taking.result())

    def _return_slot(self, slot: Slot) -> None:
        self._settle(Settlement(slot, sent=False))

    def _settle(self, settlement: Settlement) -> None:
        self._unsettled.append(settlement)
        if self._settling is None or self._settling.done():
            self._settling = self._spawn(self._settle_all())

    async def _settle_all(self) -> None:
        try:
            while self._unsettled:
                await self.refresh()
        except QuotaUnavailableError as error:
            # They are settled with the next exchange; without one, their leases run out.
            logger.warning("the end of some requests could not be recorded in the shared quota: %s", error)

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _exchange(self, act: Callable[[Ledger, float], Any]) -> Any:
        """Settle what has ended and run `act`, in one transaction. Raises QuotaUnavailableError."""
        async with self._lock:
            ended = self._unsettled.copy()
            try:
                result = await self._transact(act, ended)
            except self._failures:
                # A connection that the database has closed fails only when it is used.
                self._drop_pool()
                try:
                    result = await self._transact(act, ended)
                except self._failures as error:
                    self._drop_pool()
                    raise QuotaUnavailableError(
                        f"the shared quota's database {self._name} is unavailable, so nothing is sent: {cause(error)}"
                    ) from without_secrets(error)
            del self._unsettled[: len(ended)]
            return result

    def _drop_pool(self) -> None:
        """Drop the connections, whose state is unknown; the next exchange makes new ones."""
        if self._pool is not None:
            self._pool.terminate()
            self._pool = None

    async def _connect(self) -> Any:
        # Without prepared statements, since poolers between here and the database may not know them.
        pool = await self._asyncpg.create_pool(
            str(self._dsn), min_size=0, max_size=1, statement_cache_size=0, timeout=5, command_timeout=10
        )
        try:
            with read_address(_ADDRESS, ConfigError):
                async with pool.acquire() as connection, connection.transaction():
                    # If the table exists, no right to create it is needed.
                    if await connection.fetchval("SELECT to_regclass('cstar_quota') IS NULL"):
                        await connection.execute(_TABLE)
        except BaseException:
            pool.terminate()
            raise
        return pool

    async def _transact(self, act: Callable[[Ledger, float], Any], settlements: list[Settlement]) -> Any:
        if self._pool is None:
            self._pool = await self._connect()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_TIMEOUTS)
            text = await connection.fetchval("SELECT ledger FROM cstar_quota WHERE key = $1 FOR UPDATE", self._identity)
            if text is None:
                fresh = Ledger(ASSUMED_LIMITS[self._kind], self._reserve).dump()
                insert = "INSERT INTO cstar_quota VALUES ($1, $2) ON CONFLICT DO NOTHING"
                await connection.execute(insert, self._identity, fresh)
                select = "SELECT ledger FROM cstar_quota WHERE key = $1 FOR UPDATE"
                text = await connection.fetchval(select, self._identity)
            # Read after the row is locked, so that it is the time of the change.
            now = await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
            try:
                ledger = Ledger.load(text, self._reserve)
            except (ValueError, LookupError, TypeError) as error:
                raise QuotaUnavailableError(
                    f"the ledger of the shared quota in {self._name} is of another version of cstar-async, so nothing "
                    "is sent; use the same version everywhere"
                ) from error
            for settlement in settlements:
                ledger.settle(settlement, now)
            result = act(ledger, now)
            update = "UPDATE cstar_quota SET ledger = $2 WHERE key = $1"
            await connection.execute(update, self._identity, ledger.dump())
        self.window = ledger.window
        return result


class SharedQuota(Quota):
    """The request budget of one key, shared with every process that names the same database.

    Use it as an async context manager, or `await quota.close()` when done. It belongs to one event loop. While the
    database is unavailable, calls raise QuotaUnavailableError. It needs the extra `postgres`.

    Args:
        dsn: `postgresql://user:password@host/database`; the table `cstar_quota` is created in it.
        reserve: As in `Quota`.
        lease: Seconds after which a request of a process that died counts as ended; at least the client's `timeout`.

    Raises:
        ConfigError: `dsn` is not the address of a PostgreSQL database.
        ImportError: asyncpg is not installed.
        TypeError: `reserve` or `lease` is not a number.
        ValueError: `reserve` or `lease` is out of range.
    """

    def __init__(self, dsn: str, *, reserve: float = RESERVE, lease: float = LEASE) -> None:
        super().__init__(reserve=reserve)
        self._budget = self._shared = SharedBudget(dsn, reserve, lease)

    async def refresh(self) -> None:
        """Update `limit`, `remaining` and `reserve` from the database. Raises QuotaUnavailableError."""
        await self._shared.refresh()

    async def close(self) -> None:
        """Settle the requests that have ended, return unused slots, and close the connections."""
        await self._shared.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
