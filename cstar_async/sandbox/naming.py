"""Conversions between forms of names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


def slug_of(text: str) -> str:
    """A text as a part of a URL: `Getting Started!` becomes `getting-started`."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "untitled"


def snake_case(text: str) -> str:
    """A text as a machine-readable key: `Priority Level` becomes `priority_level`."""
    return slug_of(text).replace("-", "_")


@lru_cache(1_000)
def camel_case(name: str) -> str:
    """The wire name of a field: `created_at` becomes `createdAt`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


@lru_cache(1_000)
def snake_from_camel(name: str) -> str:
    """A camelCase or PascalCase name with underscores: `createdAt` becomes `created_at`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


@lru_cache(1_000)
def pascal_case(name: str) -> str:
    """The name of a class: `ticket.message_added` becomes `TicketMessageAdded`."""
    return "".join(part.capitalize() for part in re.split(r"[._]", name))


def words(name: str) -> str:
    """The name of a schema as words: `CustomerGroup` becomes `Customer group`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).capitalize()
