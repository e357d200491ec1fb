"""The books of a key that several processes use: what is left, and which requests are under way. Pure.

Every request is a *slot* from before it is sent until its answer is in the books. A process that dies leaves its slots
behind; each has a lease, and when that has run out the request is over for certain. Whether the service has counted it
is not certain. So the slot goes on counting until the service itself has spoken: in an answer to a request that was
begun later, whose `X-RateLimit-Remaining` has counted the dead one if it ever arrived, or with the next window. Then it
is dropped, and nothing of the dead process is left. A request that was lost on the way (no answer came) is treated in
the same way, but for `LOST` seconds at most, so that an outage does not use up the quota in the books alone.

Leases are of slots, in the row of the key, rather than locks of a connection: they work through a connection pooler,
and a machine that vanishes without closing its connections holds nothing for longer than a lease.
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

LOST: Final = 60.0
"""Seconds for which a request without an answer is taken to have been counted, if nothing tells."""


@attrs.define
class Slot:
    """A request under way. Times are the ledger's, in seconds."""

    id: int
    generation: int
    begun: float
    over: float
    """When the request is over for certain: at the end of its lease, or when it was given up."""
    lost: bool = False

    __repr__ = show_fields


class Settlement(NamedTuple):
    """The end of a request, as its process tells it."""

    slot: Slot
    sent: bool
    answered: bool = False
    rate: RateLimit | None = None
    date: str | None = None


class Ledger:
    """The books of one key. All times are those of one clock, the database's."""

    def __init__(self, limit: int, reserve: float) -> None:
        self.window = Window(limit, reserve)
        self._slots: dict[int, Slot] = {}
        self._last = 0
        self._heard = -math.inf
        """When the latest of the requests that were answered had begun."""
        self._opened = -math.inf
        """When this window began."""

    def take(self, priority: Priority, lease: float, now: float) -> Slot | float:
        """A slot for one request; or the seconds until there may be one, infinity if only an answer can tell."""
        self._sweep(now)
        wait = self.window.wait(now, priority)
        if wait:
            return wait
        generation = self.window.begin(now, priority)
        self._last += 1
        slot = self._slots[self._last] = Slot(self._last, generation, now, now + lease)
        return slot

    def settle(self, settlement: Settlement, now: float) -> None:
        """Take in how a request ended; once or again."""
        self._sweep(now)
        slot = settlement.slot
        if settlement.sent and not settlement.answered:
            held = self._slots.get(slot.id)
            if held is not None and not held.lost:
                held.lost, held.over = True, now
            return
        self._slots.pop(slot.id, None)
        self.window.in_flight = len(self._slots)
        if not settlement.answered:
            return
        if slot.generation == self.window.generation:
            self.window.told = True
        before = self.window.reset
        if settlement.rate is not None:
            self.window.learn(settlement.rate, settlement.date, slot.generation, now)
        if before is not None and self.window.reset != before:
            self._opened = now
        self._heard = max(self._heard, slot.begun)
        self._sweep(now)

    def _sweep(self, now: float) -> None:
        """Begin a new window if it is time, and drop the slots of which the service has spoken."""
        if self.window.ends_at is not None and now >= self.window.ends_at:
            self._opened = self.window.ends_at
        spoken = max(self._heard, self._opened)
        for slot in list(self._slots.values()):
            forgotten = slot.lost and now >= slot.over + LOST
            if now >= slot.over and (forgotten or slot.over < spoken):
                del self._slots[slot.id]
        self.window.in_flight = len(self._slots)

    def dump(self) -> str:
        """All of it as text."""
        window, pace = self.window, self.window.pace
        return json.dumps({
            "window": [window.limit, window.length, window.left, window.ends_at, window.generation, window.reset,
                       window.told],
            "pace": [pace.due, pace.sent, pace.claim],
            "slots": [[slot.id, slot.generation, slot.begun, slot.over, slot.lost] for slot in self._slots.values()],
            "last": self._last, "heard": self._heard, "opened": self._opened,
        })  # fmt: skip

    @classmethod
    def load(cls, text: str, reserve: float) -> Ledger:
        """What `dump` wrote; each process has its own idea of the reserve."""
        told: dict[str, Any] = json.loads(text)
        ledger = cls(told["window"][0], reserve)
        window, pace = ledger.window, ledger.window.pace
        _, window.length, window.left, window.ends_at, window.generation, window.reset, window.told = told["window"]
        pace.due, pace.sent, pace.claim = told["pace"]
        ledger._slots = {each[0]: Slot(*each) for each in told["slots"]}
        window.in_flight = len(ledger._slots)
        ledger._last, ledger._heard, ledger._opened = told["last"], told["heard"], told["opened"]
        return ledger
