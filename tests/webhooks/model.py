"""A model of a store, kept simple: all state is in lists, which each call searches from the beginning."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from cstar_async.webhooks.inbox.records import State

if TYPE_CHECKING:
    from cstar_async.webhooks.inbox.records import Outcome

Name = tuple[str, str]
"""A group and a lane."""


@dataclass
class Entry:
    """An event in the inbox."""

    id: str
    lane: str
    place: int
    received_at: float
    has_body: bool = True


@dataclass
class Work:
    """An event for one group."""

    entry: Entry
    group: str
    lane: str
    due: float
    state: State = State.PENDING
    attempts: int = 0


@dataclass
class Held:
    """A lane that is leased."""

    work: Work
    until: float


@dataclass
class Model:
    """An inbox whose groups get all events."""

    ordered: dict[str, bool]
    entries: list[Entry] = field(default_factory=list)
    work: list[Work] = field(default_factory=list)
    held: dict[Name, Held] = field(default_factory=dict)
    count: int = 0

    def accept(self, name: str, lane: str, now: float) -> bool:
        if any(entry.id == name for entry in self.entries):
            return False
        self.count += 1
        entry = Entry(name, lane, self.count, now)
        self.entries.append(entry)
        self.work += [Work(entry, group, self.lane(group, entry), now) for group in self.ordered]
        return True

    def lane(self, group: str, entry: Entry) -> str:
        return entry.lane if self.ordered[group] else f"{entry.lane}#{entry.place}"

    def heads(self) -> dict[Name, Work]:
        """The first pending work of each lane."""
        found: dict[Name, Work] = {}
        for each in sorted(self.work, key=lambda work: work.entry.place):
            if each.state is State.PENDING:
                found.setdefault((each.group, each.lane), each)
        return found

    def reap(self, attempts: int, now: float) -> None:
        for name, held in list(self.held.items()):
            if held.until <= now:
                del self.held[name]
                if held.work.state is State.PENDING and held.work.attempts >= attempts:
                    held.work.state = State.DEAD

    def lease(self, group: str, limit: int, seconds: float, now: float) -> list[Work]:
        free = [
            work
            for name, work in self.heads().items()
            if name not in self.held and work.group == group and work.due <= now
        ]
        taken = sorted(free, key=lambda work: (work.due, work.entry.place))[:limit]
        for work in taken:
            work.attempts += 1
            self.held[work.group, work.lane] = Held(work, now + seconds)
        return taken

    def settle(self, held: Held, outcome: Outcome) -> bool:
        name = (held.work.group, held.work.lane)
        if self.held.get(name) is not held:
            return False
        del self.held[name]
        if held.work.state is State.PENDING:
            held.work.state, held.work.due = outcome.state, outcome.due
            held.work.attempts -= not outcome.counts
        return True

    def commit(self, held: Held) -> bool:
        if self.held.get((held.work.group, held.work.lane)) is not held or held.work.state is not State.PENDING:
            return False
        held.work.state = State.DONE
        return True

    def next_due(self, group: str, now: float) -> float | None:
        moments = [held.until for (name, _), held in self.held.items() if name == group]
        moments += [work.due for name, work in self.heads().items() if name not in self.held and name[0] == group]
        return min(moments) - now if moments else None

    def revive(self, group: str, states: set[State], since: float, now: float) -> int:
        chosen = [
            work
            for work in self.work
            if work.group == group and work.state in states and work.entry.has_body and work.entry.received_at >= since
        ]
        for work in chosen:
            work.state, work.attempts, work.due = State.PENDING, 0, now
        return len(chosen)

    def prune(self, what: Literal["bodies", "events"], before: float) -> int:
        done = [
            entry
            for entry in self.entries
            if entry.received_at < before
            and all(work.state is State.DONE for work in self.work if work.entry is entry)
            and (entry.has_body if what == "bodies" else entry not in [held.work.entry for held in self.held.values()])
        ]
        for entry in done:
            entry.has_body = False
        if what == "events":
            self.entries = [entry for entry in self.entries if entry not in done]
            self.work = [work for work in self.work if work.entry not in done]
        return len(done)
