"""Deliveries on other event loops than that of the inbox: a loop for each request, several threads, and forks."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.webhooks import Event, EventDispatcher

from .deliveries import SECRET, event_body, signed
from .stores import Postgres, SQLite

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .clock import ManualClock
    from .stores import StoreKind


class Receiver:
    """A dispatcher that is not opened, and the events that its handler got."""

    def __init__(self, kind: StoreKind, clock: ManualClock) -> None:
        self.clock = clock
        self.events = EventDispatcher(secrets=SECRET, inbox=kind.url, clock=clock, store_timeout=60)
        self.handled: list[str] = []

        @self.events.on("*", group="g")
        async def handle(event: Event[Any]) -> None:
            self.handled.append(event.id)

    async def deliver(self, number: object) -> tuple[int, bool]:
        """The status of a delivery, and whether it was a repeat."""
        body = event_body(number, self.clock, ticket=number)
        reply = await self.events.accept(signed(body), body)
        return reply.status, b"true}" in reply.body

    def deliver_alone(self, number: object) -> tuple[int, bool]:
        """Deliver on a loop of its own."""
        return asyncio.run(self.deliver(number))


def inbox_threads() -> set[threading.Thread]:
    """The threads of all inboxes."""
    return {each for each in threading.enumerate() if each.name.startswith("cstar-inbox")}


def test_a_dispatcher_that_is_dropped_leaves_no_thread(clock: ManualClock, tmp_path: Path) -> None:
    """The threads of a dispatcher that was not closed end when it is garbage-collected."""
    before = inbox_threads()
    receiver = Receiver(SQLite(clock, tmp_path), clock)
    assert receiver.deliver_alone(1) == (200, False)
    assert len(inbox_threads() - before) == 2
    del receiver
    # Repeated, since a running thread refers to the dispatcher in its local variables.
    end = time.monotonic() + 60
    while inbox_threads() - before and time.monotonic() < end:
        gc.collect()
        time.sleep(0.01)
    assert inbox_threads() <= before


@pytest.fixture
def receiver(kind: StoreKind, clock: ManualClock) -> Iterator[Receiver]:
    """A receiver on each kind of store; closing it must leave no thread."""
    before = inbox_threads()
    made = Receiver(kind, clock)
    yield made
    asyncio.run(made.events.close(grace=1))
    assert inbox_threads() <= before


def test_each_delivery_has_a_loop_of_its_own(receiver: Receiver) -> None:
    """With a loop for each delivery, as under WSGI, events are kept before the 200 and repeats are recognised."""
    assert [receiver.deliver_alone(number) for number in (1, 2, 3, 2)] == [(200, False)] * 3 + [(200, True)]
    asyncio.run(receiver.events.drain())
    assert sorted(receiver.handled) == ["evt_1", "evt_2", "evt_3"]
    assert receiver.deliver_alone(1) == (200, True)
    assert receiver.deliver_alone(4) == (200, False)
    assert asyncio.run(receiver.events.stats()).groups["g"].pending == 1


def test_deliveries_on_many_threads_at_once(receiver: Receiver) -> None:
    """Of deliveries on several threads none is lost, none is kept twice, and each is counted."""
    numbers = [str(number % 30) for number in range(60)]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(receiver.deliver_alone, numbers))
    assert {status for status, _ in answers} == {200}
    assert [repeat for _, repeat in answers].count(False) == 30
    counts = asyncio.run(receiver.events.stats()).counts
    assert (counts["accepted"], counts["duplicates"]) == (30, 30)
    asyncio.run(receiver.events.drain())
    assert len(receiver.handled) == 30


def test_the_worker_has_a_loop_in_another_thread(receiver: Receiver) -> None:
    """A worker in another thread handles what the web application accepts, in memory too."""
    ready, over = threading.Event(), asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []

    async def work() -> None:
        loops.append(asyncio.get_running_loop())
        async with receiver.events:
            ready.set()
            running = asyncio.create_task(receiver.events.run())
            await over.wait()
        await running

    assert receiver.deliver_alone(0) == (200, False)
    worker = threading.Thread(target=asyncio.run, args=(work(),))
    worker.start()
    assert ready.wait(60)
    with ThreadPoolExecutor(4) as threads:
        assert {status for status, _ in threads.map(receiver.deliver_alone, range(1, 20))} == {200}
    for _ in range(6_000):
        if len(receiver.handled) == 20:
            break
        threading.Event().wait(0.01)
    loops[0].call_soon_threadsafe(over.set)
    worker.join(60)
    assert sorted(receiver.handled) == sorted(f"evt_{number}" for number in range(20))
    assert receiver.deliver_alone(99)[0] == 503  # the dispatcher is closed


async def test_an_inbox_moves_from_its_thread_to_the_loop_that_opens_it(kind: StoreKind, clock: ManualClock) -> None:
    """Opening the dispatcher while other threads deliver loses no event."""
    receiver = Receiver(kind, clock)
    with ThreadPoolExecutor(3) as threads:
        first = [threads.submit(receiver.deliver_alone, number) for number in range(12)]
        await asyncio.wrap_future(first[0])
        await receiver.events.open()
        statuses = [(await asyncio.wrap_future(each))[0] for each in first]
    assert statuses == [200] * 12
    await receiver.events.drain()
    assert len(receiver.handled) == 12
    await receiver.events.close()


def test_a_loop_that_ends_closes_its_inbox(receiver: Receiver, kind: StoreKind) -> None:
    """A loop that ends without close leaves no thread and no connection, and the next delivery is accepted."""
    before = inbox_threads()
    asyncio.run(receiver.events.open())
    assert inbox_threads() <= before
    if isinstance(kind, Postgres):
        others = f"application_name = '{kind.schema}' AND pid <> pg_backend_pid()"
        assert asyncio.run(kind.run(f"SELECT count(*) FROM pg_stat_activity WHERE {others}")) == [(0,)]
    assert receiver.deliver_alone(1) == (200, False)


def test_a_loop_that_was_closed_without_cleanup(clock: ManualClock, tmp_path: Path) -> None:
    """After a loop was closed without running its cleanup, deliveries are accepted."""
    inbox = SQLite(clock, tmp_path)
    receiver = Receiver(inbox, clock)
    loop = asyncio.new_event_loop()
    assert loop.run_until_complete(receiver.events.stats()).groups["g"].pending == 0
    loop.close()
    assert receiver.deliver_alone(1) == (200, False)
    asyncio.run(receiver.events.close())


async def test_an_open_inbox_is_refused_to_other_loops(clock: ManualClock, tmp_path: Path) -> None:
    """A second worker on another loop raises RuntimeError while the first has the inbox open."""
    events = EventDispatcher(secrets=SECRET, inbox=f"sqlite:///{tmp_path}/inbox.db", clock=clock)
    async with events:
        with pytest.raises(RuntimeError, match="open in another event loop"):
            await asyncio.to_thread(asyncio.run, events.drain())


FORK = f"""
import asyncio, os, sys, time, warnings
warnings.simplefilter("ignore")
from cstar_async.webhooks import EventDispatcher, sign
from cstar_async.sandbox.clock import iso_time
import orjson, logging
logging.basicConfig(stream=sys.stdout, format="%(message)s", level=logging.ERROR)

events = EventDispatcher(secrets="{SECRET}", inbox=sys.argv[1])

async def deliver(number):
    body = orjson.dumps({{"id": f"evt_{{number}}", "type": "ticket.updated", "created_at": iso_time(time.time()),
                          "team_id": "t", "data": {{"id": "1"}}}})
    return (await events.accept({{"X-Signature": sign(body, "{SECRET}")}}, body)).status

def fork(number):
    sys.stdout.flush()
    if os.fork() == 0:
        print("child", asyncio.run(deliver(number)), flush=True)
        os._exit(0)
    os.wait()

async def fork_inside():
    print("opened", await deliver(6))
    await events.open()
    fork(7)
    print("parent", await deliver(8))

print("parent", asyncio.run(deliver(1)))
fork(2)
print("parent", asyncio.run(deliver(3)))
fork(4)
fork(5)
asyncio.run(fork_inside())
print("kept", sorted(seen for seen in asyncio.run(events.stats()).counts.items()))
"""


REFUSED = (
    "evt_7: answered 503: the process was forked while the inbox was open; open the dispatcher in each process, after "
    "the fork"
)


def test_forks(kind: StoreKind) -> None:
    """A forked process opens the inbox again; if it was open on a running loop, the delivery is answered 503."""
    if kind.url == "memory:":
        pytest.skip("in memory each process has an inbox of its own")
    done = subprocess.run(
        [sys.executable, "-c", FORK, kind.url], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.splitlines() == [
        "parent 200",
        "child 200",
        "parent 200",
        "child 200",
        "child 200",
        "opened 200",
        REFUSED,
        "child 503",
        "parent 200",
        "kept [('accepted', 4)]",
    ]
