"""Selects the variant that the sandbox follows where cStar's public documents contradict each other, or changed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_type_hints


@dataclass(kw_only=True)
class Switches:
    """One choice per contradiction, and whether answers differ from the contract; the first of each is the default.

    `sandbox.switches.payload = "nested"` affects a running sandbox from the next request on; stored data does not
    change. Setting an invalid value raises ValueError, setting an unknown switch raises AttributeError.

    Attributes:
        pagination: Where lists have their pagination fields: at the top level, in `meta`, or in both places.
        payload: Whether the `data` of an event is the object itself, or has it under its name (`data.ticket`).
        drift: Whether answers differ from the contract, as if the service had changed: each object with an id lacks a
            required field, has a new one (`brandNew`), and a new value (`brand_new`) of an enumeration.
        signup: Whether customers who sign up are signed in, or have to confirm their email address first, which they
            never do: they can sign in when the switch is `open` again.
        signature: `X-Signature: sha256=<hex>` over the body, or the newer `t=<unix>,v1=<hex>` over time and body.
    """

    pagination: Literal["both", "top", "meta"] = "both"
    payload: Literal["flat", "nested"] = "flat"
    signature: Literal["sha256", "t"] = "sha256"
    signup: Literal["open", "confirm"] = "open"
    drift: Literal["off", "on"] = "off"

    def __setattr__(self, name: str, value: Any) -> None:
        choices = switch_choices().get(name)
        if choices is None:
            raise AttributeError(f"unknown switch {name!r}; the switches are {', '.join(switch_choices())}")
        if value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
        object.__setattr__(self, name, value)


@cache
def switch_choices() -> dict[str, tuple[str, ...]]:
    """The values that each switch may have, the default first."""
    return {name: get_args(hint) for name, hint in get_type_hints(Switches).items()}
