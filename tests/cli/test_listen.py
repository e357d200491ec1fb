"""`cstar listen`: events reach the servers of the user signed, in order, and even if the listener is killed."""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import stat
import sys
import time
from collections import defaultdict
from itertools import groupby
from pathlib import Path
from typing import IO, TYPE_CHECKING

import pytest

from cstar_async.sandbox import Sandbox
from cstar_async.webhooks import EventDispatcher, construct_event
from tests.cli.listening import listen, on_terminal, shown
from tests.support.receiver import receiver
from tests.support.stress import at_length

if TYPE_CHECKING:
    from tests.cli.service import Shell

TICKETS = at_length(12, 50)
CHANGES = at_length(4, 9)
"""Events of a ticket after its creation."""
KILLS = at_length(5, 50)


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
    assert said.startswith("connecting to http://127.0.0.1:")
    assert one.url in said
    assert rest == ""
    assert secret not in said + json.dumps(lines)


async def test_the_last_event_is_sent_again_by_a_key(tmp_path: Path) -> None:
    """On a terminal there is a line for people; r sends the last event again, q ends, and the terminal is as before."""
    async with Sandbox() as sandbox, receiver() as target, sandbox.client() as cstar:
        async with on_terminal(sandbox, tmp_path, "--to", target.url, "--no-color") as (listening, outside):
            assert "keys: r sends the last event again, q ends" in await listening.connected()
            await cstar.tickets.create(title="Fire")
            text = await shown(outside, 1)
            os.write(outside, b"r")
            text += await shown(outside, 1)
            first, second = target.received
            os.write(outside, b"q")
            assert await asyncio.wait_for(listening.process.wait(), 10) == 0
    assert first.body == second.body
    assert [each.headers["X-Delivery-Attempt"] for each in (first, second)] == ["1", "2"]
    lines = text.splitlines()
    assert len(lines) == 2
    assert f"{first.event['id']}  ticket.created  200  " in lines[0]
    assert lines[1].endswith(" ms  attempt 2")


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
            assert "another `cstar listen`" in json.loads(err.splitlines()[-1])["error"]["message"]
            await cstar.tickets.create(title="Fire")
            _, err = await asyncio.wait_for(listening.process.communicate(), 10)
            assert (listening.process.returncode, err) == (0, b"")


async def test_a_signal_ends_it_and_says_what_is_left(tmp_path: Path) -> None:
    """However it is ended, it says how many events are not forwarded yet; they are there for the next one."""
    async with Sandbox() as sandbox, receiver() as target, sandbox.client() as cstar:
        target.answers = [500] * 9
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 0), (signal.SIGHUP, 0)):
            async with listen(sandbox, tmp_path, "--to", target.url, "--retry") as listening:
                await listening.connected()
                if not target.received:
                    await cstar.tickets.create(title="Fire")
                    assert (await listening.line())["retry_in"] > 0
                ended, _, said = await listening.end(number)
            assert (ended, said) == (code, "not forwarded yet: 1; the next listener with the same targets does it\n")


async def test_a_terminal_that_closes_ends_it(tmp_path: Path) -> None:
    """The listener ends by itself, and what it has taken is kept."""
    async with Sandbox() as sandbox, receiver() as target, sandbox.client() as cstar:
        async with on_terminal(sandbox, tmp_path, "--to", target.url) as (listening, outside):
            await listening.connected()
            os.close(outside)
            assert await asyncio.wait_for(listening.process.wait(), 10) == 0
        await cstar.tickets.create(title="Fire")
        async with listen(sandbox, tmp_path, "--to", target.url):
            await target.wait(1)


def open_full() -> IO[bytes]:
    """A file on a disk without space."""
    return Path("/dev/full").open("wb")


async def test_a_line_that_cannot_be_written_ends_it(tmp_path: Path) -> None:
    """The event is not sent again because of it, and the error says why."""
    async with Sandbox() as sandbox, receiver() as target, sandbox.client() as cstar:
        with open_full() as full:
            async with listen(sandbox, tmp_path, "--to", target.url, stdout=full) as listening:
                await listening.connected()
                await cstar.tickets.create(title="Fire")
                _, err = await asyncio.wait_for(listening.process.communicate(), 10)
        assert listening.process.returncode == 1
        assert "No space left on device" in json.loads(err)["error"]["message"]
        async with listen(sandbox, tmp_path, "--to", target.url) as listening:
            await listening.connected()
            await cstar.customers.create(name="Jo", email="jo@example.com")
            await target.wait(2)
    assert target.types == ["ticket.created", "customer.created"]


async def test_without_keys_and_signals(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shell: Shell) -> None:
    """Where there are neither keys nor signal handlers, as on Windows, events are forwarded all the same."""
    monkeypatch.setitem(sys.modules, "termios", None)
    monkeypatch.setitem(sys.modules, "tty", None)
    monkeypatch.delattr(signal, "SIGHUP", raising=False)
    monkeypatch.delattr(os, "tcgetpgrp")

    def add_signal_handler(*_: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(asyncio.SelectorEventLoop, "add_signal_handler", add_signal_handler)
    monkeypatch.setattr(asyncio.SelectorEventLoop, "remove_signal_handler", add_signal_handler)
    async with Sandbox() as sandbox, receiver() as target, sandbox.client() as cstar:
        shell.use(sandbox.default_team)
        listening = asyncio.ensure_future(asyncio.to_thread(shell, "listen", "--to", target.url, "--deadline", "2"))
        async with asyncio.timeout(10):
            while not list((tmp_path / "listen").glob("*.last")):
                await asyncio.sleep(0.01)
        await cstar.tickets.create(title="Fire")
        ran = await listening
    assert (ran.code, len(ran.lines), "keys:" in ran.err) == (0, 1, False), ran.err
    assert target.types == ["ticket.created"]


def test_an_unknown_event_to_begin_after(shell: Shell, sandbox: Sandbox, tmp_path: Path) -> None:
    """It is refused, since the service would send all events; the place of the last listener is kept."""
    shell.use(sandbox.team())
    assert shell("listen", "--to", "localhost:9", "--deadline", "0.2").code == 0
    ran = shell("listen", "--to", "localhost:9", "--deadline", "5", "--since", "evt_none")
    assert (ran.code, ran.message) == (3, "there is no event evt_none")
    assert len(list((tmp_path / "listen").glob("*.last"))) == 1


def test_an_event_that_is_too_old_to_be_looked_for(
    shell: Shell, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is refused, too: nobody wants all events for a mistake in an id."""
    from cstar_async.cli import polling

    monkeypatch.setattr(polling, "_PAGE", 1)
    shell.use(sandbox.team())
    for _ in range(11):
        assert shell("tickets", "create", "--title", "x").code == 0
    ran = shell("listen", "--to", "localhost:9", "--deadline", "5", "--since", "evt_none")
    assert (ran.code, ran.out) == (3, "")
    assert "not one of the newest" in ran.message


async def test_a_secret_that_cannot_be_written(tmp_path: Path) -> None:
    """It is an error, without the secret."""
    async with Sandbox() as sandbox:
        with open_full() as full:
            async with listen(sandbox, tmp_path, "--print-secret", stdout=full) as listening:
                _, err = await asyncio.wait_for(listening.process.communicate(), 10)
    assert (listening.process.returncode, b"Traceback" in err, b"whsec" in err) == (1, False, False)
    assert b"No space left" in err


def test_a_folder_that_cannot_be_made(tmp_path: Path, shell: Shell) -> None:
    """An error of the files names the file."""
    (tmp_path / "file").touch()
    with Sandbox() as sandbox:
        shell.use(sandbox.default_team)
        ran = shell("listen", "--save", str(tmp_path / "file" / "events"))
    assert (ran.code, ran.out) == (1, "")
    assert ran.message == f"{tmp_path}/file/events: Not a directory"


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


def test_the_secret_is_kept_for_its_owner(tmp_path: Path, shell: Shell) -> None:
    """--print-secret prints the same each time; its file is private, and refused if it is not."""
    ran = shell("listen", "--print-secret")
    assert ran.out.startswith("whsec_")
    assert len(ran.out.strip()) == 38
    assert shell("listen", "--print-secret").out == ran.out
    path = tmp_path / "listen" / "secret"
    assert [stat.S_IMODE(each.stat().st_mode) for each in (path, path.parent)] == [0o600, 0o700]
    path.chmod(0o644)
    refused = shell("listen", "--print-secret")
    assert (refused.code, refused.out) == (1, "")
    assert "chmod 600" in refused.message
    path.chmod(0o600)
    for nonsense in ("", "two words", '"quoted"', "\udcff"):
        path.write_bytes(nonsense.encode("utf-8", "surrogateescape"))
        refused = shell("listen", "--print-secret")
        assert (refused.code, refused.message) == (
            1,
            f"{path} does not hold a signing secret; remove it, and a new one is made",
        )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--to", "ftp://localhost/"], "is not a URL such as"),
        (["--to", "http://localhost:99999/"], "is not a URL such as"),
        (["--to", "nowhere"], "is not a URL such as"),
        (["--events", "*.created"], "is not a pattern"),
        (["--where", "priority"], "is not FIELD=VALUE"),
        (["--interval", "5"], "counts against the quota"),
        (["--interval", "nan"], "counts against the quota"),
        (["--since", "evt_1\r\nX-Signature: none"], "is not the id of an event"),
        (["--since", ""], "is not the id of an event"),
        (["--since", "e" * 100_000], "is not the id of an event"),
    ],
)
def test_mistakes(shell: Shell, words: list[str], message: str) -> None:
    """Options that make no sense are refused before anything is sent."""
    ran = shell("listen", *words)
    assert ran.code == 2
    assert message in ran.message


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
            while len({each.event["id"] for each in target.received}) < count:
                await asyncio.sleep(0.02)
        rows = sandbox._running().store.execute("SELECT id, body FROM events ORDER BY place").fetchall()
    expected: dict[str, list[str]] = defaultdict(list)
    for event_id, raw in rows:
        expected[json.loads(raw)["data"]["id"]].append(event_id)
    arrived: dict[str, list[str]] = defaultdict(list)
    for each in target.received:
        arrived[each.event["data"]["id"]].append(each.event["id"])
    assert sum(map(len, expected.values())) == count
    assert {ticket: [event for event, _ in groupby(events)] for ticket, events in arrived.items()} == expected
    bodies = dict(rows)
    secret = (tmp_path / "listen" / "secret").read_text()
    for each in target.received:
        assert each.body == bodies[construct_event(each.body, each.headers["X-Signature"], secret).id]
