"""Whether a pooler between us and the server lends its connections for single transactions.

Then the settings of an inbox would be other programs', and LISTEN, prepared statements and locks of a session nobody's.
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any

from cstar_async.errors import InboxError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager


async def check_sessions(connect: Callable[[], AbstractAsyncContextManager[Any]]) -> None:
    """Raise InboxError if a connection of ours is not one of the server's for as long as it lasts.

    A pooler makes up the number of the process that it tells a client. So without one, this is one connection and one
    question. Under load a pooler may happen not to be found out.
    """
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(connect())
        process = await _process(first)
        if process == first.get_server_pid():
            return
        second = await stack.enter_async_context(connect())
        if await _process(second) == process or await _process(first) != process:
            raise InboxError(
                "the inbox's URL leads to a pooler that lends connections for single transactions (PgBouncer with "
                "pool_mode = transaction); an inbox needs sessions: give it pool_mode = session, or the server's own "
                "address"
            )


async def _process(connection: Any) -> int:
    async with connection.transaction():  # in which also such a pooler keeps to one connection
        found: int = await connection.fetchval("SELECT pg_backend_pid()")
    return found
