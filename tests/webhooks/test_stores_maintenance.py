"""What every store promises about commits, dead letters, replay, maintenance and restarts, tested on each."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from cstar_async.errors import InboxError, LeaseLostError
from cstar_async.webhooks.inbox import open_store
from cstar_async.webhooks.inbox.records import DONE, Group, Outcome, State

from .inbox import ALL, DEAD, event, fill, ids, lease, rest
from .stores import KINDS

if TYPE_CHECKING:
    from cstar_async.webhooks.inbox import Store

    from .clock import ManualClock
    from .stores import StoreKind

DURABLE = [each for each in KINDS if each.durable]


class TestCommit:
    """The store's part of `event.commit`."""

    async def test_effect_and_mark_are_one(self, store: Store, kind: StoreKind) -> None:
        """A commit writes the effect and marks the event done; a second one is refused."""
        await fill(store, [event(1)])
        (found,) = await lease(store)
        assert await store.commit(found, kind.add("once")) == "once"
        with pytest.raises(LeaseLostError):
            await store.commit(found, kind.add("twice"))
        assert await store.settle(found, DONE)
        assert await lease(store) == []
        assert await kind.values(store) == ["once"]

    async def test_an_error_undoes_both(self, store: Store, kind: StoreKind) -> None:
        """A function that raises leaves no effect, and the event stays pending."""
        await fill(store, [event(1), event(2, lane="b")])
        first, second = await lease(store)
        done = store.commit(second, kind.add("good"))
        failed = store.commit(first, kind.add("bad", ValueError("no")))
        results = await asyncio.gather(failed, done, return_exceptions=True)
        assert [repr(each) for each in results] == ["ValueError('no')", "'good'"]
        assert await kind.values(store) == ["good"]
        assert await store.commit(first, kind.add("better")) == "better"

    async def test_no_effect_without_a_valid_lease(self, store: Store, kind: StoreKind, clock: ManualClock) -> None:
        """A commit with a lease that another worker has taken over raises LeaseLostError and has no effect."""
        await fill(store, [event(1)])
        (old,) = await lease(store)
        clock.advance(30)
        (new,) = await lease(store)
        with pytest.raises(LeaseLostError, match="evt_1"):
            await store.commit(old, kind.add("old"))
        await store.commit(new, kind.add("new"))
        assert await kind.values(store) == ["new"]

    async def test_the_lane_stays_leased_until_the_handler_ends(self, store: Store, kind: StoreKind) -> None:
        """After a commit the lane stays leased until the lease is settled."""
        await fill(store, [event(1), event(2)])
        (found,) = await lease(store)
        await store.commit(found, kind.add("a"))
        assert await lease(store) == []
        # The handler fails after its commit; the event stays done.
        assert await store.settle(found, Outcome(State.PENDING, 0, "too late"))
        assert await rest(store) == ["2"]

    async def test_a_crash_after_the_commit_repeats_nothing(
        self, store: Store, kind: StoreKind, clock: ManualClock
    ) -> None:
        """When the lease of a committed event expires, the event stays done and the lane is free."""
        await fill(store, [event(1), event(2)])
        (found,) = await lease(store, attempts=1)
        await store.commit(found, kind.add("a"))
        clock.advance(30)
        assert ids(await lease(store, attempts=1)) == ["2"]
        assert await store.dead_letters() == []

    async def test_the_wrong_kind_of_function_is_named(self, store: Store, kind: StoreKind) -> None:
        """A coroutine function where a plain one is needed, or the reverse, raises TypeError and has no effect."""
        await fill(store, [event(1)])
        (found,) = await lease(store)
        with pytest.raises(TypeError, match="function"):
            await store.commit(found, kind.wrong_kind())
        assert await store.commit(found, kind.add("a")) == "a"

    async def test_the_function_cannot_end_the_transaction(self, store: Store, kind: StoreKind) -> None:
        """A function that commits the transaction itself raises RuntimeError and has no effect."""
        await fill(store, [event(1)])
        (found,) = await lease(store)
        with pytest.raises(RuntimeError, match="transaction"):
            await store.commit(found, kind.ends_transaction())
        assert await kind.values(store) == []
        assert await store.commit(found, kind.add("whole")) == "whole"


class TestDeadLetters:
    """Dead letters are listed and redriven."""

    async def test_they_are_listed(self, store: Store, clock: ManualClock) -> None:
        """Dead letters are listed with error, attempts and times, by group, by event and by page."""
        await fill(store, [event(n, lane=f"{n}") for n in range(3)], ALL, Group("other", ("*",)))
        clock.advance(5)
        for found in await lease(store, "all", "other"):
            await store.settle(found, DEAD)
        dead = await store.dead_letters()
        assert [(each.event_id, each.group) for each in dead] == [
            (f"evt_{n}", group) for n in range(3) for group in ("all", "other")
        ]
        assert dead[0].error == "no"
        assert (dead[0].team_id, dead[0].type, dead[0].attempts) == ("team", "ticket.updated", 1)
        assert (dead[0].received_at, dead[0].died_at) == (clock.time() - 5, clock.time())
        assert [each.group for each in await store.dead_letters(event_id="evt_2")] == ["all", "other"]
        assert len(await store.dead_letters(group="other")) == 3
        page = await store.dead_letters(limit=3)
        assert page + await store.dead_letters(after=(page[-1].sequence, page[-1].group)) == dead

    async def test_redriven_they_start_at_the_first_attempt(self, store: Store) -> None:
        """Redriven events are pending again, at their first attempt."""
        await fill(store, [event(1), event(2)], ALL, Group("other", ("*",)))
        for group in ("all", "other"):
            for _ in range(2):
                (found,) = await lease(store, group)
                await store.settle(found, DEAD)
        store.wake.clear()
        assert await store.redrive(group="all", event_id="evt_2") == 1
        assert store.wake.is_set()
        (found,) = await lease(store)
        assert (found.event_id, found.attempt) == ("evt_2", 1)
        assert await store.redrive(group="all") == 1
        assert await store.settle(found, DONE)
        assert await rest(store) == ["1"]
        assert await store.redrive() == 2
        assert await store.redrive() == 0
        assert await rest(store, "other") == ["1", "2"]

    async def test_redriven_they_come_before_later_events(self, store: Store) -> None:
        """A redriven event is leased before the later events of its lane."""
        await fill(store, [event(n) for n in range(4)])
        (found,) = await lease(store)
        await store.settle(found, DEAD)
        await store.redrive()
        assert ids(await lease(store)) == ["0"]


class TestReplay:
    """Earlier events are handled again."""

    async def test_the_past_is_given_to_a_new_group(self, store: Store, clock: ManualClock) -> None:
        """A new group can be given the events accepted before its registration."""
        await fill(store, [event(1), event(2, kind="customer.created")])
        clock.advance(100)
        await store.accept(event(3))
        await store.register([Group("late", ("ticket.*",))])
        assert await store.replay(group="late", since=0) == 2
        assert await rest(store, "late") == ["1", "3"]
        assert await rest(store) == ["1", "2", "3"]

    async def test_done_events_are_repeated_and_pending_ones_are_not_changed(
        self, store: Store, clock: ManualClock
    ) -> None:
        """Replay makes done events pending again, and does not change pending ones."""
        await fill(store, [event(1), event(2), event(3)])
        (first,) = await lease(store)
        await store.settle(first, DONE)
        (second,) = await lease(store)
        await store.settle(second, Outcome(State.PENDING, clock.time() + 50, "wait"))
        assert await store.replay(group=None, since=0) == 1
        assert await rest(store) == ["1"]
        clock.advance(50)
        (second,) = await lease(store)
        assert (second.event_id, second.attempt) == ("evt_2", 2)

    async def test_it_is_limited_by_group_time_and_type(self, store: Store, clock: ManualClock) -> None:
        """Replay takes the events of the given group, time and types."""
        await fill(store, [event(1), event(2, kind="customer.created")], ALL, Group("other", ("*",)))
        clock.advance(100)
        await store.accept(event(3, kind="customer.created"))
        for group in ("all", "other"):
            assert await rest(store, group) == ["1", "2", "3"]
        assert await store.replay(group="all", since=clock.time()) == 1
        assert await rest(store) == ["3"]
        assert await store.replay(group="all", since=0, types=["customer.*"]) == 2
        assert await rest(store) == ["2", "3"]
        assert await store.replay(group=None, since=0, types=["ticket.updated"]) == 2
        assert await store.replay(group="nobody", since=0) == 0

    async def test_more_than_one_chunk(self, store: Store) -> None:
        """Replay of more events than one statement handles is complete."""
        await store.register([ALL])
        await asyncio.gather(*(store.accept(event(n, lane=f"{n}")) for n in range(2_300)))
        await store.register([Group("late", ("*",))])
        assert await store.replay(group="late", since=0) == 2_300
        assert len(await lease(store, "late", limit=5_000)) == 2_300


class TestMaintenance:
    """Counting, listing and removing."""

    async def test_stats_count(self, store: Store, clock: ManualClock) -> None:
        """The stats of a group count its events by state, and name the time of the oldest pending one."""
        received = clock.time()
        await fill(store, [event(n, lane=f"{n}") for n in range(5)], ALL, Group("idle", ("customer.*",)))
        clock.advance(10)
        leases = await lease(store, limit=3)
        await store.settle(leases[0], DONE)
        await store.settle(leases[1], DEAD)
        stats = await store.stats()
        assert stats["all"]._asdict() == {"pending": 3, "leased": 1, "dead": 1, "done": 1, "oldest": received}
        assert stats["idle"]._asdict() == {"pending": 0, "leased": 0, "dead": 0, "done": 0, "oldest": None}
        clock.advance(30)
        await lease(store, "nobody")  # leasing for any group frees expired leases
        assert (await store.stats())["all"].leased == 0

    async def test_checking_for_an_inbox_does_not_make_one(self, kind: StoreKind, clock: ManualClock) -> None:
        """`check_exists` raises InboxError where there is no inbox, and makes none."""
        look = open_store(kind.url, clock)
        for _ in range(2):
            with pytest.raises(InboxError, match="there is no inbox in"):
                await look.check_exists()
        opened = await kind.open()
        await opened.check_exists()
        if kind.durable:
            await look.check_exists()

    async def test_events_since_a_time_are_listed(self, store: Store, clock: ManualClock) -> None:
        """`seen` lists type, ordering key and time of the events created since a time."""
        await store.register([ALL])
        for number in range(3):
            await store.accept(event(number, lane=f"{number}", created_at=clock.time() - 100 + number))
        found = await store.seen(since=clock.time() - 99)
        assert [tuple(each) for each in found] == [
            ("ticket.updated", "1", clock.time() - 99),
            ("ticket.updated", "2", clock.time() - 98),
        ]

    async def test_a_group_can_be_forgotten(self, store: Store) -> None:
        """A forgotten group loses its pending events and gets no new ones."""
        await fill(store, [event(1), event(2)], ALL, Group("gone", ("*",)))
        assert await store.forget("gone") == 2
        assert await store.forget("gone") == 0
        assert await store.accept(event(3))
        assert list(await store.stats()) == ["all"]
        await store.register([Group("gone", ("*",))])
        assert await lease(store, "gone") == []
        assert await rest(store) == ["1", "2", "3"]

    async def test_pruning_keeps_unfinished_events_and_ids_until_their_time(
        self, store: Store, clock: ManualClock
    ) -> None:
        """Pruning keeps pending and dead events, and each id until its time."""
        await fill(store, [event(n, lane=f"{n}") for n in range(4)], ALL, Group("other", ("ticket.created",)))
        leases = await lease(store)
        for found, outcome in zip(leases, (DONE, DEAD, DONE), strict=False):
            await store.settle(found, outcome)
        await store.accept(event(4, created_at=clock.time() + 200, lane="4"))  # created ahead of its arrival
        (found,) = await lease(store)
        await store.settle(found, DONE)
        clock.advance(100)
        now = clock.time()
        assert await store.prune(bodies_before=now - 100, ids_before=0) == (0, 0)
        assert await store.prune(bodies_before=now, ids_before=0) == (3, 0)
        assert await store.replay(group="all", since=0) == 1  # the dead one still has its content
        for number in range(5):
            assert not await store.accept(event(number))
        assert await store.prune(bodies_before=now, ids_before=now) == (0, 2)
        known = [not await store.accept(event(number)) for number in range(5)]
        assert known == [False, True, False, True, True]


@pytest.mark.parametrize("kind", DURABLE, indirect=True, ids=lambda kind: kind.name)
class TestDurable:
    """What survives the process, and is shared with others."""

    async def test_everything_is_there_after_a_restart(self, store: Store, kind: StoreKind, clock: ManualClock) -> None:
        """Events, ids and leases are there after a restart."""
        await fill(store, [event(1), event(2)])
        (found,) = await lease(store)
        await store.close()
        again = await kind.open()
        assert not await again.accept(event(1))
        assert await lease(again) == []
        clock.advance(30)
        (second,) = await lease(again)
        assert (second.event_id, second.attempt) == ("evt_1", 2)
        assert not await again.settle(found, DONE)

    async def test_two_on_one_place_share_it(self, store: Store, kind: StoreKind) -> None:
        """Two stores in one place accept each event once, and never lease a lane twice."""
        other = await kind.open()
        await other.listen()
        await store.register([ALL])
        other.wake.clear()
        fresh = await asyncio.gather(*(s.accept(event(n, lane=f"{n}")) for n in range(30) for s in (store, other)))
        assert sum(fresh) == 30
        async with asyncio.timeout(60):
            await other.wake.wait()
        taken = await asyncio.gather(*(lease(s, limit=4) for s in (store, other) * 6))
        lanes = [each.ordering_key for leases in taken for each in leases]
        assert len(lanes) == len(set(lanes)) == 30

    async def test_another_process_wakes_a_listener(self, store: Store, kind: StoreKind) -> None:
        """A store that listens is woken by events that another process accepts."""
        await store.register([ALL])
        other = await kind.open()
        await other.listen()
        await asyncio.sleep(0)
        other.wake.clear()
        await store.accept(event(1))
        async with asyncio.timeout(60):
            await other.wake.wait()

    async def test_closing_finishes_running_calls(self, store: Store, kind: StoreKind) -> None:
        """Closing waits for the calls that have begun; later ones raise RuntimeError."""
        await store.register([ALL])
        accepting = [asyncio.ensure_future(store.accept(event(n))) for n in range(20)]
        await asyncio.sleep(0)
        await store.close()
        assert await asyncio.gather(*accepting) == [True] * 20
        with pytest.raises(RuntimeError, match="open"):
            await store.accept(event(99))


async def test_a_leased_event_is_not_pruned(store: Store, kind: StoreKind, clock: ManualClock) -> None:
    """An event that is done but still leased is pruned after it is settled."""
    await fill(store, [event(1)])
    (found,) = await lease(store)
    await store.commit(found, kind.add("once"))
    clock.advance(10)
    pruned = await store.prune(bodies_before=clock.time(), ids_before=clock.time())
    assert (pruned.bodies, pruned.events) == (1, 0)
    await store.accept(event(2))
    assert await store.settle(found, DONE)
    assert ids(await lease(store)) == ["2"]
    assert (await store.prune(bodies_before=0, ids_before=clock.time())).events == 1
