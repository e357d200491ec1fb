"""Faults of requests and deliveries."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

import aiohttp
import pytest

from cstar_async import APIConnectionError, APITimeoutError, CStarError, DecodeError, RateLimitError, ServerError
from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.contract.document import load_contract
from cstar_async.sandbox.http.app import CONNECTION_BROKEN
from tests.sandbox.conftest import TeamApi


async def test_fail_next_fails_that_many_requests(api: TeamApi) -> None:
    """`fail_next(2)` fails two requests and changes nothing."""
    api.sandbox.fail_next(2)
    replies = [await api.post("/tickets", {"title": "x"}) for _ in range(3)]
    assert [reply.status for reply in replies] == [503, 503, 201]
    assert replies[0].body["error"]["type"] == "api_error"
    assert len((await api.get("/tickets")).ids) == 1


async def test_a_fault_can_set_retry_after(api: TeamApi) -> None:
    """Any status can have a Retry-After header; a 429 has it in the body too."""
    api.sandbox.fail_next(status=503, retry_after=7)
    assert (await api.get("/tickets")).headers["Retry-After"] == "7"
    api.sandbox.fail_next(status=429)
    reply = await api.get("/tickets")
    assert (reply.headers["Retry-After"], reply.body["error"]["retryAfter"]) == ("60", 60)


async def test_a_fault_applies_to_matching_requests_only(api: TeamApi) -> None:
    """A fault applies by method, operation id and prefix of the path."""
    api.sandbox.faults.add(path="tickets.create", status=500)
    api.sandbox.faults.add(path="/customers", method="get", status=502)
    assert (await api.get("/tickets")).status == 200
    assert (await api.get("/customers/cus_1")).status == 502
    assert (await api.post("/tickets", {"title": "x"})).status == 500
    assert (await api.post("/tickets", {"title": "x"})).status == 201


async def test_faults_can_be_cleared(api: TeamApi) -> None:
    """Faults can be cleared."""
    api.sandbox.fail_next(100)
    api.sandbox.faults.clear()
    assert (await api.get("/tickets")).status == 200


async def test_a_reset_loses_the_answer_but_not_the_change(api: TeamApi) -> None:
    """After a reset the change is done, and a retry with its key gets the kept answer."""
    api.sandbox.faults.add(reset=True)
    key = {"Idempotency-Key": "k"}
    with pytest.raises(aiohttp.ClientConnectionError):
        await api.post("/tickets", {"title": "x"}, headers=key)
    assert api.sandbox.requests[-1].status == CONNECTION_BROKEN
    repeated = await api.post("/tickets", {"title": "x"}, headers=key)
    assert repeated.headers["Idempotent-Replayed"] == "true"
    assert (await api.get("/tickets")).ids == [repeated.data["id"]]


async def test_a_truncated_body_is_an_error_for_the_reader(api: TeamApi) -> None:
    """A truncated body is an error for the reader."""
    api.sandbox.faults.add(truncate=True)
    with pytest.raises(aiohttp.ClientPayloadError):
        await api.get("/tickets")


async def test_a_slow_answer_arrives(api: TeamApi) -> None:
    """A delayed answer is unchanged."""
    api.sandbox.faults.add(delay=0.001)
    assert (await api.get("/tickets")).status == 200


async def test_a_fault_needs_an_effect(api: TeamApi) -> None:
    """A fault without an effect is refused."""
    with pytest.raises(ValueError, match="needs a status"):
        api.sandbox.faults.add(path="/tickets")


@pytest.mark.parametrize("path", ["tickets.creat", "Tickets.Create", "tickets", "no.such", "", "POST /tickets"])
async def test_a_fault_of_an_unknown_operation_is_refused(api: TeamApi, path: str) -> None:
    """A path that is neither an operation id nor begins with a slash is refused."""
    with pytest.raises(ValueError, match="path must be an operation id or begin with '/'"):
        api.sandbox.faults.add(path=path, status=503)
    assert api.sandbox.faults.requests == ()


@pytest.mark.parametrize(
    ("path", "end"),
    [
        ("ticket.list", "; did you mean tickets.list"),
        ("Tickets.Message.List", "; did you mean tickets.messages.list"),
        ("no.such", "begin with '/'"),
    ],
)
async def test_similar_operations_are_suggested(api: TeamApi, path: str, end: str) -> None:
    """The error suggests operations whose ids are similar to the unknown one."""
    with pytest.raises(ValueError, match=re.escape(end) + "$"):
        api.sandbox.faults.add(path=path, status=503)


@pytest.mark.parametrize(
    ("event", "end"),
    [("tickt.*", "; did you mean ticket.*"), ("ticket.create", "; did you mean ticket.created"), ("zz", "survey.*")],
)
async def test_similar_events_are_suggested(api: TeamApi, event: str, end: str) -> None:
    """The error suggests events that are similar to the unknown one, or lists all kinds."""
    with pytest.raises(ValueError, match=re.escape(end) + "$"):
        api.sandbox.faults.add_delivery(event=event, drop=True)


@pytest.mark.parametrize("event", ["tickt.*", "ticket", "tic*", "ticket.opened", "", "Ticket.*"])
async def test_a_fault_of_an_unknown_event_is_refused(api: TeamApi, event: str) -> None:
    """A delivery fault for an unknown event is refused."""
    with pytest.raises(ValueError, match=r"unknown event .+: event must be a type or a pattern"):
        api.sandbox.faults.add_delivery(event=event, drop=True)
    assert api.sandbox.faults.deliveries == ()


async def test_every_operation_and_event_can_be_named(api: TeamApi) -> None:
    """Every operation, event and pattern can have a fault."""
    contract = load_contract()
    for name in [*contract.operations, "/", "/tickets"]:
        api.sandbox.faults.add(path=name, status=503)
    for kind in contract.event_types:
        api.sandbox.faults.add_delivery(event=kind, drop=True)
        api.sandbox.faults.add_delivery(event=f"{kind.partition('.')[0]}.*", drop=True)
    api.sandbox.faults.add_delivery(event="*", drop=True)


async def test_closing_does_not_wait_for_a_slow_answer(api: TeamApi) -> None:
    """Closing the sandbox does not wait for delayed answers."""
    api.sandbox.faults.add(delay=3600)
    with pytest.raises(TimeoutError):
        async with api.session.get(
            f"{api.sandbox.base_url}/api/v1/auth/whoami", timeout=aiohttp.ClientTimeout(total=0.05)
        ):
            pass
    await api.sandbox.close()


@pytest.mark.sandbox_may_fail
async def test_an_internal_error_has_the_documented_form(
    api: TeamApi, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An internal error of the sandbox is answered in the documented form, and logged."""

    def broken(_: object) -> Any:
        raise ZeroDivisionError

    monkeypatch.setitem(api.sandbox._running().application.execution.handlers, "tickets.list", broken)
    reply = await api.send("GET", "/tickets")
    assert reply.error == (500, "internal_error", None)
    assert "ZeroDivisionError" in caplog.text


async def test_the_faults_of_a_team_apply_to_it_only(api: TeamApi) -> None:
    """The faults of a team apply to that team only."""
    other = api.sandbox.team("other")
    other.faults.add(status=500, times=None)
    assert (await api.get("/tickets")).status == 200
    assert (await api.get("/api/v1/auth/whoami")).status == 200
    for path in (f"/api/v1/teams/{other.id}/tickets", f"/api/v1/teams/{other.slug}/library/articles"):
        assert (await api.get(path)).status == 500
    assert (await api.get("/api/v1/auth/whoami", key=other.secret_key)).status == 500
    assert [(record.path[-7:], record.status) for record in other.requests][0::2] == [
        ("tickets", 500),
        ("/whoami", 500),
    ]


async def test_a_team_clears_its_own_faults_only(api: TeamApi) -> None:
    """A team can list and clear its own faults only."""
    other = api.sandbox.team("other")
    api.team.fail_next(100)
    other.fail_next(100)
    mine, theirs = api.team.faults.requests[0], other.faults.requests[0]
    assert [rule.team for rule in (mine, theirs)] == [api.team.id, other.id]
    assert not other.faults.remove(mine.number)
    other.faults.clear()
    assert api.sandbox.faults.requests == (mine,)
    assert (await api.get("/tickets")).status == 503
    api.sandbox.faults.clear()
    assert (await api.get("/tickets")).status == 200


async def test_a_team_cannot_add_a_fault_for_another(api: TeamApi) -> None:
    """A fault that a team adds cannot name another team."""
    with pytest.raises(ValueError, match="names another team"):
        api.team.faults.add(status=500, team="somebody")


async def test_random_faults_are_repeatable() -> None:
    """Faults with a probability repeat with the same seed."""

    async def run(seed: int, probability: float) -> list[int]:
        async with Sandbox(seed=seed) as sandbox, aiohttp.ClientSession() as session:
            api = TeamApi(sandbox, session, sandbox.default_team)
            api.team.faults.add(status=500, times=None, probability=probability)
            return [(await api.get("/tickets")).status for _ in range(60)]

    first = await run(1, 0.3)
    assert first == await run(1, 0.3)
    assert first != await run(2, 0.3)
    assert 8 <= first.count(500) <= 28


async def test_a_fault_without_a_limit(api: TeamApi) -> None:
    """A fault with `times=None` applies until it is removed."""
    api.team.faults.add(status=503, times=None)
    assert {(await api.get("/tickets")).status for _ in range(5)} == {503}


@pytest.mark.parametrize(("option", "value"), [("times", 0), ("probability", 0.0), ("probability", 1.1)])
async def test_faults_that_never_apply_are_refused(api: TeamApi, option: str, value: float) -> None:
    """A fault that could never apply is refused."""
    options: dict[str, Any] = {option: value}
    with pytest.raises(ValueError, match=option):
        api.sandbox.faults.add(status=500, **options)


async def test_a_content_type_must_be_valid_in_a_header(api: TeamApi) -> None:
    """A content type that is not valid in a header is refused."""
    with pytest.raises(ValueError, match="content_type"):
        api.sandbox.faults.add(content_type="text/html\r\nSet-Cookie: a=b")


async def test_a_hanging_request_is_executed(api: TeamApi) -> None:
    """A hanging request is executed, and a retry with its key gets the kept answer."""
    api.team.faults.add(hang=True)
    url = f"{api.sandbox.base_url}/api/v1/teams/{api.team.id}/tickets"
    headers = {"Authorization": f"Bearer {api.team.secret_key}", "Idempotency-Key": "k"}
    before = len(api.sandbox.requests)
    hanging = asyncio.create_task(api.session.post(url, json={"title": "x"}, headers=headers).__aenter__())
    while len(api.sandbox.requests) == before:
        await asyncio.sleep(0)
    hanging.cancel()
    with pytest.raises(asyncio.CancelledError):
        await hanging
    assert api.sandbox.requests[-1].status == CONNECTION_BROKEN
    repeated = await api.post("/tickets", {"title": "x"}, headers={"Idempotency-Key": "k"})
    assert repeated.headers["Idempotent-Replayed"] == "true"
    assert len((await api.get("/tickets")).ids) == 1


async def test_malformed_json_is_a_complete_body(api: TeamApi) -> None:
    """Malformed JSON arrives as a complete body."""
    api.team.faults.add(malformed=True)
    url = f"{api.sandbox.base_url}/api/v1/teams/{api.team.id}/tickets"
    async with api.session.get(url, headers={"Authorization": f"Bearer {api.team.secret_key}"}) as response:
        body = await response.read()
    assert (response.status, response.content_type) == (200, "application/json")
    assert len(body) == int(response.headers["Content-Length"])
    with pytest.raises(json.JSONDecodeError):
        json.loads(body)


async def test_a_fault_can_change_the_content_type(api: TeamApi) -> None:
    """A fault can change the content type of an answer."""
    api.team.faults.add(content_type="text/html; charset=utf-8", status=502)
    url = f"{api.sandbox.base_url}/api/v1/teams/{api.team.id}/tickets"
    async with api.session.get(url) as response:
        assert (response.status, response.content_type, response.charset) == (502, "text/html", "utf-8")


async def test_the_client_raises_the_right_error_for_each_fault(sandbox: Sandbox) -> None:
    """The client raises the right error for each fault."""
    team = sandbox.team()
    async with team.client(max_retries=0) as cstar:
        faults: tuple[tuple[dict[str, Any], type[CStarError]], ...] = (
            ({"status": 429}, RateLimitError),
            ({"status": 500}, ServerError),
            ({"reset": True}, APIConnectionError),
            ({"truncate": True}, APIConnectionError),
            ({"hang": True}, APITimeoutError),
            ({"delay": 5}, APITimeoutError),
            ({"malformed": True}, DecodeError),
        )
        for fault, error in faults:
            team.faults.add(times=None, **fault)  # aiohttp resends a GET after a reset
            timeout = 0.2 if error is APITimeoutError else 30
            with pytest.raises(error) as caught:
                await cstar.tickets.list().options(timeout=timeout)
            assert type(caught.value) is error
            team.faults.clear()
        assert list(await cstar.tickets.list()) == []


async def test_the_control_api_accepts_every_kind_of_fault(api: TeamApi) -> None:
    """The control API accepts every kind of fault."""
    kinds: dict[str, Any] = {"hang": True, "malformed": True, "contentType": "text/html", "probability": 0.5}
    for kind, value in kinds.items():
        rule = {"team": api.team.id, "status": 500, kind: value}
        made = await api.post("/_sandbox/faults/requests", rule)
        assert made.status == 201
        assert made.body.items() >= rule.items()
        assert {"_name", "Name", "_matched", "Matched"} & set(made.body) == set(), "private fields must not be shown"
    rule = {"team": api.team.id, "probability": 0.5, "drop": True}
    assert (await api.post("/_sandbox/faults/deliveries", rule)).body.items() >= rule.items()
    assert len(api.sandbox.faults.requests) == 4
