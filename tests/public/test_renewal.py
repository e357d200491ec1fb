"""The renewal of a customer's tokens: when, how often, and what ends a session."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from cstar_async.errors import (
    APIConnectionError,
    APIError,
    AuthenticationError,
    DeadlineExceededError,
    DecodeError,
    ServerError,
    SessionExpiredError,
)
from cstar_async.public import CustomerSession, MemoryTokens, PublicTeam, Tokens
from tests.support.clock import FakeClock
from tests.support.server import data, failure, raw, serve

from .scene import JANE, me, scene
from .server import CUSTOMER, TokenServer

if TYPE_CHECKING:
    from tests.support.server import Answer

CALLERS = 50
CUSTOMER_GRANT = {"customer": CUSTOMER, "accessToken": "access-1", "refreshToken": "refresh-1"}


async def all_callers(session: CustomerSession) -> set[str]:
    """The answers to many requests at once."""
    return set(await asyncio.gather(*(me(session) for _ in range(CALLERS))))


async def test_many_callers_after_the_end_of_the_token_share_one_renewal() -> None:
    """50 callers after the end of the access token: 50 answers, one renewal, and no request is refused."""
    async with scene() as s:
        s.pass_time()
        assert await all_callers(s.session) == {JANE["email"]}
        assert s.requests() == {"refresh": 1, "me": CALLERS}


async def test_many_callers_with_an_unforeseen_401_share_one_renewal() -> None:
    """50 callers whose tokens are refused before their time: 50 answers, one renewal."""
    async with scene() as s:
        s.expire()
        assert await all_callers(s.session) == {JANE["email"]}
        assert s.requests() == {"refresh": 1, "me": CALLERS, "me 401": CALLERS}


async def test_a_token_is_renewed_a_minute_before_its_end() -> None:
    """A token is used until a minute before its end, and renewed then."""
    async with scene() as s:
        s.pass_time(3539)
        await me(s.session)
        assert s.requests() == {"me": 1}
        s.pass_time(2)
        await me(s.session)
        assert s.requests() == {"refresh": 1, "me": 1}


@pytest.mark.parametrize("offset", [-7 * 3600, 7 * 3600])
async def test_a_clock_that_is_wrong_by_hours_does_not_matter(offset: float) -> None:
    """The life of a token is counted from the service's `Date`: this machine's clock may be wrong."""
    async with scene() as s:
        s.clock.advance(offset)
        async with s.connect() as team:
            session = await team.auth.login(**JANE)
            s.pass_time(3000)
            await me(session)
            assert s.requests() == {"login": 1, "me": 1}
            s.pass_time(600)
            await me(session)
            assert s.requests() == {"refresh": 1, "me": 1}


@pytest.mark.parametrize("offset", [-30 * 86_400, 30 * 86_400])
async def test_a_clock_that_is_set_during_a_session_costs_a_renewal_at_most(offset: float) -> None:
    """If the clock is set to another day, the next request succeeds, with one renewal at most."""
    async with scene() as s:
        s.clock.advance(offset)
        await me(s.session)
        await me(s.session)
        found = s.requests()
        assert found.pop("refresh", 0) <= 1
        assert found == {"me": 2}


async def test_a_token_without_an_end_is_used_until_it_is_refused() -> None:
    """Without an end of the token in the answer or in the token, it is renewed after a 401."""
    server = TokenServer()
    async with serve(server) as running, server.client(running.url, clock=FakeClock()) as team:
        session = await team.auth.login(**JANE)
        assert session.tokens is not None
        assert session.tokens.expires_at is None
        server.valid.discard("access-1")
        assert await me(session) == JANE["email"]
        assert server.requests == ["login", "me", "refresh", "me"]


async def test_the_end_of_a_token_is_in_the_token() -> None:
    """Without `expiresAt` in the answer, the end is that in the JWT."""
    async with scene() as s:
        jwt = (await s.session.access_token()).encode().decode()
        async with serve(data({"customer": CUSTOMER, "accessToken": jwt})) as server:
            async with PublicTeam("acme", base_url=server.url) as team:
                session = await team.auth.login(**JANE)
                assert session.tokens is not None
                assert session.tokens.expires_at is not None
                life = session.tokens.expires_at - session.tokens.received_at
                assert 3500 < life <= 3600


async def test_a_renewal_in_advance_may_fail() -> None:
    """A renewal that fails in the last minute of a token is logged; the token is used as long as it lasts."""
    async with scene() as s:
        s.pass_time(3570)
        s.sandbox.faults.add(path="customer_auth.refresh", status=503, times=4)
        assert await me(s.session) == JANE["email"]
        assert s.requests() == {"refresh 503": 4, "me": 1}


@pytest.mark.parametrize("status", [500, 503])
async def test_a_failing_service_ends_no_session(status: int) -> None:
    """A renewal that fails with a 5xx raises its error, and the next one succeeds."""
    async with scene() as s:
        s.pass_time()
        s.sandbox.faults.add(path="customer_auth.refresh", status=status, times=None)
        with pytest.raises(ServerError):
            await me(s.session)
        assert s.session.is_authenticated
        s.sandbox.faults.clear()
        assert await me(s.session) == JANE["email"]


@pytest.mark.parametrize("status", [400, 401, 403, 422])
async def test_a_page_of_a_proxy_ends_no_session(status: int) -> None:
    """An error that the service does not explain, such as a proxy's page, removes no tokens."""
    server = TokenServer()
    async with serve(server) as running, server.client(running.url) as team:
        session = await team.auth.login(**JANE)
        running.script = [raw(b"<html>Sign in to the network</html>", "text/html", status)]
        with pytest.raises(APIError) as caught:
            await session.refresh()
        assert (caught.value.status, isinstance(caught.value, SessionExpiredError)) == (status, False)
        running.script = [server]
        assert await me(session) == JANE["email"]


@pytest.mark.parametrize(
    ("status", "code", "ends"),
    [
        (400, "invalid_refresh_token", True),
        (401, "refused", True),
        (403, "token_revoked", True),
        (422, "session_expired", True),
        (400, "internal_error", False),
        (403, "refused", False),
        (404, "invalid_token", False),
        (409, "refused", False),
        (501, "invalid_token", False),
    ],
)
async def test_a_refused_renewal_ends_the_session(status: int, code: str, ends: bool) -> None:
    """A renewal ends the session if the service refuses the token; with another error the tokens stay."""
    server, store = TokenServer(), MemoryTokens()
    async with serve(server) as running, server.client(running.url) as team:
        session = await team.auth.login(**JANE, tokens=store)
        running.script = [failure(status, code=code)]
        with pytest.raises(APIError) as caught:
            await session.refresh()
        assert isinstance(caught.value, SessionExpiredError) == ends
        assert (caught.value.status, caught.value.code) == (status, code)
        assert session.is_authenticated == (not ends)
        assert (await store.load() is None) == ends


async def test_a_lost_answer_of_a_renewal_is_got_again() -> None:
    """A renewal that was done, and whose answer was lost, is sent again with the same key: the session lives on."""
    async with scene() as s:
        for fault in ({"reset": True}, {"truncate": True}, {"malformed": True}, {"content_type": "text/html"}):
            s.pass_time()
            s.sandbox.faults.add(path="customer_auth.refresh", **fault)
            try:
                await me(s.session)
            except DecodeError:  # a whole answer that cannot be read is not retried at once, but by the next call
                assert await me(s.session) == JANE["email"]
            found = s.requests()
            assert {name for name in found if not name.endswith(" 0")} == {"refresh", "me"}
        assert s.session.is_authenticated


async def test_a_lost_answer_that_is_got_when_its_token_is_over_is_renewed() -> None:
    """If a lost answer is replayed after the end of its access token, its tokens are renewed at once."""
    async with scene() as s:
        s.pass_time()
        s.sandbox.faults.add(path="customer_auth.refresh", reset=True, times=4)
        with pytest.raises(APIConnectionError):
            await me(s.session)
        s.requests()
        s.pass_time()
        assert await me(s.session) == JANE["email"]
        assert s.requests() == {"refresh": 2, "me": 1}


async def test_a_service_with_a_wrong_date_gets_three_renewals_at_most() -> None:
    """If all tokens seem to be over when they come, they are used until they are refused."""
    over = {**CUSTOMER_GRANT, "expiresAt": "2020-01-01T00:00:00Z"}
    async with serve(data(over)) as server, PublicTeam("acme", base_url=server.url) as team:
        session = await team.auth.login(**JANE)
        assert await session.access_token() == "access-1"
        assert server.attempts == 1
        await session.refresh()
        assert server.attempts == 4


async def test_a_lost_answer_without_replay_is_one_clean_end() -> None:
    """If the service does not replay a renewal, a lost answer ends the session with one SessionExpiredError."""
    server = TokenServer(replays=False)
    store = MemoryTokens()
    changes: list[Tokens | None] = []
    async with serve(server) as running, server.client(running.url, clock=FakeClock()) as team:
        session = await team.auth.login(**JANE, tokens=store)
        session.on_change(changes.append)
        server.valid.discard("access-1")
        server.losses = 1
        outcomes = await asyncio.gather(*(me(session) for _ in range(3)), return_exceptions=True)
        assert {type(each) for each in outcomes} == {SessionExpiredError}
        assert (server.refused, changes, await store.load()) == (1, [None], None)
        assert not session.is_authenticated
        before = len(server.requests)
        with pytest.raises(SessionExpiredError, match="sign in again"):
            await me(session)
        assert len(server.requests) == before


@pytest.mark.parametrize("answer", [failure(401), failure(401, code="invalid_token")])
async def test_a_service_that_refuses_everything_gets_two_requests(answer: Answer) -> None:
    """If every request is answered with 401, a call is one attempt, one renewal, and an error; then nothing is sent."""
    server = TokenServer()
    async with serve(server) as running, server.client(running.url, clock=FakeClock()) as team:
        session = await team.auth.login(**JANE)
        running.script = [answer]
        for _ in range(2):
            with pytest.raises(SessionExpiredError):
                await me(session)
        assert [each.path.rsplit("/", 1)[1] for each in running.received] == ["login", "me", "refresh"]


async def test_a_call_is_sent_twice_at_most() -> None:
    """A call that is refused with new tokens too raises AuthenticationError; the session stays."""
    server = TokenServer()
    async with serve(server) as running, server.client(running.url) as team:
        session = await team.auth.login(**JANE)
        running.script = [failure(401), server, failure(401)]
        with pytest.raises(AuthenticationError) as caught:
            await me(session)
        assert not isinstance(caught.value, SessionExpiredError)
        assert [each.path.rsplit("/", 1)[1] for each in running.received] == ["login", "me", "refresh", "me"]
        assert session.is_authenticated


async def test_tokens_of_another_process_may_be_refused_too() -> None:
    """If tokens are refused, and those in the store as well, they are renewed; the call is sent once more."""
    server, store = TokenServer(), MemoryTokens()
    async with serve(server) as running, server.client(running.url) as one, server.client(running.url) as two:
        first = await one.auth.login(**JANE, tokens=store)
        second = await two.auth.session(tokens=store)
        server.valid.discard("access-1")
        await me(first)
        server.valid.discard("access-2")
        server.requests.clear()
        assert await me(second) == JANE["email"]
        assert server.requests == ["me", "me", "refresh", "me"]


async def test_a_session_without_a_refresh_token_ends_with_its_access_token() -> None:
    """Without a refresh token, the first 401 ends the session."""
    script = [data({"customer": CUSTOMER, "accessToken": "access-1"}), failure(401)]
    async with serve(*script) as server, PublicTeam("acme", base_url=server.url) as team:
        session = await team.auth.login(**JANE)
        with pytest.raises(SessionExpiredError, match="no refresh token"):
            await me(session)
        assert server.attempts == 2


async def test_what_a_renewal_leaves_out_is_kept() -> None:
    """If a renewal has no refresh token and no customer, those of before stay."""
    script = [data(CUSTOMER_GRANT), data({"accessToken": "access-2"})]
    async with serve(*script) as server, PublicTeam("acme", base_url=server.url, strict=False) as team:
        session = await team.auth.login(**JANE)
        await session.refresh()
        assert session.tokens is not None
        assert (session.tokens.access_token, session.tokens.refresh_token) == ("access-2", "refresh-1")
        assert session.customer is not None


async def test_a_deadline_ends_the_wait_and_not_the_renewal() -> None:
    """The deadline of one caller ends its wait; the renewal goes on for the others."""
    server = TokenServer()
    async with serve(server) as running, server.client(running.url) as team:
        session = await team.auth.login(**JANE)
        server.valid.discard("access-1")
        server.before.clear()
        async with asyncio.TaskGroup() as group:
            patient = group.create_task(me(session))
            with pytest.raises(DeadlineExceededError, match="waiting for the customer's new tokens"):
                async with team.client.deadline(0.2):
                    await me(session)
            server.before.set()
        assert patient.result() == JANE["email"]
        assert server.requests.count("refresh") == 1


async def test_a_renewal_on_demand() -> None:
    """`refresh()` renews the tokens although they are good."""
    async with scene() as s:
        before = await s.session.access_token()
        await s.session.refresh()
        assert await s.session.access_token() != before
        assert s.requests() == {"refresh": 1}
