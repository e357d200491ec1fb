"""The client without a key that the public clients of a team share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from cstar_async._core.parameters import quote_path_part
from cstar_async._core.representation import safe_repr
from cstar_async._generated.operations import BASE_URL, load
from cstar_async._generated.resources import Resources
from cstar_async._http.client import HTTPClient
from cstar_async._http.settings import check_parts, check_proxy, hide, load_settings
from cstar_async._quota.quota import Quota

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    import aiohttp

    from cstar_async._core.requester import Requester
    from cstar_async.clock import Clock

SHUTDOWN_GRACE: Final = 5.0
"""Seconds that closing waits for a renewal of tokens: cut off, it can cost the customer the session."""


class KeylessClient(Resources, HTTPClient):
    """A client of the operations that need no API key. It neither reads CSTAR_API_KEY nor holds a key."""

    def __init__(
        self,
        *,
        base_url: str | None,
        allow_http: bool | None,
        proxy: str | None,
        strict: bool | None,
        timeout: float,
        max_retries: int,
        session: aiohttp.ClientSession | None,
        clock: Clock | None,
    ) -> None:
        base_url, proxy = hide(base_url), hide(proxy)
        check_parts(session, None, clock)
        check_proxy(session, proxy)
        settings = load_settings(
            None,
            None,
            base_url,
            allow_http=allow_http,
            proxy=proxy if session is None else "",
            strict=strict,
            default_base_url=BASE_URL,
            keyless=True,
        )
        self._set_up(settings, session, Quota(), clock, timeout, max_retries, whoami=lambda: load("auth.whoami"))

    @property
    def requester(self) -> Requester:
        """The object that sends the client's requests."""
        return self._requester

    @safe_repr
    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._requester.base_url}>"


class Connection:
    """A team and the client for it, which its public clients and its customers' sessions share."""

    __slots__ = ("client", "renewals", "team")

    def __init__(self, team: str, client: KeylessClient) -> None:
        quote_path_part(team, "team_slug")
        self.team = team
        self.client = client
        self.renewals: set[asyncio.Task[Any]] = set()
        """The renewals of tokens that are under way."""

    async def close(self) -> None:
        """Wait a little for renewals of tokens, and close the client."""
        if self.renewals:
            await asyncio.wait(self.renewals, timeout=SHUTDOWN_GRACE)
        await self.client.close()


class PublicClient:
    """The base of the public clients: a team, and a client without an API key.

    Use it as an async context manager, or `await team.close()` when done. Creating it does no I/O. It belongs to the
    event loop of its first request.
    """

    def __init__(
        self,
        team_slug: str,
        *,
        base_url: str | None = None,
        allow_http: bool | None = None,
        proxy: str | None = None,
        strict: bool | None = None,
        timeout: float = 30.0,
        max_retries: int = 3,
        session: aiohttp.ClientSession | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Set up a client.

        Args:
            team_slug: The team, by its slug or its UUID.
            base_url: As in `CStarClient`, and so are the other options.
            allow_http: Allow `http://` to another machine, although others may read passwords on the way.
            proxy: The address of an HTTP proxy, or `""` for none.
            strict: Raise DecodeError if an answer lacks a field that the contract promises.
            timeout: Seconds for one attempt.
            max_retries: How often a request is sent again after a transient failure.
            session: An aiohttp session of your own. It must not keep cookies, if several customers share it.
            clock: A source of time for tests.

        Raises:
            ConfigError: A setting is invalid.
            ValueError: A number is out of range, or the slug is empty.
            TypeError: An argument has the wrong type.
        """
        client = KeylessClient(
            base_url=base_url,
            allow_http=allow_http,
            proxy=proxy,
            strict=strict,
            timeout=timeout,
            max_retries=max_retries,
            session=session,
            clock=clock,
        )
        self._connection = Connection(team_slug, client)

    @classmethod
    def sharing(cls, connection: Connection) -> Self:
        """Make a client on a connection that exists already."""
        made = cls.__new__(cls)
        made._connection = connection  # noqa: SLF001  # same class
        return made

    @property
    def team_slug(self) -> str:
        """The team, by its slug or its UUID."""
        return self._connection.team

    @property
    def client(self) -> KeylessClient:
        """The client that sends the requests, with all resources: `team.client.customer_auth`."""
        return self._connection.client

    async def close(self) -> None:
        """Close the connections, also those of the other clients of a `PublicTeam`. Later calls fail.

        A renewal of tokens that is under way gets 5 seconds to finish.
        """
        await self._connection.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    @safe_repr
    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.team_slug!r}>"
