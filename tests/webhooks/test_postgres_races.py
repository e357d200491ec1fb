"""PostgreSQL: concurrent statements, cancelled calls, clocks that differ, and a database that is away for a while."""

from __future__ import annotations

import asyncio
import functools
import random
import signal
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from cstar_async.clock import SystemClock
from cstar_async.webhooks.inbox.postgres import listener, queries
from cstar_async.webhooks.inbox.postgres.store import PostgresStore
from cstar_async.webhooks.inbox.records import DONE, Outcome, State
from tests.support.postgres import server_in, start_until_ready

from .inbox import ALL, event, fill, ids, lease, rest
from .stores import Postgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cstar_async.webhooks.inbox import Store

    from .clock import ManualClock

HERE = "FROM pg_stat_activity WHERE datname = current_database()"
POSTGRES = pytest.mark.parametrize("kind", [Postgres], indirect=True, ids=["postgres"])


@POSTGRES
class TestLanes:
    """Events are accepted while their lane is freed or leased."""

    async def test_work_that_is_being_accepted_while_its_lane_is_freed(
        self, store: Store, kind: Postgres, clock: ManualClock
    ) -> None:
        """A lane with an event that is not yet committed is not removed."""
        await fill(store, [event(1)])
        (found,) = await lease(store)
        async with kind.transaction() as other:
            assert await queries.accept(other, clock.time(), [event(2)]) == [True]
            settling = asyncio.create_task(store.settle(found, DONE))
            await kind.blocked()
        assert await settling
        assert await rest(store) == ["2"]

    async def test_a_lane_that_is_being_freed_while_work_is_accepted(
        self, store: Store, kind: Postgres, clock: ManualClock
    ) -> None:
        """An event that is accepted while its lane is removed makes the lane again."""
        await fill(store, [event(1)])
        (found,) = await lease(store)
        async with kind.transaction() as other:
            assert await queries.settle(other, clock.time(), [(found, DONE)]) == [True]
            accepting = asyncio.create_task(store.accept(event(2)))
            await kind.blocked()
        assert await accepting
        assert await rest(store) == ["2"]

    async def test_an_earlier_place_that_is_committed_later(
        self, store: Store, kind: Postgres, clock: ManualClock
    ) -> None:
        """An event with an earlier place that is committed later is still leased first."""
        await store.register([ALL])
        await store.accept(event("first"))
        async with kind.transaction() as other:
            await other.fetchval("SELECT nextval('cstar_inbox_places')")
            await store.accept(event("late"))
            (first,) = await lease(store)
            await store.settle(first, DONE)
            # As if this transaction had taken its place first, and writes its lane only now.
            await other.execute("""
                INSERT INTO cstar_inbox_events SELECT place - 1, team, 'evt_hidden', type, known, synthetic, lane,
                    created_at, received_at, body FROM cstar_inbox_events WHERE id = 'evt_late'""")
            await other.execute("""
                INSERT INTO cstar_inbox_work (place, grp, lane, due)
                SELECT place - 1, grp, lane, due FROM cstar_inbox_work WHERE place = (SELECT max(place) FROM
                cstar_inbox_work)""")
            work = "(SELECT * FROM cstar_inbox_work WHERE place = (SELECT max(place) - 1 FROM cstar_inbox_work)) w"
            await other.execute(f"WITH {queries.heads(work)} SELECT count(*) FROM heads", clock.time())
        assert await rest(store) == ["hidden", "late"]

    async def test_a_lane_that_gets_more_can_be_leased_meanwhile(
        self, store: Store, kind: Postgres, clock: ManualClock
    ) -> None:
        """A lane can be leased while another event is being added to it."""
        await fill(store, [event(1)])
        async with kind.transaction() as other:
            assert await queries.accept(other, clock.time(), [event(2)]) == [True]
            assert ids(await lease(store)) == ["1"]

    async def test_the_same_ids_in_another_order(self, kind: Postgres) -> None:
        """Two receivers accept the same events in opposite orders without a deadlock, each event once."""
        first, second = await kind.open(), await kind.open()
        await first.register([ALL])
        for turn in range(5):
            events = [event(f"{turn}-{n}", lane=f"{n % 7}") for n in range(100)]
            fresh = await asyncio.gather(
                *(first.accept(each) for each in events), *(second.accept(each) for each in reversed(events))
            )
            assert sum(fresh) == 100
        assert (await first.stats())["all"].pending == 500

    async def test_concurrent_calls_of_all_kinds(self, kind: Postgres, clock: ManualClock) -> None:
        """Any mix of concurrent calls runs without a deadlock."""
        stores = [await kind.open() for _ in range(3)]
        await stores[0].register([ALL])
        chance = random.Random(1)
        number = 0

        async def act(store: Store) -> None:
            nonlocal number
            for _ in range(15):
                number += 5
                await asyncio.gather(*(store.accept(event(number - n, lane=f"{n}")) for n in range(5)))
                held = await lease(store, limit=4, seconds=chance.choice((0, 30)))
                chance.shuffle(held)
                await asyncio.gather(
                    store.renew(held, seconds=30),
                    *(store.settle(each, chance.choice((DONE, Outcome(State.DEAD)))) for each in held),
                    chance.choice((store.redrive, functools.partial(store.replay, group=None, since=0), store.stats))(),
                    store.prune(bodies_before=0, ids_before=0),
                )

        await asyncio.gather(*(act(store) for store in stores))
        clock.advance(60)
        await stores[0].redrive()
        await rest(stores[0])
        stats = (await stores[0].stats())["all"]
        assert (stats.pending, stats.dead, stats.done) == (0, 0, number)


@POSTGRES
class TestCancelled:
    """Cancelled calls."""

    async def test_calls_cancelled_anywhere_leave_a_usable_inbox(
        self, store: Store, kind: Postgres, clock: ManualClock
    ) -> None:
        """Calls that are cancelled at any moment lose no connection and leave no half of an event."""
        await store.register([ALL])
        chance = random.Random(2)
        for number in range(60):
            found = next(iter(await lease(store, limit=1)), None)
            calls = [store.accept(event(number)), lease(store, limit=1), store.stats(), store.next_due(["all"])]
            if found is not None:
                calls += [store.commit(found, kind.add(found.event_id)), store.renew([found], seconds=30)]
            tasks = [asyncio.ensure_future(each) for each in calls]
            await asyncio.sleep(chance.uniform(0, 0.004))
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                assert not isinstance(result, Exception), result
            if found is not None:
                assert await store.settle(found, DONE)
        clock.advance(60)
        for number in range(60):
            await store.accept(event(number))
        async with asyncio.timeout(60):
            await rest(store)
        assert (await store.stats())["all"].done == 60
        values = await kind.values(store)
        assert len(values) == len(set(values))

    async def test_a_call_that_is_cancelled_while_its_connection_breaks(
        self, kind: Postgres, clock: ManualClock
    ) -> None:
        """A call that is cancelled when its connection breaks raises CancelledError, and the next call works."""
        store = PostgresStore(kind.url, clock)
        await store.open()
        with pytest.raises(asyncio.CancelledError):
            async with store._connections.own() as connection:
                connection.terminate()  # as the driver does when the connection is lost
                raise asyncio.CancelledError
        assert await store.groups() == []
        await store.close()

    async def test_leases_of_a_cancelled_call_are_given_back(self, store: Store) -> None:
        """Leases of a call that was cancelled are given back at once, and the attempts do not count."""
        await fill(store, [event(n, lane=f"{n}") for n in range(3)])
        asking = asyncio.create_task(lease(store))
        for _ in range(3):
            await asyncio.sleep(0)
        asking.cancel()
        async with asyncio.timeout(60):
            while len(again := await lease(store)) < 3:
                for each in again:
                    await store.settle(each, Outcome(State.PENDING, counts=False))
                await asyncio.sleep(0.01)
        assert {each.attempt for each in again} == {1}


class Wrong(SystemClock):
    """The clock of a machine that is an hour ahead."""

    @staticmethod
    def time() -> float:
        return SystemClock.time() + 3_600


@POSTGRES
async def test_machines_whose_clocks_differ(kind: Postgres) -> None:
    """Leases and retries have their right length on machines whose clocks differ by an hour."""
    await kind.run("SELECT 1")
    right, wrong = PostgresStore(kind.url, SystemClock()), PostgresStore(kind.url, Wrong())
    await right.open()
    await wrong.open()
    try:
        await fill(right, [event(1), event(2, lane="b")])
        first, second = await lease(right, seconds=300)
        assert await lease(wrong) == []
        for store in (right, wrong):
            due = await store.next_due(["all"])
            assert due is not None
            assert 0 < due <= 300
        assert await right.settle(first, Outcome(State.PENDING, SystemClock.time()))
        (again,) = await lease(wrong)
        assert abs(again.received_at - SystemClock.time()) < 60
        assert await wrong.settle(again, Outcome(State.PENDING, Wrong().time() + 200))
        assert await lease(right) == []
        assert await right.settle(second, DONE)
        due = await right.next_due(["all"])
        assert due is not None
        assert 100 < due <= 200
    finally:
        await right.close()
        await wrong.close()


@POSTGRES
async def test_a_listener_connects_again(kind: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its connection has broken, a worker listens again and is woken by new events."""
    monkeypatch.setattr(listener, "PAUSE", 0.01)
    store, other = await kind.open(), await kind.open()
    await store.listen()
    await other.register([ALL])
    store.wake.clear()
    await kind.run(f"SELECT pg_terminate_backend(pid) {HERE} AND query LIKE 'LISTEN%'")
    async with asyncio.timeout(60):
        await store.wake.wait()  # it listens again, and checks for events that it missed
        store.wake.clear()
        await other.accept(event(1))
        await store.wake.wait()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Any]:
    """A server that the test may stop."""
    folder = Path(tempfile.gettempdir()) / f"cstar-postgres-{uuid.uuid4().hex}"
    with server_in(folder, tmp_path / "postgres.lock") as server:
        yield server


async def test_the_database_crashes_and_comes_back(own_server: Any, clock: ManualClock) -> None:
    """After a crash of the database the store works again, and every acknowledged event is there."""
    store = PostgresStore(own_server.get_uri(), clock)
    await store.open()
    await store.register([ALL])
    await store.listen()
    acknowledged: list[str] = []

    async def deliver(sender: int) -> None:
        for number in range(100_000):
            if await store.accept(event(f"{sender}-{number}", lane=f"{sender}")):
                acknowledged.append(f"{sender}-{number}")

    delivering = [asyncio.create_task(deliver(sender)) for sender in range(10)]
    async with asyncio.timeout(60):
        while len(acknowledged) < 200:
            await asyncio.sleep(0.01)
    (held, *_) = await lease(store)
    own_server.get_postmaster_info().process.send_signal(signal.SIGQUIT)  # an immediate shutdown, like a crash
    results = await asyncio.gather(*delivering, return_exceptions=True)
    errors = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
    assert all(isinstance(each, errors) for each in results), results
    for call in (
        store.accept(event(1)),
        lease(store),
        store.settle(held, DONE),
        store.stats(),
        store.renew([held], seconds=1),
    ):
        with pytest.raises(errors):
            await call
    await asyncio.to_thread(own_server.get_postmaster_info().process.wait, 60)
    await asyncio.to_thread(start_until_ready, own_server.ensure_postgres_running)
    assert await store.settle(held, DONE)
    acknowledged.remove(held.event_id.removeprefix("evt_"))
    clock.advance(60)  # the leases expire
    kept: list[str] = []
    while leases := await lease(store):
        kept += ids(leases)
        await asyncio.gather(*(store.settle(each, DONE) for each in leases))
    assert set(acknowledged) <= set(kept)
    assert len(kept) - len(acknowledged) <= 10  # at most the last event of each sender is kept but unacknowledged
    await store.close()
