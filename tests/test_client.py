"""The client: finding the team, keys, event loops, closing, secrecy, raw calls."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import Any

import aiohttp
import pytest

from cstar_async._core.call import Call
from cstar_async._core.pager import Pager
from cstar_async._quota.quota import Quota
from cstar_async.client import CStarClient
from cstar_async.errors import (
    AuthenticationError,
    ConfigError,
    DeadlineExceededError,
    DecodeError,
    SecretKeyRequiredError,
)
from tests.support.clock import FakeClock
from tests.support.internals import internals
from tests.support.operations import CREATE, GET, LIST
from tests.support.server import KEY, TEAM, data, failure, json, raw, serve

WHOAMI = "/api/v1/auth/whoami"


def thing(client: CStarClient) -> Call[Any]:
    return Call(client, GET, ("t1",), None, None, None)


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CSTAR_API_KEY", "CSTAR_TEAM_ID", "CSTAR_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


# --- tokens of customers


async def test_a_customers_token_replaces_the_api_key() -> None:
    """An operation for customers sends their token, shows it nowhere, and never sends the API key."""
    token = "eyJ.customer.token"
    async with serve(data({"id": "c1", "email": "a@b.c"})) as server, server.client() as client:
        call = client.customer_auth.me("acme").options(headers={"Authorization": f"Bearer {token}"})
        await call
        assert "Bearer $CSTAR_CUSTOMER_TOKEN" in call.as_curl()
        assert token not in call.as_curl() + repr(call) + repr(call._request.options)
        await client.customer_auth.me("acme")
        with pytest.raises(ValueError, match="Authorization"):
            await thing(client).options(headers={"Authorization": f"Bearer {token}"})
    assert [received.headers.get("Authorization") for received in server.received] == [f"Bearer {token}", None]


# --- the team


async def test_the_team_is_requested_once() -> None:
    """The team is requested once, also by calls that start together."""
    async with serve(data({"teamId": TEAM}), data(1)) as server, server.client(team_id=None) as client:
        assert await asyncio.gather(*(thing(client) for _ in range(5))) == [1] * 5
        await thing(client)
        assert TEAM in repr(client)
    paths = [received.path for received in server.received]
    assert paths == [WHOAMI] + [f"/api/v1/teams/{TEAM}/things/t1"] * 6
    assert server.received[0].headers["Authorization"] == f"Bearer {KEY}"


async def test_a_failure_to_find_the_team_is_not_remembered() -> None:
    """All waiting calls get the error, and the next call requests the team again."""
    async with serve(failure(401), data({"teamId": TEAM}), data(1)) as server, server.client(team_id=None) as client:
        errors = await asyncio.gather(thing(client), thing(client), return_exceptions=True)
        assert all(isinstance(error, AuthenticationError) for error in errors)
        assert server.attempts == 1
        assert await thing(client) == 1


async def test_a_cancelled_waiter_does_not_cancel_the_request_for_others() -> None:
    """A cancelled waiter does not cancel the request for the team."""
    async with serve(data(1)) as server:

        async def whoami(request: Any) -> Any:
            await server.release.wait()
            return await data({"teamId": TEAM})(request)

        server.script = [whoami, data(1)]
        async with server.client(team_id=None) as client:
            first = asyncio.create_task(thing(client).send())
            await server.arrived.wait()
            second = asyncio.create_task(thing(client).send())
            await asyncio.sleep(0)
            first.cancel()
            with pytest.raises(asyncio.CancelledError):
                await first
            server.release.set()
            assert await second == 1
    assert server.attempts == 2


async def test_finding_the_team_counts_against_the_deadline_of_each_caller() -> None:
    """The deadline of a caller limits its own wait for the team only."""
    async with serve(data(1)) as server:

        async def whoami(request: Any) -> Any:
            await server.release.wait()
            return await data({"teamId": TEAM})(request)

        server.script = [whoami, data(1)]
        async with server.client(team_id=None) as client:
            with pytest.raises(DeadlineExceededError, match="team id"):
                async with client.deadline(0.05):
                    await thing(client)
            other = asyncio.create_task(thing(client).send())
            await asyncio.sleep(0)
            server.release.set()
            assert await other == 1
            assert client.quota.in_flight == 0
        assert server.attempts == 2


async def test_a_deadline_that_has_passed_does_not_wait_for_the_team() -> None:
    """A deadline that has passed is an error without a wait for the team."""
    async with serve(data(1)) as server:
        server.script = [server.hang()]
        async with server.client(team_id=None) as client:
            with pytest.raises(DeadlineExceededError, match="team id") as caught:
                await thing(client).options(deadline=0)
            assert caught.value.attempts == 0


async def test_finding_the_team_counts_against_the_quota() -> None:
    """The request for the team counts against the quota."""
    async with serve(data(1)) as server:
        server.script = [server.hang()]
        async with server.client(team_id=None) as client:
            task = asyncio.create_task(thing(client).send())
            await server.arrived.wait()
            assert client.quota.in_flight == 1
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("answer", [data({}), data(None), data({"teamId": 7}), json([])])
async def test_an_answer_without_a_team(answer: Any) -> None:
    """A whoami answer without a team is a DecodeError that says so."""
    async with serve(answer) as server, server.client(team_id=None) as client:
        with pytest.raises(DecodeError, match=r"whoami[\s\S]*\$(.data.teamId)?: expected"):
            await thing(client)


async def test_closing_while_the_team_is_requested() -> None:
    """Callers that wait for the team get a RuntimeError when the client is closed."""
    async with serve(data(1)) as server:
        server.script = [server.hang()]
        client = server.client(team_id=None)
        task = asyncio.create_task(thing(client).send())
        await server.arrived.wait()
        await client.close()
        with pytest.raises(RuntimeError, match="the client is closed"):
            await task


# --- keys


async def test_a_publishable_key_cannot_write() -> None:
    """A write with a publishable key is refused locally when it is awaited."""
    async with serve(data(1)) as server, server.client("pk_test_x", team_id=None) as client:
        write = Call[Any](client, CREATE, (), None, {}, None)
        raw_write = client.call("DELETE", "/api/v1/teams/{teamId}/x")
        for call in (write, raw_write):
            with pytest.raises(SecretKeyRequiredError, match=r"secret key \(sk_…\).*api_key=.*CSTAR_API_KEY"):
                await call
    assert server.attempts == 0


async def test_a_missing_key_is_refused_when_awaited() -> None:
    """A call without an API key is refused when it is awaited."""
    async with CStarClient(team_id=TEAM) as client:
        with pytest.raises(ConfigError, match=r"needs an API key: pass api_key=.*CSTAR_API_KEY"):
            await thing(client)


async def test_the_key_is_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    """The key is in no repr, no attribute, no error and no log."""
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []

    def collect(thing: object, depth: int = 0) -> None:
        seen.append(repr(thing))
        if depth < 4 and hasattr(thing, "__dict__") and not isinstance(thing, type):
            for value in vars(thing).values():
                collect(value, depth + 1)

    async with serve(failure(401, message=f"no such key: {KEY}")) as server, server.client() as client:
        with pytest.raises(AuthenticationError) as caught:
            await thing(client)
        collect(client)
        collect(caught.value)
    async with server.client(max_retries=0) as late:
        with pytest.raises(Exception, match="no answer") as broken:
            await thing(late)
        cause: BaseException | None = broken.value
        while cause is not None:
            collect(cause)
            cause = cause.__cause__
    assert any("'***'" in text for text in seen)
    assert not any(KEY in text for text in seen)
    assert KEY not in caplog.text


# --- loops and closing


def test_a_client_belongs_to_the_loop_of_its_first_send() -> None:
    """A client used from another event loop is a RuntimeError that says so."""
    client = CStarClient(KEY, team_id=TEAM, base_url="http://127.0.0.1:9", max_retries=0)

    async def send_and_free() -> None:
        await asyncio.gather(thing(client), return_exceptions=True)
        transport: Any = internals(client)._transport
        await transport._session.close()

    asyncio.run(send_and_free())
    with pytest.raises(RuntimeError, match="another event loop"):
        asyncio.run(thing(client).send())
    with pytest.raises(RuntimeError, match=r"loop has ended, .* inside one asyncio\.run"):
        asyncio.run(client.close())


async def test_a_client_is_closed_on_its_own_loop() -> None:
    """Closing a client on another event loop is a RuntimeError."""
    async with serve(data(1)) as server, server.client() as client:
        await thing(client)
        with pytest.raises(RuntimeError, match="another event loop; close it there"):
            await asyncio.to_thread(asyncio.run, client.close())
        assert await thing(client) == 1


async def test_a_closed_client_sends_nothing() -> None:
    """A closed client sends nothing, and can be closed again."""
    async with serve(data(1)) as server:
        async with server.client() as client:
            await thing(client)
        await client.close()
        with pytest.raises(RuntimeError, match="the client is closed"):
            await thing(client)
        with pytest.raises(RuntimeError, match="the client is closed"):
            await client.gather([thing(client)])
        with pytest.raises(RuntimeError, match="the client is closed"):
            await Pager[Any](client, LIST, (), None, None, None).collect()
    assert server.attempts == 1


async def test_closing_while_a_call_runs() -> None:
    """A call in progress fails when the client is closed, and is not retried."""
    async with serve(data(1)) as server:
        server.script = [server.hang()]
        client = server.client(clock=FakeClock())
        task = asyncio.create_task(Call[Any](client, CREATE, (), None, {}, None).send())
        await server.arrived.wait()
        await client.close()
        with pytest.raises(RuntimeError, match="the client was closed while this request was in flight"):
            await task
        assert server.attempts == 1


async def test_closing_leaves_no_tasks() -> None:
    """Closing the client ends its tasks."""
    async with serve(data(1)) as server:
        server.script = [server.hang()]
        client = server.client()
        outcomes = client.gather([thing(client)])
        task = asyncio.create_task(aiter(outcomes).__anext__())
        await server.arrived.wait()
        await client.close()
        with pytest.raises(RuntimeError, match="the client is closed"):
            await task
        assert not internals(client)._tasks
    gc.collect()


def test_settings_out_of_range_are_refused() -> None:
    """A setting out of range is refused when the client is made."""
    with pytest.raises(ValueError, match="timeout"):
        CStarClient(KEY, timeout=0)
    with pytest.raises(ValueError, match="max_retries"):
        CStarClient(KEY, max_retries=-1)
    with pytest.raises(ConfigError, match="https"):
        CStarClient(KEY, base_url="http://www.cstar.help")


@pytest.mark.parametrize("name", ["session", "quota", "clock", "timeout", "max_retries"])
@pytest.mark.parametrize("value", ["5", Quota, [5], True])
def test_settings_of_another_type_are_refused(name: str, value: Any) -> None:
    """A setting of the wrong type is a TypeError when the client is made."""
    with pytest.raises(TypeError, match=f"^{name} must be "):
        CStarClient(KEY, **{name: value})


# --- raw calls


async def test_an_endpoint_outside_of_the_contract() -> None:
    """`call` fills in the team, sends an idempotency key with writes, retries, and decodes the body by its type."""
    script = [json({"new": 1}), failure(503), raw(b"a,b", "text/csv"), raw(b"", status=204), raw(b"\x00", "image/png")]
    async with serve(*script) as server, server.client(clock=FakeClock()) as client:
        path = "/api/v1/teams/{teamId}/new-thing/x%2Fy"
        assert await client.call("get", path, query={"a": 1}) == {"new": 1}
        assert await client.call("POST", path, json={"a": 1}) == "a,b"
        assert await client.call("GET", "/api/v1/status") is None
        assert await client.call("GET", "/api/v1/status") == b"\x00"
    assert server.received[0].path == f"/api/v1/teams/{TEAM}/new-thing/x%2Fy?a=1"
    assert server.received[1].headers["Idempotency-Key"] == server.received[2].headers["Idempotency-Key"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "api/v1"),
        ("GET", "//evil.example/x"),
        ("GET", "https://evil.example/"),
        ("GET", "/a/../b"),
        ("GET", "/a/./b"),
        ("GET", "/a?b=1"),
        ("GET", "/a#b"),
        ("GET", "/a b"),
        ("GET", "/a\r\nX: y"),
        ("GET", "/{other}/x"),
        ("GET", "/{teamId}/{teamId}"),
        ("GET", "@evil.example"),
        ("GET", ""),
        ("GE T", "/a"),
        ("", "/a"),
    ],
)
async def test_invalid_raw_paths_are_refused(method: str, path: str) -> None:
    """A raw path or method that is not valid is refused when the call is awaited."""
    async with CStarClient(KEY, team_id=TEAM) as client:
        call = client.call(method, path)
        with pytest.raises(ValueError, match="is not a"):
            await call


async def test_the_clients_own_session_is_closed() -> None:
    """The client closes its own session."""
    async with serve(data(1)) as server:
        async with server.client() as client:
            await thing(client)
            transport: Any = internals(client)._transport
            own: aiohttp.ClientSession = transport._session
        assert own.closed
