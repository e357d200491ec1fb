"""Idempotency keys."""

from __future__ import annotations

import asyncio

from tests.sandbox.conftest import TeamApi

KEY = {"Idempotency-Key": "order-1"}
TICKET = {"title": "Printer on fire"}


async def test_the_same_key_gets_the_same_answer(api: TeamApi) -> None:
    """A repeated creation with the same key gives the same answer and no second ticket."""
    first = await api.post("/tickets", TICKET, headers=KEY)
    second = await api.post("/tickets", TICKET, headers=KEY)
    assert (second.status, second.body) == (first.status, first.body)
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len((await api.get("/tickets")).ids) == 1


async def test_a_renewal_with_the_same_key_gets_the_same_tokens(api: TeamApi) -> None:
    """A repeated renewal gets the same tokens; another visitor's with the same key gets its own."""
    auth = f"/api/auth/{api.team.slug}"
    sessions = [
        (await api.post(f"{auth}/signup", {"email": f"{name}@example.org", "password": "correct horse"})).data
        for name in ("ada", "bob")
    ]
    bodies = [{"refreshToken": session["refreshToken"]} for session in sessions]
    first, second, other = [await api.post(f"{auth}/refresh", body, headers=KEY) for body in (bodies[0], *bodies)]
    assert second.body == first.body
    assert second.headers["Idempotent-Replayed"] == "true"
    assert other.data["customer"] == sessions[1]["customer"]
    assert (await api.post(f"{auth}/refresh", bodies[0])).error == (401, "invalid_refresh_token", None)
    assert (await api.get(f"{auth}/me", key=first.data["accessToken"])).status == 200


async def test_another_body_is_a_conflict(api: TeamApi) -> None:
    """A key with another body is a conflict."""
    await api.post("/tickets", TICKET, headers=KEY)
    reply = await api.post("/tickets", {"title": "Other"}, headers=KEY)
    assert reply.error == (409, "idempotency_conflict", "Idempotency-Key")


async def test_another_path_is_a_conflict(api: TeamApi) -> None:
    """A key with another method or path is a conflict."""
    ticket = await api.ticket()
    await api.post("/tickets", TICKET, headers=KEY)
    reply = await api.patch(f"/tickets/{ticket['id']}", TICKET, headers=KEY)
    assert reply.error == (409, "idempotency_conflict", "Idempotency-Key")


async def test_concurrent_requests_are_executed_once(api: TeamApi) -> None:
    """Concurrent requests with the same key are executed once."""
    replies = await asyncio.gather(*(api.post("/tickets", TICKET, headers=KEY) for _ in range(8)))
    assert len({reply.data["id"] for reply in replies}) == 1
    assert len((await api.get("/tickets")).ids) == 1


async def test_keys_expire_after_a_day(api: TeamApi) -> None:
    """After 24 hours a request with the same key is a new one."""
    first = await api.post("/tickets", TICKET, headers=KEY)
    api.sandbox.clock.advance(hours=24)
    second = await api.post("/tickets", TICKET, headers=KEY)
    assert first.data["id"] != second.data["id"]


async def test_an_error_is_kept_too(api: TeamApi) -> None:
    """A 409 is kept and repeated too."""
    body = {"name": "Jane", "email": "jane@example.org"}
    jane = await api.customer()
    assert (await api.post("/customers", body, headers=KEY)).status == 409
    await api.delete(f"/customers/{jane['id']}")
    reply = await api.post("/customers", body, headers=KEY)
    assert (reply.status, reply.headers["Idempotent-Replayed"]) == (409, "true")


async def test_an_injected_failure_is_not_kept(api: TeamApi) -> None:
    """A 503 is not kept, and the retry is executed."""
    api.sandbox.fail_next()
    assert (await api.post("/tickets", TICKET, headers=KEY)).status == 503
    assert (await api.post("/tickets", TICKET, headers=KEY)).status == 201


async def test_keys_of_two_teams_are_independent(api: TeamApi) -> None:
    """Equal keys of two teams are independent."""
    other = TeamApi(api.sandbox, api.session, api.sandbox.team())
    first = await api.post("/tickets", TICKET, headers=KEY)
    second = await other.post("/tickets", TICKET, headers=KEY)
    assert first.data["id"] != second.data["id"]


async def test_an_overlong_key_is_refused(api: TeamApi) -> None:
    """A key of more than 255 characters is refused."""
    reply = await api.post("/tickets", TICKET, headers={"Idempotency-Key": "x" * 256})
    assert reply.error == (400, "parameter_invalid", "Idempotency-Key")


async def test_an_update_is_executed_once(api: TeamApi) -> None:
    """A repeated PATCH with the same key changes nothing."""
    ticket = await api.ticket()
    path = f"/tickets/{ticket['id']}"
    await api.patch(path, {"status": "open"}, headers=KEY)
    await api.patch(path, {"status": "closed"})
    assert (await api.patch(path, {"status": "open"}, headers=KEY)).data["status"] == "open"
    assert (await api.get(path)).data["status"] == "closed"
