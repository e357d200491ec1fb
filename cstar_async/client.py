"""`CStarClient`: the settings, the session and the tasks behind all calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from cstar_async._core.call import Call
from cstar_async._core.representation import safe_repr
from cstar_async._core.request import raw_operation
from cstar_async._http.client import HTTPClient
from cstar_async._http.settings import check_parts, check_proxy, hide, load_settings
from cstar_async._quota.quota import Quota

from ._generated.operations import BASE_URL, load
from ._generated.resources import Resources

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiohttp

    from .clock import Clock
    from .live.hub import EventSource
    from .live.live import Live


class CStarClient(Resources, HTTPClient):
    """A client of the cStar API. Resources are its attributes: `await cstar.tickets.get(ticket_id)`.

    Use it as an async context manager, or `await cstar.close()` when done. Creating it does no I/O. It belongs to
    the event loop of its first request.
    """

    def __init__(
        self,
        api_key: str | None = None,
        *,
        team_id: str | None = None,
        base_url: str | None = None,
        allow_http: bool | None = None,
        proxy: str | None = None,
        strict: bool | None = None,
        timeout: float = 30.0,
        max_retries: int = 3,
        session: aiohttp.ClientSession | None = None,
        quota: Quota | None = None,
        clock: Clock | None = None,
    ) -> None:
        """Set up a client.

        Args:
            api_key: A secret (`sk_…`) or publishable (`pk_…`, reads only) key; default CSTAR_API_KEY.
            team_id: The team's UUID; default CSTAR_TEAM_ID, else the service is asked once which team the key
                belongs to.
            base_url: Scheme, host and port; default CSTAR_BASE_URL, else https://www.cstar.help.
            allow_http: Allow `http://` to another machine, although others may read the key on the way; default
                CSTAR_ALLOW_HTTP, else False. To this machine it is always allowed.
            proxy: The address of an HTTP proxy, `http://user:password@host:port`, or `""` for none; default the proxy
                that the environment names, except for this machine itself.
            strict: Raise DecodeError if an answer lacks a field that the contract promises, or has null in its place,
                instead of reading it as None; default CSTAR_STRICT, else False.
            timeout: Seconds for one attempt, to the end of the body; `math.inf` for no limit.
            max_retries: How often a request is sent again after a transient failure.
            session: A session of your own; it is used as it is, with its own proxy and TLS settings, and not closed.
            quota: A request budget to share with other clients of the same key and event loop, or by
                `SharedQuota("postgresql://…")` with other processes.
            clock: A source of time for tests.

        Raises:
            ConfigError: A setting is invalid; the message names the argument or the environment variable.
            ValueError: A number is out of range.
            TypeError: An argument has the wrong type.
        """
        # Hidden here too, since tracebacks may show local variables.
        api_key, base_url, proxy = hide(api_key), hide(base_url), hide(proxy)
        check_parts(session, quota, clock)
        check_proxy(session, proxy)
        settings = load_settings(
            api_key,
            team_id,
            base_url,
            allow_http=allow_http,
            proxy=proxy if session is None else "",
            strict=strict,
            default_base_url=BASE_URL,
        )
        self._quota = Quota() if quota is None else quota
        self._set_up(settings, session, self._quota, clock, timeout, max_retries, whoami=lambda: load("auth.whoami"))

    @property
    def quota(self) -> Quota:
        """The request budget: `limit`, `remaining`, `in_flight`."""
        return self._quota

    def live(
        self,
        *,
        source: Literal["auto", "poll"] | EventSource = "auto",
        share: float = 0.1,
        poll: float = 60.0,
        linger: float = 5.0,
    ) -> Live:
        """Return a `Live`, which keeps lists and objects true: `async with cstar.live() as live`.

        Args:
            source: `"auto"`: events come by the stream, and where there is none, lists are read every `poll` seconds.
                `"poll"`: without the stream. An `EventDispatcher` that has not started: events come by webhooks.
            share: The share of the quota that lists may take in the background; `math.inf` for no limit of their own.
                All `Live`s of a client share it. First reads and those that the program asks for come on top.
            poll: Seconds between reads of lists that no event announces.
            linger: Seconds for which a list is kept true after its last reader has left.

        Raises:
            ValueError: An argument is out of range.
            TypeError: An argument has the wrong type.
        """
        from ._generated.events import EVENT_TYPES
        from .live.live import Live

        return Live(self, self.events.stream, source=source, share=share, poll=poll, linger=linger, kinds=EVENT_TYPES)

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        json: Mapping[str, object] | Sequence[object] | None = None,
    ) -> Call[Any]:
        """Call an endpoint that this package has no method for, with the same retries, quota and errors.

        `path` is the full path, percent-encoded: `/api/v1/teams/{teamId}/…`; `{teamId}` is filled in. The result is
        the whole body: parsed JSON, else text or bytes by its content type, None if it is empty.
        """
        if query is not None and not isinstance(query, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"query must be a mapping of names to values, got {type(query).__name__}")
        return Call(self, raw_operation(method, path), (), query, json, None)

    @safe_repr
    def __repr__(self) -> str:
        requester = getattr(self, "_requester", None)  # None if __init__ failed
        details = "" if requester is None else f" {requester.base_url} team {requester.team or '(not known yet)'}"
        return f"<{type(self).__name__}{details}>"
