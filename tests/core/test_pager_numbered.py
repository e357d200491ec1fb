"""Pagers of numbered lists with invalid or missing pagination."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from aiohttp import web

from cstar_async.errors import PaginationError
from tests.support.paged import things
from tests.support.server import json, serve

PAGINATION: dict[str, Any] = {
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
@pytest.mark.parametrize("pagination", PAGINATION)
async def test_numbered_lists_with_invalid_pagination_are_read_once(pagination: str, ahead: int) -> None:
    """Each row is given once, whatever the pagination says."""
    asked: list[int] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        page = int(request.query.get("page", 1))
        asked.append(page)
        rows = [{"id": number} for number in range(45)][(page - 1) * 20 : page * 20]
        body = {"data": rows, "pagination": PAGINATION[pagination](page, page < 3)}
        return web.Response(body=orjson.dumps(body), content_type="application/json")

    async with serve(answer) as server, server.client() as client:
        given: list[int] = []
        try:
            async for item in things(client).prefetch(ahead):
                given.append(item["id"])
        except PaginationError:
            assert pagination == "a total without end"
    assert given == list(range(45))
    assert len(asked) <= 12


async def test_a_page_cut_to_the_largest_size_is_not_the_last() -> None:
    """A page shorter than the requested size, and cut by the service, is not the last."""

    async def answer(request: web.Request) -> web.StreamResponse:
        page, size = int(request.query.get("page", 1)), min(100, int(request.query["pageSize"]))
        rows = [{"id": number} for number in range(250)][(page - 1) * size : page * size]
        return web.Response(body=orjson.dumps({"data": rows}), content_type="application/json")

    async with serve(answer) as server, server.client() as client:
        assert len(await things(client, pageSize=500).collect()) == 250


@pytest.mark.parametrize("claim", [{"hasMore": True}, {"total": 10**9}, {"totalPages": 10**9}])
async def test_a_repeated_page_of_rows_without_ids_is_an_error(claim: dict[str, Any]) -> None:
    """A list without ids that repeats its page and claims more is an error."""
    answer = json({"data": [{"name": "a"}, {"name": "a"}], "pagination": claim})
    async with serve(answer) as server, server.client() as client:
        with pytest.raises(PaginationError, match="3 pages in a row"):
            await things(client).collect()
    assert server.attempts <= 5


async def test_a_repeated_page_of_rows_without_ids_ends_a_list_without_pagination() -> None:
    """A repeated page of rows without ids ends the list if nothing claims more."""
    async with serve(json({"data": [{"name": "a"}] * 20})) as server, server.client() as client:
        assert len(await things(client).collect()) == 20
    assert server.attempts == 2
