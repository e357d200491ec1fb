"""The examples run and print what they should."""

from __future__ import annotations

import asyncio
import datetime as dt
import fcntl
import gc
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from cstar_async.sandbox import Sandbox
from cstar_async.webhooks import sign

from .webhooks.clock import ManualClock
from .webhooks.deliveries import SECRET, deliver

if TYPE_CHECKING:
    from collections.abc import Callable

    from cstar_async.webhooks import EventDispatcher

EXAMPLES = Path(__file__).parent.parent / "examples"


def load(name: str) -> dict[str, Any]:
    """The names of an example, without running its main."""
    return runpy.run_path(str(EXAMPLES / name))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("tour.py", ["0 failed", "and 0 were missed", "NotFoundError: 404", "param='priority'", "two calls: 2"]),
        ("ticket_from_form.py", ["201 {'ticket': 'tkt_", "400 {'error':", "'field': 'title'"]),
        ("search_and_filter.py", ["urgent and open: Everything is down", "issue: Billing issue", "of Jane: Ev"]),
        ("close_stale_tickets.py", ["450 changes in 5 requests", "450 closed with 5 requests", "0 are pending"]),
        (
            "receive_updates.py",
            ['"duplicate":false', '"duplicate":true', "('tkt_abc123', 'Café is closed', 'open', 1)"],
        ),
        ("customer_portal.py", ["300 answers to 100 customers, 100 renewals", "{'slug': 'dark-mode'}", "204 401"]),
        (
            "relay_to_broker.py",
            ["200 ticket.closed", "['cstar.ticket.created', 'cstar.ticket.updated', 'cstar.ticket.c"],
        ),
    ],
)
async def test_examples_print_the_expected_text(
    name: str, expected: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An example runs and prints the expected text."""
    monkeypatch.delenv("CSTAR_API_KEY", raising=False)
    await load(name)["main"]()
    printed = capsys.readouterr().out
    assert [text for text in expected if text not in printed] == []


def test_every_example_is_tested() -> None:
    """Every example is in these tests."""
    assert {path.name for path in EXAMPLES.glob("*.py")} == {
        "tour.py",
        "ticket_from_form.py",
        "search_and_filter.py",
        "receive_updates.py",
        "close_stale_tickets.py",
        "customer_portal.py",
        "relay_to_broker.py",
        "dashboard.py",  # tests/live/test_textual.py
    }


async def test_closing_stale_tickets_can_be_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The example changes nothing by default, and continues where it was interrupted."""
    example = load("close_stale_tickets.py")
    async with Sandbox() as sandbox, sandbox.client() as cstar:
        await example["fill"](cstar)
        sandbox.clock.advance(days=31)
        before = dt.datetime.fromtimestamp(sandbox.clock.time(), dt.UTC)
        assert await example["close"](cstar, tmp_path, before, go=False) is None
        assert await cstar.tickets.list(status="pending").count() == 450
        monkeypatch.setattr("builtins.print", _Interrupting(after=2))
        with pytest.raises(KeyboardInterrupt):
            await example["close"](cstar, tmp_path, before, go=True)
        monkeypatch.undo()
        # In this process the interrupted job keeps its journal locked until the loop has closed it.
        gc.collect()
        while not _is_free(tmp_path / "stale-tickets.journal"):
            await asyncio.sleep(0)
        report = await example["close"](cstar, tmp_path, before, go=True)
        assert (report.succeeded, await cstar.tickets.list(status="pending").count()) == (450, 0)
        assert report.resumed > 0
        assert list(tmp_path.iterdir()) == []
    assert "450 closed" in capsys.readouterr().out


def _is_free(journal: Path) -> bool:
    with journal.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


class _Interrupting:
    """A print that raises KeyboardInterrupt after `after` lines."""

    def __init__(self, after: int) -> None:
        self.left = after

    def __call__(self, *_: object) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


async def test_the_form_answers_503_in_an_outage() -> None:
    """The web form answers 503 while cStar is down."""
    make_app: Callable[..., Any] = load("ticket_from_form.py")["make_app"]
    async with Sandbox() as sandbox, TestClient(TestServer(make_app(sandbox.client()))) as browser:
        sandbox.fail_next(10, status=503)
        answer = await browser.post("/contact", data={"subject": "Hello", "name": "Ada"})
        assert answer.status == 503


async def test_the_receiver_refuses_unsigned_deliveries_and_writes_each_event_once(tmp_path: Path) -> None:
    """The receiver refuses unsigned deliveries and writes each event once."""
    example = load("receive_updates.py")
    database = tmp_path / "desk.db"
    events: EventDispatcher = example["make_events"](f"sqlite:///{database}", "whsec_test")

    def event(number: int, status: str) -> bytes:
        now = dt.datetime.now(dt.UTC).isoformat()
        return (
            f'{{"id":"evt_{number}","type":"ticket.updated","created_at":"{now}","team_id":"t",'
            f'"data":{{"id":"tkt_1","title":"x","status":"{status}"}}}}'
        ).encode()

    async with TestClient(TestServer(example["make_app"](events))) as cstar:
        assert (await cstar.post("/webhooks/cstar", data=event(0, "open"))).status == 401
        for body in [event(1, "open"), event(2, "closed")]:
            for _ in range(3):
                headers = {"X-Signature": sign(body, "whsec_test")}
                assert (await cstar.post("/webhooks/cstar", data=body, headers=headers)).status == 200
        await events.drain()
    assert example["rows"](database) == [("tkt_1", "x", "closed", 2)]


async def test_the_relay_keeps_the_order_in_an_outage_of_the_broker() -> None:
    """The relay publishes all events in order after an outage of the broker."""
    example = load("relay_to_broker.py")
    broker = example["List"]()
    broker.away = 5
    clock = ManualClock()
    events: EventDispatcher = example["make_relay"]("memory:", SECRET, broker.publish, clock)
    await deliver(events, clock, 1, 2, 3)
    for _ in range(6):
        assert len(broker.messages) in {0, 3}
        await events.drain()
        clock.advance(1)
    assert list(broker.messages) == ["evt_1", "evt_2", "evt_3"]
    assert {subject for subject, _ in broker.messages.values()} == {"cstar.ticket.updated"}
    await events.close()
