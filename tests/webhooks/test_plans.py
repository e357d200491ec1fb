"""How the statements of an inbox find their rows: by an index, however big the inbox is.

The statements are those that the stores send while every method of theirs is called, so that a new one is seen too.
"""

from __future__ import annotations

import asyncio
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from cstar_async.webhooks.stores import open_store
from cstar_async.webhooks.stores.records import DONE, Group, Outcome, State

from .inbox import event

if TYPE_CHECKING:
    from pathlib import Path

    from cstar_async.webhooks.stores import Store

    from .clock import ManualClock

GROUPS = [Group("a", ("*",)), Group("b", ("ticket.*",), ordered=False)]
NAMES = [group.name for group in GROUPS]
DEAD = Outcome(State.DEAD, error="no")
ROWS = 20_000

# The beginning of a statement that may look at more than it needs, and why. All others may not.
SEEN_WHOLE = {
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
    await asyncio.gather(*(store.accept(event(number)) for number in range(30, 50)))  # some are known
    leases = await store.lease(NAMES, limit=8, seconds=60, attempts=3)
    await store.renew(leases, seconds=60)
    await asyncio.gather(*(store.settle(lease, DONE) for lease in leases[:3]))
    await store.settle(leases[3], DEAD)
    await store.settle(leases[4], Outcome(State.PENDING, leases[4].received_at + 60))
    await store.commit(leases[5], function)
    await store.lease(NAMES, limit=4, seconds=-60, attempts=3)  # expired at once
    await store.lease(NAMES, limit=4, seconds=60, attempts=1, held=[leases[6].token])
    await store.next_due(NAMES)
    await store.dead()
    await store.dead(group="a", event_id="evt_4", after=(1, "a"))
    await store.redrive(group="a", event_id="evt_4")
    await store.redrive()
    await store.replay(group=None, since=0)
    await store.replay(group="a", since=0, types=["ticket.*"])
    await store.stats()
    await store.groups()
    await store.seen(since=clock.time())
    await store.prune(bodies_before=1, ids_before=1)
    await store.forget("b")


def whole(sql: str) -> bool:
    """Whether the statement is one of those that may look at everything."""
    text = re.sub(r"\s+", " ", sql).strip()
    return any(text.startswith(beginning) for beginning in SEEN_WHOLE)


# --- SQLite


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The statements that are sent to SQLite, with their values."""
    connect, found = sqlite3.connect, set[str]()

    def listening(*given: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*given, **options)
        connection.set_trace_callback(found.add)
        return connection

    monkeypatch.setattr(sqlite3, "connect", listening)
    return found


# Of the tables that grow: all rows, or all of a group. `min(due)` is the first entry of its index, and what is leased
# is as much as is under way.
PASSES = re.compile(
    r"SCAN (?:cstar_inbox_(?:events|work|lanes)|[ewl])\b(?!.*cstar_inbox_lanes_leased|.*cstar_inbox_work_dead)"
    r"|SEARCH (?:cstar_inbox_(?:work|lanes)|[wl]) USING .*\(grp=\?\)"
)
FIRST_OF_ITS_INDEX = "SELECT min(moment)"


@pytest.mark.parametrize("analyzed", [False, True])
async def test_sqlite_finds_its_rows(sent: set[str], clock: ManualClock, tmp_path: Path, *, analyzed: bool) -> None:
    """Without statistics, as an inbox has none, and with those of a user who keeps tables of his own beside it."""
    path = tmp_path / "inbox.db"
    store = open_store(f"sqlite:///{path}", clock)
    await store.open()
    sent.clear()  # making the tables is done once
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
                if PASSES.search(line) and not first and not whole(sql):
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


async def test_postgres_finds_its_rows(postgres: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the statistics of a big inbox, no statement reads a table that grows from end to end."""
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
    await database.execute(
        f"""INSERT INTO cstar_inbox_events
            SELECT i, 't', 'evt' || i, 'ticket.created', true, false, 'ticket:' || i, i, i, ''
            FROM generate_series(1000, {ROWS}) i;
            INSERT INTO cstar_inbox_work (grp, lane, place, due) SELECT 1, 'ticket:' || i, i, i
            FROM generate_series(1000, {ROWS}) i;
            INSERT INTO cstar_inbox_lanes (grp, lane, place, due) SELECT 1, 'ticket:' || i, i, i
            FROM generate_series(1000, {ROWS}) i"""
    )
    await database.execute("ANALYZE")
    for sql, args in asked.items():
        plan = [row[0] for row in await database.fetch(f"EXPLAIN {sql}", *args)]
        passes = [line for line in plan if re.search(r"Seq Scan on cstar_inbox_(events|work|lanes)", line)]
        if passes and not whole(sql):
            found.append("\n".join([sql, *plan]))
    await database.close()
    assert not found, "\n\n".join(found)
