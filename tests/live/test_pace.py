"""The pace of background reads."""

from __future__ import annotations

import math

from cstar_async.live.pace import BURST, Pace


def taken(share: float, limit: int, *, others: float = 0.0) -> int:
    """The requests of an hour in which every request is sent as soon as it may be."""
    pace, now, sent = Pace(share), 0.0, 0
    while True:
        left = max(0, round(limit - sent - others * now))
        wait = pace.wait(1, left, now)
        now += wait
        if now >= 3600:
            return sent
        if not wait:
            pace.take(1)
            sent += 1


def test_an_hour_takes_at_most_its_share() -> None:
    """In an hour, at most the share of the limit is sent, and less if others use the quota too."""
    assert 95 <= taken(0.1, 1000) <= 100
    assert taken(0.1, 1000, others=0.25) <= 60
    assert taken(0.1, 100) <= 10 + BURST


def test_a_burst_is_sent_at_once() -> None:
    """A few requests are sent at once; the next waits."""
    pace = Pace(0.1)
    for _ in range(BURST):
        assert pace.wait(1, 1000, 5.0) == 0
        pace.take(1)
    assert 30 < pace.wait(1, 1000, 5.0) < 40


def test_a_list_of_many_pages_waits_for_a_full_bucket_and_pays_afterwards() -> None:
    """A read of more requests than the bucket holds is sent, and the next one waits the longer."""
    pace = Pace(0.1)
    assert pace.wait(20, None, 0.0) == 0
    pace.take(20)
    assert pace.wait(1, None, 0.0) > 16 * 36 - 1


def test_without_quota_nothing_is_sent_and_without_a_limit_all() -> None:
    """With nothing left, the wait is a window; an infinite share has no limit."""
    pace = Pace(0.1)
    pace.wait(1, 0, 0.0)
    pace.take(BURST)
    assert pace.wait(1, 0, 10.0) == 3600
    assert Pace(math.inf).wait(10**6, 0, 0.0) == 0
