"""After a SIGKILL during writes, no change is incomplete, lost after its answer, or done twice."""

from __future__ import annotations

import asyncio
import contextlib
import random
import signal
import sqlite3
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp
import orjson
from aiohttp import web

from tests.support.stress import at_length

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

KILLS = at_length(6, 100)
WRITERS = 4
CHANGES = {"ticket.created", "ticket.updated", "ticket.deleted", "ticket.message_added"}


class ServedProcess(NamedTuple):
    """A sandbox in its own process."""

    process: asyncio.subprocess.Process
    url: str
    headers: dict[str, str]


@contextlib.asynccontextmanager
async def serve(database: Path) -> AsyncIterator[ServedProcess]:
    """Serve a database file until the block ends with a SIGKILL."""
    command = [sys.executable, "-m", "cstar_async.sandbox", "--port", "0", "--no-quota", "--database", str(database)]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    lines = [(await process.stdout.readline()).decode().strip().partition("=") for _ in range(4)]
    settings = {name: value for name, _, value in lines}
    url = f"{settings['CSTAR_BASE_URL']}/api/v1/teams/{settings['CSTAR_TEAM_ID']}"
    try:
        yield ServedProcess(process, url, {"Authorization": f"Bearer {settings['CSTAR_API_KEY']}"})
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGKILL)
        await process.wait()


class Write(NamedTuple):
    """A write with an idempotency key; `answer` is None if no answer arrived."""

    method: str
    path: str
    body: dict[str, Any]
    key: str
    answer: bytes | None


async def send(session: aiohttp.ClientSession, served: ServedProcess, write: Write) -> tuple[int, bytes, bool]:
    """Status, body, and whether the answer was a repeated one."""
    headers = served.headers | {"Idempotency-Key": write.key}
    async with session.request(write.method, served.url + write.path, json=write.body, headers=headers) as response:
        return response.status, await response.read(), "Idempotent-Replayed" in response.headers


async def keep_writing(session: aiohttp.ClientSession, served: ServedProcess, name: str, done: list[Write]) -> None:
    """Create, change, answer and delete tickets until the server is killed."""
    number = 0
    while True:
        number += 1
        key = f"{name}-{number}"
        ticket = await attempt(session, served, Write("POST", "/tickets", {"title": key}, f"{key}-create", None), done)
        path = f"/tickets/{ticket['id']}"
        await attempt(session, served, Write("PATCH", path, {"title": f"{key}!"}, f"{key}-update", None), done)
        message = {"content": key, "sender": "agent"}
        await attempt(session, served, Write("POST", f"{path}/messages", message, f"{key}-message", None), done)
        if number % 3 == 0:
            async with session.delete(served.url + path, headers=served.headers) as response:
                assert response.status == 200


async def attempt(session: aiohttp.ClientSession, served: ServedProcess, write: Write, done: list[Write]) -> Any:
    """Send a write, and record it with its answer."""
    index = len(done)
    done.append(write)
    status, answer, _ = await send(session, served, write)
    assert status in {200, 201}, answer
    done[index] = write._replace(answer=answer)
    return orjson.loads(answer)["data"]


async def write_until_killed(
    session: aiohttp.ClientSession, served: ServedProcess, name: str, answers: int
) -> list[Write]:
    """Write, kill the process after so many answers, and return the writes."""
    done: list[list[Write]] = [[] for _ in range(WRITERS)]
    tasks = [asyncio.create_task(keep_writing(session, served, f"{name}-{n}", own)) for n, own in enumerate(done)]
    while sum(write.answer is not None for own in done for write in own) < answers:
        assert not any(task.done() for task in tasks)
        await asyncio.sleep(0.001)
    served.process.send_signal(signal.SIGKILL)
    for result in await asyncio.gather(*tasks, return_exceptions=True):
        assert isinstance(result, aiohttp.ClientError | ConnectionError), result
    return [write for own in done for write in own]


def check(database: Path) -> int:
    """Fail unless documents, audit log, events and deliveries agree; return the number of events."""
    with contextlib.closing(sqlite3.connect(database)) as file:
        assert file.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        rows: dict[str, list[Any]] = {"tickets": [], "tickets/messages": [], "audit-log": []}
        for name, body in file.execute("SELECT collection, body FROM documents"):
            rows.setdefault(name, []).append(orjson.loads(body))
        events = [orjson.loads(body) for (body,) in file.execute("SELECT body FROM events ORDER BY place")]
        delivered = Counter(event for (event,) in file.execute("SELECT event FROM deliveries"))
        places = {place for (place,) in file.execute("SELECT place FROM events")}
    entries = Counter((each["action"], each["resourceId"]) for each in rows["audit-log"] if each["action"] in CHANGES)
    emitted = Counter((each["type"], each["data"]["id"]) for each in events if each["type"] in CHANGES)
    assert entries == emitted, "each change must have its event, and each event its change"
    created = {name for kind, name in emitted if kind == "ticket.created"}
    deleted = {name for kind, name in emitted if kind == "ticket.deleted"}
    tickets = {each["id"]: each for each in rows["tickets"]}
    assert set(tickets) == created - deleted
    payloads = [each["data"] for each in events if each["type"] in {"ticket.created", "ticket.updated"}]
    titles = {each["id"]: each["title"] for each in payloads}
    assert {name: each["title"] for name, each in tickets.items()} == {name: titles[name] for name in tickets}
    messages = Counter(each["ticketId"] for each in rows["tickets/messages"])
    assert messages == Counter({name: each["messageCount"] for name, each in tickets.items() if each["messageCount"]})
    assert delivered == Counter(dict.fromkeys(places, 1)), "each event must have one delivery"
    return len(events)


async def replay(session: aiohttp.ClientSession, served: ServedProcess, writes: list[Write]) -> int:
    """Send all writes again, check that the answers are repeated, and return how many writes had been lost."""
    lost = 0
    for write in writes:
        status, answer, replayed = await send(session, served, write)
        if write.answer is not None:
            assert replayed
            assert answer == write.answer
        else:
            lost += not replayed
            # The ticket may have been deleted by another write, answered or not.
            assert status in {200, 201, 404}, answer
    return lost


async def test_writes_are_atomic_when_the_process_is_killed(tmp_path: Path) -> None:
    """A change, its audit entry, event, deliveries and kept answer are one transaction."""
    database = tmp_path / "desk.db"
    received: set[str] = set()
    arrived = asyncio.Event()

    async def receive(request: web.Request) -> web.Response:
        received.add(orjson.loads(await request.read())["id"])
        arrived.set()
        return web.Response()

    receiver = web.Application()
    receiver.router.add_post("/", receive)
    runner = web.AppRunner(receiver)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    rng = random.Random(4)
    writes: list[Write] = []
    acknowledged = events = 0
    async with aiohttp.ClientSession() as session:
        for kill in range(KILLS):
            async with serve(database) as served:
                if not kill:
                    hook = {"name": "all", "url": f"http://127.0.0.1:{runner.addresses[0][1]}/", "events": ["*"]}
                    async with session.post(f"{served.url}/webhooks", json=hook, headers=served.headers) as response:
                        assert response.status == 201
                await replay(session, served, writes)
                writes = await write_until_killed(session, served, f"kill-{kill}", rng.randrange(60))
            acknowledged += sum(write.answer is not None for write in writes)
            events = check(database)
        async with serve(database) as served:
            await replay(session, served, writes)
            async with asyncio.timeout(120):
                while len(received) < events:
                    arrived.clear()
                    await arrived.wait()
    await runner.cleanup()
    assert acknowledged
    assert check(database) >= events
