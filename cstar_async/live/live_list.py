"""`LiveList`: a list that stays true."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cstar_async._core.call import request_of, with_request

from .rows import id_of
from .state import changes_between
from .view import LiveView, Loaded

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from contextlib import AbstractAsyncContextManager

    from cstar_async._core.pager import Pager
    from cstar_async._core.pagination import Page
    from cstar_async._core.request import Request

    from .hub import Hub
    from .state import Change

T = TypeVar("T")


class LiveList(LiveView[tuple[T, ...]], Generic[T]):
    """A list that stays true: `cstar.live().list(cstar.tickets.list(status="open"))`.

    `async for state in tickets` gives the newest state whenever there is another; `tickets.state.data` is a tuple of
    rows. All who ask a `Live` for the same list share one, with its pages.
    """

    _single = False

    def __init__(self, hub: Hub, pager: Pager[T]) -> None:
        super().__init__(hub, request_of(pager))
        self._pager = pager
        self._pages = 1

    async def more(self) -> None:
        """Add the next page, and wait for it. Does nothing if there are no more rows.

        Raises:
            CStarError: The request failed.
            RuntimeError: The client or the `Live` is closed.
        """
        with self._reading():
            await self.ready()
            if self._complete:
                return
            self._pages += 1
            self.refetch()
            await self._read_ended(self._begun + 1)
            if self._error is not None:
                self._pages -= 1
                raise self._error

    async def changes(self) -> AsyncGenerator[Change[T]]:
        """Iterate over the changes of the rows, first the addition of those that are there.

        A slow reader gets the changes between the states that it sees, and none of those in between.
        """
        rows: tuple[T, ...] = ()
        async with aclosing(self._states()) as states:
            async for state in states:
                before, rows = rows, state.data
                for change in changes_between(before, rows):
                    yield change

    def assume(self, identity: str, /, **fields: Any) -> AbstractAsyncContextManager[None]:
        """Show a row with these values, while and after they are written.

        async with tickets.assume("tkt_1", status="closed"):
            await cstar.tickets.update("tkt_1", status="closed")

        An error in the block restores the row. After the block the assumption holds until the service confirms it.
        A row that would no longer fit the filters is hidden.

        Args:
            identity: The id of the row.
            fields: Values by the names of the model's fields.

        Raises:
            TypeError: The identity is not text, the row has no such field, or the field is its id.
            RuntimeError: The client or the `Live` is closed, or belongs to another event loop.
        """
        if not isinstance(identity, str):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise TypeError(f"identity must be the id of a row as text, got {type(identity).__name__}")
        return self._assume(identity, fields)

    @property
    def _cost(self) -> int:
        return self._pages

    async def _load(self, *, asked: bool) -> Loaded:
        rows: list[T] = []
        known: set[object] = set()
        pager = self._hub.prepared(self._pager, asked=asked)
        number = 0
        while True:
            number += 1
            page: Page[T] = await pager
            # A row may have moved to this page since the one before was read.
            rows += [row for row in page.data if id_of(row) is None or id_of(row) not in known]
            known.update(id_of(row) for row in page.data)
            following = _following(request_of(pager), page)
            if following is None or number >= self._pages:
                return Loaded(rows, page.pagination, complete=following is None)
            pager = with_request(pager, following)

    def _data(self, rows: tuple[Any, ...]) -> tuple[T, ...]:
        return rows


def _following(request: Request, page: Page[Any]) -> Request | None:
    """The request for the next page; None if this one is the last."""
    operation, query = request.operation, dict(request.query or {})
    if not page.has_more or not operation.page_param:
        return None
    following: object = page.pagination.next_cursor
    if operation.pagination == "page":
        number = query.get(operation.page_param)
        following = (int(number) if isinstance(number, int | str) else 1) + 1
    if following is None:
        return None
    return request.replace(query={**query, operation.page_param: following})
