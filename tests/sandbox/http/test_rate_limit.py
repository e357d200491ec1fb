"""The rate limit: requests per hour and key."""

from __future__ import annotations

import aiohttp

from cstar_async.sandbox import Sandbox
from tests.sandbox.conftest import Reply, TeamApi

LIMIT = 100


async def spend(api: TeamApi, times: int) -> Reply:
    """Send so many requests with the publishable key, and return the last answer."""
    for _ in range(times - 1):
        await api.get("/api/v1/auth/whoami", key=api.team.publishable_key)
    return await api.get("/api/v1/auth/whoami", key=api.team.publishable_key)


async def test_every_answer_has_the_rate_limit_headers(api: TeamApi) -> None:
    """Every answer has the four rate limit headers, errors too."""
    reply = await api.get("/tickets/tkt_none")
    start = int(api.sandbox.clock.time())
    assert reply.status == 404
    assert {name: reply.headers[name] for name in reply.headers if name.startswith("X-RateLimit")} == {
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Remaining": "999",
        "X-RateLimit-Reset": str(start + 3600),
        "X-RateLimit-Window": "3600",
    }


async def test_a_request_over_the_limit_is_429(api: TeamApi) -> None:
    """A request over the limit is a 429, with the wait in header and body."""
    api.sandbox.clock.advance(minutes=45)
    assert (await spend(api, LIMIT)).headers["X-RateLimit-Remaining"] == "0"
    reply = await spend(api, 1)
    assert reply.error == (429, "rate_limit_exceeded", None)
    assert reply.headers["Retry-After"] == "900"
    assert reply.body["error"]["retryAfter"] == 900


async def test_a_new_hour_is_a_new_window(api: TeamApi) -> None:
    """A new window begins once the hour has passed."""
    await spend(api, LIMIT)
    api.sandbox.clock.advance(seconds=3600)
    assert (await spend(api, 1)).headers["X-RateLimit-Remaining"] == "99"


async def test_each_key_has_its_own_window(api: TeamApi) -> None:
    """Each key has its own window."""
    await spend(api, LIMIT + 1)
    assert (await api.get("/tickets")).headers["X-RateLimit-Remaining"] == "999"


async def test_refused_requests_are_not_counted(api: TeamApi) -> None:
    """Requests refused for their key are not counted."""
    await api.post("/tickets", {"title": "x"}, key=api.team.publishable_key)
    assert (await spend(api, 1)).headers["X-RateLimit-Remaining"] == "99"


async def test_the_quota_can_be_switched_off() -> None:
    """Without quota no request is refused, and the headers show it unused."""
    async with Sandbox(quota=False) as sandbox, aiohttp.ClientSession() as session:
        reply = await spend(TeamApi(sandbox, session, sandbox.default_team), LIMIT + 1)
    assert (reply.status, reply.headers["X-RateLimit-Remaining"]) == (200, "100")
