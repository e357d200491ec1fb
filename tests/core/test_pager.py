"""Pagers over real sockets: await, iterate, prefetch, collect, first, count."""

from __future__ import annotations

import asyncio
import gc
from contextlib import aclosing
from typing import Any
from urllib.parse import parse_qs, urlsplit

import orjson
import pytest
from aiohttp import web

from cstar_async._core.pager import Pager
from cstar_async.client import CStarClient
from cstar_async.errors import DeadlineExceededError, DecodeError, PaginationError, ServerError
from tests.support.clock import FakeClock
from tests.support.internals import internals
from tests.support.operations import ALL, FEED, LIST
from tests.support.server import Server, data, failure, json, serve


class Desk:
    """A list of rows, paged in one of the documented forms."""

    def __init__(self, total: int, form: str = "top") -> None:
        self.rows = [{"id": f"t{number}", "n": number} for number in range(total)]
        self.form = form
        self.asked: list[int] = []
        self.running = 0
        self.most = 0
        self.gate: asyncio.Event | None = None
        """Holds back every page but the first."""

    def close(self, row: Any) -> None:
        self.rows = [other for other in self.rows if other["id"] != row["id"]]

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        page, size = int(request.query.get("page", 1)), int(request.query.get("pageSize", 20))
        self.asked.append(page)
        self.running += 1
        self.most = max(self.most, self.running)
        try:
            if self.gate is not None and page > 1:
                await self.gate.wait()
        finally:
            self.running -= 1
        total = len(self.rows)
        full = {"page": page, "pageSize": size, "total": total}
        pages = -(-total // size)
        body: dict[str, Any] = {"success": True, "data": self.rows[(page - 1) * size : page * size], "meta": {}}
        if self.form == "top":
            body["pagination"] = {**full, "hasMore": page < pages}
        elif self.form == "meta":
            body["meta"]["pagination"] = {**full, "totalPages": pages}
        elif self.form == "more":
            body["pagination"] = {"hasMore": page < pages}
        return web.Response(body=orjson.dumps(body), content_type="application/json")


def things(client: CStarClient, **query: object) -> Pager[Any]:
    return Pager(client, LIST, (), query, None, None)


def queries(server: Server) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(received.path).query) for received in server.received]


async def test_awaiting_gives_one_page() -> None:
    """`await` sends one request and returns one page with its pagination."""
    async with serve(Desk(45)) as server, server.client() as client:
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
    desk = Desk(total, form)
    async with serve(desk) as server, server.client() as client:
        pager = things(client).prefetch(ahead)
        assert [thing["n"] async for thing in pager] == list(range(total))
    # Without pagination a full last page does not look like the last one.
    surplus = 1 if form == "nothing" and total and total % 20 == 0 else 0
    assert sorted(desk.asked) == list(range(1, max(1, -(-total // 20)) + surplus + 1))


async def test_items_are_decoded() -> None:
    """The decoder of a Pager decodes each item."""
    async with serve(Desk(3)) as server, server.client() as client:
        pager = Pager(client, LIST, (), None, None, lambda row: int(row["n"]) * 10)
        assert await pager.collect() == [0, 10, 20]


async def test_iteration_starts_where_page_says() -> None:
    """Iteration starts at `page` with requests of `page_size`; neither limits it."""
    async with serve(Desk(45)) as server, server.client() as client:
        assert [thing["n"] async for thing in things(client, page=3, pageSize=10)] == list(range(20, 45))


async def test_numbers_given_as_text_mean_the_same() -> None:
    """`page` and `page_size` given as text mean the same as numbers."""
    desk = Desk(45, "nothing")
    async with serve(desk) as server, server.client() as client:
        assert [thing["n"] async for thing in things(client, page="3", pageSize="10")] == list(range(20, 45))
    assert desk.asked == [3, 4, 5]


async def test_pages_can_be_iterated() -> None:
    """`.pages()` gives Page objects; an empty list gives one empty page."""
    async with serve(Desk(45)) as server, server.client() as client:
        assert [len(page) async for page in things(client).pages()] == [20, 20, 5]
        server.script[:] = [Desk(0)]
        assert [len(page) async for page in things(client).pages()] == [0]


@pytest.mark.parametrize("ahead", [0, 1, 3])
@pytest.mark.parametrize("form", ["top", "meta"])
async def test_the_natural_loop_sees_every_row(ahead: int, form: str) -> None:
    """A loop that closes each open ticket while listing the open ones sees every ticket."""
    desk = Desk(250, form)
    seen: list[int] = []
    async with serve(desk) as server, server.client() as client:
        async for thing in things(client, status="open").prefetch(ahead):
            seen.append(thing["n"])
            desk.close(thing)
    assert sorted(seen) == list(range(250))
    assert desk.rows == []
    if not ahead:
        assert len(desk.asked) <= 15


async def test_rows_that_shift_are_not_given_twice() -> None:
    """A row that new rows push onto the next page is given once."""
    desk = Desk(60)
    seen: list[int] = []
    async with serve(desk) as server, server.client() as client:
        async for page in things(client).pages():
            seen.extend(thing["n"] for thing in page)
            if len(desk.rows) < 65:
                desk.rows.insert(0, {"id": f"new{len(desk.rows)}", "n": -1})
    assert seen == list(range(60))


async def test_a_list_that_goes_round_is_an_error() -> None:
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


async def test_a_list_that_is_not_paged_after_all_just_ends() -> None:
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


# --- cursors


async def feed(request: web.Request) -> web.StreamResponse:
    """Pages of two items by cursor; the last page is full too."""
    start = int(request.query.get("cursor", 0))
    body: dict[str, Any] = {"data": [{"id": start + n} for n in range(2)], "pagination": {"hasMore": start < 4}}
    if start < 4:
        body["pagination"]["nextCursor"] = str(start + 2)
    return web.Response(body=orjson.dumps(body), content_type="application/json")


@pytest.mark.parametrize("ahead", [0, 5])
async def test_cursor_lists_look_the_same(ahead: int) -> None:
    """A list by cursor is read like any other, with no request beyond its end."""
    async with serve(feed) as server, server.client() as client:
        pager = Pager[Any](client, FEED, (), {"kind": "x"}, None, None)
        assert [item["id"] async for item in pager.prefetch(ahead)] == list(range(6))
        assert await pager.count() == 6
        assert await pager.first() == {"id": 0}
    assert queries(server)[:3] == [
        {"kind": ["x"]},
        {"kind": ["x"], "cursor": ["2"]},
        {"kind": ["x"], "cursor": ["4"]},
    ]
    assert server.attempts == 7


async def test_a_cursor_that_leads_to_itself_is_an_error() -> None:
    """A page whose cursor leads to the same page is an error, also without ids."""
    answer = json({"data": [{"n": 1}], "pagination": {"nextCursor": "same", "hasMore": True}})
    async with serve(answer) as server, server.client() as client:
        with pytest.raises(PaginationError, match=r"leads to itself \(GET /api/v1/teams/{teamId}/feed\)"):
            await Pager[Any](client, FEED, (), None, None, None).collect()
    assert server.attempts == 2


@pytest.mark.parametrize("ahead", [0, 1])
async def test_cursors_that_go_round_are_an_error(ahead: int) -> None:
    """Cursors that lead in a circle are an error."""

    async def circle(request: web.Request) -> web.StreamResponse:
        following = {"a": "b", "b": "c"}.get(request.query.get("cursor", "c"), "a")
        body = {"data": [{"id": following}], "pagination": {"nextCursor": following, "hasMore": True}}
        return web.Response(body=orjson.dumps(body), content_type="application/json")

    async with serve(circle) as server, server.client() as client:
        given: list[Any] = []
        with pytest.raises(PaginationError, match="the cursor 'a' leads back to a page that was read before"):
            async for item in Pager[Any](client, FEED, (), None, None, None).prefetch(ahead):
                given.append(item["id"])
    assert given == ["a", "b", "c"]
    assert server.attempts == 4


# --- prefetch


async def test_prefetch_keeps_pages_in_flight_and_their_order() -> None:
    """prefetch(3) has three pages in flight, keeps their order and stops at the last."""
    desk = Desk(110)
    desk.gate = asyncio.Event()
    async with serve(desk) as server, server.client() as client:
        pages = things(client).prefetch(3).pages()
        first = await anext(pages)
        while desk.running < 3:
            await asyncio.sleep(0)
        for _ in range(20):
            await asyncio.sleep(0)
        assert desk.running == 3
        desk.gate.set()
        rest = [page async for page in pages]
    assert [page.data[0]["n"] for page in (first, *rest)] == [0, 20, 40, 60, 80, 100]
    assert desk.most == 3
    assert sorted(desk.asked) == [1, 2, 3, 4, 5, 6]


async def test_prefetch_asks_one_page_ahead_where_the_end_is_unknown() -> None:
    """Without a total only one page is in flight, and none beyond the end is requested."""
    desk = Desk(110, "more")
    async with serve(desk) as server, server.client() as client:
        assert len(await things(client).prefetch(5).collect()) == 110
    assert desk.most == 1
    assert desk.asked == [1, 2, 3, 4, 5, 6]


async def test_leaving_early_cancels_what_is_in_flight() -> None:
    """Leaving the loop cancels the prefetching tasks: at once with aclosing, else soon."""
    desk = Desk(200)
    desk.gate = asyncio.Event()
    async with serve(desk) as server, server.client() as client:
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
        desk.gate.set()


async def test_closing_the_client_ends_a_prefetching_iteration() -> None:
    """A waiting reader gets a RuntimeError when the client is closed."""
    desk = Desk(200)
    desk.gate = asyncio.Event()
    async with serve(desk) as server:
        client = server.client()
        pages = things(client).prefetch(3).pages()
        await anext(pages)
        waiting = asyncio.create_task(pages.__anext__())
        await asyncio.sleep(0)
        await client.close()
        with pytest.raises(RuntimeError, match="the client is closed"):
            await waiting
        desk.gate.set()


async def test_an_error_ahead_comes_when_its_page_is_due() -> None:
    """An error in a prefetched page is raised after the items of the pages before it."""
    desk = Desk(60)
    async with serve(desk, desk, failure(500)) as server, server.client(max_retries=0) as client:
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
    desk = Desk(100)
    async with serve(desk) as server, server.client() as client:
        assert [thing["n"] for thing in await things(client).collect(max_items=25)] == list(range(25))
        assert desk.asked == [1, 2]
        assert len(await things(client).collect(max_items=20)) == 20
        assert desk.asked == [1, 2, 1]
        assert await things(client).collect(max_items=0) == []
        assert len(await things(client).collect(max_items=1000)) == 100


async def test_first_is_one_small_request() -> None:
    """`first()` requests one item and returns it, or None; it starts at `page`."""
    async with serve(Desk(100)) as server, server.client() as client:
        first = await things(client).first()
        assert first is not None
        assert first["n"] == 0
        third = await things(client, page=3).first()
        assert third is not None
        assert third["n"] == 40
        server.script[:] = [Desk(0)]
        assert await things(client).first() is None
    assert queries(server)[0] == {"pageSize": ["1"]}
    assert server.attempts == 3


@pytest.mark.parametrize(("form", "requests"), [("top", 1), ("meta", 1), ("more", 3), ("nothing", 3)])
async def test_count(form: str, requests: int) -> None:
    """`count()` uses the total if there is one and reads the list if not; `page` is ignored."""
    async with serve(Desk(45, form)) as server, server.client() as client:
        assert await things(client, page=2).count() == 45
    assert server.attempts == requests


# --- deadline, decoding, options


async def test_a_deadline_on_a_pager_bounds_the_whole_iteration() -> None:
    """A deadline bounds the whole iteration, the reader's own time included."""
    clock = FakeClock()
    async with serve(Desk(100)) as server, server.client(clock=clock) as client:
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
    async with serve(Desk(45)) as server, server.client() as client:
        pager = things(client).prefetch(2).options(headers={"X-A": "1"})
        assert type(pager) is Pager
        assert pager._ahead == 2
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
async def test_a_list_that_is_no_array(body: Any, problem: str) -> None:
    """A list that is not an array, or is missing, is a DecodeError."""
    async with serve(json(body)) as server, server.client() as client:
        with pytest.raises(DecodeError, match=problem):
            await things(client)


# --- odd answers


def by_cursor(*pages: Any) -> Any:
    """Serve these pages (rows, and what `pagination` says); the cursor of a page is its index."""

    async def answer(request: web.Request) -> web.StreamResponse:
        rows, pagination = pages[int(request.query.get("cursor", "0"))]
        body = {"data": rows, "pagination": pagination}
        return web.Response(body=orjson.dumps(body), content_type="application/json")

    return answer


@pytest.mark.parametrize("ahead", [0, 1])
@pytest.mark.parametrize("said", [{}, {"hasMore": True}])
async def test_empty_pages_are_followed_while_their_cursors_are_new(ahead: int, said: dict[str, Any]) -> None:
    """Empty pages are followed as long as each has a new cursor."""
    pages: list[Any] = [([], {"nextCursor": str(number + 1), **said}) for number in range(40)]
    pages[7] = ([{"id": "a"}], pages[7][1])
    pages[25] = ([{"id": "a"}], pages[25][1])  # seen before, so not new
    pages.append(([{"id": "b"}], {"hasMore": False}))
    async with serve(by_cursor(*pages)) as server, server.client() as client:
        pager = Pager[Any](client, FEED, (), None, None, None).prefetch(ahead)
        assert [item["id"] for item in await pager.collect()] == ["a", "b"]
        assert server.attempts == 41
        assert await pager.first() == {"id": "a"}
        assert await pager.count() == 2


@pytest.mark.parametrize("length", [1, 2, 3, 30])
@pytest.mark.parametrize("rows", ["new", "none", "nameless"])
async def test_a_circle_of_cursors_of_any_length_is_an_error(length: int, rows: str) -> None:
    """Each page of a circle of cursors is requested and given once; then it is an error."""
    kinds: dict[str, Any] = {"new": [{"id": 0}], "none": [], "nameless": [{"n": 1}]}
    pages: list[Any] = [(kinds[rows], {"nextCursor": str(number + 1), "hasMore": True}) for number in range(length)]
    if rows == "new":
        pages = [([{"id": f"i{number}"}], said) for number, (_, said) in enumerate(pages)]
    pages = [
        ([], {"nextCursor": "1"}),
        *[(found, {"nextCursor": str(int(said["nextCursor"]) + 1)}) for found, said in pages],
    ]
    pages[-1] = (pages[-1][0], {"nextCursor": "1"})
    async with serve(by_cursor(*pages)) as server, server.client() as client:
        given: list[Any] = []
        with pytest.raises(PaginationError, match="the cursor '1' leads"):
            async for item in Pager[Any](client, FEED, (), None, None, None):
                given.append(item)
    assert len(given) == (0 if rows == "none" else length)
    assert server.attempts == length + 1


async def test_a_cursor_that_leads_back_to_the_start_is_an_error() -> None:
    """A cursor that leads back to the caller's own cursor is an error."""
    pages = [([{"id": 0}], {"nextCursor": "1"}), ([{"id": 1}], {"nextCursor": "2"}), ([{"id": 2}], {"nextCursor": "1"})]
    async with serve(by_cursor(*pages)) as server, server.client() as client:
        with pytest.raises(PaginationError, match="leads back"):
            await Pager[Any](client, FEED, (), {"cursor": "1"}, None, None).collect()
    assert server.attempts == 2


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"hasMore": True}, "claims to go on, and gives no cursor"),
        ({"hasMore": True, "nextCursor": None}, "gives no cursor"),
        ({"hasMore": True, "nextCursor": ""}, "gives no cursor"),
        ({"hasMore": True, "nextCursor": 5}, "not text: nextCursor 5"),
        ({"nextCursor": 5}, "not text: nextCursor 5"),
        ({"nextCursor": ["x"]}, "not text"),
        ({"nextCursor": {"x": "\x1b[31m\n"}}, "not text"),
        ({"hasMore": 1, "next_cursor": False}, "not text: next_cursor False"),
    ],
)
async def test_a_list_that_cannot_be_followed_is_an_error_after_its_page(said: dict[str, Any], problem: str) -> None:
    """A list that has more, but no usable cursor, gives its rows and then raises."""
    async with serve(by_cursor(([{"id": 0}], said))) as server, server.client() as client:
        pager = Pager[Any](client, FEED, (), None, None, None)
        given: list[Any] = []
        with pytest.raises(PaginationError, match=problem) as caught:
            async for item in pager:
                given.append(item["id"])
        assert (given, server.attempts) == ([0], 1)
        assert str(caught.value).isprintable()
        assert len(await pager) == 1


@pytest.mark.parametrize(
    "said",
    [{"nextCursor": ""}, {"nextCursor": None}, {"hasMore": False, "nextCursor": 5},
     {"hasMore": False, "nextCursor": "1"}, {"hasMore": "true"}, {"hasMore": 1}, {}, {"total": 10**6},
     {"totalPages": 9, "page": 1}],
)  # fmt: skip
async def test_a_list_by_cursor_ends_without_a_cursor(said: dict[str, Any]) -> None:
    """A list by cursor ends where no cursor is given and nothing claims more."""
    async with serve(by_cursor(([{"id": 0}], said))) as server, server.client() as client:
        assert len(await Pager[Any](client, FEED, (), None, None, None).collect()) == 1
    assert server.attempts == 1


TROUBLE: dict[str, Any] = {
    "a total of nothing on later pages": lambda page, _: {"total": 0 if page > 1 else 45},
    "a total that shrinks to nothing": lambda page, _: {"total": max(0, 45 - 20 * (page - 1))},
    "a total below zero": lambda _page, _: {"total": -1},
    "a total without end": lambda _page, _: {"total": 10**15},
    "no pages at all": lambda _page, _: {"totalPages": 0, "total": 45},
    "only the number of pages, none": lambda _page, _: {"totalPages": 0},
    "always the first page": lambda _page, _: {"page": 1, "total": 45},
    "always the last page": lambda _page, _: {"page": 3, "totalPages": 3},
    "counted from zero": lambda page, _: {"page": page - 1, "totalPages": 3},
    "pages of nothing": lambda _page, _: {"pageSize": 0, "total": 45},
    "pages below zero": lambda _page, _: {"pageSize": -20, "total": 45},
    "other types": lambda _page, _: {"page": "1", "pageSize": "20", "total": "45", "hasMore": "yes"},
    "a total and no more": lambda page, more: {"total": 45, "hasMore": more, "page": 10**15},
    "nothing": lambda _page, _: {},
    "no object": lambda _page, _: [],
}


@pytest.mark.parametrize("ahead", [0, 3])
@pytest.mark.parametrize("trouble", TROUBLE)
async def test_numbered_lists_that_say_odd_things_are_read_once(trouble: str, ahead: int) -> None:
    """Each row is given once, whatever nonsense the pagination says."""
    asked: list[int] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        page = int(request.query.get("page", 1))
        asked.append(page)
        rows = [{"id": number} for number in range(45)][(page - 1) * 20 : page * 20]
        body = {"data": rows, "pagination": TROUBLE[trouble](page, page < 3)}
        return web.Response(body=orjson.dumps(body), content_type="application/json")

    async with serve(answer) as server, server.client() as client:
        given: list[int] = []
        try:
            async for item in things(client).prefetch(ahead):
                given.append(item["id"])
        except PaginationError:
            assert trouble == "a total without end"
    assert given == list(range(45))
    assert len(asked) <= 12


async def test_pages_that_are_cut_to_what_the_service_allows_are_not_the_last() -> None:
    """A page shorter than the requested size, and cut by the service, is not the last."""

    async def answer(request: web.Request) -> web.StreamResponse:
        page, size = int(request.query.get("page", 1)), min(100, int(request.query["pageSize"]))
        rows = [{"id": number} for number in range(250)][(page - 1) * size : page * size]
        return web.Response(body=orjson.dumps({"data": rows}), content_type="application/json")

    async with serve(answer) as server, server.client() as client:
        assert len(await things(client, pageSize=500).collect()) == 250


@pytest.mark.parametrize("claim", [{"hasMore": True}, {"total": 10**9}, {"totalPages": 10**9}])
async def test_a_list_of_rows_without_ids_does_not_go_round_for_ever(claim: dict[str, Any]) -> None:
    """A list without ids that repeats its page and claims more is an error."""
    answer = json({"data": [{"name": "a"}, {"name": "a"}], "pagination": claim})
    async with serve(answer) as server, server.client() as client:
        with pytest.raises(PaginationError, match="3 pages in a row"):
            await things(client).collect()
    assert server.attempts <= 5


async def test_the_same_rows_without_ids_again_are_the_end_where_nothing_says_that_there_is_more() -> None:
    """A repeated page of rows without ids ends the list if nothing claims more."""
    async with serve(json({"data": [{"name": "a"}] * 20})) as server, server.client() as client:
        assert len(await things(client).collect()) == 20
    assert server.attempts == 2
