"""The timeline of the sandbox over HTTP."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import orjson
import pytest

from tests.sandbox.control_api import Control, control_of
from tests.sandbox.delivery.test_worker import read_frames, scene

if TYPE_CHECKING:
    import aiohttp


async def read_items(response: aiohttp.ClientResponse, count: int) -> list[dict[str, str]]:
    """The next items of a new stream, after its retry interval."""
    first, *items = await read_frames(response.content, count + 1)
    assert first == {"retry": "500"}
    return items


async def test_the_items_of_a_request_have_its_id() -> None:
    """Request, change, event and attempt have the same request id."""
    async with scene(events=("ticket.created",)) as s, control_of(s.sandbox) as control:
        response = await s.cstar.tickets.create(title="Café on fire").response()
        await s.sandbox.settled()
        timeline = await control.send("GET", f"/timeline?team={s.sandbox.default_team.id}")
        items = [each for each in timeline["items"] if each.get("requestId") == response.request_id]
        assert [each["kind"] for each in items] == ["request", "change", "event", "attempt"]
        assert items[2]["about"] == "Café on fire"
        assert (items[3]["status"], items[3]["answer"], items[3]["attempt"]) == (200, "thank you", 1)
        after = await control.send("GET", f"/timeline?after={timeline['last']}")
        assert after == {"items": [], "last": timeline["last"]}


async def test_faults_and_repeated_answers_are_marked(control: Control) -> None:
    """Requests with a fault and repeated answers are marked."""
    control.sandbox.fail_next()
    async with control.sandbox.client(max_retries=1) as cstar:
        await cstar.tickets.create(title="x").options(idempotency_key="k")
        await cstar.tickets.create(title="x").options(idempotency_key="k")
    items = (await control.send("GET", "/timeline?kind=request"))["items"]
    marks = [(each["status"], each["fault"], each["replayed"]) for each in items]
    assert marks == [(503, 1, False), (201, None, False), (201, None, True)]


async def test_the_stream_continues_after_the_last_id(control: Control) -> None:
    """The stream continues after the last id."""
    url = f"{control.sandbox.base_url}/_sandbox/timeline/stream"
    async with control.sandbox.client() as cstar:
        async with control.session.get(url) as response:
            assert response.headers["Content-Type"] == "text/event-stream"
            await cstar.tickets.create(title="A")
            first = await read_items(response, 2)
        await cstar.tickets.create(title="B")
        async with control.session.get(url, headers={"Last-Event-ID": first[-1]["id"]}) as response:
            frames = await read_items(response, 4)
    items = [orjson.loads(each["data"]) for each in frames]
    assert [each["number"] for each in items] == [3, 4, 5, 6]
    assert [each["kind"] for each in items] == ["event", "request", "change", "event"]


@pytest.mark.parametrize("last_id", ["0123abcd-5", "another-x", "-1"])
async def test_an_id_of_another_run_restarts_the_stream(control: Control, last_id: str) -> None:
    """An id of another run restarts the stream from the beginning."""
    async with control.sandbox.client() as cstar:
        await cstar.auth.whoami()
    url = f"{control.sandbox.base_url}/_sandbox/timeline/stream"
    async with control.session.get(url, headers={"Last-Event-ID": last_id}) as response:
        frames = await read_items(response, 1 if last_id == "-1" else 2)
    assert [each.get("event") for each in frames] == ([] if last_id == "-1" else ["restart"]) + [None]
    assert orjson.loads(frames[-1]["data"])["number"] == 1


async def test_the_stream_reports_lost_items(control: Control) -> None:
    """The stream reports how many items are no longer kept."""
    timeline = control.sandbox._running().application.timeline
    for number in range(5_003):
        timeline.add("control", "2026-03-02T09:00:00.000Z", "", action="test.made", details={"n": number})
    url = f"{control.sandbox.base_url}/_sandbox/timeline/stream"
    async with control.session.get(url, headers={"Last-Event-ID": f"{timeline.run}-1"}) as response:
        gap, first = await read_items(response, 2)
    assert (gap["event"], orjson.loads(gap["data"])) == ("gap", {"missed": 2})
    assert orjson.loads(first["data"])["number"] == 4


async def test_closing_ends_open_streams(control: Control) -> None:
    """Closing the sandbox ends open streams."""
    response = await control.session.get(f"{control.sandbox.base_url}/_sandbox/timeline/stream")
    async with asyncio.timeout(30):
        await control.sandbox.close()
    response.close()


async def test_the_page_has_a_strict_policy(control: Control) -> None:
    """The page has a strict content security policy."""
    url = f"{control.sandbox.base_url}/_sandbox"
    async with control.session.get(url) as response:
        assert str(response.url) == control.sandbox.inspector_url
        policy = response.headers["Content-Security-Policy"]
        page = await response.text()
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; ")
    assert "unsafe" not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert not any(word in page for word in ("style=", "onclick", "http://", "https://"))
