"""webhooks: events received and handled a second, compared with a bare handler that stores nothing."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import statistics
import tempfile
import time
from typing import TYPE_CHECKING

from cstar_async.webhooks import sign

from .receivers import PATH, SECRET, Receiver, running
from .report import Table
from .rounds import interleave_async, rate_ratio, spread, walls

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from .rounds import Samples

BARE, FASTAPI = "bare aiohttp.web", "FastAPI, the same bare handler"
LOADS = {1: 500, 16: 3_000, 200: 6_000}
"""Deliveries at a time, and deliveries in a round."""
HANDLED = 10_000
POSTGRES = "CSTAR_BENCH_POSTGRES"


class Sender(asyncio.Protocol):
    """One connection that sends requests one after the other and records how long each took.

    It parses as little of an answer as it can, so that its own cost stays small.
    """

    def __init__(self, requests: list[bytes], took: list[float], done: asyncio.Future[None]) -> None:
        self._requests = requests
        self._took = took
        self._done = done
        self._received = b""
        self._sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._requests.pop())

    def data_received(self, data: bytes) -> None:
        """Read an answer, or a part of one."""
        self._received += data
        head, found, body = self._received.partition(b"\r\n\r\n")
        if not found or len(body) < int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]):
            return
        if not head.startswith(b"HTTP/1.1 200"):
            self._done.set_exception(RuntimeError(self._received.decode()))
            return
        self._received = b""
        self._took.append(time.perf_counter() - self._sent)
        if self._requests:
            self._send()
        elif not self._done.done():
            self._transport.close()
            self._done.set_result(None)


class Deliveries:
    """Signed deliveries of new events, prepared in advance."""

    def __init__(self) -> None:
        self._number = 0

    def make(self, count: int) -> list[bytes]:
        """Complete requests as bytes."""
        created = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return [self._one(created) for _ in range(count)]

    def _one(self, created: str) -> bytes:
        self._number += 1
        event_id, ticket = f"evt_ticket_updated_{self._number:012d}", f"tkt_{self._number % 5_000:012d}"
        body = (
            f'{{"id":"{event_id}","type":"ticket.updated","created_at":"{created}","team_id":"team_1","data":{{'
            f'"ticket":{{"id":"{ticket}","prefixed_id":"CST-1024","title":"Printer on fire","status":"open",'
            '"priority":"urgent","channel":"email","customer_id":"cus_a1B2c3D4e5F6","created_at":'
            '"2026-03-10T15:00:00Z"},"customer":{"id":"cus_a1B2c3D4e5F6","name":"Jane","email":"jane@example.com"},'
            '"changes":{"status":{"from":"new","to":"open"}}}}'
        ).encode()
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"User-Agent: cStar-Webhooks/1.0\r\nX-Signature: {sign(body, SECRET)}\r\nX-Event-ID: {event_id}\r\n"
            f"X-Event-Type: ticket.updated\r\nX-Webhook-ID: whk_a1B2c3D4e5F6\r\nX-Timestamp: {created}\r\n"
            f"X-Delivery-Attempt: 1\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def deliver(port: int, requests: list[bytes], concurrency: int) -> list[float]:
    """Send the requests over `concurrency` connections; the seconds that each took."""
    loop = asyncio.get_running_loop()
    took: list[float] = []
    waiting: list[asyncio.Future[None]] = []
    for _ in range(concurrency):
        done: asyncio.Future[None] = loop.create_future()
        waiting.append(done)
        await loop.create_connection(functools.partial(Sender, requests, took, done), "127.0.0.1", port)
    await asyncio.gather(*waiting)
    return took


def inboxes(folder: str) -> dict[str, str]:
    """The inboxes that can be measured on this machine, by the names of their rows."""
    found = {"**ours**, `memory:`": "memory:", "**ours**, SQLite with flush": f"sqlite:///{folder}/inbox.db"}
    if url := os.environ.get(POSTGRES):
        found["**ours**, PostgreSQL"] = url
    return found


async def _receiving(receivers: dict[str, Receiver], *, quick: bool) -> list[tuple[str, ...]]:
    deliveries = Deliveries()
    rows: list[tuple[str, ...]] = []
    for load, whole in LOADS.items():
        count, rounds = (whole // 5, 3) if quick else (whole, 9)
        slowest: dict[str, list[float]] = {name: [] for name in receivers}
        runs = {name: _run(deliveries, each, load, count, rounds, slowest[name]) for name, each in receivers.items()}
        samples = await interleave_async(runs, rounds=rounds)
        rows += _rows(load, samples, slowest)
    return rows


def _run(
    deliveries: Deliveries, receiver: Receiver, load: int, count: int, rounds: int, slowest: list[float]
) -> Callable[[], Awaitable[int]]:
    prepared = [deliveries.make(count) for _ in range(rounds + 1)]

    async def run() -> int:
        took = await deliver(receiver.port, prepared.pop(), load)
        slowest.append(statistics.quantiles(took, n=100)[98])
        return len(took)

    return run


def _rows(load: int, samples: Samples, slowest: dict[str, list[float]]) -> list[tuple[str, ...]]:
    return [
        (
            f"{load} at once: {name}",
            rate_ratio(samples, name, BARE).show(),
            walls(found).per_second().show(0),
            spread(slowest[name][1:]).times(1_000).show(1),
        )
        for name, found in samples.items()
    ]


async def _handling(inbox: str, count: int) -> tuple[float, float]:
    """Seconds until `count` events were accepted, and until all were handled."""
    requests = Deliveries().make(count)
    with running("handling", inbox) as receiver:
        await deliver(receiver.port, Deliveries().make(1), 1)  # opens the inbox
        started = time.perf_counter()
        await deliver(receiver.port, requests, 64)
        accepted = time.perf_counter() - started
        while receiver.handled() < count:  # noqa: ASYNC110  # the events are handled in another process
            await asyncio.sleep(0.01)
        return accepted, time.perf_counter() - started


def tables(*, quick: bool) -> list[Table]:
    """The tables of receiving and of handling."""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        receivers = {
            BARE: stack.enter_context(running("bare")),
            FASTAPI: stack.enter_context(running("fastapi")),
            **{name: stack.enter_context(running("ours", url)) for name, url in inboxes(folder).items()},
        }
        rows = asyncio.run(_receiving(receivers, quick=quick))
    count = HANDLED // 5 if quick else HANDLED
    handled: list[tuple[str, ...]] = []
    with tempfile.TemporaryDirectory() as folder:
        for name, url in inboxes(folder).items():
            accepted, whole = asyncio.run(_handling(url, count))
            handled.append((name, f"{count / accepted:.0f}", f"{count / whole:.0f}"))
    return [
        Table(
            "webhooks",
            "Signed deliveries of new events to receivers on another core. The limit is a bare aiohttp.web handler "
            "that checks the HMAC, parses and stores nothing. Ours has verified, deduplicated and stored the event for "
            "one group before it answers; on SQLite and PostgreSQL it is flushed to the disk.",
            ("", "events/s of the bare handler's", "events/s", "p99, ms"),
            rows,
            [f"PostgreSQL is measured if {POSTGRES} has the address of one."],
        ),
        Table(
            "webhooks_handled",
            f"{count} events over 5,000 tickets, 64 deliveries at a time, received and handled by the same process.",
            ("", "accepted a second", "handled a second, end to end"),
            handled,
        ),
    ]
