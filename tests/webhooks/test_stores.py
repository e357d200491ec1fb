"""What every store promises about accepting, order and leases, tested on each: see `inbox/protocol.py`."""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

import pytest

from cstar_async.webhooks.inbox.records import DONE, Group, Lease, Outcome, State
from cstar_async.webhooks.patterns import UNKNOWN

from .inbox import ALL, DEAD, event, fill, ids, lease, rest

if TYPE_CHECKING:
    from cstar_async.webhooks.inbox import Store

    from .clock import ManualClock


class TestAccept:
    """What `accept` promises."""

    async def test_an_event_is_new_once(self, store: Store) -> None:
        """An event is new once for each team and id, whatever else it has."""
        await fill(store, [event(1)])
        assert not await store.accept(event(1))
        assert not await store.accept(event(1, body=b"{}", kind="ticket.closed"))
        assert await store.accept(event(1, team_id="another"))
        assert await rest(store) == ["1", "1"]

    async def test_of_many_at_once_one_is_new(self, store: Store) -> None:
        """Of repeats that are accepted at the same time one is new."""
        await store.register([ALL])
        fresh = await asyncio.gather(*(store.accept(event(n % 50, lane=f"{n % 50}")) for n in range(200)))
        assert sum(fresh) == 50
        assert len(await lease(store)) == 50

    async def test_a_lease_has_the_accepted_event(self, store: Store, clock: ManualClock) -> None:
        """A lease has the data of the event unchanged."""
        body = '{ "title": "Zoë \\ud83d \\u0000 \U0001f525",\n "n": 1.10 }'.encode()
        await fill(store, [event(1, body=body, synthetic=True, kind="customer.created")])
        clock.advance(5)
        (found,) = await lease(store)
        assert found._replace(sequence=0, token=0) == Lease(
            "all", "ticket:1", 0, 0, 1, "evt_1", "customer.created", 1_765_377_000.0, synthetic=True, body=body
        )

    async def test_groups_get_the_events_of_their_patterns_once(self, store: Store) -> None:
        """A group gets each event that one of its patterns matches, once."""
        groups = [
            Group("tickets", ("ticket.*", "ticket.created")),
            Group("created", ("ticket.created", "customer.created")),
            Group("unknown", (UNKNOWN,)),
            ALL,
        ]
        kinds = ["ticket.created", "ticket.closed", "customer.created", "tickets.created", "ticket.melted"]
        events = [event(kind, lane=kind, kind=kind, known=kind != "ticket.melted") for kind in kinds]
        await fill(store, events, *groups)
        got = {group.name: ids(await lease(store, group.name)) for group in groups}
        assert got == {
            "tickets": ["ticket.created", "ticket.closed", "ticket.melted"],
            "created": ["ticket.created", "customer.created"],
            "unknown": ["ticket.melted"],
            "all": kinds,
        }

    async def test_a_group_begins_at_its_registration(self, store: Store) -> None:
        """A group gets the events accepted after its registration, and keeps them when it is registered again."""
        await fill(store, [event(1)])
        await store.register([Group("late", ("*",)), Group("all", ("ticket.*",))])
        await store.accept(event(2))
        await store.accept(event(3, kind="customer.created"))
        assert await rest(store) == ["1", "2"]
        assert await rest(store, "late") == ["2", "3"]
        assert [(each.name, each.patterns) for each in await store.groups()] == [
            ("all", ("ticket.*",)),
            ("late", ("*",)),
        ]

    async def test_accepting_wakes_workers(self, store: Store) -> None:
        """Accepting an event sets `wake`."""
        await store.register([ALL])
        store.wake.clear()
        await store.accept(event(1))
        assert store.wake.is_set()


class TestOrder:
    """In which order events are leased, and how many at a time."""

    async def test_one_event_of_a_lane_at_a_time_in_order(self, store: Store) -> None:
        """The events of a lane are leased one at a time, in order."""
        await fill(store, [event(n) for n in range(3)])
        for number in range(3):
            (found,) = await lease(store)
            assert ids([found]) == [str(number)]
            assert await lease(store) == []
            assert await store.settle(found, DONE)
        assert await lease(store) == []

    async def test_lanes_run_side_by_side_and_limit_holds(self, store: Store) -> None:
        """Events of several lanes are leased together, up to the limit."""
        await fill(store, [event(n, lane=f"{n % 4}") for n in range(8)])
        assert ids(await lease(store, limit=3)) == ["0", "1", "2"]
        assert ids(await lease(store, limit=3)) == ["3"]

    async def test_groups_do_not_wait_for_each_other(self, store: Store) -> None:
        """A lease of one group does not affect another group."""
        await fill(store, [event(1), event(2)], ALL, Group("other", ("*",)))
        assert ids(await lease(store, "other")) == ["1"]
        assert await rest(store) == ["1", "2"]

    async def test_an_unordered_group_gets_all_at_once(self, store: Store) -> None:
        """With `ordered=False` all events of a lane are leased together."""
        await fill(store, [event(n) for n in range(3)], Group("all", ("*",), ordered=False))
        assert ids(await lease(store)) == ["0", "1", "2"]

    async def test_later_events_wait_for_a_retry_until_it_is_due(self, store: Store, clock: ManualClock) -> None:
        """Later events of a lane wait until the retry of the first is due and handled."""
        await fill(store, [event(1), event(2)])
        (found,) = await lease(store)
        assert await store.settle(found, Outcome(State.PENDING, clock.time() + 10, "oops"))
        assert await lease(store) == []
        assert await store.next_due(["all"]) == 10
        clock.advance(9.9)
        assert await lease(store) == []
        clock.advance(0.1)
        (again,) = await lease(store)
        assert (ids([again]), again.attempt) == (["1"], 2)

    async def test_an_unordered_group_does_not_wait_for_a_retry(self, store: Store, clock: ManualClock) -> None:
        """In an unordered group other events of the lane are leased while one waits for its retry."""
        await fill(store, [event(1), event(2)], Group("all", ("*",), ordered=False))
        (found,) = await lease(store, limit=1)
        await store.settle(found, Outcome(State.PENDING, clock.time() + 10, "oops"))
        assert ids(await lease(store)) == ["2"]

    async def test_a_dead_letter_frees_its_lane(self, store: Store) -> None:
        """After a dead letter the next event of the lane is leased."""
        await fill(store, [event(1), event(2)])
        (found,) = await lease(store)
        assert await store.settle(found, DEAD)
        assert await rest(store) == ["2"]

    async def test_only_the_named_groups_are_leased(self, store: Store) -> None:
        """Events are leased from the named groups only."""
        await fill(store, [event(1)])
        assert await lease(store, "nobody") == []
        assert await store.next_due(["nobody"]) is None
        assert await store.next_due(["all"]) is not None


class TestLeases:
    """Leases expire, are renewed and given back."""

    async def test_an_expired_lease_is_given_to_another_and_fences_the_first(
        self, store: Store, clock: ManualClock
    ) -> None:
        """An expired lease can be neither renewed nor settled once another worker has the event."""
        await fill(store, [event(1), event(2)])
        (old,) = await lease(store, seconds=30)
        assert await store.next_due(["all"]) == 30
        clock.advance(29)
        assert await lease(store) == []
        clock.advance(1)
        (new,) = await lease(store)
        assert (new.event_id, new.attempt) == ("evt_1", 2)
        assert await store.renew([old, new], seconds=30) == {new.token}
        for outcome in (DONE, DEAD, Outcome(State.PENDING, counts=False)):
            assert not await store.settle(old, outcome)
        assert await lease(store) == []
        assert await store.settle(new, DONE)
        assert not await store.settle(new, DEAD)
        assert await rest(store) == ["2"]
        assert await store.dead_letters() == []

    async def test_a_worker_does_not_take_over_its_own_leases(self, store: Store, clock: ManualClock) -> None:
        """Expired leases that the caller holds are not leased again to it."""
        await fill(store, [event(1), event(2, lane="b"), event(3)])
        mine, other = await lease(store)
        clock.advance(31)
        (taken,) = await store.lease(["all"], limit=10, seconds=30, attempts=9, held=[mine.token, 7])
        assert (taken.event_id, taken.attempt) == (other.event_id, 2)
        assert await store.lease(["all"], limit=10, seconds=30, attempts=1, held=[mine.token]) == []
        assert await store.dead_letters() == []
        assert await store.settle(mine, DONE)
        assert await rest(store) == ["3"]

    async def test_an_expired_lease_can_be_settled_if_the_lane_was_not_leased_again(
        self, store: Store, clock: ManualClock
    ) -> None:
        """An expired lease can be settled as long as the lane was not leased again."""
        await fill(store, [event(1), event(2)])
        (found,) = await lease(store, seconds=30)
        clock.advance(31)
        assert await store.settle(found, DONE)
        assert await rest(store) == ["2"]

    async def test_renewal_extends_a_lease(self, store: Store, clock: ManualClock) -> None:
        """A renewed lease lasts for its time from the renewal on."""
        await fill(store, [event(1)])
        (found,) = await lease(store, seconds=30)
        clock.advance(20)
        assert await store.renew([found], seconds=30) == {found.token}
        clock.advance(29)
        assert await lease(store) == []
        assert await store.renew([], seconds=30) == set()

    async def test_an_event_that_kills_its_worker_ends_as_a_dead_letter(self, store: Store, clock: ManualClock) -> None:
        """An event whose leases expire as often as it has attempts is a dead letter."""
        await fill(store, [event(1), event(2)])
        for attempt in (1, 2, 3):
            (found,) = await lease(store, seconds=30, attempts=3)
            assert (found.event_id, found.attempt) == ("evt_1", attempt)
            clock.advance(30)
        assert ids(await lease(store, attempts=3)) == ["2"]
        (dead,) = await store.dead_letters()
        assert (dead.event_id, dead.attempts, dead.died_at) == ("evt_1", 3, clock.time())
        assert "lease" in (dead.error or "")
        assert not await store.settle(found, DONE)

    async def test_an_attempt_can_be_given_back(self, store: Store, clock: ManualClock) -> None:
        """With `counts=False` a settled attempt does not count."""
        await fill(store, [event(1)])
        for _ in range(3):
            (found,) = await lease(store, attempts=2)
            assert found.attempt == 1
            assert await store.settle(found, Outcome(State.PENDING, clock.time(), counts=False))

    async def test_workers_that_lease_at_once_never_share_a_lane(self, store: Store) -> None:
        """Of several calls at the same time one gets a lane."""
        await fill(store, [event(n, lane=f"{n % 20}") for n in range(60)])
        taken = await asyncio.gather(*(lease(store, limit=7) for _ in range(8)))
        lanes = [each.ordering_key for leases in taken for each in leases]
        assert len(lanes) == len(set(lanes)) == 20


class TestManyAtRandom:
    """Random sequences of calls."""

    @pytest.mark.parametrize("seed", range(3))
    async def test_order_is_kept_and_no_event_is_lost(self, store: Store, clock: ManualClock, seed: int) -> None:
        """Random leases, failures, crashes and late settlements keep the order, and lose and repeat no event."""
        chance = random.Random(seed)
        await store.register([ALL, Group("loose", ("*",), ordered=False)])
        accepted = 0
        held: list[Lease] = []
        lost: list[Lease] = []
        finished: dict[tuple[str, str], list[int]] = {}
        for step in range(400):
            choice = chance.random()
            if choice < 0.3 and step < 300:
                await store.accept(event(accepted, lane=f"{chance.randrange(6)}"))
                accepted += 1
            elif choice < 0.6:
                new = await lease(store, chance.choice(("all", "loose")), limit=3, attempts=1_000)
                held += new
                busy = [(each.group, each.ordering_key) for each in held]
                assert len(busy) == len(set(busy))
            elif choice < 0.9 and held:
                mine = held.pop(chance.randrange(len(held)))
                outcome = chance.choice((DONE, DONE, Outcome(State.PENDING, clock.time() + chance.choice((0, 5)), "x")))
                assert await store.settle(mine, outcome)
                if outcome is DONE:
                    finished.setdefault((mine.group, mine.ordering_key), []).append(mine.sequence)
            elif choice < 0.93 and held:
                lost += held  # this worker is killed
                held = []
                clock.advance(31)
                await lease(store, "nobody")
                if lost and (again := await lease(store, "all", limit=1, attempts=1_000)):
                    held += again
                    stale = [
                        each for each in lost if each.ordering_key == again[0].ordering_key and each.group == "all"
                    ]
                    assert not any([await store.settle(each, DONE) for each in stale])
            else:
                clock.advance(1)
        clock.advance(100)
        for group in ("all", "loose"):
            while leases := await lease(store, group, attempts=1_000):
                for mine in leases:
                    assert await store.settle(mine, DONE)
                    finished.setdefault((mine.group, mine.ordering_key), []).append(mine.sequence)
        for (group, _), places in finished.items():
            assert group == "loose" or places == sorted(places)
        for group in ("all", "loose"):
            everything = sorted(place for (name, _), places in finished.items() if name == group for place in places)
            assert everything == list(range(1, accepted + 1))
