"""Any sequence of calls has the same results on each store as on a simple model."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from cstar_async.errors import LeaseLostError
from cstar_async.webhooks.inbox.lease_watch import CHECK_INTERVAL
from cstar_async.webhooks.inbox.records import Group, Lease, Outcome, State
from tests.support.stress import at_length

from .clock import ManualClock
from .inbox import event
from .model import Held, Model
from .stores import KINDS, Postgres

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from .stores import StoreKind

ATTEMPTS = 3
GROUPS = {"all": True, "loose": False}
EXAMPLES = {"memory": at_length(40, 3_000), "sqlite": at_length(10, 600), "postgres": at_length(6, 300)}
groups = st.sampled_from(sorted(GROUPS))


class Machine(RuleBasedStateMachine):
    """Makes the same calls on a store and on the model."""

    kind: type[StoreKind]
    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = ManualClock()
        self.backend = self.kind(self.clock, Path(self.folder.name))
        self.do(self.backend.prepare())
        self.store = self.do(self.backend.open())
        self.do(self.store.register([Group(name, ("*",), ordered) for name, ordered in GROUPS.items()]))
        self.model = Model(dict(GROUPS))
        self.effects: list[str] = []
        self.tokens: list[int] = []

    def do(self, call: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(call)

    def teardown(self) -> None:
        values = self.do(self.backend.values(self.store))
        self.do(self.backend.close())
        self.runner.close()
        self.folder.cleanup()
        assert values == self.effects

    @rule(number=st.integers(0, 12), lane=st.sampled_from("ab"))
    def accept(self, number: int, lane: str) -> None:
        fresh = self.do(self.store.accept(event(number, lane=lane)))
        assert fresh == self.model.accept(f"evt_{number}", lane, self.clock.time())

    @rule(target=leases, group=groups, limit=st.integers(1, 4), seconds=st.sampled_from((5.0, 30.0)), own=st.booleans())
    def lease(self, group: str, limit: int, seconds: float, *, own: bool) -> Any:
        held = self.tokens if own else []  # a worker does not take over its own leases
        found = self.do(self.store.lease([group], limit=limit, seconds=seconds, attempts=ATTEMPTS, held=held))
        if not own:
            self.model.reap(ATTEMPTS, self.clock.time())
        taken = self.model.lease(group, limit, seconds, self.clock.time())
        self.tokens += [each.token for each in found]
        # Not the whole lane: places may have gaps.
        assert [(each.event_id, each.ordering_key.partition("#")[0], each.attempt) for each in found] == [
            (work.entry.id, work.entry.lane, work.attempts) for work in taken
        ]
        if own:
            # The holder of a lease does not check whether it has expired; by this time other workers have.
            self.clock.advance(CHECK_INTERVAL)
        return multiple(*zip(found, [self.model.held[work.group, work.lane] for work in taken], strict=True))

    @rule(
        given=leases,
        state=st.sampled_from(State),
        wait=st.sampled_from((0.0, 7.0)),
        counts=st.booleans(),
    )
    def settle(self, given: tuple[Lease, Held], state: State, wait: float, *, counts: bool) -> None:
        lease, held = given
        outcome = Outcome(state, self.clock.time() + wait, "why", counts=counts)
        assert self.do(self.store.settle(lease, outcome)) == self.model.settle(held, outcome)

    @rule(given=consumes(leases))
    def commit(self, given: tuple[Lease, Held]) -> None:
        lease, held = given
        value = f"{len(self.effects)}"
        try:
            self.do(self.store.commit(lease, self.backend.add(value)))
        except LeaseLostError:
            assert not self.model.commit(held)
        else:
            assert self.model.commit(held)
            self.effects.append(value)

    @rule(given=leases)
    def renew(self, given: tuple[Lease, Held]) -> None:
        lease, held = given
        valid = self.do(self.store.renew([lease], seconds=30))
        name = (held.work.group, held.work.lane)
        assert valid == ({lease.token} if self.model.held.get(name) is held else set())
        if valid:
            held.until = self.clock.time() + 30

    @rule(seconds=st.sampled_from((1.0, 6.0, 40.0)))
    def wait(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule(group=groups)
    def redrive(self, group: str) -> None:
        assert self.do(self.store.redrive(group=group)) == self.model.revive(group, {State.DEAD}, 0, self.clock.time())

    @rule(group=groups, ago=st.sampled_from((3.0, 1_000.0)))
    def replay(self, group: str, ago: float) -> None:
        since = self.clock.time() - ago
        revived = self.model.revive(group, {State.DEAD, State.DONE}, since, self.clock.time())
        assert self.do(self.store.replay(group=group, since=since)) == revived

    @rule(ago=st.sampled_from((0.0, 10.0)))
    def prune_bodies(self, ago: float) -> None:
        before = self.clock.time() - ago
        pruned = self.do(self.store.prune(bodies_before=before, ids_before=0))
        assert pruned == (self.model.prune("bodies", before), 0)

    @rule(ago=st.sampled_from((0.0, 10.0)))
    def prune_events(self, ago: float) -> None:
        before = self.clock.time() - ago
        pruned = self.do(self.store.prune(bodies_before=0, ids_before=before))
        assert pruned == (0, self.model.prune("events", before))

    @invariant()
    def counts_agree(self) -> None:
        stats = self.do(self.store.stats())
        for group in GROUPS:
            states = [work.state for work in self.model.work if work.group == group]
            expected = tuple(states.count(state) for state in State)
            assert (stats[group].pending, stats[group].done, stats[group].dead) == expected
            assert self.do(self.store.next_due([group])) == self.model.next_due(group, self.clock.time())


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_store_is_the_model(kind: type[StoreKind], request: pytest.FixtureRequest) -> None:
    """No random sequence of calls has another result on the store than on the model."""
    if kind is Postgres:
        Postgres.server = request.getfixturevalue("postgres_server")
    machine = type("Machine", (Machine,), {"kind": kind})
    options = settings(stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=settings(options, max_examples=EXAMPLES[kind.name]))
