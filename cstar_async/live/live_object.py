"""`LiveObject`: one object that stays true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cstar_async._core.call import request_of
from cstar_async._core.pagination import Pagination
from cstar_async.errors import CStarError, NotFoundError

from .rows import id_of
from .view import LiveView, Loaded

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from cstar_async._core.call import Call

    from .hub import Hub

T = TypeVar("T")


class LiveObject(LiveView["T | None"], Generic[T]):
    """One object that stays true: `cstar.live().one(cstar.tickets.get("tkt_1"))`.

    `state.data` is None before the first answer, and once the object is gone: then `state.error` is a NotFoundError.
    """

    _single = True

    def __init__(self, hub: Hub, call: Call[T]) -> None:
        super().__init__(hub, request_of(call))
        self._call = call

    def assume(self, **fields: Any) -> AbstractAsyncContextManager[None]:
        """Show the object with these values, while and after they are written. See `LiveList.assume`.

        Raises:
            TypeError: The object has no such field, or it is the id.
            RuntimeError: The client or the `Live` is closed, or belongs to another event loop.
        """
        return self._assume(id_of(self._rows[0]) if self._rows else None, fields)

    async def _load(self, *, asked: bool) -> Loaded:
        return Loaded([await self._hub.prepared(self._call, asked=asked)], Pagination(), complete=True)

    def _fail(self, error: CStarError) -> None:
        super()._fail(error)
        if isinstance(error, NotFoundError):
            self._rows, self._loading = (), False

    def _data(self, rows: tuple[Any, ...]) -> T | None:
        return rows[0] if rows else None
