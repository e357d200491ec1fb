"""`Pager`: a list to await (one page) or to iterate over (all items)."""

from __future__ import annotations

import asyncio
import marshal
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import attrs

from cstar_async.errors import PaginationError

from . import drift
from . import response as responses
from .call import Call
from .deadline import Deadline
from .pagination import (
    LARGEST_PAGE,
    Page,
    PageCursor,
    around_list,
    invalid_cursor,
    last_page,
    read_meta,
    read_pagination,
    says_more,
    without_contradictions,
)
from .secrets import clean_text
from .serialization import json_type
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

_DEFAULT_SIZE = 20  # seed


class _FetchedPage(NamedTuple):
    """A page with what the iteration needs beside it."""

    page: Page[Any]
    ids: list[object]
    """The ids of the rows. The rows are not kept: the next page decodes faster into memory that is free again."""
    size: int
    stated_more: bool | None
    rows_hash: int
    """A hash of the rows if some of them have no id, else 0."""
    problem: str
    """Why the next cursor cannot be used, although the list goes on; else empty."""


class Pager(Call[Page[T_co]]):
    """A list: `await` it for one page, iterate over it with `async for` for all items; pages are fetched as needed.

    `page=` of the endpoint method is the page where an iteration starts, `page_size=` the number of items in a request;
    they do not limit the iteration (`collect(max_items=)` does). An item is not given twice if the list shifts during
    the iteration. Leaving an iteration early stops it; with `async with contextlib.aclosing(aiter(pager))` it stops
    immediately and not at garbage collection.
    """

    __slots__ = ("_prefetched_pages",)

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
        self._prefetched_pages = 0

    def _with(self, request: Request) -> Self:
        copy = super()._with(request)
        copy._prefetched_pages = self._prefetched_pages  # noqa: SLF001  # same class
        return copy

    def prefetch(self, pages: int) -> Self:
        """Return a Pager that fetches this many pages in advance during iteration; the order does not change.

        It does not request pages after the last one. Where the length of the list is unknown, it fetches one page in
        advance.
        """
        self._used = True
        check_whole("prefetch", pages, least=0)
        copy = self._with(self._request)
        copy._prefetched_pages = pages  # noqa: SLF001  # same class
        return copy

    async def __aiter__(self) -> AsyncGenerator[T_co, None]:
        async with aclosing(self.pages()) as pages:
            async for page in pages:
                for item in page.data:
                    yield item

    def pages(self) -> AsyncGenerator[Page[T_co], None]:
        """Iterate over pages. Items given before are left out of `data`; a page without new items is skipped."""
        self._used = True
        return self._pages_by_number() if self._request.operation.pagination == "page" else self._pages_by_cursor()

    async def collect(self, *, max_items: int | None = None) -> list[T_co]:
        """Return all items in a list, or the first `max_items`; only the pages needed for them are fetched."""
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
        """The first item, or None if the list is empty. One request, unless its page is empty and not the last."""
        operation, query = self._request.operation, self._request.query or {}
        single = self
        if self._start() is None and operation.size_param:
            single = self._with(self._request.replace(query={**query, operation.size_param: 1}))
        page = await single
        if page.data or not page.has_more:
            return page.data[0] if page.data else None
        found = await single.collect(max_items=1)
        return found[0] if found else None

    async def count(self) -> int:
        """Return the number of items in the whole list, whatever `page=` is.

        One request if the service gives the total, as it does for numbered pages; else the whole list is read.
        """
        whole = self
        if self._start() is not None:
            query = {**(self._request.query or {}), self._request.operation.page_param: None}
            whole = self._with(self._request.replace(query=query))
        count = 0
        async with aclosing(whole.pages()) as pages:
            async for page in pages:
                if page.pagination.total is not None:
                    return page.pagination.total
                count += len(page.data)
        return count

    def _start(self) -> object:
        """The page or cursor that the caller wants to begin with, or None."""
        return (self._request.query or {}).get(self._request.operation.page_param)

    def _read(self, answer: RawResponse) -> Page[T_co]:
        return self._read_page(self._request, answer, identify=False).page

    @responses.hide_variables
    def _read_page(self, request: Request, answer: RawResponse, *, identify: bool) -> _FetchedPage:
        operation, query = request.operation, request.query or {}
        body = responses.read_body(operation, answer)
        rows: Any = responses.unwrap(operation, answer, body)
        if not isinstance(rows, list):
            path = responses.value_path(operation)
            problem = f"{path}: expected an array, got {json_type(rows)}"
            responses.raise_decode_error(operation, answer, body, [problem], None)
        head: Mapping[str, Any] = cast("Mapping[str, Any]", body) if isinstance(body, dict) else {}
        rows = cast("list[Any]", rows)  # type: ignore[redundant-cast]  # pyright knows only that it is a list
        pagination = read_pagination(around_list(head, operation.envelope))
        size = pagination.page_size or _requested_size(operation, query)
        stated_more: bool | None = False
        problem = ""
        if operation.pagination == "page":
            number = _start_page(operation, query)
            pagination = without_contradictions(pagination, number, size, len(rows))
            # If the answer has another page number, the rows are still those of the page that was requested.
            misnumbered = pagination.page not in {None, number}
            stated_more = says_more(pagination._replace(page=number) if misnumbered else pagination, number, size)
        elif pagination.next_cursor is not None:
            stated_more = operation.pagination == "cursor" and says_more(pagination, 1, size)
        elif operation.pagination == "cursor" and pagination.has_more is not False:
            invalid = invalid_cursor(around_list(head, operation.envelope))
            if invalid is not None:
                problem = f"the list goes on with a cursor that is not a string: {invalid}"
            elif pagination.has_more:
                problem = "the list claims to go on, but gives no cursor"
        page = Page(
            data=self._decode_rows(operation, answer, head, rows),
            pagination=pagination,
            # A page of the largest size that the service sends is full, even if a larger one was requested.
            has_more=len(rows) >= min(size, LARGEST_PAGE) if stated_more is None else stated_more,
            meta=read_meta(head),
        )
        ids = _row_ids(rows) if identify else []
        # Version 2 of the format depends only on the values, and supports all values of JSON.
        rows_hash = hash(marshal.dumps(rows, 2)) if None in ids else 0
        return _FetchedPage(page, ids, size, stated_more, rows_hash, problem)

    def _decode_rows(self, operation: Operation, answer: RawResponse, body: object, rows: list[Any]) -> list[Any]:
        decode = self._decode
        if decode is None:
            return rows
        place = responses.value_path(operation)
        try:
            items = [decode(row) for row in rows]
        except Exception as cause:  # noqa: BLE001  # decoders raise whatever bad data makes them raise
            problems = [
                problem
                for index, row in enumerate(rows)
                for problem in responses.explain(decode, row, f"{place}[{index}]")
            ]
            responses.raise_decode_error(operation, answer, body, problems, cause)
        finally:
            drift.count_absent(operation.id)
        if answer.strict or drift.is_sampled():
            paths = [f"{place}[{index}]" for index in range(len(rows))]
            broken = drift.inspect(operation.id, decode, rows, paths)
            if broken and answer.strict:
                responses.raise_decode_error(operation, answer, body, broken, None)
        return items

    def _fetcher(self) -> Callable[[int | str | None], Coroutine[Any, Any, _FetchedPage]]:
        """Make the function that fetches the page of a number or cursor; the deadline of the iteration starts now."""
        base = self._request
        query = base.query or {}
        seconds = base.options.deadline
        deadline = None if seconds is None else Deadline(seconds, self._requester.clock)
        name = base.operation.page_param
        first = {None, _start_page(base.operation, query)}

        async def fetch(token: int | str | None) -> _FetchedPage:
            # The first page is requested with the caller's own query.
            request = base if token in first else base.replace(query={**query, name: token})
            return self._read_page(request, await self._requester.send(request, deadline), identify=True)

        return fetch

    async def _pages_by_number(self) -> AsyncGenerator[Page[T_co], None]:
        """Iterate over pages by number; `PageCursor` decides which is next."""
        cursor = PageCursor(_start_page(self._request.operation, self._request.query or {}))
        number = cursor.upcoming
        first = True
        async with Prefetcher(self._requester, self._fetcher()) as prefetcher:
            while number is not None:
                read = await prefetcher.take(number)
                page = read.page
                places = cursor.unseen(read.ids, read.rows_hash)
                # If the answer does not say whether more follow, a page without new rows is the last.
                more = page.has_more and (cursor.fresh or read.stated_more is True)
                if not cursor.fresh and read.stated_more is None:
                    places = []
                if cursor.advance(number, page.pagination.total, read.size, more=more):
                    await prefetcher.cancel()
                self._require_progress(cursor.stall())
                number = cursor.upcoming
                if number is not None:
                    last = last_page(page.pagination, read.size)
                    furthest = number if last is None else last
                    for wanted in range(number, min(number + self._prefetched_pages - 1, furthest) + 1):
                        prefetcher.start(wanted)
                if places or first:
                    yield _keep(page, places)
                first = False

    async def _pages_by_cursor(self) -> AsyncGenerator[Page[T_co], None]:
        """Iterate over pages by cursor, or over the only page of a list that is not paged."""
        cursor = PageCursor(1)
        token: str | None = None
        start = self._start()
        used = {start} if isinstance(start, str) else set[str]()
        """All cursors so far: about 100 bytes a page."""
        first = True
        async with Prefetcher(self._requester, self._fetcher()) as prefetcher:
            while True:
                read = await prefetcher.take(token)
                page = read.page
                places = cursor.unseen(read.ids)
                following = page.pagination.next_cursor if page.has_more else None
                # Empty pages are no sign of a loop (a filter may leave many empty); a repeated cursor is.
                problem = read.problem
                if following is not None and following in used:
                    where = "to itself" if following == (token or start) else "back to an earlier page"
                    problem = f"the cursor {clean_text(following, limit=100)!r} leads {where}"
                elif following is not None:
                    used.add(following)
                    if self._prefetched_pages:
                        prefetcher.start(following)
                if places or first:
                    yield _keep(page, places)
                first = False
                # Raised after the rows of this page, which are valid.
                self._require_progress(problem or None)
                if following is None:
                    return
                token = following

    def _require_progress(self, problem: str | None) -> None:
        """Raise PaginationError if there is a problem."""
        if problem is not None:
            operation = self._request.operation
            where = f"{operation.method} {operation.path}"
            raise PaginationError(f"{problem} ({where})", method=operation.method, path=operation.path)


class Prefetcher:
    """Fetches pages in advance. Leaving the block cancels the requests whose pages were not taken."""

    def __init__(
        self, requester: Requester, fetch: Callable[[int | str | None], Coroutine[Any, Any, _FetchedPage]]
    ) -> None:
        self._requester = requester
        self._fetch = fetch
        self._tasks: dict[int | str | None, asyncio.Task[_FetchedPage]] = {}

    def start(self, token: int | str) -> None:
        """Start to fetch a page in the background."""
        if token not in self._tasks:
            self._tasks[token] = self._requester.spawn(self._fetch(token))

    async def take(self, token: int | str | None) -> _FetchedPage:
        """Return a page, fetched in advance or now."""
        task = self._tasks.get(token)
        if task is None:
            return await self._fetch(token)
        if not task.done():
            await asyncio.wait({task})
        del self._tasks[token]
        if task.cancelled():
            # Cancelled by the closing client; a CancelledError would look like a cancellation of the caller.
            self._requester.require_open()
        return task.result()

    async def cancel(self) -> None:
        """Cancel the requests in the background."""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.gather(*tasks, return_exceptions=True)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.cancel()


def _keep(page: Page[T], places: list[int]) -> Page[T]:
    return page if len(places) == len(page.data) else attrs.evolve(page, data=[page.data[place] for place in places])


_ID = (str, int)


def _row_ids(rows: list[Any]) -> list[object]:
    found = [row.get("id") if type(row) is dict else None for row in cast("list[dict[str, Any]]", rows)]
    return [identity if isinstance(identity, _ID) else None for identity in found]


def _start_page(operation: Operation, query: Mapping[str, object]) -> int:
    page = _as_int(query.get(operation.page_param))
    return 1 if page is None else page


def _requested_size(operation: Operation, query: Mapping[str, object]) -> int:
    asked = _as_int(query.get(operation.size_param))
    if asked is not None:
        return asked
    defaults = (param.default for param in operation.params if param.name == operation.size_param)
    return next((default for default in defaults if isinstance(default, int)), _DEFAULT_SIZE)


def _as_int(value: object) -> int | None:
    """A number in a query, which may be text."""
    if isinstance(value, str) and value.isdecimal() and value.isascii():
        return int(value)
    return value if isinstance(value, int) else None
