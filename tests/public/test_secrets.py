"""No token and no password is in anything that a user can print; and no API key is read."""

from __future__ import annotations

import asyncio
import logging
import traceback
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from aiohttp import web
from rich.pretty import pretty_repr

from cstar_async.errors import ConfigError, CStarError, TokenStoreError
from cstar_async.public import CustomerSession, FileTokens, MemoryTokens, PublicTeam, Tokens
from tests.support.clock import FakeClock
from tests.support.secrets import JWT, Secret, assert_hidden
from tests.support.server import data, serve

from .scene import TEAM, scene
from .server import CUSTOMER

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

LONG = f"{JWT.rpartition('.')[0]}.{'c2lnbmF0dXJl' * 30}"
SECRETS = [
    Secret(LONG, "c2lnbmF0dXJl" * 2),
    Secret("opaque-refresh-0123456789", "refresh-0123"),
    Secret("s3kr1t-pass", "s3kr1t"),
]
GRANT = {"customer": CUSTOMER, "accessToken": LONG, "refreshToken": SECRETS[1].text}


def rich_variables(error: BaseException | None) -> str:
    """The variables in the traceback of an error and its causes, as rich shows them: long text is cut."""
    shown: list[str] = []
    while error is not None:
        for frame, _ in traceback.walk_tb(error.__traceback__):
            shown += [pretty_repr(value, max_string=80) for value in frame.f_locals.values()]
        error = error.__cause__ or error.__context__
    return "\n".join(shown)


async def failure_of(attempt: Callable[[], Awaitable[object]]) -> BaseException:
    """The error of an attempt, without the frames of the tests."""
    try:
        await attempt()
    except (CStarError, RuntimeError) as error:
        trace = error.__traceback__
        while trace is not None and "tests/public" in trace.tb_frame.f_code.co_filename:
            trace = trace.tb_next
        return error.with_traceback(trace)
    raise AssertionError("no error")


class BrokenStore(MemoryTokens):
    """A store that takes tokens once, and then fails."""

    broken = False

    async def load(self) -> Tokens | None:
        if self.broken:
            raise TokenStoreError("broken")
        return await super().load()

    async def replace(self, old: Tokens | None, new: Tokens | None) -> bool:
        if self.broken:
            raise TokenStoreError("broken")
        return await super().replace(old, new)


async def echo(request: web.Request) -> web.StreamResponse:
    """Refuse a request, and repeat all of it."""
    sent = {"token": request.headers.get("Authorization"), "sent": await request.text()}
    return web.json_response({"error": {"code": "bad", "message": f"bad {sent}", "received": sent}}, status=422)


async def refuse(request: web.Request) -> web.StreamResponse:
    """The same, with 401."""
    sent = {"token": request.headers.get("Authorization"), "sent": await request.text()}
    return web.json_response({"error": {"code": "bad", "message": f"bad {sent}", "received": sent}}, status=401)


@pytest.mark.parametrize(
    "answer", [echo, refuse, data({"accessToken": [LONG], "refreshToken": LONG}), data(GRANT | {"expiresAt": "x"})]
)
async def test_no_error_shows_a_token_or_a_password(answer: Any, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever fails, at the service, here or in a store, no error, log or traceback with variables shows a secret."""
    caplog.set_level(logging.DEBUG)
    password = SECRETS[2].text
    store = BrokenStore()
    async with serve(data(GRANT)) as server, PublicTeam("acme", base_url=server.url, clock=FakeClock()) as team:
        session = await team.auth.login(email="jane@co.com", password=password, tokens=store)
        server.script = [answer]
        attempts: list[Callable[[], Awaitable[object]]] = [
            lambda: team.auth.login(email="jane@co.com", password=password),
            lambda: team.auth.signup(email="jane@co.com", password=password),
            session.get_customer,
            session.refresh,
            lambda: team.community.posts.create(title="x", body="y", topic_id="z", session=session),
        ]
        errors = [await failure_of(attempt) for attempt in attempts[:2]]
        store.broken = True
        errors += [await failure_of(lambda: team.auth.login(email="jane@co.com", password=password, tokens=store))]
        errors += [await failure_of(session.refresh)]
        store.broken = False
        errors += [await failure_of(attempt) for attempt in attempts[3:]]
        errors += [await failure_of(session.logout)] if session.is_authenticated and answer is echo else []
    for error in errors:
        shown = rich_variables(error)
        for secret in SECRETS:
            assert_hidden(secret, error)
            assert secret.part not in shown
    for record in caplog.records:
        assert not any(secret.part in repr(vars(record)) + record.getMessage() for secret in SECRETS)


async def test_no_object_shows_a_token(tmp_path: Path) -> None:
    """Sessions, tokens, stores, clients and calls show no token: by repr, `vars`, rich or curl."""
    store = FileTokens(tmp_path / "tokens.json")
    async with serve(data(GRANT)) as server, PublicTeam("acme", base_url=server.url) as team:
        session = await team.auth.login(email="jane@co.com", password=SECRETS[2].text, tokens=store)
        tokens = session.tokens
        assert tokens is not None
        call = session.authorize(team.client.customer_auth.me("acme"))
        objects = [session, tokens, store, MemoryTokens(tokens), team, team.auth, team.client, call, call.as_curl()]
        shown = [vars(session), vars(team), vars(team.client), attrs.asdict(tokens), tokens.to_json()]
        renewal = asyncio.ensure_future(session.refresh())
        await asyncio.sleep(0)
        for secret in SECRETS:
            assert_hidden(secret, *objects, *shown, renewal)
            assert secret.part not in "".join(pretty_repr(each, max_string=80) for each in [*objects, *shown])
        await renewal


async def test_a_token_is_in_its_file_only(tmp_path: Path) -> None:
    """The names of files have no token, and only the file itself has one."""
    store = FileTokens(tmp_path / "tokens.json")
    async with scene(store) as s:
        for _ in range(2):
            s.pass_time()
            await s.session.get_customer()
        token = await s.session.access_token()
        with_token = [path.name for path in tmp_path.iterdir() if token.encode() in path.read_bytes()]
        assert with_token == ["tokens.json"]


async def test_no_api_key_is_read_or_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The public clients do not read CSTAR_API_KEY or CSTAR_TEAM_ID, not even to check them."""
    monkeypatch.setenv("CSTAR_API_KEY", "sk_live_not a key\n\n at all")
    monkeypatch.setenv("CSTAR_TEAM_ID", "not a team\n\n")
    async with serve(data([])) as server:
        monkeypatch.setenv("CSTAR_BASE_URL", server.url)
        async with PublicTeam(TEAM) as team:
            assert (await team.library.categories()).data == []
            assert "Authorization" not in server.received[0].headers
            with pytest.raises(ConfigError, match="needs an API key"):
                await team.client.tickets.list()
            assert server.attempts == 1
            assert team.team_slug == TEAM


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"team_slug": ""}, ValueError),
        ({"team_slug": ".."}, ValueError),
        ({"team_slug": 5}, TypeError),
        ({"team_slug": "a", "base_url": "ftp://x"}, ConfigError),
        ({"team_slug": "a", "timeout": -1}, ValueError),
        ({"team_slug": "a", "session": 5}, TypeError),
        ({"team_slug": "a", "base_url": "http://cstar.example"}, ConfigError),
    ],
)
def test_bad_settings_are_refused(arguments: dict[str, Any], error: type[Exception]) -> None:
    """A bad setting is refused when the client is made."""
    with pytest.raises(error):
        PublicTeam(**arguments)


async def test_the_clients_of_a_team_share_a_connection() -> None:
    """The clients of a PublicTeam share its connection, and close together; alone, each has its own."""
    async with scene() as s:
        assert s.team.auth.client is s.team.library.client is s.team.community.client is s.team.client
        assert repr(s.team.auth) == "<AuthClient 'acme-support'>"
        assert isinstance(s.session, CustomerSession)
        await s.team.library.close()
        with pytest.raises(RuntimeError, match="closed"):
            await s.session.get_customer()
