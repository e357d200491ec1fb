"""A package that is generated from another document can be used as it is: its client, its credentials, its server."""

from __future__ import annotations

import ast
import inspect
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from cstar_async.errors import ConfigError, CStarError
from tests.support.server import json, raw, serve

from .conftest import ROOT, Generated, document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SECURED = yaml.safe_load((Path(__file__).parent / "documents" / "client.yaml").read_text(encoding="utf-8"))
SECRET = "a/b+c=d-0123456789"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Generated]:
    """The package of `client.yaml`."""
    with Generated.made(tmp_path_factory.mktemp("clients"), SECURED, "made_for_clients") as made:
        yield made


@pytest.mark.parametrize(
    ("given", "path", "headers"),
    [
        ({}, "/closed", {}),
        ({"bearer_auth": SECRET}, "/closed", {"Authorization": f"Bearer {SECRET}"}),
        ({"oauth": f"{SECRET}\n"}, "/closed", {"Authorization": f"Bearer {SECRET}"}),
        ({"login": ("me", "pass:word")}, "/closed", {"Authorization": "Basic bWU6cGFzczp3b3Jk"}),
        ({"api_key_auth": SECRET}, "/closed", {"X-Api-Key": SECRET}),
        ({"raw_auth": SECRET}, "/closed", {"Authorization": SECRET}),
        ({"query_auth": SECRET}, "/closed?api%20key=a%2Fb%2Bc%3Dd-0123456789", {}),
        ({"cookie_auth": SECRET}, "/closed", {"Cookie": f"sid={SECRET}"}),
        ({"special": SECRET}, "/closed", {"Authorization": f"Token {SECRET}"}),
        ({"headers_": SECRET, "headers": {"X-Version": "2"}}, "/closed", {"X-Odd": SECRET, "X-Version": "2"}),
        ({"api_key_auth": "1", "cookie_auth": "2"}, "/closed", {"X-Api-Key": "1", "Cookie": "sid=2"}),
    ],
)
async def test_a_credential_is_sent_as_its_scheme_says(
    package: Generated, given: dict[str, Any], path: str, headers: dict[str, str]
) -> None:
    """Each security scheme is an argument of the client; operations that are open get no credential."""
    async with serve(raw(b"")) as server, package.client(base_url=server.url, **given) as client:
        await client.default.closed()
        await client.default.maybe()
        await client.default.open()
    sent = [
        {name: received.headers.get(name) for name in ("Authorization", "X-Api-Key", "Cookie", "X-Odd", "X-Version")}
        for received in server.received
    ]
    assert server.received[0].path == path
    expected = dict.fromkeys(sent[0]) | headers
    assert sent[:2] == [expected, expected]
    assert server.received[2].path == "/open"
    assert sent[2] == dict.fromkeys(sent[0]) | {"X-Version": headers.get("X-Version")}


async def test_credentials_stand_beside_the_callers_own(package: Generated) -> None:
    """A query and a cookie of an operation stay."""
    given = {"query_auth": "k", "cookie_auth": "s"}
    async with serve(raw(b"")) as server, package.client(base_url=server.url, **given) as client:
        await client.default.closed(q="x", theme="dark")
    assert server.received[0].path == "/closed?q=x&api%20key=k"
    assert server.received[0].headers["Cookie"] == "sid=s; theme=dark"


async def test_only_documented_operations_have_an_idempotency_key(package: Generated) -> None:
    """CStar's other conventions (its key, its quota, its header) are not another service's."""
    async with serve(raw(b"")) as server, package.client(base_url=server.url) as client:
        await client.default.write(a="x")
        await client.default.keyed()
    assert ["Idempotency-Key" in received.headers for received in server.received] == [False, True]


async def test_a_quota_of_the_service_does_not_delay(package: Generated) -> None:
    """Headers that mean cStar's quota mean nothing here."""
    spent = {"X-RateLimit-Limit": "1", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"}
    async with serve(json({}, headers=spent)) as server, package.client(base_url=server.url, bearer_auth="x") as client:
        for _ in range(3):
            await client.default.closed()
    assert server.attempts == 3


@pytest.mark.parametrize(
    ("given", "error", "names"),
    [
        ({"bearer_auth": ""}, ConfigError, ["bearer_auth"]),
        ({"bearer_auth": "a b"}, ConfigError, ["bearer_auth", "space"]),
        ({"bearer_auth": "é"}, ConfigError, ["bearer_auth", "ASCII"]),
        ({"bearer_auth": b"x"}, ConfigError, ["bearer_auth", "bytes"]),
        ({"bearer_auth": SECRET, "oauth": SECRET}, ConfigError, ["bearer_auth", "oauth", "one of them"]),
        ({"login": SECRET}, ConfigError, ["login", "pair"]),
        ({"login": ("a:b", SECRET)}, ConfigError, ["login", "colon"]),
        ({"headers": {"X": f"{SECRET}\n"}}, ValueError, ["X", "line break"]),
        ({"headers": {"Content-Type": "x"}}, ValueError, ["Content-Type"]),
        ({"headers": [1]}, TypeError, ["headers", "mapping"]),
        ({"base_url": f"https://me:{SECRET}@example.com"}, ConfigError, ["base_url"]),
        ({"base_url": "http://example.com"}, ConfigError, ["base_url", "https"]),
        ({"timeout": 0}, ValueError, ["timeout"]),
        ({"max_retries": -1}, ValueError, ["max_retries"]),
        ({"session": 5}, TypeError, ["session"]),
    ],
)
def test_an_invalid_argument_is_named(
    package: Generated, given: dict[str, Any], error: type[Exception], names: list[str]
) -> None:
    """The message names the argument, and no secret is in it or in a traceback with local variables."""
    with pytest.raises(error) as caught:
        package.client(**given)
    assert [name for name in names if name not in str(caught.value)] == []
    frames = caught.tb.tb_next and caught.tb.tb_next.tb_next  # without the test's own
    shown = traceback.TracebackException(error, caught.value, frames, capture_locals=True)
    assert "_connect" in "".join(shown.format())
    assert SECRET not in "".join(shown.format())


@pytest.mark.parametrize("given", [{"query_auth": SECRET}, {"bearer_auth": SECRET}, {"login": ("me", SECRET)}])
async def test_an_error_shows_no_credential(package: Generated, given: dict[str, Any]) -> None:
    """A service that repeats a credential in its error does not bring it into the message or a repr."""
    async with serve(json({"message": f"bad {SECRET} a%2Fb%2Bc%3Dd-0123456789"}, status=401)) as server:
        async with package.client(base_url=server.url, **given) as client:
            with pytest.raises(CStarError) as caught:
                await client.default.closed()
            assert SECRET not in f"{caught.value!r} {caught.value} {client!r}"
            assert "a%2Fb%2Bc%3Dd" not in str(caught.value) or "query_auth" not in given


def test_the_docstring_describes_the_arguments(package: Generated) -> None:
    """The client takes keyword arguments only, described by the document."""
    parameters = inspect.signature(package.load().Client).parameters
    assert {p.kind for p in parameters.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert "bearer_auth: The token of your account." in package.load().Client.__init__.__doc__
    assert not {"certificate", "digest"} & set(parameters)


def test_a_curl_command_has_a_variable_for_each_credential(package: Generated) -> None:
    """Only what was given, in its own place, and never its value."""
    given = {"bearer_auth": SECRET, "api_key_auth": SECRET, "query_auth": SECRET, "cookie_auth": SECRET}
    shown = package.client(**given).default.closed().as_curl().split(" \\\n  ")
    assert shown == [
        "curl -X GET https://api.example.com/closed",
        '-H "Authorization: Bearer $BEARER_AUTH"',
        '-H "X-Api-Key: $API_KEY_AUTH"',
        '--url-query "api key=$QUERY_AUTH"',
        '-b "sid=$COOKIE_AUTH"',
    ]
    assert '-u "$LOGIN"' in package.client(login=("a", "b")).default.closed().as_curl()
    assert package.client().default.closed().as_curl() == "curl -X GET https://api.example.com/closed"


def test_another_server_of_an_operation_is_named(package: Generated) -> None:
    """Its path is used, and its host is in the docstring."""
    call = package.client().default.elsewhere()
    assert "https://api.example.com/v9/elsewhere" in call.as_curl()
    assert "https://uploads.example.com" in package.client().default.elsewhere.__doc__


@pytest.mark.parametrize("servers", [None, [], [{"url": "/api"}], [{"url": "https://{host}/api"}], "x", [5]])
def test_a_document_without_a_host_needs_a_base_url(generate: Callable[..., Generated], servers: Any) -> None:
    """The client says so, and takes one."""
    small = document({}, {"/a": {"get": {"operationId": "a"}}})
    found = generate(small if servers is None else {**small, "servers": servers})
    with pytest.raises(ConfigError, match="base_url is needed"):
        found.client()
    assert found.client(base_url="https://example.com").default.a().as_curl().endswith("/a")


async def test_the_example_of_the_guide_runs(tmp_path: Path) -> None:
    """From a document to the first call, as docs/generator.md shows it."""
    text = (ROOT / "docs" / "generator.md").read_text(encoding="utf-8").split("```py\n")[1].split("```")[0]
    spec = yaml.safe_load((Path(__file__).parent / "documents" / "travel.yaml").read_text(encoding="utf-8"))
    booking = json({"id": "b_1", "departure": "2026-03-01T12:00:00Z"}, status=201)
    with Generated.made(tmp_path, spec, "travel"):
        async with serve(booking, raw(b"", status=204), booking) as server:
            code = text.replace("Client(", f"Client(base_url={server.url!r}, ").replace("…", "x")
            scope: dict[str, Any] = {"print": lambda *_: None}
            await eval(
                compile(code, "generator.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), scope
            )  # our own guide
    assert [(received.method, received.path) for received in server.received] == [
        ("POST", "/v1/bookings"),
        ("PUT", "/v1/bookings/b_1/ticket"),
        ("GET", "/v1/bookings/b_1"),
        ("GET", "/v1/bookings/b_2"),
    ]
    assert {received.headers["Authorization"] for received in server.received} == {"Bearer x"}
    assert [outcome.ok for outcome in scope["found"]] == [True, True]
