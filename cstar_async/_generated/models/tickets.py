# Made by `make codegen` from openapi.yaml. Do not edit: change the contract or codegen/templates.
"""Tickets: models, and the known values of enums."""

from __future__ import annotations

from typing import Literal, TypeAlias

TicketExpandKnown: TypeAlias = Literal["customer",]
TicketExpand: TypeAlias = TicketExpandKnown | str
"""What can be put into a ticket besides its own fields. Unknown values are passed through."""
TICKET_EXPAND_VALUES: tuple[TicketExpandKnown, ...] = ("customer",)
