"""Patterns of event types: `ticket.created`, `ticket.*`, `*`. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

EVERYTHING: Final = "*"
UNKNOWN: Final = "?unknown"
"""Stands for all types that this version of the package does not know; users cannot write this pattern."""

_PATTERN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?|\*", re.ASCII)


def check_pattern(pattern: str) -> str:
    """Return the pattern. Raises ValueError if it is not valid, such as `ticket*`, `*.created` or an empty text."""
    if not isinstance(pattern, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"a pattern must be text such as 'ticket.created', got {type(pattern).__name__}")
    if not _PATTERN.fullmatch(pattern):
        raise ValueError(f"{pattern!r} is not a pattern: write 'ticket.created', 'ticket.*' or '*'")
    return pattern


def matches(pattern: str, kind: str, *, known: bool = True) -> bool:
    """Whether the pattern matches events of this type. `known` is whether the package knows the type."""
    if pattern == UNKNOWN:
        return not known
    return pattern in {EVERYTHING, kind} or (pattern.endswith(".*") and kind.startswith(pattern[:-1]))


def specificity(pattern: str) -> int:
    """Return a rank, greatest for the most specific pattern: a type, then longer prefixes, then the rest."""
    if pattern == EVERYTHING:
        return 0
    if pattern == UNKNOWN:
        return 1
    return 2 + len(pattern) + (0 if pattern.endswith(".*") else 1_000)


def suggestion(pattern: str, kinds: Iterable[str]) -> str:
    """Return `; did you mean 'ticket.created'?`, or nothing if no type is similar."""
    from difflib import get_close_matches

    choices = {choice for kind in kinds for choice in (kind, f"{kind.partition('.')[0]}.*")}
    return "".join(f"; did you mean {found!r}?" for found in get_close_matches(pattern, sorted(choices), 1))
