"""The control API of a sandbox, for commands that can do more there than on the service."""

from __future__ import annotations

import asyncio
import os
from contextlib import asynccontextmanager
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, Final

from cstar_async._generated.operations import BASE_URL

from .exits import CommandError, Exit
from .notes import note

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    import aiohttp

    from .state import State

TOKEN_VARIABLE: Final = "CSTAR_SANDBOX_TOKEN"  # noqa: S105  # the name of a variable
_PROBE: Final = 5.0
"""Seconds for a server to say whether it is a sandbox."""
_TIMEOUT: Final = 30.0
_SILENCE: Final = 60.0
"""Seconds without a sign of life after which a connection counts as broken; a sandbox gives one every 15."""
_AGAIN: Final = 1.0
_ABOUT_STREAM: Final = ("gap", "restart")
_EXITS: Final = {400: Exit.USAGE, 401: Exit.DENIED, 403: Exit.DENIED, 404: Exit.NOT_FOUND}


class SandboxAPI:
    """The control API of one sandbox."""

    def __init__(self, base_url: str, session: aiohttp.ClientSession, timeout: float | None) -> None:
        self.base_url = base_url
        self._session = session
        self._timeout = timeout or _TIMEOUT

    async def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Send a request and return the JSON of the answer. Raises CommandError."""
        import aiohttp

        try:
            async with self._session.request(
                method, self.url(path), json=body, headers=self.headers(), timeout=aiohttp.ClientTimeout(self._timeout)
            ) as answer:
                found = await answer.json()
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise CommandError(
                f"the sandbox at {self.base_url} gave no answer: {_reason(error)}", Exit.NETWORK
            ) from None
        if answer.status < 400:
            return found
        raise _refused(answer.status, found)

    async def follow(self, path: str, query: dict[str, str], opened: Callable[[], object]) -> AsyncGenerator[bytes]:
        """The data of the server-sent events of an endpoint, over new connections when one breaks.

        `opened` is called when the first connection is there: nothing that happens from now on is missed.

        Raises:
            CommandError: The first connection cannot be made.
        """
        import aiohttp

        from cstar_async.live.sse import Parser

        timeout = aiohttp.ClientTimeout(total=None, sock_connect=self._timeout, sock_read=_SILENCE)
        last: str | None = None
        connected = False
        while True:
            headers = self.headers() | ({} if last is None else {"Last-Event-ID": last})
            parser = Parser(last or "")
            problem: Exception | None = None
            try:
                async with self._session.get(self.url(path), params=query, headers=headers, timeout=timeout) as answer:
                    if answer.status >= 400:
                        raise _refused(answer.status, await answer.json())
                    if not connected:
                        connected = True
                        opened()
                    async for chunk in answer.content.iter_any():
                        for frame in parser.feed(chunk):
                            last = frame.id or last
                            if frame.event not in _ABOUT_STREAM:
                                yield frame.data
            except (aiohttp.ClientError, TimeoutError) as error:
                problem = error
            if not connected:
                reason = "it has ended" if problem is None else _reason(problem)
                raise CommandError(f"the sandbox at {self.base_url} gave no answer: {reason}", Exit.NETWORK)
            note("the connection broke; connecting again")
            await asyncio.sleep(_AGAIN)

    def url(self, path: str) -> str:
        """The URL of an endpoint."""
        return f"{self.base_url}/_sandbox{path}"

    def headers(self) -> dict[str, str]:
        """The headers of a request."""
        token = os.environ.get(TOKEN_VARIABLE)
        return {"Authorization": f"Bearer {token}"} if token else {}

    async def team(self, state: State) -> str | None:
        """The team of the options, else that of the key; None if there is neither. Raises CommandError."""
        team, _ = state.place()
        key, _ = state.key()
        if team or key is None:
            return team or None
        for each in (await self.send("GET", "/teams"))["teams"]:
            if key in {each["secretKey"], each["publishableKey"]}:
                return str(each["id"])
        async with state.client() as client:
            return (await client.auth.whoami()).team_id


@asynccontextmanager
async def find_sandbox(state: State) -> AsyncGenerator[SandboxAPI | None]:
    """The sandbox at the address of the options; None if the server there is not one. Raises CommandError."""
    _, base_url = state.place()
    base_url = base_url.rstrip("/")
    if base_url == BASE_URL:
        yield None
        return
    import aiohttp

    async with aiohttp.ClientSession() as session:
        api = SandboxAPI(base_url, session, state.timeout)
        try:
            async with session.get(api.url("/health"), timeout=aiohttp.ClientTimeout(_PROBE)) as answer:
                found = await answer.json(content_type=None) if answer.status == 200 else None
        except ValueError:
            found = None
        except (aiohttp.ClientError, TimeoutError) as error:
            raise CommandError(f"{base_url} cannot be reached: {_reason(error)}", Exit.NETWORK) from None
        try:
            yield api if isinstance(found, dict) and "emulated" in found else None
        except (LookupError, TypeError, JSONDecodeError) as error:
            raise CommandError(
                f"the sandbox at {base_url} gave an answer that this version cannot read; is it of another version?"
            ) from error


def _refused(status: int, body: Any) -> CommandError:
    try:
        message = str(body["error"]["message"])
    except (TypeError, KeyError):  # of something in front of the sandbox
        message = f"the sandbox answered {status}"
    if status == 401:
        message = f"{message} Set {TOKEN_VARIABLE}."
    return CommandError(message, _EXITS.get(status, Exit.ERROR), {"status": status})


def _reason(error: Exception) -> str:
    return "it takes too long" if isinstance(error, TimeoutError) else str(error) or type(error).__name__
