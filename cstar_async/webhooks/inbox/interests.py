"""The patterns of an inbox's groups, in all processes: logs changes, and events that no group wants."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from cstar_async.webhooks.patterns import matches
from cstar_async.webhooks.rate_limited_log import RateLimitedLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cstar_async.clock import Clock

    from .records import Group, Incoming

logger = logging.getLogger("cstar_async.webhooks")

READ_INTERVAL: Final = 60.0
"""Seconds between reads of the groups that other processes have registered."""
UNWANTED_EVERY: Final = 3_600.0
"""Seconds between log lines about events of one type that no group wants."""


def warn_of_changes(stored: Iterable[Group], registering: Sequence[Group]) -> None:
    """Log each group that this process is about to register differently from how it is stored."""
    before = {group.name: group for group in stored}
    for group in registering:
        old = before.get(group.name)
        if old is not None and _describe(old) != _describe(group):
            logger.warning(
                "group %r is registered again: its patterns were %s and are now %s. If this is not a new version of "
                "the same program, two programs take events of the group from each other: use another group= in one",
                group.name,
                _describe(old),
                _describe(group),
            )


class Interests:
    """The patterns of an inbox's groups, as last read."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._own: dict[str, Group] = {}
        self._logged: dict[str, str] = {}
        """How other processes have registered our groups, as last logged."""
        self._patterns: frozenset[str] = frozenset()
        self._wanted: dict[tuple[str, bool], bool] = {}
        self._seen = 0.0
        self._log = RateLimitedLog(clock, UNWANTED_EVERY)

    def register(self, own: Sequence[Group], others: Iterable[Group]) -> None:
        """Begin with what this process has registered, and others before it."""
        self._own = {group.name: group for group in own}
        self._logged.clear()
        self._learn([*(group for group in others if group.name not in self._own), *own])

    def is_due(self) -> bool:
        """Whether to read the groups again. If so, the next time is an interval from now."""
        now = self._clock.monotonic()
        if 0 <= now - self._seen < READ_INTERVAL:
            return False
        self._seen = now
        return True

    def update(self, stored: Sequence[Group]) -> None:
        """Store the registered groups, and log which of ours another process has changed."""
        self._learn(stored)
        for group in stored:
            own = self._own.get(group.name)
            if own is None or _describe(own) == _describe(group):
                self._logged.pop(group.name, None)
            elif self._logged.get(group.name) != _describe(group):
                self._logged[group.name] = _describe(group)
                logger.warning(
                    "group %r was registered by another process with the patterns %s, but here with %s. The group gets "
                    "no more events that only the patterns of this process match: use another group= in one",
                    group.name,
                    _describe(group),
                    _describe(own),
                )

    def note(self, event: Incoming) -> None:
        """Log that no group wants an event that was kept, at intervals for each type."""
        key = (event.type, event.known)
        wanted = self._wanted.get(key)
        if wanted is None:
            wanted = any(matches(pattern, event.type, known=event.known) for pattern in self._patterns)
            if event.known:  # a limit on memory
                self._wanted[key] = wanted
        if not wanted:
            self._log.add(
                event.type if event.known else "",
                f"{event.id} is kept, but no group of this inbox wants {event.type!r}: `replay` can give it to one "
                "later, until it is pruned",
            )

    def _learn(self, groups: Iterable[Group]) -> None:
        self._seen = self._clock.monotonic()
        patterns = frozenset(pattern for group in groups for pattern in group.patterns)
        if patterns != self._patterns:
            self._patterns = patterns
            self._wanted.clear()


def _describe(group: Group) -> str:
    return f"{', '.join(sorted(group.patterns))}{'' if group.ordered else ' (unordered)'}"
