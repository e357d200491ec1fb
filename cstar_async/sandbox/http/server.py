"""The emulated service while it listens, and the way to its thread for all others."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Self, TypeVar

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async.sandbox.contract.document import Json
    from cstar_async.sandbox.service.context import Handler
    from cstar_async.sandbox.storage.database import Database

    from .app import Application

T = TypeVar("T")

LONGEST_ADDRESS = 64 * 1024
"""Bytes of an address with its query; aiohttp refuses a longer one in plain text, before anything here sees it."""
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # looked up, not listened on
"""Where a server that listens at every address is reached from its own machine."""
SHUTDOWN_SECONDS = 0.2
"""How long requests that are under way may still take when the sandbox closes."""


class Server:
    """An application on a port, with its database. Its data may be touched on the thread of its loop alone."""

    def __init__(self, application: Application, store: Database, runner: web.AppRunner) -> None:
        """Made on the loop that it listens on."""
        self.application = application
        self.store = store
        self._runner = runner
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    @classmethod
    async def start(
        cls, application: Application, store: Database, served: web.Application, *, host: str, port: int
    ) -> Self:
        """Listen. Raises OSError if the port is taken."""
        runner = web.AppRunner(
            served, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS, max_line_size=LONGEST_ADDRESS
        )
        await runner.setup()
        try:
            await web.TCPSite(runner, host, port).start()
        except BaseException:
            await runner.cleanup()
            raise
        server = cls(application, store, runner)
        application.deliveries.start()
        return server

    async def close(self) -> None:
        """Stop listening, drop the connections, close the database."""
        self.application.timeline.open = False
        self.application.timeline.wake()
        # asyncio leaks a connection that it accepted just now if the server is closed before it is attached.
        for _ in range(3):
            await asyncio.sleep(0)
        await self._runner.cleanup()
        await self.application.deliveries.stop()
        self.store.close()

    @property
    def base_url(self) -> str:
        """Scheme, host and port, as seen from this machine."""
        host, port = self._runner.addresses[0][:2]
        if host in EVERYWHERE:
            host = EVERYWHERE[host]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def settled(self) -> None:
        """Return when every delivery that is due by now has had its attempt and nothing is under way."""
        settled = self.application.deliveries.settled()
        if asyncio.get_running_loop() is self._loop:
            await settled
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(settled, self._loop))

    def perform(self, team: str, handler: Handler, operation: str, **path: str) -> Json:
        """Have something happen in a team, named by its id, that no request asked for: what `Team` offers of that."""
        return self.run_on_loop(lambda: self.application.perform(team, handler, operation, **path))

    def cancel_deliveries(self, team: str) -> None:
        """Cancel the deliveries that a team, named by its id, still has in the queue or under way."""
        self.run_on_loop(lambda: self.application.deliveries.cancel_all(team))

    def run_on_loop(self, function: Callable[[], T]) -> T:
        """Call a short function on the thread of the loop; the result."""
        if threading.get_ident() == self._thread:
            return function()
        done: Future[T] = Future()

        def call() -> None:
            try:
                done.set_result(function())
            except BaseException as error:  # noqa: BLE001  # it belongs to the thread that waits for it
                done.set_exception(error)

        self._loop.call_soon_threadsafe(call)
        return done.result()
