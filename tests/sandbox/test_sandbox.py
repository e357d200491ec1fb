"""The sandbox as a whole: start, stop, data, options."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from cstar_async.sandbox import Sandbox, VirtualClock
from cstar_async.sandbox.options import KINDS
from cstar_async.sandbox.storage.conditions import Condition
from cstar_async.sandbox.storage.database import Database
from tests import contract

from .conftest import MONDAY, TeamApi

if TYPE_CHECKING:
    from pathlib import Path


async def test_health(api: TeamApi) -> None:
    """The health endpoint needs no key and says how many operations are served."""
    async with api.session.get(f"{api.sandbox.base_url}/_sandbox/health") as response:
        health = await response.json()
    assert health["status"] == "ok"
    # The service's own document may have operations that the sandbox does not emulate.
    assert len(contract.endpoints()) <= health["emulated"] <= health["operations"]


async def test_date_comes_from_the_clock(api: TeamApi) -> None:
    """The Date header and the timestamps come from the sandbox's clock."""
    api.sandbox.clock.advance(days=1)
    reply = await api.get("/tickets")
    assert reply.headers["Date"] == "Tue, 03 Mar 2026 09:00:00 GMT"
    assert reply.body["meta"]["timestamp"] == "2026-03-03T09:00:00.000Z"


async def test_requests_are_recorded(api: TeamApi) -> None:
    """Requests are recorded with method, path, status and id."""
    reply = await api.get("/tickets?status=open")
    record = api.sandbox.requests[-1]
    path = f"/api/v1/teams/{api.team.id}/tickets"
    assert record[:4] == ("GET", path, 200, reply.headers["x-cstar-request-id"])


async def test_equal_seeds_give_equal_data() -> None:
    """Equal seeds give equal data; another seed gives other ids."""

    async def run(seed: int) -> list[object]:
        async with Sandbox(seed=seed, clock=VirtualClock(MONDAY)) as sandbox, aiohttp.ClientSession() as session:
            api = TeamApi(sandbox, session, sandbox.default_team)
            await api.ticket(initialMessage="Help")
            return [sandbox.default_team, sandbox.team(), (await api.get("/tickets")).body]

    first, second, other = await run(7), await run(7), await run(8)
    assert first == second
    assert all(mine != theirs for mine, theirs in zip(first, other, strict=True))


async def test_a_file_survives_a_restart(tmp_path: Path) -> None:
    """Teams, keys, data and kept answers survive a restart, and the clock continues."""
    file = str(tmp_path / "desk.db")
    key = {"Idempotency-Key": "k"}
    async with Sandbox(database=file) as sandbox, aiohttp.ClientSession() as session:
        team = sandbox.team("Blue")
        sandbox.clock.advance(hours=5)
        first = await TeamApi(sandbox, session, team).post("/tickets", {"title": "x"}, headers=key)
    async with Sandbox(database=file) as sandbox, aiohttp.ClientSession() as session:
        api = TeamApi(sandbox, session, team)
        assert sandbox.default_team.name == "Acme Support"
        assert (await api.get("/tickets")).ids == [first.data["id"]]
        assert (await api.post("/tickets", {"title": "x"}, headers=key)).body == first.body
        later = await api.ticket()
        assert later["createdAt"] >= first.data["createdAt"]
        assert later["id"] != first.data["id"]
        assert sandbox.team().id != team.id


def test_several_values_of_a_filter_are_alternatives() -> None:
    """Several values of a filter match rows with any of them."""
    store = Database(":memory:", 0)
    for number in range(4):
        store.insert("team", "things", {"id": str(number), "size": number}, now=0)
    condition = Condition.any_of([Condition.equals("size", 1), Condition.equals("size", 3)])
    assert [each["size"] for each in store.select("team", "things", [condition])] == [3, 1]
    assert store.count("team", "things", [condition, Condition.equals("id", "1")]) == 1
    store.close()


def test_frequent_conditions_use_an_index() -> None:
    """Frequent conditions use an index."""
    store = Database(":memory:", 0)
    customer = Condition.equals("customerId", "cus_1")
    for condition, values, index in (
        (customer.sql, customer.values, "of_customer"),
        ("natural = ?", ("jane@example.org",), "by_natural"),
    ):
        sql = f"EXPLAIN QUERY PLAN SELECT body FROM documents WHERE team = ? AND collection = ? AND {condition}"
        ((*_, plan),) = store.execute(sql, "team", "tickets", *values)
        assert f"USING INDEX {index} " in plan
    store.close()


def test_a_filter_can_match_null() -> None:
    """A filter for null finds rows with null."""
    store = Database(":memory:", 0)
    for number, customer in enumerate([None, "cus_1"]):
        store.insert("team", "tickets", {"id": str(number), "customerId": customer}, now=0)
    assert [each["id"] for each in store.select("team", "tickets", [Condition.equals("customerId", None)])] == ["0"]
    store.close()


async def test_a_sandbox_in_memory_starts_empty() -> None:
    """A sandbox in memory starts without data each time."""
    sandbox = Sandbox()
    for _ in range(2):
        async with sandbox, aiohttp.ClientSession() as session:
            api = TeamApi(sandbox, session, sandbox.default_team)
            await api.ticket()
            assert len((await api.get("/tickets")).ids) == 1


async def test_a_stopped_sandbox_cannot_be_used(sandbox: Sandbox) -> None:
    """Use of a sandbox that is not running is a RuntimeError; it can be closed twice."""
    with pytest.raises(RuntimeError, match="already"):
        await sandbox.start()
    await sandbox.close()
    await sandbox.close()
    for name in ("base_url", "default_team", "requests", "faults"):
        with pytest.raises(RuntimeError, match="not running"):
            getattr(sandbox, name)
    with pytest.raises(RuntimeError, match="not running"):
        sandbox.team()


async def test_a_port_in_use(sandbox: Sandbox) -> None:
    """A port in use is an OSError, and nothing stays open."""
    port = int(sandbox.base_url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"):
        await Sandbox(port=port).start()


@pytest.mark.parametrize(
    ("option", "value", "error"),
    [
        ("port", 65_536, ValueError),
        ("port", -1, ValueError),
        ("port", "4010", TypeError),
        ("host", "", ValueError),
        ("host", None, TypeError),
        ("database", None, TypeError),
        ("seed", "seven", TypeError),
        ("seed", True, TypeError),
        ("quota", 100, TypeError),
        ("clock", 1_772_442_000, TypeError),
        ("switches", {"payload": "nested"}, TypeError),
        ("parallel_deliveries", 0, ValueError),
        ("parallel_deliveries", 1.5, TypeError),
        ("demo", "no", TypeError),
        ("token", b"sixteen bytes or more", TypeError),
    ],
)
def test_an_invalid_option_is_refused(option: str, value: Any, error: type[Exception]) -> None:
    """An option of a wrong type or value is an error that names it."""
    with pytest.raises(error, match=f"^{option} must "):
        Sandbox(**{option: value})


def test_every_option_is_checked() -> None:
    """Every option is validated."""
    assert set(KINDS) == set(inspect.signature(Sandbox).parameters)


async def test_a_database_may_be_a_path(tmp_path: Path) -> None:
    """The database may be a Path."""
    async with Sandbox(database=tmp_path / "desk.db"):
        assert (tmp_path / "desk.db").exists()


async def test_the_clock_can_be_given() -> None:
    """The sandbox uses a given clock."""
    clock = VirtualClock(0)
    async with Sandbox(clock=clock) as sandbox:
        assert sandbox.clock is clock


async def test_the_repr_of_a_team_shows_no_keys(sandbox: Sandbox) -> None:
    """The repr of a team shows no keys."""
    assert sandbox.default_team.secret_key not in repr(sandbox.default_team)


async def test_team_slugs_are_unique(sandbox: Sandbox) -> None:
    """Teams of the same name have different slugs."""
    assert sandbox.team("Blue").slug != sandbox.team("Blue").slug


async def test_client_makes_a_client_of_the_team(sandbox: Sandbox) -> None:
    """`client()` makes a client of the team, with options."""
    async with sandbox.client() as cstar, sandbox.team().client(max_retries=0) as other:
        ticket = await cstar.tickets.create(title="Printer on fire")
        assert (await cstar.tickets.get(ticket.id)).title == "Printer on fire"
        assert await other.tickets.list().collect() == []
