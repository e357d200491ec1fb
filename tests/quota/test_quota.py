"""The quota: what it learns from headers, and when requests may be sent."""

from __future__ import annotations

import asyncio
import math
from email.utils import formatdate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cstar_async import SharedQuota
from cstar_async._core.call import Call
from cstar_async._core.rate_limit import RateLimit, read_rate_limit
from cstar_async._quota.budget import Budget
from cstar_async._quota.bulk_pacing import RESERVE
from cstar_async._quota.quota import Quota, budget_of
from cstar_async._quota.window import Window
from tests.support.operations import GET
from tests.support.server import data, serve

EPOCH = 1_800_000_000


def rate(
    remaining: int | None, reset: int | None = EPOCH + 600, limit: int = 10, window: int | None = 3600
) -> RateLimit:
    return RateLimit(limit, remaining, reset, window)


def date(seconds: float = 0) -> str:
    return formatdate(EPOCH + seconds, usegmt=True)


def send(window: Window, now: float = 0.0) -> int:
    assert window.wait(now) == 0
    window.in_flight += 1
    return window.generation


def test_headers_are_read() -> None:
    """All four headers are read; missing and invalid ones are None."""
    headers = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "987", "X-RateLimit-Reset": "1800000000"}
    assert read_rate_limit(headers) == RateLimit(1000, 987, 1_800_000_000, None)
    assert read_rate_limit({**headers, "X-RateLimit-Window": "3600"}) == RateLimit(1000, 987, 1_800_000_000, 3600)
    assert read_rate_limit({}) is None
    assert read_rate_limit({"X-RateLimit-Remaining": "5"}) == RateLimit(None, 5, None, None)
    assert read_rate_limit({"X-RateLimit-Remaining": "-1", "X-RateLimit-Limit": "many"}) is None


@pytest.mark.parametrize(
    "name", ["X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Window"]
)
@pytest.mark.parametrize("digits", [16, 400, 5000])
async def test_a_number_of_many_digits_counts_as_absent(name: str, digits: int) -> None:
    """A header of thousands of digits counts as absent."""
    headers = {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "9", "X-RateLimit-Reset": "1800000030"}
    async with serve(data(1, headers={**headers, name: "9" * digits})) as server, server.client() as client:
        response = await Call[int](client, GET, ("t1",), None, None, None).response()
        assert response.data == 1
        assert client.quota.in_flight == 0
        assert response.rate_limit is not None
        assert getattr(response.rate_limit, name.rpartition("-")[2].lower()) is None


def test_before_the_first_answer_the_limit_is_assumed() -> None:
    """Before the first answer the limit of the window is assumed."""
    window = Window(3)
    for _ in range(3):
        send(window)
    assert window.wait(0) == math.inf


def test_remaining_is_the_least_seen_less_what_is_in_flight() -> None:
    """Remaining is the least value seen, less the requests in flight."""
    window = Window(10)
    generation = send(window)
    send(window)
    window.in_flight -= 1
    window.learn(rate(5), date(), generation, 0)
    assert window.remaining == 4
    window.learn(rate(8), date(), generation, 0)
    assert window.remaining == 4
    window.learn(rate(2), date(), generation, 0)
    assert window.remaining == 1


def test_the_wait_is_reset_minus_the_answers_own_date() -> None:
    """The wait is the reset less the answer's own Date, whatever the local clock says."""
    window = Window(10)
    window.learn(rate(0, reset=EPOCH + 600), date(90), 0, now=5000.0)
    assert window.wait(5000.0) == 510
    assert window.wait(5010.0) == 500
    assert window.wait(5510.0) == 0
    assert window.remaining == 10


def test_a_reset_further_off_than_the_window_is_clamped() -> None:
    """The wait is at most one window."""
    window = Window(10)
    window.learn(rate(0, reset=EPOCH + 1_000_000), date(), 0, now=0.0)
    assert window.wait(0.0) == 3600


@pytest.mark.parametrize(("reset", "when"), [(None, date()), (EPOCH + 60, None), (EPOCH + 60, "yesterday")])
def test_without_reset_or_date_a_whole_window_is_assumed(reset: int | None, when: str | None) -> None:
    """Without a reset or a readable Date the wait is a whole window."""
    window = Window(10)
    window.learn(rate(0, reset=reset), when, 0, now=0.0)
    assert window.wait(0.0) == 3600


def test_a_new_window_replaces_the_old_one() -> None:
    """The first answer of a new window replaces the old one."""
    window = Window(10)
    window.learn(rate(0), date(), 0, now=0.0)
    window.learn(rate(9, reset=EPOCH + 4200), date(601), 0, now=601.0)
    assert window.remaining == 9


def test_late_answers_of_an_old_window_are_ignored() -> None:
    """A late answer of an old window does not change the new one."""
    window = Window(10)
    window.learn(rate(9, reset=EPOCH + 4200), date(601), 0, now=601.0)
    window.learn(rate(0, reset=EPOCH + 600), date(599), 0, now=602.0)
    assert window.remaining == 9


def test_late_answers_after_the_local_rollover_are_ignored() -> None:
    """Answers to requests sent before the rollover are ignored; later ones count."""
    window = Window(10)
    old = send(window)
    window.learn(rate(3), date(), old, now=0.0)
    assert window.wait(600.0) == 0
    window.learn(rate(0), date(599), old, now=600.5)
    assert window.left == 10
    # An answer to a later request is believed, also if it says that the old window still runs.
    window.learn(rate(0, reset=EPOCH + 600), date(590), window.generation, now=600.5)
    assert window.wait(600.5) == 10


def test_the_service_corrects_the_limit() -> None:
    """The limit that the service states holds for the next window."""
    window = Window(1000)
    window.learn(rate(0, limit=50), date(), 0, now=0.0)
    assert window.wait(601.0) == 0
    assert window.remaining == 50


def test_a_failed_request_gives_its_place_back() -> None:
    """A request without an answer gives its place back."""
    quota = Quota()
    budget = budget_of(quota)
    budget.assume("publishable")
    assert (quota.limit, quota.remaining) == (100, 100)
    generation = budget.begin()
    assert quota.remaining == 99
    budget.end(generation, None, 0.0)
    assert quota.remaining == 100
    assert "100 of 100" in repr(quota)


def test_a_quota_knows_nothing_before_its_first_use() -> None:
    """Before its first use a quota has no limit and no remaining."""
    quota = Quota()
    assert quota.limit is None
    assert quota.remaining is None
    assert quota.in_flight == 0


@pytest.mark.parametrize(("kind", "more"), [(Quota, set()), (SharedQuota, {"refresh", "close"})])
def test_a_quota_has_no_methods_of_the_sending_side(kind: type[Quota], more: set[str]) -> None:
    """A quota has only what users need; the sending side uses its budget."""
    public = {name for name in dir(kind) if not name.startswith("_")}
    assert public == {"limit", "remaining", "in_flight", "reserve"} | more


async def test_waiters_are_woken_by_the_end_of_a_request() -> None:
    """A waiter is woken by the end of a request, and returns False after its time."""
    budget = Budget(RESERVE)
    budget.assume("secret")
    token = budget.begin()
    waiting = asyncio.create_task(budget.changed(30.0))
    await asyncio.sleep(0)
    budget.end(token, None, 0.0)
    assert await waiting is True
    assert await budget.changed(0.0) is False


class FixedWindowServer:
    """A service with fixed windows and its own clock, which counts requests over the limit."""

    def __init__(self, limit: int, length: int, offset: float) -> None:
        self.limit, self.length, self.offset = limit, length, offset
        self.window = -1
        self.used = 0
        self.refused = 0

    def take(self, now: float) -> tuple[RateLimit, str]:
        time = now + self.offset
        window = int(time // self.length)
        if window != self.window:
            self.window, self.used = window, 0
        if self.used >= self.limit:
            self.refused += 1
        else:
            self.used += 1
        reset = (window + 1) * self.length
        return RateLimit(self.limit, self.limit - self.used, reset, self.length), formatdate(time, usegmt=True)


@settings(max_examples=200, deadline=None)
@given(
    limit=st.integers(1, 12),
    offset=st.floats(1e6, 2e6),
    steps=st.lists(st.tuples(st.sampled_from(["send", "arrive", "answer", "tick"]), st.floats(0, 40)), max_size=120),
)
def test_the_only_user_of_a_key_is_never_refused(limit: int, offset: float, steps: list[tuple[str, float]]) -> None:
    """The only user of a key gets no 429, in any order of sends and answers."""
    server, window = FixedWindowServer(limit, 100, offset), Window(limit)
    now = 0.0
    sent: list[int] = []
    arrived: list[tuple[int, RateLimit, str]] = []
    for step, amount in steps:
        if step == "send" and window.wait(now) == 0:
            window.in_flight += 1
            sent.append(window.generation)
        elif step == "arrive" and sent:
            arrived.append((sent.pop(int(amount) % len(sent)), *server.take(now)))
        elif step == "answer" and arrived:
            generation, found, when = arrived.pop(int(amount) % len(arrived))
            window.in_flight -= 1
            window.learn(found, when, generation, now)
        elif step == "tick":
            now += amount
        assert window.remaining >= 0
        assert not 0 < window.wait(now) < math.inf or window.wait(now) <= 100
    assert server.refused == 0


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(-5000, 5000), st.integers(0, 3)), max_size=40))
def test_no_answer_can_make_the_wait_longer_than_a_window(answers: list[tuple[int, int, int]]) -> None:
    """No headers make the wait longer than one window."""
    window = Window(100)
    for now, (remaining, reset, generation) in enumerate(answers):
        window.learn(rate(remaining, reset=max(0, EPOCH + reset)), date(), generation, float(now))
        wait = window.wait(float(now))
        assert 0 <= wait <= 3600 or math.isinf(wait)
