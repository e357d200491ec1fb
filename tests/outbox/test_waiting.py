"""When entries are sent: the clock, quota, outages, and cancellation."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest

from cstar_async.errors import APIConnectionError, AuthenticationError, OutboxError, RateLimitError
from cstar_async.outbox import Outbox, OutboxStats
from tests.support.stress import at_length
from tests.webhooks.clock import ManualClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from cstar_async import CStarClient
    from cstar_async.sandbox import Faults, Team
    from tests.outbox.conftest import Sent
    from tests.support.clock import FakeClock

HOUR = 3600.0


async def until(condition: Callable[[], Awaitable[bool] | bool]) -> None:
    """Wait until a condition holds, at most thirty seconds."""
    async with asyncio.timeout(30):
        while not (found if isinstance(found := condition(), bool) else await found):
            await asyncio.sleep(0.005)


async def put_in_doubt(outbox: Outbox, cstar: CStarClient, faults: Faults) -> int:
    """Put an entry, and lose the answer to it."""
    entry = await outbox.put(cstar.tickets.create(title="One"))
    faults.add(path="tickets.create", reset=True)
    (result,) = await outbox.flush(cstar)
    assert isinstance(result.error, APIConnectionError)
    return entry.id


@pytest.mark.parametrize("hours", [25, 23.1, 24 * 400, -1.5, -30])
async def test_after_a_day_an_entry_in_doubt_is_uncertain(
    hours: float, outbox: Outbox, cstar: CStarClient, cstar_faults: Faults, clock: FakeClock, sent: list[Sent]
) -> None:
    """An entry that may have been done a day ago is uncertain and not sent, also if the clock was set back."""
    number = await put_in_doubt(outbox, cstar, cstar_faults)
    clock.advance(hours * HOUR)
    before = len(sent)
    (result,) = await outbox.flush(cstar)
    assert (result.id, result.ok, result.state, len(sent)) == (number, False, "uncertain", before)
    assert isinstance(result.error, OutboxError)
    assert await outbox.flush(cstar) == []
    (kept,) = await outbox.failed()
    assert (kept.state, kept.check, kept.attempts) == ("uncertain", "tickets.list()", 1)
    await outbox.put(cstar.tickets.create(title="Two"))
    assert [result.ok for result in await outbox.flush(cstar)] == [True]


@pytest.mark.parametrize("hours", [22.9, 0, -0.9])
async def test_within_a_day_an_entry_in_doubt_is_sent_again(
    hours: float, outbox: Outbox, cstar: CStarClient, cstar_faults: Faults, clock: FakeClock, sent: list[Sent]
) -> None:
    """An entry that may have been done less than a day ago is sent again with the same key."""
    await put_in_doubt(outbox, cstar, cstar_faults)
    clock.advance(hours * HOUR)
    assert [result.ok for result in await outbox.flush(cstar)] == [True]
    assert len({each.key for each in sent}) == 1
    assert await cstar.tickets.list().count() == 1


async def test_an_entry_in_doubt_is_not_sent_with_another_key(
    outbox: Outbox, cstar: CStarClient, cstar_team: Team, cstar_faults: Faults, sent: list[Sent]
) -> None:
    """The service knows an idempotency key for one API key, so after a change of that the entry is uncertain."""
    await put_in_doubt(outbox, cstar, cstar_faults)
    fresh = await outbox.put(cstar.tickets.create(title="Two"))
    key = await cstar.keys.create(name="new")
    async with cstar_team.client(api_key=key.key, max_retries=0) as other:
        before = len(sent)
        results = await outbox.flush(other)
        assert [(result.id, result.state) for result in results][1:] == [(fresh.id, "done")]
        assert (results[0].state, len(sent)) == ("uncertain", before + 1)


async def test_a_deletion_in_doubt_is_repeated_at_any_time(
    outbox: Outbox, cstar: CStarClient, cstar_faults: Faults, clock: FakeClock
) -> None:
    """A deletion needs no key, so it can be repeated later than a day after the first attempt."""
    ticket = await cstar.tickets.create(title="x")
    await outbox.put(cstar.tickets.delete(ticket.id))
    cstar_faults.add(path="tickets.delete", reset=True)
    await outbox.flush(cstar)
    clock.advance(48 * HOUR)
    assert [result.ok for result in await outbox.flush(cstar)] == [True]


async def test_a_rate_limit_ends_a_flush(outbox: Outbox, cstar: CStarClient, cstar_team: Team) -> None:
    """After a 429 a flush sends nothing more; the entries were not done, and are queued."""
    for number in range(30):
        await outbox.put(cstar.tickets.create(title=str(number)))
    cstar_team.faults.add(path="tickets.create", status=429, retry_after=3_600, times=None)
    results = await outbox.flush(cstar)
    assert 1 <= len(results) <= 8
    assert all(isinstance(result.error, RateLimitError) for result in results)
    assert await outbox.stats() == OutboxStats(queued=30)
    assert all(entry.first_attempt_at is None for entry in await outbox.entries())


class Running:
    """`run()` in a task, with a clock that only the test moves."""

    def __init__(self, outbox: Outbox, cstar: CStarClient, clock: ManualClock) -> None:
        self.outbox = outbox
        self.cstar = cstar
        self.clock = clock
        self.task = asyncio.create_task(outbox.run(cstar))

    async def states(self) -> dict[str, int]:
        """The entries by state."""
        stats = await self.outbox.stats()
        return {name: count for name in ("queued", "done", "failed", "uncertain") if (count := getattr(stats, name))}

    async def reach(self, **counts: int) -> None:
        """Wait for these entries."""

        async def reached() -> bool:
            assert not self.task.done(), self.task
            return await self.states() == counts

        await until(reached)

    async def reach_in_time(self, seconds: float, **counts: int) -> None:
        """Wait for these entries while time passes, at most so many seconds by the clock."""
        end = self.clock.now + seconds

        async def reached() -> bool:
            assert not self.task.done(), self.task
            if await self.states() == counts:
                return True
            # Only while something waits for it: a slow disk must not use the time up.
            if self.clock._sleepers and self.clock.now < end:
                self.clock.advance(seconds / 20)
            await asyncio.sleep(0.02)
            return False

        await until(reached)


@pytest.fixture(params=["memory", "file"])
async def running(request: pytest.FixtureRequest, tmp_path: Path, cstar_team: Team) -> AsyncIterator[Running]:
    """An outbox that runs."""
    url = "memory:" if request.param == "memory" else f"sqlite:///{tmp_path}/outbox.db"
    clock = ManualClock()
    async with cstar_team.client(clock=clock, max_retries=0) as cstar, Outbox(url, clock=clock) as outbox:
        found = Running(outbox, cstar, clock)
        yield found
        found.task.cancel()
        with suppress(asyncio.CancelledError):
            await found.task


async def test_run_sends_what_is_put(running: Running) -> None:
    """What is put while it runs is sent at once."""
    for number in range(3):
        await running.outbox.put(running.cstar.tickets.create(title=str(number)))
        await running.reach(done=number + 1)


async def test_run_retries_with_backoff(running: Running, cstar_faults: Faults, sent: list[Sent]) -> None:
    """After a 503 an entry is sent again after a while, and others at once."""
    ticket = await running.cstar.tickets.create(title="x")
    cstar_faults.add(path=f"/tickets/{ticket.id}", status=503, times=3)
    sent.clear()
    await running.outbox.put(running.cstar.tickets.update(ticket.id, notes="1"))
    await until(lambda: bool(sent and running.clock._sleepers))
    await running.outbox.put(running.cstar.tickets.create(title="other"))
    await running.reach(queued=1, done=1)
    await running.reach_in_time(600, done=2)


async def test_run_waits_for_an_hour_after_a_429(running: Running, cstar_faults: Faults, sent: list[Sent]) -> None:
    """A 429 with an hour's Retry-After stops all sending for an hour, and what is put does not end the wait."""
    cstar_faults.add(path="tickets.create", status=429, retry_after=3_600)
    await running.outbox.put(running.cstar.tickets.create(title="1"))
    await until(lambda: bool(sent and running.clock._sleepers))
    await running.outbox.put(running.cstar.tickets.create(title="2"))
    running.clock.advance(3_599)
    await asyncio.sleep(0.1)
    assert await running.states() == {"queued": 2}
    assert len(sent) == 1
    await running.reach_in_time(600, done=2)  # the client's own quota waits a little longer


async def test_run_waits_out_an_outage(running: Running, cstar_team: Team, cstar_faults: Faults) -> None:
    """While connections break, nothing but a first entry is tried; afterwards all are sent once."""
    cstar_faults.add(path="tickets.create", reset=True, times=2)
    for number in range(20):
        await running.outbox.put(running.cstar.tickets.create(title=str(number)))
    await running.reach_in_time(600, done=20)
    assert await running.cstar.tickets.list().count() == 20


async def test_run_after_the_clock_was_set_back(running: Running, cstar_faults: Faults, sent: list[Sent]) -> None:
    """After the clock is set back by a day, an entry that waits is sent after a minute, and not after a day."""
    cstar_faults.add(path="tickets.create", status=503)
    await running.outbox.put(running.cstar.tickets.create(title="1"))
    await until(lambda: bool(sent and running.clock._sleepers))
    running.clock.set_by = -86_400
    await running.outbox.put(running.cstar.tickets.create(title="2"))
    await running.reach(queued=1, done=1)
    await running.reach_in_time(600, done=2)


async def test_a_clock_set_back_does_not_hide_a_day(running: Running, cstar_faults: Faults, sent: list[Sent]) -> None:
    """If the clock is set back while it runs, the age of an entry in doubt is still known, and it is not sent."""
    cstar_faults.add(path="tickets.create", status=503)
    await running.outbox.put(running.cstar.tickets.create(title="1"))
    await until(lambda: bool(sent and running.clock._sleepers))
    running.clock.set_by = -25 * HOUR
    running.clock.advance(25 * HOUR)
    await running.reach_in_time(600, uncertain=1)
    assert len(sent) == 1


async def test_run_waits_until_the_team_can_be_found(tmp_path: Path, cstar_team: Team) -> None:
    """A client without a team id that cannot ask for it waits, and sends when it can; a key that is refused raises."""
    clock = ManualClock()
    async with (
        cstar_team.client(clock=clock, max_retries=0) as cstar,
        cstar_team.client(clock=clock, max_retries=0, team_id=None) as asking,
        cstar_team.client(api_key="sk_test_revoked", team_id=None) as bad,
        Outbox("memory:", clock=clock) as outbox,
    ):
        await outbox.put(cstar.tickets.create(title="x"))
        with pytest.raises(AuthenticationError):
            await outbox.run(bad)
        cstar_team.faults.add(path="auth.whoami", status=503)
        running = Running(outbox, asking, clock)
        await until(lambda: bool(clock._sleepers))
        await running.reach_in_time(600, done=1)
        running.task.cancel()
        with suppress(asyncio.CancelledError):
            await running.task


async def test_an_attempt_has_an_end(
    outbox: Outbox, cstar: CStarClient, cstar_faults: Faults, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt that lasts too long ends in doubt, whatever the client's timeout, and the entry is done once."""
    await outbox.put(cstar.tickets.create(title="x"))
    cstar_faults.add(path="tickets.create", hang=True)
    with monkeypatch.context() as patch:
        patch.setattr("cstar_async.outbox.sender.LONGEST_CALL", 0.2)
        (result,) = await outbox.flush(cstar)
    assert (result.state, str(result.error)[:32]) == ("queued", "no final answer came within 0.2 ")
    (entry,) = await outbox.entries()
    assert entry.first_attempt_at is not None
    assert [result.ok for result in await outbox.flush(cstar)] == [True]
    assert await cstar.tickets.list().count() == 1


async def test_a_key_is_forgotten_after_a_week(
    outbox: Outbox, cstar: CStarClient, clock: FakeClock, sent: list[Sent]
) -> None:
    """A write that was done more than a week ago is sent when it is put again, though nothing was sent in between."""
    first = await outbox.put(cstar.tickets.create(title="One").options(idempotency_key="k"))
    await outbox.flush(cstar)
    clock.advance(8 * 86_400)
    second = await outbox.put(cstar.tickets.create(title="One").options(idempotency_key="k"))
    assert (second.state, second.id > first.id) == ("queued", True)
    assert [result.ok for result in await outbox.flush(cstar)] == [True]
    assert len(sent) == 2


async def test_an_entry_on_its_way_is_not_cleared(outbox: Outbox, cstar: CStarClient, cstar_faults: Faults) -> None:
    """An entry that is being sent cannot be removed, and is left out when all are; its outcome is recorded."""
    cstar_faults.add(path="tickets.create", delay=0.05)
    entry = await outbox.put(cstar.tickets.create(title="x"))
    flushing = asyncio.create_task(outbox.flush(cstar))
    while (await outbox.stats()).sending == 0:
        await asyncio.sleep(0.001)
    await outbox.put(cstar.tickets.create(title="y"))
    with pytest.raises(OutboxError, match=f"entry {entry.id} of the outbox is sending"):
        await outbox.clear(entry.id)
    assert await outbox.clear() == 1
    assert [result.ok for result in await flushing] == [True]
    assert await outbox.stats() == OutboxStats(done=1)


async def test_one_sender_at_a_time(running: Running, tmp_path: Path) -> None:
    """While one sends, another flush is refused; another run takes over when it ends."""
    await asyncio.sleep(0.02)
    with pytest.raises(OutboxError, match="being sent by another"):
        await running.outbox.flush(running.cstar)
    if not (tmp_path / "outbox.db").exists():
        return
    async with Outbox(f"sqlite:///{tmp_path}/outbox.db", clock=running.clock) as other:
        with pytest.raises(OutboxError, match="being sent by another"):
            await other.flush(running.cstar)
        await other.put(running.cstar.tickets.create(title="by another"))
        await running.reach(done=1)
        second = asyncio.create_task(other.run(running.cstar))
        running.task.cancel()
        await running.outbox.put(running.cstar.tickets.create(title="1"))

        async def done() -> bool:
            return (await other.stats()).done == 2

        await until(done)
        second.cancel()
        with suppress(asyncio.CancelledError):
            await second


@pytest.mark.parametrize("turns", at_length((0, 2, 5, 9, 15, 22, 30), range(60)))
async def test_cancelled_at_any_await(
    turns: int, tmp_path: Path, cstar: CStarClient, clock: FakeClock, sent: list[Sent]
) -> None:
    """However far a put or a flush had come when it was cancelled, each entry is done once in the end."""

    async def cancel(work: Any) -> None:
        task = asyncio.ensure_future(work)
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async with Outbox(f"sqlite:///{tmp_path}/outbox.db", clock=clock) as outbox:
        calls = [cstar.tickets.create(title=str(number)) for number in range(10)]
        for call in calls:
            await cancel(outbox.put(call))
        for call in calls:
            await outbox.put(call)
        await cancel(outbox.flush(cstar))
        await cancel(outbox.run(cstar))
        await outbox.flush(cstar)
        assert await outbox.stats() == OutboxStats(done=10)
    assert await cstar.tickets.list().count() == 10
    assert len({each.key for each in sent}) == 10


async def test_a_client_that_is_closed(outbox: Outbox, cstar_team: Team) -> None:
    """A flush with a client that is closed raises, and the entries stay."""
    async with cstar_team.client() as cstar:
        await outbox.put(cstar.tickets.create(title="x"))
    with pytest.raises(RuntimeError, match="closed"):
        await outbox.flush(cstar)
    assert await outbox.stats() == OutboxStats(queued=1)
