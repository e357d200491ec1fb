"""Pagers over real sockets: await, iterate, prefetch, collect, first, count."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from typing import Any

import pytest

from cstar_async._core.pager import Pager
from cstar_async.errors import DeadlineExceededError, DecodeError, PaginationError, ServerError
from tests.support.clock import FakeClock
from tests.support.internals import internals
from tests.support.operations import ALL, LIST
from tests.support.paged import PagedServer, queries, things
from tests.support.server import data, failure, json, serve


async def test_awaiting_gives_one_page() -> None:
    """`await` sends one request and returns one page with its pagination."""
    async with serve(PagedServer(45)) as server, server.client() as client:
        page = await things(client, status="open", page=2, pageSize=20)
        response = await things(client).response()
    assert len(page) == 20
    assert page.data[0]["n"] == 20
    assert page.has_more
    assert page.pagination.total == 45
    assert response.data.data[0]["n"] == 0
    assert queries(server)[0] == {"status": ["open"], "page": ["2"], "pageSize": ["20"]}


@pytest.mark.parametrize("form", ["top", "meta", "more", "nothing"])
@pytest.mark.parametrize("total", [0, 1, 19, 20, 45, 60])
@pytest.mark.parametrize("ahead", [0, 3])
async def test_iterating_gives_every_item_once(form: str, total: int, ahead: int) -> None:
    """Iterating gives every item once and in order, whatever pagination the answers have."""
    paged = PagedServer(total, form)
    async with serve(paged) as server, server.client() as client:
        pager = things(client).prefetch(ahead)
        assert [thing["n"] async for thing in pager] == list(range(total))
    # Without pagination, a full last page looks like an earlier one.
    surplus = 1 if form == "nothing" and total and total % 20 == 0 else 0
    assert sorted(paged.requested) == list(range(1, max(1, -(-total // 20)) + surplus + 1))


async def test_items_are_decoded() -> None:
    """The decoder of a Pager decodes each item."""
    async with serve(PagedServer(3)) as server, server.client() as client:
        pager = Pager(client, LIST, (), None, None, lambda row: int(row["n"]) * 10)
        assert await pager.collect() == [0, 10, 20]


async def test_iteration_starts_where_page_says() -> None:
    """Iteration starts at `page` with requests of `page_size`; neither limits it."""
    async with serve(PagedServer(45)) as server, server.client() as client:
        assert [thing["n"] async for thing in things(client, page=3, pageSize=10)] == list(range(20, 45))


async def test_numbers_given_as_text_mean_the_same() -> None:
    """`page` and `page_size` given as text mean the same as numbers."""
    paged = PagedServer(45, "nothing")
    async with serve(paged) as server, server.client() as client:
        assert [thing["n"] async for thing in things(client, page="3", pageSize="10")] == list(range(20, 45))
    assert paged.requested == [3, 4, 5]


async def test_pages_can_be_iterated() -> None:
    """`.pages()` gives Page objects; an empty list gives one empty page."""
    async with serve(PagedServer(45)) as server, server.client() as client:
        assert [len(page) async for page in things(client).pages()] == [20, 20, 5]
        server.script[:] = [PagedServer(0)]
        assert [len(page) async for page in things(client).pages()] == [0]


@pytest.mark.parametrize("ahead", [0, 1, 3])
@pytest.mark.parametrize("form", ["top", "meta"])
async def test_a_loop_that_closes_its_rows_sees_every_row(ahead: int, form: str) -> None:
    """A loop that closes each open ticket while listing the open ones sees every ticket."""
    paged = PagedServer(250, form)
    seen: list[int] = []
    async with serve(paged) as server, server.client() as client:
        async for thing in things(client, status="open").prefetch(ahead):
            seen.append(thing["n"])
            paged.close(thing)
    assert sorted(seen) == list(range(250))
    assert paged.rows == []
    if not ahead:
        assert len(paged.requested) <= 15


async def test_rows_that_shift_are_not_given_twice() -> None:
    """A row that new rows push onto the next page is given once."""
    paged = PagedServer(60)
    seen: list[int] = []
    async with serve(paged) as server, server.client() as client:
        async for page in things(client).pages():
            seen.extend(thing["n"] for thing in page)
            if len(paged.rows) < 65:
                paged.rows.insert(0, {"id": f"new{len(paged.rows)}", "n": -1})
    assert seen == list(range(60))


async def test_a_list_that_repeats_its_rows_is_an_error() -> None:
    """A list that claims more and repeats its rows is an error after three such pages."""
    answer = json({"data": [{"id": "a"}, {"id": "b"}], "pagination": {"hasMore": True}})
    async with serve(answer) as server, server.client() as client:
        given: list[Any] = []
        with pytest.raises(PaginationError, match="3 pages in a row") as raised:
            async for thing in things(client):
                given.append(thing)
    assert str(raised.value).endswith("(GET /api/v1/teams/{teamId}/things)")
    assert (raised.value.method, raised.value.path) == ("GET", "/api/v1/teams/{teamId}/things")
    assert given == [{"id": "a"}, {"id": "b"}]
    assert server.attempts == 4


async def test_a_repeated_full_page_ends_a_list_without_pagination() -> None:
    """A full page that comes again unchanged is the end of a list without pagination."""
    async with serve(json({"data": [{"id": n} for n in range(20)]})) as server, server.client() as client:
        assert len(await things(client).collect()) == 20
    assert server.attempts == 2


async def test_lists_without_paging_are_one_request() -> None:
    """A list without paging is one request and one page, whatever its length."""
    async with serve(data([{"name": n} for n in range(20)])) as server, server.client() as client:
        pager = Pager[Any](client, ALL, (), None, None, None)
        page = await pager
        assert not page.has_more
        assert len(await pager.collect()) == 20
        assert await pager.count() == 20
    assert server.attempts == 3


# --- prefetch


async def test_prefetch_keeps_pages_in_flight_and_their_order() -> None:
    """prefetch(3) has three pages in flight, keeps their order and stops at the last."""
    paged = PagedServer(110)
    paged.gate = asyncio.Event()
    async with serve(paged) as server, server.client() as client:
        pages = things(client).prefetch(3).pages()
        first = await anext(pages)
        while paged.running < 3:
            await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)
        assert paged.running == 3
        paged.gate.set()
        rest = [page async for page in pages]
    assert [page.data[0]["n"] for page in (first, *rest)] == [0, 20, 40, 60, 80, 100]
    assert paged.most_running == 3
    assert sorted(paged.requested) == [1, 2, 3, 4, 5, 6]


async def test_prefetch_asks_one_page_ahead_where_the_end_is_unknown() -> None:
    """Without a total only one page is in flight, and none beyond the end is requested."""
    paged = PagedServer(110, "more")
    async with serve(paged) as server, server.client() as client:
        assert len(await things(client).prefetch(5).collect()) == 110
    assert paged.most_running == 1
    assert paged.requested == [1, 2, 3, 4, 5, 6]


async def test_leaving_early_cancels_what_is_in_flight() -> None:
    """Leaving the loop cancels the prefetching tasks: at once with aclosing, else soon."""
    paged = PagedServer(200)
    paged.gate = asyncio.Event()
    async with serve(paged) as server, server.client() as client:
        async with aclosing(aiter(things(client).prefetch(3))) as items:
            async for _ in items:
                break
        assert not internals(client)._tasks
        async for _ in things(client).prefetch(3):
            break
        gc.collect()
        async with asyncio.timeout(60):
            while internals(client)._tasks:
                await asyncio.sleep(0)
        paged.gate.set()


async def test_closing_the_client_ends_a_prefetching_iteration() -> None:
    """A waiting reader gets a RuntimeError when the client is closed."""
    paged = PagedServer(200)
    paged.gate = asyncio.Event()
    async with serve(paged) as server:
        client = server.client()
        pages = things(client).prefetch(3).pages()
        await anext(pages)
        waiting = asyncio.create_task(pages.__anext__())
        await asyncio.sleep(0)
        await client.close()
        with pytest.raises(RuntimeError, match="the client is closed"):
            await waiting
        paged.gate.set()


async def test_an_error_of_a_prefetched_page_is_raised_in_its_turn() -> None:
    """An error in a prefetched page is raised after the items of the pages before it."""
    paged = PagedServer(60)
    async with serve(paged, paged, failure(500)) as server, server.client(max_retries=0) as client:
        given: list[int] = []
        with pytest.raises(ServerError):
            async for thing in things(client).prefetch(1):
                given.append(thing["n"])
    assert given == list(range(40))
    with pytest.raises(ValueError, match="prefetch"):
        _ = things(client).prefetch(-1)


# --- collect, first, count


async def test_collect_stops_at_max_items() -> None:
    """`max_items` limits the items and the pages that are requested."""
    paged = PagedServer(100)
    async with serve(paged) as server, server.client() as client:
        assert [thing["n"] for thing in await things(client).collect(max_items=25)] == list(range(25))
        assert paged.requested == [1, 2]
        assert len(await things(client).collect(max_items=20)) == 20
        assert paged.requested == [1, 2, 1]
        assert await things(client).collect(max_items=0) == []
        assert len(await things(client).collect(max_items=1000)) == 100


async def test_first_is_one_small_request() -> None:
    """`first()` requests one item and returns it, or None; it starts at `page`."""
    async with serve(PagedServer(100)) as server, server.client() as client:
        first = await things(client).first()
        assert first is not None
        assert first["n"] == 0
        third = await things(client, page=3).first()
        assert third is not None
        assert third["n"] == 40
        server.script[:] = [PagedServer(0)]
        assert await things(client).first() is None
    assert queries(server)[0] == {"pageSize": ["1"]}
    assert server.attempts == 3


@pytest.mark.parametrize(("form", "requests"), [("top", 1), ("meta", 1), ("more", 3), ("nothing", 3)])
async def test_count(form: str, requests: int) -> None:
    """`count()` uses the total if there is one and reads the list if not; `page` is ignored."""
    async with serve(PagedServer(45, form)) as server, server.client() as client:
        assert await things(client, page=2).count() == 45
    assert server.attempts == requests


# --- deadline, decoding, options


async def test_a_deadline_on_a_pager_bounds_the_whole_iteration() -> None:
    """A deadline bounds the whole iteration, the reader's own time included."""
    clock = FakeClock()
    async with serve(PagedServer(100)) as server, server.client(clock=clock) as client:
        pager = things(client).options(deadline=10)
        seen = 0
        with pytest.raises(DeadlineExceededError):
            async for _ in pager.pages():
                seen += 1
                clock.advance(4)
        assert seen == 3
        clock.advance(100)
        assert len(await pager.collect()) == 100


async def test_options_and_prefetch_keep_each_other() -> None:
    """options() and prefetch() keep each other's settings."""
    async with serve(PagedServer(45)) as server, server.client() as client:
        pager = things(client).prefetch(2).options(headers={"X-A": "1"})
        assert type(pager) is Pager
        assert pager._prefetched_pages == 2
        assert len(await pager.collect()) == 45
    assert all(received.headers["X-A"] == "1" for received in server.received)


async def test_bad_items_are_all_named() -> None:
    """A DecodeError names every bad item of a page by its index."""
    async with serve(data([{"n": 1}, {}, {"n": 2}, {}])) as server, server.client() as client:
        with pytest.raises(DecodeError) as caught:
            await Pager(client, LIST, (), None, None, lambda row: row["n"])
    assert caught.value.problems == ("$.data[1]: required, but missing", "$.data[3]: required, but missing")
    assert caught.value.request_id == "req_1"


@pytest.mark.parametrize(
    ("body", "problem"), [({"data": {}}, "got an object"), ({"data": None}, "got null"), ({}, "missing")]
)
async def test_a_list_that_is_not_an_array(body: Any, problem: str) -> None:
    """A list that is not an array, or is missing, is a DecodeError."""
    async with serve(json(body)) as server, server.client() as client:
        with pytest.raises(DecodeError, match=problem):
            await things(client)
