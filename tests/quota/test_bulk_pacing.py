"""Bulk work and interactive calls share one key."""

from __future__ import annotations

import asyncio
import math
from email.utils import formatdate
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async._core.rate_limit import Priority, RateLimit
from cstar_async._quota.budget import Budget
from cstar_async._quota.bulk_pacing import CLAIM_GRACE, RESERVE
from cstar_async._quota.ledger import LOST_LIFETIME, Ledger, Settlement, Slot
from cstar_async._quota.quota import Quota, budget_of
from cstar_async._quota.window import Window
from tests.quota.test_quota import EPOCH, FixedWindowServer, date, rate
from tests.support.clock import FakeClock

PRIORITIES: tuple[Priority, ...] = ("interactive", "bulk")


def known(limit: int = 1000, left: int | None = None, ends: float = 3600.0) -> Window:
    """A window that an answer has described, at time 0."""
    window = Window(limit)
    left = limit if left is None else left
    window.learn(RateLimit(limit, left, int(EPOCH + ends), 3600), date(), 0, 0.0)
    window.observed = True
    return window


def use(window: Window, now: float, priority: Priority) -> None:
    """Send a request that is answered at once."""
    assert window.wait(now, priority) == 0
    window.begin(now, priority)
    window.in_flight -= 1
    window.left -= 1


def test_a_small_job_does_not_wait() -> None:
    """A small job does not wait."""
    window = known()
    for _ in range(100):
        use(window, 0.0, "bulk")


def test_a_large_job_is_spread_over_the_window() -> None:
    """Bulk work is spread over the window."""
    window = known()
    now, moments = 0.0, []
    for _ in range(800):
        now += window.wait(now, "bulk")
        use(window, now, "bulk")
        moments.append(now)
    assert moments[100] < 10
    gaps = [after - before for before, after in pairwise(moments[101:])]
    assert min(gaps) == pytest.approx(4.0, abs=0.6)
    assert max(gaps) == pytest.approx(4.0, abs=0.6)
    assert now < 3600


def test_bulk_work_leaves_the_reserve() -> None:
    """Bulk work leaves the reserve to interactive calls."""
    window = known(left=101)
    use(window, 0.0, "bulk")
    assert window.wait(0.0, "bulk") == 3600
    for _ in range(99):
        use(window, 0.0, "interactive")
    assert window.left == 1


def test_bulk_work_counts_what_interactive_calls_use() -> None:
    """The pace of bulk work takes the requests of interactive calls into account."""
    window = known()
    use(window, 0.0, "bulk")
    for _ in range(880):
        use(window, 0.0, "interactive")
    sent = 0
    while window.wait(0.0, "bulk") == 0:
        use(window, 0.0, "bulk")
        sent += 1
    assert sent < 20
    assert window.wait(0.0, "bulk") <= 3600


def test_the_first_request_of_a_window_goes_alone() -> None:
    """The first bulk request of a window goes alone, until it is answered."""
    window = Window(1000)
    window.begin(0.0, "bulk")
    assert window.wait(0.0, "bulk") == math.inf
    assert window.wait(0.0, "interactive") == 0
    window.in_flight -= 1
    window.observed = True
    assert window.wait(0.0, "bulk") == 0


def test_an_unused_claim_lapses() -> None:
    """A claim of bulk work that is not taken up lapses."""
    window = known(left=1)
    assert window.wait(0.0, "interactive") == 0
    window = known(left=0, ends=10.0)
    assert window.wait(0.0, "bulk") == 10
    assert window.wait(10.0, "interactive") == 0
    window.left = 1
    wait = window.wait(10.0, "interactive")
    assert wait == CLAIM_GRACE
    assert window.wait(10.0 + wait, "interactive") == 0


@given(st.integers(1, 40), st.integers(0, 90))
def test_unlimited_bulk_work_uses_all_but_the_reserve_of_every_window(limit: int, percent: int) -> None:
    """Unlimited bulk work uses all but the reserve of every window."""
    server, window = FixedWindowServer(limit, 100, 1_000_000.0), Window(limit, percent / 100)
    now, used = 0.0, [0] * 4
    while now < 399:
        wait = window.wait(now, "bulk")
        if wait:
            assert 0 < wait <= 100
            assert window.wait(now + wait / 2, "bulk") > 0
            now += wait
            continue
        generation = window.begin(now, "bulk")
        used[int(now // 100)] += 1
        rate_limit, when = server.take(now)
        window.in_flight -= 1
        window.observed = True
        window.learn(rate_limit, when, generation, now)
    most = max(1, limit + -limit * percent // 100)
    assert server.refused == 0
    # The windows of service and client begin together, within the second to which Date is rounded.
    assert all(most <= count <= most + 1 for count in used[1:3]), used


@given(st.integers(1, 30), st.integers(1, 20))
def test_bulk_work_is_never_starved(limit: int, hurry: int) -> None:
    """Bulk work gets a request in each window, however much interactive calls use."""
    window = Window(limit)
    window.learn(RateLimit(limit, limit, EPOCH + 100, 100), date(), 0, 0.0)
    now, sent = 0.0, 0
    for number in range(1, 4):
        end = number * 100.0
        while now < end:
            # Interactive calls always come first.
            while window.wait(now, "interactive") == 0:
                window.begin(now)
                window.in_flight, window.left, window.observed = 0, window.left - 1, True
            if window.wait(now, "bulk") == 0:
                window.begin(now, "bulk")
                window.in_flight, window.left, window.observed = 0, window.left - 1, True
                sent += 1
            now = min(end, now + hurry)
            if window.ends_at is None:
                window.ends_at = end
    assert sent >= 2  # in the second and the third window, at the latest


steps = st.lists(
    st.tuples(st.sampled_from(["send", "arrive", "answer", "lose", "die", "tick"]), st.floats(0, 40), st.booleans()),
    max_size=150,
)


@given(limit=st.integers(1, 12), offset=st.floats(1e6, 2e6), steps=steps)
def test_several_processes_are_never_refused(limit: int, offset: float, steps: list[tuple[str, float, bool]]) -> None:
    """Processes that share a ledger get no 429, in any order of events, and also if some die."""
    server, ledger, lease = FixedWindowServer(limit, 100, offset), Ledger(limit, 0.1), 20.0
    now = 0.0
    sent: list[Slot] = []
    arrived: list[tuple[Slot, RateLimit, str]] = []
    for step, amount, flag in steps:
        ledger = Ledger.load(ledger.dump(), 0.1)  # as through the database
        if step == "send":
            taken = ledger.take("bulk" if flag else "interactive", lease, now)
            if isinstance(taken, Slot):
                sent.append(taken)
        elif step == "arrive" and sent:
            slot = sent.pop(int(amount) % len(sent))
            arrived.append((slot, *server.take(now)))
        elif step == "answer" and arrived:
            slot, found, when = arrived.pop(int(amount) % len(arrived))
            ledger.settle(Settlement(slot, sent=True, answered=True, rate=found, date=when), now)
        elif step == "die" and (sent or arrived):
            # The process has died; its request may have been counted or not.
            if flag and arrived:
                arrived.pop()
            elif sent:
                sent.pop()
        elif step == "lose" and arrived:
            slot = arrived.pop(int(amount) % len(arrived))[0]
            ledger.settle(Settlement(slot, sent=True), now)
        elif step == "tick" and all(slot.ends_at - now > amount for slot in sent):
            now += amount  # no request is in flight for longer than its lease
        assert ledger.window.in_flight <= limit
        assert sum(slot.lost for slot in ledger._slots.values()) <= limit
    if not any(step == "lose" for step, _, _ in steps) or now < LOST_LIFETIME:
        assert server.refused == 0


def test_slots_of_a_dead_process_are_freed_by_a_later_answer() -> None:
    """Requests of a dead process are freed once the service has counted."""
    ledger = Ledger(10, 0.1)
    for _ in range(4):
        ledger.take("interactive", 20.0, 0.0)
    alive = ledger.take("interactive", 20.0, 1.0)
    assert isinstance(alive, Slot)
    # The service has counted three of the four, and this one.
    ledger.settle(Settlement(alive, sent=True, answered=True, rate=rate(6), date=date()), 2.0)
    assert ledger.window.remaining == 2
    later = ledger.take("interactive", 20.0, 30.0)
    assert isinstance(later, Slot)
    ledger.settle(Settlement(later, sent=True, answered=True, rate=rate(5), date=date(30)), 31.0)
    assert ledger.window.remaining == 5


def test_slots_of_a_dead_process_do_not_count_in_the_next_window() -> None:
    """Requests of a dead process do not count in the next window."""
    ledger = Ledger(10, 0.1)
    first = ledger.take("interactive", 20.0, 0.0)
    assert isinstance(first, Slot)
    ledger.settle(Settlement(first, sent=True, answered=True, rate=rate(3), date=date()), 1.0)
    assert isinstance(ledger.take("interactive", 20.0, 2.0), Slot)
    ends = ledger.window.ends_at
    assert ends is not None
    assert (ledger.window.remaining, ledger.window.in_flight) == (2, 1)
    assert isinstance(ledger.take("interactive", 20.0, ends), Slot)
    assert (ledger.window.remaining, ledger.window.in_flight) == (9, 1)


def test_a_lost_request_counts_for_a_limited_time() -> None:
    """A request without an answer counts for a limited time."""
    ledger = Ledger(10, 0.1)
    for _ in range(5):
        slot = ledger.take("interactive", 20.0, 0.0)
        assert isinstance(slot, Slot)
        ledger.settle(Settlement(slot, sent=True), 1.0)
    assert ledger.window.remaining == 5
    assert isinstance(ledger.take("interactive", 20.0, 1.0 + LOST_LIFETIME), Slot)
    assert ledger.window.remaining == 9


@pytest.mark.parametrize("reserve", [-0.1, 1.0, 5, float("nan"), "0.1"])
def test_an_invalid_reserve_is_refused(reserve: Any) -> None:
    """A reserve that is not a share is refused."""
    with pytest.raises((ValueError, TypeError), match="reserve must be a share of the limit"):
        Quota(reserve=reserve)


async def test_the_reserve_can_be_chosen() -> None:
    """The reserve can be chosen as a share of the limit."""
    quota = Quota(reserve=0.5)
    budget_of(quota).assume("publishable")
    assert (quota.reserve, quota.limit) == (50, 100)
    assert Quota().reserve is None  # the kind of key is not known yet


async def test_bulk_work_waits_without_a_limit_and_interactive_calls_up_to_a_minute() -> None:
    """Bulk work waits for the next window; interactive calls wait up to their limit."""
    clock, budget = FakeClock(), Budget(RESERVE)
    budget.assume("publishable")
    begun = budget.begin(clock.monotonic())
    headers = {"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(EPOCH + 1800)}
    budget.end(begun, {**headers, "Date": formatdate(EPOCH, usegmt=True)}, clock.monotonic())
    assert await budget.admit("interactive", clock, 60.0) == pytest.approx(1800)
    assert clock.slept == []
    assert await budget.admit("bulk", clock, math.inf) == 0
    assert sum(clock.slept) == pytest.approx(1800)


async def test_seconds_for_predicts_the_time_of_a_job() -> None:
    """`seconds_for` predicts the time that the pace takes."""
    budget = Budget(RESERVE)
    assert await budget.seconds_for(100, 0.0) == 0
    budget.assume("secret")
    assert await budget.seconds_for(900, 0.0) == pytest.approx(3600, rel=0.01)
    assert await budget.seconds_for(2000, 0.0) == pytest.approx(2 * 3600 + 400, rel=0.05)
    assert await budget.seconds_for(900_001, 0.0) == pytest.approx(1000 * 3600, rel=0.01)
    await asyncio.sleep(0)
