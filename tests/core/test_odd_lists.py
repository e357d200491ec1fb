"""Lists with invalid pagination end or raise; no row is lost silently, and none is given twice."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cstar_async._core.pager import Pager
from cstar_async._core.response import RawResponse
from cstar_async._http.transport import Transport
from cstar_async.client import CStarClient
from cstar_async.errors import DecodeError, PaginationError
from tests.support.clock import FakeClock
from tests.support.operations import FEED, LIST
from tests.support.server import KEY, TEAM

ODD: Final[st.SearchStrategy[Any]] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 40),
    st.sampled_from([2**63, -(2**63), 10**30, 1.5, "", "3", "x", [], {}, [1]]),
)


def page(rows: list[Any], pagination: Any) -> dict[str, Any]:
    return {"success": True, "data": rows, "pagination": pagination}


async def read(pager: Any, limit: int) -> tuple[list[Any], Exception | None]:
    """All rows of an iteration, and the error that ended it."""
    given_rows: list[Any] = []
    try:
        async with asyncio.timeout(20):
            async for row in pager:
                given_rows.append(row["id"] if isinstance(row, dict) else row)
                assert len(given_rows) < limit
    except (PaginationError, DecodeError) as error:
        return given_rows, error
    return given_rows, None


def endings(wrong: Any, earlier: int) -> dict[str, dict[str, Any]]:
    """What the last page may say about the next one, by name."""
    return {
        "absent": {},
        "null": {"nextCursor": None},
        "empty": {"nextCursor": ""},
        "odd": {"nextCursor": wrong},
        "false": {"nextCursor": "c0", "hasMore": False},
        "round": {"nextCursor": f"c{earlier}"},
    }


def serving(patch: pytest.MonkeyPatch, answer: Any, most: int) -> list[str]:
    """Answer up to `most` requests without a network; return the list to which their targets are added."""
    asked: list[str] = []

    async def exchange(_: Transport, _method: str, target: str, _headers: Any, _body: Any, _time: Any) -> RawResponse:
        asked.append(target)
        assert len(asked) <= most, "too many requests"
        return RawResponse(200, {}, json.dumps(answer(target)).encode())

    patch.setattr(Transport, "exchange", exchange)
    return asked


def client() -> CStarClient:
    return CStarClient(KEY, team_id=TEAM, base_url="http://127.0.0.1:1", clock=FakeClock())


@given(
    sizes=st.lists(st.integers(0, 3), min_size=1, max_size=40),
    turn=st.integers(0, 60),
    wrong=ODD,
    more=st.sampled_from([True, False, None, "odd"]),
    where=st.sampled_from(["meta", "top", "beside"]),
    end=st.sampled_from(["absent", "null", "empty", "false", "odd", "round"]),
    ahead=st.integers(0, 2),
)
def test_lists_by_cursor(sizes: list[int], turn: int, wrong: Any, more: Any, where: str, end: str, ahead: int) -> None:
    """Every row is given once and in order; an error is raised only where the list cannot be followed."""
    count = 0
    pages: list[dict[str, Any]] = []
    for number, size in enumerate(sizes):
        rows = [{"id": count + n} for n in range(size)]
        count += size
        last = number == len(sizes) - 1
        said: dict[str, Any] = {}
        if not last:
            said["nextCursor"] = f"c{number + 1}"
        else:
            said |= endings(wrong, min(turn, number))[end]
        if more == "odd":
            said.setdefault("hasMore", wrong)
        elif more is not None:
            said.setdefault("hasMore", not last or end == "round")
        said["total"] = wrong
        if where == "top":
            pages.append(page(rows, said))
        elif where == "meta":
            pages.append({"data": rows, "meta": {"pagination": said}})
        else:
            pages.append({"data": rows, **said})

    def answer(target: str) -> Any:
        _, _, cursor = target.partition("cursor=c")
        return pages[int(cursor or 0)]

    async def go() -> None:
        with pytest.MonkeyPatch.context() as patch:
            asked = serving(patch, answer, 2 * len(sizes) + 3)
            async with client() as cstar:
                rows, error = await read(Pager[Any](cstar, FEED, (), None, None, None).prefetch(ahead), count + 1)
            believed_end = more == "odd" and wrong is False
            if not believed_end:
                assert rows == list(range(count)), (rows, error)
                assert len(asked) <= len(sizes) + 1
            if end == "round" and not believed_end:
                assert isinstance(error, PaginationError)
            if end in {"absent", "null", "empty", "false"} and more in {True, None}:
                assert error is None
            if end == "odd" and wrong not in (None, "") and not isinstance(wrong, str) and more is None:
                assert isinstance(error, PaginationError)

    asyncio.run(go())


@given(
    total=st.integers(0, 60),
    size=st.integers(1, 7),
    said=st.dictionaries(st.sampled_from(["page", "pageSize", "total", "totalPages", "hasMore"]), ODD, max_size=5),
    from_page=st.integers(1, 5),
    ahead=st.integers(0, 3),
)
def test_numbered_lists(total: int, size: int, said: dict[str, Any], from_page: int, ahead: int) -> None:
    """No row is given twice, whatever the pages say about the list."""

    def answer(target: str) -> Any:
        number = int(target.partition("page=")[2].partition("&")[0] or 1) if "page=" in target else 1
        rows = [{"id": n} for n in range((number - 1) * size, min(total, number * size))]
        pages = -(-total // size)
        good = {"page": number, "pageSize": size, "total": total, "totalPages": pages, "hasMore": number < pages}
        return page(rows, good | said if number >= from_page else good)

    async def go() -> None:
        with pytest.MonkeyPatch.context() as patch:
            serving(patch, answer, 3 * (total // size) + 40)
            async with client() as cstar:
                pager = Pager[Any](cstar, LIST, (), {"pageSize": size}, None, None).prefetch(ahead)
                rows, _ = await read(pager, total + 1)
        assert len(rows) == len(set(rows))
        if said.get("hasMore", True) is not False or from_page > -(-total // size):
            return
        assert rows == sorted(rows)

    asyncio.run(go())


@pytest.mark.parametrize("row", [{"id": None}, {"name": "x"}, "x", 5, None, []])
@pytest.mark.parametrize("operation", [LIST, FEED])
async def test_repeated_rows_without_ids_are_an_error(
    monkeypatch: pytest.MonkeyPatch, operation: Any, row: Any
) -> None:
    """A list that repeats the same page is an error, also if its rows have no ids."""
    serving(monkeypatch, lambda _: page([row, row], {"hasMore": True, "nextCursor": "same"}), 50)
    async with client() as cstar:
        with pytest.raises(PaginationError):
            await Pager[Any](cstar, operation, (), None, None, None).collect()
