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
from tests.support.receiver import Receiver, receiver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, Page

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = (
    *("--headless", "--no-sandbox", "--no-first-run", "--disable-dev-shm-usage", "--disable-gpu", "--disable-quic"),
    *("--disable-component-update", "--disable-background-networking", "--disable-sync"),
)
TOKEN = "a token for this test alone"
BIDI_MARKS = "\u202egnihsif\u202c \u200fabc\u200e"
HOSTILE = f"<img src=x onerror=\"document.title='had'\"><script>document.title='had'</script> {BIDI_MARKS} "
LONG = HOSTILE + "x" * 300
BODY = HOSTILE + "y" * 10_000

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on this machine (Debian: apt-get install chromium)"
)


class OpenPage(NamedTuple):
    """A page, and its console output, errors and dialogs."""

    page: Page
    messages: list[str]


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


async def open_page(running: Browser, url: str, *, width: int = 1280) -> OpenPage:
    """Open a page, and collect its console output, errors and dialogs."""
    page = await running.new_page(viewport={"width": width, "height": 800})
    page.set_default_timeout(30_000)
    opened = OpenPage(page, [])
    page.on("console", lambda each: opened.messages.append(f"{each.type}: {each.text}"))
    page.on("pageerror", lambda each: opened.messages.append(str(each)))
    page.on("dialog", lambda each: opened.messages.append(each.message))
    await page.goto(url)
    return opened


async def test_the_page() -> None:
    """The inspector shows and controls the sandbox (one test, since a browser takes a second to start)."""
    async with browser() as running, receiver() as hook, Sandbox(clock=VirtualClock(MONDAY)) as sandbox:
        opened = await open_page(running, sandbox.inspector_url)
        await starts_empty_and_live(opened.page)
        await shows_the_timeline(opened.page, sandbox, hook)
        await shows_hostile_text_as_text(opened.page)
        await resends(opened.page, hook)
        await filters_and_follows_the_keyboard(opened.page)
        await controls_the_sandbox(opened.page, sandbox)
        # The browser logs the one intended 400.
        assert [each for each in opened.messages if "400 (Bad Request)" not in each] == []
        opened.messages.clear()
        await fits_a_narrow_window(opened.page)
        assert opened.messages == []
        await opened.page.close()
        await asks_for_the_token(running)


async def starts_empty_and_live(page: Page) -> None:
    """The page is empty at first, shows a message about it, and is connected."""
    await page.wait_for_selector("#connection[data-state=live]")
    assert await page.inner_text("#connection") == "Live"
    assert "Nothing has happened yet" in await page.inner_text("#empty")
    await page.locator("#clock", has_text="2026-03-02 09:00:00").wait_for()


async def shows_the_timeline(page: Page, sandbox: Sandbox, hook: Receiver) -> None:
    """Request, change, event and attempt are shown as a group, in order."""
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
    assert BIDI_MARKS in text
    assert await page.locator(".list img, .list script, #details img, #details script").count() == 0
    assert await page.title() == "cStar sandbox"
    assert await page.evaluate("document.documentElement.scrollWidth") <= 1280


async def resends(page: Page, hook: Receiver) -> None:
    """The button sends the same delivery again, and the page shows the outcome."""
    await page.click(".resend")
    await page.locator("#details .tried").nth(1).wait_for()
    await page.locator(".line.is-attempt", has_text="attempt 2").wait_for()
    assert len(hook.received) == 2
    assert hook.received[0].body == hook.received[1].body
    resent = page.locator(".line.is-control", has_text="delivery resent")
    await resent.wait_for()
    assert await resent.count() == 1


async def filters_and_follows_the_keyboard(page: Page) -> None:
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


async def controls_the_sandbox(page: Page, sandbox: Sandbox) -> None:
    """The page advances the clock, adds faults and pauses the timeline."""
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


def reusable_port() -> int:
    """A free port outside the range of automatic ports, so that it is still free after a restart."""
    while True:
        port = random.randrange(20_000, 30_000)
        with socket.socket() as tried, suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port


async def asks_for_the_token(running: Browser) -> None:
    """The page asks for the token, and reconnects after a restart."""
    port = reusable_port()
    first = Sandbox(port=port, token=TOKEN)
    async with first:
        opened = await open_page(running, first.inspector_url)
        await opened.page.fill("#token", "not the token at all")
        await opened.page.click("#sign-in button")
        await opened.page.locator("#sign-in-error", has_text="not the sandbox's token").wait_for()
        await opened.page.fill("#token", TOKEN)
        await opened.page.click("#sign-in button")
        await opened.page.wait_for_selector("#connection[data-state=live]")
        async with first.client() as cstar:
            await cstar.auth.whoami()
        await opened.page.locator(".line", has_text="whoami").wait_for()
    await opened.page.locator("#connection", has_text="Disconnected").wait_for()
    async with Sandbox(port=port) as second, second.client() as cstar:
        await cstar.tickets.list()
        await opened.page.wait_for_selector("#connection[data-state=live]")
        await opened.page.locator(".divider", has_text="started again").wait_for()
        await opened.page.locator(".line", has_text="GET /tickets").wait_for()
    await opened.page.close()
