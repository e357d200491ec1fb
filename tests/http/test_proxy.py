"""Proxies: which variables count, which hosts are exempt, and that no password is shown."""

from __future__ import annotations

import asyncio
import base64
import pickle
import traceback
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from cstar_async import CStarClient
from cstar_async._core.secrets import Secret
from cstar_async._http import proxy as proxies
from cstar_async._http.proxy import Proxy, find_proxy
from cstar_async._http.settings import load_settings
from cstar_async.errors import APIConnectionError, ConfigError
from cstar_async.sandbox import Sandbox
from tests.support.internals import internals
from tests.support.server import KEY, TEAM, data, serve

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

PASSWORD = "hunter2-hunter2"
VARIABLES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
WWW = "https://www.cstar.help"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("REQUEST_METHOD", raising=False)
    for name in ("CSTAR_API_KEY", "CSTAR_TEAM_ID", "CSTAR_BASE_URL", "CSTAR_ALLOW_HTTP", "CSTAR_STRICT"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({}, WWW, None),
        ({"https_proxy": "http://a:1"}, WWW, "http://a:1"),
        ({"HTTPS_PROXY": "http://a:1"}, WWW, "http://a:1"),
        ({"https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:1"}, WWW, "http://a:1"),
        ({"https_proxy": "", "HTTPS_PROXY": "http://b:1"}, WWW, "http://b:1"),
        ({"https_proxy": " ", "HTTPS_PROXY": ""}, WWW, None),
        ({"http_proxy": "http://a:1"}, WWW, None),
        ({"all_proxy": "http://a:1"}, WWW, "http://a:1"),
        ({"ALL_PROXY": "http://a:1"}, WWW, "http://a:1"),
        ({"all_proxy": "http://a:1", "ALL_PROXY": "http://b:1"}, WWW, "http://a:1"),
        ({"ALL_PROXY": "socks5://a:1", "HTTPS_PROXY": "http://b:1"}, WWW, "http://b:1"),
        ({"http_proxy": "http://a:1"}, "http://cstar:8080", "http://a:1"),
        ({"HTTP_PROXY": "http://a:1"}, "http://cstar:8080", "http://a:1"),
        ({"HTTP_PROXY": "http://a:1", "REQUEST_METHOD": "GET"}, "http://cstar:8080", None),
        ({"http_proxy": "http://a:1", "REQUEST_METHOD": "GET"}, "http://cstar:8080", "http://a:1"),
        ({"https_proxy": "http://a:1"}, "http://cstar:8080", None),
        ({"https_proxy": "a:3128"}, WWW, "http://a:3128"),
        ({"https_proxy": "http://a"}, WWW, "http://a"),
        ({"https_proxy": "HTTP://A:1/"}, WWW, "http://a:1"),
        ({"https_proxy": "https://a:1"}, WWW, "https://a:1"),
        ({"https_proxy": "http://[fe80::1]:1"}, WWW, "http://[fe80::1]:1"),
        ({"https_proxy": "http://a:1\n"}, WWW, "http://a:1"),
        ({"https_proxy": "http://a:1", "no_proxy": "www.cstar.help"}, WWW, None),
        ({"https_proxy": "http://a:1", "NO_PROXY": "www.cstar.help"}, WWW, None),
        ({"https_proxy": "http://a:1", "no_proxy": "x", "NO_PROXY": "www.cstar.help"}, WWW, "http://a:1"),
        ({"https_proxy": "http://a:1", "no_proxy": "", "NO_PROXY": "www.cstar.help"}, WWW, None),
        ({"all_proxy": "http://a:1", "no_proxy": "*"}, WWW, None),
        ({"https_proxy": "socks5://a:1", "no_proxy": "*"}, WWW, None),
        ({"https_proxy": "http://a:1", "no_proxy": "cstar.help:8443"}, f"{WWW}:8443", None),
        ({"https_proxy": "http://a:1", "no_proxy": "cstar.help:443"}, WWW, None),
    ],
)
def test_the_order_of_the_proxy_variables(
    variables: Mapping[str, str], url: str, proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The scheme's variable comes before ALL_PROXY, and lower case before upper case; empty ones count as not set."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert find_proxy(url) == (None if proxy is None else Proxy(proxy, None))


LOOPBACK = ["localhost", "LOCALHOST", "localhost.", "desk.localhost", "127.0.0.1", "127.9.9.9", "0.0.0.0"]
LOOPBACK += ["[::1]", "[::]", "[::ffff:127.0.0.1]", "[0:0:0:0:0:0:0:1]"]


@pytest.mark.parametrize("proxy", ["http://a:1", "socks5://a:1", "nonsense://", f"http://u:{PASSWORD}@x:y"])
@pytest.mark.parametrize("host", LOOPBACK)
def test_this_machine_never_has_a_proxy(host: str, proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loopback address never has a proxy, and invalid proxy variables are not an error there."""
    for name in VARIABLES[:3]:
        monkeypatch.setenv(name, proxy)
        monkeypatch.setenv(name.upper(), proxy)
    monkeypatch.setenv("no_proxy", "")
    for scheme in ("http", "https"):
        assert load_settings(KEY, None, f"{scheme}://{host}:8080").proxy is None


async def test_the_sandbox_is_reached_behind_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox is reached although the proxy variables name a proxy that does not exist."""
    for name in VARIABLES[:3]:
        monkeypatch.setenv(name.upper(), "http://127.0.0.1:9")
    async with Sandbox() as sandbox, sandbox.client() as cstar:
        await cstar.tickets.create(title="A")


def test_the_systems_settings_apply_without_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxy and exceptions of the operating system count where no variable is set."""
    monkeypatch.setattr(proxies, "getproxies", lambda: {"https": "http://a:1", "http": "http://b:1"})
    monkeypatch.setattr(proxies, "proxy_bypass", lambda host: host == "www.cstar.help:8443")
    assert find_proxy(WWW) == Proxy("http://a:1", None)
    assert find_proxy(f"{WWW}:8443") is None
    monkeypatch.setenv("https_proxy", "http://c:1")
    assert find_proxy(WWW) == Proxy("http://c:1", None)
    monkeypatch.delenv("https_proxy")
    monkeypatch.setattr(proxies, "getproxies", lambda: {"https": "socks5://a:1"})
    with pytest.raises(ConfigError, match="the system's https proxy"):
        find_proxy(WWW)


BAD = [
    ("socks5://{}@a:1", "the scheme socks5"),
    ("socks5h://{}@a:1", "the scheme socks5h"),
    ("socks4://{}@a:1", "the scheme socks4"),
    ("ftp://{}@a:1", "the scheme ftp"),
    ("quic://{}@a:1", "the scheme quic"),
    ("http://{}@a:x", "not the address of a proxy"),
    ("http://{}@a:99999", "not the address of a proxy"),
    ("http://{}@", "not the address of a proxy"),
    ("http://", "not the address of a proxy"),
    ("://{}@a", "not the address of a proxy"),
    ("http://{}@[::1", "not the address of a proxy"),
    ("http://{}@a..b", "not the address of a proxy"),
    ("http://{}@a%2fb", "not the address of a proxy"),
    ("http://{}@a,b", "not the address of a proxy"),
    ("http://{}@\u2100.example", "not the address of a proxy"),
    ("http://{}@a:1/x", "more than host and port"),
    ("http://{}@a:1?x", "more than host and port"),
    ("http://u/{}@a:1", "more than host and port"),
    ("http://u:1/{}@a:1", "more than host and port"),
    ("http://u#{}@a:1", "more than host and port"),
    ("http://u%3A{}@a:1", "user name with a colon"),
    ('"http://{}@a:1"', "quotes around it"),
    ("'http://{}@a:1'", "quotes around it"),
    ("http://{}@a b:1", "a line break or a space"),
    ("http://{}@a\n:1", "a line break or a space"),
    ("http://{}@a\x01:1", "control character"),
    ("\ufeffhttp://{}@a:1", "byte order mark"),
]


@pytest.mark.parametrize("source", ["https_proxy", "ALL_PROXY", "proxy"])
@pytest.mark.parametrize(("address", "words"), BAD)
def test_an_invalid_proxy_is_named(address: str, words: str, source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the variable or argument; neither it nor its traceback shows the password."""
    value = address.format(f"ada:{PASSWORD}")
    options: dict[str, Any] = {"api_key": KEY, "base_url": WWW}
    if source == "proxy":
        options["proxy"] = value
    else:
        monkeypatch.setenv(source, value)
    with pytest.raises(ConfigError, match=rf"^{source} .*{words}") as caught:
        CStarClient(**options)
    assert caught.value.__traceback__ is not None
    frames = traceback.walk_tb(caught.value.__traceback__.tb_next)  # without this test's frame
    shown = "".join(traceback.StackSummary.extract(frames, capture_locals=True).format())
    shown += str(caught.value) + repr(caught.value.__cause__)
    assert PASSWORD not in shown
    assert KEY not in shown


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (f"http://ada:{PASSWORD}@a:1", f"ada:{PASSWORD}"),
        ("http://ada@a:1", "ada:"),
        ("http://ada:@a:1", "ada:"),
        ("http://:x@a:1", ":x"),
        ("http://ada:p%40ss%2F%3A%25@a:1", "ada:p@ss/:%"),
        ("http://ada:p@ss@a:1", "ada:p@ss"),
        ("http://ada:a:b@a:1", "ada:a:b"),
        ("http://%C3%A9:%C3%BC@a:1", "é:ü"),
        ("ada:x@a:1", "ada:x"),
    ],
)
def test_user_and_password_are_read_from_the_address(given: str, expected: str) -> None:
    """User and password are percent-decoded, sent as UTF-8, and hidden."""
    proxy = load_settings(KEY, None, WWW, proxy=given).proxy
    assert proxy is not None
    assert proxy.url == "http://a:1"
    assert proxy.authorization == f"Basic {base64.b64encode(expected.encode()).decode()}"
    assert isinstance(proxy.authorization, Secret)


def test_the_argument_comes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The argument wins over variables and exceptions; an empty one means no proxy."""
    monkeypatch.setenv("https_proxy", "http://a:1")
    monkeypatch.setenv("no_proxy", "*")
    assert load_settings(KEY, None, WWW, proxy="http://b:1").proxy == Proxy("http://b:1", None)
    assert load_settings(KEY, None, "http://localhost:1", proxy="http://b:1").proxy == Proxy("http://b:1", None)
    monkeypatch.delenv("no_proxy")
    assert load_settings(KEY, None, WWW).proxy == Proxy("http://a:1", None)
    assert load_settings(KEY, None, WWW, proxy="").proxy is None
    with pytest.raises(ConfigError, match=r"^proxy must be a string, got int"):
        CStarClient(KEY, proxy=5)  # type: ignore[arg-type]


async def test_a_session_has_its_own_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The user's session keeps its own proxy; `proxy` beside `session` is an error."""
    monkeypatch.setenv("https_proxy", "socks5://a:1")
    async with aiohttp.ClientSession() as session:
        CStarClient(KEY, session=session)
        CStarClient(KEY, session=session, proxy="")
        with pytest.raises(ConfigError, match=r"^proxy cannot be combined with session; .*ClientSession\(proxy"):
            CStarClient(KEY, session=session, proxy="http://a:1")


def everything(client: CStarClient, error: BaseException) -> str:
    """Everything that can be printed of a client, of an error, of its causes and of their frames."""
    seen: list[str] = [
        repr(internals(client)._transport),
        repr(vars(internals(client)._transport)),
        repr(vars(client._requester)),
    ]
    cause: BaseException | None = error
    assert error.__traceback__ is not None
    frames = error.__traceback__.tb_next  # without this test's frame
    while cause is not None:
        seen += [str(cause), repr(cause), repr(vars(cause)), repr(cause.args)]
        shown = traceback.StackSummary.extract(traceback.walk_tb(frames), capture_locals=True)
        seen += shown.format()
        frames = None if cause.__cause__ is None else cause.__cause__.__traceback__
        cause = cause.__cause__
    return "\n".join(seen)


@asynccontextmanager
async def proxy_server(reply: bytes) -> AsyncGenerator[tuple[int, list[bytes]]]:
    """A proxy that gives one answer to everything, as its port and the request heads it received."""
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(reply)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1")
    async with AsyncExitStack() as stack:
        stack.callback(server.close)
        yield server.sockets[0].getsockname()[1], heads


SIGN_IN = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 10\r\n\r\n{"data":1}'


@pytest.mark.parametrize("how", ["argument", "environment"])
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("streamed", [False, True])
async def test_a_proxys_password_is_sent_to_it_and_shown_nowhere(
    how: str, scheme: str, monkeypatch: pytest.MonkeyPatch, *, streamed: bool
) -> None:
    """The password is sent to the proxy, tunnelled or not, and shown in nothing printable."""
    token = base64.b64encode(f"ada:{PASSWORD}".encode()).decode()
    async with proxy_server(SIGN_IN) as (port, heads):
        address = f"http://ada:{PASSWORD}@127.0.0.1:{port}"
        options: dict[str, Any] = {"base_url": f"{scheme}://desk.example", "allow_http": True, "max_retries": 0}
        if how == "argument":
            options["proxy"] = address
        else:
            monkeypatch.setenv("ALL_PROXY", address)
        async with CStarClient(KEY, team_id=TEAM, **options) as client:
            with pytest.raises(Exception, match="407") as caught:
                if streamed:
                    await anext(aiter(client.events.stream()))
                else:
                    await client.tags.list()
            shown = everything(client, caught.value)
    assert f"Proxy-Authorization: Basic {token}\r\n".encode() in heads[0]
    assert heads[0].startswith(b"CONNECT desk.example:443 " if scheme == "https" else b"GET http://desk.example/")
    assert (KEY.encode() in heads[0]) is (scheme == "http")
    for secret in (PASSWORD, token, KEY):
        assert secret not in shown


async def test_an_unreachable_proxy_shows_no_password() -> None:
    """The error about an unreachable proxy shows no password, nor does its cause."""
    async with proxy_server(b"") as (port, _):
        pass
    options: dict[str, Any] = {"proxy": f"http://ada:{PASSWORD}@127.0.0.1:{port}", "max_retries": 0}
    async with CStarClient(KEY, team_id=TEAM, base_url=WWW, **options) as client:
        with pytest.raises(APIConnectionError) as caught:
            await client.tags.list()
        shown = everything(client, caught.value)
        cause = caught.value.__cause__
        assert isinstance(cause, aiohttp.ClientConnectorError)
        assert PASSWORD not in shown
        assert PASSWORD not in repr(cause._conn_key)
    with pytest.raises(TypeError):
        pickle.dumps(client)


async def test_only_the_proxy_gets_the_password() -> None:
    """Requests go through the proxy, and only the proxy gets the password."""
    async with proxy_server(ANSWER) as (port, heads):
        options: dict[str, Any] = {"proxy": f"http://ada:{PASSWORD}@127.0.0.1:{port}", "allow_http": True}
        async with CStarClient(KEY, team_id=TEAM, base_url="http://cstar:8080", **options) as client:
            assert await client.call("GET", "/x") == {"data": 1}
    assert heads[0].startswith(b"GET http://cstar:8080/x ")
    async with serve(data(1)) as server, server.client(proxy="") as client:
        await client.call("GET", "/x")
        assert "Proxy-Authorization" not in server.received[0].headers
