"""The state of a key that several processes use: what is left, and which requests are in flight. Pure.

Every request is a *slot* from before it is sent until its answer is in the ledger. A process that dies leaves its slots
behind. Each has a lease; after it the request has certainly ended, but the service may or may not have counted it. So
the slot counts until the next window, or until the service has answered a request that began later: the
`X-RateLimit-Remaining` of that answer includes the request of the dead process if it ever arrived. A request without an
answer is treated in the same way, but for `LOST_LIFETIME` seconds at most, so that an outage does not use up the quota
in the ledger alone.

Slots have leases in the row of the key, not locks of a connection: they work through a connection pooler, and a machine
that disappears with open connections holds nothing for longer than a lease.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import attrs

from cstar_async._core.representation import show_fields

from .window import Window

if TYPE_CHECKING:
    from cstar_async._core.rate_limit import Priority, RateLimit

LOST_LIFETIME: Final = 60.0
"""Seconds for which a request without an answer counts, if no later answer includes it."""


@attrs.define
class Slot:
    """A request in flight. Times are the ledger's, in seconds."""

    id: int
    generation: int
    begun: float
    ends_at: float
    """When the request has certainly ended: at the end of its lease, or when it was lost."""
    lost: bool = False

    __repr__ = show_fields


class Settlement(NamedTuple):
    """The end of a request, as its process reports it."""

    slot: Slot
    sent: bool
    answered: bool = False
    rate: RateLimit | None = None
    date: str | None = None


class Ledger:
    """The state of one key. All times are those of one clock, the database's."""

    def __init__(self, limit: int, reserve: float) -> None:
        self.window = Window(limit, reserve)
        self._slots: dict[int, Slot] = {}
        self._last_id = 0
        self._latest_answered = -math.inf
        """When the latest of the answered requests began."""
        self._window_began = -math.inf
        """When the window began."""

    def take(self, priority: Priority, lease: float, now: float) -> Slot | float:
        """Take a slot, or return the seconds until there may be one: infinity if that depends on the next answer."""
        self._drop_counted_slots(now)
        wait = self.window.wait(now, priority)
        if wait:
            return wait
        generation = self.window.begin(now, priority)
        self._last_id += 1
        slot = self._slots[self._last_id] = Slot(self._last_id, generation, now, now + lease)
        return slot

    def settle(self, settlement: Settlement, now: float) -> None:
        """Record how a request ended. Recording it again changes nothing."""
        self._drop_counted_slots(now)
        slot = settlement.slot
        if settlement.sent and not settlement.answered:
            known = self._slots.get(slot.id)
            if known is not None and not known.lost:
                known.lost, known.ends_at = True, now
            return
        self._slots.pop(slot.id, None)
        self.window.in_flight = len(self._slots)
        if not settlement.answered:
            return
        if slot.generation == self.window.generation:
            self.window.observed = True
        before = self.window.reset
        if settlement.rate is not None:
            self.window.learn(settlement.rate, settlement.date, slot.generation, now)
        if before is not None and self.window.reset != before:
            self._window_began = now
        self._latest_answered = max(self._latest_answered, slot.begun)
        self._drop_counted_slots(now)

    def _drop_counted_slots(self, now: float) -> None:
        """Begin a new window if it is time, and drop the slots that the service's count includes."""
        if self.window.ends_at is not None and now >= self.window.ends_at:
            self._window_began = self.window.ends_at
        counted_until = max(self._latest_answered, self._window_began)
        for slot in list(self._slots.values()):
            expired = slot.lost and now >= slot.ends_at + LOST_LIFETIME
            if now >= slot.ends_at and (expired or slot.ends_at < counted_until):
                del self._slots[slot.id]
        self.window.in_flight = len(self._slots)

    def dump(self) -> str:
        """The ledger as text."""
        window, pace = self.window, self.window.pace
        counts = (window.limit, window.length, window.left, window.ends_at, window.generation, window.reset)
        return json.dumps(
            {
                "window": (*counts, window.observed),
                "pace": (pace.due, pace.sent, pace.claimed_until),
                "slots": [attrs.astuple(slot) for slot in self._slots.values()],
                "ledger": (self._last_id, self._latest_answered, self._window_began),
            }
        )

    @classmethod
    def load(cls, text: str, reserve: float) -> Ledger:
        """Read what `dump` wrote. `reserve` is this process's own."""
        state: dict[str, Any] = json.loads(text)
        ledger = cls(state["window"][0], reserve)
        window, pace = ledger.window, ledger.window.pace
        _, window.length, window.left, window.ends_at, window.generation, window.reset, window.observed = state[
            "window"
        ]
        pace.due, pace.sent, pace.claimed_until = state["pace"]
        ledger._slots = {each[0]: Slot(*each) for each in state["slots"]}
        window.in_flight = len(ledger._slots)
        ledger._last_id, ledger._latest_answered, ledger._window_began = state["ledger"]
        return ledger
