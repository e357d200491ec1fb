"""`Pager`: a list that can be awaited (one page) and iterated (all of it)."""

from __future__ import annotations

import asyncio
import marshal
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import attrs

from cstar_async.errors import PaginationError

from . import response as responses
from .call import Call
from .deadline import Deadline
from .pagination import (
    LARGEST_PAGE,
    Page,
    PageCursor,
    last_page,
    odd_cursor,
    read_meta,
    read_pagination,
    says_more,
    without_contradictions,
)
from .secrets import clean_text
from .validation import check_whole

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping, Sequence
    from typing import Self

    from .call import BaseClient
    from .operation import Operation
    from .request import Request
    from .requester import Requester
    from .response import RawResponse

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

_SIZE = "pageSize"
_DEFAULT_SIZE = 20  # seed


class _Read(NamedTuple):
    """A page with what the iteration needs besides."""

    page: Page[Any]
    ids: list[object]
    """Of the rows, and not the rows themselves: the next ones are read faster into memory that these have left."""
    size: int
    told: bool | None
    nameless: int
    """A hash of the rows if some have no id, else 0."""
    stuck: str
    """Why a list by cursor cannot be followed further, although it goes on; else empty."""


class Pager(Call[Page[T_co]]):
    """A list: `await` it for one page, `async for` over it for every item of every page, fetched as they are needed.

    `page=` of the endpoint method is where an iteration starts, `page_size=` how many items one request brings; they
    do not limit it (`collect(max_items=)` does). Items that were given once are not given again when the list shifts
    while it is read. Leaving an iteration early stops it; `async with contextlib.aclosing(aiter(pager))` makes that
    immediate rather than when the interpreter gets to it.
    """

    __slots__ = ("_ahead",)

    def __init__(
        self,
        client: BaseClient,
        operation: Operation,
        path_args: tuple[str, ...],
        query: Mapping[str, object] | None,
        json: Mapping[str, object] | Sequence[object] | None,
        decode: Callable[[Any], T_co] | None,
        /,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(client, operation, path_args, query, json, decode, headers=headers)
        self._ahead = 0

    def _with(self, request: Request) -> Self:
        copy = super()._with(request)
        copy._ahead = self._ahead  # noqa: SLF001  # one of our own class
        return copy

    def prefetch(self, pages: int) -> Self:
        """A Pager whose iteration keeps this many pages in flight ahead of the one in hand; the order stays.

        It never asks for pages beyond the last one; where the length of the list is unknown, for one page ahead.
        """
        self._used = True
        check_whole("prefetch", pages, least=0)
        copy = self._with(self._request)
        copy._ahead = pages  # noqa: SLF001
        return copy

    async def __aiter__(self) -> AsyncGenerator[T_co, None]:
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                for item in page.data:
                    yield item

    def pages(self) -> AsyncGenerator[Page[T_co], None]:
        """Iterate over pages. What was given before is left out of their `data`; a page left empty is skipped."""
        self._used = True
        return self._numbered() if self._request.operation.pagination == "page" else self._chained()

    async def collect(self, *, max_items: int | None = None) -> list[T_co]:
        """All items in a list, or the first `max_items` of them; no more pages are asked for than these need."""
        items: list[T_co] = []
        if max_items is not None:
            self._used = True
            check_whole("max_items", max_items, least=0)
            if max_items == 0:
                return items
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                items.extend(page.data)
                if max_items is not None and len(items) >= max_items:
                    return items[:max_items]
        return items

    async def first(self) -> T_co | None:
        """The first item, or None if the list is empty. One request, unless its page is empty and not the last one."""
        operation, query = self._request.operation, self._request.query or {}
        lone = self
        if query.get("page") is None and any(param.name == _SIZE for param in operation.params):
            lone = self._with(self._request.replace(query={**query, _SIZE: 1}))
        page = await lone
        if page.data or not page.has_more:
            return page.data[0] if page.data else None
        found = await lone.collect(max_items=1)
        return found[0] if found else None

    async def count(self) -> int:
        """How many items there are in all, wherever `page=` says to start.

        One request where the service tells the total, as it does for numbered pages; else the whole list is read.
        """
        query = self._request.query or {}
        whole = self if query.get("page") is None else self._with(self._request.replace(query={**query, "page": None}))
        count = 0
        async with aclosing(whole.pages()) as pages:
            async for page in pages:
                if page.pagination.total is not None:
                    return page.pagination.total
                count += len(page.data)
        return count

    def _read(self, answer: RawResponse) -> Page[T_co]:
        return self._read_page(self._request, answer, identify=False).page

    @responses.hide_variables
    def _read_page(self, request: Request, answer: RawResponse, *, identify: bool) -> _Read:
        operation, query = request.operation, request.query or {}
        body = responses.read_body(operation, answer)
        rows: Any = responses.unwrap(operation, answer, body)
        if not isinstance(rows, list):
            path = responses.value_path(operation)
            problem = f"{path}: expected an array, got {responses.json_type(rows)}"
            responses.raise_decode_error(operation, answer, body, [problem], None)
        head: Mapping[str, Any] = cast("Mapping[str, Any]", body) if isinstance(body, dict) else {}
        rows = cast("list[Any]", rows)  # type: ignore[redundant-cast]  # pyright knows only that it is a list
        pagination = read_pagination(head)
        size = pagination.page_size or _asked_size(operation, query)
        told: bool | None = False
        stuck = ""
        if operation.pagination == "page":
            number = _start(query)
            pagination = without_contradictions(pagination, number, size, len(rows))
            # A service that calls the page otherwise has sent its rows all the same.
            renamed = pagination.page not in {None, number}
            told = says_more(pagination._replace(page=number) if renamed else pagination, number, size)
        elif pagination.next_cursor is not None:
            told = operation.pagination == "cursor" and says_more(pagination, 1, size)
        elif operation.pagination == "cursor" and pagination.has_more is not False:
            odd = odd_cursor(head)
            if odd is not None:
                stuck = f"the list goes on with a cursor that is not text: {odd}"
            elif pagination.has_more:
                stuck = "the list claims to go on, and gives no cursor"
        page = Page(
            data=self._decode_rows(operation, answer, head, rows),
            pagination=pagination,
            # A page that is as long as the service makes them is full, also if longer ones were asked for.
            has_more=len(rows) >= min(size, LARGEST_PAGE) if told is None else told,
            meta=read_meta(head),
        )
        ids = _identities(rows) if identify else []
        # Version 2 of the format depends on the values alone. It takes whatever JSON can hold.
        nameless = hash(marshal.dumps(rows, 2)) if None in ids else 0
        return _Read(page, ids, size, told, nameless, stuck)

    def _decode_rows(self, operation: Operation, answer: RawResponse, body: object, rows: list[Any]) -> list[Any]:
        decode = self._decode
        if decode is None:
            return rows
        try:
            return [decode(row) for row in rows]
        except Exception as cause:  # noqa: BLE001  # decoders raise whatever bad data makes them raise
            place = responses.value_path(operation)
            problems = [
                problem
                for index, row in enumerate(rows)
                for problem in responses.explain(decode, row, f"{place}[{index}]")
            ]
            responses.raise_decode_error(operation, answer, body, problems, cause)

    def _fetcher(self) -> Callable[[int | str | None], Coroutine[Any, Any, _Read]]:
        """What fetches the page of a number or cursor, under the deadline of an iteration that begins now."""
        base = self._request
        query = base.query or {}
        seconds = base.options.deadline
        deadline = None if seconds is None else Deadline(seconds, self._requester.clock)
        name = "page" if base.operation.pagination == "page" else "cursor"

        async def fetch(token: int | str | None) -> _Read:
            # The page to start with is asked for as the caller did.
            request = base if token in {None, _start(query)} else base.replace(query={**query, name: token})
            return self._read_page(request, await self._requester.send(request, deadline), identify=True)

        return fetch

    async def _numbered(self) -> AsyncGenerator[Page[T_co], None]:
        """Pages by number; `PageCursor` decides which."""
        walk = PageCursor(_start(self._request.query or {}))
        number = walk.upcoming
        first = True
        async with Prefetcher(self._requester, self._fetcher()) as ahead:
            while number is not None:
                read = await ahead.take(number)
                page = read.page
                places = walk.unseen(read.ids, read.nameless)
                # Where nothing says that there is more, a page without anything new is the end.
                more = page.has_more and (walk.fresh or read.told is True)
                if not walk.fresh and read.told is None:
                    places = []
                if walk.advance(number, page.pagination.total, read.size, more=more):
                    await ahead.drop()
                self._require_progress(walk.stall())
                number = walk.upcoming
                if number is not None:
                    last = last_page(page.pagination, read.size)
                    furthest = number if last is None else last
                    for wanted in range(number, min(number + self._ahead - 1, furthest) + 1):
                        ahead.ask(wanted)
                if places or first:
                    yield _only(page, places)
                first = False

    async def _chained(self) -> AsyncGenerator[Page[T_co], None]:
        """Pages by cursor, or the only page of a list that is not paged."""
        walk = PageCursor(1)
        token: str | None = None
        start = (self._request.query or {}).get("cursor")
        used = {start} if isinstance(start, str) else set[str]()
        """Every cursor so far: some 100 bytes for a page."""
        first = True
        async with Prefetcher(self._requester, self._fetcher()) as ahead:
            while True:
                read = await ahead.take(token)
                page = read.page
                places = walk.unseen(read.ids)
                following = page.pagination.next_cursor if page.has_more else None
                # A filter may leave page after page empty: only a cursor that comes again leads round in a circle.
                problem = read.stuck
                if following is not None and following in used:
                    where = "to itself" if following == (token or start) else "back to a page that was read before"
                    problem = f"the cursor {clean_text(following, limit=100)!r} leads {where}"
                elif following is not None:
                    used.add(following)
                    if self._ahead:
                        ahead.ask(following)
                if places or first:
                    yield _only(page, places)
                first = False
                # Only now, since the rows of this page are good.
                self._require_progress(problem or None)
                if following is None:
                    return
                token = following

    def _require_progress(self, problem: str | None) -> None:
        """Raise PaginationError about this list if there is a problem."""
        if problem is not None:
            operation = self._request.operation
            where = f"{operation.method} {operation.path}"
            raise PaginationError(f"{problem} ({where})", method=operation.method, path=operation.path)


class Prefetcher:
    """Pages asked for before they are needed. Leaving the block cancels those that never were."""

    def __init__(self, requester: Requester, fetch: Callable[[int | str | None], Coroutine[Any, Any, _Read]]) -> None:
        self._requester = requester
        self._fetch = fetch
        self._tasks: dict[int | str | None, asyncio.Task[_Read]] = {}

    def ask(self, token: int | str) -> None:
        if token not in self._tasks:
            self._tasks[token] = self._requester.spawn(self._fetch(token))

    async def take(self, token: int | str | None) -> _Read:
        task = self._tasks.get(token)
        if task is None:
            return await self._fetch(token)
        if not task.done():
            await asyncio.wait({task})
        del self._tasks[token]
        if task.cancelled():
            # Not by us; to pass it on as it is would look as if the caller had been cancelled.
            self._requester.require_open()
        return task.result()

    async def drop(self) -> None:
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.drop()


def _only(page: Page[T], places: list[int]) -> Page[T]:
    return page if len(places) == len(page.data) else attrs.evolve(page, data=[page.data[place] for place in places])


_ID = (str, int)


def _identities(rows: list[Any]) -> list[object]:
    found = [row.get("id") if type(row) is dict else None for row in cast("list[dict[str, Any]]", rows)]
    return [identity if isinstance(identity, _ID) else None for identity in found]


def _start(query: Mapping[str, object]) -> int:
    page = _whole(query.get("page"))
    return 1 if page is None else page


def _asked_size(operation: Operation, query: Mapping[str, object]) -> int:
    asked = _whole(query.get(_SIZE) or query.get("limit"))
    if asked is not None:
        return asked
    defaults = (param.default for param in operation.params if param.name == _SIZE)
    return next((default for default in defaults if isinstance(default, int)), _DEFAULT_SIZE)


def _whole(value: object) -> int | None:
    """A number of a query, which says the same as text."""
    if isinstance(value, str) and value.isdecimal() and value.isascii():
        return int(value)
    return value if isinstance(value, int) else None
