"""The connections of one process to the database of an inbox."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Any, Final

from cstar_async._core.secrets import Secret
from cstar_async._postgres import database_name, ends_session, read_address
from cstar_async.errors import InboxError

from .driver import CUT_OFF, asyncpg
from .lent_connection import LentConnection
from .pgbouncer import check_sessions
from .schema import check_exists, migrate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

logger = logging.getLogger("cstar_async.webhooks")

CONNECT_TIMEOUT: Final = 5.0
TIMEOUT: Final = 7.0
"""Seconds for a statement of a delivery or a worker; less than a delivery may take."""
RELEASE_TIMEOUT: Final = 5.0
CONNECTIONS: Final = 5
"""The most for deliveries and workers, and as many for functions of `event.commit`, which may be slow."""

_URL: Final = "the inbox's URL"
_COMMON = """
SET idle_in_transaction_session_timeout = '60s'; -- an idle transaction holds locks
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
"""
# Generic plans are off, since one that was made while the queue was empty would stay in use. Scans without an index are
# off, since PostgreSQL collects statistics with a delay of a minute, and until then may prefer them; every statement of
# the inbox has its index.
OWN_SETTINGS: Final = f"""{_COMMON}
SET default_transaction_isolation = 'read committed'; SET plan_cache_mode = force_custom_plan; SET jit = off;
SET enable_seqscan = off; SET enable_bitmapscan = off;
"""
# A user's function can only write in the transaction that it is given.
LENT_SETTINGS: Final = f"{_COMMON} SET default_transaction_read_only = on;"
_MARK: Final = "PREPARE cstar_inbox AS SELECT"
# Resets what a function may have changed and asyncpg does not reset. The first line fails, so that the connection is
# closed, if the function has left prepared statements, or has deallocated all, including those of asyncpg and the mark.
_TIDY: Final = """
SELECT 1 / (count(*) = 1 AND bool_and(name = 'cstar_inbox'))::int FROM pg_catalog.pg_prepared_statements WHERE from_sql;
RESET SESSION AUTHORIZATION; RESET ROLE; DISCARD TEMP; DISCARD SEQUENCES;
"""


class Connections:
    """A pool for the inbox's own statements, and one that is lent to users' functions."""

    def __init__(self, url: str) -> None:
        """Raises InboxError for an invalid URL."""
        self.name = database_name(url, _URL, InboxError)
        self._url = Secret(url)  # it may hold a password
        self._own: Any = None
        self._lent: Any = None

    async def check_exists(self) -> None:
        """Raise InboxError if there are no tables."""
        async with self._visit() as connection:
            await check_exists(connection)

    async def open(self) -> None:
        """Connect and migrate."""
        await check_sessions(self._visit)  # before any setting is made
        own, lent = await self._pool(OWN_SETTINGS), await self._pool(LENT_SETTINGS)
        try:
            with read_address(_URL, InboxError):
                connection = await own.acquire()
            await migrate(connection)
            await own.release(connection)
        except BaseException:
            own.terminate()
            lent.terminate()
            raise
        self._own, self._lent = own, lent

    async def close(self) -> None:
        """Disconnect, once the connections in use are released."""
        await asyncio.gather(self._own.close(), self._lent.close())

    async def connect(self, **options: Any) -> Any:
        """Return a connection that the caller closes."""
        with read_address(_URL, InboxError):
            return await asyncpg.connect(str(self._url), timeout=CONNECT_TIMEOUT, **options)

    @contextlib.asynccontextmanager
    async def _visit(self) -> AsyncGenerator[Any]:
        """A connection that leaves no state in the server, not even prepared statements."""
        connection = await self.connect(statement_cache_size=0)
        try:
            yield connection
        except BaseException:
            connection.terminate()
            raise
        await connection.close(timeout=RELEASE_TIMEOUT)

    @contextlib.asynccontextmanager
    async def own(self, seconds: float | None = TIMEOUT) -> AsyncGenerator[Any]:
        """A connection for the inbox's own statements, for at most this many seconds; then TimeoutError."""
        async with asyncio.timeout(seconds):
            connection = await self._own.acquire()
            try:
                _require_idle(connection)
                yield connection
            except asyncio.CancelledError:
                # The statement is not cancelled on the server: if the server hangs, that would take as long.
                with contextlib.suppress(asyncpg.InterfaceError):  # it was lost at the same time
                    connection.terminate()
                raise
            except Exception as error:
                await _replace(self._own, connection, error)
                raise
            finally:
                await _release(self._own, connection)

    @contextlib.asynccontextmanager
    async def lent(self) -> AsyncGenerator[Any]:
        """A connection that can only write in a transaction which is begun as READ WRITE."""
        connection = await self._lent.acquire()
        itself = connection.lend()
        try:
            _require_idle(connection)
            yield connection
        except Exception as error:
            await self._end_transaction(itself)
            itself.take_back()
            await _replace(self._lent, connection, error)
            raise
        finally:
            itself.take_back()
            await _release(self._lent, connection)

    async def _end_transaction(self, connection: LentConnection) -> None:
        """Have the server end a session that is still in a transaction, and so holds locks."""
        if connection.is_in_transaction():
            with contextlib.suppress(*CUT_OFF):
                async with self.own() as own:
                    await own.execute("SELECT pg_terminate_backend($1)", connection.process)

    def _pool(self, settings: str) -> Any:
        async def prepare(connection: Any) -> None:
            await connection.execute(settings)
            if settings is LENT_SETTINGS:
                await connection.execute(_MARK)
                connection.process = await connection.fetchval("SELECT pg_backend_pid()")

        async def reset(connection: Any) -> None:
            if settings is LENT_SETTINGS:  # the inbox itself changes no settings
                await connection.execute(f"{_TIDY}{connection.get_reset_query()}{settings}")

        return asyncpg.create_pool(
            str(self._url),
            min_size=0,
            max_size=CONNECTIONS,
            timeout=CONNECT_TIMEOUT,
            init=prepare,
            reset=reset,
            connection_class=LentConnection if settings is LENT_SETTINGS else asyncpg.Connection,
        )


def _require_idle(connection: Any) -> None:
    """Raise InterfaceError for a connection that is already in a transaction."""
    if connection.is_in_transaction():
        raise asyncpg.InterfaceError("the connection is in a transaction that is not the inbox's")


async def _replace(pool: Any, connection: Any, error: Exception) -> None:
    """Replace all connections of the pool if the error is a lost session: the others may be lost too."""
    if ends_session(error):
        with contextlib.suppress(asyncpg.InterfaceError):  # the connection is lost already
            connection.terminate()
        await pool.expire_connections()


async def _release(pool: Any, connection: Any) -> None:
    """Give a connection back. Errors are ignored: if the connection is lost, the statement has already failed."""
    try:
        await pool.release(connection, timeout=RELEASE_TIMEOUT)
    except CUT_OFF as error:
        logger.debug("a connection of the inbox was lost: %s", type(error).__name__)
