"""Trouble on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from cstar_async.sandbox.application import CONNECTION_BROKEN

if TYPE_CHECKING:
    from .conftest import Desk


async def test_an_outage_lasts_as_long_as_it_was_told(desk: Desk) -> None:
    """fail_next(2) fails two requests and changes nothing."""
    desk.sandbox.fail_next(2)
    replies = [await desk.post("/tickets", {"title": "x"}) for _ in range(3)]
    assert [reply.status for reply in replies] == [503, 503, 201]
    assert replies[0].body["error"]["type"] == "api_error"
    assert len((await desk.get("/tickets")).ids) == 1


async def test_a_fault_can_ask_for_patience(desk: Desk) -> None:
    """Retry-After goes with any status; a 429 also says it in the body."""
    desk.sandbox.fail_next(status=503, retry_after=7)
    assert (await desk.get("/tickets")).headers["Retry-After"] == "7"
    desk.sandbox.fail_next(status=429)
    reply = await desk.get("/tickets")
    assert (reply.headers["Retry-After"], reply.body["error"]["retryAfter"]) == ("60", 60)


async def test_a_rule_strikes_only_what_it_names(desk: Desk) -> None:
    """By method, by operation id, and by the beginning of the path."""
    desk.sandbox.faults.add(path="tickets.create", status=500)
    desk.sandbox.faults.add(path="/customers", method="get", status=502)
    assert (await desk.get("/tickets")).status == 200
    assert (await desk.get("/customers/cus_1")).status == 502
    assert (await desk.post("/tickets", {"title": "x"})).status == 500
    assert (await desk.post("/tickets", {"title": "x"})).status == 201


async def test_rules_can_be_dropped(desk: Desk) -> None:
    """A test that is over leaves no trouble behind."""
    desk.sandbox.fail_next(100)
    desk.sandbox.faults.clear()
    assert (await desk.get("/tickets")).status == 200


async def test_a_reset_loses_the_answer_and_not_the_change(desk: Desk) -> None:
    """The case that idempotency keys are for: done, but nobody heard."""
    desk.sandbox.faults.add(reset=True)
    key = {"Idempotency-Key": "k"}
    with pytest.raises(aiohttp.ClientConnectionError):
        await desk.post("/tickets", {"title": "x"}, headers=key)
    assert desk.sandbox.requests[-1].status == CONNECTION_BROKEN
    repeated = await desk.post("/tickets", {"title": "x"}, headers=key)
    assert repeated.headers["Idempotent-Replayed"] == "true"
    assert (await desk.get("/tickets")).ids == [repeated.data["id"]]


async def test_a_truncated_body_is_an_error_for_the_reader(desk: Desk) -> None:
    """Half an answer must not look like a whole one."""
    desk.sandbox.faults.add(truncate=True)
    with pytest.raises(aiohttp.ClientPayloadError):
        await desk.get("/tickets")


async def test_a_slow_answer_arrives(desk: Desk) -> None:
    """A delay alone changes nothing but the time."""
    desk.sandbox.faults.add(delay=0.001)
    assert (await desk.get("/tickets")).status == 200


async def test_a_fault_must_do_something(desk: Desk) -> None:
    """A rule without an effect is a mistake."""
    with pytest.raises(ValueError, match="needs a status"):
        desk.sandbox.faults.add(path="/tickets")


async def test_closing_does_not_wait_for_a_slow_answer(desk: Desk) -> None:
    """A test must not hang on a request that it has given up."""
    desk.sandbox.faults.add(delay=3600)
    with pytest.raises(TimeoutError):
        async with desk.session.get(
            f"{desk.sandbox.base_url}/api/v1/auth/whoami", timeout=aiohttp.ClientTimeout(total=0.05)
        ):
            pass
    await desk.sandbox.close()


@pytest.mark.sandbox_may_fail
async def test_a_fault_of_the_sandbox_itself_has_the_shape_of_an_error(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A client under test would meet aiohttp's plain text instead of cStar's error."""

    def broken(_: object) -> Any:
        raise ZeroDivisionError

    monkeypatch.setitem(desk.sandbox._running().handlers, "tickets.list", broken)
    reply = await desk.send("GET", "/tickets")
    assert reply.error == (500, "internal_error", None)
    assert "ZeroDivisionError" in caplog.text
