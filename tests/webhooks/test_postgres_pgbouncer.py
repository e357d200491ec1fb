"""PostgreSQL behind a pooler: one that lends connections for transactions is refused, one for sessions works."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from cstar_async.errors import InboxError
from cstar_async.webhooks.inbox import open_store
from cstar_async.webhooks.inbox.postgres.connections import Connections

from .inbox import event, fill, rest
from .pgbouncer import pooler
from .stores import Postgres

if TYPE_CHECKING:
    from .clock import ManualClock

pytestmark = pytest.mark.parametrize("kind", [Postgres], indirect=True, ids=["postgres"])


def socket(kind: Postgres) -> Path:
    """The socket on which the server listens."""
    return Path(parse_qs(urlsplit(kind.url).query)["host"][0]) / ".s.PGSQL.5432"


def through(kind: Postgres, port: int) -> str:
    """The URL of the inbox through the pooler."""
    database = urlsplit(kind.url).path
    return f"postgresql://postgres@127.0.0.1:{port}{database}?sslmode=disable&search_path={kind.schema}"


async def test_a_pooler_that_lends_for_transactions_is_refused(kind: Postgres, clock: ManualClock) -> None:
    """The inbox is not opened, makes no tables, and leaves no settings in the shared session."""
    async with pooler(socket(kind), shared=True) as port:
        for _ in range(2):
            with pytest.raises(InboxError, match="pool_mode = session"):
                await open_store(through(kind, port), clock).open()
        other = await asyncpg.connect(through(kind, port), statement_cache_size=0)
        settings = "SELECT name FROM pg_settings WHERE source = 'session' AND name LIKE ANY ('{default%,jit,idle%}')"
        assert await other.fetch(settings) == []
        await other.close()
    assert await kind.run(f"SELECT tablename FROM pg_tables WHERE schemaname = '{kind.schema}'") == [("effects",)]


async def test_a_pooler_that_lends_sessions_works(kind: Postgres, clock: ManualClock) -> None:
    """An inbox works through a pooler in session mode."""
    async with pooler(socket(kind), shared=False) as port:
        store = open_store(through(kind, port), clock)
        await store.open()
        await fill(store, [event(1), event(2)])
        assert await rest(store) == ["1", "2"]
        await store.close()


async def test_without_a_pooler_opening_makes_one_connection(kind: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check for a pooler makes no second connection."""
    connect, count = Connections.connect, 0

    async def counted(self: Connections, **options: Any) -> Any:
        nonlocal count
        count += 1
        return await connect(self, **options)

    monkeypatch.setattr(Connections, "connect", counted)
    await kind.open()
    assert count == 1
