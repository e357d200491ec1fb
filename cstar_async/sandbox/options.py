"""Validates the options of `Sandbox` before it starts."""

from __future__ import annotations

import os
from typing import Any

from .clock import VirtualClock
from .switches import Switches

LAST_PORT = 65_535
KINDS: dict[str, tuple[type | tuple[type, ...], str]] = {
    "port": (int, "a whole number"),
    "host": (str, "a string: a name or an address"),
    "database": ((str, os.PathLike), "the path of a file, or ':memory:'"),
    "seed": (int, "a whole number"),
    "quota": (bool, "True or False"),
    "clock": (VirtualClock, "a VirtualClock"),
    "switches": (Switches, "a Switches"),
    "parallel_deliveries": (int, "a whole number"),
    "demo": (bool, "True or False"),
    "token": (str, "a string"),
    "allow_hosts": ((list, tuple, set, frozenset), "a list of names"),
}
"""The type of each option, and the words for it in an error."""
OPTIONAL = frozenset({"clock", "seed", "switches", "token"})


def check_options(**options: Any) -> None:
    """Raise TypeError or ValueError that names an invalid option. `Access` checks the token and the host names."""
    for name, value in options.items():
        kind, expected = KINDS[name]
        is_valid = isinstance(value, kind) and (kind is bool or not isinstance(value, bool))
        if not is_valid and not (value is None and name in OPTIONAL):
            raise TypeError(f"{name} must be {expected}, got {type(value).__name__}")
    check_port(options["port"])
    if not options["host"].strip():
        raise ValueError("host must not be empty; use '0.0.0.0' for all addresses of this machine")
    for each in options["allow_hosts"]:
        if not isinstance(each, str):
            raise TypeError(f"allow_hosts must be a list of names, found {type(each).__name__} in it")
    if options["parallel_deliveries"] < 1:
        raise ValueError(f"parallel_deliveries must be 1 or more, got {options['parallel_deliveries']!r}")


def check_port(number: int) -> None:
    """Raise ValueError for a number that is not a TCP port; 0 is any free port."""
    if not 0 <= number <= LAST_PORT:
        raise ValueError(f"port must be from 0 (any free port) to {LAST_PORT}, got {number!r}")
