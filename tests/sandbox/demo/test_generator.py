"""The demo data: complete, consistent, repeatable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from cstar_async.sandbox import Sandbox, VirtualClock
from tests.sandbox.conftest import MONDAY, TeamApi, check_against_contract

if TYPE_CHECKING:
    from pathlib import Path

LISTS = (
    *("/tickets", "/customers", "/customer-groups", "/articles", "/categories", "/community/posts", "/tags"),
    *("/automations", "/views", "/sla/rules", "/custom-fields", "/members", "/audit-log", "/notifications"),
    *("/game/activity", "/game/one-ups", "/game/boss/defeats"),
)


async def all_of(api: TeamApi, path: str) -> list[Any]:
    """All items of a list."""
    return (await api.get(f"{path}?pageSize=100")).data  # type: ignore[no-any-return]


async def test_every_list_has_valid_items() -> None:
    """Every list has items that are valid by the contract."""
    clock = VirtualClock(MONDAY)
    async with Sandbox(demo=True, quota=False, clock=clock) as sandbox, aiohttp.ClientSession() as session:
        api = TeamApi(sandbox, session, sandbox.default_team)
        for path in LISTS:
            assert await all_of(api, path), path
        for path in ("/analytics/overview", "/game/boss", "/game/leaderboard?period=month"):
            reply = await api.get(path)
            check_against_contract("GET", f"/api/v1/teams/{api.team.id}{path}", reply)
            assert reply.data, path


async def test_it_is_consistent() -> None:
    """Counts, threads, deadlines and the game agree with the tickets."""
    clock = VirtualClock(MONDAY)
    async with Sandbox(demo=True, quota=False, clock=clock) as sandbox, aiohttp.ClientSession() as session:
        api = TeamApi(sandbox, session, sandbox.default_team)
        tickets, customers = await all_of(api, "/tickets"), await all_of(api, "/customers")
        for customer in customers:
            own = [each for each in tickets if each["customerId"] == customer["id"]]
            assert customer["ticketCount"] == len(own)
            assert all(customer["createdAt"] <= each["createdAt"] for each in own)
        assert {each["status"] for each in tickets} == {"new", "open", "pending", "resolved", "closed"}
        assert {each["resolutionTier"] for each in tickets} >= {"gold", None}
        assert all(each["responseDeadline"] for each in tickets)
        times = [each["createdAt"] for each in tickets]
        assert times == sorted(times, reverse=True)
        assert "2026-02-02" <= times[-1] < "2026-02-05"
        assert "2026-03-02T08" <= times[0] < "2026-03-02T09:00:00.000Z"
        thread = (await api.get(f"/tickets/{tickets[20]['id']}")).data
        assert len(thread["messages"]) == thread["messageCount"] >= 3
        finished = sum(each["status"] in {"resolved", "closed"} for each in tickets)
        players = [
            (await api.get(f"/game/player?userId={each['userId']}")).data for each in await all_of(api, "/members")
        ]
        assert sum(each["stats"]["ticketsClosed"] for each in players) == finished
        assert min(each["level"] for each in players) > 1
        rules = {each["name"]: each["executionCount"] for each in await all_of(api, "/automations")}
        assert rules["Urgent goes to Olivia"] == sum(each["priority"] == "urgent" for each in tickets)


async def test_equal_seeds_give_equal_data() -> None:
    """Equal seeds give equal data, other seeds other data."""

    async def run(seed: int) -> Any:
        clock = VirtualClock(MONDAY)
        async with Sandbox(demo=True, seed=seed, clock=clock) as sandbox, aiohttp.ClientSession() as session:
            api = TeamApi(sandbox, session, sandbox.default_team)
            return [await all_of(api, "/tickets"), (await api.get("/events")).data]

    first, second, other = await run(3), await run(3), await run(4)
    assert first == second
    assert [each["title"] for each in first[0]] != [each["title"] for each in other[0]]


async def test_only_demo_teams_have_it() -> None:
    """Only a team made with `demo=True` has demo data, which uses no quota and records no requests."""
    async with Sandbox(demo=True) as sandbox, aiohttp.ClientSession() as session:
        assert not sandbox.requests
        fresh, filled = sandbox.team(), sandbox.team("Globex", demo=True)
        assert (await TeamApi(sandbox, session, fresh).get("/tickets")).data == []
        reply = await TeamApi(sandbox, session, filled).get("/tickets")
        assert reply.body["pagination"]["total"] == 60
        assert reply.headers["X-RateLimit-Remaining"] == "999"


async def test_a_file_is_filled_once(tmp_path: Path) -> None:
    """A file is filled once, and a team in use is left alone."""
    file = str(tmp_path / "desk.db")
    async with Sandbox(database=file, demo=True):
        pass
    async with Sandbox(database=file, demo=True) as sandbox, sandbox.client() as cstar:
        assert await cstar.tickets.list().count() == 60
    used = str(tmp_path / "used.db")
    async with Sandbox(database=used) as sandbox, sandbox.client() as cstar:
        await cstar.tickets.create(title="Mine")
    async with Sandbox(database=used, demo=True) as sandbox, sandbox.client() as cstar:
        assert [each.title for each in await cstar.tickets.list().collect()] == ["Mine"]


async def test_the_clock_may_have_any_time() -> None:
    """Demo data can be made at any time of the clock."""
    for moment in (0.0, 1_800_000_000.5, 200_000_000_000.0):
        async with Sandbox(demo=True, clock=VirtualClock(moment)) as sandbox, sandbox.client() as cstar:
            assert await cstar.tickets.list().count() == 60


async def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failed start leaves no demo data behind."""
    file = str(tmp_path / "desk.db")
    with monkeypatch.context() as patched:
        patched.setattr("cstar_async.sandbox.demo.generator.STORIES", ())
        with pytest.raises(IndexError):
            await Sandbox(database=file, demo=True).start()
    async with Sandbox(database=file, demo=True) as sandbox, sandbox.client() as cstar:
        assert await cstar.tickets.list().count() == 60
