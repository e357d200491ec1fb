"""`Sandbox`: the emulated service on a loopback port."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from cstar_async._loop_thread import LoopThread

from .clock import VirtualClock, current_time
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
    is in memory, or in the SQLite file `database`, which then keeps teams and keys too.

    `with Sandbox() as sandbox:` runs it on an event loop in a thread of its own, for programs and tests without a loop
    or with one loop per test. All methods except `start` and `close` may be called from any thread and any loop.

    Under `/_sandbox` are the control API and a page that shows what happens (`inspector_url`). The sandbox refuses
    requests from web pages of other sites, and requests to host names that are not its own: it accepts localhost, the
    addresses of this machine, `host`, and the names in `allow_hosts`. It issues test keys only.

    Args:
        port: The TCP port to listen on; 0 takes a free one.
        host: The name or address to listen on.
        database: The path of a SQLite file, or `:memory:`.
        seed: Makes ids, API keys and webhook secrets repeatable. Without it, keys and secrets are random.
        quota: Whether to enforce the hourly request limits.
        clock: The clock for timestamps, quota windows and the 24 hours of idempotency keys. By default a VirtualClock
            that starts now (or at the last change in `database`, if that is later) and stands still until
            `sandbox.clock.advance(...)`.
        switches: Which variant to follow where cStar's documents contradict each other; can be changed while it runs.
        parallel_deliveries: How many events a webhook receives at the same time.
        demo: Whether to give the default team a few weeks of demo data: customers, tickets, articles, a game in
            progress. Has no effect if `database` already has customers or tickets.
        token: Lets clients on other machines use the control API by sending this token (16 characters or more).
            Without it, only this machine can.
        allow_hosts: Further host names by which the sandbox is called, such as the name of a container.

    Raises:
        ValueError: An option has an invalid value.
        TypeError: An option has the wrong type.
    """

    validate_answers: bool = False
    """Set this, on the class or before the start, to check every answer and event against the contract. An answer that
    does not match becomes a 500, and the reason is logged. The sandbox's own tests use it."""

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
            background.run(self.start())
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
                background.run(self.close())
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
            raise RuntimeError("the sandbox is already running")
        store = Database(self._database, self._seed)
        try:
            if self._clock is None:
                self._clock = VirtualClock(max(current_time(), store.last_change()))
            application = Application(
                load_contract(),
                store,
                self._clock,
                quota=self._quota,
                switches=self._switches,
                parallel=self._parallel,
                guard=self._access.guard,
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
        """Stop listening, drop the connections, close the database. Closing twice has no effect."""
        server, self._server, self._default_team = self._server, None, None
        if server is not None:
            await server.close()

    @property
    def base_url(self) -> str:
        """The URL of the sandbox on this machine, as the `base_url` of CStarClient."""
        return self._running().base_url

    @property
    def inspector_url(self) -> str:
        """The URL, on this machine, of the page that shows requests, changes, events and deliveries on one timeline."""
        return f"{self.base_url}{ROOT}/"

    @property
    def switches(self) -> Switches:
        """The variants to follow where documents differ; set one with `sandbox.switches.payload = "nested"`."""
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
        """The last 10,000 requests that arrived: method, path, status, request id. May be cleared."""
        return self._running().application.requests

    @property
    def faults(self) -> Faults:
        """The rules that inject faults: `sandbox.faults.add(path="tickets.create", reset=True)`."""
        return self._running().application.faults

    def team(self, name: str | None = None, *, demo: bool = False) -> Team:
        """Create a team with its own keys, empty or with `demo` data. Use one per test to isolate tests."""
        server, now = self._running(), self.clock.time()
        execution = server.application.execution
        keys = server.run_on_loop(lambda: make_team(execution, server.store, name, now, demo=demo))
        return Team(*keys, self._running)

    async def settled(self) -> None:
        """Wait until every delivery that is due has been attempted and no attempt is running."""
        await self._running().settled()

    def client(self, **options: Any) -> CStarClient:
        """Return a client for the default team. Takes the options of CStarClient."""
        return self.default_team.client(**options)

    def fail_next(self, count: int = 1, status: int = 503, *, retry_after: int | None = None) -> None:
        """Answer the next `count` requests with an error, without executing them; `retry_after` is in seconds."""
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
    return RuntimeError(
        "the sandbox is not running: use 'with Sandbox() as sandbox' or 'async with Sandbox() as sandbox'"
    )
