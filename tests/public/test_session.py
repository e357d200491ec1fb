"""A customer's session: one renewal for all callers, one repetition after a 401, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.errors import (
    APIConnectionError,
    AuthenticationError,
    DeadlineExceededError,
    DecodeError,
    SessionExpiredError,
    TokenStoreError,
)
from cstar_async.public import ConfirmationRequired, CustomerSession, MemoryTokens, PublicTeam, Tokens
from cstar_async.sandbox import Sandbox
from tests.support.server import data, failure, serve

from .scene import JANE, TEAM, me, scene
from .server import CUSTOMER, TokenServer

if TYPE_CHECKING:
    from collections.abc import Callable


# --- signing up, in and out


async def test_signing_up_and_in() -> None:
    """Signing up signs in; a wrong password is an AuthenticationError."""
    async with scene() as s:
        assert s.session.is_authenticated
        assert s.session.customer is not None
        assert (s.session.customer.email, s.session.customer.name) == (JANE["email"], "Jane")
        again = await s.team.auth.login(**JANE)
        assert await again.access_token() != await s.session.access_token()
        with pytest.raises(AuthenticationError, match="Wrong email or password"):
            await s.team.auth.login(email=JANE["email"], password="wrong horse")


async def test_a_team_that_wants_addresses_confirmed() -> None:
    """Where addresses must be confirmed, signing up gives ConfirmationRequired, and signing in is refused before."""
    async with Sandbox() as sandbox, PublicTeam(TEAM, base_url=sandbox.base_url) as team:
        sandbox.switches.signup = "confirm"
        found = await team.auth.signup(**JANE)
        assert isinstance(found, ConfirmationRequired)
        assert found.customer is not None
        assert found.customer.email == JANE["email"]
        with pytest.raises(AuthenticationError, match="Confirm your email"):
            await team.auth.login(**JANE)
        sandbox.switches.signup = "open"
        assert (await team.auth.login(**JANE)).is_authenticated


@pytest.mark.parametrize("token", [None, "", 5, "two\nlines", "säge"])
async def test_a_sign_in_without_a_usable_token_is_a_decode_error(token: object) -> None:
    """A sign-in whose answer has no token that can be sent raises DecodeError, which does not show it."""
    async with serve(data({"customer": CUSTOMER, "accessToken": token})) as server:
        async with PublicTeam("acme", base_url=server.url) as team:
            with pytest.raises(DecodeError, match="no access token") as caught:
                await team.auth.login(**JANE)
            assert "säge" not in str(caught.value)


async def test_signing_out_revokes_the_tokens() -> None:
    """After signing out, the tokens are gone here and refused by the service; nothing more is sent."""
    async with scene() as s:
        tokens = s.session.tokens
        assert tokens is not None
        await s.session.logout()
        await s.session.logout()
        assert s.requests() == {"logout": 1}
        for attempt in (lambda: me(s.session), s.session.refresh, s.session.access_token):
            with pytest.raises(SessionExpiredError, match="signed out"):
                await attempt()
        assert s.requests() == {}
        store = MemoryTokens(tokens)
        with pytest.raises(SessionExpiredError):
            await me(await s.team.auth.session(tokens=store))


async def test_signing_out_after_the_end_of_the_access_token_revokes_the_refresh_token() -> None:
    """Signing out with an access token that is over renews it first, since the refresh token would live on."""
    async with scene() as s:
        tokens = s.session.tokens
        s.pass_time()
        await s.session.logout()
        assert s.requests() == {"logout 401": 1, "refresh": 1, "logout": 1}
        with pytest.raises(SessionExpiredError):
            await me(await s.team.auth.session(tokens=MemoryTokens(tokens)))


async def test_signing_out_without_a_connection_removes_the_tokens() -> None:
    """If the service cannot be reached, the tokens are removed here, and the error is raised."""
    store = MemoryTokens()
    async with scene(store) as s:
        s.sandbox.faults.add(path="customer_auth.logout", reset=True, times=None)
        with pytest.raises(APIConnectionError):
            await s.session.logout()
        assert not s.session.is_authenticated
        assert await store.load() is None


@pytest.mark.parametrize("replays", [True, False])
async def test_signing_out_during_a_renewal(replays: bool) -> None:
    """Signing out during a renewal is final: the callers get SessionExpiredError, and the new tokens are revoked."""
    server = TokenServer(replays=replays)
    store = MemoryTokens()
    async with serve(server) as running, server.client(running.url) as team:
        session = await team.auth.login(**JANE, tokens=store)
        server.valid.discard("access-1")
        for gate in (server.before, server.after):
            gate.clear()
        async with asyncio.TaskGroup() as group:
            callers = [group.create_task(outcome(session)) for _ in range(3)]
            await server.arrived.wait()
            server.before.set()
            out = group.create_task(session.logout())
            while await store.load() is not None:
                await asyncio.sleep(0)
            server.after.set()
        assert out.result() is None
        assert {caller.result() for caller in callers} == {SessionExpiredError}
        assert (server.valid, await store.load(), session.is_authenticated) == (set(), None, False)


@pytest.mark.parametrize("fails", [False, True])
async def test_another_process_signs_out_during_a_renewal(fails: bool) -> None:
    """If another process removes the tokens during a renewal, the new ones are revoked, and the session is over."""
    server, store = TokenServer(), MemoryTokens()
    async with serve(server) as running, server.client(running.url, max_retries=0) as team:
        session = await team.auth.login(**JANE, tokens=store)
        server.before.clear()
        renewal = asyncio.create_task(session.refresh())
        await server.arrived.wait()
        assert await store.replace(await store.load(), None)
        if fails:
            running.script = [failure(503)]
        server.before.set()
        with pytest.raises(SessionExpiredError, match="signed out while"):
            await renewal
        assert server.valid == ({"access-2", "refresh-2"} if fails else set())
        assert not session.is_authenticated


async def outcome(session: CustomerSession) -> object:
    """The answer to a request, or the class of its error."""
    try:
        return await me(session)
    except Exception as error:
        return type(error)


async def test_signing_in_again_during_a_renewal() -> None:
    """Tokens of a sign-in during a renewal stay, and the callers go on with them."""
    store = MemoryTokens()
    async with scene(store) as s:
        s.pass_time()
        s.sandbox.faults.add(path="customer_auth.refresh", delay=0.2)
        async with asyncio.TaskGroup() as group:
            caller = group.create_task(me(s.session))
            await asyncio.sleep(0.05)
            again = await s.team.auth.login(**JANE, tokens=store)
        assert caller.result() == JANE["email"]
        assert s.session.tokens == again.tokens == await store.load()
        assert s.requests() == {"login": 1, "refresh": 1, "me": 1}


async def test_a_store_without_a_lock_loses_no_session() -> None:
    """Two clients that renew at once, with a store that does not lock, get the same tokens and go on."""

    class Unlocked(MemoryTokens):
        def lock(self) -> Any:
            return contextlib.nullcontext()

    store = Unlocked()
    async with scene(store) as s, s.connect() as other:
        second = await other.auth.session(tokens=store)
        for _ in range(3):
            s.pass_time()
            s.sandbox.faults.add(path="customer_auth.refresh", delay=0.05)
            assert set(await asyncio.gather(me(s.session), me(second))) == {JANE["email"]}
            assert s.requests() == {"refresh": 2, "me": 2}
            assert await s.session.access_token() == await second.access_token()


async def test_signing_out_with_a_store_that_fails_revokes_the_tokens() -> None:
    """If the store fails, signing out still revokes the tokens at the service, and raises the store's error."""

    class Broken(MemoryTokens):
        async def load(self) -> Tokens | None:
            raise TokenStoreError("broken")

    async with scene() as s:
        session = CustomerSession(s.team._connection, Broken(), s.session.tokens)
        with pytest.raises(TokenStoreError, match="broken"):
            await session.logout()
        assert not session.is_authenticated
        assert s.requests() == {"logout": 1}


async def test_a_session_is_not_sent_as_another_customer() -> None:
    """If another customer signs in with the same store, the session of the first one ends."""
    store = MemoryTokens()
    async with scene(store) as s:
        other = await s.team.auth.signup(email="bob@co.com", password="bobspassword", tokens=store)
        assert isinstance(other, CustomerSession)
        s.pass_time()
        with pytest.raises(SessionExpiredError, match="another customer"):
            await me(s.session)
        assert await me(other) == "bob@co.com"
        await s.session.logout()
        assert other.tokens == await store.load()


async def test_watchers_hear_of_changes(caplog: pytest.LogCaptureFixture) -> None:
    """Watchers get renewed tokens and the end; one that fails is logged without its traceback."""
    async with scene() as s:
        seen: list[bool] = []

        def fail(tokens: Tokens | None) -> None:
            raise ValueError(tokens and str(tokens.access_token))

        s.session.on_change(fail)
        off = s.session.on_change(lambda tokens: seen.append(tokens is not None))
        await s.session.refresh()
        await s.session.logout()
        await s.session.logout()
        assert seen == [True, False]
        off()
        off()
        assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
            "a watcher of on_change failed: ValueError"
        ] * 2
        with pytest.raises(TypeError, match="watcher must be a function"):
            s.session.on_change(None)  # type: ignore[arg-type]

        async def watch(_: object) -> None: ...

        for each in (watch, functools.partial(watch)):
            with pytest.raises(TypeError, match="watcher must be a plain function"):
                s.session.on_change(each)


# --- calls


async def test_a_list_is_authorized_page_by_page() -> None:
    """A list with a session goes on over the end of the access token."""
    async with scene() as s:
        topic = await s.team.community.topics().first()
        assert topic is not None
        for number in range(3):
            await s.team.community.posts.create(title=f"Post {number}", body="x", topic_id=topic.id, session=s.session)
        s.requests()
        seen = 0
        async for _ in s.team.community.posts.list(page_size=1, session=s.session):
            s.pass_time()
            seen += 1
        assert seen == 3
        assert s.requests() == {"posts": 3, "refresh": 2}


async def test_a_list_is_prefetched_with_the_tokens() -> None:
    """Pages that are fetched in advance, and their deadline, work as without a session."""
    async with scene() as s:
        topic = await s.team.community.topics().first()
        assert topic is not None
        for number in range(4):
            await s.team.community.posts.create(title=f"Post {number}", body="x", topic_id=topic.id, session=s.session)
        s.pass_time()
        pager = s.team.community.posts.list(page_size=1, session=s.session).options(deadline=60).prefetch(3)
        assert len(await pager.collect()) == 4
        assert s.requests()["refresh"] == 1
        with pytest.raises(DeadlineExceededError):
            await s.session.authorize(s.team.client.customer_auth.me(TEAM)).options(deadline=0)


async def test_any_call_of_the_contract_can_be_sent() -> None:
    """`send` takes calls of other clients of the server, with their options; those that need a key are refused."""
    async with scene() as s, s.sandbox.client() as cstar:
        call = cstar.customer_auth.me(TEAM).options(headers={"X-Test": "1", "authorization": "Bearer other"})
        assert (await s.session.send(call)).email == JANE["email"]
        assert "$CSTAR_CUSTOMER_TOKEN" in s.session.authorize(call).as_curl()
        tickets = cstar.tickets.list()
        with pytest.raises(ValueError, match=r"tickets\.list needs an API key"):
            s.session.authorize(tickets)
        await tickets


async def test_a_token_is_not_sent_to_another_server() -> None:
    """A call of a client of another server is refused."""
    async with scene() as s, serve(data({})) as other, other.client() as cstar:
        call = cstar.customer_auth.me(TEAM)
        with pytest.raises(ValueError, match="another server"):
            await s.session.send(call)
        assert other.attempts == 0
        call._mark_used()


async def test_a_store_that_fails_after_a_renewal_loses_nothing() -> None:
    """If renewed tokens cannot be stored, the caller gets the error, the session goes on, and they are stored later."""

    class Full(MemoryTokens):
        full = False

        async def replace(self, old: Tokens | None, new: Tokens | None) -> bool:
            if self.full:
                raise TokenStoreError("disk full")
            return await super().replace(old, new)

    store = Full()
    server = TokenServer(replays=False)
    async with serve(server) as running, server.client(running.url) as team:
        session = await team.auth.login(**JANE, tokens=store)
        server.valid.discard("access-1")
        store.full = True
        with pytest.raises(TokenStoreError, match="disk full"):
            await me(session)
        assert await me(session) == JANE["email"]
        server.valid.discard("access-2")
        store.full = False
        assert await me(session) == JANE["email"]
        assert (server.refused, server.number) == (0, 3)
        assert session.tokens == await store.load()


@pytest.mark.parametrize("make", [lambda s: s.session, lambda s: s.session.tokens, lambda s: s.team])
@pytest.mark.parametrize("copy", ["pickle", "copy"])
async def test_nothing_with_tokens_can_be_pickled(make: Callable[[Any], object], copy: str) -> None:
    """Sessions, tokens and clients cannot be pickled or deep-copied."""
    import copy as copies
    import pickle

    async with scene() as s:
        with pytest.raises(TypeError, match="must not be pickled"):
            (pickle.dumps if copy == "pickle" else copies.deepcopy)(make(s))
