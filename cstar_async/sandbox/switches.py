"""Where the public documents of cStar contradict each other: which of them the sandbox follows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal, get_args, get_type_hints


@dataclass(frozen=True, kw_only=True)
class Switches:
    """One choice per contradiction; the defaults are what the reference recommends.

    `pagination`: where lists say how they go on: at the top level, in `meta`, or in both places.
    `payload`: whether the `data` of an event is the object itself, or holds it under its name (`data.ticket`).
    `signature`: `X-Signature: sha256=<hex>` over the body, or the newer `t=<unix>,v1=<hex>` over time and body.
    """

    pagination: Literal["both", "top", "meta"] = "both"
    payload: Literal["flat", "nested"] = "flat"
    signature: Literal["sha256", "t"] = "sha256"

    def __post_init__(self) -> None:
        hints = get_type_hints(Switches)
        for field in fields(self):
            choices = get_args(hints[field.name])
            if (value := getattr(self, field.name)) not in choices:
                raise ValueError(f"{field.name} is one of {', '.join(map(repr, choices))}, got {value!r}")
