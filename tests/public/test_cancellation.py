"""A renewal whose callers are cancelled, or whose client is closed, at each point where it waits."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from cstar_async.errors import SessionExpiredError
from cstar_async.public import MemoryTokens, Tokens
from cstar_async.public import connection as connections
from cstar_async.public import session as sessions
from tests.support.server import serve

from .scene import JANE
from .server import TokenServer

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator


class HeldStore(MemoryTokens):
    """A store that can be held at each of its methods."""

    def __init__(self) -> None:
        super().__init__()
        self.held = ""
        self.reached = asyncio.Event()
        self.released = asyncio.Event()

    async def _pass(self, place: str) -> None:
        if place == self.held:
            self.reached.set()
            await self.released.wait()

    async def load(self) -> Tokens | None:
        await self._pass("load")
        return await super().load()

    async def replace(self, old: Tokens | None, new: Tokens | None) -> bool:
        await self._pass("before replace")
        done = await super().replace(old, new)
        await self._pass("after replace")
        return done

    @contextlib.asynccontextmanager
    async def lock(self) -> AsyncGenerator[None]:
        await self._pass("lock")
        async with super().lock():
            yield


PLACES = ["lock", "load", "request", "answer", "before replace", "after replace"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("event", ["first", "all", "closed"])
async def test_a_renewal_that_is_interrupted_costs_no_session(
    place: str, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever a renewal is, the end of its first caller, of all, or of the client loses no session and no answer."""
    for module in (connections, sessions):
        monkeypatch.setattr(module, "SHUTDOWN_GRACE", 0.01)
    store, server = HeldStore(), TokenServer()
    async with serve(server) as running, server.client(running.url) as team:
        session = await team.auth.login(**JANE, tokens=store)
        server.valid.discard("access-1")
        store.held = place
        gate = {"request": server.before, "answer": server.after}.get(place)
        if gate is not None:
            gate.clear()
        callers = [asyncio.create_task(session.get_customer()) for _ in range(3)]
        await (store.reached if gate is None else server.arrived).wait()
        while place == "answer" and server.number == 1:
            await asyncio.sleep(0)
        await asyncio.sleep(0.02)  # the other callers are waiting for the renewal, too
        ended = {"first": callers[:1], "all": callers, "closed": []}[event]
        for caller in ended:
            caller.cancel()
        if event == "closed":
            await team.close()
        store.held = ""
        store.released.set()
        server.before.set()
        server.after.set()
        for outcome in await asyncio.gather(*callers, return_exceptions=True):
            if event == "closed":
                assert isinstance(outcome, RuntimeError)
                assert "closed" in str(outcome)
            else:
                assert isinstance(outcome, asyncio.CancelledError) or outcome.email == JANE["email"]  # type: ignore[union-attr]
        if event != "closed":
            assert sum(caller.cancelled() for caller in callers) == len(ended)
            assert (await session.get_customer()).email == JANE["email"]
        async with server.client(running.url) as other:
            again = await other.auth.session(tokens=store)
            assert (await again.get_customer()).email == JANE["email"]
        assert (server.refused, server.number) == (0, 2)


async def test_closing_waits_for_a_renewal() -> None:
    """Closing the client waits a little for a renewal, so that its tokens are stored, also without replay."""
    store, server = MemoryTokens(), TokenServer(replays=False)
    async with serve(server) as running:
        async with server.client(running.url) as team:
            session = await team.auth.login(**JANE, tokens=store)
            server.after.clear()
            caller = asyncio.create_task(session.refresh())
            await server.arrived.wait()
            asyncio.get_running_loop().call_later(0.05, server.after.set)
        await asyncio.wait({caller})
        async with server.client(running.url) as other:
            assert (await (await other.auth.session(tokens=store)).get_customer()).email == JANE["email"]
    assert server.refused == 0


async def test_a_cancelled_sign_in_is_a_cancellation() -> None:
    """A caller that is cancelled gets CancelledError, and the session is as before."""
    async with serve(server := TokenServer()) as running, server.client(running.url) as team:
        session = await team.auth.login(**JANE)
        server.before.clear()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(session.refresh(), 0.05)
        server.before.set()
        await session.refresh()
        assert session.is_authenticated
        with contextlib.suppress(SessionExpiredError):
            await session.logout()
