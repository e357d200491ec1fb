"""The forwarder of `cstar listen`: what receivers get, whatever they answer and whatever an event holds."""

from __future__ import annotations

import asyncio
import contextlib
import time
from base64 import b64encode
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from cstar_async.cli import forwarding
from cstar_async.webhooks.receiving.envelope import read_envelope
from tests.cli.listening import body, forwarder, reported
from tests.support.receiver import Receiver, receiver

if TYPE_CHECKING:
    from pathlib import Path


async def test_what_is_not_taken_is_sent_again_only_with_retry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --retry an answer other than 2xx is reported; with it the event is sent again, before later ones."""
    monkeypatch.setattr(forwarding, "RETRY_DELAYS", (0.0, *[0.05] * 8))
    async with receiver() as target:
        target.answers = [500]
        async with forwarder(tmp_path / "a", target.url) as (work, attempts):
            await work.take(body(1))
            await work.take(body(2))
            await reported(attempts, 2)
        assert [(each.event_id, each.result.status, each.retry_in) for each in attempts] == [
            ("evt_1", 500, None),
            ("evt_2", 200, None),
        ]
        target.received.clear()
        target.answers = [500, 404]
        async with forwarder(tmp_path / "b", target.url, retry=True) as (work, attempts):
            await work.take(body(1))
            await work.take(body(2))
            await reported(attempts, 4)
            got = target.received
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
    assert failed.result.status is None
    assert "refused" in (failed.result.error or "").lower()


class Bad(Receiver):
    """Answers as its turn says: late, with too much, or not to the end."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        await super().handle(request)
        turn = len(self.received)
        if turn == 1:
            await asyncio.sleep(1)
        answer = web.StreamResponse(headers={"Content-Length": str(10_000_000)})
        await answer.prepare(request)
        with contextlib.suppress(ConnectionError):
            await answer.write(b"x" * (10_000_000 if turn == 3 else 1_000))
        if turn != 3 and request.transport is not None:
            request.transport.abort()
        return answer


async def test_a_receiver_that_misbehaves_holds_up_nothing(tmp_path: Path) -> None:
    """One that is slow, cuts its answer or answers with megabytes gets the next event all the same."""
    async with receiver(Bad()) as target, forwarder(tmp_path, target.url, timeout=0.3) as (work, attempts):
        for number in range(1, 4):
            await work.take(body(number))
        slow, cut, large = await reported(attempts, 3)
        assert [each.event["id"] for each in target.received] == ["evt_1", "evt_2", "evt_3"]
        async with asyncio.timeout(5):
            while await work.waiting():  # a report is before the outcome is saved
                await asyncio.sleep(0.01)
    assert slow.result.error == "no answer within 0.3 s"
    assert cut.result.success or cut.result.error
    assert (large.result.status, set(large.result.answer or "")) == (200, {"x"})
    assert len(large.result.answer or "") <= 2_000


async def test_a_password_in_a_target_is_sent_and_not_shown(tmp_path: Path) -> None:
    """It is in the request, and in no attempt."""
    async with receiver() as target:
        url = target.url.replace("://", "://jo:p%40ss@")
        async with forwarder(tmp_path, url) as (work, attempts):
            await work.take(body(1))
            await reported(attempts, 1)
    assert target.received[0].headers["Authorization"] == f"Basic {b64encode(b'jo:p@ss').decode()}"
    assert attempts[0].url == target.url


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
        assert len(target.received) == 2


async def test_an_id_cannot_leave_the_folder_or_its_header(tmp_path: Path) -> None:
    """Whatever an id is, its file is in the folder of --save; one that no header can carry is a failed attempt."""
    save = tmp_path / "saved"
    save.mkdir()
    hostile = body(2).replace(b'"evt_2"', b'"../evt/2\\r\\nX-Signature: none"')
    async with receiver() as target, forwarder(tmp_path / "a?b#c %20", target.url, save=save) as (work, attempts):
        await work.take(hostile)
        await work.take(body(3))
        await reported(attempts, 2)
        assert [each.body for each in target.received] == [body(3)]
    assert [each.result.success for each in attempts] == [False, True]
    assert sorted(each.read_bytes() for each in save.iterdir()) == sorted([hostile, body(3)])
    assert sorted(each.name for each in tmp_path.iterdir()) == ["a?b#c %20", "saved"]


@pytest.mark.parametrize("content", [b"", b"\xff\x00", b"evt_1\r\nX-Signature: none", b"e" * 10_000])
def test_a_damaged_place(tmp_path: Path, content: bytes) -> None:
    """What cannot be an id is read as none yet, so that the events are taken again; known ones are not forwarded."""
    place = forwarding.Place.of(tmp_path, "http://service", "team", ["http://localhost/"])
    assert place.last() is None
    place.save("evt_1")
    assert place.last() == "evt_1"
    place.cursor.write_bytes(content)
    assert place.last() == ""


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
        ({"big": "1" * 30}, True),
    ],
)
def test_where(where: dict[str, str], wanted: bool) -> None:
    """Fields of the event, of its data, and of the object that the data may nest; lists hold a value."""
    data: dict[str, Any] = {"priority": "urgent", "count": 3, "is_internal": False, "notes": None, "tags": ["a", "vip"]}
    data |= {"customer": {"email": "jo@example.com"}, "ticket": {"title": "deep"}}
    data["big"] = int("1" * 30)
    assert forwarding.is_wanted(read_envelope(body(1, **data)), list(where.items())) is wanted


def test_where_may_name_a_field_twice() -> None:
    """All conditions hold, also those about one field."""
    envelope = read_envelope(body(1, tags=["a", "b"]))
    assert forwarding.is_wanted(envelope, [("tags", "a"), ("tags", "b")])
    assert not forwarding.is_wanted(envelope, [("tags", "a"), ("tags", "c")])
