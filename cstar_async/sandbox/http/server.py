"""The listening server, and calls into its thread from other threads."""

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
"""Maximum bytes of a path with its query; aiohttp refuses longer ones, in plain text."""
LOOPBACK_OF_WILDCARD = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # a lookup, not a listening address
"""The loopback address of a server that listens on all addresses."""
SHUTDOWN_SECONDS = 0.2
"""Seconds that running requests get to finish when the sandbox closes."""


class Server:
    """An application on a port, with its database. Only the thread of its event loop may use its data."""

    def __init__(self, application: Application, store: Database, runner: web.AppRunner) -> None:
        """Must be called on the event loop that the server runs on."""
        self.application = application
        self.store = store
        self._runner = runner
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    @classmethod
    async def start(
        cls, application: Application, store: Database, served: web.Application, *, host: str, port: int
    ) -> Self:
        """Start listening. Raises OSError if the port is in use."""
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
        # asyncio leaks a connection that it has just accepted if the server closes before the connection is attached.
        for _ in range(3):
            await asyncio.sleep(0)
        await self._runner.cleanup()
        await self.application.deliveries.stop()
        self.store.close()

    @property
    def base_url(self) -> str:
        """The URL of the server on this machine."""
        host, port = self._runner.addresses[0][:2]
        host = str(LOOPBACK_OF_WILDCARD.get(host, host))
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    async def settled(self) -> None:
        """Wait until every delivery that is due has been attempted and no attempt is running."""
        settled = self.application.deliveries.settled()
        if asyncio.get_running_loop() is self._loop:
            await settled
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(settled, self._loop))

    def perform(self, team: str, handler: Handler, operation: str, **path: str) -> Json:
        """Run a handler for a team, given by its id, without a request. `Team` has the methods that use this."""
        return self.run_on_loop(lambda: self.application.perform(team, handler, operation, **path))

    def cancel_deliveries(self, team: str) -> None:
        """Cancel the deliveries of a team, given by its id, that are queued or running."""
        self.run_on_loop(lambda: self.application.deliveries.cancel_all(team))

    def run_on_loop(self, function: Callable[[], T]) -> T:
        """Call a short function on the thread of the event loop and return its result."""
        if threading.get_ident() == self._thread:
            return function()
        done: Future[T] = Future()

        def call() -> None:
            try:
                done.set_result(function())
            except BaseException as error:  # noqa: BLE001  # re-raised in the waiting thread
                done.set_exception(error)

        self._loop.call_soon_threadsafe(call)
        return done.result()
