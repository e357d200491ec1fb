"""The base of requesters that send through another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from cstar_async._core.requester import Requester

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Coroutine
    from contextlib import AbstractAsyncContextManager

    from cstar_async._core.deadline import Deadline
    from cstar_async._core.operation import Operation
    from cstar_async._core.request import Request

T = TypeVar("T")


class WrappedRequester(Requester):
    """Does everything as the requester in it; subclasses define `send`."""

    def __init__(self, inner: Requester) -> None:
        self._inner = inner
        self.base_url = inner.base_url
        self.clock = inner.clock
        self.quota = inner.quota
        self.team = inner.team
        self.key_identity = inner.key_identity
        self.max_retries = inner.max_retries

    def stream(self, request: Request, deadline: Deadline | None) -> AbstractAsyncContextManager[Any]:
        """Connect to an endless answer. See `Requester`."""
        return self._inner.stream(request, deadline)

    async def find_team(self, deadline: Deadline | None = None) -> str:
        """The team of the key. See `Requester`."""
        return await self._inner.find_team(deadline)

    def curl_options(self, operation: Operation) -> tuple[str, ...]:
        """The options of curl for the credentials. See `Requester`."""
        return self._inner.curl_options(operation)

    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run work in a task of the client's."""
        return self._inner.spawn(work)

    async def close(self) -> None:
        """Close the client."""
        await self._inner.close()

    def require_open(self) -> None:
        """Raise RuntimeError if the client is closed, or belongs to another event loop."""
        self._inner.require_open()
