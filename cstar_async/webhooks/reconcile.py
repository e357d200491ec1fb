"""Find events that never arrived, by comparing the team's audit log with the inbox."""

from __future__ import annotations

import datetime as dt  # noqa: TC003  # annotations of a NamedTuple are evaluated
import logging
import re
from collections import defaultdict
from contextlib import aclosing
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

import orjson

from cstar_async._core.json_body import read_json
from cstar_async._core.serialization import encode_datetime
from cstar_async.errors import NotFoundError

from .receiving.envelope import KNOWN_TYPES, read_envelope
from .receiving.ordering import ordering_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from .inbox import Store
    from .inbox.records import Seen

logger = logging.getLogger("cstar_async.webhooks")

TOLERANCE: Final = 60.0
"""Seconds by which the times of an audit log entry and of its event may differ; not documented by cStar."""
FRESH: Final = 60.0
"""Seconds during which a first delivery may still be in flight."""
PAGE: Final = 100
"""Entries of the audit log in one request: the maximum that cStar documents."""


class Entry(Protocol):
    """An entry of the audit log, as the client returns it: `AuditLogEntry`."""

    id: str
    action: str
    resource_type: str
    resource_id: str
    details: dict[str, Any]
    created_at: dt.datetime


class AuditedClient(Protocol):
    """What is used of a `CStarClient`. With `enqueue` also `auth.whoami` and the resources' `get`."""

    @property
    def audit_log(self) -> Any:
        """`list(start_date=…, page_size=…)`, which can be iterated by pages."""
        ...


class MissingEvent(NamedTuple):
    """An entry of the audit log without an event in the inbox."""

    audit_id: str
    type: str
    resource_id: str
    at: dt.datetime
    enqueued: bool
    """Whether a synthetic event was put into the inbox."""


class Reconciliation(NamedTuple):
    """The result of a comparison."""

    missing: Sequence[MissingEvent]
    """Oldest first."""
    checked: int
    """Entries of the audit log that should have an event."""
    requests: int
    complete: bool
    """False if the budget was used up before everything was compared, or enqueued."""
    since: dt.datetime
    """Everything from this moment on was compared."""


async def reconcile(
    store: Store, cstar: AuditedClient, *, now: float, since: dt.datetime, enqueue: bool, budget: int
) -> Reconciliation:
    """Look in the inbox for the event of each audit log entry since a moment, newest first.

    An entry and an event belong together if type and resource are the same and their times are less than a minute
    apart; each event matches one entry. Entries of the last minute are left out: their events may be in flight.
    cStar retries a delivery for up to 31 hours, so a missing event may still arrive.

    With `enqueue`, a synthetic event is put into the inbox for each missing event: `event.synthetic` is true, its id is
    `reconcile:<audit id>`, so that another run does not add it again, and its data is the current state of the
    resource, not that at the time of the entry. If the event is delivered later, both are handled.

    At most `budget` requests are made, one for 100 entries and, with `enqueue`, one for each missing event. They have
    bulk priority. Raises the errors of the client and of the database.
    """
    spent = _Budget(budget)
    entries, complete = await _entries(cstar, since, now, spent)
    # If the budget did not suffice, entries before the last page were not compared.
    start = since if complete or not entries else entries[-1].created_at
    without_event = unmatched(entries, await store.seen(since=start.timestamp() - TOLERANCE))
    source = _Source(cstar, spent)
    missing: list[MissingEvent] = []
    for entry in without_event:
        body = await source.event(entry) if enqueue else None
        if body is not None:
            await store.accept(read_envelope(body).incoming(body, synthetic=True))
        elif enqueue:
            complete = False
        missing.append(MissingEvent(entry.id, entry.action, entry.resource_id, entry.created_at, body is not None))
    if missing:
        enqueued = sum(each.enqueued for each in missing)
        logger.warning("%d events of the audit log are not in the inbox; %d enqueued", len(missing), enqueued)
    return Reconciliation(missing, len(entries), spent.taken, complete, start)


def unmatched(entries: Sequence[Entry], seen: Iterable[Seen]) -> list[Entry]:
    """Return the entries, given newest first, that have no event of their own; oldest first. Pure."""
    events: dict[tuple[str, str], list[float]] = defaultdict(list)
    for each in seen:
        events[each.type, _without_team(each.ordering_key)].append(each.created_at)
    found: list[Entry] = []
    # Reversed before the stable sort, so that entries of the same time keep the order of the log.
    oldest_first = list(reversed(entries))
    oldest_first.sort(key=lambda each: each.created_at)
    for entry in oldest_first:
        data = _snake({**(entry.details or {}), "id": entry.resource_id})
        times = events[entry.action, _without_team(ordering_key(entry.action, "", data))]
        moment = entry.created_at.timestamp()
        near = [each for each in times if abs(each - moment) <= TOLERANCE]
        if near:
            # The oldest, so that entries close together are matched in their order.
            times.remove(min(near))
        else:
            found.append(entry)
    return found


class _Budget:
    """Counts requests up to a limit."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self.taken = 0

    def take(self) -> bool:
        """Take one request; False if none is left."""
        if self.taken >= self._limit:
            return False
        self.taken += 1
        return True


async def _entries(cstar: AuditedClient, since: dt.datetime, now: float, spent: _Budget) -> tuple[list[Entry], bool]:
    """The entries that should have an event, newest first, and whether the log was read to its end."""
    pages = cstar.audit_log.list(start_date=since, page_size=PAGE).options(priority="bulk").pages()
    found: list[Entry] = []
    async with aclosing(pages):
        while spent.take():
            page = await anext(pages, None)
            if page is None:
                spent.taken -= 1  # no request was made: the pager knew that there are no more pages
                return found, True
            found += [
                entry
                for entry in page.data
                if entry.action in KNOWN_TYPES
                and since <= entry.created_at
                and entry.created_at.timestamp() < now - FRESH
            ]
            if not page.has_more:
                return found, True
    return found, False


_GETTERS: Final[Mapping[str, str]] = {
    "article": "articles",
    "boss": "game.boss",
    "customer": "customers",
    "customer_group": "customer_groups",
    "ticket": "tickets",
}
"""The client's resource for each type that can be fetched by id; other events only have the data of the log."""


class _Source:
    """Makes synthetic events for entries, from the current state of their resources."""

    def __init__(self, cstar: Any, spent: _Budget) -> None:
        self._cstar = cstar
        self._spent = spent
        self._team: str | None = None

    async def event(self, entry: Entry) -> bytes | None:
        """The body of a synthetic event; None if the budget is used up."""
        if self._team is None:
            if not self._spent.take():
                return None
            self._team = (await self._cstar.auth.whoami().options(priority="bulk")).team_id
        data = _snake({**(entry.details or {}), "id": entry.resource_id})
        getter = _GETTERS.get(entry.resource_type)
        if getter is not None and not entry.action.endswith(".deleted"):
            if not self._spent.take():
                return None
            resource = attrgetter(getter)(self._cstar)
            try:
                answer = await resource.get(entry.resource_id).options(priority="bulk").response()
            except NotFoundError:
                logger.info("%s is deleted; its event only has the id", entry.resource_id)
            else:
                data = {**data, **_snake(read_json(answer.raw)["data"])}
        return orjson.dumps(
            {
                "id": f"reconcile:{entry.id}",
                "type": entry.action,
                "created_at": encode_datetime(entry.created_at),
                "team_id": self._team,
                "data": data,
            }
        )


def _without_team(key: str) -> str:
    return key.partition("/")[2]


def _snake(value: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a resource in snake_case, as in events; nested values are unchanged."""
    return {_HUMP.sub("_", name).lower(): each for name, each in value.items()}


_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
