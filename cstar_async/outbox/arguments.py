"""Validation of the arguments of an outbox; the errors name the argument."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast, get_args

from cstar_async._core.call import BaseClient

from .records import State


def check_client(cstar: object) -> None:
    """Raise TypeError unless it is a client."""
    if not isinstance(cstar, BaseClient):
        raise TypeError(f"cstar must be a CStarClient, got {type(cstar).__name__}")


def check_entry_id(entry_id: object) -> None:
    """Raise TypeError unless it is a whole number."""
    if isinstance(entry_id, bool) or not isinstance(entry_id, int):
        raise TypeError(f"entry_id must be a whole number, got {type(entry_id).__name__}")


def check_flag(name: str, value: object) -> None:
    """Raise TypeError unless it is True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name} must be True or False, got {type(value).__name__}")


def check_states(states: object) -> tuple[State, ...]:
    """The states. Raises TypeError or ValueError unless each of them is known."""
    if isinstance(states, str) or not isinstance(states, Iterable):
        raise TypeError(f'states must be a sequence, such as ("queued",), got {type(states).__name__}')
    found = tuple(cast("Iterable[State]", states))
    for state in found:
        if state not in get_args(State):
            raise ValueError(f"states must be of {', '.join(get_args(State))}; got {state!r}")
    return found
