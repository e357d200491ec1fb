"""`Sandbox`: the emulated service on a loopback port."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Self

from aiohttp import web

from .application import CONTROL, Application
from .clock import DEFAULT_START, VirtualClock
from .contract import load_contract
from .control.access import Access
from .control.application import control_application
from .control.parts import Parts
from .demo import SPAN, fill, is_untouched, make_team
from .store import Store
from .switches import Switches
from .teams import create_team, first_team

if TYPE_CHECKING:
    from collections import deque
    from types import TracebackType

    from cstar_async.client import CStarClient

    from .application import RequestRecord
    from .faults import Faults
    from .teams import TeamKeys

DEFAULT_TEAM_NAME = "Acme Support"
SHUTDOWN_SECONDS = 0.2
"""How long requests that are under way may still take when the sandbox closes."""


@dataclass(frozen=True)
class Team:
    """A team of a sandbox, with its keys. Its data is its own; no other team sees it."""

    id: str
    name: str
    slug: str
    secret_key: str = field(repr=False)
    publishable_key: str = field(repr=False)
    _sandbox: Sandbox = field(repr=False, compare=False)

    def client(self, **options: Any) -> CStarClient:
        """A client for this team, with its secret key unless `api_key=` is given; the options are CStarClient's."""
        # Imported here, since the sandbox is also used without the client, by other languages for example.
        from cstar_async.client import CStarClient  # noqa: PLC0415

        settings: dict[str, Any] = {
            "api_key": self.secret_key,
            "team_id": self.id,
            "base_url": self._sandbox.base_url,
            "clock": self._sandbox.clock,
        }
        return CStarClient(**settings | options)


class Sandbox:
    """The cStar API on this machine, for demos and tests.

    `async with Sandbox() as sandbox:` serves on a free port of the loopback interface until the block ends. The data
    is in memory, or in the SQLite file `database`, which then keeps teams and keys too. Ids, keys and data depend
    only on `seed` and on what was asked. `quota=False` switches the hourly limits off. `clock` drives timestamps,
    quota windows and the 24 hours of idempotency keys: by default a VirtualClock that stands still until
    `sandbox.clock.advance(...)`, and that goes on from the last change in a `database` used before.

    `switches` say which of contradictory documents to follow, and can be changed while it runs; `parallel_deliveries`
    is how many events a webhook gets at a time. With `demo=True` the default team has a few weeks behind it: customers,
    tickets, articles, a game in progress; not if the `database` has customers or tickets of its own.

    Under `/_sandbox` is the control API, and a page that shows what happens (`inspector_url`): for this machine alone,
    or with `token` for whoever sends it (16 characters or more; ValueError for less).

    Only test keys are given out. What is not emulated is answered with 501 and the code `not_emulated`.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        host: str = "127.0.0.1",
        database: str = ":memory:",
        seed: int = 0,
        quota: bool = True,
        clock: VirtualClock | None = None,
        switches: Switches | None = None,
        parallel_deliveries: int = 1,
        demo: bool = False,
        token: str | None = None,
    ) -> None:
        self._port = port
        self._host = host
        self._database = database
        self._seed = seed
        self._quota = quota
        self._clock = clock
        self._switches = replace(switches or Switches())
        self._parallel = parallel_deliveries
        self._demo = demo
        self._access = Access(token)
        self._store: Store | None = None
        self._application: Application | None = None
        self._runner: web.AppRunner | None = None
        self._default_team: Team | None = None

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
        store = Store(self._database, self._seed)
        try:
            if self._clock is None:
                self._clock = VirtualClock(max(DEFAULT_START, store.last_change()))
            application = Application(
                load_contract(), store, self._clock, quota=self._quota, switches=self._switches, parallel=self._parallel
            )
            keys = self._first_team(application, store, self._clock.time())
            control = control_application(Parts(application, store, self._clock, self._switches, self._access))
            served = application.web_application(control)
            runner = web.AppRunner(served, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
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
        self._default_team = Team(*keys, self)
        application.deliveries.start()

    async def close(self) -> None:
        """Stop listening, drop the connections, close the database. Closing twice is allowed."""
        runner, store, application = self._runner, self._store, self._application
        self._runner = self._store = self._application = self._default_team = None
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
        """Scheme, host and port, as CStarClient takes it."""
        if self._runner is None:
            raise _not_running()
        host, port = self._runner.addresses[0][:2]
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"

    @property
    def inspector_url(self) -> str:
        """The page that shows requests, changes, events and deliveries on one line of time, as seen from here."""
        # A server that listens everywhere is looked at from its own machine, unless it has a token.
        return f"{self.base_url.replace('//0.0.0.0:', '//127.0.0.1:').replace('//[::]:', '//[::1]:')}{CONTROL}/"

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
        if self._store is None or self._application is None:
            raise _not_running()
        return Team(*make_team(self._application, self._store, name, self.clock.time(), demo=demo), self)

    async def settled(self) -> None:
        """Return when every delivery of an event that is due by now has had its attempt and nothing is under way."""
        await self._running().deliveries.settled()

    def client(self, **options: Any) -> CStarClient:
        """A client for the default team; the options are CStarClient's."""
        return self.default_team.client(**options)

    def fail_next(self, count: int = 1, status: int = 503, *, retry_after: int | None = None) -> None:
        """Answer the next `count` requests with an error and do nothing else; `retry_after` is in seconds."""
        self.faults.add(status=status, times=count, retry_after=retry_after)

    def _first_team(self, application: Application, store: Store, now: float) -> TeamKeys:
        founded = now - SPAN if self._demo else now
        keys = first_team(store) or create_team(store, DEFAULT_TEAM_NAME, founded)
        if self._demo and is_untouched(store, keys.id):
            fill(application, store, keys.id, now)
        return keys

    def _running(self) -> Application:
        if self._application is None:
            raise _not_running()
        return self._application


def _not_running() -> RuntimeError:
    return RuntimeError("the sandbox is not running: use 'async with Sandbox() as sandbox'")
