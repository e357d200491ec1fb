"""The query plans of the sandbox: a statement reads a whole growing table only for a listed reason."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson
import pytest

from cstar_async.errors import CStarError
from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.storage.database import Database
from tests.sandbox.conftest import TeamApi
from tests.sandbox.control_api import control_of
from tests.sandbox.objects import create_objects
from tests.sandbox.service.test_every_endpoint import ENDPOINTS, prepare
from tests.support.receiver import receiver

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = 5_000
LISTS = (
    "/tickets?status=new&status=open&priority=high&search=fire&tag=a&page=2&pageSize=5",
    "/tickets?customerId=cus_1&assignedTo=mem_1",
    "/customers?search=a",
    "/articles?status=published&isPublic=true&category=a",
    "/community/posts?sort=votes&topic=ideas",
    "/community/posts?sort=comments",
    "/audit-log?action=ticket.created&startDate=2026-01-01T00:00:00Z",
    "/events?types=ticket.*",
    "/notifications?unreadOnly=true",
    "/search?q=printer",
    "/game/one-ups",
    "/game/high-fives?direction=sent",
)
CONTROL_READS = (
    "/teams",
    "/clock",
    "/quota",
    "/events?limit=5",
    "/deliveries?limit=5",
    "/deliveries?state=failed",
    "/timeline",
)
READS_ALL = re.compile(r"SEARCH \w+$|SCAN (?!json_each|CONSTANT|search\b|\(|deliveries USING INDEX deliveries_held)")
"""Not for small sets: the values of a condition, results of a search, and deliveries that a fault holds back."""
SORTS = re.compile(r"USE TEMP B-TREE FOR (?!LAST)")
REASONS = {
    # Reads or sorts a whole table:
    r"max\(number\)": "reads the last row only, which the plan does not say",
    r"max\(coalesce\(max\(changed\)": "once, when a sandbox starts on a file",
    r"FROM keys ORDER BY rowid": "the control API shows the quota of every key",
    r"FROM teams ORDER BY number": "the control API lists all teams",
    r"DELETE FROM deliveries WHERE team": "when a team is reset",
    r"DELETE FROM attempts WHERE delivery IN": "when a team is reset",
    r"FROM deliveries JOIN events ON events.place = deliveries.event WHERE state = \?": "only the control API",
    r"ORDER BY (number|place) DESC LIMIT \?$": "reads the newest rows only, up to the limit",
    # Sorts the rows of a condition:
    r"FROM keys WHERE team = \?": "the keys of one team",
    r"json_each\(body, '\$.tags'\)": "a list of tags counts them in all objects that have tags",
    r"ORDER BY bm25": "the best results are known once all of them are ranked",
    r"ORDER BY (CASE )?json_extract": "sorts by a field that the request names, or a collection that is made by hand",
}


class Statements:
    """Every executed statement, with the values of its first execution."""

    def __init__(self) -> None:
        self.seen: dict[str, Any] = {}

    def recording(self, execute: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap `execute` so that it records its statements."""

        def record(store: Database, sql: str, *values: object, **named: object) -> Any:
            self.seen.setdefault(" ".join(sql.split()), named or values)
            return execute(store, sql, *values, **named)

        return record


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Statements:
    """The statements that any database executes during the test."""
    found = Statements()
    monkeypatch.setattr(Database, "execute", found.recording(Database.execute))
    return found


async def test_no_statement_reads_a_growing_table(statements: Statements) -> None:
    """No statement reads or sorts a growing table, except for a listed reason."""
    async with (
        receiver() as hook,
        Sandbox(quota=False) as sandbox,
        aiohttp.ClientSession() as session,
        control_of(sandbox) as control,
    ):
        ids = await create_objects(sandbox.default_team, sandbox.team("Globex"))
        async with sandbox.client(max_retries=0) as cstar:
            done = 0
            for endpoint in sorted(ENDPOINTS, key=lambda each: (each.method == "DELETE", each.method != "GET")):
                with suppress(CStarError):  # some need objects that others have deleted
                    await (await prepare(cstar, endpoint, ids)).options(idempotency_key=None)
                    done += 1
            assert done > 0.9 * len(ENDPOINTS)
        api = TeamApi(sandbox, session, sandbox.default_team)
        await api.post("/webhooks", {"name": "w", "url": hook.url, "events": ["*"]})
        view = {"name": "v", "entityType": "tickets", "filters": {"tag": ["a", "b"], "status": ["new", "open"]}}
        for field in ("priority", "createdAt"):
            made = (await api.post("/views", {**view, "sortField": field})).data
            await api.get(f"/views/{made['id']}/tickets")
        records = [{"title": "a", "metadata": {"externalId": "e"}}]
        await api.post("/import", {"resource": "tickets", "records": records})
        await api.post("/import", {"resource": "articles", "records": [{"title": "a", "content": "b"}]})
        for path in LISTS:
            await api.get(path)
        await sandbox.settled()
        for path in CONTROL_READS:
            await control.send("GET", path)
        for delivery in (await control.send("GET", "/deliveries?limit=1"))["deliveries"]:
            await control.send("GET", f"/deliveries/{delivery['number']}")
            await control.send("GET", f"/events/{delivery['event']}")
            await control.send("GET", f"/deliveries?event={delivery['event']}&team={api.team.id}&before=9999")
        sandbox.team("Gone").retire()
        fresh = sandbox.team("Fresh")
        await control.send("POST", f"/teams/{fresh.id}/reset", {})
        store = sandbox._running().store
        fill(store, api.team.id)
        found = {sql: table_scans(store, sql, values) for sql, values in list(statements.seen.items())}
    assert len(found) > 60
    unexplained = {sql: plan for sql, plan in found.items() if plan and not explained(sql)}
    assert unexplained == {}
    used = {reason for reason in REASONS for sql, plan in found.items() if plan and re.search(reason, sql)}
    assert set(REASONS) - used == set(), "reasons that no statement needs"


def explained(sql: str) -> bool:
    """Whether a reason is listed for this statement."""
    return any(re.search(pattern, sql) for pattern in REASONS)


def fill(store: Database, team: str) -> None:
    """Fill the tables with many rows."""
    with store.transaction():
        for collection in ("tickets", "audit-log"):
            (one,) = store.select(team, collection, limit=1)
            store._connection.executemany(
                "INSERT INTO documents (team, collection, id, owner, changed, body) VALUES (?, ?, ?, '', 1, ?)",
                (
                    (team, collection, f"many{number}", orjson.dumps(one | {"id": f"many{number}"}).decode())
                    for number in range(MANY)
                ),
            )
        store._connection.executemany(
            "INSERT INTO deliveries (event, team, webhook, attempts, due, state) VALUES (?, ?, 'w', 0, 1e12, '')",
            ((number, team) for number in range(MANY)),
        )


def table_scans(store: Database, sql: str, values: Any) -> list[str]:
    """The steps of the plan that read or sort a whole table."""
    if not re.match("SELECT|UPDATE|DELETE|INSERT|WITH", sql):
        return []
    plan = [row[3] for row in store._connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
    return [each for each in plan if READS_ALL.match(each) or SORTS.match(each)]


async def steps(store: Database, work: Callable[[], Any]) -> int:
    """The number of steps of SQLite's virtual machine during some work."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    store._connection.set_progress_handler(step, 1)
    try:
        await work()
    finally:
        store._connection.set_progress_handler(None, 1)
    return count


async def test_frequent_operations_cost_the_same_in_a_large_table(api: TeamApi) -> None:
    """Frequent operations take about as many steps in a large table as in a small one."""
    store = api.sandbox._running().store
    application = api.sandbox._running().application
    ticket = await api.ticket(initialMessage="Help")
    number = 0

    async def create_twice() -> None:
        nonlocal number
        number += 1
        key = {"Idempotency-Key": f"key {number}"}
        assert (await api.post("/tickets", {"title": "a"}, headers=key)).status == 201
        assert (await api.post("/tickets", {"title": "a"}, headers=key)).status == 201

    async def read_due() -> None:
        list(application.deliveries._due())
        application.deliveries._release("wh_x")

    work: dict[str, Callable[[], Any]] = {
        "create": api.ticket,
        "create with a key, and again": create_twice,
        "get": lambda: api.get(f"/tickets/{ticket['id']}"),
        "update": lambda: api.patch(f"/tickets/{ticket['id']}", {"title": "b"}),
        "message": lambda: api.post(f"/tickets/{ticket['id']}/messages", {"content": "x", "sender": "agent"}),
        "page 1": lambda: api.get("/tickets"),
        "audit log": lambda: api.get("/audit-log"),
        "events": lambda: api.get("/events"),
        "due deliveries": read_due,
    }
    for each in work.values():
        await each()  # fill the caches
    small = {name: await steps(store, each) for name, each in work.items()}
    fill(store, api.team.id)
    store._counts.clear()
    for each in work.values():
        await each()
    large = {name: await steps(store, each) for name, each in work.items()}
    assert {name: (small[name], large[name]) for name in work if large[name] > 1.5 * small[name] + 200} == {}
