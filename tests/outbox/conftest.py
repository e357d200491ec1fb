"""An outbox of each kind, and a client whose clock only the test moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from cstar_async._http.transport import Transport
from cstar_async.outbox import Outbox
from tests.support.clock import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from cstar_async import CStarClient
    from cstar_async.sandbox import Team


@pytest.fixture
def clock() -> FakeClock:
    """The clock of the outbox and of the client."""
    return FakeClock()


@pytest.fixture
async def cstar(cstar_team: Team, clock: FakeClock) -> AsyncIterator[CStarClient]:
    """A client that makes one attempt."""
    async with cstar_team.client(clock=clock, max_retries=0) as client:
        yield client


@pytest.fixture(params=["memory", "file"])
async def outbox(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Outbox]:
    """An outbox in memory, and one in a file."""
    url = "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/outbox.db"
    async with Outbox(url, clock=clock) as found:
        yield found


class Sent(NamedTuple):
    """A request that was sent."""

    method: str
    target: str
    key: str | None
    body: bytes


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[Sent]:
    """The writes that are sent, in order."""
    found: list[Sent] = []
    exchange = Transport.exchange

    async def record(self: Transport, method: str, target: str, headers: Any, body: Any, *rest: Any) -> Any:
        if method != "GET":
            found.append(Sent(method, target, headers.get("Idempotency-Key"), body or b""))
        return await exchange(self, method, target, headers, body, *rest)

    monkeypatch.setattr(Transport, "exchange", record)
    return found
