"""The dispatcher: receives deliveries into an inbox, and handles its events."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import logging
from collections import Counter
from typing import TYPE_CHECKING, Any

from cstar_async._core.secrets import Secret
from cstar_async._core.validation import check_finite, check_plain_function, check_positive, check_wait, check_whole
from cstar_async._generated.events import EVENT_TYPES
from cstar_async.clock import SystemClock

from .inbox import open_store
from .inbox.admin import Inbox
from .inbox.handle import InboxHandle
from .patterns import UNKNOWN, matches, suggestion
from .processing.worker import Worker
from .receiving.aiohttp import aiohttp_handler
from .receiving.asgi import ASGIReceiver
from .receiving.receiver import STORE_TIMEOUT, Receiver
from .receiving.signature import hide, read_secrets
from .router import EventRouter
from .timing import moment

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence
    from types import TracebackType
    from typing import Self

    from aiohttp import web

    from cstar_async._core.event import Subscribe
    from cstar_async.clock import Clock

    from .inbox import Store
    from .inbox.admin import Stats
    from .inbox.records import DeadLetter, Group, Pruned
    from .receiving.receiver import Reply, SupportsItems
    from .receiving.signature import Body
    from .reconcile import AuditedClient, Reconciliation

logger = logging.getLogger("cstar_async.webhooks")

DAY = 86_400.0
MAX_AGE = 35 * DAY


class EventDispatcher(EventRouter):
    """Receives and handles webhooks of cStar. Events are kept before they are acknowledged, and handled in order.

    events = EventDispatcher(secrets=["whsec_…"], inbox="sqlite:///inbox.db")
    app.router.add_post("/webhooks/cstar", events.aiohttp_handler())
    await events.run()
    """

    def __init__(
        self,
        *,
        secrets: str | Sequence[str],
        inbox: str,
        concurrency: int = 16,
        max_age: float = MAX_AGE,
        retention: float | None = None,
        store_timeout: float = STORE_TIMEOUT,
        clock: Clock | None = None,
    ) -> None:
        """Set up a dispatcher; nothing is opened yet.

        Args:
            secrets: The webhook's signing secret (`whsec_…`); several during a rotation. Whitespace
                around it, such as the line break at the end of a file, is dropped.
            inbox: `memory:`, `sqlite:///file` (one machine) or `postgresql://…` (many).
            concurrency: How many events are handled at a time by one `run`.
            max_age: Seconds; older events are refused, and ids are remembered for as long, so that deliveries cannot be
                replayed. cStar's last attempt is 31 hours after the event.
            retention: Seconds for which the content of handled events is kept for `replay`; by default `max_age`.
            store_timeout: Seconds for the inbox to keep an event; then the answer is 503. cStar waits for 10 s.
            clock: A source of time for tests, for example `sandbox.clock`.

        Raises:
            InboxError: The URL does not name an inbox.
            ValueError: No secret was given, a secret is malformed, or a number is out of range.
            TypeError: A numeric option is not a number.
        """
        # From here on, neither local variables nor attributes show a secret.
        hidden, secrets, inbox = hide(secrets), "", Secret(inbox) if isinstance(inbox, str) else inbox  # pyright: ignore[reportUnnecessaryIsInstance]
        super().__init__()
        self._secrets = _read(hidden)
        self._clock = SystemClock() if clock is None else clock
        self._concurrency = concurrency
        retention = max_age if retention is None else retention
        spans = {"max_age": max_age, "retention": retention, "store_timeout": store_timeout}
        for name, value in spans.items():
            check_positive(name, value)
            check_finite(name, value)
        check_whole("concurrency", concurrency, least=1)
        self._handle = InboxHandle(
            functools.partial(open_store, inbox, self._clock),
            self._groups_to_register,
            self._clock,
            store_timeout=store_timeout,
        )
        self._workers: dict[Worker, asyncio.Task[Any]] = {}
        self._worked: Counter[str] = Counter()
        self._runs = 0
        self._run_watchers: list[Callable[[bool], object]] = []
        self._receiver = Receiver(
            self._secrets, self._handle.keep, self._clock, max_age=max_age, store_timeout=store_timeout
        )
        self._inbox = Inbox(
            self._handle,
            self._clock,
            lambda: self._receiver.counts + self._worked,
            max_age=max_age,
            retention=retention,
        )

    @property
    def _store(self) -> Store:
        return self._handle.current

    def __reduce__(self) -> Any:
        """TypeError: it holds secrets, and tasks of this process."""
        raise TypeError("a dispatcher must not be pickled or copied; make one in each process")

    def _decorator(
        self, patterns: tuple[str, ...], group: str | None, *, ordered: bool, timeout: float
    ) -> Subscribe[Any]:
        self._require_not_begun()
        return super()._decorator(patterns, group, ordered=ordered, timeout=timeout)

    def include(self, *routers: EventRouter) -> None:
        """Add the handlers of routers. Raises RuntimeError once the dispatcher has started."""
        self._require_not_begun()
        super().include(*routers)

    def _require_not_begun(self) -> None:
        if self._handle.begun:
            raise RuntimeError("handlers must be registered before the dispatcher starts, which saves their groups")

    # The inbox

    async def open(self) -> None:
        """Open the inbox and save the groups. Optional: the first delivery or `run` does this too.

        After `close`, only this and `async with` open the inbox again. Raises InboxError, which names the inbox and the
        reason.
        """
        await self._handle.open()

    async def close(self, *, grace: float = 10.0) -> None:
        """Accept no more events, wait up to `grace` seconds for running handlers, and close the inbox.

        Handlers still running then are cancelled, and their attempts are not counted. From now on deliveries are
        answered 503, so that cStar sends them again, and all other methods raise RuntimeError.
        """
        check_wait("grace", grace)
        async with self._handle.closing():
            for worker in self._workers:
                worker.stop()
            running = set(self._workers.values()) - {asyncio.current_task()}
            if running:
                _, late = await asyncio.wait(running, timeout=grace)
                for task in late:
                    task.cancel()
                if late:
                    await asyncio.wait(late)

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    # Receiving

    async def accept(self, headers: SupportsItems | Iterable[tuple[str | bytes, str | bytes]], body: Body) -> Reply:
        """Receive one delivery, in frameworks for which there is neither `aiohttp_handler` nor `asgi`.

        It may be called on any event loop and any thread, also with a loop for each call: `asyncio.run(accept(…))`.
        If the inbox is not open on a loop yet, it is opened on a thread of its own; `open` opens it on yours.

        Args:
            headers: The headers of the request, as the framework's mapping or as pairs.
            body: The raw body, as received.

        Returns:
            The answer: `status`, `headers` and `body`. 200: the event is kept, or was already. 401: the
            signature is not valid. 400: the signed body is not an event, is too old, contradicts the headers, or
            cannot be decoded. 413: over 1 MiB. 503: the inbox could not keep it in time, or the dispatcher is closed.

        Raises:
            TypeError: The arguments are not headers and bytes. Bad deliveries are answered, never raised.
        """
        return await self._receiver.accept(headers, body)

    def aiohttp_handler(self) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return a handler for aiohttp.web: `app.router.add_post("/webhooks/cstar", events.aiohttp_handler())`."""
        return aiohttp_handler(self._receiver)

    def asgi(self) -> ASGIReceiver:
        """Return an ASGI application for one path of Starlette, FastAPI or Litestar, or for an ASGI server.

        `Route("/webhooks/cstar", events.asgi(), methods=["POST"])` in Starlette and FastAPI. Do not mount it:
        a mounted path is answered with a redirect to the one with a slash, and cStar does not follow redirects.
        """
        return ASGIReceiver(self._receiver)

    # Handling

    async def run(self) -> None:
        """Handle events until it is cancelled or `close` is called.

        When cancelled it cancels the running handlers; their attempts are not counted. SystemExit and
        KeyboardInterrupt of a handler are raised here, once the outcome of its event is saved.
        """
        store = await self._handle.store()
        try:
            await self._warn_unhandled_groups(store)
        except Exception:
            if self._handle.closed:
                return  # meanwhile
            raise
        pruning = asyncio.create_task(self._inbox.prune_regularly(store))
        try:
            self._count_runs(1)
            await self._work(store, until_idle=False)
        finally:
            self._count_runs(-1)
            pruning.cancel()
            await asyncio.wait({pruning})

    def on_run(self, watcher: Callable[[bool], object], /) -> None:
        """Call `watcher(True)` when `run` begins to handle events, and `watcher(False)` when it ends, on its loop."""
        check_plain_function("watcher", watcher)
        self._run_watchers.append(watcher)

    def _count_runs(self, change: int) -> None:
        before, self._runs = self._runs, self._runs + change
        if bool(before) != bool(self._runs):
            for watcher in self._run_watchers:
                watcher(self._runs > 0)

    async def drain(self) -> None:
        """Handle the events that are due, and return when no event is due and no handler is running.

        Events that wait for a retry stay pending. Tests with `memory:` use it in place of `run`.
        """
        await self._work(await self._handle.store(), until_idle=True)

    async def _work(self, store: Store, *, until_idle: bool) -> None:
        if self._handle.closed:
            return  # meanwhile
        worker = Worker(store, self, self._clock, self._worked, concurrency=self._concurrency)
        # A separate task, so that close() can cancel the work without cancelling the caller.
        task = self._workers[worker] = asyncio.create_task(worker.run(until_idle=until_idle))
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.wait({task})
            raise
        finally:
            del self._workers[worker]
        if not task.cancelled():
            task.result()
        if worker.fatal is not None:
            raise worker.fatal

    def _groups_to_register(self) -> list[Group]:
        groups = self.groups()
        # Only a warning, since the type may be newer than this version.
        for pattern in sorted({pattern for group in groups for pattern in group.patterns} - {UNKNOWN}):
            if not any(matches(pattern, kind) for kind in EVENT_TYPES):
                logger.warning(
                    "handlers of %r: this version knows no such event type%s", pattern, suggestion(pattern, EVENT_TYPES)
                )
        return groups

    async def _warn_unhandled_groups(self, store: Store) -> None:
        own = {group.name for group in self.groups()}
        for name, stats in (await store.stats()).items():
            if name not in own and stats.pending:
                logger.warning(
                    "group %r has %d events pending and no handler in this process; if no other program handles it, "
                    "remove it with `python -m cstar_async.webhooks forget %s`",
                    name,
                    stats.pending,
                    name,
                )

    # Maintenance

    @property
    def inbox(self) -> Inbox:
        """The inbox, with methods to inspect and maintain it; the methods below call these."""
        return self._inbox

    async def dead_letters(
        self,
        *,
        group: str | None = None,
        event_id: str | None = None,
        limit: int = 100,
        after: DeadLetter | None = None,
    ) -> list[DeadLetter]:
        """Return dead letters, oldest first; `after` is the last one of the previous page."""
        return await self._inbox.dead_letters(group=group, event_id=event_id, limit=limit, after=after)

    async def redrive(self, *, group: str | None = None, event_id: str | None = None) -> int:
        """Make dead letters pending again, with no attempt counted; return how many."""
        return await self._inbox.redrive(group=group, event_id=event_id)

    async def replay(
        self, *, since: dt.datetime | dt.timedelta, types: Sequence[str] = (), group: str | None = None
    ) -> int:
        """Handle events again that were received since a time, or within a time span up to now; return how many.

        All groups whose patterns match get them, or only `group`, which may be new. Pending events stay as they are.
        """
        return await self._inbox.replay(since=since, types=types, group=group)

    async def prune(self) -> Pruned:
        """Remove contents older than `retention` and ids older than `max_age`; `run` does this every hour."""
        return await self._inbox.prune()

    async def stats(self) -> Stats:
        """Return the state of the inbox, and the counts of this process."""
        return await self._inbox.stats()

    async def reconcile(
        self,
        cstar: AuditedClient,
        *,
        since: dt.datetime | dt.timedelta = dt.timedelta(days=2),
        enqueue: bool = False,
        budget: int = 100,
    ) -> Reconciliation:
        """Compare the inbox with the audit log of the team: see `cstar_async.webhooks.reconcile`."""
        check_whole("budget", budget, least=1)
        from .reconcile import reconcile

        start = dt.datetime.fromtimestamp(moment(since, self._clock), dt.UTC)
        return await reconcile(
            await self._handle.store(), cstar, now=self._clock.time(), since=start, enqueue=enqueue, budget=budget
        )


def _read(hidden: Sequence[Secret | type]) -> tuple[Secret, ...]:
    if not hidden or not all(isinstance(each, str) and each.strip() for each in hidden):
        kinds = sorted({each.__name__ for each in hidden if isinstance(each, type)})
        raise ValueError(
            "secrets must be the webhook's signing secret as text, or several; it is shown when the webhook is created"
            + (f". Got {', '.join(kinds)}" if kinds else "")
        )
    return read_secrets(hidden)
