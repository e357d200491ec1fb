"""`cstar listen`: events reach the servers of the user signed, in order, and even if the listener is killed."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import random
import signal
import stat
import sys
import time
from collections import defaultdict
from contextlib import asynccontextmanager
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import aiohttp
import pytest
from aiohttp import web

from cstar_async import Quota
from cstar_async.cli import forwarding, polling
from cstar_async.cli.forwarding import Forwarder, Place, signing_secret
from cstar_async.sandbox import Sandbox
from cstar_async.webhooks import EventDispatcher, construct_event
from cstar_async.webhooks.receiving.envelope import read_envelope
from tests.cli.service import Shell, front
from tests.cli.service import receiver as sync_receiver
from tests.support.stress import at_length

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from cstar_async.cli.forwarding import Attempt

TICKETS = at_length(12, 50)
CHANGES = at_length(4, 9)
"""Events of a ticket after its creation."""
KILLS = at_length(5, 50)


class Delivery(NamedTuple):
    """A request that a receiver got."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Any:
        """The event."""
        return json.loads(self.body)


class Receiver:
    """A server of a user. It answers 200, or what is in `answers`."""

    def __init__(self) -> None:
        self.got: list[Delivery] = []
        self.answers: list[int] = []
        self.url = ""

    async def handle(self, request: web.Request) -> web.Response:
        """Keep a delivery."""
        self.got.append(Delivery(dict(request.headers), await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 200, text="thank you")

    async def wait(self, count: int, seconds: float = 20) -> list[Delivery]:
        """Wait until so many deliveries have arrived."""
        async with asyncio.timeout(seconds):
            while len(self.got) < count:
                await asyncio.sleep(0.01)
        return self.got


@asynccontextmanager
async def receiver() -> AsyncIterator[Receiver]:
    found = Receiver()
    application = web.Application()
    application.router.add_post("/hook", found.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    found.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    try:
        yield found
    finally:
        await runner.cleanup()


def environment(sandbox: Sandbox, config: Path) -> dict[str, str]:
    """The environment of a command for the sandbox's first team."""
    return {**os.environ, **sandbox.default_team.environment, "CSTAR_CONFIG_DIR": str(config)}


class Listening:
    """A listener in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def connected(self) -> str:
        """Wait until it is connected; what it has said until then."""
        assert self.process.stderr is not None
        said = b""
        while b"connected" not in said:
            line = await asyncio.wait_for(self.process.stderr.readline(), 20)
            assert line, said
            said += line
        return said.decode()

    async def line(self) -> Any:
        """The next line that it writes."""
        assert self.process.stdout is not None
        return json.loads(await asyncio.wait_for(self.process.stdout.readline(), 20))

    async def end(self, number: int = signal.SIGINT) -> tuple[int, list[Any], str]:
        """End it: the exit code, its lines, and what else it has said."""
        self.process.send_signal(number)
        out, err = await asyncio.wait_for(self.process.communicate(), 20)
        assert self.process.returncode is not None
        return self.process.returncode, [json.loads(line) for line in out.splitlines()], err.decode()


@asynccontextmanager
async def listen(sandbox: Sandbox, config: Path, *words: str, **pipes: Any) -> AsyncIterator[Listening]:
    pipes = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.PIPE} | pipes
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cstar_async.cli", "listen", *words, env=environment(sandbox, config), **pipes
    )
    try:
        yield Listening(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@asynccontextmanager
async def forwarder(path: Path, *urls: str, **options: Any) -> AsyncIterator[tuple[Forwarder, list[Attempt]]]:
    """A forwarder at work in this process, and its attempts."""
    attempts: list[Attempt] = []
    settings: dict[str, Any] = {"patterns": (), "where": {}, "retry": False, "timeout": 5.0, "save": None} | options
    place = Place.of(path, "http://service", "team", urls)
    async with aiohttp.ClientSession() as session:
        made = Forwarder(place, urls, session, signing_secret(path), report=attempts.append, **settings)
        async with made:
            work = asyncio.create_task(made.run())
            try:
                yield made, attempts
            finally:
                work.cancel()
                await asyncio.wait({work})


async def shown(terminal: int, count: int) -> str:
    """Wait until so many more lines are on a terminal."""
    found = ""
    async with asyncio.timeout(20):
        while found.count("\n") < count:
            found += (await asyncio.to_thread(os.read, terminal, 10_000)).decode()
    return found


async def reported(attempts: list[Attempt], count: int) -> None:
    """Wait until so many attempts are reported, which is after their answers."""
    async with asyncio.timeout(10):
        while len(attempts) < count:
            await asyncio.sleep(0.01)


def body(number: int, kind: str = "ticket.updated", **data: Any) -> bytes:
    """An event."""
    event = {
        "id": f"evt_{number}", "type": kind, "created_at": "2026-03-02T09:00:00.000Z", "team_id": "team",
        "data": {"id": "tkt_1", **data},
    }  # fmt: skip
    return json.dumps(event).encode()


async def test_events_are_forwarded_as_webhooks(tmp_path: Path) -> None:
    """The same bytes, with a signature that construct_event accepts, the headers of a webhook, and a line for each.

    Only what --events and --where ask for; each target gets it, and --save keeps it. Ctrl-C ends with 130.
    """
    async with Sandbox() as sandbox, receiver() as one, receiver() as two, sandbox.client() as cstar:
        words = ["--to", one.url, "--forward-to", two.url.removeprefix("http://"), "--events", "ticket.*"]
        words += ["--where", "priority=urgent", "--save", str(tmp_path / "saved"), "--show-body"]
        async with listen(sandbox, tmp_path, *words) as listening:
            said = await listening.connected()
            await cstar.customers.create(name="Jo", email="jo@example.com")
            await cstar.tickets.create(title="Smoke", priority="low")
            await cstar.tickets.create(title="Fire", priority="urgent")
            (first,) = await one.wait(1)
            (second,) = await two.wait(1)
            lines = [await listening.line() for _ in range(2)]
            code, more, rest = await listening.end()
        (event,) = (await cstar.events.list(types=["ticket.created"], limit=1)).data
        stored = sandbox._running().store.execute("SELECT body FROM events WHERE id = ?", event.id).fetchone()[0]
    assert first.body == second.body == stored
    secret = (tmp_path / "listen" / "secret").read_text().strip()
    assert construct_event(first.body, first.headers["X-Signature"], secret).id == event.id
    assert first.headers["X-Signature"].startswith("t=")
    async with EventDispatcher(secrets=secret, inbox="memory:") as events:
        assert (await events.accept(first.headers, first.body)).status == 200
    wanted = {"X-Event-ID": event.id, "X-Event-Type": "ticket.created", "X-Delivery-Attempt": "1"}
    assert {name: first.headers[name] for name in wanted} == wanted
    assert first.headers["Content-Type"] == "application/json"
    assert (tmp_path / "saved" / f"{event.id}.json").read_bytes() == stored
    assert (code, more) == (130, [])
    assert {line["url"] for line in lines} == {one.url, two.url}
    for line in lines:
        assert (line["event"], line["type"], line["attempt"], line["status"], line["ok"], line["answer"]) == (
            event.id, "ticket.created", 1, 200, True, "thank you",
        )  # fmt: skip
    assert one.url in said
    assert rest == ""
    assert secret not in said + json.dumps(lines)


async def test_the_last_event_is_sent_again_by_a_key(tmp_path: Path) -> None:
    """On a terminal there is a line for people; r sends the last event again, q ends, and the terminal is as before."""
    async with Sandbox() as sandbox, receiver() as target, sandbox.client() as cstar:
        outside, inside = pty.openpty()
        pipes: dict[str, Any] = {
            "stdin": inside,
            "stdout": inside,
            "stderr": asyncio.subprocess.PIPE,
            "start_new_session": True,
        }
        # Only the controlling terminal of the process has a foreground.
        pipes["preexec_fn"] = lambda: __import__("fcntl").ioctl(0, __import__("termios").TIOCSCTTY, 0)
        async with listen(sandbox, tmp_path, "--to", target.url, "--no-color", **pipes) as listening:
            assert "keys: r sends the last event again, q ends" in await listening.connected()
            await cstar.tickets.create(title="Fire")
            text = await shown(outside, 1)
            os.write(outside, b"r")
            text += await shown(outside, 1)
            first, second = target.got
            os.write(outside, b"q")
            assert await asyncio.wait_for(listening.process.wait(), 10) == 0
        os.close(inside)
        os.close(outside)
    assert first.body == second.body
    assert [each.headers["X-Delivery-Attempt"] for each in (first, second)] == ["1", "2"]
    lines = text.splitlines()
    assert len(lines) == 2
    assert f"{first.event['id']}  ticket.created  200  " in lines[0]
    assert lines[1].endswith(" ms  attempt 2")


def test_a_service_without_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """It says so and names --poll, with exit code 6; --poll forwards the events of the list. The deadline ends it."""
    monkeypatch.setattr(polling, "SHORTEST", 0.05)
    with Sandbox() as sandbox, front(sandbox, "/events/stream") as url, sync_receiver() as (target, got):
        shell = Shell(monkeypatch, capsys, tmp_path)
        shell.use(sandbox.default_team, CSTAR_BASE_URL=url)
        ran = shell("listen", "--to", target)
        assert (ran.code, ran.out) == (6, "")
        assert "no stream of events" in ran.error
        assert "--poll" in ran.error
        shell.use(sandbox.default_team)
        made = shell("trigger", "ticket.closed").rows[0]
        shell.use(sandbox.default_team, CSTAR_BASE_URL=url)
        ran = shell("listen", "--to", target, "--poll", "--interval", "0.1", "--deadline", "2", "--events", "ticket.*")
    assert ran.code == 0, ran.err
    assert "which takes 36000 of 1000 requests an hour" in ran.err
    kinds = ["ticket.created", "ticket.updated", "ticket.closed"]
    assert [json.loads(each)["type"] for each in got] == [each["type"] for each in ran.rows] == kinds
    assert ran.rows[-1]["event"] == made["id"]


async def test_one_listener_for_the_same_targets(tmp_path: Path) -> None:
    """A second one is refused; one whose reader is gone ends quietly."""
    async with Sandbox() as sandbox, receiver() as target, sandbox.client() as cstar:
        read, write = os.pipe()
        async with listen(sandbox, tmp_path, "--to", target.url, stdout=write) as listening:
            await listening.connected()
            os.close(read)
            os.close(write)
            async with listen(sandbox, tmp_path, "--to", target.url) as second:
                out, err = await second.process.communicate()
            assert (second.process.returncode, out) == (1, b"")
            assert "another `cstar listen`" in json.loads(err)["error"]["message"]
            await cstar.tickets.create(title="Fire")
            _, err = await asyncio.wait_for(listening.process.communicate(), 10)
            assert (listening.process.returncode, err) == (0, b"")


def test_a_folder_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """An error of the files names the file."""
    (tmp_path / "file").touch()
    with Sandbox() as sandbox:
        shell = Shell(monkeypatch, capsys, tmp_path)
        shell.use(sandbox.default_team)
        ran = shell("listen", "--save", str(tmp_path / "file" / "events"))
    assert (ran.code, ran.out) == (1, "")
    assert ran.error == f"{tmp_path}/file/events: Not a directory"


async def test_polling_finds_what_is_new(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """--poll takes new events from the list, oldest first, says the cost, and ends at the quota's reserve."""
    from cstar_async._generated.operations import load
    from cstar_async.cli.exits import CommandError

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


async def test_a_new_listener_goes_on_where_the_last_one_was(tmp_path: Path) -> None:
    """Events that happen while no listener runs are forwarded by the next one, once; --since begins where it says."""
    async with Sandbox() as sandbox, receiver() as target, sandbox.client() as cstar:
        async with listen(sandbox, tmp_path, "--to", target.url) as listening:
            await listening.connected()  # and ends before there is any event
            assert (await listening.end(signal.SIGTERM))[0] == 0
        for title in ("one", "two"):
            await cstar.tickets.create(title=title)
        async with listen(sandbox, tmp_path, "--to", target.url):
            one, _ = await target.wait(2)
        await cstar.tickets.create(title="three")
        async with listen(sandbox, tmp_path, "--to", target.url, "--since", one.event["id"]):
            got = [each.event["data"]["title"] for each in await target.wait(4)]
        assert got == ["one", "two", "two", "three"]


async def test_what_is_not_taken_is_sent_again_only_with_retry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --retry an answer other than 2xx is reported; with it the event is sent again, before later ones."""
    monkeypatch.setattr(forwarding, "RETRY_DELAYS", (0.0, *[0.05] * 8))
    async with receiver() as target:
        target.answers = [500]
        async with forwarder(tmp_path / "a", target.url) as (work, attempts):
            await work.take(body(1))
            await work.take(body(2))
            await reported(attempts, 2)
        assert [(each.event_id, each.status, each.retry_in) for each in attempts] == [
            ("evt_1", 500, None),
            ("evt_2", 200, None),
        ]
        target.got.clear()
        target.answers = [500, 404]
        async with forwarder(tmp_path / "b", target.url, retry=True) as (work, attempts):
            await work.take(body(1))
            await work.take(body(2))
            await reported(attempts, 4)
            got = target.got
        sent = [(each.event["id"], each.headers["X-Delivery-Attempt"]) for each in got]
        assert sent == [("evt_1", "1"), ("evt_1", "2"), ("evt_1", "3"), ("evt_2", "1")]
        assert [each.retry_in is not None for each in attempts] == [True, True, False, False]
        times = {each.headers["X-Signature"].partition(",")[0] for each in got}
        assert all(abs(time.time() - int(each.removeprefix("t="))) < 60 for each in times)


async def test_a_target_that_cannot_be_reached_is_an_attempt_too(tmp_path: Path) -> None:
    """The line says why; another target is not held up."""
    async with receiver() as target, forwarder(tmp_path, "http://127.0.0.1:9/", target.url) as (work, attempts):
        await work.take(body(1))
        await reported(attempts, 2)
    failed = next(each for each in attempts if each.url.startswith("http://127.0.0.1:9/"))
    assert failed.status is None
    assert "refused" in (failed.error or "").lower()


async def test_an_event_is_taken_once_and_a_strange_one_forwarded(tmp_path: Path) -> None:
    """A repeat is not forwarded again; an event that this version does not know is; what is no event is not."""
    async with receiver() as target, forwarder(tmp_path, target.url) as (work, _):
        strange = body(2, "ticket.teleported", id=7, priority={"no": "text"})
        for each in (body(1), body(1), strange):
            await work.take(each)
        with pytest.raises(ValueError, match="not JSON"):
            await work.take(b"nonsense")
        assert sorted(each.body for each in await target.wait(2)) == sorted([body(1), strange])
        await asyncio.sleep(0.05)
        assert len(target.got) == 2


async def test_an_id_cannot_leave_the_folder_or_its_header(tmp_path: Path) -> None:
    """Whatever an id is, its file is in the folder of --save; one that no header can carry is a failed attempt."""
    save = tmp_path / "saved"
    save.mkdir()
    hostile = body(2).replace(b'"evt_2"', b'"../evt/2\\r\\nX-Signature: none"')
    async with receiver() as target, forwarder(tmp_path / "a?b#c %20", target.url, save=save) as (work, attempts):
        await work.take(hostile)
        await work.take(body(3))
        await reported(attempts, 2)
        assert [each.body for each in target.got] == [body(3)]
    assert [each.ok for each in attempts] == [False, True]
    assert sorted(each.read_bytes() for each in save.iterdir()) == sorted([hostile, body(3)])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a?b#c %20", "saved"]


@pytest.mark.parametrize(
    ("where", "wanted"),
    [
        ({"type": "ticket.updated"}, True),
        ({"priority": "urgent"}, True),
        ({"priority": "urgent", "count": "4"}, False),
        ({"count": "3", "is_internal": "false", "notes": "null"}, True),
        ({"tags": "vip"}, True),
        ({"customer.email": "jo@example.com"}, True),
        ({"customer.email.x": "jo@example.com"}, False),
        ({"nothing": "urgent"}, False),
        ({"title": "deep"}, True),
    ],
)
def test_where(where: dict[str, str], wanted: bool) -> None:
    """Fields of the event, of its data, and of the object that the data may nest; lists hold a value."""
    data: dict[str, Any] = {"priority": "urgent", "count": 3, "is_internal": False, "notes": None, "tags": ["a", "vip"]}
    data |= {"customer": {"email": "jo@example.com"}, "ticket": {"title": "deep"}}
    assert forwarding.is_wanted(read_envelope(body(1, **data)), where) is wanted


def test_the_secret_is_kept_for_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    """--print-secret prints the same each time; its file is private, and refused if it is not."""
    shell = Shell(monkeypatch, capsys, tmp_path)
    ran = shell("listen", "--print-secret")
    assert ran.out.startswith("whsec_")
    assert len(ran.out.strip()) == 38
    assert shell("listen", "--print-secret").out == ran.out
    path = tmp_path / "listen" / "secret"
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]
    path.chmod(0o644)
    refused = shell("listen", "--print-secret")
    assert (refused.code, refused.out) == (1, "")
    assert "chmod 600" in refused.error


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--to", "ftp://localhost/"], "is not a URL such as"),
        (["--to", "http://localhost:99999/"], "is not a URL such as"),
        (["--events", "*.created"], "is not a pattern"),
        (["--where", "priority"], "is not FIELD=VALUE"),
        (["--interval", "5"], "counts against the quota"),
    ],
)
def test_mistakes(tmp_path: Path, monkeypatch: Any, capsys: Any, words: list[str], message: str) -> None:
    """Options that make no sense are refused before anything is sent."""
    ran = Shell(monkeypatch, capsys, tmp_path)("listen", *words)
    assert ran.code == 2
    assert message in ran.error


async def test_a_listener_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    """Killed again and again, listeners forward every event; those of a ticket in order, repeated at most in place."""
    chance = random.Random(at_length(1, time.time_ns()))
    async with Sandbox(quota=False) as sandbox, receiver() as target, sandbox.client() as cstar:
        done = asyncio.Event()

        async def work() -> None:
            tickets = [await cstar.tickets.create(title=f"Ticket {number}") for number in range(TICKETS)]
            for number in range(CHANGES):
                for ticket in tickets:
                    await cstar.tickets.update(ticket.id, notes=f"change {number}")
                    await asyncio.sleep(KILLS * 0.5 / (TICKETS * CHANGES))
            done.set()

        async with listen(sandbox, tmp_path, "--to", target.url) as listening:
            await listening.connected()  # from now on nothing may be lost
            working = asyncio.create_task(work())
        for _ in range(KILLS - 1):
            async with listen(sandbox, tmp_path, "--to", target.url) as listening:
                if chance.random() < 0.7:
                    await listening.connected()
                await asyncio.sleep(chance.uniform(0, 0.3))
        await working
        count = TICKETS * (CHANGES + 1)
        async with listen(sandbox, tmp_path, "--to", target.url), asyncio.timeout(60):
            while len({each.event["id"] for each in target.got}) < count:
                await asyncio.sleep(0.02)
        rows = sandbox._running().store.execute("SELECT id, body FROM events ORDER BY place").fetchall()
    expected: dict[str, list[str]] = defaultdict(list)
    for event_id, raw in rows:
        expected[json.loads(raw)["data"]["id"]].append(event_id)
    arrived: dict[str, list[str]] = defaultdict(list)
    for each in target.got:
        arrived[each.event["data"]["id"]].append(each.event["id"])
    assert sum(map(len, expected.values())) == count
    assert {ticket: [event for event, _ in groupby(events)] for ticket, events in arrived.items()} == expected
