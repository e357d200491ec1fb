"""Closes a client on its own event loop from outside of that loop, for the fixture of the pytest plugin."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from ._http.requester import HTTPRequester
    from .client import CStarClient


class Closing:
    """Closes a client on `close()`, or when its event loop shuts down if that is earlier.

    It works with any loop: a plugin's, `asyncio.run`'s, one for a single test or for a whole session.
    """

    def __init__(self, client: CStarClient) -> None:
        self._client = client
        self._loop: asyncio.AbstractEventLoop | None = None
        self._keeper: AsyncGenerator[None] | None = None
        requester = client._requester  # noqa: SLF001  # this module is private, too  # pyright: ignore[reportPrivateUsage]
        cast("HTTPRequester", requester).at_first_send = self._begin

    def close(self) -> None:
        """Close the client from outside of its loop. Does nothing if it was never used or is closed already."""
        loop, keeper = self._loop, self._keeper
        if loop is None or keeper is None or loop.is_closed():
            return
        if loop.is_running():  # in another thread, for example that of a server under test
            asyncio.run_coroutine_threadsafe(_finish(keeper), loop).result()
        else:
            loop.run_until_complete(_finish(keeper))

    def _begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._keeper = self._keep()
        # asyncio.Runner and all pytest plugins close the asynchronous generators that were started on a loop when they
        # shut it down. One step, to the first yield, starts a generator and waits for nothing.
        with contextlib.suppress(StopIteration):
            self._keeper.__anext__().__await__().send(None)

    async def _keep(self) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await self._client.close()


async def _finish(keeper: AsyncGenerator[None]) -> None:
    await keeper.aclose()
