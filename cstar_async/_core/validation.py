"""Validation of seconds and counts; the errors name the argument."""

from __future__ import annotations

import math
from typing import Final

_LARGEST: Final = 2**63 - 1
"""The largest integer that the databases store."""


def check_seconds(name: str, value: float) -> None:
    """Raise ValueError or TypeError unless it is a number of seconds; infinity is allowed."""
    if isinstance(value, bool) or not isinstance(value, int | float):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{name} must be a number of seconds, got {type(value).__name__}")
    try:
        is_nan = math.isnan(value)
    except OverflowError:
        raise ValueError(f"{name} must be a number of seconds, and this one is too large") from None
    if is_nan:
        raise ValueError(f"{name} must be a number of seconds, got nan")


def check_positive(name: str, value: float) -> None:
    """Raise ValueError or TypeError unless it is a positive number of seconds; infinity is allowed."""
    check_seconds(name, value)
    if value <= 0:
        raise ValueError(f"{name} must be a positive number of seconds, got {value!r}")


def check_wait(name: str, value: float) -> None:
    """Raise ValueError or TypeError unless it is a number of seconds, 0 or more; infinity is allowed."""
    check_seconds(name, value)
    if value < 0:
        raise ValueError(f"{name} must be a number of seconds, 0 or more, got {value!r}")


def check_finite(name: str, value: float) -> None:
    """Raise ValueError unless it is finite."""
    if math.isinf(value):
        raise ValueError(f"{name} must be a finite number of seconds, got {value!r}")


def check_timeout(value: float) -> None:
    """Raise ValueError or TypeError unless it is a positive number of seconds; infinity is allowed."""
    check_positive("timeout", value)


def check_whole(name: str, value: int, *, least: int) -> None:
    """Raise ValueError or TypeError unless it is a whole number, `least` or more."""
    if isinstance(value, bool) or not isinstance(value, int):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"{name} must be a whole number, got {type(value).__name__}")
    if value < least:
        raise ValueError(f"{name} must be {least} or more, got {value!r}")
    if value > _LARGEST:
        raise ValueError(f"{name} is too large; the largest is {_LARGEST}")


def check_max_retries(value: int) -> None:
    """Raise ValueError or TypeError unless it is a number of retries."""
    check_whole("max_retries", value, least=0)


def check_plain_function(name: str, function: object) -> None:
    """Raise TypeError unless it is a function that can be called without `await`; a coroutine would never run."""
    from inspect import iscoroutinefunction  # asyncio has loaded it

    if not callable(function):
        raise TypeError(f"{name} must be a function of one argument, got {type(function).__name__}")
    if iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__):
        raise TypeError(f"{name} must be a plain function, got a coroutine function, which would never run")
