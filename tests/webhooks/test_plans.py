"""Query plans: each statement of an inbox finds its rows by an index, however large the inbox is.

The statements are recorded while every method of a store is called, so that new statements are checked too.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import asyncpg
import orjson
import pytest

from cstar_async.webhooks.inbox import open_store
from cstar_async.webhooks.inbox.postgres.connections import OWN_SETTINGS
from cstar_async.webhooks.inbox.records import DONE, Group, Outcome, State

from .inbox import event

if TYPE_CHECKING:
    from pathlib import Path

    from cstar_async.webhooks.inbox import Store

    from .clock import ManualClock

GROUPS = [Group("a", ("*",)), Group("b", ("ticket.*",), ordered=False)]
NAMES = [group.name for group in GROUPS]
DEAD = Outcome(State.DEAD, error="no")
ROWS = 20_000

# The beginnings of the statements that may read more than they need, and why.
MAY_SCAN = {
    "SELECT g.name, (SELECT count(*)": "stats() counts",
    "DELETE FROM cstar_inbox_work WHERE grp": "forget() removes all work of a group",
    "WITH gone AS (DELETE FROM cstar_inbox_work WHERE grp": "forget() removes all work of a group",
    "DELETE FROM cstar_inbox_lanes WHERE grp": "forget() removes all lanes of a group",
    "SELECT FROM cstar_inbox_lanes WHERE grp": "forget() locks them first",
    "SELECT count(*) FROM cstar_inbox_work WHERE grp": "forget() says how much was pending",
}


async def use(store: Store, clock: ManualClock, *, function: Any) -> None:
    """Call every method of a store."""
    await store.listen()
    await store.register(GROUPS)
    await store.accept(event(1))
    await asyncio.gather(*(store.accept(event(number)) for number in range(2, 40)))
    await asyncio.gather(*(store.accept(event(number)) for number in range(30, 50)))  # some are repeats
    leases = await store.lease(NAMES, limit=8, seconds=60, attempts=3)
    await store.renew(leases, seconds=60)
    await asyncio.gather(*(store.settle(lease, DONE) for lease in leases[:3]))
    await store.settle(leases[3], DEAD)
    await store.settle(leases[4], Outcome(State.PENDING, leases[4].received_at + 60))
    await store.commit(leases[5], function)
    await store.lease(NAMES, limit=4, seconds=-60, attempts=3)  # expired at once
    await store.lease(NAMES, limit=4, seconds=60, attempts=1, held=[leases[6].token])
    await store.next_due(NAMES)
    await store.dead_letters()
    await store.dead_letters(group="a", event_id="evt_4", after=(1, "a"))
    await store.redrive(group="a", event_id="evt_4")
    await store.redrive()
    await store.replay(group=None, since=0)
    await store.replay(group="a", since=0, types=["ticket.*"])
    await store.stats()
    await store.groups()
    await store.seen(since=clock.time())
    await store.prune(bodies_before=1, ids_before=1)
    await store.forget("b")


def may_scan(sql: str) -> bool:
    """Whether the statement may read more than it needs."""
    text = re.sub(r"\s+", " ", sql).strip()
    return any(text.startswith(beginning) for beginning in MAY_SCAN)


# --- SQLite


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The statements that are sent to SQLite, with their values filled in."""
    connect, found = sqlite3.connect, set[str]()

    def listening(*given: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*given, **options)
        connection.set_trace_callback(found.add)
        return connection

    monkeypatch.setattr(sqlite3, "connect", listening)
    return found


# Scans of the growing tables, whole or of a whole group. `min(due)` reads the first entry of its index, and the index
# of leased lanes has as many entries as there are leases.
SCANS = re.compile(
    r"SCAN (?:cstar_inbox_(?:events|work|lanes)|[ewl])\b(?!.*cstar_inbox_lanes_leased|.*cstar_inbox_work_dead)"
    r"|SEARCH (?:cstar_inbox_(?:work|lanes)|[wl]) USING .*\(grp=\?\)"
)
FIRST_OF_ITS_INDEX = "SELECT min(moment)"


@pytest.mark.parametrize("analyzed", [False, True])
async def test_sqlite_finds_its_rows(sent: set[str], clock: ManualClock, tmp_path: Path, *, analyzed: bool) -> None:
    """No statement scans a growing table, without statistics and after ANALYZE."""
    path = tmp_path / "inbox.db"
    store = open_store(f"sqlite:///{path}", clock)
    await store.open()
    sent.clear()  # without the statements that make the tables
    await use(store, clock, function=lambda _: None)
    await store.close()
    kinds = {"SELECT", "UPDATE", "DELETE", "INSERT"}
    asked = {sql for sql in sent if "cstar_inbox" in sql and sql.split()[0] in kinds}
    assert len(asked) > 30
    found: list[str] = []
    with closing(sqlite3.connect(path)) as database:
        _grow(database)
        if analyzed:
            database.execute("ANALYZE")
        for sql in sorted(asked):
            for *_, line in database.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall():
                first = sql.lstrip().startswith(FIRST_OF_ITS_INDEX) and "cstar_inbox_lanes_due (grp=?)" in line
                if SCANS.search(line) and not first and not may_scan(sql):
                    found.append(f"{line}: {sql}")
    assert not found, "\n\n".join(found)


def _grow(database: sqlite3.Connection) -> None:
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})"
    database.execute(
        f"""INSERT INTO cstar_inbox_events
            (place, team, id, type, known, synthetic, lane, created_at, received_at, body)
            {numbers} SELECT i, 't', 'evt' || i, 'ticket.created', 1, 0, 'ticket:' || i, i, i, '' FROM n"""
    )
    for table in ("work", "lanes"):
        database.execute(
            f"""INSERT INTO cstar_inbox_{table} (grp, lane, place, due)
                {numbers} SELECT 1, 'ticket:' || i, i, i FROM n"""
        )


# --- PostgreSQL


MOST_ROWS = 2_000
"""Rows of one table that a statement may read: more than any batch has, and a tenth of the table."""

INDEX_COLUMNS = """SELECT c.relname, array_agg(a.attname ORDER BY a.attnum) FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'i' AND c.relname LIKE 'cstar_inbox%' GROUP BY 1"""


def wasteful(node: dict[str, Any], indexes: dict[str, list[str]]) -> list[str]:
    """The unnecessary reads of the growing tables, at this node of a plan and below."""
    index, table = node.get("Index Name", ""), node.get("Relation Name", "")
    found: list[str] = []
    if re.fullmatch(r"cstar_inbox_(events|work|lanes)(_.*)?", index or table):
        removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
        rows = (node["Actual Rows"] + removed) * node["Actual Loops"]
        if rows > MOST_ROWS:
            found.append(f"{node['Node Type']} {index or table} reads {rows:.0f} rows")
        used = [bool(re.search(rf"\b{name}\b", node.get("Index Cond", ""))) for name in indexes.get(index, ())]
        if used != sorted(used, reverse=True):
            found.append(f"{node['Node Type']} {index} reads all between: {node['Index Cond']}")
    return found + [problem for inner in node.get("Plans", ()) for problem in wasteful(inner, indexes)]


@pytest.mark.parametrize("analyzed", [False, True])
async def test_postgres_finds_its_rows(
    postgres: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, *, analyzed: bool
) -> None:
    """In a large inbox no statement reads many rows, without statistics and after ANALYZE."""
    asked: dict[str, tuple[Any, ...]] = {}

    def note(record: Any) -> None:
        if "cstar_inbox" in record.query and record.exception is None:
            asked[record.query] = tuple(record.args)

    acquire = asyncpg.Pool.acquire

    def listening(pool: Any, **options: Any) -> Any:
        async def acquired() -> Any:
            connection = await acquire(pool, **options)
            connection.add_query_logger(note)
            return connection

        return acquired()

    monkeypatch.setattr(asyncpg.Pool, "acquire", listening)
    store = open_store(postgres, clock)
    await store.open()

    async def nothing(_: Any) -> None:
        pass

    await use(store, clock, function=nothing)
    await store.close()
    kinds = {"SELECT", "UPDATE", "DELETE", "INSERT", "WITH"}
    asked = {sql: args for sql, args in asked.items() if sql.split()[0] in kinds}
    assert len(asked) > 20
    found: list[str] = []
    database = await asyncpg.connect(postgres)
    # Without autovacuum, which would make statistics too.
    for table in ("events", "work", "lanes"):
        await database.execute(f"ALTER TABLE cstar_inbox_{table} SET (autovacuum_enabled = false)")
    await database.execute(
        f"""INSERT INTO cstar_inbox_events
            SELECT i, 't', 'evt' || i, 'ticket.created', true, false, 'ticket:' || i, i, i, ''
            FROM generate_series(1000, {ROWS}) i;
            INSERT INTO cstar_inbox_work (grp, lane, place, due) SELECT 1, 'ticket:' || i, i, i
            FROM generate_series(1000, {ROWS}) i;
            INSERT INTO cstar_inbox_lanes (grp, lane, place, due) SELECT 1, 'ticket:' || i, i, i
            FROM generate_series(1000, {ROWS}) i"""
    )
    indexes = {name: list(columns) for name, columns in await database.fetch(INDEX_COLUMNS)}
    if analyzed:
        await database.execute("ANALYZE")
    await database.execute(OWN_SETTINGS)
    for sql, args in asked.items():
        transaction = database.transaction()
        await transaction.start()
        (plan,) = orjson.loads(await database.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", *args))
        await transaction.rollback()
        if not may_scan(sql):
            found += [f"{sql}\n{problem}" for problem in wasteful(plan["Plan"], indexes)]
    await database.close()
    assert not found, "\n\n".join(found)
