"""Patterns of event types: `ticket.created`, `ticket.*`, `*`. Pure."""

from __future__ import annotations

from typing import Final

from cstar_async._core import event_patterns
from cstar_async._core.event_patterns import EVERYTHING, check_pattern, suggestion

__all__ = ["EVERYTHING", "UNKNOWN", "check_pattern", "matches", "specificity", "suggestion"]

UNKNOWN: Final = "?unknown"
"""Stands for all types that this version of the package does not know; users cannot write this pattern."""


def matches(pattern: str, kind: str, *, known: bool = True) -> bool:
    """Whether the pattern matches events of this type. `known` is whether the package knows the type."""
    if pattern == UNKNOWN:
        return not known
    return event_patterns.matches(pattern, kind)


def specificity(pattern: str) -> int:
    """Return a rank, greatest for the most specific pattern: a type, then longer prefixes, then the rest."""
    if pattern == EVERYTHING:
        return 0
    if pattern == UNKNOWN:
        return 1
    return 2 + len(pattern) + (0 if pattern.endswith(".*") else 1_000)
