"""Patterns of event types: `ticket.created`, `ticket.*`, `*`. Pure."""

from __future__ import annotations

import re
from typing import Final

EVERYTHING: Final = "*"

_PATTERN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*(\.\*)?|\*", re.ASCII)


def check_pattern(pattern: str) -> str:
    """Return the pattern. Raises ValueError if it is not valid, such as `ticket*`, `*.created` or an empty text."""
    if not isinstance(pattern, str):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"a pattern must be text such as 'ticket.created', got {type(pattern).__name__}")
    if not _PATTERN.fullmatch(pattern):
        raise ValueError(f"{pattern!r} is not a pattern: write 'ticket.created', 'ticket.*' or '*'")
    return pattern


def matches(pattern: str, kind: str) -> bool:
    """Whether the pattern matches events of this type."""
    return pattern in {EVERYTHING, kind} or (pattern.endswith(".*") and kind.startswith(pattern[:-1]))
