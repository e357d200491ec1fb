"""`Sandbox`: the emulated service on a loopback port."""

from __future__ import annotations

import asyncio
import os
import threading
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

from aiohttp import web

from cstar_async._loop_thread import LoopThread

from .clock import VirtualClock, present
from .contract.document import load_contract
from .control.app import ROOT, mount_control
from .control.auth import Access
from .control.deps import ControlContext
from .demo.generator import SPAN, fill, is_untouched, make_team
from .http.app import Application
from .options import check_options
from .service.provisioning import create_team, first_team
from .storage.database import Database
from .switches import Switches
from .team import Team

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Callable, Collection
    from types import TracebackType

    from cstar_async.client import CStarClient

    from .contract.document import Json
    from .faults.rules import Faults
    from .recording.exchanges import RequestRecord
    from .service.context import Handler
    from .service.provisioning import TeamKeys

T = TypeVar("T")

DEFAULT_TEAM_NAME = "Acme Support"
LONGEST_ADDRESS = 64 * 1024
"""Bytes of an address with its query; aiohttp refuses a longer one in plain text, before anything here sees it."""
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - looked up, not listened on
"""Where a server that listens at every address is reached from its own machine."""
SHUTDOWN_SECONDS = 0.2
"""How long requests that are under way may still take when the sandbox closes."""


class Sandbox:
    """The cStar API on this machine, for demos and tests.

    `async with Sandbox() as sandbox:` serves on a free port of the loopback interface until the block ends. The data
    is in memory, or in the SQLite file `database`, which then keeps teams and keys too. Ids depend on `seed` and on
    what was asked; so do API keys and the secrets of webhooks if a seed is given, and else they are random.
    `quota=False` switches the hourly limits off. `clock` drives timestamps, quota windows and the 24 hours of
    idempotency keys: by default a VirtualClock that begins now, or at the last change in a `database` that is ahead of
    that, and stands still until `sandbox.clock.advance(...)`.

    `switches` say which of contradictory documents to follow, and can be changed while it runs; `parallel_deliveries`
    is how many events a webhook gets at a time. With `demo=True` the default team has a few weeks behind it: customers,
    tickets, articles, a game in progress; not if the `database` has customers or tickets of its own.

    Under `/_sandbox` is the control API, and a page that shows what happens (`inspector_url`): for this machine alone,
    or with `token` for whoever sends it (16 characters or more). Pages of other sites reach neither that nor the API,
    and a sandbox answers to its own names alone: localhost, the addresses of this machine, `host`, and those in
    `allow_hosts`, such as the name of a container.

    Raises ValueError or TypeError, with its name, for an option that cannot be.

    `with Sandbox() as sandbox:` does the same on an event loop in a thread of its own, for programs and tests that have
    no loop, or one for each test. Everything but `start` and `close` may be called from any thread and any loop.

    Only test keys are given out.
    """

    validate_answers: bool = False
    """Set it, on the class or before the start, to have every answer and event held against the contract: one that
    does not fit becomes a 500, and the log says what is wrong with it. It is how the sandbox itself is tested."""

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        database: str | os.PathLike[str] = ":memory:",
        seed: int | None = None,
        quota: bool = True,
        clock: VirtualClock | None = None,
        switches: Switches | None = None,
        parallel_deliveries: int = 1,
        demo: bool = False,
        token: str | None = None,
        allow_hosts: Collection[str] = (),
    ) -> None:
        check_options(
            port=port, host=host, database=database, seed=seed, quota=quota, clock=clock, switches=switches,
            parallel_deliveries=parallel_deliveries, demo=demo, token=token, allow_hosts=allow_hosts,
        )  # fmt: skip
        self._port = port
        self._host = host
        self._database = os.fspath(database)
        self._seed = seed
        self._quota = quota
        self._clock = clock
        self._switches = replace(switches or Switches())
        self._parallel = parallel_deliveries
        self._demo = demo
        self._access = Access(token, host=host, allow_hosts=allow_hosts)
        self._store: Database | None = None
        self._application: Application | None = None
        self._runner: web.AppRunner | None = None
        self._default_team: Team | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0
        self._background: LoopThread | None = None

    def __enter__(self) -> Self:
        background = LoopThread("cstar sandbox")
        try:
            asyncio.run_coroutine_threadsafe(self.start(), background.loop).result()
        except BaseException:
            background.stop()
            raise
        self._background = background
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        background, self._background = self._background, None
        if background is not None:
            try:
                asyncio.run_coroutine_threadsafe(self.close(), background.loop).result()
            finally:
                background.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Open the database and listen. Raises OSError if the port is taken, RuntimeError if started already."""
        if self._store is not None:
            raise RuntimeError("the sandbox is running already")
        store = Database(self._database, self._seed)
        try:
            if self._clock is None:
                self._clock = VirtualClock(max(present(), store.last_change()))
            application = Application(
                load_contract(),
                store,
                self._clock,
                quota=self._quota,
                switches=self._switches,
                parallel=self._parallel,
                access=self._access,
                validate_answers=self.validate_answers,
            )
            keys = self._first_team(application, store, self._clock.time())
            context = ControlContext(application, store, self._clock, self._switches, self._access)
            served = application.web_application(partial(mount_control, context=context))
            runner = web.AppRunner(
                served, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS, max_line_size=LONGEST_ADDRESS
            )
            await runner.setup()
            try:
                await web.TCPSite(runner, self._host, self._port).start()
            except BaseException:
                await runner.cleanup()
                raise
        except BaseException:
            store.close()
            raise
        self._store, self._application, self._runner = store, application, runner
        self._loop, self._thread = asyncio.get_running_loop(), threading.get_ident()
        self._default_team = Team(*keys, self)
        application.deliveries.start()

    async def close(self) -> None:
        """Stop listening, drop the connections, close the database. Closing twice is allowed."""
        runner, store, application = self._runner, self._store, self._application
        self._runner = self._store = self._application = self._default_team = self._loop = None
        if application is not None:
            application.timeline.open = False
            application.timeline.wake()
        if runner is not None:
            # asyncio leaks a connection that it accepted just now if the server is closed before it is attached.
            for _ in range(3):
                await asyncio.sleep(0)
            await runner.cleanup()
        if application is not None:
            await application.deliveries.stop()
        if store is not None:
            store.close()

    @property
    def base_url(self) -> str:
        """Scheme, host and port, as CStarClient takes it, as seen from this machine."""
        if self._runner is None:
            raise _not_running()
        host, port = self._runner.addresses[0][:2]
        if host in EVERYWHERE:
            host = EVERYWHERE[host]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def inspector_url(self) -> str:
        """The page that shows requests, changes, events and deliveries on one line of time, as seen from here."""
        return f"{self.base_url}{ROOT}/"

    @property
    def switches(self) -> Switches:
        """Which of contradictory documents is followed; `sandbox.switches.payload = "nested"` from now on."""
        return self._switches

    @property
    def clock(self) -> VirtualClock:
        """The clock of the service."""
        if self._clock is None:
            raise _not_running()
        return self._clock

    @property
    def default_team(self) -> Team:
        """The team that every sandbox has from the start."""
        if self._default_team is None:
            raise _not_running()
        return self._default_team

    @property
    def requests(self) -> deque[RequestRecord]:
        """The last 10,000 requests that arrived: method, path, status, request id. Clear it as you like."""
        return self._running().requests

    @property
    def faults(self) -> Faults:
        """Rules for trouble: `sandbox.faults.add(path="tickets.create", reset=True)`."""
        return self._running().faults

    def team(self, name: str | None = None, *, demo: bool = False) -> Team:
        """Make a new team with keys of its own, with `demo` data or empty; one per test keeps tests apart."""
        application, store = self._application, self._store
        if application is None or store is None:
            raise _not_running()
        return Team(
            *self.run_on_loop(lambda: make_team(application.execution, store, name, self.clock.time(), demo=demo)), self
        )

    async def settled(self) -> None:
        """Return when every delivery of an event that is due by now has had its attempt and nothing is under way."""
        settled = self._running().deliveries.settled()
        if self._loop is None or asyncio.get_running_loop() is self._loop:
            await settled
        else:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(settled, self._loop))

    def perform(self, team: str, handler: Handler, operation: str, **path: str) -> Json:
        """Have something happen in a team, named by its id, that no request asked for: what `Team` offers of that."""
        application = self._running()
        return self.run_on_loop(lambda: application.perform(team, handler, operation, **path))

    def cancel_deliveries(self, team: str) -> None:
        """Cancel the deliveries that a team, named by its id, still has in the queue or under way."""
        deliveries = self._running().deliveries
        self.run_on_loop(lambda: deliveries.cancel_all(team))

    def run_on_loop(self, function: Callable[[], T]) -> T:
        """Call a short function on the thread of the sandbox, where alone its data may be touched; the result."""
        if self._loop is None:
            raise _not_running()
        if threading.get_ident() == self._thread:
            return function()
        done: Future[T] = Future()

        def call() -> None:
            try:
                done.set_result(function())
            except BaseException as error:  # noqa: BLE001 - it belongs to the thread that waits for it
                done.set_exception(error)

        self._loop.call_soon_threadsafe(call)
        return done.result()

    def client(self, **options: Any) -> CStarClient:
        """A client for the default team; the options are CStarClient's."""
        return self.default_team.client(**options)

    def fail_next(self, count: int = 1, status: int = 503, *, retry_after: int | None = None) -> None:
        """Answer the next `count` requests with an error and do nothing else; `retry_after` is in seconds."""
        self.faults.add(status=status, times=count, retry_after=retry_after)

    def _first_team(self, application: Application, store: Database, now: float) -> TeamKeys:
        founded = now - SPAN if self._demo else now
        keys = first_team(store) or create_team(store, DEFAULT_TEAM_NAME, founded)
        if self._demo and is_untouched(store, keys.id):
            fill(application.execution, store, keys.id, now)
        return keys

    def _running(self) -> Application:
        if self._application is None:
            raise _not_running()
        return self._application


def _not_running() -> RuntimeError:
    return RuntimeError("the sandbox is not running: use 'async with Sandbox() as sandbox'")
