"""What all clients have, whatever service they are for: calls at once, deadlines, and an end."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from cstar_async._core.call import BaseClient, Call
from cstar_async._core.deadline import DeadlineBlock
from cstar_async._core.gather import Gather
from cstar_async._core.validation import check_max_retries, check_timeout
from cstar_async.clock import SystemClock

from .requester import HTTPRequester

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Callable, Iterable
    from types import TracebackType
    from typing import Self

    import aiohttp

    from cstar_async._core.operation import Operation
    from cstar_async._quota.quota import Quota
    from cstar_async.clock import Clock

    from .settings import Settings

T = TypeVar("T")


class HTTPClient(BaseClient):
    """The base of `CStarClient` and of the clients of generated packages."""

    _time: Clock

    def _set_up(
        self,
        settings: Settings,
        session: aiohttp.ClientSession | None,
        quota: Quota,
        clock: Clock | None,
        timeout: float,
        max_retries: int,
        *,
        whoami: Callable[[], Operation],
    ) -> None:
        check_timeout(timeout)
        check_max_retries(max_retries)
        self._time = SystemClock() if clock is None else clock
        self._requester = HTTPRequester(settings, session, quota, self._time, timeout, max_retries, whoami=whoami)

    def gather(self, calls: Iterable[Call[T]] | AsyncIterable[Call[T]], *, concurrency: int = 8) -> Gather[T]:
        """Send many calls, `concurrency` at a time.

        Iterate over the result for `Outcome`s as they come; await it for a list of them in the order of the calls.
        Calls are taken from the iterable only when there is room for them. Errors are kept in the outcomes.
        """
        return Gather(self._requester, calls, concurrency)

    def deadline(self, seconds: float) -> DeadlineBlock:
        """Set a deadline for all calls in this block: `async with cstar.deadline(5): …`.

        It covers queueing, quota waits, attempts, backoff and reading the body, for calls started in the block or in
        tasks started in it. DeadlineExceededError is raised as soon as a wait would pass the deadline. Of nested blocks
        and the `deadline` option, the earliest deadline applies.
        """
        return DeadlineBlock(seconds, self._time)

    async def close(self) -> None:
        """Cancel background tasks and close the client's own session. Later calls fail."""
        await self._requester.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()
