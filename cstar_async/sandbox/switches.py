"""Where the public documents of cStar contradict each other: which of them the sandbox follows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_type_hints


@dataclass(kw_only=True)
class Switches:
    """One choice per contradiction; the first of each is the default.

    `sandbox.switches.payload = "nested"` switches a running sandbox: the next request sees it, and what has been
    written stays as it is. A value that is no choice is a ValueError, a name that is no switch an AttributeError.

    `pagination`: where lists say how they go on: at the top level, in `meta`, or in both places.
    `payload`: whether the `data` of an event is the object itself, or holds it under its name (`data.ticket`).
    `signature`: `X-Signature: sha256=<hex>` over the body, or the newer `t=<unix>,v1=<hex>` over time and body.
    """

    pagination: Literal["both", "top", "meta"] = "both"
    payload: Literal["flat", "nested"] = "flat"
    signature: Literal["sha256", "t"] = "sha256"

    def __setattr__(self, name: str, value: Any) -> None:
        choices = switch_choices().get(name)
        if choices is None:
            raise AttributeError(f"there is no switch {name!r}, only {', '.join(switch_choices())}")
        if value not in choices:
            raise ValueError(f"{name} is one of {', '.join(map(repr, choices))}, got {value!r}")
        object.__setattr__(self, name, value)


@cache
def switch_choices() -> dict[str, tuple[str, ...]]:
    """The values that each switch may have, the default first."""
    return {name: get_args(hint) for name, hint in get_type_hints(Switches).items()}
