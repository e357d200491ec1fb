"""Putting entries into an outbox, and sending them."""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from cstar_async._core.call import Call
from cstar_async._core.operation import Param
from cstar_async._generated.operations import load
from cstar_async.errors import APIConnectionError, AuthenticationError, NotFoundError, OutboxError, ServerError
from cstar_async.outbox import Outbox, OutboxStats, calls

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cstar_async import CStarClient
    from cstar_async.sandbox import Faults, Sandbox, Team
    from tests.outbox.conftest import Sent
    from tests.support.clock import FakeClock


async def titles(cstar: CStarClient) -> list[str]:
    """The titles of all tickets, sorted."""
    return sorted([str(ticket.title) async for ticket in cstar.tickets.list()])


async def test_an_entry_is_sent_once(outbox: Outbox, cstar: CStarClient) -> None:
    """What is put is sent by the next flush, and not again; the result is the service's JSON."""
    entry = await outbox.put(cstar.tickets.create(title="Printer on fire"))
    assert (entry.state, entry.operation, entry.team) == ("queued", "tickets.create", cstar._requester.team)
    assert await cstar.tickets.list().count() == 0
    (result,) = await outbox.flush(cstar)
    assert (result.id, result.ok, result.state, result.error) == (entry.id, True, "done", None)
    assert result.value["title"] == "Printer on fire"
    assert await outbox.flush(cstar) == []
    assert await titles(cstar) == ["Printer on fire"]
    assert await outbox.stats() == OutboxStats(done=1)


async def test_a_call_put_twice_is_one_entry(outbox: Outbox, cstar: CStarClient) -> None:
    """A call put again, before or after it was sent, is the same entry; so is an equal call with the same key."""
    call = cstar.tickets.create(title="One")
    first = await outbox.put(call)
    assert await outbox.put(call) == first
    own = await outbox.put(cstar.tickets.create(title="Two").options(idempotency_key="order-17"))
    await outbox.flush(cstar)
    assert (await outbox.put(call)).state == "done"
    assert (await outbox.put(cstar.tickets.create(title="Two").options(idempotency_key="order-17"))).id == own.id
    assert await outbox.flush(cstar) == []
    with pytest.raises(OutboxError, match=f"entry {own.id} .* same idempotency key, but is another write"):
        await outbox.put(cstar.tickets.create(title="Three").options(idempotency_key="order-17"))
    assert await titles(cstar) == ["One", "Two"]


async def test_a_key_is_known_for_a_week(outbox: Outbox, cstar: CStarClient, clock: FakeClock) -> None:
    """A write that is put again within a week is not sent again; entries that are done are removed after that."""
    await outbox.put(cstar.tickets.create(title="One").options(idempotency_key="k"))
    await outbox.flush(cstar)
    clock.advance(6.9 * 86_400)
    assert (await outbox.put(cstar.tickets.create(title="One").options(idempotency_key="k"))).state == "done"
    clock.advance(0.2 * 86_400)
    await outbox.put(cstar.tickets.create(title="Two"))
    await outbox.flush(cstar)
    assert await outbox.stats() == OutboxStats(done=1)


async def test_a_call_in_doubt_keeps_its_key(outbox: Outbox, cstar: CStarClient, cstar_faults: Faults) -> None:
    """A call whose answer was lost, put into an outbox, is the same write."""
    cstar_faults.add(path="tickets.create", reset=True)
    call = cstar.tickets.create(title="One")
    with pytest.raises(APIConnectionError):
        await call
    entry = await outbox.put(call)
    assert entry.first_attempt_at is not None
    assert (await outbox.flush(cstar))[0].ok
    assert await titles(cstar) == ["One"]


REFUSED: dict[str, tuple[Callable[[CStarClient], Any], str]] = {
    "a read": (lambda cstar: cstar.tickets.get("tkt_1"), "only reads"),
    "a list": (lambda cstar: cstar.tickets.list(), "only reads"),
    "a path outside of the contract": (lambda cstar: cstar.call("POST", "/api/v1/x"), "contract"),
    "an answer with a secret": (lambda cstar: cstar.keys.create(name="x"), "secret"),
    "a password": (
        lambda cstar: cstar.customer_auth.login("t", email="a@example.com", password="hunter2"),
        "secret",
    ),
    "no idempotency key": (lambda cstar: cstar.public_community.posts.vote("t", "slug"), "idempotency key"),
    "a header": (lambda cstar: cstar.tickets.create(title="x").options(headers={"X-Token": "t0ken"}), "headers"),
}


@pytest.mark.parametrize(("make", "reason"), REFUSED.values(), ids=REFUSED)
async def test_calls_that_are_refused(
    make: Callable[[CStarClient], Any], reason: str, outbox: Outbox, cstar: CStarClient
) -> None:
    """A call that cannot be done once, or whose secret would be in the file, is refused with the reason."""
    with pytest.raises(OutboxError, match=reason) as caught:
        await outbox.put(make(cstar))
    assert "hunter2" not in str(caught.value)
    assert "t0ken" not in str(caught.value)
    assert await outbox.stats() == OutboxStats()


async def test_an_argument_that_is_a_secret(
    outbox: Outbox, cstar: CStarClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An argument that the contract marks as a secret is refused, whatever the operation."""
    operation = load("tickets.create")
    changed = operation._replace(params=(*operation.params, Param("pin", "pin", "body", "string", secret=True)))
    monkeypatch.setattr(calls, "load", lambda _: changed)
    with pytest.raises(OutboxError, match="pin is a secret") as caught:
        await outbox.put(Call[Any](cstar, changed, (), None, {"title": "x", "pin": "1234"}, None))
    assert "1234" not in str(caught.value)


async def test_what_is_not_a_call(outbox: Outbox) -> None:
    """Anything else than a call is a TypeError."""
    with pytest.raises(TypeError, match=r"takes calls, .* got dict"):
        await outbox.put({"title": "x"})  # type: ignore[arg-type]


async def test_arguments_that_cannot_be_sent(outbox: Outbox, cstar: CStarClient) -> None:
    """Arguments that cannot be sent are refused by put, as by an await."""
    with pytest.raises(ValueError, match="NaN"):
        await outbox.put(cstar.tickets.create(title="x", metadata={"n": float("nan")}))
    with pytest.raises(ValueError, match="ticketId"):
        await outbox.put(cstar.tickets.update("", status="closed"))
    with pytest.raises(TypeError, match="metadata"):
        await outbox.put(cstar.tickets.create(title="x", metadata={"n": 2**70}))


async def test_free_json_is_sent_as_it_was_put(
    tmp_path: Path, cstar: CStarClient, sent: list[Sent], clock: FakeClock
) -> None:
    """Large integers, floats, dates and other text are sent byte by byte as a direct call would send them."""
    metadata = {
        "big": 2**63 + 11,
        "small": -(2**63),
        "float": 0.1 + 0.2,
        "huge": 1e300,
        "minus": -0.0,
        "at": dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC),
        "day": dt.date(2026, 3, 1),
        "text": 'Ünï "quoted" \u2028 😀',
        "none": None,
        "nested": {"b": [1, {"a": []}]},
    }
    call = cstar.tickets.create(title="x", metadata=metadata)
    body = call._request.body()
    assert body is not None
    async with Outbox(f"sqlite:///{tmp_path}/outbox.db", clock=clock) as outbox:
        await outbox.put(call)
    async with Outbox(f"sqlite:///{tmp_path}/outbox.db", clock=clock) as outbox:
        assert (await outbox.flush(cstar))[0].ok
    assert sent[-1].body == body.content


async def test_a_query_is_sent_as_it_was_put(outbox: Outbox, cstar: CStarClient, sent: list[Sent]) -> None:
    """The query of a write, and an id with characters that need quoting, are the same when they are sent."""
    call = cstar.customer_groups.members.remove("grp_ü/1", customer_id="cus_1 &2")
    target = call._request.target(cstar._requester.team)
    await outbox.put(call)
    await outbox.flush(cstar)
    assert sent[-1].target == target


async def test_entries_of_a_lane_are_sent_in_order(
    outbox: Outbox, cstar: CStarClient, sent: list[Sent], cstar_faults: Faults
) -> None:
    """Entries about one ticket are sent in the order of their puts, and others pass one that cannot be sent."""
    first, second = [await cstar.tickets.create(title=f"Ticket {n}") for n in range(2)]
    await outbox.put(cstar.tickets.update(first.id, notes="1"))
    await outbox.put(cstar.tickets.messages.create(first.id, content="2"))
    for number in range(3, 12):
        await outbox.put(cstar.tickets.update(first.id, notes=str(number)))
        await outbox.put(cstar.tickets.update(second.id, notes=str(number)))
    cstar_faults.add(path=f"/tickets/{first.id}", status=503)
    results = await outbox.flush(cstar)
    assert [(result.ok, result.state) for result in results] == [(False, "queued"), *[(True, "done")] * 9]
    assert isinstance(results[0].error, ServerError)
    assert all(result.ok for result in await outbox.flush(cstar))
    bodies = [orjson.loads(each.body) for each in sent if first.id in each.target][1:]  # the first was not done
    assert [body.get("notes") or body["content"] for body in bodies] == [str(number) for number in range(1, 12)]


async def test_a_refusal_does_not_stop_its_lane(outbox: Outbox, cstar: CStarClient) -> None:
    """After a 4xx the next entry of the lane is sent; the refused one is kept, and can be sent again."""
    ticket = await cstar.tickets.create(title="x")
    bad = await outbox.put(cstar.tickets.update(ticket.id, status="on fire"))
    await outbox.put(cstar.tickets.update(ticket.id, notes="after"))
    results = await outbox.flush(cstar)
    assert [result.state for result in results] == ["failed", "done"]
    (kept,) = await outbox.failed()
    assert (kept.id, kept.state, kept.check) == (bad.id, "failed", f'tickets.get("{ticket.id}")')
    assert kept.error is not None
    assert "status" in kept.error
    again = await outbox.retry(bad.id)
    assert again.state == "queued"
    assert again.idempotency_key != bad.idempotency_key
    assert [result.state for result in await outbox.flush(cstar)] == ["failed"]


@pytest.mark.parametrize("then", ["retry", "clear"])
async def test_a_halted_lane_waits(then: str, outbox: Outbox, cstar: CStarClient) -> None:
    """With halt_lane the later entries of the lane wait until the refused one is sent again or removed."""
    ticket = await cstar.tickets.create(title="x")
    bad = await outbox.put(cstar.tickets.update(ticket.id, status="on fire"), halt_lane=True)
    await outbox.put(cstar.tickets.update(ticket.id, notes="after"))
    assert [result.id for result in await outbox.flush(cstar)] == [bad.id]
    assert await outbox.flush(cstar) == []
    if then == "retry":
        await outbox.retry(bad.id)
        assert [result.state for result in await outbox.flush(cstar)] == ["failed"]
    assert await outbox.clear(bad.id) == 1
    assert [result.ok for result in await outbox.flush(cstar)] == [True]
    assert (await cstar.tickets.get(ticket.id)).notes == "after"


async def test_a_retried_entry_keeps_its_place(outbox: Outbox, cstar: CStarClient) -> None:
    """An entry that is sent again waits for the lane's entry that is on its turn, and passes the later ones."""
    ticket = await cstar.tickets.create(title="x")
    bad = await outbox.put(cstar.tickets.update(ticket.id, status="on fire"))
    await outbox.flush(cstar)
    second, third = [await outbox.put(cstar.tickets.update(ticket.id, notes=note)) for note in ("2", "3")]
    await outbox.retry(bad.id)
    results = await outbox.flush(cstar)
    assert {result.id for result in results} == {bad.id, second.id, third.id}
    assert (await cstar.tickets.get(ticket.id)).notes == "3"


async def test_deletions(outbox: Outbox, cstar: CStarClient, cstar_faults: Faults) -> None:
    """A deletion whose answer was lost is repeated, and a 404 counts as done then; a 404 at first is a failure."""
    ticket = await cstar.tickets.create(title="x")
    await outbox.put(cstar.tickets.delete(ticket.id))
    cstar_faults.add(path="tickets.delete", reset=True)
    assert [result.state for result in await outbox.flush(cstar)] == ["queued"]
    assert [result.ok for result in await outbox.flush(cstar)] == [True]
    await outbox.put(cstar.tickets.delete(ticket.id))
    (result,) = await outbox.flush(cstar)
    assert result.state == "failed"
    assert isinstance(result.error, NotFoundError)


async def test_a_lost_answer_is_not_a_second_write(outbox: Outbox, cstar: CStarClient, cstar_faults: Faults) -> None:
    """An entry whose answer was lost is sent again with the same key, and done once."""
    await outbox.put(cstar.tickets.create(title="One"))
    faults: tuple[dict[str, Any], ...] = ({"reset": True}, {"truncate": True}, {"malformed": True})
    for fault in faults:
        cstar_faults.add(path="tickets.create", **fault)
        (result,) = await outbox.flush(cstar)
        assert (result.ok, result.state) == (False, "queued")
        assert result.error is not None
    assert [result.ok for result in await outbox.flush(cstar)] == [True]
    assert await titles(cstar) == ["One"]


async def test_a_refusal_in_doubt_is_uncertain(outbox: Outbox, cstar: CStarClient, cstar_faults: Faults) -> None:
    """A refusal after an attempt that may have been done is uncertain, and sent again only if that is asked for."""
    entry = await outbox.put(cstar.tickets.create(title="One"))
    cstar_faults.add(path="tickets.create", reset=True)
    cstar_faults.add(path="tickets.create", status=403)
    assert [result.state for result in await outbox.flush(cstar)] == ["queued"]
    assert [result.state for result in await outbox.flush(cstar)] == ["uncertain"]
    with pytest.raises(OutboxError, match=r"may have been done; tickets\.list\(\) shows whether it was"):
        await outbox.retry(entry.id)
    await outbox.retry(entry.id, anyway=True)
    assert [result.ok for result in await outbox.flush(cstar)] == [True]
    assert await titles(cstar) == ["One"]
    with pytest.raises(OutboxError, match="is done"):
        await outbox.retry(entry.id)
    with pytest.raises(OutboxError, match="no entry 99"):
        await outbox.retry(99)


async def test_a_key_that_is_not_accepted_fails_nothing(outbox: Outbox, cstar: CStarClient, cstar_team: Team) -> None:
    """A 401 is raised, and the entries stay queued for a client with a valid key."""
    for number in range(20):
        await outbox.put(cstar.tickets.create(title=str(number)))
    async with cstar_team.client(api_key="sk_test_revoked", max_retries=0) as bad:
        with pytest.raises(AuthenticationError):
            await outbox.flush(bad)
        with pytest.raises(AuthenticationError):
            await outbox.run(bad)
    assert await outbox.stats() == OutboxStats(queued=20)
    assert all(result.ok for result in await outbox.flush(cstar))


async def test_other_teams_and_servers(outbox: Outbox, cstar: CStarClient, cstar_sandbox: Sandbox) -> None:
    """A client sends only the entries of its own team and server."""
    await outbox.put(cstar.tickets.create(title="Ours"))
    other = cstar_sandbox.team()
    async with other.client() as theirs:
        assert await outbox.flush(theirs) == []
        await outbox.put(theirs.tickets.create(title="Theirs"))
        assert [result.ok for result in await outbox.flush(theirs)] == [True]
        assert await titles(theirs) == ["Theirs"]
    async with other.client(team_id=cstar._requester.team, base_url="http://127.0.0.1:9", max_retries=0) as elsewhere:
        assert await outbox.flush(elsewhere) == []
    assert [result.ok for result in await outbox.flush(cstar)] == [True]
    assert await titles(cstar) == ["Ours"]


async def test_the_team_is_asked_for_once(outbox: Outbox, cstar_team: Team) -> None:
    """A client without a team id asks for it at the first put, and the entry is bound to that team."""
    async with cstar_team.client(team_id=None) as cstar:
        entries = [await outbox.put(cstar.tickets.create(title=str(n))) for n in range(2)]
        assert {entry.team for entry in entries} == {cstar_team.id}
        assert len(cstar_team.requests) == 1
        await outbox.flush(cstar)


async def test_a_service_that_cannot_be_reached(outbox: Outbox, cstar_team: Team, clock: FakeClock) -> None:
    """A flush ends early if nothing can be reached; the entries were not sent, and may wait for weeks."""
    async with cstar_team.client(base_url="http://127.0.0.1:9", max_retries=0, clock=clock) as offline:
        for number in range(50):
            await outbox.put(offline.tickets.create(title=str(number)))
        results = await outbox.flush(offline)
        assert 1 <= len(results) <= 8
        assert {result.state for result in results} == {"queued"}
        assert all(isinstance(result.error, APIConnectionError) for result in results)
        clock.advance(30 * 86_400)
        assert {result.state for result in await outbox.flush(offline)} == {"queued"}
    assert await outbox.stats() == OutboxStats(queued=50)
    assert all(entry.first_attempt_at is None for entry in await outbox.entries())


async def test_clear(outbox: Outbox, cstar: CStarClient, caplog: pytest.LogCaptureFixture) -> None:
    """Clear removes one entry or all, and frees the lane; an outbox in memory says what is lost with it."""
    ticket = await cstar.tickets.create(title="x")
    first = await outbox.put(cstar.tickets.update(ticket.id, notes="1"))
    await outbox.put(cstar.tickets.update(ticket.id, notes="2"))
    assert await outbox.clear(99) == 0
    assert await outbox.clear(first.id) == 1
    assert [result.ok for result in await outbox.flush(cstar)] == [True]
    assert await outbox.clear() == 1
    assert await outbox.entries() == []
    await outbox.put(cstar.tickets.update(ticket.id, notes="3"))
    with caplog.at_level(logging.WARNING):
        await outbox.close()
    assert ("1 entries were lost" in caplog.text) == ("memory" in repr(outbox))


async def test_a_flush_ends_although_entries_are_put(outbox: Outbox, cstar: CStarClient) -> None:
    """A flush sends what was queued when it began, although each entry that is sent lets another be put."""
    done: list[int] = []

    async def put_more() -> None:
        while not flushing.done():
            await outbox.put(cstar.tickets.create(title="more"))

    for number in range(10):
        done.append((await outbox.put(cstar.tickets.create(title=str(number)))).id)
    flushing = asyncio.ensure_future(outbox.flush(cstar))
    await asyncio.gather(flushing, put_more())
    assert [result.id for result in flushing.result()][:10] == done
    assert (await outbox.stats()).queued > 0


async def test_entries_by_page(outbox: Outbox, cstar: CStarClient) -> None:
    """Entries are listed by id, and a list continues after an id."""
    made = [(await outbox.put(cstar.tickets.create(title=str(n)))).id for n in range(5)]
    first = await outbox.entries(limit=3)
    assert [entry.id for entry in (*first, *await outbox.entries(after=first[-1].id))] == made
    assert await outbox.entries(("failed",)) == []


@pytest.mark.parametrize("url", ["outbox.db", "postgresql://u:s3cret@h/db", "sqlite:///:memory:", "sqlite:///", ""])
def test_invalid_urls(url: str) -> None:
    """A URL that does not name an outbox is refused, and no part of it is shown."""
    with pytest.raises(OutboxError, match=r"memory:|outbox\.db") as caught:
        Outbox(url)
    assert "s3cret" not in str(caught.value)


async def test_an_outbox_that_is_not_open(cstar: CStarClient) -> None:
    """An outbox that is not open, or is closed, raises RuntimeError."""
    for url in ("memory:", "sqlite:///unused.db"):
        outbox = Outbox(url)
        with pytest.raises(RuntimeError, match="not open"):
            await outbox.put(cstar.tickets.create(title="x"))
        with pytest.raises(RuntimeError, match="not open"):
            await outbox.stats()
