"""Inspect and maintain an inbox: dead letters, replay, counts, pruning."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final, NamedTuple

from cstar_async._core.serialization import encode_array
from cstar_async._core.validation import check_whole
from cstar_async.webhooks.patterns import check_pattern
from cstar_async.webhooks.timing import moment, until

if TYPE_CHECKING:
    import datetime as dt
    from collections import Counter
    from collections.abc import Callable, Mapping, Sequence

    from cstar_async.clock import Clock

    from .handle import InboxHandle
    from .protocol import Store
    from .records import DeadLetter, GroupStats, Pruned

logger = logging.getLogger("cstar_async.webhooks")

PRUNED_EVERY: Final = 3_600.0
"""Seconds."""


class Stats(NamedTuple):
    """The state of an inbox, and the counts of this process."""

    groups: Mapping[str, GroupStats]
    """For each registered group: pending, leased, dead, done, oldest."""
    counts: Mapping[str, int]
    """Of this process since its start: accepted, duplicates, refused_<status>, handled, failed, dead, timeouts,
    given_back, lost."""


class Inbox:
    """The inbox of a dispatcher, `events.inbox`: dead letters, replay, counts and pruning."""

    def __init__(
        self,
        handle: InboxHandle,
        clock: Clock,
        counts: Callable[[], Counter[str]],
        *,
        max_age: float,
        retention: float,
    ) -> None:
        """Initialise; the dispatcher does this.

        Args:
            handle: Opens the store.
            clock: A source of time.
            counts: The counts of this process.
            max_age: Seconds for which ids are remembered.
            retention: Seconds for which the content of handled events is kept.
        """
        self._handle = handle
        self._clock = clock
        self._counts = counts
        self._max_age = max_age
        self._retention = retention

    async def dead_letters(
        self,
        *,
        group: str | None = None,
        event_id: str | None = None,
        limit: int = 100,
        after: DeadLetter | None = None,
    ) -> list[DeadLetter]:
        """Return dead letters, oldest first; `after` is the last one of the previous page."""
        check_whole("limit", limit, least=1)
        position = (0, "") if after is None else (after.sequence, after.group)
        store = await self._handle.store()
        return await store.dead_letters(group=group, event_id=event_id, limit=limit, after=position)

    async def redrive(self, *, group: str | None = None, event_id: str | None = None) -> int:
        """Make dead letters pending again, with no attempt counted; return how many."""
        return await (await self._handle.store()).redrive(group=group, event_id=event_id)

    async def replay(
        self, *, since: dt.datetime | dt.timedelta, types: Sequence[str] = (), group: str | None = None
    ) -> int:
        """Handle events again that were received since a time, or within a time span up to now; return how many.

        All groups whose patterns match get them, or only `group`, which may be new. Pending events stay as they are.
        """
        start = moment(since, self._clock)
        patterns = [check_pattern(each) for each in encode_array(types)]
        return await (await self._handle.store()).replay(group=group, since=start, types=patterns)

    async def prune(self) -> Pruned:
        """Remove contents older than `retention` and ids older than `max_age`; `run` does this every hour."""
        return await self._prune(await self._handle.store())

    async def prune_regularly(self, store: Store) -> None:
        """Prune every hour, until it is cancelled."""
        while True:
            await until(self._clock, self._clock.monotonic() + PRUNED_EVERY)
            try:
                await self._prune(store)
            except Exception as error:  # it is pruned again in an hour
                logger.error("the inbox could not be pruned: %s", type(error).__name__)

    async def _prune(self, store: Store) -> Pruned:
        now = self._clock.time()
        ids = max(self._max_age, self._retention)
        return await store.prune(bodies_before=now - self._retention, ids_before=now - ids)

    async def stats(self) -> Stats:
        """Return the state of the inbox, and the counts of this process."""
        groups = await (await self._handle.store()).stats()
        return Stats(groups, dict(self._counts()))
