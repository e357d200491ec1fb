"""Fixtures: stores and dispatchers on a clock that only the test moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cstar_async.webhooks.inbox.postgres import connections
from cstar_async.webhooks.inbox.sqlite import store as sqlite_store
from cstar_async.webhooks.processing import worker
from tests.support.postgres import postgres, postgres_server

from .clock import ManualClock
from .stores import KINDS, Postgres, StoreKind

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from cstar_async.webhooks import EventDispatcher
    from cstar_async.webhooks.inbox import Store

__all__ = ["postgres", "postgres_server"]


@pytest.fixture(autouse=True)
def long_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lengthen the timeouts in real time, so that a busy machine does not fail a test."""
    monkeypatch.setattr(worker, "SHUTDOWN_GRACE", 60.0)
    monkeypatch.setattr(sqlite_store, "BUSY_TIMEOUT", 60.0)
    monkeypatch.setattr(connections, "CONNECT_TIMEOUT", 60.0)
    monkeypatch.setattr(connections, "RELEASE_TIMEOUT", 60.0)


@pytest.fixture
def clock() -> ManualClock:
    """A clock that only the test moves."""
    return ManualClock()


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
async def kind(request: pytest.FixtureRequest, clock: ManualClock, tmp_path: Path) -> AsyncIterator[StoreKind]:
    """Each kind of store."""
    if request.param is Postgres:
        Postgres.server = request.getfixturevalue("postgres_server")
    found: StoreKind = request.param(clock, tmp_path)
    await found.prepare()
    yield found
    await found.close()


@pytest.fixture
async def store(kind: StoreKind) -> Store:
    """An open, empty store of each kind."""
    return await kind.open()


@pytest.fixture
async def events(kind: StoreKind, clock: ManualClock) -> AsyncIterator[EventDispatcher]:
    """A dispatcher on each kind of store."""
    from cstar_async.webhooks import EventDispatcher

    from .deliveries import SECRET

    made = EventDispatcher(secrets=SECRET, inbox=kind.url, clock=clock, store_timeout=60)
    yield made
    await made.close(grace=1)
