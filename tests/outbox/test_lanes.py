"""Random histories of lanes: each has one entry on its turn, and entries are sent in the order of their puts."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing, suppress

import pytest

from cstar_async.errors import OutboxError
from cstar_async.outbox import queries
from cstar_async.outbox.records import NewEntry, Owner, Settlement, State, Until
from cstar_async.outbox.schema import migrate
from tests.support.stress import at_length

OWNER = Owner("http://x", "team", "sender")
LANES = ("", "tickets/1", "tickets/2")
OUTCOMES: tuple[State, ...] = ("done", "done", "queued", "failed", "uncertain")


def new(number: int, lane: str, *, halts: bool) -> NewEntry:
    """An entry to be put."""
    path, digest = "[]", str(number).encode()
    return NewEntry(OWNER, "tickets.update", path, "{}", b"{}", digest, f"k{number}", lane, halts, in_doubt=False)


def check(database: sqlite3.Connection) -> None:
    """Each lane with entries has exactly one on its turn, and what is being sent is on its turn."""
    sql = "SELECT lane, state, head FROM cstar_outbox_entries WHERE head IS NOT NULL"
    rows = database.execute(sql).fetchall()
    for lane in {row[0] for row in rows} - {""}:
        assert [row[2] for row in rows if row[0] == lane].count(1) == 1
    assert all(head == 1 for _, state, head in rows if state == "sending")
    assert all(head == 1 for lane, _, head in rows if not lane)
    open_ones = "SELECT count(*) FROM cstar_outbox_entries WHERE state IN ('queued', 'sending') AND head IS NULL"
    assert database.execute(open_ones).fetchone() == (0,)


@pytest.mark.parametrize("seed", range(at_length(15, 1_000)))
def test_random_histories(seed: int) -> None:
    """Whatever is put, sent, refused, sent again and removed, no lane is stuck, and none overtakes itself."""
    chance = random.Random(seed)
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        migrate(database)
        sending: dict[int, str] = {}
        retried: set[int] = set()
        last_sent: dict[str, int] = {}
        for step in range(150):
            action = chance.choice(["put", "put", "claim", "settle", "settle", "settle", "retry", "clear", "begin"])
            numbers = [row[0] for row in database.execute("SELECT number FROM cstar_outbox_entries")]
            if action == "put":
                queries.put(database, step, new(step, chance.choice(LANES), halts=chance.random() < 0.2))
            elif action == "claim":
                claimed, _ = queries.claim(database, step, OWNER, Until(step), 3, lambda *_: chance.random() < 0.9)
                for each in claimed:
                    sql = "SELECT lane FROM cstar_outbox_entries WHERE number = ?"
                    lane = database.execute(sql, (each.number,)).fetchone()[0]
                    assert not lane or lane not in sending.values()
                    if lane and each.number not in retried:
                        assert each.number >= last_sent.get(lane, 0)
                        last_sent[lane] = each.number
                    sending[each.number] = lane
            elif action == "settle" and sending:
                number = chance.choice([*sending])
                del sending[number]
                settled = Settlement(number, chance.choice(OUTCOMES), in_doubt=chance.random() < 0.5, due=step + 2)
                queries.settle(database, step, settled)
            elif action == "retry" and numbers:
                number = chance.choice(numbers)
                with suppress(OutboxError):
                    queries.retry(database, number, f"new{step}", anyway=True)
                    retried.add(number)
            elif action == "clear" and numbers and chance.random() < 0.3:
                number = chance.choice([each for each in numbers if each not in sending] or [0])
                queries.clear(database, number)
            elif action == "begin" and chance.random() < 0.2:
                queries.begin(database, OWNER)
                sending.clear()
            check(database)
        # In the end everything that is not halted can be sent.
        queries.begin(database, OWNER)
        while claimed := queries.claim(database, 1e9, OWNER, Until(1e9), 9, lambda *_: True)[0]:
            for each in claimed:
                queries.settle(database, 1e9, Settlement(each.number, "done"))
        sql = "SELECT lane FROM cstar_outbox_entries WHERE state = 'queued'"
        halted = "SELECT lane FROM cstar_outbox_entries WHERE head = 1 AND state IN ('failed', 'uncertain')"
        assert {*database.execute(sql)} <= {*database.execute(halted)}
