"""Closing a client on its own event loop from outside of it, for the fixture of the pytest plugin."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from ._http.requester import HTTPRequester
    from .client import CStarClient


class Closing:
    """Sees to it that a client is closed: by `close()`, or with its event loop if that ends before.

    Whose loop it is need not be known: a plugin's, `asyncio.run`'s, one for a single test or for a whole session.
    """

    def __init__(self, client: CStarClient) -> None:
        self._client = client
        self._loop: asyncio.AbstractEventLoop | None = None
        self._keeper: AsyncGenerator[None] | None = None
        # Private to the package, and so is this module.
        requester = client._requester  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        cast("HTTPRequester", requester).at_first_send = self._begin

    def close(self) -> None:
        """Close the client, from outside of its loop. Nothing happens if it was never used, or is closed already."""
        loop, keeper = self._loop, self._keeper
        if loop is None or keeper is None or loop.is_closed():
            return
        if loop.is_running():  # in another thread: the client is in a server that a test has started there
            asyncio.run_coroutine_threadsafe(_finish(keeper), loop).result()
        else:
            loop.run_until_complete(_finish(keeper))

    def _begin(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._keeper = self._keep()
        # What ends a loop closes the asynchronous generators that have begun on it (asyncio.Runner does, and so do all
        # the plugins). To begin one takes a step to its first yield, which waits for nothing.
        with contextlib.suppress(StopIteration):
            self._keeper.__anext__().__await__().send(None)

    async def _keep(self) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            await self._client.close()


async def _finish(keeper: AsyncGenerator[None]) -> None:
    await keeper.aclose()
