"""`SharedQuota`: one request budget for many processes and machines, kept in a row of a PostgreSQL database.

Each request takes a slot in the row before it is sent and settles it after its answer, each in one short transaction
that locks the row. So what one process learns of the window all know, and the sum of all never exceeds the limit. A
transaction takes about a millisecond; requests are scarce, at most a thousand an hour.

Time is the database's clock. The key itself is not in the database, only a hash of it.

While the database is away nothing can be counted, so nothing is sent: calls raise `QuotaUnavailableError`. (To send
uncounted would end in 429s for all; who prefers that can fall back on a `Quota()` of its own.)
"""

from __future__ import annotations

import asyncio
import logging
import math
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from cstar_async._core.rate_limit import read_rate_limit
from cstar_async._core.representation import safe_repr
from cstar_async._core.secrets import Secret, without_secrets
from cstar_async._core.validation import check_finite, check_positive
from cstar_async._postgres import cause, database_name, failures, read_address
from cstar_async.errors import ConfigError, QuotaUnavailableError

from .bulk_pacing import RESERVE
from .ledger import Ledger, Settlement
from .quota import ASSUMED_LIMITS, Quota
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
POLL: Final = 0.1
"""Seconds after which to look again while only an answer, perhaps to another process, can tell."""
LOOK: Final = 5.0
"""Seconds after which to look again in any case: others may have given slots back."""
_TABLE: Final = """
SELECT pg_advisory_xact_lock(7315871);
CREATE TABLE IF NOT EXISTS cstar_quota (key text PRIMARY KEY, ledger text NOT NULL);
"""
_ADDRESS: Final = "the address of the shared quota's database"
_LIMITS: Final = "SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = '10s'"


class SharedQuota(Quota):
    """The request budget of one key, shared with every process that names the same database.

    Use it as an async context manager, or `await quota.close()` when done. It belongs to one event loop. While the
    database cannot be used, calls raise QuotaUnavailableError. It needs the extra `postgres`.

    Args:
        dsn: `postgresql://user:password@host/database`; a table `cstar_quota` is made in it.
        reserve: As in `Quota`.
        lease: Seconds after which a request of a process that died counts as over; at least the client's `timeout`.

    Raises:
        ConfigError: `dsn` is not such an address.
        ImportError: asyncpg is not installed.
        TypeError: A number is not one.
        ValueError: A number is out of range.
    """

    def __init__(self, dsn: str, *, reserve: float = RESERVE, lease: float = LEASE) -> None:
        super().__init__(reserve=reserve)
        # A mistake for it is often an environment variable that is not set.
        if not isinstance(dsn, str) or not dsn.startswith(("postgresql://", "postgres://")):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ConfigError(
                "a shared quota needs the address of a database: postgresql://user:password@host/database"
            )
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
        self._granted: list[tuple[Slot, float]] = []
        """Slots that are not used yet, and when they were taken, on the loop's clock."""
        self._out: dict[int, Slot] = {}
        self._unsettled: list[Settlement] = []
        self._settling: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def assume(self, kind: KeyKind, identity: str = "") -> None:
        """Keep the books of this key. Raises ConfigError if it has those of another one already."""
        super().assume(kind, identity)
        self._kind = kind

    @property
    def in_flight(self) -> int:
        """Requests of this process that are sent and not answered yet."""
        return len(self._out)

    def wait(self, now: float, priority: Priority, *, server_requested: bool = False) -> float:  # noqa: ARG002  # the ledger decides
        """0 if there is a slot at hand; infinity if one has to be asked for, which `admit` does."""
        return 0.0 if self._fresh() else math.inf

    def _fresh(self) -> bool:
        """Whether a slot is at hand. One that is near the end of its lease is given back."""
        now = asyncio.get_running_loop().time()
        while self._granted and now - self._granted[0][1] > self._lease / 4:
            self._give_back(self._granted.pop(0)[0])
        return bool(self._granted)

    async def admit(self, priority: Priority, clock: Clock, patience: float) -> float:
        """Return 0 as soon as a request may go; if that is not within `patience` seconds, how far off it is."""
        last = clock.monotonic() + patience
        while not self._fresh():
            wait = await self._ask(priority)
            if wait == 0:
                break
            left = last - clock.monotonic()
            if math.isinf(wait):
                if left <= 0:
                    return DEFAULT_WINDOW
                wait = POLL
            elif wait >= left:
                return wait
            await clock.sleep(min(wait, left, LOOK))
        return 0.0

    def begin(self, now: float = 0.0, priority: Priority = "interactive") -> int:  # noqa: ARG002  # it is in the ledger
        """Use the slot that `admit` has got. Returns what `end` needs back."""
        slot, _ = self._granted.pop(0)
        self._out[slot.id] = slot
        return slot.id

    def end(self, generation: int, headers: Mapping[str, str] | None, now: float) -> None:  # noqa: ARG002
        """Settle the slot with the number `generation`, in the background."""
        rate = None if headers is None else read_rate_limit(headers)
        date = None if headers is None else headers.get("Date")
        answered = headers is not None
        self._settle(Settlement(self._out.pop(generation), sent=True, answered=answered, rate=rate, date=date))

    async def seconds_for(self, requests: int, now: float) -> float:  # noqa: ARG002  # by the database's clock
        """About how long that many bulk requests take from now, as the quota stands."""
        found = await self._exchange(lambda ledger, moment: ledger.window.seconds_for(requests, moment))
        return float(found)

    async def refresh(self) -> None:
        """Look at the books, for `remaining` and `limit`."""
        await self._exchange(lambda _ledger, _now: None)

    async def close(self) -> None:
        """Settle what is to be settled, and close the connections."""
        for slot, _ in self._granted:
            self._give_back(slot)
        self._granted.clear()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._pool is not None:
            pool, self._pool = self._pool, None
            await pool.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _ask(self, priority: Priority) -> float:
        """Get a slot, for 0; else the seconds until there may be one."""
        asking = self._spawn(self._exchange(lambda ledger, now: ledger.take(priority, self._lease, now)))
        try:
            found = await asyncio.shield(asking)
        except asyncio.CancelledError:
            asking.add_done_callback(self._not_wanted)
            raise
        if isinstance(found, float):
            return found
        self._granted.append((found, asyncio.get_running_loop().time()))
        return 0.0

    def _not_wanted(self, asking: asyncio.Task[Any]) -> None:
        if not asking.cancelled() and asking.exception() is None and not isinstance(asking.result(), float):
            self._give_back(asking.result())

    def _give_back(self, slot: Slot) -> None:
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
            # They stay, for the next exchange; if there is none, the leases run out.
            logger.warning("requests that have ended could not be put into the books of the quota: %s", error)

    def _spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _exchange(self, act: Callable[[Ledger, float], Any]) -> Any:
        """Settle what has ended and do `act`, in one transaction. Raises QuotaUnavailableError."""
        async with self._lock:
            ended = self._unsettled.copy()
            try:
                result = await self._transact(act, ended)
            except self._failures:
                # A connection that the database has closed meanwhile shows only when it is used.
                self._drop_pool()
                try:
                    result = await self._transact(act, ended)
                except self._failures as error:
                    self._drop_pool()
                    raise QuotaUnavailableError(
                        f"the database of the shared quota, {self._name}, cannot be used, so nothing is sent: "
                        f"{cause(error)}"
                    ) from without_secrets(error)
            del self._unsettled[: len(ended)]
            return result

    def _drop_pool(self) -> None:
        """Go on with new connections: what became of these is not known."""
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
                    # Where the table is there, the user needs no right to create one.
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
            await connection.execute(_LIMITS)
            text = await connection.fetchval("SELECT ledger FROM cstar_quota WHERE key = $1 FOR UPDATE", self._identity)
            if text is None:
                fresh = Ledger(ASSUMED_LIMITS[self._kind], self._share).dump()
                insert = "INSERT INTO cstar_quota VALUES ($1, $2) ON CONFLICT DO NOTHING"
                await connection.execute(insert, self._identity, fresh)
                select = "SELECT ledger FROM cstar_quota WHERE key = $1 FOR UPDATE"
                text = await connection.fetchval(select, self._identity)
            # Not before the row is locked: the moment has to be that of the change.
            now = await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
            try:
                ledger = Ledger.load(text, self._share)
            except (ValueError, LookupError, TypeError) as error:
                raise QuotaUnavailableError(
                    f"the books of the shared quota in {self._name} cannot be read, so nothing is sent: they are of "
                    "another version of the package; use the same one everywhere"
                ) from error
            for settlement in settlements:
                ledger.settle(settlement, now)
            result = act(ledger, now)
            update = "UPDATE cstar_quota SET ledger = $2 WHERE key = $1"
            await connection.execute(update, self._identity, ledger.dump())
        self._window = ledger.window
        return result

    @safe_repr
    def __repr__(self) -> str:
        return f"<SharedQuota: {self.remaining} of {self.limit} left, {self.in_flight} in flight here>"
