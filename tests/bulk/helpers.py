"""Helpers for tests of bulk jobs: tickets, results of the service, and a service without a network."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

import orjson

from cstar_async._core.response import RawResponse
from cstar_async._http.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from cstar_async import CStarClient
    from cstar_async.sandbox import Sandbox


IDS: Final = [f"t{number}" for number in range(1000)]
TERMS: Final = {"server": "http://x", "team": "t", "resource": "tickets", "action": "update", "limit": 100}
"""The terms of a journal."""


async def fill(cstar: CStarClient, count: int) -> list[str]:
    """Make tickets, and return their ids in order."""
    report = await cstar.tickets.import_many({"title": f"Ticket {number}"} for number in range(count))
    report.raise_for_failures()
    return [ticket.id async for ticket in cstar.tickets.export()]


def bulk_result(
    total: int, action: str = "update", resource: str = "tickets", errors: Sequence[object] = (), **changes: Any
) -> dict[str, Any]:
    """The data of an answer to `POST /bulk`; `changes` replace members."""
    counts = {"total": total, "succeeded": total - len(errors), "failed": len(errors), "errors": list(errors)}
    return {"object": "bulk_result", "action": action, "resource": resource} | counts | changes


def import_result(
    total: int, resource: str = "tickets", errors: Sequence[object] = (), **changes: Any
) -> dict[str, Any]:
    """The data of an answer to `POST /import`; `changes` replace members."""
    counts = {"total": total, "created": total - len(errors), "updated": 0, "skipped": 0, "errors": list(errors)}
    return {"object": "import_result", "resource": resource} | counts | changes


def asked(sandbox: Sandbox, path: str = "/bulk") -> int:
    """How many requests have reached this path."""
    return sum(record.path.endswith(path) for record in sandbox.requests)


def statuses(sandbox: Sandbox) -> Counter[int]:
    """How often each status was sent; 0 is an answer that a fault dropped."""
    return Counter(record.status for record in sandbox.requests)


def without_service(monkeypatch: pytest.MonkeyPatch, keep: list[dict[str, Any]] | None = None) -> None:
    """Let every bulk request succeed without a network; `keep` collects the requests."""

    async def exchange(
        _: Transport, method: str, target: str, headers: Any, body: bytes, _timeout: object
    ) -> RawResponse:
        asked: dict[str, Any] = orjson.loads(body)
        if keep is not None:
            keep.append(asked)
        result = bulk_result(len(asked["ids"]), asked["action"], asked["resource"])
        return RawResponse(200, {}, orjson.dumps({"success": True, "data": result}))

    monkeypatch.setattr(Transport, "exchange", exchange)
