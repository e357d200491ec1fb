"""Detects a pooler in transaction mode, which assigns a server connection to each transaction.

Behind it, the settings of an inbox would affect other programs, and LISTEN, prepared statements and session locks
would be lost.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from cstar_async.errors import InboxError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager


async def check_sessions(connect: Callable[[], AbstractAsyncContextManager[Any]]) -> None:
    """Raise InboxError if a connection does not keep the same session of the server.

    A pooler reports a process id of its own, so without a pooler one connection and one query are enough. A pooler
    under load may not be detected.
    """
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(connect())
        process = await _process(first)
        if process == first.get_server_pid():
            return
        second = await stack.enter_async_context(connect())
        if await _process(second) == process or await _process(first) != process:
            raise InboxError(
                "the inbox's URL is that of a pooler in transaction mode (PgBouncer with pool_mode = transaction), but "
                "an inbox needs sessions: set pool_mode = session, or use the address of the server itself"
            )


async def _process(connection: Any) -> int:
    async with connection.transaction():  # within which even such a pooler keeps one connection
        found: int = await connection.fetchval("SELECT pg_backend_pid()")
    return found
