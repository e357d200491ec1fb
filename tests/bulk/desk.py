"""Helpers for tests of bulk jobs: a team with tickets, and a service without a network."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import orjson

from cstar_async._core.response import RawResponse
from cstar_async._http.transport import Transport

if TYPE_CHECKING:
    import pytest

    from cstar_async import CStarClient
    from cstar_async.sandbox import Sandbox


async def fill(cstar: CStarClient, count: int) -> list[str]:
    """Make tickets, and return their ids in order."""
    report = await cstar.tickets.import_many({"title": f"Ticket {number}"} for number in range(count))
    report.raise_for_failures()
    return [ticket.id async for ticket in cstar.tickets.export()]


def asked(sandbox: Sandbox, path: str = "/bulk") -> int:
    """How many requests have reached this path."""
    return sum(record.path.endswith(path) for record in sandbox.requests)


def statuses(sandbox: Sandbox) -> Counter[int]:
    """How often each status was answered; 0 is an answer lost on purpose."""
    return Counter(record.status for record in sandbox.requests)


def without_service(monkeypatch: pytest.MonkeyPatch, keep: list[dict[str, Any]] | None = None) -> None:
    """Let every bulk request succeed without a network; `keep` collects the requests."""

    async def exchange(
        _: Transport, method: str, target: str, headers: Any, body: bytes, _timeout: object
    ) -> RawResponse:
        asked: dict[str, Any] = orjson.loads(body)
        if keep is not None:
            keep.append(asked)
        count = len(asked["ids"])
        result = {
            "object": "bulk_result", "action": asked["action"], "resource": asked["resource"], "total": count,
            "succeeded": count, "failed": 0, "errors": [],
        }  # fmt: skip
        return RawResponse(200, {}, orjson.dumps({"success": True, "data": result}))

    monkeypatch.setattr(Transport, "exchange", exchange)
