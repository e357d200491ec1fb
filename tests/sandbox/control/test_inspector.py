"""The inspector in a real browser: Debian's chromium, driven by playwright."""

from __future__ import annotations

import random
import shutil
import socket
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, NamedTuple

import pytest

from cstar_async.sandbox import Sandbox, VirtualClock
from tests.sandbox.conftest import MONDAY
from tests.sandbox.delivery.test_worker import Receiver, receiver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-dev-shm-usage",
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-component-update",
    "--disable-background-networking", "--disable-sync",
)  # fmt: skip
TOKEN = "a token for this test alone"
MARKS = "\u202egnihsif\u202c \u200fabc\u200e"
HOSTILE = f"<img src=x onerror=\"document.title='had'\"><script>document.title='had'</script> {MARKS} "
LONG = HOSTILE + "x" * 300
BODY = HOSTILE + "y" * 10_000

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on this machine (Debian: apt-get install chromium)"
)


class Seen(NamedTuple):
    """A page, and its errors."""

    page: Page
    complaints: list[str]


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """A browser for all pages of a test."""
    api = pytest.importorskip("playwright.async_api", reason="playwright is not installed (it is in the extra 'dev')")
    async with api.async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS), timeout=120_000)
        try:
            yield running
        finally:
            await running.close()


async def look(running: Browser, url: str, *, width: int = 1280) -> Seen:
    """Open the page, and collect its errors, policy violations and failed requests."""
    page = await running.new_page(viewport={"width": width, "height": 800})
    page.set_default_timeout(30_000)
    seen = Seen(page, [])
    page.on("console", lambda each: seen.complaints.append(f"{each.type}: {each.text}"))
    page.on("pageerror", lambda each: seen.complaints.append(str(each)))
    page.on("dialog", lambda each: seen.complaints.append(each.message))
    await page.goto(url)
    return seen


async def test_the_page() -> None:
    """The inspector works, in one test as a browser takes a second to start."""
    async with browser() as running, receiver() as hook, Sandbox(clock=VirtualClock(MONDAY)) as sandbox:
        seen = await look(running, sandbox.inspector_url)
        await starts_empty_and_live(seen.page)
        await tells_the_story(seen.page, sandbox, hook)
        await shows_hostile_text_as_text(seen.page)
        await sends_again(seen.page, hook)
        await filters_and_is_used_with_keys(seen.page)
        await turns_knobs(seen.page, sandbox)
        # The browser logs the one intended 400.
        assert [each for each in seen.complaints if "400 (Bad Request)" not in each] == []
        seen.complaints.clear()
        await fits_a_narrow_window(seen.page)
        assert seen.complaints == []
        await seen.page.close()
        await asks_for_the_token(running)


async def starts_empty_and_live(page: Page) -> None:
    """The page begins empty, says so, and is connected."""
    await page.wait_for_selector("#connection[data-state=live]")
    assert await page.inner_text("#connection") == "Live"
    assert "Nothing has happened yet" in await page.inner_text("#empty")
    await page.locator("#clock", has_text="2026-03-02 09:00:00").wait_for()


async def tells_the_story(page: Page, sandbox: Sandbox, hook: Receiver) -> None:
    """Request, change, event and attempt are shown together, in order."""
    async with sandbox.client() as cstar:
        await cstar.webhooks.create(name="w", url=hook.url, events=["ticket.created"])
        response = await cstar.tickets.create(title=LONG, initial_message=BODY).response()
    await sandbox.settled()
    group = page.locator(".group", has_text="POST /tickets")
    await group.locator(".is-attempt").wait_for()
    kinds = await group.locator(".line .kind").all_inner_texts()
    assert kinds == ["request", "change", "event", "attempt"]
    assert "thank you" in await group.locator(".is-attempt").inner_text()
    await group.locator(".is-request").click()
    details = page.locator("#details")
    await details.get_by_text(str(response.request_id)).first.wait_for()
    await details.locator("summary").first.click()
    headers = await details.locator(".headers").first.inner_text()
    assert sandbox.default_team.secret_key not in headers
    assert "Bearer sk_test_" in headers


async def shows_hostile_text_as_text(page: Page) -> None:
    """Hostile text is shown as text and changes neither the page nor its layout."""
    line = page.locator(".line.is-event", has_text="ticket.created").first
    about = line.locator("bdi")
    assert (await about.text_content() or "").startswith(HOSTILE[:100])
    await line.click()
    payload = page.locator("#details pre").last
    await payload.filter(has_text="<script>").wait_for()
    text = await payload.text_content() or ""
    assert "<script>document.title='had'</script>" in text
    assert MARKS in text
    assert await page.locator(".list img, .list script, #details img, #details script").count() == 0
    assert await page.title() == "cStar sandbox"
    assert await page.evaluate("document.documentElement.scrollWidth") <= 1280


async def sends_again(page: Page, hook: Receiver) -> None:
    """The button sends the same delivery again, and the page shows the outcome."""
    await page.click(".resend")
    await page.locator("#details .tried").nth(1).wait_for()
    await page.locator(".line.is-attempt", has_text="attempt 2").wait_for()
    assert len(hook.got) == 2
    assert hook.got[0].body == hook.got[1].body
    resent = page.locator(".line.is-control", has_text="delivery resent")
    await resent.wait_for()
    assert await resent.count() == 1


async def filters_and_is_used_with_keys(page: Page) -> None:
    """Filters hide the right lines, and lines can be reached by keyboard."""
    await page.get_by_role("button", name="change", exact=True).click()
    assert await page.locator(".line.is-change:visible").count() == 0
    await page.get_by_role("button", name="change", exact=True).click()
    await page.locator("body").click(position={"x": 5, "y": 780})
    await page.keyboard.press("/")
    await page.keyboard.type("POST nothing at all")
    await page.get_by_text("Nothing here matches the filters.").wait_for()
    await page.fill("#text", "webhooks")
    assert await page.locator(".line.is-request:visible").count() == 1
    await page.fill("#text", "")
    await page.keyboard.press("Escape")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.wait_for_function("document.activeElement.classList.contains('line')")
    await page.keyboard.press("Enter")
    chosen = page.locator(".line[aria-current=true]")
    await chosen.wait_for()
    assert await chosen.count() == 1


async def turns_knobs(page: Page, sandbox: Sandbox) -> None:
    """Clock, faults and pause of the page control the sandbox."""
    await page.get_by_role("button", name="+1 h").click()
    await page.locator("#clock", has_text="2026-03-02 10:00:00").wait_for()
    await page.click("#tab-faults")
    await page.fill("#faults [name=path]", "/customers")
    await page.fill("#faults [name=status]", "503")
    await page.locator("#faults button.primary").first.click()
    await page.locator("#tab-faults", has_text="Faults (1)").wait_for()
    assert [(rule.path, rule.status) for rule in sandbox.faults.requests] == [("/customers", 503)]
    await page.fill("#faults [name=status]", "")
    await page.locator("#faults button.primary").first.click()
    await page.locator("#notice.is-bad", has_text="needs a status").wait_for()
    await page.click("#pause")
    async with sandbox.client(max_retries=1) as cstar:
        await cstar.customers.list()
    await page.locator("#pause", has_text="Go on (2)").wait_for()
    assert await page.locator(".line.is-request", has_text="/customers").count() == 0
    await page.click("#pause")
    await page.locator(".line.is-request", has_text="fault 1").wait_for()
    await page.locator("#tab-faults", has_text="Faults").wait_for()
    await page.click("#clear")
    await page.reload()
    await page.wait_for_selector("#connection[data-state=live]")
    assert await page.locator(".line").count() == 0


async def fits_a_narrow_window(page: Page) -> None:
    """The page fits 400 pixels, and the details can be closed."""
    await page.set_viewport_size({"width": 400, "height": 800})
    await page.click("[data-advance='seconds:30']")
    await page.locator(".line", has_text="clock advanced").click()
    await page.wait_for_function("document.activeElement.id === 'details'")
    await page.click("#close-side")
    await page.click("#open-side")
    await page.click("#tab-settings")
    await page.locator("#settings select").first.wait_for()
    await page.wait_for_function("document.documentElement.scrollWidth === 400")
    await page.keyboard.press("Escape")
    await page.locator("#side").wait_for(state="hidden")


def lasting_port() -> int:
    """A free port outside the range of automatic ports, so that it is still free after a restart."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port


async def asks_for_the_token(running: Browser) -> None:
    """The page asks for the token, and reconnects after a restart."""
    port = lasting_port()
    first = Sandbox(port=port, token=TOKEN)
    async with first:
        seen = await look(running, first.inspector_url)
        await seen.page.fill("#token", "not the token at all")
        await seen.page.click("#sign-in button")
        await seen.page.locator("#sign-in-error", has_text="not the sandbox's token").wait_for()
        await seen.page.fill("#token", TOKEN)
        await seen.page.click("#sign-in button")
        await seen.page.wait_for_selector("#connection[data-state=live]")
        async with first.client() as cstar:
            await cstar.auth.whoami()
        await seen.page.locator(".line", has_text="whoami").wait_for()
    await seen.page.locator("#connection", has_text="Disconnected").wait_for()
    async with Sandbox(port=port) as second, second.client() as cstar:
        await cstar.tickets.list()
        await seen.page.wait_for_selector("#connection[data-state=live]")
        await seen.page.locator(".divider", has_text="started again").wait_for()
        await seen.page.locator(".line", has_text="GET /tickets").wait_for()
    await seen.page.close()
