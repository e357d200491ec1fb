"""The length of tests without hypothesis: short by default, long with `make stress`."""

from __future__ import annotations

from typing import TypeVar

from hypothesis import settings

T = TypeVar("T")


def at_length(short: T, long: T) -> T:
    """The first value in an ordinary run, the second under stress, by the profile in tests/conftest.py."""
    return long if settings.get_current_profile_name() == "stress" else short
