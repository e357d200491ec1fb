"""The bodies used by all benchmarks, made from the contract's example of a ticket."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import yaml

from codegen.load import is_list, is_mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

CONTRACT = Path(__file__).parents[1] / "openapi.yaml"
TEAM = "00000000-0000-4000-8000-000000000001"
TICKETS_PATH = f"/api/v1/teams/{TEAM}/tickets"
TICKET_ID = "tkt_000000000001"
PAGES = 100
PAGE_SIZE = 100
DATE_FIELDS = (
    "responseDeadline",
    "resolutionDeadline",
    "firstResponseAt",
    "createdAt",
    "updatedAt",
    "resolvedAt",
    "closedAt",
)
META = {"requestId": "req_nKivGxJ8LUag", "timestamp": "2026-03-12T09:30:00Z"}


@cache
def contract() -> dict[str, Any]:
    """openapi.yaml."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load(CONTRACT.read_bytes(), Loader=loader)  # both are safe loaders
    return document


def references(part: object) -> Iterator[str]:
    """Every `$ref` in a part of a document."""
    if is_mapping(part):
        for name, value in part.items():
            if name == "$ref":
                yield value
            else:
                yield from references(value)
    elif is_list(part):
        for value in part:
            yield from references(value)


def _example(method: str, *way: str) -> Any:
    place: Any = contract()["paths"]["/api/v1/teams/{teamId}/tickets"][method]
    for step in way:
        place = place[step]
    return place["content"]["application/json"]["example"]


def ticket(number: int) -> dict[str, Any]:
    """The contract's example of a ticket, with its own id."""
    return {**_example("get", "responses", "200")["data"][0], "id": f"tkt_{number:012}"}


def ticket_body() -> bytes:
    """The answer to a GET of one ticket."""
    return orjson.dumps({"success": True, "data": ticket(1), "meta": META})


def page_body(number: int) -> bytes:
    """The answer to a GET of one of the PAGES pages of PAGE_SIZE tickets; about 64 KB."""
    first = (number - 1) * PAGE_SIZE + 1
    pagination = {
        "page": number,
        "pageSize": PAGE_SIZE,
        "total": PAGES * PAGE_SIZE,
        "totalPages": PAGES,
        "hasMore": number < PAGES,
    }
    rows = [ticket(first + place) for place in range(PAGE_SIZE)]
    return orjson.dumps({"success": True, "data": rows, "pagination": pagination, "meta": META})


def create_body() -> dict[str, Any]:
    """The contract's example of a ticket to create."""
    body: dict[str, Any] = _example("post", "requestBody")
    return body
