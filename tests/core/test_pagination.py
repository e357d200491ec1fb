"""Reading pagination fields, and reading a list that changes meanwhile."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async._core.pagination import (
    Page,
    PageCursor,
    PageMeta,
    Pagination,
    last_page,
    read_meta,
    read_pagination,
    says_more,
)


@pytest.mark.parametrize(
    "body",
    [
        {"pagination": {"page": 2, "pageSize": 20, "total": 45, "totalPages": 3, "hasMore": True}},
        {"meta": {"pagination": {"page": 2, "pageSize": 20, "total": 45, "totalPages": 3, "hasMore": True}}},
        {
            "pagination": {"page": 2, "pageSize": 20},
            "meta": {"pagination": {"total": 45, "totalPages": 3}},
            "hasMore": True,
        },
        {"pagination": {"page": 2, "page_size": 20, "total": 45, "total_pages": 3, "has_more": True}},
    ],
)
def test_pagination_is_read_from_every_documented_place(body: dict[str, Any]) -> None:
    """Pagination is read from the top level, from meta, or from parts in both."""
    assert read_pagination(body) == Pagination(2, 20, 45, 3, has_more=True)


def test_invalid_pagination_is_ignored() -> None:
    """A pagination field of the wrong type is ignored."""
    body = {"pagination": {"page": "2", "total": None, "hasMore": 1, "pageSize": True}, "meta": 5}
    assert read_pagination(body) == Pagination()
    assert read_pagination({"pagination": [], "meta": {"pagination": 3}}) == Pagination()


def test_meta() -> None:
    """Meta has the request id and the timestamp; an invalid field is None."""
    moment = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    assert read_meta({"meta": {"requestId": "r", "timestamp": "2026-03-01T12:00:00Z"}}) == PageMeta("r", moment)
    assert read_meta({"meta": {"timestamp": "2026-03-01 12:00:00"}}).timestamp == moment
    assert read_meta({"meta": {"requestId": 1, "timestamp": "noon"}}) == PageMeta()
    assert read_meta({}) == PageMeta()


@pytest.mark.parametrize(
    ("pagination", "expected"),
    [
        (Pagination(has_more=True, total_pages=1, page=1), True),
        (Pagination(has_more=False, total_pages=9, page=1), False),
        (Pagination(next_cursor="c"), True),
        (Pagination(page=2, total_pages=3), True),
        (Pagination(page=3, total_pages=3), False),
        (Pagination(page=2, page_size=20, total=41), True),
        (Pagination(page=2, page_size=20, total=40), False),
        (Pagination(total=41), True),
        (Pagination(), None),
    ],
)
def test_whether_there_is_more(pagination: Pagination, expected: bool | None) -> None:
    """The order is `hasMore`, the cursor, `totalPages`, `total`; without them it is unknown."""
    assert says_more(pagination, 2, 20) is expected


def test_the_last_page() -> None:
    """The last page is known from the total, else from totalPages."""
    assert last_page(Pagination(total=41), 20) == 3
    assert last_page(Pagination(total=0), 20) == 0
    assert last_page(Pagination(total_pages=7), 20) == 7
    assert last_page(Pagination(), 20) is None


def test_a_page_is_iterable_and_sized() -> None:
    """`for item in page` and `len(page)` work on the items."""
    page = Page(data=[1, 2], pagination=Pagination(), has_more=False, meta=PageMeta())
    assert list(page) == [1, 2]
    assert len(page) == 2


def read_all(rows: list[int], size: int, change: Any, *, limit: int = 10_000) -> tuple[list[int], int]:
    """Read a list that `change` changes after each page; return the rows given and the number of requests."""
    cursor, given, requests = PageCursor(1), list[int](), 0
    while (number := cursor.upcoming) is not None:
        requests += 1
        assert requests < limit
        page = rows[(number - 1) * size : number * size]
        places = cursor.unseen(list(page))
        cursor.advance(number, len(rows), size, more=number * size < len(rows))
        assert cursor.stall() is None
        fresh = [page[place] for place in places]
        given.extend(fresh)
        change(fresh)
    return given, requests


@given(st.integers(0, 300), st.integers(1, 30))
def test_a_quiet_list_is_read_once(total: int, size: int) -> None:
    """A list that does not change is read once, in order, with one request for each page."""
    given_rows, requests = read_all(list(range(total)), size, len)
    assert given_rows == list(range(total))
    assert requests == max(1, -(-total // size))


@given(st.integers(0, 300), st.integers(1, 30), st.integers(1, 5))
def test_a_loop_that_closes_its_rows_sees_every_row(total: int, size: int, stride: int) -> None:
    """A loop that closes all or every n-th of the rows it lists sees every row."""
    rows = list(range(total))

    def close(fresh: list[int]) -> None:
        for row in fresh:
            if row % stride == 0:
                rows.remove(row)

    given_rows, _ = read_all(rows, size, close)
    assert sorted(given_rows) == list(range(total))


def test_a_loop_that_closes_its_rows_sends_few_requests() -> None:
    """Closing 250 rows while they are listed takes about as many requests as there are pages."""
    rows = list(range(250))

    def close(fresh: list[int]) -> None:
        for row in fresh:
            rows.remove(row)

    given_rows, requests = read_all(rows, 20, close)
    assert len(given_rows) == 250
    assert requests <= 15


@given(st.integers(0, 200), st.integers(1, 20), st.randoms(use_true_random=False), st.integers(0, 3))
def test_rows_that_stay_are_never_lost(total: int, size: int, random: Any, rate: int) -> None:
    """Every row that stays in the list is given, whatever rows are deleted meanwhile."""
    rows = list(range(total))
    deleted: set[int] = set()

    def delete(_given: list[int]) -> None:
        for _ in range(random.randint(0, rate)):
            if rows:
                row = random.choice(rows)
                rows.remove(row)
                deleted.add(row)

    given_rows, _ = read_all(rows, size, delete)
    assert set(range(total)) - deleted <= set(given_rows)
    # The ids of 10 pages are remembered; a longer list may step back further than that.
    assert len(given_rows) - len(set(given_rows)) == 0 or total > size * 10


def test_new_rows_in_front_are_not_given_twice() -> None:
    """Rows that new ones push onto the next page are given once."""
    rows = list(range(100))
    fresh_ids = iter(range(1000, 2000))

    def arrive(_: list[int]) -> None:
        if len(rows) < 130:
            rows.insert(0, next(fresh_ids))

    given_rows, _ = read_all(rows, 20, arrive)
    assert given_rows == list(range(100))


def test_a_list_that_never_ends() -> None:
    """Three pages without a new id, and a claim of more, are a stall."""
    cursor = PageCursor(1)
    for number in (1, 2, 3):
        cursor.unseen(["a", "b"])
        cursor.advance(number, None, 2, more=True)
        assert cursor.stall() is None
    cursor.unseen(["a", "b"])
    cursor.advance(4, None, 2, more=True)
    assert cursor.stall() == "3 pages in a row had no new items, but the list claims to go on with page 5"


def test_a_total_that_swings_does_not_loop_for_ever() -> None:
    """A total that goes up and down ends in a stall."""
    cursor = PageCursor(1)
    total, requests = 100, 0
    while cursor.stall() is None:
        number = cursor.upcoming
        assert number is not None
        requests += 1
        assert requests < 100
        total = 190 - total
        cursor.unseen([f"{number}-{row}" for row in range(10)] if number < 3 else ["1-1"])
        cursor.advance(number, total, 10, more=True)


def test_memory_is_constant() -> None:
    """The ids of ten pages are remembered, however long the list is."""
    cursor = PageCursor(1)
    for number in range(1, 10_001):
        cursor.unseen(range(number * 100, number * 100 + 100))
        cursor.advance(number, 1_000_000, 100, more=True)
    assert len(cursor._seen) == 1000


def test_rows_without_an_id_are_all_new() -> None:
    """Rows without an id are all new."""
    cursor = PageCursor(1)
    assert cursor.unseen([None, None]) == [0, 1]
    assert cursor.unseen([None]) == [0]
    assert cursor.unseen(["a", "a"]) == [0]
