"""The interface through which calls and pagers send their requests."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine
    from contextlib import AbstractAsyncContextManager

    from cstar_async.clock import Clock

    from .deadline import Deadline
    from .operation import Operation
    from .rate_limit import RequestBudget
    from .request import Request
    from .response import RawResponse

T = TypeVar("T")


class Requester(abc.ABC):
    """Sends the requests of calls; `cstar_async._http.requester` has the implementation."""

    base_url: str
    clock: Clock
    quota: RequestBudget
    team: str | None
    key_identity: str
    """Identifies the API key without revealing it."""
    max_retries: int

    @abc.abstractmethod
    def send(self, request: Request, deadline: Deadline | None = None) -> Coroutine[Any, Any, RawResponse]:
        """Check the request, send it, and return its successful answer.

        `deadline` replaces the one in the request's options, which would start now.
        """

    @abc.abstractmethod
    async def find_team(self, deadline: Deadline | None = None) -> str:
        """The id of the client's team; the service is asked for it once, if it was not given."""

    @abc.abstractmethod
    def stream(
        self, request: Request, deadline: Deadline | None
    ) -> AbstractAsyncContextManager[Callable[[], Coroutine[Any, Any, bytes]]]:
        """Connect to an endless answer, inside the block: gives a function that reads the next piece of it.

        The piece is empty at the end of the answer. Raises NoMoreEventsError if the service answers 204.
        """

    @abc.abstractmethod
    def curl_options(self, operation: Operation) -> tuple[str, ...]:
        """The options of curl for the credentials of an operation, with variables of the shell in their place."""

    @abc.abstractmethod
    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run work in a task that the client keeps, and cancels when it is closed."""

    @abc.abstractmethod
    async def close(self) -> None:
        """Cancel the tasks, wait for them, and refuse further requests."""

    @abc.abstractmethod
    def require_open(self) -> None:
        """Raise RuntimeError if the client is closed, or belongs to another event loop."""


class NoMoreEventsError(Exception):
    """The service answered 204: the client must not connect again (HTML standard)."""
