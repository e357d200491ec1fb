"""Where `cstar listen` gets its events: the stream, or the list of the service, asked again and again."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any, cast

import pytest

from cstar_async import Quota
from cstar_async._generated.operations import load
from cstar_async.cli import polling
from cstar_async.cli.event_source import stream
from cstar_async.cli.exits import CommandError
from cstar_async.errors import ServerError
from cstar_async.sandbox import Sandbox
from tests.cli.service import front, served
from tests.support.receiver import receiver

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async.cli.forwarding import Forwarder
    from tests.cli.service import Shell


class Taken:
    """In place of a forwarder: what it takes."""

    def __init__(self, last: str | None = None) -> None:
        self.last = last
        self.kinds: list[str] = []

    def begin(self, event_id: str) -> None:
        self.last = event_id

    async def take(self, body: bytes) -> None:
        event = json.loads(body)
        self.kinds.append(event["type"])
        self.last = event["id"]


async def test_a_service_without_a_stream(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says so and names --poll, with exit code 6; --poll forwards the events of the list. The deadline ends it."""
    monkeypatch.setattr(polling, "SHORTEST", 0.05)
    async with Sandbox() as sandbox, receiver() as target, sandbox.client() as cstar:
        with front(sandbox, "/events/stream") as url:
            shell.use(sandbox.default_team, CSTAR_BASE_URL=url)
            ran = await asyncio.to_thread(shell, "listen", "--to", target.url)
            assert (ran.code, ran.out) == (6, "")
            assert "no stream of events" in ran.message
            assert "--poll" in ran.message
            ticket = await cstar.tickets.create(title="Fire")
            await cstar.tickets.update(ticket.id, status="closed")
            words = ["--poll", "--interval", "0.1", "--deadline", "1", "--events", "ticket.*"]
            ran = await asyncio.to_thread(shell, "listen", "--to", target.url, *words)
    assert ran.code == 0, ran.err
    assert "which takes 36000 of 1000 requests an hour" in ran.err
    kinds = ["ticket.created", "ticket.updated", "ticket.closed"]
    assert target.types == [each["type"] for each in ran.lines] == kinds


async def test_polling_finds_what_is_new(capsys: pytest.CaptureFixture[str]) -> None:
    """New items are found, oldest first; the cost is said; it ends at the quota's reserve."""
    quota = Quota(reserve=0.98)
    async with Sandbox() as sandbox, sandbox.client(quota=quota) as cstar, sandbox.client() as other:
        await cstar.tickets.create(title="Before")
        looks = polling.new_items(cstar, load("events.list"), {}, None, 0.01)
        asking = asyncio.ensure_future(anext(looks))
        await asyncio.sleep(0.2)
        for number in range(3):
            await other.customers.create(name="Jo", email=f"jo{number}@example.com")
        found: list[Any] = []
        while len(found) < 3:
            found += await asking
            asking = asyncio.ensure_future(anext(looks))
        assert [each["data"]["email"] for each in found] == [f"jo{number}@example.com" for number in range(3)]
        assert "requests an hour" in capsys.readouterr().err
        with pytest.raises(CommandError, match="are left to others") as caught:
            while True:
                await asking
                asking = asyncio.ensure_future(anext(looks))
        assert caught.value.exit == 5
        assert cstar.quota.remaining == cstar.quota.reserve == 980


async def test_polling_goes_on_after_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    """A look that the service does not answer is repeated and nothing is left out; if the first one fails, it ends."""
    async with Sandbox() as sandbox, sandbox.client(max_retries=0) as cstar:
        sandbox.faults.add(path="events.list", status=503)
        with pytest.raises(ServerError):
            await anext(polling.new_items(cstar, load("events.list"), {}, "", 0.01))
        looks = polling.new_items(cstar, load("events.list"), {}, "", 0.01)
        assert list(await anext(looks)) == []
        sandbox.faults.add(path="events.list", status=503)
        sandbox.faults.add(path="events.list", reset=True)
        await cstar.customers.create(name="Jo", email="jo@example.com")
        assert [each["type"] for each in await anext(looks)] == ["customer.created"]
        await looks.aclose()
    assert capsys.readouterr().err.count("looking again in 0.01 s: ") == 2


async def test_events_before_the_first_connection_are_not_left_out() -> None:
    """In a team without events there is no place in the stream to continue from: the list has what it leaves out."""
    with Sandbox() as sandbox:

        def happen(kind: str) -> None:
            body = json.dumps({"event": kind}).encode()
            url, headers = f"{sandbox.base_url}/_sandbox/trigger", {"Content-Type": "application/json"}
            urllib.request.urlopen(urllib.request.Request(url, body, headers)).close()

        class Late(Taken):
            def begin(self, event_id: str) -> None:
                super().begin(event_id)
                happen("customer.created")  # after the list was read, and before the stream is connected

        taken = Late()
        async with sandbox.client() as cstar, asyncio.timeout(10):
            watch = partial(_on_connection, happen)
            listening = asyncio.ensure_future(stream(cstar, cast("Forwarder", taken), (), watch))
            while len(taken.kinds) < 2:
                await asyncio.sleep(0.01)
            listening.cancel()
            await asyncio.wait({listening})
    assert taken.kinds[:2] == ["customer.created", "article.created"]


def _on_connection(happen: Callable[[str], None], connected: bool) -> None:  # as the stream calls it
    if connected:
        happen("article.created")


async def test_an_answer_that_is_not_a_stream_ends_it(shell: Shell, sandbox: Sandbox) -> None:
    """It is an error at once, since another answer would cost a request each."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path.partition("?")[0].rpartition("/")[2])
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'{"success": true, "data": [], "pagination": {"hasMore": false}}')

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with served(Handler) as url:
        shell.use(sandbox.team(), CSTAR_BASE_URL=url)
        ran = await asyncio.to_thread(shell, "listen", "--to", "localhost:9", "--deadline", "10")
    assert (ran.code, asked) == (1, ["events", "stream"])
    assert "expected the content type text/event-stream" in ran.message
