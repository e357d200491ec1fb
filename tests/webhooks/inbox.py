"""Events for an empty inbox, and short functions to lease and settle them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cstar_async.webhooks.inbox.records import DONE, Group, Incoming, Lease, Outcome, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cstar_async.webhooks.inbox import Store

ALL = Group("all", ("*",))
DEAD = Outcome(State.DEAD, error="no")


def event(number: object, lane: str = "ticket:1", kind: str = "ticket.updated", **other: Any) -> Incoming:
    """An event, whose id is made from the number."""
    defaults: dict[str, Any] = {
        "team_id": "team",
        "created_at": 1_765_376_990.0,
        "body": f'{{"é":"{number}"}}'.encode(),
    }
    return Incoming(id=f"evt_{number}", type=kind, ordering_key=lane, **{**defaults, **other})


async def lease(store: Store, *groups: str, limit: int = 100, seconds: float = 30, attempts: int = 9) -> list[Lease]:
    """Lease from these groups, by default `all`."""
    return await store.lease(groups or ("all",), limit=limit, seconds=seconds, attempts=attempts)


async def fill(store: Store, events: Sequence[Incoming], *groups: Group) -> None:
    """Register the groups, by default `all`, and accept the events."""
    await store.register(groups or (ALL,))
    for each in events:
        assert await store.accept(each)


def ids(leases: Sequence[Lease]) -> list[str]:
    """The numbers of the leased events."""
    return [each.event_id.removeprefix("evt_") for each in leases]


async def rest(store: Store, group: str = "all") -> list[str]:
    """Lease and settle all due events one by one; their numbers, in order."""
    found: list[str] = []
    while leases := await lease(store, group, limit=1):
        found += ids(leases)
        assert await store.settle(leases[0], DONE)
    return found
