"""`event.commit` in PostgreSQL: a user's function and the mark that its event is done, in one transaction."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final, TypeVar

from . import queries
from .driver import asyncpg

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async.webhooks.inbox.records import Lease

T = TypeVar("T")

# The row violates its foreign key, which is checked at COMMIT. So a COMMIT of the user's function fails; the inbox
# removes the row before its own.
_BEGIN: Final = "SET TRANSACTION READ WRITE; INSERT INTO cstar_inbox_open VALUES (0)"
_ENDED: Final = (
    "event.commit(fn) is one transaction, which fn must not end itself: no COMMIT, ROLLBACK or SET CONSTRAINTS ALL. "
    "`async with connection.transaction()` makes a savepoint and is fine"
)


def check_function(work: Callable[..., object]) -> None:
    """Raise TypeError unless `work` is a coroutine function."""
    if not (inspect.iscoroutinefunction(work) or inspect.iscoroutinefunction(type(work).__call__)):
        raise TypeError(
            "on PostgreSQL, event.commit needs a coroutine function of an asyncpg.Connection: write `async def`, or "
            "functools.partial of one, not a lambda"
        )


async def commit(connection: Any, now: float | None, held: Lease, work: Callable[[Any], Any]) -> Any:
    """Mark the event done and await the function. Outside of this transaction the connection must be read-only.

    If the function has swallowed an error of the database, the transaction cannot be committed, and this raises.
    """
    async with connection.transaction(isolation="read_committed"):
        await connection.execute(_BEGIN)
        where = await queries.mark(connection, now, held)
        try:
            result = await work(connection)
            # By its full name, since the function may have set another search_path.
            if await connection.execute(f"DELETE FROM {where}") != "DELETE 1":
                raise RuntimeError(_ENDED)
        except asyncpg.ReadOnlySQLTransactionError as error:
            raise RuntimeError(_ENDED) from error
        except asyncpg.ForeignKeyViolationError as error:
            if error.table_name != "cstar_inbox_open":
                raise
            raise RuntimeError(_ENDED) from error
    return result
