"""A sandbox with one signed-in customer, whose clock and the client's go together."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Any, TypedDict

from cstar_async.public import CustomerSession, PublicTeam, TokenStore
from cstar_async.sandbox import Sandbox
from tests.support.clock import FakeClock

TEAM = "acme-support"


class Account(TypedDict):
    """What a customer signs in with."""

    email: str
    password: str


JANE: Account = {"email": "jane@co.com", "password": "securepass"}


class Scene:
    """The sandbox, a client of its team, and Jane, who has an account and is signed in."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.clock = FakeClock(sandbox.clock.time())
        self.team = self.connect()
        self.session: CustomerSession
        self._seen = 0

    def connect(self, **options: Any) -> PublicTeam:
        """Another client of the team."""
        options.setdefault("clock", self.clock)
        return PublicTeam(TEAM, base_url=self.sandbox.base_url, **options)

    def pass_time(self, seconds: float = 3600) -> None:
        """Move both clocks: the client sees that the access token is over."""
        self.clock.advance(seconds)
        self.sandbox.clock.advance(seconds=seconds)

    def expire(self) -> None:
        """Move the service's clock only: the client does not see that the access token is over."""
        self.sandbox.clock.advance(hours=1)

    def requests(self) -> Counter[str]:
        """The requests since the last look, by the end of their path; for errors, with the status."""
        found = [each for each in self.sandbox.requests if each.number > self._seen]
        self._seen = max((each.number for each in found), default=self._seen)
        names = ((each.path.rsplit("/", 1)[1], each.status) for each in found)
        return Counter(name if 200 <= status < 300 else f"{name} {status}" for name, status in names)


@contextlib.asynccontextmanager
async def scene(tokens: TokenStore | None = None) -> AsyncGenerator[Scene]:
    """A running scene, in which nothing has been requested yet."""
    async with Sandbox() as sandbox:
        made = Scene(sandbox)
        async with made.team:
            session = await made.team.auth.signup(**JANE, name="Jane", tokens=tokens)
            assert isinstance(session, CustomerSession)
            made.session = session
            made.requests()
            yield made


async def me(session: CustomerSession) -> str:
    """A request of the customer's."""
    return (await session.get_customer()).email
