"""Retries, deadlines and quota together, over real sockets with an injected clock."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from email.utils import formatdate
from typing import Any

import pytest

from cstar_async._core.call import Call
from cstar_async._quota.budget import Budget
from cstar_async._quota.quota import Quota, budget_of
from cstar_async.client import CStarClient
from cstar_async.errors import (
    APIConnectionError,
    APITimeoutError,
    DeadlineExceededError,
    DecodeError,
    NotFoundError,
    QuotaExceededError,
    RateLimitError,
    ServerError,
)
from tests.support.clock import FakeClock
from tests.support.internals import internals
from tests.support.operations import CREATE, DELETE, GET, PUBLIC, UPDATE
from tests.support.server import KEY, Answer, data, failure, json, raw, reset, serve


def thing(client: CStarClient) -> Call[Any]:
    return Call(client, GET, ("t1",), None, None, None)


def create(client: CStarClient) -> Call[Any]:
    return Call(client, CREATE, (), None, {}, None)


def limits(remaining: int, reset: float, now: float, limit: int = 1000) -> dict[str, str]:
    """Rate limit headers with the server's own clock."""
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(int(now + reset)),
        "X-RateLimit-Window": "3600",
        "Date": formatdate(int(now), usegmt=True),
    }


# --- retries


@pytest.mark.parametrize(
    "answer", [failure(status) for status in (408, 425, 429, 500, 502, 503, 504, 520, 530)] + [reset]
)
async def test_transient_failures_are_retried(answer: Answer) -> None:
    """A transient status or failure is retried."""
    clock = FakeClock()
    async with serve(answer, data(1)) as server, server.client(clock=clock) as client:
        response = await create(client).response()
    assert response.attempts == 2
    assert server.attempts == 2
    assert len(clock.slept) == 1
    assert 0 <= clock.slept[0] <= 0.5


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 422, 501, 505])
async def test_permanent_failures_are_not_retried(status: int) -> None:
    """Any other status is final, 501 and 505 among them."""
    async with serve(failure(status)) as server, server.client(clock=FakeClock()) as client:
        with pytest.raises(Exception, match=f"^{status} oops: no message .*attempt 1 of 4"):
            await create(client)
    assert server.attempts == 1


async def test_invalid_json_is_not_retried() -> None:
    """A complete body that is not JSON is not retried."""
    async with serve(raw(b"<html>")) as server, server.client(clock=FakeClock()) as client:
        with pytest.raises(DecodeError):
            await thing(client)
    assert server.attempts == 1


async def test_retries_are_limited() -> None:
    """After max_retries the last error is raised, with the number of attempts."""
    clock = FakeClock()
    async with serve(failure(503)) as server, server.client(clock=clock) as client:
        with pytest.raises(ServerError, match="attempt 4 of 4") as caught:
            await thing(client)
        assert server.attempts == 4
        with pytest.raises(ServerError, match="attempt 2 of 2"):
            await thing(client).options(max_retries=1)
    assert caught.value.attempts == 4
    assert all(wait <= most for wait, most in zip(clock.slept, (0.5, 1, 2), strict=False))


async def test_a_delete_without_a_key_is_not_retried() -> None:
    """A DELETE without an idempotency key is not retried after a 503; with one it is."""
    async with serve(failure(503)) as server, server.client(clock=FakeClock()) as client:
        call = Call[Any](client, DELETE, ("t1",), None, None, None)
        with pytest.raises(ServerError, match="attempt 1 of 1"):
            await call
        assert server.attempts == 1
        with pytest.raises(ServerError, match="attempt 4 of 4"):
            await call.options(idempotency_key="mine")


async def test_writes_with_a_key_are_retried() -> None:
    """A PATCH carries an idempotency key and is retried."""
    async with serve(failure(503), data(1)) as server, server.client(clock=FakeClock()) as client:
        await Call[Any](client, UPDATE, ("t1",), None, {}, None)
        assert server.attempts == 2


async def test_retry_after_is_obeyed_to_the_second() -> None:
    """Retry-After, in seconds or as a date, is waited for, with up to a tenth more."""
    clock = FakeClock()
    dated = {"Retry-After": "Sun, 01 Mar 2026 12:00:30 GMT", "Date": "Sun, 01 Mar 2026 12:00:00 GMT"}
    script = [failure(429, {"Retry-After": "17"}), failure(503, dated), data(1)]
    async with serve(*script) as server, server.client(clock=clock) as client:
        internals(client)._sending.random = lambda: 0.5
        await thing(client)
    assert clock.slept == [17 + 0.85, 30 + 1.5]
    assert server.attempts == 3


async def test_a_retry_after_over_a_minute_is_raised_at_once() -> None:
    """A Retry-After over a minute is raised at once, and the error has its value."""
    clock = FakeClock()
    async with serve(failure(429, {"Retry-After": "61"})) as server, server.client(clock=clock) as client:
        with pytest.raises(RateLimitError, match="retry after 61 s") as caught:
            await thing(client)
    assert caught.value.retry_after == 61
    assert clock.slept == []
    assert server.attempts == 1


async def test_a_retry_after_past_the_deadline_is_raised_at_once() -> None:
    """A Retry-After past the deadline is raised at once."""
    clock = FakeClock()
    async with serve(failure(429, {"Retry-After": "20"})) as server, server.client(clock=clock) as client:
        with pytest.raises(RateLimitError) as caught:
            await thing(client).options(deadline=10)
    assert caught.value.retry_after == 20
    assert clock.slept == []
    assert server.attempts == 1


async def test_retries_are_logged_without_the_key(caplog: pytest.LogCaptureFixture) -> None:
    """Retries and waits are logged to "cstar_async", without the key."""
    caplog.set_level(logging.DEBUG)
    async with serve(failure(503, message=f"bad {KEY}"), data(1)) as server, server.client(clock=FakeClock()) as client:
        await thing(client)
    text = "\n".join(record.getMessage() for record in caplog.records if record.name == "cstar_async")
    assert "503 oops: bad sk_test_***" in text
    assert "the next attempt is in" in text
    assert KEY not in caplog.text


# --- deadlines


async def test_a_deadline_bounds_a_hanging_attempt() -> None:
    """The earlier of timeout and deadline ends the attempt, and the error says which it was."""
    async with serve(data(1)) as server:
        server.script = [server.hang(seconds=40)]
        async with server.client(timeout=60, clock=FakeClock()) as client:
            with pytest.raises(DeadlineExceededError, match=r"the deadline of 30 s passed .*attempt 1 of 4") as caught:
                await create(client).options(deadline=30)
            assert caught.value.idempotency_key == server.received[0].headers["Idempotency-Key"]
            with pytest.raises(APITimeoutError):
                await create(client).options(deadline=60, timeout=30, max_retries=0)
        assert isinstance(caught.value, TimeoutError)


async def test_a_backoff_past_the_deadline_fails_at_once() -> None:
    """A backoff that does not fit into the deadline fails at once."""
    clock = FakeClock()
    async with serve(failure(503)) as server, server.client(clock=clock) as client:
        internals(client)._sending.random = lambda: 0.9
        with pytest.raises(
            DeadlineExceededError, match=r"the next attempt would be in 0.90 s, the deadline is in 0.55 s"
        ):
            async with client.deadline(1):
                await thing(client)
    assert clock.slept == [0.45]
    assert server.attempts == 2


async def test_a_block_bounds_all_calls_begun_in_it() -> None:
    """The calls in a block share its deadline; a call after it has none."""
    clock = FakeClock()
    async with serve(data(1)) as server, server.client(clock=clock) as client:
        async with client.deadline(5):
            await thing(client)
            clock.advance(6)
            with pytest.raises(DeadlineExceededError, match="the deadline of 5 s has passed") as caught:
                await thing(client)
            with pytest.raises(DeadlineExceededError):
                await asyncio.gather(thing(client))
        await thing(client)
    assert caught.value.attempts == 0
    assert server.attempts == 2


async def test_a_deadline_counts_from_the_await() -> None:
    """The deadline of a Call begins at each await."""
    clock = FakeClock()
    async with serve(data(1)) as server, server.client(clock=clock) as client:
        call = thing(client).options(deadline=5)
        for _ in range(3):
            clock.advance(10)
            await call
        assert server.attempts == 3


# --- quota


async def test_a_call_waits_for_the_next_window() -> None:
    """A call waits for a window that ends soon, by the server's clock."""
    clock = FakeClock()
    script = [data(1, 200, limits(0, 40, now=5_000_000)), data(2, 200, limits(999, 3640, now=5_000_040))]
    async with serve(*script) as server, server.client(clock=clock) as client:
        await thing(client)
        assert client.quota.remaining == 0
        assert await thing(client) == 2
        assert client.quota.remaining == 999
    assert clock.slept == [40]


async def test_a_quota_wait_that_is_too_long_fails_before_sending() -> None:
    """A quota wait over 60 s, or past the deadline, fails and sends nothing."""
    clock = FakeClock()
    async with serve(data(1, 200, limits(0, 1800, now=5_000_000))) as server, server.client(clock=clock) as client:
        await thing(client)
        with pytest.raises(QuotaExceededError, match=r"1000 requests .* does not fit into 60 s") as caught:
            await thing(client)
        assert caught.value.available_at == dt.datetime.fromtimestamp(clock.time() + 1800, dt.UTC)
        assert caught.value.attempts == 0
        with pytest.raises(QuotaExceededError, match="the deadline of 1000 s"):
            await thing(client).options(deadline=1000)
        assert clock.slept == []
        assert server.attempts == 1
        await thing(client).options(deadline=2000)
        assert clock.slept == [1800]


async def test_calls_over_the_assumed_limit_wait_for_an_answer() -> None:
    """Calls beyond the assumed limit wait for the first answer."""
    async with serve(data(1)) as server:
        server.script = [server.hang()]
        async with server.client("pk_test_x") as client:
            tasks = [asyncio.create_task(thing(client).send()) for _ in range(101)]
            while server.attempts < 100:
                await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert server.attempts == 100
            assert client.quota.in_flight == 100
            server.release.set()
            await asyncio.gather(*tasks)
        assert server.attempts == 101


async def test_with_a_deadline_the_wait_for_an_answer_is_bounded() -> None:
    """A deadline bounds the wait for the first answer."""
    async with serve(data(1)) as server, server.client("pk_test_x") as client:
        for _ in range(100):
            budget_of(client.quota).begin()
        with pytest.raises(QuotaExceededError):
            await thing(client).options(deadline=0.02)
        assert server.attempts == 0


async def test_an_obeyed_retry_after_goes_before_the_window() -> None:
    """A Retry-After counts before the window headers."""
    clock = FakeClock()
    headers = {**limits(0, 1800, now=5_000_000), "Retry-After": "2"}
    async with serve(failure(429, headers), data(1)) as server, server.client(clock=clock) as client:
        internals(client)._sending.random = lambda: 0.0
        assert await thing(client) == 1
    assert clock.slept == [2]
    assert server.attempts == 2


async def test_failures_do_not_leak_places_in_the_quota() -> None:
    """Resets, errors and cancellation give back the place in the quota."""
    async with serve(reset, failure(404), data(1)) as server, server.client(max_retries=0) as client:
        with pytest.raises(APIConnectionError):
            await create(client)
        with pytest.raises(NotFoundError):
            await create(client)
        server.script = [server.hang()]
        server.arrived.clear()
        task = asyncio.create_task(thing(client).send())
        await server.arrived.wait()
        assert client.quota.in_flight == 1
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert client.quota.in_flight == 0


async def test_operations_without_a_key_send_none_and_cost_nothing() -> None:
    """Public operations need and send no key, and use no quota."""
    async with serve(json({"data": 1}, headers=limits(0, 1800, now=5_000_000))) as server, server.client() as client:
        call = Call[Any](client, PUBLIC, (), None, None, None)
        await call
        await call
        assert client.quota.remaining == 1000
        async with server.client(None) as keyless:
            assert await Call[Any](keyless, PUBLIC, (), None, None, None) == 1
    assert all("Authorization" not in received.headers for received in server.received)


async def test_a_quota_can_be_shared() -> None:
    """Two clients can share one quota."""
    quota = Quota()
    async with serve(data(1, 200, limits(5, 1800, now=5_000_000))) as server:
        async with server.client(quota=quota) as one, server.client(quota=quota) as two:
            await thing(one)
            assert two.quota.remaining == 5


async def test_the_priority_reaches_the_quota(monkeypatch: pytest.MonkeyPatch) -> None:
    """The priority of a call is passed to the quota."""
    seen: list[str] = []
    wait = Budget.wait

    def recording(budget: Budget, now: float, priority: Any, **options: Any) -> float:
        seen.append(priority)
        return wait(budget, now, priority, **options)

    monkeypatch.setattr(Budget, "wait", recording)
    async with serve(data(1)) as server, server.client() as client:
        await thing(client)
        await thing(client).options(priority="bulk")
        await thing(client).options(priority="bulk").options(timeout=3)
    assert seen == ["interactive", "bulk", "bulk"]
