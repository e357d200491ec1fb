"""`Sandbox`: the emulated service on a loopback port."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from cstar_async._loop_thread import LoopThread

from .clock import VirtualClock, present
from .contract.document import load_contract
from .control.app import ROOT, mount_control
from .control.auth import Access
from .control.deps import ControlContext
from .demo.generator import SPAN, fill, is_untouched, make_team
from .http.app import Application
from .http.server import Server
from .options import check_options
from .service.provisioning import create_team, first_team
from .storage.database import Database
from .switches import Switches
from .team import Team

if TYPE_CHECKING:
    from collections import deque
    from collections.abc import Collection
    from types import TracebackType

    from cstar_async.client import CStarClient

    from .faults.rules import Faults
    from .recording.exchanges import RequestRecord
    from .service.provisioning import TeamKeys

DEFAULT_TEAM_NAME = "Acme Support"


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

    Invalid options raise ValueError or TypeError and name the option.

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
        self._server: Server | None = None
        self._default_team: Team | None = None
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
        if self._server is not None:
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
                door=self._access.door,
                validate_answers=self.validate_answers,
            )
            keys = self._first_team(application, store, self._clock.time())
            context = ControlContext(application, store, self._clock, self._switches, self._access)
            served = application.web_application(partial(mount_control, context=context))
            self._server = await Server.start(application, store, served, host=self._host, port=self._port)
        except BaseException:
            store.close()
            raise
        self._default_team = Team(*keys, self._running)

    async def close(self) -> None:
        """Stop listening, drop the connections, close the database. Closing twice is allowed."""
        server, self._server, self._default_team = self._server, None, None
        if server is not None:
            await server.close()

    @property
    def base_url(self) -> str:
        """Scheme, host and port, as CStarClient takes it, as seen from this machine."""
        return self._running().base_url

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
        return self._running().application.requests

    @property
    def faults(self) -> Faults:
        """Rules for trouble: `sandbox.faults.add(path="tickets.create", reset=True)`."""
        return self._running().application.faults

    def team(self, name: str | None = None, *, demo: bool = False) -> Team:
        """Make a new team with keys of its own, with `demo` data or empty; one per test keeps tests apart."""
        server = self._running()
        execution, now = server.application.execution, self.clock.time()
        keys = server.run_on_loop(lambda: make_team(execution, server.store, name, now, demo=demo))
        return Team(*keys, self._running)

    async def settled(self) -> None:
        """Return when every delivery of an event that is due by now has had its attempt and nothing is under way."""
        await self._running().settled()

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

    def _running(self) -> Server:
        if self._server is None:
            raise _not_running()
        return self._server


def _not_running() -> RuntimeError:
    return RuntimeError("the sandbox is not running: use 'async with Sandbox() as sandbox'")
