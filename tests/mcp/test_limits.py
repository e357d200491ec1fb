"""Writes a minute, the quota, many calls at once, cancellation, and a service that fails or has gone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.sandbox import Sandbox

from .host import LEGACY, MODERN, RefusedError, connected

if TYPE_CHECKING:
    from collections.abc import Awaitable


async def outcomes(calls: list[Awaitable[Any]]) -> list[str]:
    """`ok` or the text of the error, of calls that are made at once."""
    results = await asyncio.gather(*calls, return_exceptions=True)
    for result in results:
        assert not isinstance(result, BaseException) or isinstance(result, RefusedError), result
    return [str(result) if isinstance(result, RefusedError) else "ok" for result in results]


async def test_writes_are_limited_and_reads_are_not(sandbox: Sandbox) -> None:
    """Of 1,000 calls, 30 of which may write in a minute, the other writes are refused with the time to wait."""
    team = sandbox.team()
    # The clock of the sandbox, since so many calls would be spread over the hour.
    cstar = team.client(clock=sandbox.clock)
    async with connected(team, cstar=cstar, writes_per_minute=30, deadline=50) as host:
        arguments = {"operation": "tags.create"}
        writes = await outcomes(
            [host("cstar_write", **arguments, arguments={"name": f"t{number}"}) for number in range(500)]
        )
        reads = await outcomes([host("cstar_find_operation", query="tag") for _ in range(500)])
    assert writes.count("ok") == 30
    refused = set(writes) - {"ok"}
    assert all(text.startswith("nothing was done: 30 writes a minute are allowed; try again in ") for text in refused)
    assert reads.count("ok") == 500
    assert len([each for each in team.requests if each.method == "POST"]) == 30


async def test_the_reserve_of_the_quota_is_left() -> None:
    """Calls stop at the quota's reserve, which stays for the rest of the team, and say when there is more."""
    with Sandbox() as own:  # whose hour has just begun
        team = own.team()
        cstar = team.client(api_key=team.publishable_key)
        async with connected(team, key=team.publishable_key, cstar=cstar) as host:
            for _ in range(85):
                await cstar.tags.list()
            assert (cstar.quota.limit, cstar.quota.remaining) == (100, 15)
            seen = await outcomes([host("cstar_list_tickets") for _ in range(20)])
            assert cstar.quota.remaining is not None
            assert cstar.quota.remaining >= 10
            while cstar.quota.remaining > 10:
                await cstar.tags.list()
            with pytest.raises(RefusedError, match="for others"):
                await host("cstar_wait_for_event", seconds=1)
            await cstar.tags.list()  # the rest of the team can go on
    assert 1 <= seen.count("ok") <= 5
    assert all("bulk work may send again" in text for text in seen if text != "ok")


@pytest.mark.parametrize("mode", [LEGACY, MODERN])
async def test_fifty_calls_at_once(sandbox: Sandbox, mode: str) -> None:
    """Fifty calls at once are all answered, each with its own result."""
    team = sandbox.team()
    async with connected(team, mode=mode) as host:
        made = await asyncio.gather(*(host("cstar_create_ticket", title=f"n{number}") for number in range(25)))
        got = await asyncio.gather(
            *(host("cstar_get_ticket", ticket_id=ticket["id"]) for ticket in made),
            *(host("cstar_describe_operation", operation="tickets.list") for _ in range(25)),
        )
    assert [ticket["title"]["text"] for ticket in got[:25]] == [f"n{number}" for number in range(25)]


async def test_few_calls_wait_for_events(sandbox: Sandbox) -> None:
    """Four calls can wait for events at once, since each holds a connection; a fifth is refused."""
    async with connected(sandbox.team()) as host:
        seen = await outcomes([host("cstar_wait_for_event", seconds=1) for _ in range(5)])
        assert sorted(seen) == ["4 calls wait for events already; wait for them", *["ok"] * 4]


@pytest.mark.parametrize("mode", [LEGACY, MODERN])
async def test_a_call_can_be_cancelled(sandbox: Sandbox, mode: str) -> None:
    """A host that gives up a call gets the next one answered, and nothing of the first goes on."""
    team = sandbox.team()
    async with connected(team, mode=mode) as host:
        waiting = asyncio.ensure_future(host("cstar_wait_for_event", seconds=30))
        await asyncio.sleep(0.1)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert (await host("cstar_get_status"))["teamId"] == team.id
        rest = [task for task in asyncio.all_tasks() if "wait_for_event" in repr(task)]
        assert rest == []


async def test_a_revoked_key_is_told(sandbox: Sandbox) -> None:
    """A key that is revoked while the server runs gives errors that say so, without the key."""
    team = sandbox.team()
    async with team.client() as cstar:
        made = await cstar.keys.create(name="Agent")
        assert made.key
        async with connected(team, key=made.key) as host:
            assert (await host("cstar_get_status"))["teamId"] == team.id
            await cstar.keys.revoke(made.id)
            with pytest.raises(RefusedError, match="401") as refused:
                await host("cstar_list_tickets")
    assert made.key not in str(refused.value)


async def test_faults_of_the_service_are_told(sandbox: Sandbox) -> None:
    """Errors of the service are results that the model can read; a write that may have been done says so."""
    team = sandbox.team()
    cstar = team.client(max_retries=0)
    async with connected(team, cstar=cstar) as host:
        for status, text in ((429, "429"), (500, "500"), (503, "503")):
            team.fail_next(1, status=status)
            with pytest.raises(RefusedError, match=text):
                await host("cstar_list_tickets")


async def test_a_write_in_doubt_is_done_once(sandbox: Sandbox) -> None:
    """A write whose answer is lost, or that the host gave up, is done once if the same call is made again."""
    team = sandbox.team()
    cstar = team.client(max_retries=0)
    async with connected(team, cstar=cstar) as host:

        async def count() -> int:
            return int((await host("cstar_list_tickets"))["total"])

        team.faults.add(path="tickets.create", reset=True)
        with pytest.raises(RefusedError, match="It may have been done"):
            await host("cstar_create_ticket", title="Perhaps")
        assert await count() == 1
        await host("cstar_create_ticket", title="Perhaps")
        assert await count() == 1
        await host("cstar_create_ticket", title="Perhaps")  # the doubt is over: this is another ticket
        assert await count() == 2
        team.faults.add(path="tickets.create", hang=True)
        given_up = asyncio.ensure_future(host("cstar_create_ticket", title="Slow"))
        while await count() == 2:
            await asyncio.sleep(0.01)
        given_up.cancel()
        with pytest.raises(asyncio.CancelledError):
            await given_up
        await host("cstar_create_ticket", title="Slow")
        assert await count() == 3
        both = (host("cstar_create_ticket", title="Twins") for _ in range(2))
        await asyncio.gather(*both)
        assert await count() == 5


@pytest.mark.parametrize("mode", [LEGACY, MODERN])
async def test_a_mistake_of_the_server_is_told(
    sandbox: Sandbox, mode: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An unexpected error is a result that names its class; the log has no text of customers; the next call works."""

    async def fail(*_: object) -> None:
        raise KeyError("text of a customer")

    async with connected(sandbox.team(), mode=mode) as host:
        with monkeypatch.context() as patch, caplog.at_level("INFO", "cstar_async.mcp"):
            patch.setattr(host.toolbox, "_send", fail)
            with pytest.raises(RefusedError, match=r"^the server failed \(KeyError\); its log says where$"):
                await host("cstar_list_tickets")
        assert "cstar_list_tickets failed: KeyError" in caplog.text
        assert "text of a customer" not in caplog.text
        assert (await host("cstar_list_tickets"))["total"] == 0


async def test_a_service_that_has_gone_is_told() -> None:
    """If the service cannot be reached any more, calls say so, and the server goes on."""
    with Sandbox() as own:
        team = own.team()
        cstar = team.client(max_retries=0)
        async with connected(team, cstar=cstar) as host:
            assert (await host("cstar_list_tickets"))["total"] == 0
            await asyncio.get_running_loop().run_in_executor(None, own.__exit__, None, None, None)
            for _ in range(2):
                with pytest.raises(RefusedError, match="connect"):
                    await host("cstar_list_tickets")
            assert (await host("cstar_find_operation", query="tags"))["operations"]
