"""Deliveries to a real receiver over real sockets, on the sandbox's clock."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp
import orjson
import pytest

from cstar_async.errors import ConflictError
from cstar_async.sandbox import Sandbox, VirtualClock
from cstar_async.sandbox.delivery.worker import RETRY_AFTER
from cstar_async.sandbox.switches import Switches
from cstar_async.webhooks import verify_signature
from tests.sandbox.conftest import MONDAY
from tests.support.receiver import receiver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cstar_async import CStarClient
    from tests.support.receiver import Receiver

RETRY_PERIOD = sum(RETRY_AFTER)


class Scene(NamedTuple):
    """A sandbox, a client, and a receiver that is subscribed to events."""

    sandbox: Sandbox
    cstar: CStarClient
    hook: Receiver
    secret: str
    webhook_id: str


@asynccontextmanager
async def scene(events: tuple[str, ...] = ("*",), **options: Any) -> AsyncIterator[Scene]:
    """A sandbox, a client and a subscribed receiver."""
    options = {"clock": VirtualClock(MONDAY)} | options
    async with receiver() as hook, Sandbox(**options) as sandbox, sandbox.client(max_retries=0) as cstar:
        webhook = await cstar.webhooks.create(name="all", url=hook.url, events=list(events))
        assert webhook.secret is not None
        yield Scene(sandbox, cstar, hook, webhook.secret, webhook.id)


async def test_a_delivery_has_the_documented_headers() -> None:
    """A delivery has the event, the documented headers and a valid signature."""
    async with scene() as s:
        response = await s.cstar.tickets.create(title="Café on fire").response()
        await s.sandbox.settled()
        (got,) = s.hook.received
        assert got.event["type"] == "ticket.created"
        assert got.event["data"]["title"] == "Café on fire"
        assert got.event["team_id"] == s.sandbox.default_team.id
        assert got.headers["User-Agent"] == "cStar-Webhooks/1.0"
        assert got.headers["X-Event-ID"] == got.event["id"]
        assert got.headers["X-Event-Type"] == "ticket.created"
        assert got.headers["X-Webhook-ID"] == s.webhook_id
        assert got.headers["X-Delivery-Attempt"] == "1"
        assert got.headers["X-Timestamp"].endswith("Z")
        assert got.headers["x-cstar-request-id"] == response.request_id
        assert verify_signature(got.body, got.headers["X-Signature"], s.secret)
        assert not verify_signature(got.body + b" ", got.headers["X-Signature"], s.secret)


async def test_failed_deliveries_are_retried_on_schedule() -> None:
    """Failed deliveries are retried on schedule with the same bytes and id."""
    async with scene() as s:
        s.hook.answers = [500, 503, 404, 302, 429]
        await s.cstar.tickets.create(title="Again")
        for wait in (0, *RETRY_AFTER[:5]):
            s.sandbox.clock.advance(seconds=wait)
            await s.sandbox.settled()
        assert [each.headers["X-Delivery-Attempt"] for each in s.hook.received] == list("123456")
        assert len({each.body for each in s.hook.received}) == 1
        assert len({each.headers["X-Event-ID"] for each in s.hook.received}) == 1
        s.sandbox.clock.advance(days=3)
        await s.sandbox.settled()
        assert len(s.hook.received) == 6


async def test_no_retry_is_sent_before_it_is_due() -> None:
    """No retry is sent before it is due."""
    async with scene() as s:
        s.hook.answers = [500] * 7
        await s.cstar.tickets.create(title="Patience")
        await s.sandbox.settled()
        for count, wait in enumerate(RETRY_AFTER, 1):
            s.sandbox.clock.advance(seconds=wait - 1)
            await s.sandbox.settled()
            assert len(s.hook.received) == count
            s.sandbox.clock.advance(seconds=1)
            await s.sandbox.settled()
            assert len(s.hook.received) == count + 1


async def test_a_delivery_has_seven_attempts() -> None:
    """A delivery that fails has seven attempts, which take no real time."""
    async with scene() as s:
        s.hook.answers = [500] * 20
        await s.cstar.tickets.create(title="Never")
        await s.sandbox.settled()
        started = time.perf_counter()
        s.sandbox.clock.advance(seconds=RETRY_PERIOD)
        await s.sandbox.settled()
        assert time.perf_counter() - started < 60  # 31 hours on the sandbox's clock
        assert [each.headers["X-Delivery-Attempt"] for each in s.hook.received] == list("1234567")
        assert (
            len({(each.body, each.headers["X-Event-ID"], each.headers["X-Signature"]) for each in s.hook.received}) == 1
        )
        s.sandbox.clock.advance(days=30)
        await s.sandbox.settled()
        assert len(s.hook.received) == 7


async def test_only_subscribed_events_are_delivered() -> None:
    """Only subscribed events are delivered, and only to an active webhook."""
    async with scene(("ticket.*",)) as s:
        customer = await s.cstar.customers.create(name="Ada", email="ada@example.com")
        ticket = await s.cstar.tickets.create(title="A", customer_id=customer.id)
        await s.cstar.tickets.update(ticket.id, status="closed")
        await s.sandbox.settled()
        assert s.hook.types == ["ticket.created", "ticket.updated", "ticket.closed"]
        await s.cstar.webhooks.update(s.webhook_id, is_active=False)
        await s.cstar.tickets.create(title="B")
        await s.sandbox.settled()
        assert len(s.hook.received) == 3
        await s.cstar.webhooks.update(s.webhook_id, is_active=True)
        s.hook.answers = [500]
        await s.cstar.tickets.create(title="C")
        await s.sandbox.settled()
        await s.cstar.webhooks.delete(s.webhook_id)
        s.sandbox.clock.advance(days=3)
        await s.sandbox.settled()
        assert len(s.hook.received) == 4


async def test_a_failed_change_emits_nothing() -> None:
    """A failed change emits no event."""
    async with scene() as s:
        await s.cstar.customers.create(name="Ada", email="ada@example.com")
        with pytest.raises(Exception, match="already exists"):
            await s.cstar.customers.create(name="Ada", email="ADA@example.com")
        await s.sandbox.settled()
        assert s.hook.types == ["customer.created"]


@pytest.mark.parametrize(
    ("fault", "titles"),
    [
        ({"drop": True}, ["B", "C"]),
        ({"duplicate": True}, ["A", "A", "B", "C"]),
        ({"reorder": True}, ["B", "A", "C"]),
        ({"delay": 60.0}, ["B", "C"]),
    ],
)
async def test_faults_of_deliveries(fault: dict[str, Any], titles: list[str]) -> None:
    """A fault drops, duplicates, reorders or delays one delivery."""
    async with scene() as s:
        s.sandbox.faults.add_delivery(event="ticket.*", **fault)
        for title in "ABC":
            await s.cstar.tickets.create(title=title)
        await s.sandbox.settled()
        assert [each.event["data"]["title"] for each in s.hook.received] == titles
        s.sandbox.clock.advance(seconds=60)
        await s.sandbox.settled()
        assert len(s.hook.received) == (3 if "delay" in fault else len(titles))


async def test_a_bad_signature_is_sent_once() -> None:
    """A fault makes the signature of one attempt invalid; that of the retry is valid."""
    async with scene() as s:
        s.sandbox.faults.add_delivery(bad_signature=True)
        s.hook.answers = [401]
        await s.cstar.tickets.create(title="A")
        await s.sandbox.settled()
        s.sandbox.clock.advance(seconds=30)
        await s.sandbox.settled()
        valid = [verify_signature(each.body, each.headers["X-Signature"], s.secret) for each in s.hook.received]
        assert valid == [False, True]


async def test_switches_select_the_newer_forms() -> None:
    """Switches select the newer forms of payload and signature."""
    async with scene(switches=Switches(payload="nested", signature="t")) as s:
        customer = await s.cstar.customers.create(name="Ada", email="ada@example.com")
        await s.cstar.tickets.create(title="A", customer_id=customer.id)
        await s.sandbox.settled()
        got = s.hook.received[-1]
        assert got.event["data"]["ticket"]["title"] == "A"
        assert got.event["data"]["customer"]["email"] == "ada@example.com"
        now = s.sandbox.clock.time()
        assert got.headers["X-Signature"].startswith(f"t={int(now)},v1=")
        assert verify_signature(got.body, got.headers["X-Signature"], s.secret, now=now)
        assert not verify_signature(got.body, got.headers["X-Signature"], s.secret, now=now + 301)


async def test_test_events_are_delivered_once() -> None:
    """Test events are delivered once, without retries, and their failure is reported."""
    async with scene(("ticket.created",)) as s:
        result = await s.cstar.webhooks.trigger_test(event="ticket.created")
        assert (result.event, result.delivered_to) == ("ticket.created", 1)
        assert (await s.cstar.webhooks.trigger_test(event="boss.defeated")).delivered_to == 0
        await s.sandbox.settled()
        assert s.hook.types == ["ticket.created"]
        s.hook.answers = [200, 500]
        assert (await s.cstar.webhooks.test(s.webhook_id, event="boss.defeated")).success
        failed = await s.cstar.webhooks.test(s.webhook_id, event="ticket.closed")
        assert (failed.success, failed.status) == (False, 500)
        s.sandbox.clock.advance(days=2)
        await s.sandbox.settled()
        assert s.hook.types == ["ticket.created", "boss.defeated", "ticket.closed"]


async def test_a_repeated_test_is_delivered_once() -> None:
    """A repeated test with the same idempotency key is delivered once."""
    async with scene(("boss.defeated",)) as s:

        async def test() -> bytes:
            call = s.cstar.webhooks.test(s.webhook_id, event="ticket.closed")
            return (await call.options(idempotency_key="once").response()).raw

        answers = {*await asyncio.gather(*(test() for _ in range(4))), await test()}
        assert len(answers) == 1
        assert s.hook.types == ["ticket.closed"]
        call = s.cstar.webhooks.test(s.webhook_id, event="ticket.created")
        with pytest.raises(ConflictError):
            await call.options(idempotency_key="once")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "https://localhost:1/x"])
async def test_a_refused_connection_is_reported(url: str) -> None:
    """A refused connection is reported, and does not stop other deliveries."""
    async with scene(("ticket.deleted",)) as s:
        dead = await s.cstar.webhooks.create(name="dead", url=url, events=["*"])
        ticket = await s.cstar.tickets.create(title="A")
        await s.cstar.tickets.delete(ticket.id)
        await s.sandbox.settled()
        assert s.hook.types == ["ticket.deleted"]
        tested = await s.cstar.webhooks.test(dead.id, event="ticket.created")
        assert tested.status is None
        assert tested.error


async def test_due_deliveries_survive_a_restart(tmp_path: Any) -> None:
    """Deliveries that are due survive a restart."""
    database = str(tmp_path / "desk.db")
    async with receiver() as hook:
        hook.answers = [500]
        async with Sandbox(database=database) as sandbox, sandbox.client() as cstar:
            await cstar.webhooks.create(name="all", url=hook.url, events=["*"])
            await cstar.tickets.create(title="A")
            await sandbox.settled()
        async with Sandbox(database=database) as sandbox:
            sandbox.clock.advance(seconds=30)
            await sandbox.settled()
        assert [each.headers["X-Delivery-Attempt"] for each in hook.received] == ["1", "2"]
        assert hook.received[0].body == hook.received[1].body


async def test_the_list_of_events_by_cursor() -> None:
    """The list of events has each event once, and refuses an unknown cursor."""
    async with scene() as s:
        for number in range(7):
            await s.cstar.tickets.create(title=str(number))
        await s.cstar.customers.create(name="Ada", email="ada@example.com")
        events = await s.cstar.events.list(types=["ticket.*"], limit=3).collect()
        assert [event.data["title"] for event in events] == list("6543210")
        assert len(await s.cstar.events.list().collect()) == 8
        with pytest.raises(Exception, match="cursor"):
            await s.cstar.events.list(cursor="nonsense")


async def read_frames(content: aiohttp.StreamReader, count: int) -> list[dict[str, str]]:
    """The next events of a stream, without comments."""
    frames: list[dict[str, str]] = []
    frame: dict[str, str] = {}
    async for line in content:
        text = line.decode().rstrip("\n")
        if text and not text.startswith(":"):
            name, _, value = text.partition(": ")
            frame[name] = value
        elif not text and frame:
            frames.append(frame)
            frame = {}
            if len(frames) == count:
                break
    return frames


async def test_the_stream_continues_after_the_last_id() -> None:
    """The stream continues after the last id, filters types, and ends with the sandbox."""
    async with Sandbox() as sandbox, sandbox.client() as cstar, aiohttp.ClientSession() as session:
        url = f"{sandbox.base_url}/api/v1/teams/{sandbox.default_team.id}/events/stream"
        headers = {"Authorization": f"Bearer {sandbox.default_team.secret_key}"}
        async with session.get(url, headers=headers) as response:
            assert response.content_type == "text/event-stream"
            await cstar.tickets.create(title="A")
            (first,) = await read_frames(response.content, 1)
            assert first["event"] == "ticket.created"
            assert orjson.loads(first["data"])["data"]["title"] == "A"
        await cstar.tickets.create(title="B")
        await cstar.customers.create(name="Ada", email="ada@example.com")
        await cstar.tickets.create(title="C")
        async with session.get(f"{url}?types=ticket.*", headers=headers | {"Last-Event-ID": first["id"]}) as response:
            frames = await read_frames(response.content, 2)
        assert [orjson.loads(each["data"])["data"]["title"] for each in frames] == ["B", "C"]
        still_open = await session.get(url, headers=headers)
        started = time.perf_counter()
        await sandbox.close()
        assert time.perf_counter() - started < 30
        still_open.close()
