"""Each statement of the outbox finds its rows by an index, so that its cost does not grow with the entries."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.outbox import Outbox

if TYPE_CHECKING:
    from pathlib import Path

    from cstar_async import CStarClient
    from cstar_async.sandbox import Faults
    from tests.support.clock import FakeClock

ROWS = 5_000
COUNTS = "SELECT state, count(*)"
"""The statement of `stats`, which reads all entries."""
FILL = """
WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)
INSERT INTO cstar_outbox_entries (server, team, operation, path, query, digest, key, lane, halts, head, state, put_at,
    settled_at)
SELECT (SELECT server FROM cstar_outbox_entries), (SELECT team FROM cstar_outbox_entries), 'tickets.update', '[]', '{}',
    x'00', 'k' || n, 'tickets/' || (n % 100), 0, CASE WHEN n % 5 THEN n <= 100 END,
    CASE n % 5 WHEN 0 THEN 'done' ELSE 'queued' END, n, CASE n % 5 WHEN 0 THEN n END FROM n
"""


@pytest.mark.parametrize("analyzed", [False, True])
async def test_no_statement_reads_all_entries(
    tmp_path: Path,
    cstar: CStarClient,
    cstar_faults: Faults,
    clock: FakeClock,
    monkeypatch: pytest.MonkeyPatch,
    *,
    analyzed: bool,
) -> None:
    """No statement scans the entries or sorts them, without statistics and after ANALYZE."""
    connect, sent = sqlite3.connect, set[str]()

    def listening(*given: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*given, **options)
        connection.set_trace_callback(sent.add)
        return connection

    monkeypatch.setattr(sqlite3, "connect", listening)
    ticket = await cstar.tickets.create(title="x")
    async with Outbox(f"sqlite:///{tmp_path}/outbox.db", clock=clock) as outbox:
        sent.clear()
        await outbox.put(cstar.tickets.update(ticket.id, notes="1"))
        bad = await outbox.put(cstar.tickets.update(ticket.id, status="on fire"), halt_lane=True)
        await outbox.put(cstar.tickets.update(ticket.id, notes="2"))
        cstar_faults.add(path="tickets.update", status=503)
        await outbox.flush(cstar)
        await outbox.flush(cstar)
        await outbox.failed()
        await outbox.retry(bad.id)
        await outbox.clear(bad.id)
        await outbox.entries()
        async with Outbox("memory:") as other:
            assert (await other.stats()).queued == 0
    with closing(connect(tmp_path / "outbox.db")) as database:
        database.execute("DELETE FROM cstar_outbox_entries WHERE number > 1")
        database.execute(FILL, (ROWS,))
        database.commit()
        if analyzed:
            database.execute("ANALYZE")
        asked = {sql for sql in sent if "cstar_outbox_entries" in sql and "CREATE" not in sql}
        assert len(asked) > 20
        wrong = {
            f"{row[3]}: {sql}"
            for sql in asked
            if not sql.startswith(COUNTS)
            for row in database.execute(f"EXPLAIN QUERY PLAN {sql}")
            if row[3].startswith("SCAN cstar") or "TEMP B-TREE" in row[3]
        }
    assert not wrong, "\n".join(wrong)
