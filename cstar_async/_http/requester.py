"""The requester behind a client: it owns the event loop's tasks, finds the team, and sends requests."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, cast

from cstar_async._core.deadline import Deadline, earliest_deadline
from cstar_async._core.idempotency import idempotency_key_for
from cstar_async._core.options import NO_OPTIONS
from cstar_async._core.request import Request
from cstar_async._core.requester import Requester
from cstar_async._core.response import hide_variables, raise_decode_error, read_body, unwrap, value_path
from cstar_async._core.single_flight import SingleFlight
from cstar_async._quota.quota import budget_of

from .retry_loop import RetryLoop
from .transport import Transport

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine

    import aiohttp

    from cstar_async._core.operation import Operation
    from cstar_async._core.response import RawResponse
    from cstar_async._quota.quota import Quota
    from cstar_async.clock import Clock

    from .settings import Settings

T = TypeVar("T")


class HTTPRequester(Requester):
    """Sends the requests of a `CStarClient`. It belongs to the event loop of its first request."""

    def __init__(
        self,
        settings: Settings,
        session: aiohttp.ClientSession | None,
        quota: Quota,
        clock: Clock,
        timeout: float,
        max_retries: int,
        *,
        whoami: Callable[[], Operation],
    ) -> None:
        self.base_url = settings.base_url
        self.clock = clock
        self.quota = budget_of(quota)
        self.team = settings.team_id
        self.key_identity = settings.key_identity
        self.max_retries = max_retries
        self._curl_credentials = settings.curl_credentials
        self._transport = Transport(session, settings.base_url, settings.proxy)
        self._sending = RetryLoop(settings, self._transport, self.quota, clock, timeout, max_retries)
        self._whoami = whoami
        """Loads the operation that says which team the key belongs to."""
        self._team_search = SingleFlight(self, self._fetch_team, whoami, "the key's team id")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self.at_first_send: Callable[[], None] | None = None
        """Called once, on the event loop that the client belongs to from then on."""

    def __reduce__(self) -> NoReturn:
        # Objects that hold a client, such as calls, end up here too. A pickle would contain the key.
        raise TypeError("a client must not be pickled or deep-copied: it holds an API key and an event loop")

    def require_open(self) -> None:
        """Raise RuntimeError if the client is closed or belongs to another event loop. The first loop is its own."""
        if self._transport.closed:
            raise RuntimeError("the client is closed")
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            if self._loop is not None:
                raise RuntimeError(
                    "this client belongs to another event loop, that of its first request; make one client per loop"
                )
            self._loop = loop
            if self.at_first_send is not None:
                self.at_first_send()

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run work in a task that `close` cancels. The task is held here, since asyncio keeps only weak references."""
        try:
            self.require_open()
        except RuntimeError:
            work.close()
            raise
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def send(self, request: Request, deadline: Deadline | None = None) -> Coroutine[Any, Any, RawResponse]:
        """Check the request, find the team, and send the request for its successful answer."""
        # Not a coroutine function: it is on the path of every request, where each coroutine costs time.
        if self._transport.closed or asyncio.get_running_loop() is not self._loop:
            self.require_open()
        if deadline is None and request.options.deadline is not None:
            deadline = Deadline(request.options.deadline, self.clock)
        deadline = earliest_deadline(deadline)
        self._sending.check(request)
        team = self.team
        if team is None and request.operation.team:
            return self._send_to_found_team(request, deadline)
        return self._sending.send(request, request.target(team), deadline)

    @asynccontextmanager
    async def stream(
        self, request: Request, deadline: Deadline | None
    ) -> AsyncGenerator[Callable[[], Coroutine[Any, Any, bytes]]]:
        """One connection to an endless answer. See `Requester`."""
        self.require_open()
        self._sending.check(request)
        request.target("team")
        team = await self.find_team(deadline) if self.team is None and request.operation.team else self.team
        async with self._sending.stream(request, request.target(team), deadline) as next_chunk:

            async def read() -> bytes:
                # In a task of the client's, so that close() ends it in a caller's session too.
                reading = self.spawn(next_chunk())
                try:
                    await asyncio.wait({reading})
                finally:
                    reading.cancel()  # does nothing if it has ended
                if reading.cancelled():
                    self.require_open()
                return reading.result()

            yield read

    async def _send_to_found_team(self, request: Request, deadline: Deadline | None) -> RawResponse:
        request.target("team")  # check the arguments before asking for the team
        team = await self.find_team(deadline)
        return await self._sending.send(request, request.target(team), deadline)

    async def find_team(self, deadline: Deadline | None = None) -> str:
        """The team of the key. The first caller sends the request, and all others wait for the same answer."""
        return await self._team_search.run(deadline) if self.team is None else self.team

    async def _fetch_team(self) -> str:
        whoami = self._whoami()
        request = Request(whoami, (), None, None, None, NO_OPTIONS, idempotency_key_for(whoami))
        answer = await self._sending.send(request, request.target(None), None)
        self.team = _read_team(whoami, answer)
        return self.team

    def curl_options(self, operation: Operation) -> tuple[str, ...]:
        """The options of curl for the credentials of an operation. See `Requester`."""
        return () if operation.key == "none" else self._curl_credentials

    async def close(self) -> None:
        """Cancel the tasks, wait for them, and close the session. Later requests fail."""
        if self._loop is not None and self._loop is not asyncio.get_running_loop():
            if self._loop.is_closed():
                self._transport.closed = True
                raise RuntimeError(
                    "the client's event loop has ended, and its connections with it; use `async with CStarClient(...)` "
                    "inside one asyncio.run()"
                )
            raise RuntimeError("the client belongs to another event loop; close it there")
        self._transport.closed = True
        current = asyncio.current_task()
        tasks = [task for task in self._tasks if task is not current]
        for task in tasks:
            task.cancel()
        try:
            if tasks:
                await asyncio.gather(*tasks, return_exceptions=True)
        finally:
            await self._transport.close()


@hide_variables
def _read_team(whoami: Operation, answer: RawResponse) -> str:
    body = read_body(whoami, answer)
    found = unwrap(whoami, answer, body)
    team = cast("Mapping[str, Any]", found).get("teamId") if isinstance(found, Mapping) else None
    if not isinstance(team, str) or team in {"", ".", ".."}:
        raise_decode_error(whoami, answer, body, [f"{value_path(whoami)}.teamId: expected the key's team id"], None)
    return team
