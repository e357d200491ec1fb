"""Who may use the control API."""

from __future__ import annotations

import pytest

from cstar_async.sandbox import Sandbox
from cstar_async.sandbox.control.auth import Access
from cstar_async.sandbox.http.hosts import is_loopback
from tests.sandbox.control_api import Control, control_of

TOKEN = "a token for this test alone"


@pytest.mark.parametrize(
    "host", ["evil.example.com", "evil.example.com:80", "169.254.1.1", "[::2]", "localhost.evil.com", "["]
)
async def test_a_foreign_host_is_refused(control: Control, host: str) -> None:
    """A request with a foreign Host is refused, and shows no keys."""
    error = await control.send("GET", "/teams", status=403, headers={"Host": host})
    assert "Host" in error["error"]["message"]
    assert "sk_test" not in str(error)


@pytest.mark.parametrize("host", ["localhost:4010", "127.0.0.1", "127.8.8.8:1", "[::1]:80"])
async def test_every_loopback_name_is_accepted(control: Control, host: str) -> None:
    """Every loopback name and address is accepted as Host."""
    await control.send("GET", "/teams", headers={"Host": host})


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example.com"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
async def test_a_page_of_another_origin_is_refused(control: Control, headers: dict[str, str]) -> None:
    """A request from a page of another origin is refused."""
    await control.send("POST", "/clock/advance", {"hours": 1}, status=403, headers=headers)
    assert (await control.send("GET", "/clock"))["time"] == "2026-03-02T09:00:00.000Z"


async def test_only_json_bodies_are_accepted(control: Control) -> None:
    """Only JSON bodies are accepted."""
    url = f"{control.sandbox.base_url}/_sandbox/clock/advance"
    async with control.session.post(url, data=b'{"hours": 1}', headers={"Content-Type": "text/plain"}) as response:
        assert response.status == 415
        assert "application/json" in (await response.json())["error"]["message"]


def test_loopback_addresses_are_recognised() -> None:
    """Loopback addresses are recognised in every form, and others are not."""
    assert all(
        is_loopback(each) for each in ("127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1", "LOCALHOST", "::1%lo")
    )
    assert not any(is_loopback(each) for each in ("10.0.0.1", "::ffff:10.0.0.1", "example.com", "", "0.0.0.0"))


async def test_every_request_needs_the_token() -> None:
    """With a token every request needs it, whatever its Host."""
    async with Sandbox(token=TOKEN) as sandbox, control_of(sandbox) as control:
        for wrong in (
            {},
            {"Authorization": f"Bearer {TOKEN[:-1]}"},
            {"Authorization": TOKEN},
            {"Cookie": "cstar_sandbox_1=x"},
        ):
            error = await control.send("GET", "/teams", status=401, headers=wrong)
            assert TOKEN not in str(error)
        accepted = {"Authorization": f"Bearer {TOKEN}", "Host": "desk.example.com"}
        assert (await control.send("GET", "/teams", headers=accepted))["teams"]
        await control.send("GET", "/health")
        assert TOKEN not in repr(vars(sandbox)) + repr(vars(sandbox._access))


async def test_a_browser_exchanges_the_token_for_a_cookie() -> None:
    """A browser exchanges the token for a cookie that other origins cannot use."""
    async with Sandbox(token=TOKEN) as sandbox, control_of(sandbox) as control:
        await control.refused("POST", "/session", {"token": "not the token at all"}, status=403)
        url = f"{sandbox.base_url}/_sandbox/session"
        async with control.session.post(url, json={"token": TOKEN}) as response:
            cookie = response.headers["Set-Cookie"]
        assert TOKEN not in cookie
        assert all(word in cookie for word in ("HttpOnly", "SameSite=Strict", "Path=/_sandbox"))
        pair = {"Cookie": cookie.partition(";")[0]}
        assert (await control.send("GET", "/teams", headers=pair))["teams"]
        await control.send(
            "POST", "/clock/advance", {"hours": 1}, status=403, headers={**pair, "Origin": "http://evil.example"}
        )


@pytest.mark.parametrize("token", ["", "short", "a b\nc" * 5, "é" * 20])
def test_an_invalid_token_is_refused(token: str) -> None:
    """A token that is short or not printable is refused, and not shown."""
    with pytest.raises(ValueError, match="16 printable") as caught:
        Access(token)
    assert not token or token not in str(caught.value)
