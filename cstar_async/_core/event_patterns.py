"""Patterns of event types: `ticket.created`, `ticket.*`, `*`. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

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


def suggestion(pattern: str, kinds: Iterable[str]) -> str:
    """Return `; did you mean 'ticket.created'?`, or nothing if no type is similar."""
    from difflib import get_close_matches

    choices = {choice for kind in kinds for choice in (kind, f"{kind.partition('.')[0]}.*")}
    return "".join(f"; did you mean {found!r}?" for found in get_close_matches(pattern, sorted(choices), 1))
