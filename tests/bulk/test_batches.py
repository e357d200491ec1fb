"""Which batches a stream of changes becomes."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cstar_async.bulk.batching import Batch, Grouping, Slicing

Item = tuple[str, str]


def plan(grouping: Grouping, items: list[Item]) -> list[Batch[str]]:
    batches: list[Batch[str]] = []
    for identity, change in items:
        batches += grouping.add(identity, change.encode(), change)
    return batches + grouping.finish()


def ids(count: int, change: str) -> list[Item]:
    return [(f"t{number}", change) for number in range(count)]


def without_repetition(items: list[Item]) -> list[Item]:
    """The changes to make: an id repeated with its last change is left out."""
    last: dict[str, str] = {}
    kept: list[Item] = []
    for identity, change in items:
        if last.get(identity) != change:
            kept.append((identity, change))
        last[identity] = change
    return kept


def test_equal_changes_share_batches() -> None:
    """Equal changes share batches, also if different changes alternate in the input."""
    items = [(f"t{number}", "abc"[number % 3]) for number in range(1000)]
    batches = plan(Grouping(100), items)
    assert len(batches) == 4 + 4 + 4  # 334, 333, 333
    assert [batch.number for batch in batches] == list(range(12))
    assert all(len(batch.keys) <= 100 for batch in batches)


def test_an_id_given_twice_with_the_same_change_is_done_once() -> None:
    """An id repeated with the same change is done once."""
    grouping = Grouping(2)
    batches = plan(grouping, [("t1", "a"), ("t1", "a"), ("t2", "a"), ("t1", "a"), ("t3", "a")])
    assert [batch.keys for batch in batches] == [("t1", "t2"), ("t3",)]
    assert (grouping.duplicates, grouping.taken) == (2, 3)


def test_changes_of_one_id_keep_their_order() -> None:
    """Changes of one id keep their order."""
    batches = plan(Grouping(100), [("t1", "a"), ("t2", "b"), ("t1", "b"), ("t1", "a")])
    done = [(key, batch.content) for batch in batches for key in batch.keys if key == "t1"]
    assert done == [("t1", "a"), ("t1", "b"), ("t1", "a")]


def test_the_buffer_is_bounded() -> None:
    """The number of changes held in memory is bounded."""
    grouping = Grouping(100, max_buffered=50)
    sent = 0
    for number in range(1000):
        sent += len(grouping.add(f"t{number}", str(number).encode(), number))
        assert len(grouping.buffered()) <= 50
    assert sent >= 950


def test_the_fullest_group_goes_first_when_the_buffer_is_full() -> None:
    """The fullest group is sent first when there is no more room."""
    grouping = Grouping(100, max_buffered=10)
    for number in range(3):
        grouping.add(f"lone{number}", f"lone{number}".encode(), None)
    batches = [batch for number in range(7) for batch in grouping.add(f"t{number}", b"common", None)]
    assert [len(batch.keys) for batch in batches] == [7]


def test_a_rare_change_does_not_wait_for_ever() -> None:
    """An id with a rare change is sent while the stream goes on."""
    grouping = Grouping(10, max_age=25)
    items = [("rare", "r"), *ids(100, "common")]
    batches: list[Batch[str]] = []
    for read, (identity, change) in enumerate(items):
        batches += grouping.add(identity, change.encode(), change)
        if read > 25:
            assert any("rare" in batch.keys for batch in batches)


@given(
    st.lists(st.tuples(st.sampled_from([f"t{n}" for n in range(12)]), st.sampled_from("abcd")), max_size=120),
    st.integers(1, 7),
    st.integers(1, 9),
    st.integers(1, 40),
)
def test_every_change_is_in_exactly_one_batch(items: list[Item], limit: int, max_buffered: int, max_age: int) -> None:
    """Every change is in exactly one batch, and the changes of one id keep their order."""
    grouping = Grouping(limit, max_buffered=max_buffered, max_age=max_age, remembered=1000)
    batches = plan(grouping, items)
    wanted = without_repetition(items)
    assert Counter((key, batch.content) for batch in batches for key in batch.keys) == Counter(wanted)
    of_each: dict[str, list[str]] = defaultdict(list)
    for batch in batches:
        assert 1 <= len(batch.keys) <= limit
        assert len(set(batch.keys)) == len(batch.keys)
        for key in batch.keys:
            of_each[key].append(batch.content)
    for identity, changes in of_each.items():
        assert changes == [change for key, change in wanted if key == identity]
    assert grouping.taken == len(wanted)
    assert grouping.buffered() == []


@given(st.lists(st.sampled_from("abcde"), max_size=300), st.integers(1, 9))
def test_the_number_of_batches_is_minimal(changes: list[str], limit: int) -> None:
    """There are as few batches as the changes allow."""
    items = [(f"t{number}", change) for number, change in enumerate(changes)]
    least = sum(-(-count // limit) for count in Counter(changes).values())
    assert len(plan(Grouping(limit), items)) == least


@given(st.lists(st.tuples(st.integers(0, 20).map(str), st.sampled_from("ab")), max_size=200), st.integers(1, 5))
def test_the_same_stream_makes_the_same_batches(items: list[Item], limit: int) -> None:
    """The same stream makes the same batches."""
    assert plan(Grouping(limit, max_buffered=7), items) == plan(Grouping(limit, max_buffered=7), items)


@given(st.integers(0, 50), st.integers(1, 9))
def test_records_are_cut_in_order(count: int, limit: int) -> None:
    """Records are cut into batches in order, with their indexes as keys."""
    slicing = Slicing(limit)
    records: list[dict[str, Any]] = [{"n": number} for number in range(count)]
    batches = [batch for record in records for batch in slicing.add(record)]
    assert slicing.buffered() == list(range(count - count % limit, count))
    batches += slicing.finish()
    assert [record for batch in batches for record in batch.content] == records
    assert [key for batch in batches for key in batch.keys] == list(range(count))
    assert len(batches) == -(-count // limit)
