"""Answers with unusual data, for the tests of input from outside."""

from __future__ import annotations

from typing import Any

import orjson

from cstar_async._core.request import raw_operation
from cstar_async._core.response import RawResponse, read_result
from cstar_async._generated import operations
from cstar_async._generated.models.shared import decode_ticket
from cstar_async._http.error_mapping import AttemptInfo

ATTEMPT = AttemptInfo("GET", "/api/v1/teams/{teamId}/things", 1, 4, None)
NOON = 1_772_366_400.0  # 2026-03-01T12:00:00Z
TICKET = operations.load("tickets.get")
ANY = raw_operation("GET", "/x")


def read(body: bytes, **headers: str) -> Any:
    """A ticket, as `await client.tickets.get(...)` returns it."""
    return read_result(TICKET, RawResponse(200, headers, body), decode_ticket)


def ticket(**fields: object) -> bytes:
    return orjson.dumps({"data": {"id": "tkt_1", **fields}})
