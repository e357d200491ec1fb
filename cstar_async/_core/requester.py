"""What calls need of their client: somebody who sends their requests."""

from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Coroutine
    from contextlib import AbstractAsyncContextManager

    from cstar_async.clock import Clock

    from .deadline import Deadline
    from .rate_limit import RequestBudget
    from .request import Request
    from .response import RawResponse

T = TypeVar("T")


class Requester(abc.ABC):
    """What calls need of their client; `cstar_async._http.requester` has the real one."""

    base_url: str
    clock: Clock
    quota: RequestBudget
    team: str | None
    key_identity: str
    """What stands for the API key where the key itself must not be seen."""
    max_retries: int

    @abc.abstractmethod
    def send(self, request: Request, deadline: Deadline | None = None) -> Coroutine[Any, Any, RawResponse]:
        """Check the request, then send it for its successful answer.

        `deadline` replaces the one in the request's options, which would start now.
        """

    @abc.abstractmethod
    def stream(
        self, request: Request, deadline: Deadline | None
    ) -> AbstractAsyncContextManager[Callable[[], Coroutine[Any, Any, bytes]]]:
        """One connection to an endless answer, open inside the block: a function that reads the next piece of it.

        The piece is empty when the service has ended the answer. Raises NoMoreEventsError if there is to be none.
        """

    @abc.abstractmethod
    def spawn(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Run work in a task that is held, and cancelled when the client is closed."""

    @abc.abstractmethod
    async def close(self) -> None:
        """Cancel the tasks, wait for them, and send nothing any more."""

    @abc.abstractmethod
    def require_open(self) -> None:
        """Raise RuntimeError if the client is closed, or belongs to another event loop."""


class NoMoreEventsError(Exception):
    """The service answered 204: the client is to stop connecting (HTML standard)."""
