"""Pages in a browser on this machine reach neither the sandbox's API nor its control API."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NamedTuple

import aiohttp
import orjson
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from hypothesis import given
from hypothesis import strategies as st

from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.__main__ import parse_arguments
from cstar_async.sandbox.control.auth import Access
from cstar_async.sandbox.http.cross_site import read_host
from cstar_async.sandbox.http.hosts import is_loopback, read_authority
from tests.sandbox.conftest import VALIDATION
from tests.sandbox.control.test_inspector import ARGUMENTS, CHROMIUM

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

JSON = "Content-Type: application/json"
HOST = "Host: localhost"


class RawRequest(NamedTuple):
    """The header lines of a request, with `PORT` for the sandbox's port, and whether it is accepted."""

    lines: tuple[str, ...]
    accepted: bool
    target: str = "PATH"


def raw(*lines: str, accepted: bool = False, target: str = "PATH") -> RawRequest:
    """A request with these header lines."""
    return RawRequest(lines, accepted, target)


REQUESTS = [
    # Names and addresses of this machine, in every form.
    raw(HOST, JSON, accepted=True),
    raw("Host: localhost:PORT", JSON, accepted=True),
    raw("Host: LOCALHOST:PORT", JSON, accepted=True),
    raw("Host: localhost.", JSON, accepted=True),
    raw("Host: localhost.:PORT", JSON, accepted=True),
    raw("Host: 127.0.0.1:PORT", JSON, accepted=True),
    raw("Host: 127.0.0.1", JSON, accepted=True),
    raw("Host: 127.9.8.7:80", JSON, accepted=True),
    raw("Host: [::1]", JSON, accepted=True),
    raw("Host: [::1]:PORT", JSON, accepted=True),
    raw("Host: [0:0:0:0:0:0:0:1]:PORT", JSON, accepted=True),
    raw("Host: [::ffff:127.0.0.1]", JSON, accepted=True),
    # Foreign names: DNS rebinding.
    raw("Host: evil.example.com", JSON),
    raw("Host: evil.example.com:PORT", JSON),
    raw("Host: localhost.evil.example.com", JSON),
    raw("Host: 127.0.0.1.evil.example.com", JSON),
    raw("Host: localhost..", JSON),
    raw("Host: xlocalhost", JSON),
    raw("Host: 127.0.0.1@evil.example.com", JSON),
    raw("Host: localhost@evil.example.com:PORT", JSON),
    raw("Host: evil.example.com#localhost", JSON),
    raw("Host: evil.example.com/localhost", JSON),
    raw("Host: localhost localhost", JSON),
    raw("Host: localhost,evil.example.com", JSON),
    raw("Host: 0.0.0.0:PORT", JSON),
    raw("Host: 10.0.0.1:PORT", JSON),
    raw("Host: 169.254.169.254", JSON),
    raw("Host: [::2]", JSON),
    raw("Host: [::ffff:10.0.0.1]", JSON),
    raw("Host: 127.0.0.1:", JSON),
    raw("Host: 127.0.0.1:x", JSON),
    raw("Host: 0x7f.1", JSON),
    raw("Host: 2130706433", JSON),
    raw("Host: [", JSON),
    raw("Host: []", JSON),
    raw("Host:", JSON),
    # No Host, two of them, and a name in the request target.
    raw(JSON),
    raw(HOST, "Host: evil.example.com", JSON),
    raw("Host: evil.example.com", HOST, JSON),
    raw(HOST, HOST, JSON),
    raw(HOST, JSON, target="http://evil.example.comPATH"),
    raw(HOST, JSON, target="http://localhost@evil.example.comPATH"),
    raw("Host: evil.example.com", JSON, target="http://localhost:PORTPATH"),
    raw(HOST, JSON, target="http://localhost:PORTPATH", accepted=True),
    # Pages of other origins.
    raw(HOST, JSON, "Origin: https://evil.example.com"),
    raw(HOST, JSON, "Origin: http://localhost:1"),
    raw("Host: localhost:PORT", JSON, "Origin: http://127.0.0.1:PORT"),
    raw("Host: localhost:PORT", JSON, "Origin: http://localhost:PORT.evil.example.com"),
    raw("Host: localhost:PORT", JSON, "Origin: http://localhost:PORT@evil.example.com"),
    raw("Host: localhost:PORT", JSON, "Origin: null"),
    raw("Host: localhost:PORT", JSON, "Origin:"),
    raw("Host: localhost:PORT", JSON, "Origin: file://"),
    raw("Host: localhost:PORT", JSON, "Origin: http://localhost:PORT", "Origin: https://evil.example.com"),
    raw("Host: localhost:PORT", JSON, "Origin: http://localhost:PORT", accepted=True),
    raw("Host: localhost:PORT", JSON, "Origin: HTTP://LOCALHOST:PORT", accepted=True),
    raw("Host: localhost:80", JSON, "Origin: http://localhost", accepted=True),
    raw(HOST, JSON, "Sec-Fetch-Site: cross-site"),
    raw(HOST, JSON, "Sec-Fetch-Site: same-site"),
    raw(HOST, JSON, "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: cross-site"),
    raw(HOST, JSON, "Sec-Fetch-Site: same-origin", accepted=True),
    raw(HOST, JSON, "Sec-Fetch-Site: none", accepted=True),
    # Content types that a page may send without a preflight.
    raw(HOST, "Content-Type: text/plain"),
    raw(HOST, "Content-Type: TEXT/PLAIN; charset=utf-8"),
    raw(HOST, "Content-Type: text/plain;application/json"),
    raw(HOST, "Content-Type: application/x-www-form-urlencoded"),
    raw(HOST, "Content-Type: multipart/form-data; boundary=x"),
    raw(HOST),
    raw(HOST, "Content-Type:"),
]


async def exchange(sandbox: Sandbox, method: str, path: str, request: RawRequest, body: bytes) -> tuple[int, bytes]:
    """Send exactly these lines, and return the status and the body."""
    host, port = sandbox.base_url.removeprefix("http://").split(":")
    target = request.target.replace("PATH", path).replace("PORT", port)
    lines = [f"{method} {target} HTTP/1.1", *(line.replace("PORT", port) for line in request.lines)]
    lines += [f"Authorization: Bearer {sandbox.default_team.secret_key}", f"Content-Length: {len(body)}"]
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)
    raw = await reader.read()
    writer.close()
    head, _, answer = raw.partition(b"\r\n\r\n")
    return int(head.split()[1]), answer


@pytest.mark.parametrize("sent", REQUESTS, ids=lambda each: " | ".join((each.target, *each.lines)))
async def test_requests_are_accepted_or_refused_as_listed(sandbox: Sandbox, sent: RawRequest) -> None:
    """Requests are accepted or refused as listed, by the API and the control API alike."""
    tickets = f"/api/v1/teams/{sandbox.default_team.id}/tickets"
    status, answer = await exchange(sandbox, "POST", tickets, sent, b'{"title": "Printer on fire"}')
    assert (status == 201) is sent.accepted, answer
    store = sandbox._running().store
    assert store.count(sandbox.default_team.id, "tickets") == sent.accepted
    started = sandbox.clock.time()
    controlled, _ = await exchange(sandbox, "POST", "/_sandbox/clock/advance", sent, b'{"hours": 1}')
    assert (controlled == 200, sandbox.clock.time() > started) == (sent.accepted, sent.accepted)
    if not sent.accepted:
        assert 400 <= status < 500
        assert len(sandbox.requests) == 0
        if answer.startswith(b"{"):
            assert VALIDATION.errors("/components/schemas/ErrorBody", orjson.loads(answer)) == []
            assert sandbox.default_team.secret_key.encode() not in answer


@pytest.mark.parametrize(
    "path", ["PATH/events/stream", "/api/auth/acme-support/signup", "/api/nothing", "/_sandbox/health"]
)
async def test_every_path_is_protected(sandbox: Sandbox, path: str) -> None:
    """Every path refuses a foreign Host and cross-site requests."""
    path = path.replace("PATH", f"/api/v1/teams/{sandbox.default_team.id}")
    for line in ("Host: evil.example.com", "Host: localhost\r\nSec-Fetch-Site: cross-site"):
        assert (await exchange(sandbox, "GET", path, raw(line), b""))[0] == 403


async def test_a_refusal_says_how_to_allow_the_host(sandbox: Sandbox) -> None:
    """The error for a foreign Host says how to allow it."""
    _, answer = await exchange(sandbox, "GET", "/api/v1/auth/whoami", raw("Host: cstar:8080"), b"")
    error = orjson.loads(answer)["error"]
    for word in ("cstar", "allow_hosts=['cstar']", "--allow-host cstar", "CSTAR_SANDBOX_ALLOW_HOSTS=cstar"):
        assert word in error["message"]
    assert (error["type"], error["code"], error["param"]) == ("authentication_error", "access_denied", "Host")


async def test_a_preflight_is_refused(sandbox: Sandbox) -> None:
    """A CORS preflight is refused, without CORS headers."""
    headers = {"Origin": "https://evil.example.com", "Access-Control-Request-Method": "POST"}
    async with (
        aiohttp.ClientSession() as session,
        session.options(f"{sandbox.base_url}/api/v1/teams/x/tickets", headers=headers) as response,
    ):
        assert response.status == 403
        assert [name for name in response.headers if name.lower().startswith("access-control")] == []


async def test_hosts_can_be_allowed() -> None:
    """Allowed hosts are accepted, and no others."""
    async with Sandbox(host="0.0.0.0", allow_hosts=["cstar", "Desk.Example.com."]) as sandbox:
        accepted = ("cstar:8080", "CSTAR", "desk.example.com", "0.0.0.0")
        for host in (*accepted, "evil.example.com", "xcstar", "cstar.evil.example.com"):
            status, _ = await exchange(sandbox, "GET", "/api/v1/auth/whoami", raw(f"Host: {host}"), b"")
            assert status == (200 if host in accepted else 403), host
        assert (await exchange(sandbox, "GET", "/_sandbox/teams", raw("Host: cstar"), b""))[0] == 200
        async with sandbox.client() as cstar:
            await cstar.tickets.create(title="Created at an address that clients can use")


def test_allowed_hosts_on_the_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Allowed hosts come from the option and the variable, and an invalid one is an error."""
    monkeypatch.setenv("CSTAR_SANDBOX_ALLOW_HOSTS", "two, three,")
    assert parse_arguments(["--allow-host", "one"]).allow_host == ["one", "two", "three"]
    with pytest.raises(SystemExit):
        parse_arguments(["--allow-host", "http://one"])


@pytest.mark.parametrize("name", ["", "*", "http://cstar", "cstar:80", "a b", "a/b", "u@h", "[::1", "é"])
def test_an_invalid_host_cannot_be_allowed(name: str) -> None:
    """An allowed host that is not a host name or address is a ValueError."""
    with pytest.raises(ValueError, match="allow_hosts must be names"):
        Sandbox(allow_hosts=[name])


@pytest.mark.parametrize("hosts", ["cstar", [1], None])
def test_allowed_hosts_are_a_list_of_names(hosts: object) -> None:
    """Allowed hosts that are not a list of strings are a TypeError."""
    with pytest.raises(TypeError, match="allow_hosts must be a list of names"):
        Sandbox(allow_hosts=hosts)  # type: ignore[arg-type]


@given(text=st.text(max_size=30) | st.from_regex(r"(localhost|127\.0\.0\.1|\[::1\]).{0,12}", fullmatch=True))
def test_only_loopback_names_are_this_machine(text: str) -> None:
    """Only plain loopback names and addresses count as this machine."""
    found = read_authority(text)
    if found is not None and is_loopback(found.name):
        name = text.rpartition(":")[0] if found.port is not None else text
        assert name.lower().rstrip(".") == "localhost" or name.strip("[].").replace(":", "").replace(".", "").isalnum()
        assert not set(text) & set("@/?#\\ ,\t\r\n")


def test_a_host_is_the_same_in_every_form() -> None:
    """An IPv6 address is the same host in every form."""
    assert {read_host(each) for each in ("::2", "[::2]", "0:0:0:0:0:0:0:2")} == {"::2"}
    assert read_authority("[fe80::1%25eth0]:80") == ("fe80::1", 80)
    Access(host="::1", allow_hosts=("::2",))


@asynccontextmanager
async def page_of_another_origin() -> AsyncIterator[str]:
    """The address of an empty page of another origin on this machine."""

    async def empty(request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>another origin</title>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", empty)
    async with TestServer(app) as server:
        yield str(server.make_url("/"))


ATTACKS = """async ([url, team, key]) => {
  const found = [];
  const json = {"Authorization": `Bearer ${key}`, "Content-Type": "application/json"};
  const tickets = `${url}/api/v1/teams/${team}/tickets`;
  const hook = JSON.stringify({name: "w", url: "http://127.0.0.1:9/", events: ["*"]});
  const signup = JSON.stringify({email: "a@example.com", password: "long enough"});
  const attempts = [
    [tickets, {headers: json}],
    [tickets, {method: "POST", headers: json, body: '{"title": "x"}'}],
    [`${url}/api/v1/teams/${team}/webhooks`, {method: "POST", headers: json, body: hook}],
    [`${url}/api/auth/acme-support/signup`, {method: "POST", mode: "no-cors", body: signup}],
    [`${url}/api/auth/acme-support/signup`, {method: "POST", mode: "no-cors", body: new Blob([signup])}],
    [`${url}/_sandbox/clock/advance`, {method: "POST", mode: "no-cors", body: '{"hours": 1}'}],
    [`${url}/_sandbox/teams`, {}],
  ];
  for (const [address, options] of attempts) {
    try {
      const response = await fetch(address, options);
      found.push(response.type === "opaque" ? "opaque" : response.status);
    } catch { found.push("refused"); }
  }
  navigator.sendBeacon(`${url}/api/auth/acme-support/signup`, signup);
  const frame = document.createElement("iframe");
  frame.name = "sink";
  const form = document.createElement("form");
  form.method = "POST"; form.enctype = "text/plain"; form.target = "sink";
  form.action = `${url}/api/auth/acme-support/signup`;
  const field = document.createElement("input");
  field.name = signup.slice(0, -1) + ',"x":"'; field.value = '"}';
  form.append(field); document.body.append(frame, form);
  await new Promise((done) => { frame.onload = done; form.submit(); });
  const image = new Image();
  await new Promise((done) => { image.onload = image.onerror = done; image.src = tickets; });
  return found;
}"""


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine (Debian: apt-get install chromium)")
async def test_pages_of_other_origins_can_do_nothing() -> None:
    """Pages of another origin, or with DNS rebinding, can neither read nor change anything."""
    api = pytest.importorskip("playwright.async_api", reason="playwright is not installed (it is in the extra 'dev')")
    rebound = "--host-resolver-rules=MAP rebound.example 127.0.0.1"
    async with api.async_playwright() as playwright, Sandbox() as sandbox, page_of_another_origin() as other_origin:
        running = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*ARGUMENTS, rebound], timeout=120_000
        )
        try:
            store = sandbox._running().store
            before = list(store._connection.iterdump())
            started = sandbox.clock.time()
            team = sandbox.default_team
            page = await running.new_page()
            await page.goto(other_origin)
            found = await page.evaluate(ATTACKS, [sandbox.base_url, team.id, team.secret_key])
            assert set(found) <= {"refused", "opaque"}
            port = sandbox.base_url.rpartition(":")[2]
            address = f"http://rebound.example:{port}"
            await page.goto(f"{address}/_sandbox/")
            assert await page.evaluate(ATTACKS, [address, team.id, team.secret_key]) == [403] * 7
            assert list(store._connection.iterdump()) == before
            assert sandbox.clock.time() == started
            assert len(sandbox.requests) == 0
        finally:
            await running.close()
