"""Pagers of lists by cursor, also with invalid cursors."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from aiohttp import web

from cstar_async._core.pager import Pager
from cstar_async.errors import PaginationError
from tests.support.operations import FEED
from tests.support.paged import queries
from tests.support.server import json, serve


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
async def test_a_circle_of_cursors_is_an_error(ahead: int) -> None:
    """Cursors that lead in a circle are an error."""

    async def circle(request: web.Request) -> web.StreamResponse:
        following = {"a": "b", "b": "c"}.get(request.query.get("cursor", "c"), "a")
        body = {"data": [{"id": following}], "pagination": {"nextCursor": following, "hasMore": True}}
        return web.Response(body=orjson.dumps(body), content_type="application/json")

    async with serve(circle) as server, server.client() as client:
        given: list[Any] = []
        with pytest.raises(PaginationError, match="the cursor 'a' leads back to an earlier page"):
            async for item in Pager[Any](client, FEED, (), None, None, None).prefetch(ahead):
                given.append(item["id"])
    assert given == ["a", "b", "c"]
    assert server.attempts == 4


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
@pytest.mark.parametrize("rows", ["new", "none", "without ids"])
async def test_a_circle_of_cursors_of_any_length_is_an_error(length: int, rows: str) -> None:
    """Each page of a circle of cursors is requested and given once; then it is an error."""
    kinds: dict[str, Any] = {"new": [{"id": 0}], "none": [], "without ids": [{"n": 1}]}
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
        ({"hasMore": True}, "claims to go on, but gives no cursor"),
        ({"hasMore": True, "nextCursor": None}, "gives no cursor"),
        ({"hasMore": True, "nextCursor": ""}, "gives no cursor"),
        ({"hasMore": True, "nextCursor": 5}, "not a string: nextCursor 5"),
        ({"nextCursor": 5}, "not a string: nextCursor 5"),
        ({"nextCursor": ["x"]}, "not a string"),
        ({"nextCursor": {"x": "\x1b[31m\n"}}, "not a string"),
        ({"hasMore": 1, "next_cursor": False}, "not a string: next_cursor False"),
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
    [
        {"nextCursor": ""},
        {"nextCursor": None},
        {"hasMore": False, "nextCursor": 5},
        {"hasMore": False, "nextCursor": "1"},
        {"hasMore": "true"},
        {"hasMore": 1},
        {},
        {"total": 10**6},
        {"totalPages": 9, "page": 1},
    ],
)
async def test_a_list_by_cursor_ends_without_a_cursor(said: dict[str, Any]) -> None:
    """A list by cursor ends where no cursor is given and nothing claims more."""
    async with serve(by_cursor(([{"id": 0}], said))) as server, server.client() as client:
        assert len(await Pager[Any](client, FEED, (), None, None, None).collect()) == 1
    assert server.attempts == 1
