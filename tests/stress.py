"""How long a test looks that hypothesis does not count for: shortly, or for minutes with `make stress`."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import settings

T = TypeVar("T")
STRESS = 20_000
"""The examples of the profile in tests/conftest.py."""


def at_length(short: T, long: T) -> T:
    """The first value in an ordinary run, the second under stress."""
    return long if settings.default is not None and settings.default.max_examples >= STRESS else short
