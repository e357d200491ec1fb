"""What live lists and live objects have in common: their state, their readers, and the task that reads the data."""

from __future__ import annotations

import abc
import asyncio
import contextlib
import datetime as dt
import math
from random import random
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from cstar_async._core.pagination import Pagination
from cstar_async._core.representation import safe_repr
from cstar_async._http.retry_policy import is_transient
from cstar_async.errors import CStarError, QuotaExceededError

from .assumption import Assumption, with_assumptions
from .pace import REFUSED_WAIT
from .readers import Readers
from .rows import Shape, apply, share
from .state import LiveState
from .stream import reconnect_wait

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from cstar_async._core.operation import Operation
    from cstar_async._core.request import Request

    from .hub import Hub
    from .rows import Notice

D = TypeVar("D")

SETTLE: Final = 0.05
"""Seconds from the event that makes data stale to the request, so that one request serves all events of a moment."""
CONFIRMED_WITHIN: Final = 1.0
"""Seconds for the event that confirms a write; after that the data is read."""
LONGEST_LOG: Final = 1000
"""The most events that are remembered during a request."""


class Loaded(NamedTuple):
    """What a read of the data brought."""

    rows: list[Any]
    pagination: Pagination
    complete: bool
    """Whether no rows follow these."""


class LiveView(Readers[D]):
    """The base of `LiveList` and `LiveObject`: data that is kept true while somebody reads it."""

    _single: bool

    def __init__(self, hub: Hub, request: Request) -> None:
        super().__init__(hub, LiveState(data=self._data(())))
        self._shape = Shape(request, single=self._single)
        self._rows: tuple[Any, ...] = ()
        """As the service has them, as far as is known."""
        self._complete = False
        self._shown: tuple[Any, ...] = ()
        """The rows with the assumptions."""
        self._assumptions: list[Assumption] = []
        self._assumed = False
        """Whether there were assumptions in the last state."""
        self._pagination = Pagination()
        self._loading, self._refreshing, self._stale = True, False, False
        self._error: Exception | None = None
        self._wake = asyncio.Event()
        self._log: list[Notice] | None = None
        """The events since the present request was sent; they are applied again to its answer."""
        self._missed = False
        """Whether there were more events than are remembered."""
        self._asked = True
        """The program wants the data to be read."""
        self._read_at = math.inf
        """When the data has to be read again."""
        self._not_before = -math.inf
        self._failures = 0
        self._begun = self._ended = 0
        """Reads that have begun, and the number of the last one that has ended."""

    async def ready(self) -> LiveState[D]:
        """Wait for the first data, and return the newest state.

        Raises:
            CStarError: The request failed.
            RuntimeError: The client or the `Live` is closed.
        """
        with self._reading():
            if self._loading:
                if not self._refreshing:
                    self.refetch()
                await self._read_ended(self._begun + (not self._refreshing))
                if self._error is not None:
                    raise self._error
        return self._state

    def refetch(self) -> None:
        """Read the data now, without regard to the share of the quota; if nobody reads, with the next reader.

        Raises:
            RuntimeError: The client or the `Live` is closed, or belongs to another event loop.
        """
        self._hub.require_open()
        self._asked = True
        self._wake.set()

    async def _read_ended(self, number: int) -> None:
        while self._ended < number:
            await self._wait()
            self._hub.require_open()
        self._require_sound()

    @abc.abstractmethod
    async def _load(self, *, asked: bool) -> Loaded:
        """Send the requests for the data; `asked` if the program wants it, else in the background."""

    @abc.abstractmethod
    def _data(self, rows: tuple[Any, ...]) -> D:
        """What users see of these rows."""

    @property
    def _cost(self) -> int:
        """The requests that the next read takes."""
        return 1

    # The task

    def wake_task(self) -> None:
        """Let the task see that something is to be done."""
        self._wake.set()

    def _entered(self) -> None:
        self._hub.enter(self)

    def _left(self) -> None:
        self._hub.leave(self)
        self._asked = self._stale = True  # what happens from now on is not seen
        self._refreshing = False
        self._publish()

    async def _run(self) -> None:
        await self._hub.opened(self)
        while True:
            self._wake.clear()
            wait = self._due()
            if wait > 0:
                await self._hub.pause(self._wake, wait)
            else:
                await self._read()

    def _due(self) -> float:
        """Seconds until the data has to be read; 0 for now."""
        if self._asked:
            return 0.0
        wait = max(self._read_at, self._not_before) - self._hub.now()
        return wait if wait > 0 else self._hub.turn(self, self._cost)

    async def _read(self) -> None:
        asked, self._asked = self._asked, False
        self._hub.end_turn(self)
        if not asked:
            self._hub.pay(self._cost)
        self._read_at, self._log, self._missed = math.inf, [], False
        self._begun += 1
        self._refreshing = True
        self._publish()
        try:
            loaded = await self._load(asked=asked)
        except CStarError as error:
            self._fail(error)
        else:
            log, self._log = self._log, None
            self._accept(loaded, log)
        finally:
            self._log, self._refreshing = None, False
            self._ended = self._begun
        if not self.connected:
            self._read_by(self._hub.poll)
        self._publish()

    def _accept(self, loaded: Loaded, log: list[Notice]) -> None:
        self._rows = share(self._rows, loaded.rows)
        self._complete, self._pagination = loaded.complete, loaded.pagination
        self._loading, self._stale, self._error = False, False, None
        self._failures, self._not_before = 0, -math.inf
        self._assumptions = [each for each in self._assumptions if not each.is_settled(self._begun)]
        for notice in log:
            self._apply(notice)
        if self._missed:
            self.invalidate()

    def _fail(self, error: CStarError) -> None:
        self._failures += 1
        self._stale, self._error = True, error
        if is_transient(error) or isinstance(error, QuotaExceededError):
            wait = reconnect_wait(self._failures, 0.0, random)
            self._not_before = self._hub.now() + max(wait, getattr(error, "retry_after", None) or 0.0)
            self._read_by(0.0)
        else:
            self._read_by(REFUSED_WAIT)

    def _read_by(self, seconds: float) -> None:
        self._read_at = min(self._read_at, self._hub.now() + seconds)
        self._wake.set()

    # Events

    @property
    def operation(self) -> Operation:
        """The endpoint that the data comes from."""
        return self._shape.operation

    @property
    def changed_by(self) -> tuple[str, ...]:
        """The patterns of the events that announce changes."""
        return self.operation.changed_by

    @property
    def connected(self) -> bool:
        """Whether events announce changes of the data, and are taken: a list that nobody reads takes none."""
        return self._hub.connected and self._task is not None and bool(self.changed_by)

    def invalidate(self) -> None:
        """Read the data again soon: something may have changed."""
        self._stale = True
        self._read_by(SETTLE)
        self._publish()

    def receive(self, notice: Notice) -> None:
        """Apply an event."""
        if self._log is not None:
            self._log.append(notice)
            if len(self._log) > LONGEST_LOG:  # the request may wait for the quota for an hour
                self._log.clear()
                self._missed = True
        self._apply(notice)
        self._publish()

    def connection_changed(self) -> None:
        """Adapt to whether events arrive. Those before a new connection may have been missed."""
        if self.connected:
            self.invalidate()
        elif self.changed_by:
            self._read_by(self._hub.poll)
            self._publish()

    def _apply(self, notice: Notice) -> None:
        before = len(self._rows)
        applied = apply(self._rows, notice, self._shape, complete=self._complete)
        self._rows = applied.rows
        gone, total = before - len(applied.rows), self._pagination.total
        if gone and total is not None:
            self._pagination = self._pagination._replace(total=max(0, total - gone))
        if applied.stale and self._log is None:
            self._stale = True
            self._read_by(SETTLE)
        if applied.patched:
            self._read_by(self._hub.poll)  # it is not documented that an event says all that changed

    # States

    def _publish(self) -> None:
        """Show the present state, if it differs from the last."""
        self._assumptions = [each for each in self._assumptions if not each.is_true(self._rows)]
        shown = self._rows
        if self._assumptions or self._assumed:
            shown = share(self._shown, with_assumptions(shown, self._assumptions, self._shape))
        self._assumed = bool(self._assumptions)
        old = self._state
        is_new = shown is not self._shown or (old.loading and not self._loading)
        # What the block of an assumption should have written may not have been.
        stale = self._stale or any(each.written_at is not None for each in self._assumptions)
        now = (self._loading, self._refreshing, self._error, self._pagination, self.connected, stale)
        before = (old.loading, old.refreshing, old.error, old.pagination, old.connected, old.stale)
        if not is_new and now == before:
            return
        self._shown = shown
        self._state = LiveState(
            data=self._data(shown) if is_new else old.data,
            loading=self._loading,
            refreshing=self._refreshing,
            error=self._error,
            pagination=self._pagination,
            connected=self.connected,
            stale=stale,
            updated_at=dt.datetime.fromtimestamp(self._hub.clock.time(), dt.UTC) if is_new else old.updated_at,
            version=old.version + 1,
        )
        self._show()

    @contextlib.asynccontextmanager
    async def _assume(self, identity: object, fields: dict[str, Any]) -> AsyncGenerator[None]:
        self._hub.require_open()
        assumption = Assumption(identity, fields)
        assumption.check(self._rows)
        self._assumptions.append(assumption)
        self._publish()
        try:
            yield
        except BaseException as error:
            if assumption in self._assumptions:
                self._assumptions.remove(assumption)
            if isinstance(error, asyncio.CancelledError) or getattr(error, "outcome_unknown", False):
                self.invalidate()
            self._publish()
            raise
        assumption.written_at = self._begun
        self._publish()
        if assumption in self._assumptions:
            wait = CONFIRMED_WITHIN if self.connected else 0.0
            asyncio.get_running_loop().call_later(wait, self._confirm, assumption)

    def _confirm(self, assumption: Assumption) -> None:
        """Read the data if no event has confirmed an assumption."""
        if assumption in self._assumptions:
            self.invalidate()

    @safe_repr
    def __repr__(self) -> str:
        what, version = self.operation.id, self._state.version
        return f"<{type(self).__name__} {what}: {len(self._shown)} rows, version {version}>"
